#include "cmd/input.h"

#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/day.h"
#include "base/mem.h"
#include "cmd/memory_limit.h"
#include "cmd/message.h"
#include "cmd/progress.h"
#include "io/encoding.h"
#include "io/grouped.h"
#include "io/real.h"
#include "io/source.h"

static const char *role_columns[N_ROLES];
static const char *date_format, *delimiter, *thousands, *currency_sign, *encoding, *rejects,
	*max_rejects;
static bool decimal_comma;
static struct option_day since, until, as_of;
static struct option_list wheres;
static struct where *parsed_wheres;
static int returns = RETURNS_NET, progress = PROGRESS_AUTO;
static int64_t threads = 0, max_field = CSV_MAX_RECORD, max_columns = CSV_MAX_COLUMNS,
	       memory_limit = 0;

static const char *const returns_choices[] = {"net", "drop", "reject", NULL};
static const char *const progress_choices[] = {"auto", "always", "never", NULL};

/* What only transactions have, and a customers table in their place. */
static const struct option of_transactions[] = {
	{.name = "customer",
		.kind = OPTION_TEXT,
		.target = &role_columns[ROLE_CUSTOMER],
		.argument = "COL",
		.help = "the customer's id: a column by name or number"},
	{.name = "date",
		.kind = OPTION_TEXT,
		.target = &role_columns[ROLE_DATE],
		.argument = "COL",
		.help = "the day of the purchase"},
	{.name = "amount",
		.kind = OPTION_TEXT,
		.target = &role_columns[ROLE_AMOUNT],
		.argument = "COL",
		.help = "the money; 'Quantity*UnitPrice' multiplies two columns, exactly;"
			" none: there is no money"},
	{.name = "order",
		.kind = OPTION_TEXT,
		.target = &role_columns[ROLE_ORDER],
		.argument = "COL",
		.help = "the order's id; none: every row is an order"},
	{.name = "product",
		.kind = OPTION_TEXT,
		.target = &role_columns[ROLE_PRODUCT],
		.argument = "COL",
		.help = "the product, compared as text by --where"},
	{.name = "date-format",
		.kind = OPTION_TEXT,
		.target = &date_format,
		.argument = "FMT",
		.help = "%Y %y %m %d %b %B %H %I %M %S %p %z %s; without it, ISO 8601 and "
			"YYYYMMDD"},
	{.name = "currency-sign",
		.kind = OPTION_TEXT,
		.target = &currency_sign,
		.argument = "TEXT",
		.help = "before or after amounts"},
	{.name = "since",
		.kind = OPTION_DAY,
		.target = &since,
		.argument = "DATE",
		.help = "leave out rows before this day (retention, survival, ltv: customers whose"
			" first purchase lies before it)"},
	{.name = "until",
		.kind = OPTION_DAY,
		.target = &until,
		.argument = "DATE",
		.help = "leave out rows after this day"},
	{.name = "as-of",
		.kind = OPTION_DAY,
		.target = &as_of,
		.argument = "DATE",
		.help = "the day the report speaks of: rows after it are left out; without it, "
			"--until, or the last date read"},
	{.name = "returns",
		.kind = OPTION_CHOICE,
		.target = &returns,
		.argument = "HOW",
		.choices = returns_choices,
		.help = "negative amounts: net subtracts, drop ignores, reject refuses them"},
};

static const struct option options[] = {
	{.name = "delimiter",
		.kind = OPTION_TEXT,
		.target = &delimiter,
		.argument = "C",
		.help = "between fields; without it, what the header shows: , ; tab or |"},
	{.name = "decimal-comma",
		.kind = OPTION_FLAG,
		.target = &decimal_comma,
		.help = "numbers are written 12,50"},
	{.name = "thousands",
		.kind = OPTION_TEXT,
		.target = &thousands,
		.argument = "C",
		.help = "the separator of thousands in numbers"},
	{.name = "encoding",
		.kind = OPTION_TEXT,
		.target = &encoding,
		.argument = "NAME",
		.help = "GB18030, Big5, UTF-16, latin1, ...; without it, UTF-8"},
	{.name = "where",
		.kind = OPTION_LIST,
		.target = &wheres,
		.argument = "'COL OP VALUE'",
		.help = "keep rows that hold: = != < <= > >= (as numbers where VALUE is one, else "
			"as text; COL!= is not empty); given again, all must hold"},
	{.name = "rejects",
		.kind = OPTION_TEXT,
		.target = &rejects,
		.argument = "FILE",
		.writes = WRITES_FILE,
		.help = "bad rows go here (CSV) and do not stop the run"},
	{.name = "max-rejects",
		.kind = OPTION_TEXT,
		.target = &max_rejects,
		.argument = "N|P%",
		.help = "how many bad rows, or what share of all, are too many"},
	{.name = "max-field",
		.kind = OPTION_SIZE,
		.target = &max_field,
		.argument = "SIZE",
		.least = 1 << 10,
		.most = 1 << 30,
		.help = "the longest record"},
	{.name = "max-columns",
		.kind = OPTION_INTEGER,
		.target = &max_columns,
		.argument = "N",
		.least = 1,
		.most = 10000000,
		.help = "how many columns a header may have"},
	{.name = "memory-limit",
		.kind = OPTION_SIZE,
		.target = &memory_limit,
		.argument = "SIZE",
		.least = MEMORY_LIMIT_LEAST,
		.help = "500M, 2G: a run that needs more ends with advice, before the system ends"
			" it"},
	{.name = "threads",
		.kind = OPTION_INTEGER,
		.target = &threads,
		.argument = "N",
		.least = 1,
		.most = 1024,
		.plain_default = true,
		.help = "without it, one for each processor; 1 is one thread in all"},
	{.name = "progress",
		.kind = OPTION_CHOICE,
		.target = &progress,
		.argument = "WHEN",
		.choices = progress_choices,
		.help = "bytes read, rate and time left, on standard error: auto (on a terminal, "
			"for runs over a second), always (elsewhere a line a second) or never"},
};

const struct option_group transaction_group = {
	"Transaction options", of_transactions, COUNT_OF(of_transactions)};
const struct option_group input_group = {"Input options", options, COUNT_OF(options)};

unsigned input_threads(void)
{
	cpu_set_t set;
	if (threads > 0)
		return (unsigned)threads;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	int n = CPU_COUNT(&set);
	return n > 0 ? (unsigned)n : 1;
}

/* ---- settings ---- */

static bool set_delimiter(char *result, struct error *err)
{
	*result = 0;
	if (delimiter == NULL)
		return true;
	if (strcmp(delimiter, "\\t") == 0 || strcmp(delimiter, "tab") == 0)
		*result = '\t';
	else if (strlen(delimiter) == 1)
		*result = delimiter[0];
	bool usable = *result != 0 && *result != '"' && *result != '\r' && *result != '\n' &&
		      ((unsigned char)*result < 0x80);
	return usable || error_set(err, ERROR_USAGE,
				 "--delimiter must be one character such as , ; | or tab, not '%s'",
				 delimiter);
}

/* "100" or "2.5%". */
static bool set_max_rejects(struct transactions_settings *settings, struct error *err)
{
	settings->max_rejects = -1;
	settings->max_rejects_pct = -1;
	if (max_rejects == NULL)
		return true;
	if (rejects == NULL)
		return error_set(
			err, ERROR_USAGE, "--max-rejects needs --rejects FILE (bad rows go there)");
	size_t length = strlen(max_rejects);
	bool is_pct = length > 0 && max_rejects[length - 1] == '%';
	struct amount_format plain = {0};
	struct amount amount;
	struct text number = {max_rejects, length - is_pct};
	if (amount_read(&plain, number, &amount) != AMOUNT_OK || amount.value < 0 ||
		(is_pct && amount.value > 100 * (money)MONEY_UNIT) ||
		(!is_pct && amount.value % MONEY_UNIT != 0))
		return error_set(err, ERROR_USAGE,
			"--max-rejects must be a whole number or a share such as 2%%, not '%s'",
			max_rejects);
	if (is_pct)
		settings->max_rejects_pct = amount.value;
	else
		settings->max_rejects = amount.value / MONEY_UNIT;
	return true;
}

static bool is_none(const char *column)
{
	return column != NULL && strcmp(column, "none") == 0;
}

static void set_wishes(const struct input_needs *needs, struct transactions_settings *settings)
{
	const enum role_need wanted[N_ROLES] = {
		[ROLE_CUSTOMER] = ROLE_NEEDED,
		[ROLE_DATE] = ROLE_NEEDED,
		[ROLE_AMOUNT] = needs->amount ? ROLE_NEEDED : ROLE_IF_THERE,
		[ROLE_ORDER] = needs->orders ? ROLE_IF_THERE : ROLE_UNUSED,
		[ROLE_PRODUCT] = ROLE_UNUSED,
	};
	for (enum role role = 0; role < N_ROLES; role++) {
		bool none =
			(role == ROLE_AMOUNT || role == ROLE_ORDER) && is_none(role_columns[role]);
		settings->wishes[role] =
			none ? (struct role_wish){ROLE_UNUSED, NULL}
			     : (struct role_wish){wanted[role], role_columns[role]};
	}
}

static bool set_wheres(struct transactions_settings *settings, struct error *err)
{
	struct where *parsed = parsed_wheres;
	if (parsed == NULL)
		parsed = mem_array(wheres.n_items, sizeof(*parsed));
	settings->wheres = parsed_wheres = parsed;
	settings->n_wheres = wheres.n_items;
	for (size_t i = 0; i < wheres.n_items; i++)
		if (!where_parse(&parsed[i], wheres.items[i], err))
			return false;
	return true;
}

static bool check_days(struct error *err)
{
	if (since.given && until.given && since.day > until.day)
		return error_set(
			err, ERROR_USAGE, "--since lies after --until: no row can be kept");
	if (until.given && as_of.given && until.day > as_of.day)
		return error_set(err, ERROR_USAGE,
			"--until lies after --as-of: a report does not know what comes after its "
			"day");
	if (since.given && as_of.given && since.day > as_of.day)
		return error_set(
			err, ERROR_USAGE, "--since lies after --as-of: no row can be kept");
	return true;
}

/* Whoever forgets the FILE of --rejects names an export, which would be replaced by its rejects:
 * only what begins as rejects do is written over. */
static bool check_rejects(struct error *err)
{
	struct stat st;
	const struct text wanted = transactions_rejects_head;
	char head[64];
	size_t length = 0;
	if (rejects == NULL || stat(rejects, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return true;
	struct source *source = source_open(rejects, NULL, err);
	if (source == NULL)
		return false;
	struct error unreadable = {0};
	bool good = source_read(source, head, wanted.length, &length, &unreadable) &&
		    text_equal((struct text){head, length}, wanted);
	source_close(source);
	if (unreadable.kind == ERROR_SYSTEM)
		return error_move(err, &unreadable);
	error_release(&unreadable);
	return good || error_set(err, ERROR_USAGE,
			       "--rejects %s: this file is there and holds no rejects, which would"
			       " replace it (give another FILE)",
			       rejects);
}

/* Whether an encoding is known is a matter of the command line, not of the first file. */
static bool check_encoding(struct error *err)
{
	if (encoding == NULL)
		return true;
	struct encoding *known = encoding_open(encoding, err);
	if (known != NULL)
		encoding_close(known);
	return known != NULL;
}

static struct memory_use usual_memory(const struct input_needs *needs)
{
	if (needs->orders && !is_none(role_columns[ROLE_ORDER]))
		return (struct memory_use){"customers, distinct orders and days",
			"leave orders out with --order none, keep fewer rows with --where"};
	return (struct memory_use){"customers and days", "keep fewer rows with --where"};
}

bool input_settings(
	const struct input_needs *needs, struct transactions_settings *settings, struct error *err)
{
	*settings = (struct transactions_settings){
		.reader.encoding = encoding,
		.reader.dialect = {.max_record = (size_t)max_field,
			.max_columns = (size_t)max_columns},
		.reader.threads = input_threads(),
		.has_since = since.given && !needs->since_is_of_customers,
		.has_until = until.given,
		.has_as_of = as_of.given,
		.since = since.day,
		.until = until.day,
		.as_of = as_of.day,
		.returns = (enum returns_policy)returns,
		.rejects = rejects,
		.single_events_only = needs->single_events_only,
		.keep_going = needs->watch != NULL,
	};
	set_wishes(needs, settings);
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++) {
		settings->labels[l] = needs->labels[l];
		settings->judge_label[l] = needs->judge_label[l];
	}
	const struct memory_use use =
		needs->memory.grows_with != NULL ? needs->memory : usual_memory(needs);
	memory_limit_set(memory_limit, max_field, input_threads(), &use);
	return set_delimiter(&settings->reader.dialect.delimiter, err) && check_days(err) &&
	       check_encoding(err) && check_rejects(err) && set_max_rejects(settings, err) &&
	       date_format_compile(&settings->dates, date_format, err) &&
	       amount_format_make(
		       &settings->amounts, decimal_comma, thousands, currency_sign, err) &&
	       set_wheres(settings, err);
}

/* ---- loading ---- */

static struct input loaded;
static struct transactions_settings settings;
static bool is_loaded;

/* What to gather is known only with the first header: on it depends whether there are orders. */
static void *start(void *context, const struct transactions_report *report)
{
	const struct input_needs *needs = context;
	unsigned gathered = needs->customers;
	if (report->is_customers_table)
		gathered = CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY;
	else if (needs->orders && report->has_orders)
		gathered |= CUSTOMERS_NEED_ORDERS;
	if (needs->since_is_of_customers && since.given)
		gathered |= CUSTOMERS_NEED_ROWS;
	loaded.customers = customers_new(gathered);
	customers_observe(loaded.customers, needs->observer);
	return context;
}

static void *keep_context(void *context, const struct transactions_report *report)
{
	(void)report;
	return context;
}

static void take(void *context, const struct transactions *rows)
{
	const struct input_needs *needs = context;
	customers_add(loaded.customers, rows);
	if (needs->watch != NULL)
		needs->watch->take(needs->watch->context, rows);
}

static void take_customers(void *context, const struct customer *rows, size_t n_rows)
{
	(void)context;
	customers_add_rows(loaded.customers, rows, n_rows);
}

static void look(void *context, const struct transactions_view *view)
{
	const struct input_needs *needs = context;
	needs->watch->look(needs->watch->context, view);
}

static bool check_duplicate(const char *path, struct error *err)
{
	struct text id = customers_duplicate(loaded.customers);
	char room[TEXT_EXCERPT_SIZE];
	return id.length == 0 ||
	       error_set(err, ERROR_DATA,
		       "%s: customer '%s' stands in two rows of the customers table"
		       " (make one table of all transactions with patron customers)",
		       source_name(path), text_excerpt(id, room));
}

static void leave_out_acquired_before(const struct input_needs *needs)
{
	struct accounting *counts = &loaded.report.counts;
	loaded.acquired_since = DAY_FIRST;
	if (!needs->since_is_of_customers || !since.given)
		return;
	struct customers_before before = customers_before(loaded.customers, since.day);
	counts->used -= before.n_rows;
	counts->filtered[FILTER_ACQUIRED] += before.n_rows;
	loaded.acquired_since = since.day;
	loaded.n_acquired_before = before.n_customers;
}

/* Rejected rows are no failure, but nobody should have to open the manifest to learn of them. */
static void warn_of_rejects(void)
{
	const struct transactions_report *report = &loaded.report;
	int64_t n = accounting_rejected(&report->counts);
	if (n > 0)
		message_warning("%lld of %lld row%s rejected, first %s; see %s", (long long)n,
			(long long)report->counts.rows, plural((uint64_t)report->counts.rows),
			report->first_reject, rejects);
}

/* Without a FILE, standard input. */
static bool settle_paths(const char *const **paths, size_t *n_paths, struct error *err)
{
	static const char *const standard_input[] = {"-"};
	if (*n_paths == 0) {
		*paths = standard_input;
		*n_paths = 1;
		if (isatty(STDIN_FILENO))
			message_note("reading standard input, as no FILE is given");
	}
	for (size_t i = 0; i < *n_paths; i++)
		if ((*paths)[i][0] == '\0')
			return error_set(err, ERROR_USAGE, "the name of FILE %zu is empty", i + 1);
	is_loaded = true;
	return true;
}

static bool refuse_options_of_transactions(struct error *err)
{
	const char *option = date_format != NULL      ? "date-format"
			     : currency_sign != NULL  ? "currency-sign"
			     : since.given            ? "since"
			     : until.given            ? "until"
			     : as_of.given            ? "as-of"
			     : returns != RETURNS_NET ? "returns"
						      : NULL;
	for (enum role role = 0; option == NULL && role < N_ROLES; role++)
		if (role_columns[role] != NULL)
			option = role_name(role);
	return option == NULL ||
	       error_set(err, ERROR_USAGE,
		       "--%s is about transactions, and --time and --event read a table by its"
		       " columns (leave it out)",
		       option);
}

static bool set_for_any_table(const struct memory_use *memory, struct error *err)
{
	const struct input_needs needs = {.memory = *memory};
	if (!refuse_options_of_transactions(err) || !input_settings(&needs, &settings, err))
		return false;
	for (enum role role = 0; role < N_ROLES; role++)
		settings.wishes[role].need = ROLE_UNUSED;
	return true;
}

static const struct input *load_any_table(const char *const *paths, size_t n_paths,
	const struct transactions_client *client, struct error *err)
{
	progress_start(paths, n_paths, (enum progress_when)progress);
	bool good = transactions_read(paths, n_paths, &settings, client, &loaded.report, err);
	progress_end();
	if (good)
		warn_of_rejects();
	return good ? &loaded : NULL;
}

const struct input *input_load_table(const char *const *paths, size_t n_paths,
	const struct input_table *table, struct error *err)
{
	const struct transactions_client client = {.context = table->context,
		.start = keep_context,
		.judge_cells = table->judge,
		.take_cells = table->take,
		.progress = progress_show};
	const struct memory_use memory = {"rows", "keep fewer with --where"};
	if (!settle_paths(&paths, &n_paths, err) || !set_for_any_table(&memory, err))
		return NULL;
	settings.columns = table->columns;
	settings.n_columns = table->n_columns;
	return load_any_table(paths, n_paths, &client, err);
}

const struct input *input_load_rows(
	const char *const *paths, size_t n_paths, const struct input_rows *rows, struct error *err)
{
	const struct transactions_client client = {.context = rows->context,
		.start = keep_context,
		.judge_cells = rows->judge,
		.accept_columns = rows->accept,
		.pack_rows = rows->pack,
		.keep_rows = rows->keep,
		.drop_rows = rows->drop,
		.progress = progress_show};
	if (!settle_paths(&paths, &n_paths, err) || !set_for_any_table(&rows->memory, err))
		return NULL;
	settings.whole_rows = true;
	return load_any_table(paths, n_paths, &client, err);
}

const struct input *input_load(const char *const *paths, size_t n_paths,
	const struct input_needs *needs, struct error *err)
{
	if (!settle_paths(&paths, &n_paths, err))
		return NULL;
	if (!input_settings(needs, &settings, err))
		return NULL;
	struct input_needs copy = *needs;
	const struct transactions_client client = {.context = &copy,
		.start = start,
		.take = take,
		.take_customers = take_customers,
		.progress = progress_show,
		.look = needs->watch != NULL ? look : NULL};
	if (needs->watch != NULL)
		needs->watch->begin(needs->watch->context, &settings);
	progress_start(paths, n_paths, (enum progress_when)progress);
	bool good = transactions_read(paths, n_paths, &settings, &client, &loaded.report, err);
	progress_end();
	if (!good)
		return NULL;
	customers_finish(loaded.customers, settings.reader.threads);
	leave_out_acquired_before(needs);
	loaded.n_returns_only = customers_returns_only(loaded.customers, &loaded.returns_only);
	if (needs->watch == NULL)
		warn_of_rejects();
	return check_duplicate(paths[0], err) ? &loaded : NULL;
}

char input_decimal(void)
{
	return decimal_comma ? ',' : '.';
}

struct text input_thousands(void)
{
	return thousands != NULL ? text_of(thousands) : (struct text){0};
}

static bool read_as(struct text cell, char decimal, struct text separator, double *value)
{
	char room[GROUPED_ROOM];
	struct text plain;
	return grouped_plain(separator, cell, room, &plain) && real_read(plain, decimal, value);
}

bool input_read_number(struct text cell, double *value)
{
	return read_as(cell, input_decimal(), input_thousands(), value);
}

/* 1,234 may be thousands or decimals: both are named. */
void input_hint_number(struct text cell, struct buffer *words)
{
	static const char *const separators[] = {",", ".", " ", "'", "_"};
	const char *before = " (use ", *end = "";
	double ignored;
	for (size_t i = 0; thousands == NULL && i < COUNT_OF(separators); i++) {
		struct text separator = text_of(separators[i]);
		if (*separators[i] == input_decimal() ||
			!read_as(cell, input_decimal(), separator, &ignored))
			continue;
		bool bare = i < 2 || i == 4;
		const char *quote = bare ? "" : i == 3 ? "\"" : "'";
		buffer_format(words, "%s--thousands %s%s%s", before, quote, separators[i], quote);
		before = " or ";
		end = "?)";
	}
	bool may_be_comma = !decimal_comma && (thousands == NULL || *thousands != ',');
	if (may_be_comma && read_as(cell, ',', (struct text){0}, &ignored)) {
		buffer_format(words, "%s--decimal-comma", before);
		end = "?)";
	} else if (may_be_comma && thousands == NULL && *end == '\0' &&
		   read_as(cell, ',', TEXT("."), &ignored)) {
		buffer_format(words, "%s--decimal-comma --thousands .", before);
		end = "?)";
	}
	buffer_string(words, end);
}

bool input_returns_are_net(void)
{
	return returns == RETURNS_NET;
}

bool input_check_customers(struct error *err)
{
	const struct accounting *counts = &loaded.report.counts;
	size_t n = customers_count(loaded.customers);
	if (n > loaded.n_acquired_before)
		return true;
	if (n > 0)
		return error_set(err, ERROR_NUMBERS,
			"no customer is left: --since is after the first purchase of all %zu", n);
	if (loaded.n_returns_only > 0 && accounting_filtered(counts) == 0)
		return error_set(err, ERROR_NUMBERS,
			"%zu customer%s, but no purchase: all amounts are negative (are their signs"
			" turned round?)",
			loaded.n_returns_only, plural(loaded.n_returns_only));
	return error_set(err, ERROR_NUMBERS,
		"no customer with a purchase is left (rows: %lld read, %lld filtered, %lld"
		" rejected)",
		(long long)counts->rows, (long long)accounting_filtered(counts),
		(long long)accounting_rejected(counts));
}

const struct input *input_loaded(void)
{
	return is_loaded ? &loaded : NULL;
}

void input_release(void)
{
	mem_free(parsed_wheres);
	mem_free(wheres.items);
	customers_free(loaded.customers);
	transactions_report_release(&loaded.report);
	loaded = (struct input){0};
}

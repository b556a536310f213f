#include "io/transactions.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/day.h"
#include "base/mem.h"
#include "io/customers_table.h"
#include "io/encoding.h"
#include "io/output.h"

/* ---- state ---- */

/* What a file's header said: which bound column (an index into batch.columns) plays which part. */
struct binding {
	bool is_customers_table;
	int role[N_ROLES], amount_factor;
	int labels[TRANSACTIONS_LABELS];
	int *wheres; /* bound column of each condition */
	struct where *conditions;
	int customers[N_CUSTOMERS_COLUMNS];
	int *cells; /* any table: of settings.columns */
	size_t n_names;
	char delimiter;
	char *header; /* the record as it stood */
	size_t header_length;
	const struct csv_fields *names; /* the report's */
	size_t *columns;                /* bound so far: places in the header */
	size_t n_columns, columns_capacity;
};

struct scratch {
	struct scratch *next;
	size_t capacity;
	struct text *customers, *orders, *labels[TRANSACTIONS_LABELS];
	int32_t *days;
	money *amounts;
	struct customer *rows;
	struct text *cells; /* settings.n_columns of each row */
	bool *is_header;    /* of each row */
};

struct outcome {
	struct accounting counts;
	struct buffer rejects; /* lines of the rejects file */
	char *first_reject;
	char *first_by_reason[N_REJECTS];
	bool has_days, has_amounts, has_as_of;
	int32_t first_day, last_day, as_of;
	int decimals;
	void *packed; /* the client's, and how to give it up */
	void (*drop_rows)(void *packed);
};

struct reading {
	const struct transactions_settings *settings;
	const struct transactions_client *client;
	struct transactions_report *report;
	void *taker; /* the client's context for rows */
	struct binding *bindings;
	const char *const *paths;
	size_t n_paths;
	size_t n_cells; /* any table: of each row that the client is given; else 0 */
	struct output *rejects;
	bool has_as_of; /* customers tables: from the first row */
	struct scratch *spare;
	pthread_mutex_t spare_lock;
};

/* ---- the header ---- */

static int bind_column(struct binding *binding, int place)
{
	for (size_t b = 0; b < binding->n_columns; b++)
		if (binding->columns[b] == (size_t)place)
			return (int)b;
	binding->columns = mem_grow(binding->columns, &binding->columns_capacity,
		binding->n_columns + 1, sizeof(*binding->columns));
	binding->columns[binding->n_columns] = (size_t)place;
	return (int)binding->n_columns++;
}

/* An id is text whether the command needs it or not, so that all commands keep the same rows. */
static enum where_kind kind_in_transactions(
	const struct role_columns *roles, struct text name, int place)
{
	if (place == roles->of[ROLE_DATE])
		return WHERE_DATE;
	if (place == roles->of[ROLE_AMOUNT] || place == roles->amount_factor)
		return WHERE_AMOUNT;
	bool is_id = place == roles->of[ROLE_CUSTOMER] || place == roles->of[ROLE_ORDER] ||
		     place == roles->of[ROLE_PRODUCT];
	switch (role_of_name(name)) {
	case ROLE_CUSTOMER:
	case ROLE_ORDER:
	case ROLE_PRODUCT:
		return WHERE_TEXT;
	case ROLE_DATE:
	case ROLE_AMOUNT:
	case N_ROLES:
		break;
	}
	return is_id ? WHERE_TEXT : WHERE_AUTO;
}

static enum where_kind kind_in_customers_table(const int *places, int place)
{
	if (place == places[CUSTOMERS_ID])
		return WHERE_TEXT;
	for (enum customers_column c = 0; c < N_CUSTOMERS_COLUMNS; c++)
		if (place == places[c] && customers_columns[c].kind == COLUMN_DAY)
			return WHERE_DATE;
	return WHERE_AUTO;
}

/* Of the two, what the file is not is NULL. */
static bool bind_wheres(const struct reading *reading, struct binding *binding,
	const struct text *names, const char *file, const struct role_columns *roles,
	const int *customers_places, struct error *err)
{
	static const struct date_format iso = {0};
	const struct transactions_settings *settings = reading->settings;
	const struct date_format *dates = roles != NULL ? &settings->dates : &iso;
	binding->wheres = mem_array(settings->n_wheres, sizeof(*binding->wheres));
	binding->conditions = mem_array(settings->n_wheres, sizeof(*binding->conditions));
	for (size_t w = 0; w < settings->n_wheres; w++) {
		int place;
		struct where *where = &binding->conditions[w];
		*where = settings->wheres[w];
		if (!column_find(names, binding->n_names, file, where->column, &place, err))
			return false;
		enum where_kind kind = roles != NULL
					       ? kind_in_transactions(roles, names[place], place)
					       : kind_in_customers_table(customers_places, place);
		if (!where_bind(where, kind, dates, &settings->amounts, err))
			return false;
		binding->wheres[w] = bind_column(binding, place);
	}
	return true;
}

static bool bind_labels(const struct reading *reading, struct binding *binding,
	const struct text *names, const char *file, struct error *err)
{
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++) {
		const char *wanted = reading->settings->labels[l];
		int place = NO_COLUMN;
		if (wanted != NULL &&
			!column_find(names, binding->n_names, file, text_of(wanted), &place, err))
			return false;
		binding->labels[l] = wanted == NULL ? NO_COLUMN : bind_column(binding, place);
	}
	return true;
}

static bool bind_transactions(struct reading *reading, struct binding *binding,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err)
{
	const struct role_wish *wishes = reading->settings->wishes;
	if (!roles_find(names, binding->n_names, file, wishes, roles, err))
		return false;
	for (enum role role = 0; role < N_ROLES; role++) {
		bool is_cut = roles->of[role] != NO_COLUMN && role != ROLE_PRODUCT &&
			      wishes[role].need != ROLE_UNUSED;
		binding->role[role] = is_cut ? bind_column(binding, roles->of[role]) : NO_COLUMN;
	}
	binding->amount_factor = roles->amount_factor == NO_COLUMN
					 ? NO_COLUMN
					 : bind_column(binding, roles->amount_factor);
	return bind_labels(reading, binding, names, file, err) &&
	       bind_wheres(reading, binding, names, file, roles, NULL, err);
}

static bool bind_any_table(struct reading *reading, struct binding *binding,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err)
{
	const struct transactions_settings *settings = reading->settings;
	*roles = (struct role_columns){
		{NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN}, NO_COLUMN};
	memcpy(binding->role, roles->of, sizeof(binding->role));
	binding->cells = mem_array(reading->n_cells, sizeof(*binding->cells));
	for (size_t c = 0; c < binding->n_names && settings->whole_rows; c++)
		binding->cells[c] = bind_column(binding, (int)c);
	for (size_t c = 0; c < settings->n_columns; c++) {
		int place;
		struct text wanted = text_of(settings->columns[c]);
		if (!column_find(names, binding->n_names, file, wanted, &place, err))
			return false;
		binding->cells[c] = bind_column(binding, place);
	}
	return bind_wheres(reading, binding, names, file, roles, NULL, err);
}

static bool accept_columns(struct reading *reading, size_t file, const char *name,
	const struct text *names, size_t n_names, struct error *err)
{
	const struct transactions_client *client = reading->client;
	const struct csv_fields *first = &reading->report->files[0].header;
	if (file == 0) {
		reading->n_cells = n_names;
		return client->accept_columns(client->context, name, names, n_names, err);
	}
	bool same = n_names == first->n_fields;
	for (size_t i = 0; same && i < n_names; i++)
		same = text_equal(names[i], first->fields[i]);
	return same || error_set(err, ERROR_DATA,
			       "%s: its columns are not those of %s (give files that have the same"
			       " columns, in the same order)",
			       name, source_name(reading->paths[0]));
}

/* What only single purchases can answer is an error, not an option that does nothing. */
static bool refuse_options_of_transactions(
	const struct transactions_settings *settings, const char *file, struct error *err)
{
	const char *option = settings->has_since                ? "--since"
			     : settings->has_until              ? "--until"
			     : settings->returns != RETURNS_NET ? "--returns"
								: NULL;
	if (option != NULL)
		return error_set(err, ERROR_DATA,
			"%s: a customers table, but %s needs single purchases"
			" (give the transactions)",
			file, option);
	for (enum role role = 0; role < N_ROLES; role++)
		if (settings->wishes[role].column != NULL)
			return error_set(err, ERROR_DATA,
				"%s: a customers table, whose columns are known (leave --%s out)",
				file, role_name(role));
	return true;
}

static bool bind_customers_table(struct reading *reading, struct binding *binding,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err)
{
	int places[N_CUSTOMERS_COLUMNS];
	const struct transactions_settings *settings = reading->settings;
	*roles = (struct role_columns){
		{NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN}, NO_COLUMN};
	if (settings->single_events_only)
		return error_set(err, ERROR_DATA,
			"%s: a customers table, but this needs single purchases"
			" (give the transactions)",
			file);
	if (!refuse_options_of_transactions(settings, file, err) ||
		!customers_table_bind(names, binding->n_names, file, places, err))
		return false;
	for (int c = 0; c < N_CUSTOMERS_COLUMNS; c++)
		binding->customers[c] = places[c] < 0 ? -1 : bind_column(binding, places[c]);
	return bind_wheres(reading, binding, names, file, NULL, places, err);
}

/* Whether every file has a part (an order column, say) must not depend on which one comes first:
 * all must be alike. */
static bool agree_with_first(
	const struct reading *reading, size_t file, const char *name, struct error *err)
{
	const struct binding *first = &reading->bindings[0], *binding = &reading->bindings[file];
	const char *first_name = source_name(reading->paths[0]);
	if (binding->is_customers_table != first->is_customers_table)
		return error_set(err, ERROR_DATA, "%s: %s, but %s: %s (give files of one kind)",
			first_name,
			first->is_customers_table ? "a customers table" : "transactions", name,
			binding->is_customers_table ? "a customers table" : "transactions");
	for (enum role role = 0; !binding->is_customers_table && role < N_ROLES; role++) {
		bool has = binding->role[role] != NO_COLUMN;
		bool first_has = first->role[role] != NO_COLUMN;
		if (has != first_has)
			return error_set(err, ERROR_DATA,
				"%s: has no %s column, but %s has one (name it with --%s, or say"
				" --%s none)",
				has ? first_name : name, role_name(role), has ? name : first_name,
				role_name(role), role_name(role));
	}
	return true;
}

static bool on_header(
	void *context, size_t file, const char *name, struct csv *csv, struct error *err)
{
	struct reading *reading = context;
	struct binding *binding = &reading->bindings[file];
	struct input_file *input = &reading->report->files[file];
	size_t n_names;
	const struct text *names = csv_names(csv, &n_names);
	struct text header = csv_header_record(csv);
	binding->n_names = n_names;
	binding->delimiter = csv_delimiter(csv);
	binding->header = mem_text(header.at, header.length);
	binding->header_length = header.length;
	csv_split(header, binding->delimiter, &input->header);
	binding->names = &input->header;
	input->delimiter = binding->delimiter;
	/* First, so that each stands at its place. */
	for (size_t place = 0; reading->client->look != NULL && place < n_names; place++)
		bind_column(binding, (int)place);
	bool is_any = reading->settings->n_columns > 0 || reading->settings->whole_rows;
	binding->is_customers_table = !is_any && customers_table_is(names, n_names);
	if (reading->settings->customers_only && !binding->is_customers_table)
		return error_set(err, ERROR_DATA,
			"%s: is not a customers table (make one with patron customers)", name);
	if (reading->settings->whole_rows &&
		!accept_columns(reading, file, name, names, n_names, err))
		return false;
	bool good =
		is_any ? bind_any_table(reading, binding, names, name, &input->roles, err)
		: binding->is_customers_table
			? bind_customers_table(reading, binding, names, name, &input->roles, err)
			: bind_transactions(reading, binding, names, name, &input->roles, err);
	if (!good || !agree_with_first(reading, file, name, err))
		return false;
	csv_bind(csv, binding->columns, binding->n_columns);
	if (file == 0) {
		struct transactions_report *report = reading->report;
		report->is_customers_table = binding->is_customers_table;
		report->has_orders = binding->role[ROLE_ORDER] != NO_COLUMN;
		report->has_amounts =
			!binding->is_customers_table && binding->role[ROLE_AMOUNT] != NO_COLUMN;
		report->has_log_gaps = binding->customers[CUSTOMERS_LOG_GAPS] != -1;
		reading->taker = reading->client->start(reading->client->context, report);
	}
	return true;
}

static void binding_release(struct binding *binding)
{
	mem_free(binding->cells);
	mem_free(binding->wheres);
	mem_free(binding->conditions);
	mem_free(binding->header);
	mem_free(binding->columns);
}

/* ---- one row ---- */

/* A record at hand, good or faulty, with the file and what its header said. */
struct place {
	const struct reading *reading;
	const struct binding *binding;
	const struct reader_batch *batch;
	struct outcome *outcome;
	struct error *err;
	struct text record;
	int64_t line;
};

static struct text cell_of(const struct place *place, int column, size_t row)
{
	return place->batch->csv.columns[column][row];
}

static void csv_cell(struct buffer *line, struct text cell)
{
	buffer_byte(line, '"');
	for (size_t i = 0; i < cell.length; i++) {
		if (cell.at[i] == '"')
			buffer_byte(line, '"');
		buffer_byte(line, cell.at[i]);
	}
	buffer_byte(line, '"');
}

/* Takes a bad row into the rejects, or ends the run with it. words is released. */
static void reject(struct place *place, enum reject_reason reason, struct buffer *words)
{
	struct outcome *outcome = place->outcome;
	outcome->counts.rejected[reason]++;
	if (place->reading->settings->rejects == NULL && !place->reading->settings->keep_going) {
		assert(words->bytes != NULL && words->length > 0);
		bool has_remark = words->bytes[words->length - 1] == ')';
		error_set(place->err, ERROR_DATA, "%s:%lld: %.*s%s", place->batch->name,
			(long long)place->line, (int)words->length, words->bytes,
			has_remark ? "" : " (--rejects FILE takes bad rows)");
	} else if (place->reading->settings->rejects != NULL) {
		struct buffer *line = &outcome->rejects;
		csv_cell(line, text_of(place->batch->name));
		buffer_format(line, ",%lld,", (long long)place->line);
		csv_cell(line, buffer_as_text(words));
		buffer_byte(line, ',');
		csv_cell(line, place->record);
		buffer_byte(line, '\n');
	}
	if (outcome->first_by_reason[reason] == NULL) {
		struct buffer first = {0};
		buffer_format(&first, "%s:%lld: ", place->batch->name, (long long)place->line);
		buffer_text(&first, buffer_as_text(words));
		outcome->first_by_reason[reason] = mem_text(first.bytes, first.length);
		if (outcome->first_reject == NULL)
			outcome->first_reject = mem_text(first.bytes, first.length);
		buffer_release(&first);
	}
	buffer_release(words);
}

static void reject_fault(struct place *place, const struct csv_fault *fault)
{
	struct buffer words = {0};
	size_t bad, expected = place->binding->n_names;
	switch (fault->kind) {
	case CSV_SHORT:
	case CSV_LONG:
		buffer_format(&words, "%u field%s, expected %zu as in the header%s",
			fault->n_fields, fault->n_fields == 1 ? "" : "s", expected,
			fault->kind == CSV_LONG ? " (a delimiter in a field must be quoted)" : "");
		break;
	case CSV_STRAY_QUOTE:
		buffer_string(&words,
			"stray quote (quote the whole field, and write a quote inside it twice)");
		break;
	case CSV_NOT_UTF8:
		if (!utf8_valid(place->record.at, place->record.length, &bad))
			encoding_explain(place->record, bad,
				place->reading->settings->reader.encoding, &words);
		break;
	}
	reject(place, REJECT_FAULT + (enum reject_reason)fault->kind, &words);
}

/* Whether two lists of names are the same, in any order. */
static bool is_permutation(const struct csv_fields *a, const struct csv_fields *b)
{
	if (a->n_fields != b->n_fields)
		return false;
	for (size_t i = 0; i < a->n_fields; i++) {
		int surplus = 0;
		for (size_t j = 0; j < a->n_fields; j++)
			surplus += text_equal(a->fields[j], a->fields[i]) -
				   text_equal(b->fields[j], a->fields[i]);
		if (surplus != 0)
			return false;
	}
	return true;
}

static struct text without_mark(struct text record)
{
	bool marked = record.length >= 3 && memcmp(record.at, "\xEF\xBB\xBF", 3) == 0;
	return marked ? (struct text){record.at + 3, record.length - 3} : record;
}

/* A header in mid-stream, as `zcat *.gz` makes them, shows itself by a date that is none: the same
 * names are skipped and counted, the same names in another order cannot be. */
static bool is_header_again(struct place *place)
{
	const struct binding *binding = place->binding;
	enum { MOST_COLUMNS = 4096 };
	if (binding->n_names > MOST_COLUMNS)
		return false;
	struct csv_fields fields = {0};
	csv_split(without_mark(place->record), binding->delimiter, &fields);
	bool same = fields.n_fields == binding->n_names, other = false;
	for (size_t i = 0; same && i < fields.n_fields; i++)
		same = text_equal(fields.fields[i], binding->names->fields[i]);
	if (!same)
		other = is_permutation(&fields, binding->names);
	csv_fields_release(&fields);
	if (other)
		error_set(place->err, ERROR_DATA,
			"%s:%lld: the header again, with its columns in another order"
			" (give the files as arguments instead of joining them)",
			place->batch->name, (long long)place->line);
	return same || other;
}

enum verdict { VERDICT_KEEP, VERDICT_FILTERED, VERDICT_REJECTED, VERDICT_HEADER };

static enum verdict filtered(struct place *place, enum filter_reason reason)
{
	place->outcome->counts.filtered[reason]++;
	return VERDICT_FILTERED;
}

static enum verdict rejected(struct place *place, enum reject_reason reason, const char *why)
{
	struct buffer words = {0};
	buffer_string(&words, why);
	reject(place, reason, &words);
	return VERDICT_REJECTED;
}

/* A row without an id. The cure names the column as it is to be typed. */
static enum verdict rejected_empty(
	struct place *place, enum reject_reason reason, enum role role, const char *other_cure)
{
	const struct binding *binding = place->binding;
	struct text name = binding->names->fields[binding->columns[binding->role[role]]];
	struct buffer words = {0};
	char room[TEXT_EXCERPT_SIZE];
	buffer_format(&words, "the %s is empty (--where '%s!=' leaves such rows out%s)",
		role_name(role), text_excerpt(name, room), other_cure);
	reject(place, reason, &words);
	return VERDICT_REJECTED;
}

static bool where_all_hold(const struct place *place, size_t row)
{
	for (size_t w = 0; w < place->reading->settings->n_wheres; w++)
		if (!where_holds(&place->binding->conditions[w],
			    cell_of(place, place->binding->wheres[w], row)))
			return false;
	return true;
}

static void note_day(struct outcome *outcome, int32_t day)
{
	if (!outcome->has_days || day < outcome->first_day)
		outcome->first_day = day;
	if (!outcome->has_days || day > outcome->last_day)
		outcome->last_day = day;
	outcome->has_days = true;
}

static enum verdict judge_amount(struct place *place, size_t row, money *amount)
{
	const struct binding *binding = place->binding;
	const struct transactions_settings *settings = place->reading->settings;
	struct amount value = {0}, factor = {0};
	*amount = 0;
	if (binding->role[ROLE_AMOUNT] == NO_COLUMN)
		return VERDICT_KEEP;

	struct text cell = cell_of(place, binding->role[ROLE_AMOUNT], row), other = {0};
	struct buffer words = {0};
	enum amount_status status = amount_read(&settings->amounts, cell, &value);
	if (status == AMOUNT_OK && binding->amount_factor != NO_COLUMN) {
		other = cell_of(place, binding->amount_factor, row);
		status = amount_read(&settings->amounts, other, &factor);
		struct amount product = {0};
		if (status != AMOUNT_OK)
			cell = other;
		else if ((status = amount_product(value, factor, &product)) != AMOUNT_OK)
			amount_explain_product(cell, other, status, &words);
		value = product;
	}
	if (status != AMOUNT_OK) {
		if (words.length == 0)
			amount_explain(&settings->amounts, cell, &words);
		reject(place, REJECT_AMOUNT + (enum reject_reason)status, &words);
		return VERDICT_REJECTED;
	}
	if (value.decimals > place->outcome->decimals)
		place->outcome->decimals = value.decimals;
	*amount = value.value;
	return VERDICT_KEEP;
}

static enum verdict judge_return(struct place *place, money amount)
{
	if (amount >= 0 || place->reading->settings->returns == RETURNS_NET)
		return VERDICT_KEEP;
	if (place->reading->settings->returns == RETURNS_DROP)
		return filtered(place, FILTER_RETURNS);
	return rejected(place, REJECT_RETURN,
		"a negative amount (--returns net subtracts returns, --returns drop ignores them)");
}

static bool is_day_wanted(const struct transactions_settings *settings, int32_t day)
{
	return !(settings->has_since && day < settings->since) &&
	       !(settings->has_until && day > settings->until) &&
	       !(settings->has_as_of && day > settings->as_of);
}

static enum verdict judge_day(
	struct place *place, enum date_status status, struct text cell, int32_t day)
{
	const struct transactions_settings *settings = place->reading->settings;
	if (status != DATE_OK) {
		struct buffer words = {0};
		date_explain(&settings->dates, cell, &words);
		reject(place, REJECT_DATE + (enum reject_reason)status, &words);
		return VERDICT_REJECTED;
	}
	if (settings->has_since && day < settings->since)
		return filtered(place, FILTER_SINCE);
	if (settings->has_until && day > settings->until)
		return filtered(place, FILTER_UNTIL);
	if (settings->has_as_of && day > settings->as_of)
		return filtered(place, FILTER_AS_OF);
	return VERDICT_KEEP;
}

static enum verdict judge_labels(struct place *place, size_t row, struct scratch *kept, size_t n)
{
	const struct transactions_settings *settings = place->reading->settings;
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++) {
		if (place->binding->labels[l] == NO_COLUMN)
			continue;
		struct buffer words = {0};
		struct text label = cell_of(place, place->binding->labels[l], row);
		if (settings->judge_label[l] != NULL && !settings->judge_label[l](label, &words)) {
			reject(place, REJECT_CELL, &words);
			return VERDICT_REJECTED;
		}
		kept->labels[l][n] = label;
	}
	return VERDICT_KEEP;
}

static enum verdict judge_parts(struct place *place, size_t row, enum date_status status,
	int32_t day, struct scratch *kept, size_t n)
{
	const struct binding *binding = place->binding;
	struct text date = cell_of(place, binding->role[ROLE_DATE], row);
	if (!where_all_hold(place, row))
		return filtered(place, FILTER_WHERE);
	enum verdict verdict = judge_day(place, status, date, day);
	if (verdict != VERDICT_KEEP)
		return verdict;
	kept->days[n] = day;
	kept->customers[n] = cell_of(place, binding->role[ROLE_CUSTOMER], row);
	if (kept->customers[n].length == 0)
		return rejected_empty(place, REJECT_NO_CUSTOMER, ROLE_CUSTOMER, "");
	if (judge_amount(place, row, &kept->amounts[n]) != VERDICT_KEEP)
		return VERDICT_REJECTED;
	if (binding->role[ROLE_ORDER] != NO_COLUMN) {
		kept->orders[n] = cell_of(place, binding->role[ROLE_ORDER], row);
		if (kept->orders[n].length == 0)
			return rejected_empty(place, REJECT_NO_ORDER, ROLE_ORDER,
				"; --order none makes an order of every row");
	}
	verdict = judge_return(place, kept->amounts[n]);
	return verdict == VERDICT_KEEP ? judge_labels(place, row, kept, n) : verdict;
}

static enum verdict judge(struct place *place, size_t row, struct scratch *kept, size_t n)
{
	struct text date = cell_of(place, place->binding->role[ROLE_DATE], row);
	int32_t day = 0;
	enum date_status status = date_read(&place->reading->settings->dates, date, &day);
	if (status != DATE_OK && is_header_again(place)) {
		place->outcome->counts.repeated_headers++;
		place->outcome->counts.rows--;
		return VERDICT_HEADER;
	}
	enum verdict verdict = judge_parts(place, row, status, day, kept, n);
	/* A row that is bad in any way must not move the day that the report speaks of. */
	if (status == DATE_OK && verdict != VERDICT_REJECTED)
		note_day(place->outcome, day);
	return verdict;
}

static bool judge_as_of(struct place *place, int32_t as_of)
{
	struct outcome *outcome = place->outcome;
	char first[DAY_TEXT_SIZE], other[DAY_TEXT_SIZE];
	if (!outcome->has_as_of) {
		outcome->has_as_of = true;
		outcome->as_of = as_of;
	}
	if (outcome->as_of == as_of)
		return true;
	return error_set(place->err, ERROR_DATA,
		"%s:%lld: as_of %s, but %s in rows before (one table speaks of one day)",
		place->batch->name, (long long)place->line, day_write(as_of, other),
		day_write(outcome->as_of, first));
}

/* Where no date tells: the header's very bytes. */
static bool is_header_as_it_stood(struct place *place)
{
	const struct binding *binding = place->binding;
	if (place->record.length != binding->header_length ||
		memcmp(place->record.at, binding->header, binding->header_length) != 0)
		return false;
	place->outcome->counts.repeated_headers++;
	place->outcome->counts.rows--;
	return true;
}

static enum verdict judge_any_row(struct place *place, size_t row, struct text *kept)
{
	const struct reading *reading = place->reading;
	struct buffer words = {0};
	if (is_header_as_it_stood(place))
		return VERDICT_HEADER;
	if (!where_all_hold(place, row))
		return filtered(place, FILTER_WHERE);
	for (size_t c = 0; c < reading->n_cells; c++)
		kept[c] = cell_of(place, place->binding->cells[c], row);
	if (reading->client->judge_cells(reading->taker, kept, &words))
		return VERDICT_KEEP;
	reject(place, REJECT_CELL, &words);
	return VERDICT_REJECTED;
}

static enum verdict judge_customers_row(struct place *place, size_t row, struct customer *kept)
{
	const struct binding *binding = place->binding;
	struct text cells[N_CUSTOMERS_COLUMNS];
	struct customers_row read;
	struct buffer words = {0};
	if (is_header_as_it_stood(place))
		return VERDICT_HEADER;
	if (!where_all_hold(place, row))
		return filtered(place, FILTER_WHERE);
	for (int c = 0; c < N_CUSTOMERS_COLUMNS; c++)
		cells[c] = binding->customers[c] < 0 ? (struct text){NULL, 0}
						     : cell_of(place, binding->customers[c], row);
	if (!customers_table_row(cells, &read, &words)) {
		reject(place, REJECT_CUSTOMER, &words);
		return VERDICT_REJECTED;
	}
	if (!judge_as_of(place, read.as_of)) {
		place->outcome->counts.rows--; /* it ends the run and is none of the rows read */
		return VERDICT_REJECTED;
	}
	note_day(place->outcome, read.customer.first_purchase);
	note_day(place->outcome, read.customer.last_purchase);
	if (read.has_amounts && place->reading->settings->wishes[ROLE_AMOUNT].need != ROLE_UNUSED)
		place->outcome->has_amounts = true;
	if (read.decimals > place->outcome->decimals)
		place->outcome->decimals = read.decimals;
	*kept = read.customer;
	return VERDICT_KEEP;
}

/* ---- one batch ---- */

static struct scratch *take_scratch(struct reading *reading, size_t n_rows)
{
	pthread_mutex_lock(&reading->spare_lock);
	struct scratch *scratch = reading->spare;
	if (scratch != NULL)
		reading->spare = scratch->next;
	pthread_mutex_unlock(&reading->spare_lock);
	if (scratch == NULL)
		scratch = mem_zeroed(1, sizeof(*scratch));
	if (scratch->capacity >= n_rows)
		return scratch;
	scratch->capacity = n_rows;
	scratch->customers = mem_resize(scratch->customers, n_rows, sizeof(struct text));
	scratch->orders = mem_resize(scratch->orders, n_rows, sizeof(struct text));
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
		if (reading->settings->labels[l] != NULL)
			scratch->labels[l] =
				mem_resize(scratch->labels[l], n_rows, sizeof(struct text));
	scratch->days = mem_resize(scratch->days, n_rows, sizeof(int32_t));
	scratch->amounts = mem_resize(scratch->amounts, n_rows, sizeof(money));
	scratch->is_header = mem_resize(scratch->is_header, n_rows, sizeof(bool));
	if (reading->n_cells > 0)
		scratch->cells =
			mem_resize(scratch->cells, n_rows, reading->n_cells * sizeof(struct text));
	if (reading->report->is_customers_table)
		scratch->rows = mem_resize(scratch->rows, n_rows, sizeof(struct customer));
	return scratch;
}

static void give_scratch(struct reading *reading, struct scratch *scratch)
{
	pthread_mutex_lock(&reading->spare_lock);
	scratch->next = reading->spare;
	reading->spare = scratch;
	pthread_mutex_unlock(&reading->spare_lock);
}

static void set_place(struct place *place, uint32_t start, uint32_t length, uint32_t line)
{
	const struct csv_batch *csv = &place->batch->csv;
	place->record = (struct text){csv->text + start, length};
	place->line = csv->first_line + line;
}

static inline uint64_t load8(const char *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof(word));
	return word;
}

/* Whether two dates are written alike, by two loads that may overlap; false for lengths that dates
 * seldom have. */
static inline bool same_date(struct text a, struct text b)
{
	return a.length == b.length && a.length >= 8 && a.length <= 16 &&
	       load8(a.at) == load8(b.at) &&
	       load8(a.at + a.length - 8) == load8(b.at + b.length - 8);
}

/* Good rows from row on, up to the first, or to end, that judge() must look at: it is bad, or
 * filtered, or has what only some commands ask for. Says of each the same as judge() does, in a
 * third of the time; exports in the order of time mostly repeat the date before. Returns how many
 * rows they are, kept from place n on. */
static size_t judge_good_rows(
	struct place *place, size_t row, size_t end, struct scratch *kept, size_t n)
{
	const struct binding *binding = place->binding;
	const struct transactions_settings *settings = place->reading->settings;
	struct text *const *columns = place->batch->csv.columns;
	struct outcome *outcome = place->outcome;
	const int amount_column = binding->role[ROLE_AMOUNT];
	const int order_column = binding->role[ROLE_ORDER];
	const struct text *dates = columns[binding->role[ROLE_DATE]];
	const struct text *customers = columns[binding->role[ROLE_CUSTOMER]];
	const struct text *amounts = amount_column != NO_COLUMN ? columns[amount_column] : NULL;
	const struct text *orders = order_column != NO_COLUMN ? columns[order_column] : NULL;
	struct text date = {NULL, 0};
	int32_t day = 0;
	const size_t start = row;
	for (; row < end; row++, n++) {
		bool other_date = !same_date(dates[row], date);
		if (other_date && (date_read(&settings->dates, dates[row], &day) != DATE_OK ||
					  !is_day_wanted(settings, day)))
			break;
		struct amount amount = {0};
		if (amounts != NULL &&
			amount_read(&settings->amounts, amounts[row], &amount) != AMOUNT_OK)
			break;
		bool is_return = amount.value < 0 && settings->returns != RETURNS_NET;
		if (is_return || customers[row].length == 0 ||
			(orders != NULL && orders[row].length == 0))
			break;
		if (other_date) {
			date = dates[row];
			note_day(outcome, day);
		}
		if (amount.decimals > outcome->decimals)
			outcome->decimals = amount.decimals;
		kept->days[n] = day;
		kept->amounts[n] = amount.value;
		kept->customers[n] = customers[row];
		if (orders != NULL)
			kept->orders[n] = orders[row];
		kept->is_header[row] = false;
	}
	outcome->counts.rows += (int64_t)(row - start);
	return row - start;
}

/* Whether rows may be only what judge_good_rows() understands. */
static bool is_plain(const struct reading *reading, const struct binding *binding)
{
	const struct transactions_settings *settings = reading->settings;
	bool has_labels = false;
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
		has_labels |= binding->labels[l] != NO_COLUMN;
	return !binding->is_customers_table && reading->n_cells == 0 && settings->n_wheres == 0 &&
	       binding->amount_factor == NO_COLUMN && !has_labels;
}

static enum verdict judge_row(struct place *place, size_t row, struct scratch *kept, size_t n)
{
	const struct csv_row *r = &place->batch->csv.rows[row];
	size_t n_cells = place->reading->n_cells;
	set_place(place, r->start, r->length, r->line);
	place->outcome->counts.rows++;
	if (n_cells > 0)
		return judge_any_row(place, row, &kept->cells[n * n_cells]);
	if (place->binding->is_customers_table)
		return judge_customers_row(place, row, &kept->rows[n]);
	return judge(place, row, kept, n);
}

static void judge_fault(struct place *place, const struct csv_fault *fault)
{
	set_place(place, fault->start, fault->length, fault->line);
	place->outcome->counts.rows++;
	reject_fault(place, fault);
}

/* Faults and rows in the order of the text, so that the first bad one is the first. Returns how
 * many rows were kept. */
static size_t judge_rows(struct place *place, struct scratch *kept)
{
	const struct csv_batch *csv = &place->batch->csv;
	bool plain = is_plain(place->reading, place->binding);
	size_t n_kept = 0, fault = 0, row = 0;
	while (place->err->kind == ERROR_NONE) {
		size_t end = fault < csv->n_faults ? csv->faults[fault].before_row : csv->n_rows;
		if (plain && row < end) {
			size_t n = judge_good_rows(place, row, end, kept, n_kept);
			n_kept += n;
			row += n;
		}
		if (row < end) {
			enum verdict verdict = judge_row(place, row, kept, n_kept);
			kept->is_header[row++] = verdict == VERDICT_HEADER;
			n_kept += verdict == VERDICT_KEEP;
		} else if (fault < csv->n_faults) {
			judge_fault(place, &csv->faults[fault++]);
		} else {
			break;
		}
	}
	return n_kept;
}

static void show(
	const struct reading *reading, const struct reader_batch *batch, const bool *is_header)
{
	const struct transactions_view view = {
		batch, &reading->report->files[batch->file], is_header};
	if (reading->client->look != NULL)
		reading->client->look(reading->client->context, &view);
}

static void hand_over(const struct reading *reading, const struct binding *binding,
	const struct scratch *kept, size_t n_rows, struct outcome *outcome)
{
	const struct transactions_client *client = reading->client;
	struct transactions rows = {
		.n_rows = n_rows,
		.customers = kept->customers,
		.days = kept->days,
		.amounts = kept->amounts,
		.orders = binding->role[ROLE_ORDER] == NO_COLUMN ? NULL : kept->orders,
	};
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
		rows.labels[l] = kept->labels[l];
	if (n_rows == 0)
		return;
	if (reading->settings->whole_rows) {
		outcome->packed = client->pack_rows(reading->taker, kept->cells, n_rows);
		outcome->drop_rows = client->drop_rows;
	} else if (reading->settings->n_columns > 0) {
		client->take_cells(reading->taker, kept->cells, n_rows);
	} else if (binding->is_customers_table) {
		client->take_customers(reading->taker, kept->rows, n_rows);
	} else {
		client->take(reading->taker, &rows);
	}
}

static void *on_batch(void *context, const struct reader_batch *batch, struct error *err)
{
	struct reading *reading = context;
	struct outcome *outcome = mem_zeroed(1, sizeof(*outcome));
	struct scratch *kept = take_scratch(reading, batch->csv.n_rows);
	struct place place = {.reading = reading,
		.binding = &reading->bindings[batch->file],
		.batch = batch,
		.outcome = outcome,
		.err = err};
	size_t n = judge_rows(&place, kept);
	if (err->kind == ERROR_NONE)
		show(reading, batch, kept->is_header);
	outcome->counts.used = (int64_t)n;
	outcome->counts.blank_lines = batch->csv.n_blank_lines;
	hand_over(reading, place.binding, kept, n, outcome);
	give_scratch(reading, kept);
	return outcome;
}

/* ---- in order ---- */

static void forget(void *data)
{
	struct outcome *outcome = data;
	if (outcome->packed != NULL)
		outcome->drop_rows(outcome->packed);
	buffer_release(&outcome->rejects);
	mem_free(outcome->first_reject);
	for (int r = 0; r < N_REJECTS; r++)
		mem_free(outcome->first_by_reason[r]);
	mem_free(outcome);
}

static bool one_as_of(
	struct reading *reading, size_t file, const struct outcome *outcome, struct error *err)
{
	struct transactions_report *report = reading->report;
	char first[DAY_TEXT_SIZE], other[DAY_TEXT_SIZE];
	if (!outcome->has_as_of)
		return true;
	if (!reading->has_as_of)
		report->as_of = outcome->as_of;
	reading->has_as_of = true;
	if (report->as_of == outcome->as_of)
		return true;
	return error_set(err, ERROR_DATA,
		"%s: as_of %s, but %s in rows before (one table speaks of one day)",
		source_name(reading->paths[file]), day_write(outcome->as_of, other),
		day_write(report->as_of, first));
}

static bool within_max_rejects(const struct reading *reading, struct error *err)
{
	const struct transactions_settings *settings = reading->settings;
	int64_t n = accounting_rejected(&reading->report->counts);
	if (settings->keep_going || settings->max_rejects < 0 || n <= settings->max_rejects)
		return true;
	return error_set(err, ERROR_DATA,
		"more than %lld row%s rejected (--max-rejects); first %s; see %s",
		(long long)settings->max_rejects, settings->max_rejects == 1 ? "" : "s",
		reading->report->first_reject, settings->rejects);
}

static bool on_outcome(void *context, size_t file, void *data, struct error *err)
{
	struct reading *reading = context;
	struct transactions_report *report = reading->report;
	struct outcome *outcome = data;
	if (outcome == NULL)
		return true;
	accounting_add(&report->counts, &outcome->counts);
	report->files[file].rows += outcome->counts.rows;
	if (outcome->has_days) {
		if (!report->has_days || outcome->first_day < report->first_day)
			report->first_day = outcome->first_day;
		if (!report->has_days || outcome->last_day > report->last_day)
			report->last_day = outcome->last_day;
		report->has_days = true;
	}
	if (outcome->decimals > report->money_decimals)
		report->money_decimals = outcome->decimals;
	if (outcome->has_amounts)
		report->has_amounts = true;
	if (report->first_reject == NULL) {
		report->first_reject = outcome->first_reject;
		outcome->first_reject = NULL;
	}
	for (int r = 0; r < N_REJECTS; r++)
		if (report->first_by_reason[r] == NULL) {
			report->first_by_reason[r] = outcome->first_by_reason[r];
			outcome->first_by_reason[r] = NULL;
		}
	bool good = one_as_of(reading, file, outcome, err);
	if (good && outcome->rejects.length > 0)
		good = output_write(
			reading->rejects, outcome->rejects.bytes, outcome->rejects.length, err);
	if (good && outcome->packed != NULL) {
		good = reading->client->keep_rows(reading->taker, outcome->packed, err);
		outcome->packed = NULL;
	}
	forget(outcome);
	return good && within_max_rejects(reading, err);
}

static bool on_file_end(
	void *context, size_t file, const struct source_facts *facts, struct error *err)
{
	struct reading *reading = context;
	struct input_file *files = reading->report->files;
	files[file].compression = facts->compression;
	files[file].bytes = facts->bytes;
	files[file].crc = facts->crc;
	files[file].text_bytes = facts->text_bytes;
	files[file].text_crc = facts->text_crc;
	files[file].unchecked = facts->unchecked;
	reading->report->n_files = file + 1;
	/* Two days on which nothing was sold are two equal files, each a header: no harm. */
	for (size_t i = 0; i < file && files[file].rows > 0; i++)
		if (files[i].text_bytes == facts->text_bytes &&
			files[i].text_crc == facts->text_crc)
			return error_set(err, ERROR_DATA,
				"%s: the same %s as %s: one export given twice (leave one out)",
				files[file].name,
				files[i].bytes == facts->bytes && files[i].crc == facts->crc
					? "bytes"
					: "text",
				files[i].name);
	return true;
}

static void on_progress(void *context, int64_t bytes)
{
	const struct reading *reading = context;
	if (reading->client->progress != NULL)
		reading->client->progress(reading->client->context, bytes);
}

/* ---- the run ---- */

/* A name that is wrong, or there twice, is found before the hour that the other files take. */
static bool look_at_inputs(const char *const *paths, size_t n_paths, struct error *err)
{
	struct stat *stats = mem_zeroed(n_paths, sizeof(*stats));
	bool good = true;
	for (size_t i = 0; good && i < n_paths; i++) {
		bool is_stdin = strcmp(paths[i], "-") == 0;
		if ((is_stdin ? fstat(0, &stats[i]) : stat(paths[i], &stats[i])) != 0)
			good = error_set(err, ERROR_SYSTEM, "%s: cannot open: %s",
				source_name(paths[i]), strerror(errno));
		for (size_t j = 0; good && j < i; j++)
			if (stats[i].st_ino == stats[j].st_ino &&
				stats[i].st_dev == stats[j].st_dev)
				good = error_set(err, ERROR_USAGE,
					"%s: the same file as %s (give it once)",
					source_name(paths[i]), source_name(paths[j]));
	}
	mem_free(stats);
	return good;
}

static bool judge_run(const struct reading *reading, struct error *err)
{
	const struct transactions_report *report = reading->report;
	const struct transactions_settings *settings = reading->settings;
	int64_t rows = report->counts.rows, n = accounting_rejected(&report->counts);
	const char *name = source_name(reading->paths[0]);
	if (rows == 0)
		return error_set(err, ERROR_DATA, "%s%s: a header but no data row", name,
			reading->n_paths > 1 ? " and the others" : "");
	if (settings->keep_going)
		return true;
	if (n == rows)
		return error_set(err, ERROR_DATA, "every row was rejected (%lld); first %s; see %s",
			(long long)rows, report->first_reject, settings->rejects);
	if (settings->max_rejects_pct >= 0 &&
		(money_sum)n * 100 * MONEY_UNIT > (money_sum)settings->max_rejects_pct * rows)
		return error_set(err, ERROR_DATA,
			"%lld of %lld rows rejected, more than %.8g%% (--max-rejects); first %s;"
			" see %s",
			(long long)n, (long long)rows, money_as_real(settings->max_rejects_pct),
			report->first_reject, settings->rejects);
	return true;
}

static void set_as_of(struct reading *reading)
{
	const struct transactions_settings *settings = reading->settings;
	struct transactions_report *report = reading->report;
	if (report->is_customers_table)
		return;
	report->as_of = settings->has_as_of   ? settings->as_of
			: settings->has_until ? settings->until
					      : report->last_day;
}

static bool same_as_of(const struct reading *reading, struct error *err)
{
	const struct transactions_settings *settings = reading->settings;
	char asked[DAY_TEXT_SIZE], table[DAY_TEXT_SIZE];
	if (!reading->report->is_customers_table || !settings->has_as_of ||
		settings->as_of == reading->report->as_of)
		return true;
	return error_set(err, ERROR_DATA,
		"--as-of %s, but the customers table speaks of %s"
		" (patron customers --as-of makes one of another day)",
		day_write(settings->as_of, asked), day_write(reading->report->as_of, table));
}

const struct text transactions_rejects_head = {"file,line,reason,record\n", 24};

static bool open_rejects(struct reading *reading, struct error *err)
{
	if (reading->settings->rejects == NULL)
		return true;
	reading->rejects = output_open(reading->settings->rejects, err);
	return reading->rejects != NULL &&
	       output_write(reading->rejects, transactions_rejects_head.at,
		       transactions_rejects_head.length, err);
}

/* The rejects are kept when the run fails too; the first failure is the one that is told. */
static bool close_rejects(struct reading *reading, bool good, struct error *err)
{
	struct error closing = {0};
	if (reading->rejects == NULL)
		return good;
	bool closed = output_close(reading->rejects, &closing);
	if (good && !closed)
		return error_move(err, &closing);
	error_release(&closing);
	return good;
}

static void reading_release(struct reading *reading)
{
	for (size_t i = 0; i < reading->n_paths; i++)
		binding_release(&reading->bindings[i]);
	mem_free(reading->bindings);
	for (struct scratch *scratch = reading->spare, *next; scratch != NULL; scratch = next) {
		next = scratch->next;
		mem_free(scratch->customers);
		mem_free(scratch->orders);
		for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
			mem_free(scratch->labels[l]);
		mem_free(scratch->days);
		mem_free(scratch->amounts);
		mem_free(scratch->cells);
		mem_free(scratch->is_header);
		mem_free(scratch->rows);
		mem_free(scratch);
	}
	pthread_mutex_destroy(&reading->spare_lock);
}

bool transactions_read(const char *const *paths, size_t n_paths,
	const struct transactions_settings *settings, const struct transactions_client *client,
	struct transactions_report *report, struct error *err)
{
	*report = (struct transactions_report){
		.files = mem_zeroed(n_paths, sizeof(*report->files)), .n_paths = n_paths};
	for (size_t i = 0; i < n_paths; i++)
		report->files[i].name = source_name(paths[i]);
	struct reading reading = {.settings = settings,
		.client = client,
		.report = report,
		.bindings = mem_zeroed(n_paths, sizeof(*reading.bindings)),
		.paths = paths,
		.n_paths = n_paths,
		.n_cells = settings->n_columns};
	pthread_mutex_init(&reading.spare_lock, NULL);
	const struct reader_client reader = {.context = &reading,
		.header = on_header,
		.digest = on_batch,
		.retire = on_outcome,
		.forget = forget,
		.file_end = on_file_end,
		.progress = on_progress};
	bool good = open_rejects(&reading, err) && look_at_inputs(paths, n_paths, err) &&
		    reader_run(paths, n_paths, &settings->reader, &reader, err) &&
		    judge_run(&reading, err) && same_as_of(&reading, err);
	good = close_rejects(&reading, good, err);
	set_as_of(&reading);
	reading_release(&reading);
	return good;
}

void transactions_report_release(struct transactions_report *report)
{
	for (size_t i = 0; i < report->n_paths; i++)
		csv_fields_release(&report->files[i].header);
	mem_free(report->files);
	mem_free(report->first_reject);
	for (int r = 0; r < N_REJECTS; r++)
		mem_free(report->first_by_reason[r]);
	*report = (struct transactions_report){0};
}

/* patron simulate: transactions of a shop with known parameters. */
#include "analytics/simulate.h"

#include <assert.h>
#include <string.h>

#include "base/day.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/outputs.h"
#include "cmd/results.h"
#include "io/digits.h"

/* ---- options ---- */

static struct simulate_options shop = SIMULATE_DEFAULTS;
static int64_t seed = 1, customers, rows;
static struct option_day from, until, acquired_until;
static const char *split;

static const struct option options[] = {
	{.name = "customers",
		.kind = OPTION_INTEGER,
		.target = &customers,
		.argument = "N",
		.least = 1,
		.most = SIMULATE_MAX_CUSTOMERS,
		.plain_default = true,
		.help = "how many buy (default 1000; with --rows, as many as fill them)"},
	{.name = "rows",
		.kind = OPTION_INTEGER,
		.target = &rows,
		.argument = "N",
		.least = 1,
		.most = SIMULATE_MAX_ROWS,
		.plain_default = true,
		.help = "write exactly N rows; with --customers too, these order as often as that"
			" takes"},
	{.name = "from",
		.kind = OPTION_DAY,
		.target = &from,
		.argument = "DATE",
		.help = "first day (default 2023-01-01)"},
	{.name = "until",
		.kind = OPTION_DAY,
		.target = &until,
		.argument = "DATE",
		.help = "last day (default 2024-12-31)"},
	{.name = "acquired-until",
		.kind = OPTION_DAY,
		.target = &acquired_until,
		.argument = "DATE",
		.help = "last day on which customers start (default: that of --until)"},
	{.name = "seed",
		.kind = OPTION_INTEGER,
		.target = &seed,
		.argument = "N",
		.help = "another seed, other rows; the same seed, the same rows"},
	{.name = "split",
		.kind = OPTION_TEXT,
		.target = &split,
		.argument = "PATTERN",
		.help = "write a file a month instead of one: {month} in PATTERN becomes 2023-01"},
	{.name = "r",
		.kind = OPTION_REAL,
		.target = &shop.r,
		.argument = "X",
		.least = 1e-6,
		.help = "order rates: shape of their gamma distribution"},
	{.name = "alpha",
		.kind = OPTION_REAL,
		.target = &shop.alpha,
		.argument = "X",
		.least = 1e-6,
		.help = "order rates: its rate, in weeks; customers order r / alpha times a week"},
	{.name = "a",
		.kind = OPTION_REAL,
		.target = &shop.a,
		.argument = "X",
		.least = 1e-6,
		.help = "leaving after a repeat order: its probability is Beta(a, b)"},
	{.name = "b",
		.kind = OPTION_REAL,
		.target = &shop.b,
		.argument = "X",
		.least = 1e-6,
		.help = "likewise; a / (a + b) in the mean"},
	{.name = "p",
		.kind = OPTION_REAL,
		.target = &shop.p,
		.argument = "X",
		.least = 1e-6,
		.help = "order values: shape of a customer's gamma distribution"},
	{.name = "q",
		.kind = OPTION_REAL,
		.target = &shop.q,
		.argument = "X",
		.least = 1e-6,
		.help = "order values: shape of the gamma distribution of its rates"},
	{.name = "v",
		.kind = OPTION_REAL,
		.target = &shop.v,
		.argument = "X",
		.least = 1e-6,
		.help = "order values: the rate of that; p v / (q - 1) in the mean"},
	{.name = "lines",
		.kind = OPTION_REAL,
		.target = &shop.lines,
		.argument = "X",
		.least = 1,
		.most = SIMULATE_MAX_LINES / 2.0,
		.help = "mean number of products in an order, each a row"},
	{.name = "return-rate",
		.kind = OPTION_REAL,
		.target = &shop.returns,
		.argument = "X",
		.most = 1,
		.help = "share of the orders of which a line comes back"},
	{.name = "quoted",
		.kind = OPTION_REAL,
		.target = &shop.quoted,
		.argument = "X",
		.most = 1,
		.help = "share of the lines whose product CSV has to quote"},
};

/* ---- columns ---- */

enum {
	COL_ORDER,
	COL_DATE,
	COL_CUSTOMER,
	COL_PRODUCT,
	COL_QUANTITY,
	COL_UNIT_PRICE,
	COL_AMOUNT,
	COL_CHANNEL,
	COL_REGION,
	N_COLUMNS,
};

static const struct column columns[N_COLUMNS] = {
	{"order_id", COLUMN_COUNT, "", "the order's number; a return bears that of its order"},
	{"order_date", COLUMN_DAY, "day", "the day of the order, or of the return"},
	{"customer_id", COLUMN_TEXT, "", "the customer's id"},
	{"product", COLUMN_TEXT, "", "one product of the order"},
	{"quantity", COLUMN_COUNT, "pieces", "how many; negative in a return"},
	{"unit_price", COLUMN_MONEY, "currency", "price of one piece"},
	{"amount", COLUMN_MONEY, "currency", "quantity times unit_price"},
	{"channel", COLUMN_TEXT, "", "where the order was made"},
	{"region", COLUMN_TEXT, "", "where the customer lives"},
};

enum { PRICE_DECIMALS = 2 };

/* ---- rows to cells ---- */

enum {
	BATCH = 32768,
	ID_SIZE = 12, /* C and up to ten digits */
	LEAST_ID_DIGITS = 7,
	FIRST_ORDER = 10000000,
};

struct batch {
	struct simulated_row rows[BATCH];
	char ids[BATCH][ID_SIZE];
	size_t n, id_length;
};

/* Some rows of a batch, all for one file. */
struct piece {
	const struct batch *batch;
	size_t start;
};

/* C0000042: all ids of a run are of one length, so that they sort as their numbers do. */
static void write_ids(struct batch *batch, int64_t n_customers)
{
	size_t digits = digits_count((uint64_t)n_customers);
	digits = digits > LEAST_ID_DIGITS ? digits : LEAST_ID_DIGITS;
	uint64_t base = digits_power_of_ten((int)digits);
	for (size_t i = 0; i < batch->n; i++) {
		char room[DIGITS_ROOM];
		digits_write(base + batch->rows[i].customer, room);
		room[0] = 'C';
		memcpy(batch->ids[i], room, digits + 1);
	}
	batch->id_length = digits + 1;
}

static void fill(const void *context, size_t row_of_piece, struct cell *cells)
{
	const struct piece *piece = context;
	size_t i = piece->start + row_of_piece;
	const struct simulated_row *row = &piece->batch->rows[i];
	cells[COL_ORDER].count = FIRST_ORDER + row->order;
	cells[COL_DATE].day = row->day;
	cells[COL_CUSTOMER].text = (struct text){piece->batch->ids[i], piece->batch->id_length};
	cells[COL_PRODUCT].text = text_of(simulate_product(row->product));
	cells[COL_QUANTITY].count = row->quantity;
	cells[COL_UNIT_PRICE].money = row->unit_price;
	cells[COL_AMOUNT].money = row->amount;
	cells[COL_CHANNEL].text = text_of(simulate_channel(row->channel));
	cells[COL_REGION].text = text_of(simulate_region(row->region));
}

/* ---- one file, or a file a month ---- */

static const char MONTH[] = "{month}";

struct sink {
	struct table *table; /* NULL between two files */
	int month;           /* of the table's rows; with no split all are of month 0 */
};

static int month_of(int32_t day)
{
	if (split == NULL)
		return 0;
	struct civil civil = day_to_civil(day);
	return civil.year * 12 + civil.month - 1;
}

/* With its NUL. */
static struct buffer path_of_month(int month)
{
	struct buffer path = {0};
	const char *at = split, *place;
	for (; (place = strstr(at, MONTH)) != NULL; at = place + strlen(MONTH)) {
		buffer_bytes(&path, at, (size_t)(place - at));
		buffer_format(&path, "%04d-%02d", month / 12, month % 12 + 1);
	}
	buffer_string(&path, at);
	buffer_byte(&path, '\0');
	return path;
}

static struct table *open_month(int month, struct error *err)
{
	struct buffer path = path_of_month(month);
	struct table *table = results_open_at(path.bytes, columns, N_COLUMNS, PRICE_DECIMALS, err);
	buffer_release(&path);
	return table;
}

static bool sink_close(struct sink *sink, struct error *err)
{
	struct table *table = sink->table;
	sink->table = NULL;
	return table == NULL || table_close(table, err);
}

static bool sink_turn(struct sink *sink, int month, struct error *err)
{
	if (sink->table != NULL && sink->month == month)
		return true;
	if (!sink_close(sink, err))
		return false;
	sink->month = month;
	sink->table = split != NULL ? open_month(month, err)
				    : results_open(columns, N_COLUMNS, PRICE_DECIMALS, err);
	return sink->table != NULL;
}

static bool sink_batch(struct sink *sink, const struct batch *batch, struct error *err)
{
	for (size_t start = 0, end; start < batch->n; start = end) {
		int month = month_of(batch->rows[start].day);
		for (end = start + 1; end < batch->n; end++)
			if (month_of(batch->rows[end].day) != month)
				break;
		const struct piece piece = {batch, start};
		if (!sink_turn(sink, month, err) ||
			!table_rows(sink->table, fill, &piece, end - start, err))
			return false;
	}
	return true;
}

static bool write_rows(struct simulate *simulate, struct error *err)
{
	struct batch *batch = mem_array(1, sizeof(*batch));
	struct sink sink = {0};
	bool good = true;
	while (good && (batch->n = simulate_next(simulate, batch->rows, BATCH)) > 0) {
		write_ids(batch, simulate_customers(simulate));
		good = sink_batch(&sink, batch, err);
	}
	mem_free(batch);
	if (good)
		return sink_close(&sink, err);
	table_discard(sink.table);
	return false;
}

/* ---- the run ---- */

static bool check_months(struct error *err)
{
	const char *manifest = results_manifest_path();
	int last = month_of(shop.until);
	bool is_one = false;
	for (int month = month_of(shop.from); manifest != NULL && !is_one && month <= last;
		month++) {
		struct buffer path = path_of_month(month);
		is_one = outputs_are_one(path.bytes, manifest);
		buffer_release(&path);
	}
	if (!is_one)
		return true;
	error_set(err, ERROR_USAGE,
		"--split and --manifest both go to %s (give each a file of its own)", manifest);
	results_drop_manifest();
	return false;
}

static bool check_split(struct error *err)
{
	if (split == NULL)
		return true;
	if (results_path() != NULL)
		return error_set(err, ERROR_USAGE, "-o and --split exclude each other");
	char room[TEXT_EXCERPT_SIZE];
	if (strstr(split, MONTH) == NULL)
		return error_set(err, ERROR_USAGE,
			"--split must hold %s, as in 'exports/%s.csv.gz', not '%s'", MONTH, MONTH,
			text_excerpt(text_of(split), room));
	return check_months(err);
}

static void set_shop(void)
{
	shop.seed = (uint64_t)seed;
	shop.rows = rows;
	if (customers > 0 || rows > 0)
		shop.customers = customers;
	if (from.given)
		shop.from = from.day;
	if (until.given)
		shop.until = until.day;
	shop.acquired_until = acquired_until.given ? acquired_until.day : shop.until;
}

static bool refuse_period(struct error *err)
{
	char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE], acquired[DAY_TEXT_SIZE];
	day_write(shop.from, first);
	day_write(shop.until, last);
	if (shop.from > shop.until)
		return error_set(err, ERROR_USAGE, "--from %s is after --until %s", first, last);
	return error_set(err, ERROR_USAGE, "--acquired-until must be from %s to %s, not '%s'",
		first, last, day_write(shop.acquired_until, acquired));
}

static bool open_shop(struct simulate **simulate, struct error *err)
{
	enum simulate_status status = simulate_open(simulate, &shop);
	switch (status) {
	case SIMULATE_OK:
		return true;
	case SIMULATE_BAD_PERIOD:
		return refuse_period(err);
	case SIMULATE_TOO_FEW_ROWS:
		return error_set(err, ERROR_USAGE,
			"--rows %lld is too few: the first orders of %lld customers need more"
			" (fewer --customers, or fewer --lines)",
			(long long)shop.rows, (long long)shop.customers);
	case SIMULATE_TOO_MANY_ROWS:
		return error_set(err, ERROR_USAGE,
			"--rows %lld is too many: however often %lld customers with these"
			" parameters ordered, they would not fill them (more --customers)",
			(long long)shop.rows, (long long)shop.customers);
	case SIMULATE_NO_SIZE:
	case SIMULATE_BAD_PARAMETER:
		break;
	}
	/* The bounds of the options are those of simulate_open(). */
	assert(false);
	return false;
}

static bool run(const char *const *operands, size_t n_operands, struct error *err)
{
	(void)operands;
	(void)n_operands;
	struct simulate *simulate = NULL;
	set_shop();
	bool good = results_check(columns, N_COLUMNS, err) && check_split(err) &&
		    open_shop(&simulate, err) && write_rows(simulate, err);
	simulate_close(simulate);
	return good;
}

static const struct option_group own_group = {"Options", options, COUNT_OF(options)};
static const struct option_group *const groups[] = {&own_group, &output_group};

static const struct command_table tables[] = {
	{"Columns", columns, N_COLUMNS},
};

const struct command simulate_command = {
	.name = "simulate",
	.summary = "transactions drawn from known parameters and a seed",
	.description =
		"Writes the transactions of a shop that does not exist, by date: to try commands"
		" on data of which the truth is known, to size a benchmark, or to show something"
		" without anyone's data. The same options give the same rows.\n\n"
		"Customers start evenly over the period. Each then orders at random at a rate of"
		" its own, and leaves for ever after a repeat order with a probability of its"
		" own: the BG/NBD model, with parameters r, alpha, a and b in weeks. What an"
		" order is worth follows the Gamma-Gamma model with p, q and v. The defaults are"
		" those that Fader, Hardie and Lee estimated in 2005 for the customers of a music"
		" shop, CDNOW. An order has 1 + Poisson(lines - 1) rows, whose amounts add up to"
		" its value to the cent; a return is one of them again, 1 to 30 days later, under"
		" the same order_id and with a negative quantity and amount.\n\n"
		"With --customers and --rows both, customers order as much more often, or less,"
		" as fills the rows, and stay as long as the parameters say.",
	.operands = "",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.examples =
		"patron simulate --customers 5000 --seed 7 -o shop.csv.gz\n"
		"patron simulate --customers 2000 --split 'exports/{month}.csv.gz'\n"
		"patron simulate --rows 10000000 --customers 998210 --lines 1 -o bench.csv\n"
		"patron simulate --acquired-until 2023-03-31 --format csv | patron rfm --summary",
	.run = run,
};

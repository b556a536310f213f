#include "tests/random_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "io/real.h"

enum { MOST_ROWS = 40, MOST_COLUMNS = 12, FIRST_DAY = 19723 /* 2024-01-01 */ };

/* A cell's text is drawn by its column. */
typedef void draw_cell(struct draws *draws, struct buffer *cell);

struct column {
	const char *name;
	draw_cell *draw;
};

/* ---- cells ---- */

/* What exports have in them now and then. Those at the end may swallow the rows after them. */
static const char *const odd_cells[] = {"", " ", "0", "-0", "-1", "1e5", "NaN", "Inf", "1,5",
	"\"1,234.50\"", "9223372036854.775807", "-9223372036854.775808", "99999999999999999999",
	"0.0000001", "1e308", "-1e308", "1e-308", "1e140", "1e141", "0001-01-01", "9999-12-31",
	"2024-02-30", "2023-12-31T23:59:59+14:00", "31/12/2023", "1970-01-01", "\xC3",
	"\xF0\x9F\x98\x80", "\x1B[31m", "=1+1", "\"a\"\"b\"", "a b", "<b>&amp;", "$1", "(5)", "5-",
	"yes", "true", "10000000000000000000000000000000000000001", "a\"b", "\"open",
	"\"two\nlines\"", "\r"};
enum { N_ODD = sizeof(odd_cells) / sizeof(odd_cells[0]), N_UNORDERLY = 4 };

static void draw_customer(struct draws *draws, struct buffer *cell)
{
	buffer_format(cell, "C%u", draw_byte(draws) % 24);
}

/* Mostly within two years. */
static void draw_day_after(struct draws *draws, unsigned days, struct buffer *cell)
{
	char room[DAY_TEXT_SIZE];
	day_write(FIRST_DAY + (int32_t)(draw_byte(draws) * days / 256), room);
	buffer_string(cell, room);
}

static void draw_day(struct draws *draws, struct buffer *cell)
{
	draw_day_after(draws, 700, cell);
}

static void draw_amount(struct draws *draws, struct buffer *cell)
{
	unsigned number = draw_byte(draws);
	if (number >= 240)
		buffer_byte(cell, '-');
	buffer_format(cell, "%u.%02u", number % 50, number * 7 % 100);
}

static void draw_order(struct draws *draws, struct buffer *cell)
{
	buffer_format(cell, "O%u", draw_byte(draws));
}

static void draw_channel(struct draws *draws, struct buffer *cell)
{
	static const char *const channels[] = {"web", "shop", "\xE5\xBA\x97", "a,b", ""};
	const char *channel = channels[draw_below(draws, 5)];
	bool quoted = strchr(channel, ',') != NULL;
	buffer_format(cell, quoted ? "\"%s\"" : "%s", channel);
}

static void draw_share(struct draws *draws, struct buffer *cell)
{
	buffer_format(cell, "%u%%", draw_byte(draws) % 101);
}

static void draw_small(struct draws *draws, struct buffer *cell)
{
	buffer_format(cell, "%u", draw_byte(draws) % 12);
}

/* 0.25, 12, 3.5e100: from whole numbers to any double. */
static void draw_real(struct draws *draws, struct buffer *cell)
{
	unsigned kind = draw_byte(draws);
	double value = (int)draw_byte(draws) - 100;
	if (kind >= 128)
		value /= 8;
	if (kind >= 192)
		value += draw_number(draws) / 65536.0;
	if (kind >= 240)
		value *= pow(10, (int)draw_byte(draws) - 128);
	char room[REAL_ROOM];
	buffer_bytes(cell, room, real_write(value, REAL_SHORTEST, room));
}

static void draw_time(struct draws *draws, struct buffer *cell)
{
	unsigned number = draw_byte(draws);
	buffer_format(cell, number % 2 ? "%u" : "%u.5", number / 4);
}

static void draw_event(struct draws *draws, struct buffer *cell)
{
	buffer_byte(cell, draw_byte(draws) % 2 ? '1' : '0');
}

/* ---- tables ---- */

static void draw_row(struct draws *draws, const struct column *columns, size_t n_columns,
	struct random_table *table, struct buffer *row)
{
	unsigned oddness = draw_byte(draws);
	size_t odd_column = oddness >= 244 ? draw_below(draws, n_columns) : n_columns;
	for (size_t c = 0; c < n_columns; c++) {
		if (c > 0)
			buffer_byte(row, ',');
		if (c != odd_column) {
			columns[c].draw(draws, row);
			continue;
		}
		unsigned which = draw_below(draws, N_ODD);
		buffer_string(row, odd_cells[which]);
		table->orderly = table->orderly && which < N_ODD - N_UNORDERLY;
	}
	buffer_byte(row, '\n');
}

static void write_header(const struct column *columns, size_t n_columns, struct buffer *text)
{
	for (size_t c = 0; c < n_columns; c++)
		buffer_format(text, "%s%s", c > 0 ? "," : "", columns[c].name);
	buffer_byte(text, '\n');
}

/* The bytes that are there say how many rows there are. */
static void draw_table(struct draws *draws, const struct column *columns, size_t n_columns,
	struct random_table *table)
{
	struct buffer rows = {0};
	size_t starts[MOST_ROWS + 1] = {0}, n_rows = 0;
	table->orderly = true;
	table->form = table_form_draw(draws);
	write_header(columns, n_columns, &table->text);
	buffer_text(&table->turned, buffer_as_text(&table->text));
	while (n_rows < MOST_ROWS && draws_left(draws) > 0) {
		draw_row(draws, columns, n_columns, table, &rows);
		starts[++n_rows] = rows.length;
	}
	buffer_text(&table->text, buffer_as_text(&rows));
	for (size_t i = n_rows; i-- > 0;)
		buffer_bytes(&table->turned, rows.bytes + starts[i], starts[i + 1] - starts[i]);
	buffer_release(&rows);
}

void random_transactions(struct draws *draws, struct random_table *table)
{
	static const struct column columns[] = {{"customer", draw_customer}, {"day", draw_day},
		{"amount", draw_amount}, {"order", draw_order}, {"channel", draw_channel},
		{"margin", draw_share}};
	unsigned kind = draw_byte(draws);
	/* Without an order, a channel or a margin too; amounts are asked not to be there. */
	draw_table(draws, columns, kind < 128 ? 3 : 3 + kind % 4, table);
}

/* Mostly such as they can be: the last day is not before the first, and so on. */
static void draw_customers_row(struct draws *draws, unsigned i, struct buffer *row)
{
	char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
	unsigned begin = draw_byte(draws), repeats = draw_byte(draws) % 8;
	unsigned span = repeats > 0 ? repeats + draw_byte(draws) : 0, amount = draw_byte(draws);
	day_write(FIRST_DAY + (int32_t)begin, first);
	day_write(FIRST_DAY + (int32_t)(begin + span), last);
	buffer_format(row, "C%03u,%s,%s,%u,%u,%u.5,%u.25,%u,%u,", i, first, last, repeats + 1,
		repeats + 1, repeats, (repeats + 1) * amount, amount, amount % 5);
	buffer_format(row, "%d,2026-01-01\n", (int)((repeats + 1) * amount) - (int)(amount % 5));
}

void random_customers(struct draws *draws, struct random_table *table)
{
	static const struct column columns[] = {{"customer", draw_customer},
		{"first_purchase", draw_day}, {"last_purchase", draw_day}, {"orders", draw_small},
		{"purchase_days", draw_small}, {"log_gaps", draw_real},
		{"gross_revenue", draw_amount}, {"first_day_revenue", draw_amount},
		{"returns", draw_amount}, {"revenue", draw_amount}, {"as_of", draw_day}};
	size_t n_columns = sizeof(columns) / sizeof(columns[0]);
	if (draw_below(draws, 8) == 0) {
		draw_table(draws, columns, n_columns, table);
		return;
	}
	table->orderly = true;
	table->form = table_form_draw(draws);
	write_header(columns, n_columns, &table->text);
	for (unsigned i = 0; i < MOST_ROWS && draws_left(draws) > 0; i++)
		draw_customers_row(draws, i, &table->text);
	/* Rows of one length: turned round, they are cut into other files. */
	buffer_text(&table->turned, buffer_as_text(&table->text));
}

void random_purchases(struct draws *draws, struct random_table *table, bool of_customers)
{
	if (of_customers)
		random_customers(draws, table);
	else
		random_transactions(draws, table);
}

void random_numbers(struct draws *draws, struct random_table *table)
{
	static const struct column columns[] = {{"id", draw_customer}, {"x", draw_real},
		{"y", draw_small}, {"z", draw_real}, {"group", draw_channel}, {"time", draw_time},
		{"event", draw_event}};
	draw_table(draws, columns, sizeof(columns) / sizeof(columns[0]), table);
}

void whole_run_check_table(struct whole_run *run, struct random_table *table, struct buffer *report)
{
	struct table_files files, again;
	struct text text = buffer_as_text(&table->text);
	run->is_turned = table->orderly && !run->order_matters;
	run->n_words += table_form_words(&table->form, run->words + run->n_words);
	table_form_make(&table->form, text, false, &files);
	table_form_make(&table->form, run->is_turned ? buffer_as_text(&table->turned) : text,
		run->is_turned, &again);
	files.input.file = again.input.file = run->input.file;
	run->input = files.input;
	run->again = again.input;
	whole_run_check(run, report);
	table_files_release(&files);
	table_files_release(&again);
	buffer_release(&table->text);
	buffer_release(&table->turned);
}

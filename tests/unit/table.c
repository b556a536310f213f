/* Tables in every format. Expected bytes are written by hand from the rules in io/table.h; what csv
 * holds is read back by libcsv, and json is walked by the grammar of RFC 8259 below. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <csv.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/day.h"
#include "base/mem.h"
#include "io/json.h"
#include "io/table.h"

/* TEXT() for initializers. */
#define LITERAL(bytes)                   \
	{                                \
		bytes, sizeof(bytes) - 1 \
	}

static char folder[] = "/tmp/patron-table-XXXXXX";

static int enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave_folder(void **state)
{
	(void)state;
	return chdir("/") != 0 || rmdir(folder) != 0;
}

/* Reads the file, also a compressed one, and removes it. */
static struct buffer take_file(const char *path)
{
	struct buffer bytes = {0};
	gzFile file = gzopen(path, "rb");
	assert_non_null(file);
	int n;
	do {
		buffer_reserve(&bytes, 100000);
		n = gzread(file, bytes.bytes + bytes.length, 100000);
		assert_true(n >= 0);
		bytes.length += (size_t)n;
	} while (n > 0);
	gzclose(file);
	assert_int_equal(unlink(path), 0);
	return bytes;
}

static void assert_table(const char *path, const char *expected)
{
	struct buffer bytes = take_file(path);
	buffer_byte(&bytes, '\0');
	assert_string_equal(bytes.bytes, expected);
	buffer_release(&bytes);
}

static struct table_style style_of(enum table_format format)
{
	return (struct table_style){.format = format,
		.path = "table",
		.digits = -1,
		.money_decimals = 2,
		.top = -1,
		.threads = 1};
}

static void write_table(const struct table_style *style, const struct column *columns,
	size_t n_columns, table_fill *fill, const void *rows, size_t n_rows)
{
	struct error err = {0};
	struct table *table = table_open(style, columns, n_columns, &err);
	if (table == NULL)
		fail_msg("%s", err.words);
	assert_true(table_rows(table, fill, rows, n_rows, &err));
	assert_true(table_close(table, &err));
	assert_int_equal(err.kind, ERROR_NONE);
}

/* One row of each kind of cell, full, empty, and odd. */
struct sale {
	bool empty;
	struct text customer;
	int32_t day;
	int64_t orders;
	money_sum revenue;
	double rate;
};

static const struct column sale_columns[] = {
	{"customer", COLUMN_TEXT, "", "the customer's id"},
	{"day", COLUMN_DAY, "", "of the last purchase"},
	{"orders", COLUMN_COUNT, "orders", "distinct orders"},
	{"revenue", COLUMN_MONEY, "", "all of it"},
	{"rate", COLUMN_REAL, "", "of something"},
};
enum { N_SALE_COLUMNS = 5 };

static size_t n_sale_columns; /* how many of them a test writes */

static void fill_sale(const void *rows, size_t row, struct cell *cells)
{
	const struct sale *sale = (const struct sale *)rows + row;
	bool empty = sale->empty;
	struct cell all[N_SALE_COLUMNS] = {
		{.text = sale->customer},
		{.empty = empty, .day = sale->day},
		{.empty = empty, .count = sale->orders},
		{.empty = empty, .money = sale->revenue},
		{.empty = empty, .real = sale->rate},
	};
	memcpy(cells, all, n_sale_columns * sizeof(*cells));
}

static void write_sales(
	const struct table_style *style, size_t n_columns, const struct sale *rows, size_t n_rows)
{
	n_sale_columns = n_columns;
	write_table(style, sale_columns, n_columns, fill_sale, rows, n_rows);
}

static const struct sale sales[] = {
	{.customer = LITERAL("00042"), .day = 19782, .orders = 3, .revenue = 12340000, .rate = 0.5},
	{.customer = LITERAL("客户,A"),
		.day = -1,
		.orders = -12,
		.revenue = -5000,
		.rate = 1.0 / 3},
	{.customer = LITERAL("a \"b\""),
		.day = 0,
		.revenue = (money_sum)INT64_MAX * 1000,
		.rate = 12345.6},
	{.customer = LITERAL(" x"), .empty = true},
};
enum { N_SALES = 4 };

static void test_csv(void **state)
{
	(void)state;
	struct table_style style = style_of(FORMAT_CSV);
	write_sales(&style, N_SALE_COLUMNS, sales, N_SALES);
	assert_table("table", "customer,day,orders,revenue,rate\n"
			      "00042,2024-02-29,3,12.34,0.5\n"
			      "\"客户,A\",1969-12-31,-12,-0.01,0.3333333333333333\n"
			      "\"a \"\"b\"\"\",1970-01-01,0,9223372036854775.81,12345.6\n"
			      "\" x\",,,,\n");
	style.digits = 3;
	style.money_decimals = 0;
	write_sales(&style, N_SALE_COLUMNS, sales, 2);
	assert_table("table", "customer,day,orders,revenue,rate\n"
			      "00042,2024-02-29,3,12,0.5\n"
			      "\"客户,A\",1969-12-31,-12,0,0.333\n");
}

static void test_json(void **state)
{
	(void)state;
	struct table_style style = style_of(FORMAT_JSON);
	write_sales(&style, N_SALE_COLUMNS, sales, N_SALES);
	assert_table("table",
		"[\n"
		"{\"customer\":\"00042\",\"day\":\"2024-02-29\",\"orders\":3,\"revenue\":12.34,"
		"\"rate\":0.5},\n"
		"{\"customer\":\"客户,A\",\"day\":\"1969-12-31\",\"orders\":-12,\"revenue\":-0.01,"
		"\"rate\":0.3333333333333333},\n"
		"{\"customer\":\"a \\\"b\\\"\",\"day\":\"1970-01-01\",\"orders\":0,"
		"\"revenue\":9223372036854775.81,\"rate\":12345.6},\n"
		"{\"customer\":\" "
		"x\",\"day\":null,\"orders\":null,\"revenue\":null,\"rate\":null}\n"
		"]\n");
	style.format = FORMAT_JSONL;
	write_sales(&style, 2, sales + 3, 1);
	assert_table("table", "{\"customer\":\" x\",\"day\":null}\n");
}

static void fill_number_and_text(const void *rows, size_t row, struct cell *cells)
{
	cells[0].count = (int64_t)row;
	cells[1].text = ((const struct text *)rows)[row];
}

static void test_text(void **state)
{
	(void)state;
	struct table_style style = style_of(FORMAT_TEXT);
	write_sales(&style, N_SALE_COLUMNS, sales, N_SALES);
	assert_table("table", "customer  day         orders              revenue    rate\n"
			      "00042     2024-02-29       3                12.34  0.5000\n"
			      "客户,A    1969-12-31     -12                -0.01  0.3333\n"
			      "a \"b\"     1970-01-01       0  9223372036854775.81   12346\n"
			      " x        -                -                    -       -\n");
	style.digits = 2;
	write_table(&style, sale_columns + 4, 1, fill_sale, NULL, 0);
	assert_table("table", "rate\n");
}

/* Words that do not fit into the line go on below; what has no blank is cut. */
static void test_text_in_lines(void **state)
{
	(void)state;
	static const struct text texts[] = {LITERAL("short"), LITERAL(" led by a blank"),
		LITERAL("exactly as wide as fits."),
		LITERAL("some words more than fit, and yet more"),
		LITERAL("a/path/without/any/blank/in/it.csv.gz:12: words"),
		LITERAL("客户编号客户编号客户编号客"), LITERAL("")};
	static const struct column two[] = {
		{"number", COLUMN_COUNT, "", ""}, {"words", COLUMN_TEXT, "", "a text"}};
	struct table_style style = style_of(FORMAT_TEXT);
	style.line_width = 32;
	write_table(&style, two, 2, fill_number_and_text, texts, 7);
	assert_table("table", "number  words\n"
			      "     0  short\n"
			      "     1   led by a blank\n"
			      "     2  exactly as wide as fits.\n"
			      "     3  some words more than\n"
			      "        fit, and yet more\n"
			      "     4  a/path/without/any/\n"
			      "        blank/in/it.csv.gz:12:\n"
			      "        words\n"
			      "     5  客户编号客户编号客户编号\n"
			      "        客\n"
			      "     6  -\n");
	style.line_width = 31; /* not room for 24 columns */
	write_table(&style, two, 2, fill_number_and_text, texts + 2, 2);
	assert_table("table", "number  words\n"
			      "     0\n        exactly as wide as fits.\n"
			      "     1\n        some words more than\n        fit, and yet more\n");
}

static void fill_order(const void *rows, size_t row, struct cell *cells)
{
	cells[0].text = ((const struct text *)rows)[row];
	cells[1].count = 7;
	cells[2].money = 123456789010000;
	cells[3].text = TEXT("new");
}

static void fill_share(const void *rows, size_t row, struct cell *cells)
{
	cells[0].text = TEXT("x");
	cells[1].real = ((const double *)rows)[row];
}

static void fill_shaded(const void *rows, size_t row, struct cell *cells)
{
	const int *shades = rows;
	cells[0].count = 7;
	cells[0].shade = (unsigned char)shades[row];
	cells[1] = (struct cell){.empty = row == 1, .shade = TABLE_SHADES, .count = 15};
}

/* In colour a shaded cell and the gap before it have a ground (SGR 38;5 and 48;5, ECMA-48); what is
 * aligned, and what goes without, is the same. */
static void test_shades(void **state)
{
	(void)state;
	static const struct column columns[] = {
		{"one", COLUMN_COUNT, "", ""}, {"two", COLUMN_COUNT, "", ""}};
	static const int shades[] = {0, 1};
	struct table_style style = style_of(FORMAT_TEXT);
	style.colour = true;
	write_table(&style, columns, 2, fill_shaded, shades, 2);
	assert_table("table", "one  two\n"
			      "  7\033[38;5;231;48;5;23m   15\033[0m\n"
			      "\033[38;5;16;48;5;195m  7\033[0m"
			      "\033[38;5;231;48;5;23m    -\033[0m\n");
	style.format = FORMAT_CSV;
	write_table(&style, columns, 2, fill_shaded, shades, 2);
	assert_table("table", "one,two\n7,15\n7,\n");
	style.format = FORMAT_TEXT;
	style.colour = false;
	write_table(&style, columns, 2, fill_shaded, shades, 2);
	assert_table("table", "one  two\n  7   15\n  7    -\n");
}

/* Lines as long as the terminal is wide: names break first, then gaps and texts give way, never
 * numbers; what is still too wide goes on below. */
static void test_fits(void **state)
{
	(void)state;
	static const struct column columns[] = {
		{"customer_id", COLUMN_TEXT, "", ""},
		{"orders_in_all", COLUMN_COUNT, "", ""},
		{"revenue", COLUMN_MONEY, "", ""},
		{"segment", COLUMN_TEXT, "", ""},
	};
	static const struct text ids[] = {LITERAL("a"), LITERAL("客户编号客户编号00042")};
	struct table_style style = style_of(FORMAT_TEXT);
	style.fits = true;
	style.line_width = 59;
	write_table(&style, columns, 4, fill_order, ids, 2);
	assert_table("table", "customer_id            orders_in_all       revenue  segment\n"
			      "a                                  7  123456789.01  new\n"
			      "客户编号客户编号00042              7  123456789.01  new\n");
	style.line_width = 52;
	write_table(&style, columns, 4, fill_order, ids, 2);
	assert_table("table", "                       orders\n"
			      "customer_id            in_all       revenue  segment\n"
			      "a                           7  123456789.01  new\n"
			      "客户编号客户编号00042       7  123456789.01  new\n");
	style.line_width = 45;
	write_table(&style, columns, 4, fill_order, ids, 2);
	assert_table("table", "                  orders\n"
			      "customer_id       in_all      revenue segment\n"
			      "a                      7 123456789.01 new\n"
			      "客户编号客户编号…      7 123456789.01 new\n");
	style.line_width = 26;
	write_table(&style, columns, 4, fill_order, ids, 2);
	assert_table("table", "               orders\n"
			      "customer_id    in_all\n"
			      "a                   7\n"
			      "客户编号客户…       7\n"
			      "\n"
			      "customer_id         revenue\n"
			      "a              123456789.01\n"
			      "客户编号客户…  123456789.01\n"
			      "\n"
			      "customer_id    segment\n"
			      "a              new\n"
			      "客户编号客户…  new\n");
}

/* The longest bar is that of the largest share, in eighths of a column; what is there shows. */
static void test_bars(void **state)
{
	(void)state;
	static const struct column columns[] = {
		{"name", COLUMN_TEXT, "", ""}, {"pct", COLUMN_REAL, "%", ""}};
	static const double shares[] = {50, 25, 12.5, 3.125, .001, 0};
	struct table_style style = style_of(FORMAT_TEXT);
	style.fits = true;
	style.line_width = 23;
	write_table(&style, columns, 2, fill_share, shares, 6);
	assert_table("table", "name                pct\n"
			      "x        50.00 ████████\n"
			      "x        25.00 ████\n"
			      "x        12.50 ██\n"
			      "x        3.125 ▌\n"
			      "x     0.001000 ▏\n"
			      "x            0\n");
	static const double change[] = {50, -25};
	write_table(&style, columns, 2, fill_share, change, 2);
	assert_table("table", "name     pct\nx      50.00\nx     -25.00\n");
}

static void test_md(void **state)
{
	(void)state;
	struct table_style style = style_of(FORMAT_MD);
	write_sales(&style, 3, sales, N_SALES);
	assert_table("table", "| customer | day        | orders |\n"
			      "| -------- | ---------- | -----: |\n"
			      "| 00042    | 2024-02-29 |      3 |\n"
			      "| 客户,A   | 1969-12-31 |    -12 |\n"
			      "| a \"b\"    | 1970-01-01 |      0 |\n"
			      "|  x       |            |        |\n");
}

static void test_no_rows(void **state)
{
	(void)state;
	static const struct {
		enum table_format format;
		const char *expected;
	} cases[] = {
		{FORMAT_CSV, "customer,day\n"},
		{FORMAT_TSV, "customer\tday\n"},
		{FORMAT_JSON, "[\n]\n"},
		{FORMAT_JSONL, ""},
		{FORMAT_TEXT, "customer  day\n"},
		{FORMAT_MD, "| customer | day |\n| -------- | --- |\n"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table_style style = style_of(cases[i].format);
		write_sales(&style, 2, NULL, 0);
		assert_table("table", cases[i].expected);
	}
}

static void fill_text(const void *rows, size_t row, struct cell *cells)
{
	cells[0].text = ((const struct text *)rows)[row];
}

static const struct column text_column[] = {{"name", COLUMN_TEXT, "", "a text"}};

static void write_texts(enum table_format format, const struct text *texts, size_t n_texts)
{
	struct table_style style = style_of(format);
	write_table(&style, text_column, 1, fill_text, texts, n_texts);
}

/* Wide characters take two columns, combining marks none; what could steer a terminal is shown as
 * a question mark. */
static void test_text_of_all_kinds(void **state)
{
	(void)state;
	static const struct text texts[] = {
		LITERAL("e\xCC\x81t\xC3\xA9"),       /* e + U+0301, t, U+00E9 */
		LITERAL("\xED\x95\x9C\xEA\xB8\x80"), /* Korean */
		LITERAL("\033[31mred"),              /* a colour code */
		LITERAL("two\nlines\t!"),            /* controls */
		LITERAL("\xE2\x80\xAExyz\xC2\x85"),  /* U+202E turns writing; U+0085 */
		LITERAL("\xFFx\xC3"),                /* not UTF-8 */
		LITERAL(""),
	};
	struct table_style style = style_of(FORMAT_TEXT);
	static const struct column columns[] = {
		{"n", COLUMN_TEXT, "", ""}, {"m", COLUMN_COUNT, "", ""}};
	write_table(&style, columns, 2, fill_text, texts, 7);
	assert_table("table", "n            m\n"
			      "e\xCC\x81t\xC3\xA9          0\n"
			      "\xED\x95\x9C\xEA\xB8\x80         0\n"
			      "?[31mred     0\n"
			      "two?lines?!  0\n"
			      "?xyz?        0\n"
			      "?x?          0\n"
			      "-            0\n");
}

static void test_md_escapes(void **state)
{
	(void)state;
	static const struct text texts[] = {LITERAL("a|b\\"), LITERAL("*b* _i_ customer_id"),
		LITERAL("<b>&amp;`[x]~"), LITERAL("l\n")};
	write_texts(FORMAT_MD, texts, 4);
	assert_table("table", "| name                    |\n"
			      "| ----------------------- |\n"
			      "| a\\|b\\\\                  |\n"
			      "| \\*b\\* \\_i\\_ customer_id |\n"
			      "| \\<b>\\&amp;\\`\\[x]\\~      |\n"
			      "| l?                      |\n");
}

static void test_tsv(void **state)
{
	(void)state;
	static const struct text texts[] = {LITERAL("a\tb"), LITERAL("\\n\n\r"),
		LITERAL("\"quoted\", kept"), LITERAL(" blank "), LITERAL("")};
	write_texts(FORMAT_TSV, texts, 5);
	assert_table("table", "name\na\\tb\n\\\\n\\n\\r\n\"quoted\", kept\n blank \n\n");
	struct table_style style = style_of(FORMAT_TSV);
	write_sales(&style, 3, sales + 2, 2);
	assert_table("table", "customer\tday\torders\na \"b\"\t1970-01-01\t0\n x\t\t\n");
}

/* A byte of any sort in any place of texts of any length, as the rules in io/table.h have it, a
 * byte at a time; the writers copy short texts a word at a time. */
enum { ANY_LENGTHS = 60 };

struct placed {
	size_t length, place;
	char byte;
};

static struct text placed_text(const struct placed *placed, char *room)
{
	memset(room, 'x', placed->length);
	room[placed->place] = placed->byte;
	return (struct text){room, placed->length};
}

static void fill_placed(const void *rows, size_t row, struct cell *cells)
{
	static char room[ANY_LENGTHS];
	cells[0].text = placed_text((const struct placed *)rows + row, room);
	cells[1].count = (int64_t)row % 12 - 1;
}

static void expect_csv(struct buffer *bytes, const struct placed *placed)
{
	char room[ANY_LENGTHS];
	struct text text = placed_text(placed, room);
	bool at_end = placed->place == 0 || placed->place == placed->length - 1;
	bool is_blank = placed->byte == ' ' || placed->byte == '\t';
	bool quotes =
		(is_blank && at_end) || (placed->byte != '\0' && strchr(",\"\r\n", placed->byte));
	buffer_string(bytes, quotes ? "\"" : "");
	buffer_bytes(bytes, text.at, placed->place + (placed->byte == '"'));
	buffer_bytes(bytes, text.at + placed->place, text.length - placed->place);
	buffer_string(bytes, quotes ? "\"" : "");
}

static void expect_tsv(struct buffer *bytes, const struct placed *placed)
{
	static const char special[] = "\t\n\r\\", written[] = "tnr\\";
	char room[ANY_LENGTHS];
	struct text text = placed_text(placed, room);
	const char *found = placed->byte != '\0' ? strchr(special, placed->byte) : NULL;
	if (found != NULL)
		room[placed->place] = written[found - special];
	buffer_bytes(bytes, text.at, placed->place);
	buffer_string(bytes, found != NULL ? "\\" : "");
	buffer_bytes(bytes, text.at + placed->place, text.length - placed->place);
}

static void check_placed(enum table_format format, const struct placed *rows, size_t n_rows)
{
	static const struct column columns[] = {
		{"text", COLUMN_TEXT, "", ""}, {"n", COLUMN_COUNT, "", ""}};
	struct buffer expected = {0};
	bool is_csv = format == FORMAT_CSV;
	buffer_string(&expected, is_csv ? "text,n\n" : "text\tn\n");
	for (size_t i = 0; i < n_rows; i++) {
		(is_csv ? expect_csv : expect_tsv)(&expected, &rows[i]);
		buffer_format(&expected, "%c%d\n", is_csv ? ',' : '\t', (int)(i % 12) - 1);
	}
	struct table_style style = style_of(format);
	write_table(&style, columns, 2, fill_placed, rows, n_rows);
	struct buffer bytes = take_file("table");
	assert_int_equal(bytes.length, expected.length);
	assert_memory_equal(bytes.bytes, expected.bytes, expected.length);
	buffer_release(&bytes);
	buffer_release(&expected);
}

static void test_any_byte_in_any_place(void **state)
{
	static const char kinds[] = {',', '"', '\r', '\n', '\t', '\\', ' ', '-', '\0', '\x2B',
		'\x2D', '\x7F', '\x80', '\xAC', '\xFF'};
	struct placed *rows = NULL;
	size_t n = 0, capacity = 0;
	(void)state;
	for (size_t length = 1; length <= ANY_LENGTHS; length++)
		for (size_t place = 0; place < length; place++)
			for (size_t k = 0; k < sizeof(kinds); k++) {
				rows = mem_grow(rows, &capacity, n + 1, sizeof(*rows));
				rows[n++] = (struct placed){length, place, kinds[k]};
			}
	check_placed(FORMAT_CSV, rows, n);
	check_placed(FORMAT_TSV, rows, n);
	mem_free(rows);
}

static const struct text nasty[] = {LITERAL("plain"), LITERAL(""), LITERAL(" "), LITERAL("\t"),
	LITERAL(" a"), LITERAL("a\t"), LITERAL("a,b"), LITERAL("\""), LITERAL("\"\""),
	LITERAL("a\nb"), LITERAL("\r\n"), LITERAL("\r"), LITERAL("'"), LITERAL("a;b"),
	LITERAL("\\"), LITERAL("\xEF\xBB\xBF"), LITERAL("x\0y"), LITERAL("\x01\x1f\x7f"),
	LITERAL("\xE5\xAE\xA2\xE6\x88\xB7"), LITERAL("\xF0\x9F\x98\x80"), LITERAL("\xE2\x80\xA8")};
enum { N_NASTY = sizeof(nasty) / sizeof(nasty[0]) };

struct read_back {
	size_t n_fields, n_records;
};

static void on_field(void *at, size_t length, void *argument)
{
	struct read_back *back = argument;
	if (back->n_fields > 0) { /* after the name of the column */
		struct text expected = nasty[back->n_fields - 1];
		assert_int_equal(length, expected.length);
		assert_memory_equal(at, expected.at, length);
	}
	back->n_fields++;
}

static void on_record(int end, void *argument)
{
	(void)end;
	((struct read_back *)argument)->n_records++;
}

static void test_csv_read_by_libcsv(void **state)
{
	(void)state;
	write_texts(FORMAT_CSV, nasty, N_NASTY);
	struct buffer bytes = take_file("table");
	struct csv_parser parser;
	assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
	struct read_back back = {0};
	assert_int_equal(csv_parse(&parser, bytes.bytes, bytes.length, on_field, on_record, &back),
		bytes.length);
	assert_int_equal(csv_fini(&parser, on_field, on_record, &back), 0);
	assert_int_equal(back.n_fields, N_NASTY + 1);
	assert_int_equal(back.n_records, N_NASTY + 1);
	csv_free(&parser);
	buffer_release(&bytes);
}

/* RFC 8259, section by section; each returns where it stopped, or NULL. */
static const char *json_value(const char *at, const char *end);

static const char *json_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Well-formed UTF-8, table 3-7 of the Unicode standard: the least and most second byte. */
static const char *utf8_character(const char *at, const char *end)
{
	const unsigned char *c = (const unsigned char *)at;
	int n = c[0] < 0x80   ? 1
		: c[0] < 0xC2 ? 0
		: c[0] < 0xE0 ? 2
		: c[0] < 0xF0 ? 3
		: c[0] < 0xF5 ? 4
			      : 0;
	if (n == 0 || end - at < n)
		return NULL;
	unsigned char least = c[0] == 0xE0 ? 0xA0 : c[0] == 0xF0 ? 0x90 : 0x80;
	unsigned char most = c[0] == 0xED ? 0x9F : c[0] == 0xF4 ? 0x8F : 0xBF;
	if (n > 1 && (c[1] < least || c[1] > most))
		return NULL;
	for (int i = 2; i < n; i++)
		if (c[i] < 0x80 || c[i] > 0xBF)
			return NULL;
	return at + n;
}

static const char *json_string(const char *at, const char *end)
{
	if (at == end || *at++ != '"')
		return NULL;
	while (at != NULL && at < end && *at != '"') {
		if ((unsigned char)*at < ' ')
			return NULL;
		if (*at != '\\') {
			at = utf8_character(at, end);
		} else if (end - at > 5 && at[1] == 'u') {
			if (strspn(at + 2, "0123456789abcdefABCDEF") < 4)
				return NULL;
			at += 6;
		} else {
			if (end - at < 2 || strchr("\"\\/bfnrt", at[1]) == NULL)
				return NULL;
			at += 2;
		}
	}
	return at != NULL && at < end ? at + 1 : NULL;
}

static const char *json_number(const char *at, const char *end)
{
	static const char digits[] = "0123456789";
	(void)end; /* a table ends in a line feed */
	at += *at == '-';
	size_t n = strspn(at, digits);
	if (n == 0 || (n > 1 && *at == '0'))
		return NULL;
	at += n;
	if (*at == '.') {
		n = strspn(at + 1, digits);
		if (n == 0)
			return NULL;
		at += 1 + n;
	}
	if (*at == 'e') {
		at += 1 + (at[1] == '-');
		n = strspn(at, digits);
		if (n == 0)
			return NULL;
		at += n;
	}
	return at;
}

static const char *json_members(const char *at, const char *end, char close, bool named)
{
	at = json_space(at + 1, end);
	if (*at == close)
		return at + 1;
	for (;;) {
		if (named) {
			at = json_string(json_space(at, end), end);
			if (at == NULL || *(at = json_space(at, end)) != ':')
				return NULL;
			at++;
		}
		at = json_value(at, end);
		if (at == NULL)
			return NULL;
		at = json_space(at, end);
		if (*at == close)
			return at + 1;
		if (*at++ != ',')
			return NULL;
	}
}

static const char *json_value(const char *at, const char *end)
{
	at = json_space(at, end);
	if (at == end)
		return NULL;
	if (*at == '[' || *at == '{')
		return json_members(at, end, *at == '[' ? ']' : '}', *at == '{');
	if (*at == '"')
		return json_string(at, end);
	if (end - at > 4 && memcmp(at, "null", 4) == 0)
		return at + 4;
	return json_number(at, end);
}

static void assert_valid_json(const struct buffer *bytes)
{
	const char *end = bytes->bytes + bytes->length;
	const char *at = json_value(bytes->bytes, end);
	assert_non_null(at);
	assert_ptr_equal(json_space(at, end), end);
}

static void test_json_of_any_bytes(void **state)
{
	(void)state;
	enum { N = 3000, LONGEST = 24 };
	static char bytes[N][LONGEST];
	static struct text texts[N];
	uint32_t x = 7;
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < LONGEST; j++) {
			x = x * 1664525 + 1013904223;
			/* Every third text of bytes that look like UTF-8. */
			bytes[i][j] = (char)(i % 3 == 0 ? 0x80 | x >> 25 : x >> 24);
		}
		texts[i] = (struct text){bytes[i], (size_t)i % LONGEST};
	}
	write_texts(FORMAT_JSON, texts, N);
	struct buffer written = take_file("table");
	assert_valid_json(&written);
	buffer_release(&written);
	write_texts(FORMAT_JSON, nasty, N_NASTY);
	written = take_file("table");
	assert_valid_json(&written);
	buffer_release(&written);
	struct table_style style = style_of(FORMAT_JSON);
	write_sales(&style, N_SALE_COLUMNS, sales, N_SALES);
	written = take_file("table");
	assert_valid_json(&written);
	buffer_release(&written);
}

static void test_json_escapes(void **state)
{
	(void)state;
	struct buffer buffer = {0};
	json_text(&buffer, TEXT("a\"\\/\n\r\t\b\x1f\x7f\0z\xE5\xAE\xA2\xE5\xAE\xED\xA0\x80"));
	buffer_byte(&buffer, '\0');
	assert_string_equal(buffer.bytes,
		"\"a\\\"\\\\/\\n\\r\\t\\u0008\\u001f\x7f\\u0000z\xE5\xAE\xA2"
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
	buffer.length = 0;
	json_text(&buffer, (struct text){NULL, 0});
	assert_memory_equal(buffer.bytes, "\"\"", 2);
	buffer_release(&buffer);
}

/* Rows that are computed from their number: 30,000 of them, with ties and gaps. */
enum { N_COMPUTED = 30000 };

static uint32_t mixed(size_t row, uint32_t salt)
{
	uint32_t x = (uint32_t)row * 2654435761u + salt * 40503u;
	x ^= x >> 15;
	x *= 2246822519u;
	return x ^ x >> 13;
}

static void fill_computed(const void *rows, size_t row, struct cell *cells)
{
	static const struct text names[] = {LITERAL("plain"), LITERAL("客户"), LITERAL("a,b"),
		LITERAL("e\xCC\x81"), LITERAL("")};
	row += *(const size_t *)rows;
	cells[0].text = names[mixed(row, 1) % 5];
	cells[1].day = (int32_t)(mixed(row, 2) % 20000);
	cells[2].count = (int64_t)mixed(row, 3) % 1000;
	cells[3].money = (money_sum)mixed(row, 4) * 10000;
	cells[4].real = mixed(row, 5) / 65536.0;
	for (uint32_t i = 1; i < 5; i++)
		cells[i].empty = mixed(row, 10 + i) % 7 == 0;
}

static struct buffer computed_table(
	enum table_format format, unsigned threads, size_t step, const char *by, int64_t top)
{
	struct error err = {0};
	struct table_style style = style_of(format);
	style.threads = threads;
	style.by = by;
	style.top = top;
	struct table *table = table_open(&style, sale_columns, N_SALE_COLUMNS, &err);
	assert_non_null(table);
	for (size_t from = 0; from < N_COMPUTED; from += step)
		assert_true(table_rows(table, fill_computed, &from,
			from + step < N_COMPUTED ? step : N_COMPUTED - from, &err));
	assert_true(table_close(table, &err));
	return take_file("table");
}

static void test_same_bytes_with_any_threads_and_calls(void **state)
{
	(void)state;
	for (enum table_format format = FORMAT_TEXT; format <= FORMAT_MD; format++) {
		struct buffer one = computed_table(format, 1, N_COMPUTED, NULL, -1);
		struct buffer four = computed_table(format, 4, N_COMPUTED, NULL, -1);
		struct buffer parts = computed_table(format, 3, 7001, NULL, -1);
		struct buffer drops = computed_table(format, 2, 13, NULL, -1);
		assert_true(one.length > N_COMPUTED * 10);
		assert_true(text_equal(buffer_as_text(&one), buffer_as_text(&four)));
		assert_true(text_equal(buffer_as_text(&one), buffer_as_text(&parts)));
		assert_true(text_equal(buffer_as_text(&one), buffer_as_text(&drops)));
		buffer_release(&one);
		buffer_release(&four);
		buffer_release(&parts);
		buffer_release(&drops);
	}
}

static void test_top_as_they_come(void **state)
{
	(void)state;
	struct table_style style = style_of(FORMAT_CSV);
	style.top = 2;
	write_sales(&style, 2, sales, N_SALES);
	assert_table("table", "customer,day\n00042,2024-02-29\n\"客户,A\",1969-12-31\n");
	style.top = 0;
	write_sales(&style, 2, sales, N_SALES);
	assert_table("table", "customer,day\n");
	struct buffer parts = computed_table(FORMAT_CSV, 2, 100, NULL, 12345);
	struct buffer whole = computed_table(FORMAT_CSV, 2, N_COMPUTED, NULL, 12345);
	assert_true(text_equal(buffer_as_text(&parts), buffer_as_text(&whole)));
	buffer_release(&parts);
	buffer_release(&whole);
}

struct player {
	const char *name; /* NULL: empty */
	int64_t points;   /* negative: empty */
	double rate;
};

static const struct column player_columns[] = {
	{"name", COLUMN_TEXT, "", "who"},
	{"points", COLUMN_COUNT, "points", "how many"},
	{"rate", COLUMN_REAL, "", "a rate"},
};

static void fill_player(const void *rows, size_t row, struct cell *cells)
{
	const struct player *player = (const struct player *)rows + row;
	cells[0].empty = player->name == NULL;
	if (player->name != NULL)
		cells[0].text = text_of(player->name);
	cells[1].empty = player->points < 0;
	cells[1].count = player->points;
	cells[2].real = player->rate;
}

static const struct player players[] = {
	{"dora", 5, 1},
	{NULL, 5, 2},
	{"anna", -1, 3},
	{"Zoe", 5, 4},
	{"dora", 5, 5},
	{"bert", 9, 6},
	{"cleo", 0, 7},
	{NULL, -1, 8},
	{"anna", -1, 9},
};

static void assert_top(const char *by, int64_t top, const char *expected)
{
	struct table_style style = style_of(FORMAT_CSV);
	style.by = by;
	style.top = top;
	write_table(&style, player_columns, 3, fill_player, players,
		sizeof(players) / sizeof(players[0]));
	assert_table("table", expected);
}

static void test_top_by_column(void **state)
{
	(void)state;
	assert_top("points", -1,
		"name,points,rate\nbert,9,6\nZoe,5,4\ndora,5,1\ndora,5,5\n,5,2\n"
		"cleo,0,7\nanna,,3\nanna,,9\n,,8\n");
	assert_top("points", 3, "name,points,rate\nbert,9,6\nZoe,5,4\ndora,5,1\n");
	assert_top("points", 0, "name,points,rate\n");
	assert_top("name", 4, "name,points,rate\nZoe,5,4\nanna,,3\nanna,,9\nbert,9,6\n");
	assert_top("Rate", 1, "name,points,rate\nanna,,9\n"); /* case does not matter */
}

/* ---- numbers as an input wrote them ---- */

struct written {
	const char *name, *number;
};

static const struct column written_columns[] = {
	{"name", COLUMN_TEXT, "", ""}, {"x", COLUMN_WRITTEN, "", ""}};

static void fill_written(const void *rows, size_t row, struct cell *cells)
{
	const struct written *written = (const struct written *)rows + row;
	cells[0].text = text_of(written->name);
	cells[1].text = text_of(written->number);
}

static void assert_written(const struct table_style *style, const char *expected)
{
	static const struct written rows[] = {
		{"a", "9,50"}, {"b", "007"}, {"c", "-1e3"}, {"d", "10"}};
	write_table(style, written_columns, 2, fill_written, rows, 4);
	assert_table("table", expected);
}

static void test_written_numbers(void **state)
{
	(void)state;
	struct table_style style = style_of(FORMAT_CSV);
	style.decimal = ',';
	assert_written(&style, "name,x\na,\"9,50\"\nb,007\nc,-1e3\nd,10\n");
	style.format = FORMAT_TSV;
	assert_written(&style, "name\tx\na\t9,50\nb\t007\nc\t-1e3\nd\t10\n");
	style.format = FORMAT_TEXT;
	assert_written(&style, "name     x\na     9,50\nb      007\nc     -1e3\nd       10\n");
	style.format = FORMAT_JSONL;
	style.digits = 1; /* which is about what is computed */
	assert_written(&style, "{\"name\":\"a\",\"x\":9.5}\n{\"name\":\"b\",\"x\":7}\n"
			       "{\"name\":\"c\",\"x\":-1000}\n{\"name\":\"d\",\"x\":10}\n");
	style.format = FORMAT_CSV;
	style.by = "x";
	assert_written(&style, "name,x\nd,10\na,\"9,50\"\nb,007\nc,-1e3\n");
}

/* The same as sorting the lines of the whole table. */
static int compare_lines(const void *a, const void *b)
{
	double x = strtod(*(char *const *)a, NULL), y = strtod(*(char *const *)b, NULL);
	return (x < y) - (x > y);
}

static void fill_real(const void *rows, size_t row, struct cell *cells)
{
	row += *(const size_t *)rows;
	cells[0].real = (double)(row * 7919 % N_COMPUTED) / 8;
}

static void test_top_by_is_a_sort(void **state)
{
	(void)state;
	static const struct column column[] = {{"x", COLUMN_REAL, "", ""}};
	size_t first = 0;
	struct table_style style = style_of(FORMAT_JSONL);
	write_table(&style, column, 1, fill_real, &first, N_COMPUTED);
	struct buffer all = take_file("table");
	buffer_byte(&all, '\0');
	static char *lines[N_COMPUTED];
	size_t n_lines = 0;
	for (char *at = all.bytes; *at != '\0'; at = strchr(at, '\n') + 1)
		lines[n_lines++] = at + strlen("{\"x\":");
	assert_int_equal(n_lines, N_COMPUTED);
	qsort(lines, n_lines, sizeof(lines[0]), compare_lines);

	style.by = "x";
	style.top = 777;
	write_table(&style, column, 1, fill_real, &first, N_COMPUTED);
	struct buffer best = take_file("table");
	buffer_byte(&best, '\0');
	const char *at = best.bytes;
	for (int i = 0; i < 777; i++, at = strchr(at, '\n') + 1)
		assert_true(strtod(at + strlen("{\"x\":"), NULL) == strtod(lines[i], NULL));
	assert_int_equal(*at, '\0');
	buffer_release(&all);
	buffer_release(&best);
}

static void test_top_is_the_same_in_text(void **state)
{
	(void)state;
	struct buffer parts = computed_table(FORMAT_TEXT, 2, 100, "revenue", 1000);
	struct buffer whole = computed_table(FORMAT_TEXT, 2, N_COMPUTED, "revenue", 1000);
	assert_true(text_equal(buffer_as_text(&parts), buffer_as_text(&whole)));
	buffer_release(&parts);
	buffer_release(&whole);
}

static void test_unknown_by(void **state)
{
	(void)state;
	struct error err = {0};
	struct table_style style = style_of(FORMAT_CSV);
	style.by = "pionts";
	assert_null(table_open(&style, player_columns, 3, &err));
	assert_int_equal(err.kind, ERROR_USAGE);
	assert_string_equal(err.words, "--by: no column 'pionts'; nearest is 'points' "
				       "(columns: name, points, rate)");
	style.by = "xyzzyxyzzy";
	assert_null(table_open(&style, player_columns, 3, &err));
	assert_string_equal(
		err.words, "--by: no column 'xyzzyxyzzy' (columns: name, points, rate)");
	error_release(&err);
	assert_int_equal(access("table", F_OK), -1);
}

static void test_format_by_ending(void **state)
{
	(void)state;
	static const struct {
		const char *path, *expected;
	} cases[] = {
		{"a.csv", "customer\n00042\n"},
		{"a.TSV", "customer\n00042\n"},
		{"a.json", "[\n{\"customer\":\"00042\"}\n]\n"},
		{"a.json.gz", "[\n{\"customer\":\"00042\"}\n]\n"},
		{"a.jsonl", "{\"customer\":\"00042\"}\n"},
		{"a.md", "| customer |\n| -------- |\n| 00042    |\n"},
		{"a.txt.gz", "customer\n00042\n"},
		{"a.dat", "customer\n00042\n"},
		{"json", "customer\n00042\n"},
		{"json.gz", "customer\n00042\n"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table_style style = style_of(FORMAT_AUTO);
		style.path = cases[i].path;
		write_sales(&style, 1, sales, 1);
		assert_table(cases[i].path, cases[i].expected);
	}
	/* The option goes before the ending. */
	struct table_style style = style_of(FORMAT_JSONL);
	style.path = "a.csv";
	write_sales(&style, 1, sales, 1);
	assert_table("a.csv", "{\"customer\":\"00042\"}\n");
}

static void test_format_names(void **state)
{
	(void)state;
	enum table_format format = FORMAT_CSV;
	assert_true(table_format_of(TEXT("auto"), &format));
	assert_int_equal(format, FORMAT_AUTO);
	assert_true(table_format_of(TEXT("jsonl"), &format));
	assert_int_equal(format, FORMAT_JSONL);
	assert_true(table_format_of(TEXT("md"), &format));
	assert_int_equal(format, FORMAT_MD);
	assert_false(table_format_of(TEXT("JSON"), &format));
	assert_false(table_format_of(TEXT("jso"), &format));
	assert_false(table_format_of(TEXT(""), &format));
}

static void test_money_decimals_found_later(void **state)
{
	(void)state;
	struct error err = {0};
	for (enum table_format format = FORMAT_TEXT; format <= FORMAT_CSV; format++) {
		struct table_style style = style_of(format);
		struct table *table = table_open(&style, sale_columns + 3, 1, &err);
		table_set_money_decimals(table, 3);
		assert_true(table_rows(table, fill_player, players, 0, &err));
		assert_true(table_close(table, &err));
		assert_table("table", "revenue\n");
	}
	struct table_style style = style_of(FORMAT_CSV);
	struct table *table = table_open(&style, sale_columns, N_SALE_COLUMNS, &err);
	table_set_money_decimals(table, 3);
	n_sale_columns = N_SALE_COLUMNS;
	assert_true(table_rows(table, fill_sale, sales, 1, &err));
	assert_true(table_close(table, &err));
	assert_table("table", "customer,day,orders,revenue,rate\n00042,2024-02-29,3,12.340,0.5\n");
}

static void test_full_disk(void **state)
{
	(void)state;
	struct error err = {0};
	size_t first = 0;
	for (enum table_format format = FORMAT_TEXT; format <= FORMAT_MD; format++) {
		struct table_style style = style_of(format);
		style.path = "/dev/full";
		style.threads = 3;
		struct table *table = table_open(&style, sale_columns, N_SALE_COLUMNS, &err);
		n_sale_columns = N_SALE_COLUMNS;
		assert_true(table_rows(table, fill_sale, sales, 1, &err));
		assert_false(table_close(table, &err));
		assert_int_equal(err.kind, ERROR_SYSTEM);
		assert_string_equal(err.words, "/dev/full: cannot write: No space left on device");
		error_release(&err);

		table = table_open(&style, sale_columns, N_SALE_COLUMNS, &err);
		bool done = table_rows(table, fill_computed, &first, N_COMPUTED, &err);
		assert_int_equal(done, format == FORMAT_TEXT || format == FORMAT_MD);
		assert_false(table_close(table, &err));
		assert_int_equal(err.kind, ERROR_SYSTEM);
		error_release(&err);
	}
}

static void test_discard(void **state)
{
	(void)state;
	struct error err = {0};
	for (enum table_format format = FORMAT_TEXT; format <= FORMAT_MD; format++) {
		struct table_style style = style_of(format);
		style.by = format % 2 == 0 ? "day" : NULL;
		struct table *table = table_open(&style, sale_columns, N_SALE_COLUMNS, &err);
		n_sale_columns = N_SALE_COLUMNS;
		assert_true(table_rows(table, fill_sale, sales, N_SALES, &err));
		table_discard(table);
	}
	table_discard(NULL);
	assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(chdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_in_lines),
		cmocka_unit_test(test_shades),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_md),
		cmocka_unit_test(test_no_rows),
		cmocka_unit_test(test_text_of_all_kinds),
		cmocka_unit_test(test_md_escapes),
		cmocka_unit_test(test_tsv),
		cmocka_unit_test(test_any_byte_in_any_place),
		cmocka_unit_test(test_csv_read_by_libcsv),
		cmocka_unit_test(test_json_of_any_bytes),
		cmocka_unit_test(test_json_escapes),
		cmocka_unit_test(test_same_bytes_with_any_threads_and_calls),
		cmocka_unit_test(test_top_as_they_come),
		cmocka_unit_test(test_top_by_column),
		cmocka_unit_test(test_written_numbers),
		cmocka_unit_test(test_top_by_is_a_sort),
		cmocka_unit_test(test_top_is_the_same_in_text),
		cmocka_unit_test(test_unknown_by),
		cmocka_unit_test(test_format_by_ending),
		cmocka_unit_test(test_format_names),
		cmocka_unit_test(test_money_decimals_found_later),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_discard),
	};
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

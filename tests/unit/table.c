/* Tables in every format. Expected bytes are written by hand from the rules in io/table.h. */
#include <sys/stat.h>

#include "io/json.h"
#include "tests/table_files.h"

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
		assert_true(table_rows(table, fill_sale, sales, 0, &err));
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
		cmocka_unit_test(test_json_escapes),
		cmocka_unit_test(test_written_numbers),
		cmocka_unit_test(test_format_by_ending),
		cmocka_unit_test(test_format_names),
		cmocka_unit_test(test_money_decimals_found_later),
		cmocka_unit_test(test_discard),
	};
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

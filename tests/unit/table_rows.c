/* Tables of many rows: the same bytes on any number of threads and in any pieces; --top and --by; a
 * full disk. */
#include "tests/table_files.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes_with_any_threads_and_calls),
		cmocka_unit_test(test_top_as_they_come),
		cmocka_unit_test(test_top_by_column),
		cmocka_unit_test(test_top_by_is_a_sort),
		cmocka_unit_test(test_top_is_the_same_in_text),
		cmocka_unit_test(test_unknown_by),
		cmocka_unit_test(test_full_disk),
	};
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

/* Several sheets in one workbook. What single cells hold is looked at by tests/check-xlsx, with a
 * reader of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/archive.h"
#include "io/workbook.h"

static const struct column columns[] = {
	{"id", COLUMN_TEXT, "", ""},
	{"orders", COLUMN_COUNT, "", ""},
};

static void fill(const void *rows, size_t row, struct cell *cells)
{
	cells[0].text = text_of(((const char *const *)rows)[row]);
	cells[1].count = (int64_t)row;
}

static void skip_without_library(void)
{
	if (workbook_library() == NULL)
		skip();
}

static bool holds(FILE *file, const char *text)
{
	char bytes[32768];
	rewind(file);
	size_t n = fread(bytes, 1, sizeof(bytes), file);
	return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void test_sheets(void **state)
{
	static const char *const ids[] = {"00042", "=1+1"};
	char path[64];
	const struct table_sheet table = {.columns = columns, .n_columns = 2, .digits = -1};
	struct error err = {0};
	(void)state;
	skip_without_library();
	snprintf(path, sizeof(path), "/tmp/patron-workbook-%d.xlsx", (int)getpid());
	struct workbook *workbook = workbook_open(&err);
	assert_non_null(workbook);
	struct workbook_sheet *one = workbook_add(workbook, "one", &table, &err);
	struct workbook_sheet *two = workbook_add(workbook, "two", &table, &err);
	assert_true(one != NULL && two != NULL);
	assert_true(workbook_rows(one, fill, ids, 1, &err));
	assert_true(workbook_rows(two, fill, ids, 2, &err));
	assert_true(workbook_rows(one, fill, ids + 1, 1, &err));
	struct output *output = output_open(path, &err);
	assert_non_null(output);
	assert_true(workbook_write(workbook, output, &err));
	assert_true(output_close(output, &err));
	workbook_free(workbook);

	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_true(archive_is_whole(file));
	assert_true(holds(file, "xl/worksheets/sheet2.xml"));
	assert_false(holds(file, "xl/worksheets/sheet3.xml"));
	fclose(file);
	assert_int_equal(remove(path), 0);
}

static void test_bounds(void **state)
{
	static struct column many[16385];
	static const char *const ids[] = {"1"};
	const struct table_sheet wide = {.columns = many, .n_columns = 16385, .digits = -1};
	const struct table_sheet table = {.columns = columns, .n_columns = 2, .digits = -1};
	struct error err = {0};
	(void)state;
	skip_without_library();
	struct workbook *workbook = workbook_open(&err);
	assert_null(workbook_add(workbook, "wide", &wide, &err));
	assert_int_equal(err.kind, ERROR_NUMBERS);
	error_release(&err);
	struct workbook_sheet *sheet = workbook_add(workbook, "long", &table, &err);
	assert_true(workbook_rows(sheet, fill, ids, 1, &err));
	assert_false(workbook_rows(sheet, fill, ids, 1048575, &err));
	assert_int_equal(err.kind, ERROR_NUMBERS);
	error_release(&err);
	workbook_free(workbook);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sheets),
		cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

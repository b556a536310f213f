/* Cells without a value; counted by hand. */
#include "io/missing_cells.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/place.h"

enum { MOST_COLUMNS = 8, MOST_ROWS = 32 };

/* A file read whole, as the reader hands it over. */
struct file {
	struct csv *csv;
	struct csv_batch batch;
	struct csv_fields header;
	bool is_header[MOST_ROWS];
};

static void file_read(struct file *file, const char *text)
{
	static const size_t columns[MOST_COLUMNS] = {0, 1, 2, 3, 4, 5, 6, 7};
	struct error err = {0};
	size_t used, n_names;
	*file = (struct file){
		.csv = csv_open("x", (struct csv_dialect){.max_record = CSV_MAX_RECORD})};
	struct text rest = text_of(text);
	assert_true(csv_header(file->csv, rest, true, &used, &err));
	rest.at += used;
	rest.length -= used;
	csv_split(csv_header_record(file->csv), ',', &file->header);
	csv_names(file->csv, &n_names);
	assert_true(n_names <= MOST_COLUMNS);
	csv_bind(file->csv, columns, n_names);
	assert_true(csv_scan(file->csv, rest, true, &file->batch, &used, &err));
}

static void file_release(struct file *file)
{
	csv_fields_release(&file->header);
	csv_batch_release(&file->batch);
	csv_close(file->csv);
}

static void assert_column(const struct missing_column *column, const char *name, int64_t rows,
	int64_t empty, int64_t in_words)
{
	assert_int_equal(column->name.length, strlen(name));
	assert_memory_equal(column->name.at, name, column->name.length);
	assert_int_equal(column->rows, rows);
	assert_int_equal(column->empty, empty);
	assert_int_equal(column->words, in_words);
}

static void empty_cells_and_words(void **state)
{
	(void)state;
	struct file file;
	file_read(&file, "id,day,note\n"
			 "1,2024-01-01,\n"
			 "2,,\"  \"\n"
			 "NULL,2024-01-01,n/a\n"
			 "4,2024-01-01,None\n"
			 "nullify,--,NA2\n"
			 "null,-5,\u65E0\n");
	struct missing_cells *missing = missing_cells_new();
	size_t n;
	missing_cells_add(missing, &file.header, &file.batch, file.is_header, 3);
	const struct missing_column *columns = missing_cells_finish(missing, &n);
	assert_int_equal(n, 3);
	assert_column(&columns[0], "id", 6, 0, 2);
	assert_int_equal(columns[0].first_word, place_of(3, 4));
	assert_string_equal(columns[0].word, "NULL");
	assert_column(&columns[1], "day", 6, 1, 1);
	assert_int_equal(columns[1].first_empty, place_of(3, 3));
	assert_column(&columns[2], "note", 6, 2, 3);
	assert_int_equal(columns[2].first_empty, place_of(3, 2));
	assert_string_equal(columns[2].word, "n/a");
	missing_cells_free(missing);
	file_release(&file);
}

/* Two files with their columns in another order, one with a column more, in either order. */
static void columns_by_name(void **state)
{
	(void)state;
	struct file files[2];
	file_read(&files[0], "a,b\n,1\n,\n");
	file_read(&files[1], "extra,b,a\n,,1\n");
	for (size_t first = 0; first < 2; first++) {
		struct missing_cells *missing = missing_cells_new();
		size_t n;
		for (size_t i = 0; i < 2; i++) {
			size_t f = i ^ first;
			missing_cells_add(
				missing, &files[f].header, &files[f].batch, files[f].is_header, f);
		}
		const struct missing_column *columns = missing_cells_finish(missing, &n);
		assert_int_equal(n, 3);
		assert_column(&columns[0], "a", 3, 2, 0);
		assert_column(&columns[1], "extra", 1, 1, 0);
		assert_column(&columns[2], "b", 3, 2, 0);
		assert_int_equal(columns[2].number, 2);
		assert_int_equal(columns[2].first_empty, place_of(0, 3));
		missing_cells_free(missing);
	}
	file_release(&files[0]);
	file_release(&files[1]);
}

static void headers_in_mid_stream_are_no_rows(void **state)
{
	(void)state;
	struct file file;
	file_read(&file, "a,n/a\n1,\na,n/a\n");
	file.is_header[1] = true;
	struct missing_cells *missing = missing_cells_new();
	size_t n;
	missing_cells_add(missing, &file.header, &file.batch, file.is_header, 0);
	const struct missing_column *columns = missing_cells_finish(missing, &n);
	assert_column(&columns[0], "a", 1, 0, 0);
	assert_column(&columns[1], "n/a", 1, 1, 0);
	missing_cells_free(missing);
	file_release(&file);
}

static void nothing(void **state)
{
	(void)state;
	struct missing_cells *missing = missing_cells_new();
	size_t n;
	missing_cells_finish(missing, &n);
	assert_int_equal(n, 0);
	missing_cells_free(missing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_cells_and_words),
		cmocka_unit_test(columns_by_name),
		cmocka_unit_test(headers_in_mid_stream_are_no_rows),
		cmocka_unit_test(nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

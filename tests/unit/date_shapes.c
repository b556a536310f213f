/* Shapes of a date column, counted; how many rows a format reads was counted by hand. */
#include "io/date_shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/place.h"
#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct date_format format_of(const char *text)
{
	struct date_format format;
	struct error err = {0};
	assert_true(date_format_compile(&format, text, &err));
	return format;
}

static void add(struct date_shapes *shapes, const char *value, int64_t line)
{
	const struct text text = text_of(value);
	const uint64_t place = place_of(0, line);
	date_shapes_add(shapes, &text, &place, 1);
}

/* One batch, lines from 2. */
static void add_all(struct date_shapes *shapes, const char *const *values, size_t n)
{
	struct text texts[64];
	uint64_t places[64];
	assert_true(n <= COUNT(texts));
	for (size_t i = 0; i < n; i++) {
		texts[i] = text_of(values[i]);
		places[i] = place_of(0, (int64_t)i + 2);
	}
	date_shapes_add(shapes, texts, places, n);
}

/* 3 April, 13 January, 31 December, 5 May: two of them have a month above 12 when read the other
 * way round. */
static void day_first(void **state)
{
	(void)state;
	static const char *const values[] = {"03/04/2010", "13/01/2010", "31/12/2009", "5/5/2010"};
	const struct date_format iso = format_of(NULL);
	struct date_shapes *shapes = date_shapes_new(&iso);
	size_t n;
	add_all(shapes, values, COUNT(values));
	const struct date_shape_count *counts = date_shapes_finish(shapes, &n);
	assert_int_equal(n, 1);
	assert_string_equal(counts[0].shape, "NN/NN/NNNN");
	assert_false(counts[0].is_iso);
	assert_int_equal(counts[0].rows, 4);
	assert_int_equal(counts[0].read, 0);
	assert_int_equal(counts[0].first_place, place_of(0, 2));
	assert_string_equal(counts[0].first_value, "03/04/2010");
	assert_int_equal(counts[0].n_formats, 2);
	assert_string_equal(counts[0].formats[0].format, "%d/%m/%Y");
	assert_int_equal(counts[0].formats[0].read, 4);
	assert_string_equal(counts[0].formats[1].format, "%m/%d/%Y");
	assert_int_equal(counts[0].formats[1].read, 2);
	date_shapes_free(shapes);
}

/* With a format of the wrong order half the rows are read, wrongly; the counts show the other. */
static void wrong_format(void **state)
{
	(void)state;
	static const char *const values[] = {"03/04/2010", "13/01/2010", "31/12/2009", "5/5/2010"};
	const struct date_format month_first = format_of("%m/%d/%Y");
	struct date_shapes *shapes = date_shapes_new(&month_first);
	size_t n;
	add_all(shapes, values, COUNT(values));
	const struct date_shape_count *counts = date_shapes_finish(shapes, &n);
	assert_int_equal(counts[0].read, 2);
	assert_string_equal(counts[0].first_value, "13/01/2010");
	assert_int_equal(counts[0].first_place, place_of(0, 3));
	assert_string_equal(counts[0].formats[0].format, "%d/%m/%Y");
	assert_int_equal(counts[0].formats[0].read, 4);
	date_shapes_free(shapes);
}

/* What the shape of a column admits, whatever its first value looks like. */
static void formats_of_shapes(void **state)
{
	(void)state;
	static const struct {
		const char *value, *shape, *formats;
	} cases[] = {
		{"31/12/2010 8:26", "NN/NN/NNNN NN:NN", "%d/%m/%Y %m/%d/%Y"},
		{"12/31/2010 8:26:30 PM", "NN/NN/NNNN NN:NN:NN AM", "%m/%d/%Y %d/%m/%Y"},
		{"31.12.10", "NN.NN.NN", "%d.%m.%y %y.%m.%d %m.%d.%y"},
		{"31122010", "YYYYMMDD", "%d%m%Y %m%d%Y"},
		{"101231", "NNNNNN", "%y%m%d %d%m%y %m%d%y"},
		{"1293753600", "NNNNNNNNNN", "%s"},
		{"31 December 2010", "NN Mon NNNN", "%d %b %Y"},
		{"Dec 31, 2010", "Mon NN, NNNN", "%b %d, %Y"},
		{"2010/12/31", "NNNN/NN/NN", "%Y/%m/%d"},
		{"2010\u5E7412\u670831\u65E5", "NNNN\u5E74NN\u6708NN\u65E5",
			"%Y\u5E74%m\u6708%d\u65E5"},
		{"40543", "NNNNN", ""},
		{"unknown", "A", ""},
		{"2010-31-12 08:26", "YYYY-MM-DD HH:MM", "%Y-%d-%m"},
	};
	const struct date_format iso = format_of(NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_shapes *shapes = date_shapes_new(&iso);
		struct buffer formats = {0};
		size_t n;
		add(shapes, cases[i].value, 2);
		const struct date_shape_count *counts = date_shapes_finish(shapes, &n);
		assert_int_equal(n, 1);
		assert_string_equal(counts[0].shape, cases[i].shape);
		for (size_t f = 0; f < counts[0].n_formats; f++)
			buffer_format(
				&formats, "%s%s", f > 0 ? " " : "", counts[0].formats[f].format);
		buffer_byte(&formats, '\0');
		assert_string_equal(formats.bytes, cases[i].formats);
		assert_true(counts[0].is_iso == (counts[0].shape[0] == 'Y'));
		assert_int_equal(counts[0].read, 0);
		buffer_release(&formats);
		date_shapes_free(shapes);
	}
}

/* 29 February is a shape like any other, read or not. */
static void shapes_do_not_depend_on_digits(void **state)
{
	(void)state;
	static const char *const values[] = {"2023-02-29", "2024-02-29", "", "  ", "2024-13-01",
		"2024-02-29 24:00", "2024-02-28 99:99"};
	const struct date_format iso = format_of(NULL);
	struct date_shapes *shapes = date_shapes_new(&iso);
	size_t n;
	add_all(shapes, values, COUNT(values));
	const struct date_shape_count *counts = date_shapes_finish(shapes, &n);
	assert_int_equal(n, 2);
	assert_string_equal(counts[0].shape, "YYYY-MM-DD");
	assert_int_equal(counts[0].rows, 3);
	assert_int_equal(counts[0].read, 1);
	assert_string_equal(counts[0].first_value, "2023-02-29");
	assert_string_equal(counts[1].shape, "YYYY-MM-DD HH:MM");
	assert_int_equal(counts[1].rows, 2);
	assert_int_equal(counts[1].read, 1);
	assert_string_equal(counts[1].first_value, "2024-02-28 99:99");
	date_shapes_free(shapes);
}

/* Rows one by one in a random order: the same as all at once. */
static void order_does_not_matter(void **state)
{
	(void)state;
	static const char *const values[] = {"2024-01-01", "1/2/2024", "2 Mar 2024", "3/13/2024",
		"13/3/2024", "2024-01-01 10:00", "Q1", "31 Dec 2023", "x", "4/4/2024"};
	enum { N = COUNT(values) };
	const struct date_format iso = format_of(NULL);
	struct date_shapes *expected = date_shapes_new(&iso), *shuffled = date_shapes_new(&iso);
	size_t n, m, order[N] = {0};
	uint64_t random = 7;
	add_all(expected, values, N);
	for (size_t i = 0; i < N; i++) {
		size_t j = random_below(&random, i + 1);
		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < N; i++)
		add(shuffled, values[order[i]], (int64_t)order[i] + 2);
	const struct date_shape_count *a = date_shapes_finish(expected, &n);
	const struct date_shape_count *b = date_shapes_finish(shuffled, &m);
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++)
		assert_memory_equal(&a[i], &b[i], sizeof(*a));
	date_shapes_free(expected);
	date_shapes_free(shuffled);
}

/* Free text: more shapes than a column of dates has. */
static void too_many(void **state)
{
	(void)state;
	const struct date_format iso = format_of(NULL);
	struct date_shapes *shapes = date_shapes_new(&iso);
	size_t n;
	for (int i = 0; i < DATE_SHAPES_MOST; i++) {
		char value[32], *at = value;
		for (int bit = 0; bit < 10; bit++)
			*at++ = i >> bit & 1 ? '.' : '-';
		*at = '\0';
		add(shapes, value, i);
	}
	add(shapes, "2024-01-01", 2000);
	assert_null(date_shapes_finish(shapes, &n));
	assert_int_equal(n, DATE_SHAPES_MOST + 1);
	date_shapes_free(shapes);
}

static void nothing(void **state)
{
	(void)state;
	const struct date_format iso = format_of(NULL);
	struct date_shapes *shapes = date_shapes_new(&iso);
	size_t n;
	date_shapes_add(shapes, NULL, NULL, 0);
	date_shapes_finish(shapes, &n);
	assert_int_equal(n, 0);
	date_shapes_free(shapes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(day_first),
		cmocka_unit_test(wrong_format),
		cmocka_unit_test(formats_of_shapes),
		cmocka_unit_test(shapes_do_not_depend_on_digits),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(too_many),
		cmocka_unit_test(nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

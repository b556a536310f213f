/* For tests of io/table: tables that are written into a folder of their own, and what they hold.
 *
 *	struct table_style style = style_of(FORMAT_CSV);
 *	write_sales(&style, 2, sales, 1);
 *	assert_table("table", "customer,day\n00042,2024-02-29\n");
 *
 * enter_folder() and leave_folder() are the group's set-up and end; a folder that a test has left
 * something in cannot be left.
 */
#ifndef TESTS_TABLE_FILES_H
#define TESTS_TABLE_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"
#include "io/table.h"

/* TEXT() for initializers. */
#define LITERAL(bytes)                   \
	{                                \
		bytes, sizeof(bytes) - 1 \
	}

static char folder[] = "/tmp/patron-table-XXXXXX";

static inline int enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static inline int leave_folder(void **state)
{
	(void)state;
	return chdir("/") != 0 || rmdir(folder) != 0;
}

/* Reads the file, also a compressed one, and removes it. */
static inline struct buffer take_file(const char *path)
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

static inline void assert_table(const char *path, const char *expected)
{
	struct buffer bytes = take_file(path);
	buffer_byte(&bytes, '\0');
	assert_string_equal(bytes.bytes, expected);
	buffer_release(&bytes);
}

static inline struct table_style style_of(enum table_format format)
{
	return (struct table_style){.format = format,
		.path = "table",
		.digits = -1,
		.money_decimals = 2,
		.top = -1,
		.threads = 1};
}

static inline void write_table(const struct table_style *style, const struct column *columns,
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

static inline void fill_sale(const void *rows, size_t row, struct cell *cells)
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

static inline void write_sales(
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

static inline void fill_text(const void *rows, size_t row, struct cell *cells)
{
	cells[0].text = ((const struct text *)rows)[row];
}

static const struct column text_column[] = {{"name", COLUMN_TEXT, "", "a text"}};

static inline void write_texts(enum table_format format, const struct text *texts, size_t n_texts)
{
	struct table_style style = style_of(format);
	write_table(&style, text_column, 1, fill_text, texts, n_texts);
}

#endif

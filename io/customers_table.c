#include "io/customers_table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "base/money.h"
#include "io/roles.h"

const struct column customers_columns[N_CUSTOMERS_COLUMNS] = {
	{"customer", COLUMN_TEXT, "", "the customer's id"},
	{"first_purchase", COLUMN_DAY, "day", "first day with a purchase"},
	{"last_purchase", COLUMN_DAY, "day", "last day with a purchase"},
	{"orders", COLUMN_COUNT, "orders",
		"distinct order ids with a purchase; rows with one where there is no order column"},
	{"purchase_days", COLUMN_COUNT, "days", "distinct days with a purchase"},
	{"log_gaps", COLUMN_REAL, "ln days",
		"sum of ln(days between successive purchase days); 0 when there are none"},
	{"gross_revenue", COLUMN_MONEY, "currency", "sum of the amounts >= 0"},
	{"first_day_revenue", COLUMN_MONEY, "currency", "gross revenue of the first purchase day"},
	{"returns", COLUMN_MONEY, "currency", "sum of the negative amounts, as a positive number"},
	{"revenue", COLUMN_MONEY, "currency", "gross_revenue - returns"},
	{"as_of", COLUMN_DAY, "day", "the day the table speaks of, the same in every row"},
};

static int place_of(const struct text *names, size_t n_names, enum customers_column column)
{
	struct text wanted = text_of(customers_columns[column].name);
	for (size_t i = 0; i < n_names; i++)
		if (text_equal_ignoring_case(names[i], wanted))
			return (int)i;
	return -1;
}

bool customers_table_is(const struct text *names, size_t n_names)
{
	static const enum customers_column telling[] = {CUSTOMERS_ID, CUSTOMERS_FIRST_PURCHASE,
		CUSTOMERS_LAST_PURCHASE, CUSTOMERS_ORDERS, CUSTOMERS_AS_OF};
	for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		if (place_of(names, n_names, telling[i]) < 0)
			return false;
	return true;
}

bool customers_table_bind(const struct text *names, size_t n_names, const char *file,
	int places[N_CUSTOMERS_COLUMNS], struct error *err)
{
	for (enum customers_column c = 0; c < N_CUSTOMERS_COLUMNS; c++) {
		places[c] = place_of(names, n_names, c);
		if (places[c] >= 0 || c == CUSTOMERS_LOG_GAPS)
			continue;
		struct buffer words = {0};
		columns_list(names, n_names, &words);
		error_set(err, ERROR_DATA,
			"%s: a customers table without the column '%s' (columns: %.*s)", file,
			customers_columns[c].name, (int)words.length, words.bytes);
		buffer_release(&words);
		return false;
	}
	return true;
}

static bool refuse(
	enum customers_column column, struct text cell, const char *expected, struct buffer *words)
{
	char room[TEXT_EXCERPT_SIZE];
	buffer_format(words, "%s '%s' is not %s", customers_columns[column].name,
		text_excerpt(cell, room), expected);
	return false;
}

static bool read_day(
	enum customers_column column, const struct text *cells, int32_t *day, struct buffer *words)
{
	return day_read(cells[column], day) ||
	       refuse(column, cells[column], "a date YYYY-MM-DD", words);
}

static bool read_count(enum customers_column column, const struct text *cells, int64_t *count,
	struct buffer *words)
{
	struct text cell = cells[column];
	*count = 0;
	bool good = cell.length > 0 && cell.length <= 18;
	for (size_t i = 0; good && i < cell.length; i++) {
		good = is_digit(cell.at[i]);
		*count = *count * 10 + (cell.at[i] - '0');
	}
	return (good && *count >= 1) || refuse(column, cell, "a whole number from 1", words);
}

static bool read_real(
	enum customers_column column, const struct text *cells, double *real, struct buffer *words)
{
	struct text cell = cells[column];
	char room[64], *end = room;
	*real = 0;
	if (cell.at == NULL)
		return true;
	if (cell.length > 0 && cell.length < sizeof(room)) {
		memcpy(room, cell.at, cell.length);
		room[cell.length] = '\0';
		*real = strtod(room, &end);
	}
	return (end > room && *end == '\0' && isfinite(*real) && *real >= 0) ||
	       refuse(column, cell, "a number from 0", words);
}

static bool read_money(enum customers_column column, const struct text *cells,
	struct customers_row *row, money_sum *sum, struct buffer *words)
{
	int decimals;
	*sum = 0;
	if (cells[column].length == 0)
		return true;
	if (!money_read(cells[column], sum, &decimals))
		return refuse(column, cells[column], "an amount of money", words);
	row->has_amounts = true;
	if (decimals > row->decimals)
		row->decimals = decimals;
	return true;
}

static bool agrees(const struct customers_row *row, money_sum revenue, struct buffer *words)
{
	const struct customer *c = &row->customer;
	const char *why = NULL;
	if (c->first_purchase > c->last_purchase)
		why = "first_purchase lies after last_purchase";
	else if (c->last_purchase > row->as_of)
		why = "last_purchase lies after as_of";
	else if (revenue != c->gross_revenue - c->returns)
		why = "revenue is not gross_revenue - returns";
	else if (c->purchase_days > (int64_t)c->last_purchase - c->first_purchase + 1)
		why = "purchase_days is more than the days from first_purchase to last_purchase";
	else if (c->gross_revenue < 0 || c->returns < 0 || c->first_day_revenue < 0)
		why = "gross_revenue, first_day_revenue or returns is negative";
	if (why != NULL)
		buffer_string(words, why);
	return why == NULL;
}

bool customers_table_row(const struct text cells[N_CUSTOMERS_COLUMNS], struct customers_row *row,
	struct buffer *words)
{
	*row = (struct customers_row){.customer.id = cells[CUSTOMERS_ID]};
	struct customer *c = &row->customer;
	money_sum revenue;
	if (c->id.length == 0) {
		buffer_string(words, "customer is empty (expected the customer's id)");
		return false;
	}
	return read_day(CUSTOMERS_FIRST_PURCHASE, cells, &c->first_purchase, words) &&
	       read_day(CUSTOMERS_LAST_PURCHASE, cells, &c->last_purchase, words) &&
	       read_day(CUSTOMERS_AS_OF, cells, &row->as_of, words) &&
	       read_count(CUSTOMERS_ORDERS, cells, &c->orders, words) &&
	       read_count(CUSTOMERS_PURCHASE_DAYS, cells, &c->purchase_days, words) &&
	       read_real(CUSTOMERS_LOG_GAPS, cells, &c->log_gaps, words) &&
	       read_money(CUSTOMERS_GROSS_REVENUE, cells, row, &c->gross_revenue, words) &&
	       read_money(CUSTOMERS_FIRST_DAY_REVENUE, cells, row, &c->first_day_revenue, words) &&
	       read_money(CUSTOMERS_RETURNS, cells, row, &c->returns, words) &&
	       read_money(CUSTOMERS_REVENUE, cells, row, &revenue, words) &&
	       agrees(row, revenue, words);
}

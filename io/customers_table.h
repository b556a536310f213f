/* The customers table, one row per customer, as `patron customers` writes it and other commands
 * read it in place of transactions. Columns may stand in any order, among others. */
#ifndef IO_CUSTOMERS_TABLE_H
#define IO_CUSTOMERS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/customer.h"
#include "base/error.h"
#include "base/text.h"
#include "io/table.h"

enum customers_column {
	CUSTOMERS_ID,
	CUSTOMERS_FIRST_PURCHASE,
	CUSTOMERS_LAST_PURCHASE,
	CUSTOMERS_ORDERS,
	CUSTOMERS_PURCHASE_DAYS,
	CUSTOMERS_LOG_GAPS,
	CUSTOMERS_GROSS_REVENUE,
	CUSTOMERS_FIRST_DAY_REVENUE,
	CUSTOMERS_RETURNS,
	CUSTOMERS_REVENUE,
	CUSTOMERS_AS_OF,
	N_CUSTOMERS_COLUMNS,
};

extern const struct column customers_columns[N_CUSTOMERS_COLUMNS];

/* Whether a header is that of a customers table: customer, first_purchase, last_purchase, orders
 * and as_of are there. */
bool customers_table_is(const struct text *names, size_t n_names);

/* The place of each column; only log_gaps may be missing (-1). ERROR_DATA names file and column. */
bool customers_table_bind(const struct text *names, size_t n_names, const char *file,
	int places[N_CUSTOMERS_COLUMNS], struct error *err);

struct customers_row {
	struct customer customer; /* its id points into the cells */
	int32_t as_of;
	bool has_amounts; /* the money cells are not all empty */
	int decimals;     /* the most written in a money cell */
};

/* Reads one row; cells in the order of enum customers_column, log_gaps NULL text when missing.
 * False with the reason in words, what was expected included. */
bool customers_table_row(const struct text cells[N_CUSTOMERS_COLUMNS], struct customers_row *row,
	struct buffer *words);

#endif

/* What a file's header says: which of its columns plays which part.
 *
 * Only columns that play a part are cut out of the records. They are numbered in the order in which
 * they were bound; all indices below are such numbers, places in batch.columns, or NO_COLUMN.
 *
 *	struct binding binding = {0};
 *	binding_take_header(&binding, settings, csv, &names);
 *	if (!binding_find(&binding, settings, csv_names(csv, &n), "orders.csv", &roles, err))
 *		return false;
 *	csv_bind(csv, binding.columns, binding.n_columns);
 *	... cell = batch.columns[binding.role[ROLE_DATE]][row] ...
 *	binding_release(&binding);
 *
 * Once found, it is only read, by any number of threads.
 */
#ifndef IO_BINDING_H
#define IO_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"
#include "io/csv.h"
#include "io/customers_table.h"
#include "io/roles.h"
#include "io/transactions.h"
#include "io/where.h"

struct binding {
	bool is_customers_table;
	int role[N_ROLES], amount_factor;
	int labels[TRANSACTIONS_LABELS];
	int *wheres; /* the column of each condition */
	struct where *conditions;
	int customers[N_CUSTOMERS_COLUMNS];
	int *cells;     /* any table: of settings.columns, or all of them */
	size_t n_cells; /* any table: of each row that the client is given; else 0 */
	size_t n_names;
	char delimiter;
	char *header; /* the record as it stood */
	size_t header_length;
	const struct csv_fields *names; /* of all columns; the caller's */
	size_t *columns;                /* bound so far: places in the header */
	size_t n_columns, columns_capacity;
};

/* First: keeps the header as it stood, and splits it into names, which must outlive the binding. */
void binding_take_header(struct binding *binding, const struct transactions_settings *settings,
	const struct csv *csv, struct csv_fields *names);

/* Binds every column, so that each gets the number of its place; before binding_find(), if at all.
 */
void binding_take_all(struct binding *binding);

/* Finds the columns that the settings ask for; names are those of csv_names(). roles gets the
 * places of the roles of transactions, none for other tables. ERROR_DATA with the file's name: a
 * column is not there or twice, or the table or an option of the other kind is not what the command
 * takes; ERROR_USAGE for the value of a condition. */
bool binding_find(struct binding *binding, const struct transactions_settings *settings,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err);

/* Whether a file's columns play the parts that those of the first file do: what the files have (an
 * order column, say) must not depend on which one comes first. ERROR_DATA names both files. */
bool binding_agrees(const struct binding *binding, const char *file, const struct binding *first,
	const char *first_file, struct error *err);

/* Idempotent on zeroed memory. */
void binding_release(struct binding *binding);

#endif

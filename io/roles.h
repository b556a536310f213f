/* A header -> which column is the customer, the date, the amount, the order, the product.
 *
 * A role's column is the one the user named (exactly, else ignoring case, else by its 1-based
 * number), or the only one whose name is known for that role, in English or Chinese. None or two
 * candidates are an error that lists the columns; nothing is guessed.
 *
 *	struct role_wish wishes[N_ROLES] = {[ROLE_CUSTOMER] = {ROLE_NEEDED, NULL}, ...};
 *	struct role_columns columns;
 *	if (!roles_find(names, n_names, "orders.csv", wishes, &columns, err)) ...
 */
#ifndef IO_ROLES_H
#define IO_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

enum role { ROLE_CUSTOMER, ROLE_DATE, ROLE_AMOUNT, ROLE_ORDER, ROLE_PRODUCT, N_ROLES };

enum role_need {
	ROLE_UNUSED,   /* but a column that the user named must be there */
	ROLE_IF_THERE, /* used when a column has it */
	ROLE_NEEDED,
};

struct role_wish {
	enum role_need need;
	const char *column; /* as the user named it; NULL: by known names; amount also "A*B" */
};

enum { NO_COLUMN = -1 };

struct role_columns {
	int of[N_ROLES];   /* place in the header, from 0, or NO_COLUMN */
	int amount_factor; /* the second column of --amount 'A*B', or NO_COLUMN */
};

const char *role_name(enum role role); /* "customer", also the option without its dashes */

/* ERROR_DATA with the file's name, the nearest name or the candidates, and the columns. */
bool roles_find(const struct text *names, size_t n_names, const char *file,
	const struct role_wish wishes[N_ROLES], struct role_columns *columns, struct error *err);

/* The column a user named: exactly, ignoring case, or by number. */
bool column_find(const struct text *names, size_t n_names, const char *file, struct text wanted,
	int *column, struct error *err);

/* The role that a name is known for, or N_ROLES. */
enum role role_of_name(struct text name);

/* Appends "a, b, c", at most 40 names. */
void columns_list(const struct text *names, size_t n_names, struct buffer *words);

#endif

/* The options that all commands reading transactions, or any table, share, and what reading gives.
 */
#ifndef CMD_INPUT_H
#define CMD_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/customers.h"
#include "base/error.h"
#include "cmd/memory_limit.h"
#include "cmd/options.h"
#include "io/transactions.h"

extern const struct option_group transaction_group; /* what only transactions have */
extern const struct option_group input_group;       /* of all that is read, also any table */

/* Looks along while an input is read. Bad rows are then counted and do not stop the run. */
struct input_watch {
	void *context;
	/* Before anything is read; settings live as long as the program. */
	void (*begin)(void *context, const struct transactions_settings *settings);
	/* Both from any thread: every batch as it stands, and its rows that are used. */
	void (*look)(void *context, const struct transactions_view *view);
	void (*take)(void *context, const struct transactions *rows);
};

/* What a command asks of its input. */
struct input_needs {
	bool amount;                /* an amount column, unless --amount none */
	bool orders;                /* distinct orders where there is an order column */
	unsigned customers;         /* CUSTOMERS_NEED_DAYS, CUSTOMERS_NEED_FIRST_DAY: of
				       analytics/customers.h */
	bool single_events_only;    /* a customers table will not do */
	bool since_is_of_customers; /* --since leaves out customers, not rows: see input */
	const char *labels[TRANSACTIONS_LABELS]; /* columns whose texts go with the rows, or NULL */
	bool (*judge_label[TRANSACTIONS_LABELS])(struct text label, struct buffer *words);
	struct customers_observer observer; /* of the rows of transactions, or none */
	const struct input_watch *watch;    /* or NULL */
	struct memory_use memory;           /* empty: that of customers */
};

struct input {
	struct customers *customers; /* finished */
	struct transactions_report report;
	size_t n_returns_only; /* customers with returns only, who are not among them */
	money_sum returns_only;
	/* With since_is_of_customers, those whose first purchase lies before this day are for the
	 * command to leave out; their rows count as filtered. DAY_FIRST without --since. */
	int32_t acquired_since;
	size_t n_acquired_before;
};

/* Settings from the options alone; ERROR_USAGE. What it points at lives as long as the program. */
bool input_settings(
	const struct input_needs *needs, struct transactions_settings *settings, struct error *err);

/* Reads all into customers; NULL with err set. The program reads once: what comes back, also what a
 * failed run saw of its input, is kept for the manifest until input_release(). */
const struct input *input_load(const char *const *paths, size_t n_paths,
	const struct input_needs *needs, struct error *err);

/* Any table, by the names of its columns: see judge_cells and take_cells of io/transactions.h. */
struct input_table {
	void *context;
	const char *const *columns;
	size_t n_columns;
	bool (*judge)(void *context, const struct text *cells, struct buffer *words);
	void (*take)(void *context, const struct text *cells, size_t n_rows);
};

/* Reads it; input.customers is NULL. ERROR_USAGE for options of transaction_group, which a command
 * may have for its other inputs. */
const struct input *input_load_table(const char *const *paths, size_t n_paths,
	const struct input_table *table, struct error *err);

/* Any table, whole rows in their order: see accept_columns and those after it, there. */
struct input_rows {
	void *context;
	bool (*accept)(void *context, const char *file, const struct text *names, size_t n_names,
		struct error *err);
	bool (*judge)(void *context, const struct text *cells, struct buffer *words);
	void *(*pack)(void *context, const struct text *cells, size_t n_rows);
	bool (*keep)(void *context, void *packed, struct error *err);
	void (*drop)(void *packed);
	struct memory_use memory;
};

const struct input *input_load_rows(
	const char *const *paths, size_t n_paths, const struct input_rows *rows, struct error *err);

/* What was read so far; NULL before input_load(). */
const struct input *input_loaded(void);

/* ERROR_NUMBERS when no customer with a purchase is left of what was loaded, or by --since. */
bool input_check_customers(struct error *err);

bool input_returns_are_net(void);  /* --returns net */
char input_decimal(void);          /* '.', or ',' with --decimal-comma */
struct text input_thousands(void); /* --thousands; length 0 without it */

/* A cell of any table as a finite number, by --decimal-comma and --thousands. */
bool input_read_number(struct text cell, double *value);
/* Appends which of the two would read a cell that input_read_number() refuses, if either would:
 * " (use --thousands ,?)". */
void input_hint_number(struct text cell, struct buffer *words);
unsigned input_threads(void);
void input_release(void);

#endif

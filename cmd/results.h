/* The options that all commands writing a table share, and the way out. */
#ifndef CMD_RESULTS_H
#define CMD_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cmd/options.h"
#include "io/table.h"

extern const struct option_group output_group;
extern const struct option_group ordered_output_group; /* without --by: rows have their order */
extern const struct option_group page_output_group;    /* of a command that writes a page */

/* Settings that can be judged before anything is read: --by names one of the columns. */
bool results_check(const struct column *columns, size_t n_columns, struct error *err);

/* Whether the columns of an input, which pass through to the report, can be told apart there: an
 * object of json has each key once. ERROR_DATA. */
bool results_check_names(
	const char *file, const struct text *names, size_t n_names, struct error *err);

/* The same for a page, which is html or xlsx. */
bool results_check_page(enum table_format *format, struct error *err);

/* Writes a whole table where -o, -f, --top and --by say. */
bool results_write(const struct column *columns, size_t n_columns, table_fill *fill,
	const void *rows, size_t n_rows, int money_decimals, struct error *err);

/* Whether a chart is written in place of the table, and writing it: results_write() does both by
 * itself. */
bool results_is_chart(void);
bool results_write_chart(struct error *err);

/* The same for rows that come bit by bit; not where a chart is written. */
struct table *results_open(
	const struct column *columns, size_t n_columns, int money_decimals, struct error *err);

/* And for a command that writes several files: to where, which -o must then not name. */
struct table *results_open_at(const char *where, const struct column *columns, size_t n_columns,
	int money_decimals, struct error *err);

const char *results_path(void);          /* -o, or NULL */
const char *results_manifest_path(void); /* --manifest, or NULL */
void results_drop_manifest(void);        /* where it would replace something else */

#endif

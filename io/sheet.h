/* A small CSV file read whole: rules, cuts, saved models. Its columns are found by name.
 *
 *	static const char *const names[] = {"segment", "r", "f", "m"};
 *	struct sheet sheet;
 *	if (!sheet_read(&sheet, "rules.csv", names, 4, err))
 *		return false;
 *	for (size_t i = 0; i < sheet.n_rows; i++)
 *		use(sheet_cell(&sheet, i, 0), sheet.lines[i]);
 *	sheet_release(&sheet);
 */
#ifndef IO_SHEET_H
#define IO_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

struct sheet {
	const char *name; /* the path; borrowed */
	size_t n_rows, n_columns;
	struct text *cells; /* n_rows times n_columns, in the order of the names asked */
	int64_t *lines;     /* of each row, for messages */
	char *bytes;        /* what the cells point into */
};

/* Reads the columns named; others may stand beside them. Errors: ERROR_SYSTEM, and ERROR_DATA for
 * a missing column, a bad row, or a file over 64 MiB. */
bool sheet_read(struct sheet *sheet, const char *path, const char *const *names, size_t n_names,
	struct error *err);

struct text sheet_cell(const struct sheet *sheet, size_t row, size_t column);

/* Idempotent on zeroed memory. */
void sheet_release(struct sheet *sheet);

#endif

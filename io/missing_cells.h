/* Cells without a value, by column: empty ones, and those that say in a word that there is none,
 * as NULL, NA or #N/A do.
 *
 *	struct missing_cells *missing = missing_cells_new();
 *	missing_cells_add(missing, &header, &batch, is_header, file);     any thread, any order
 *	const struct missing_column *columns = missing_cells_finish(missing, &n_columns);
 *	missing_cells_free(missing);
 *
 * Columns of one name in several files are one column, wherever it stands in each. Memory grows
 * with columns and files, not with rows.
 */
#ifndef IO_MISSING_CELLS_H
#define IO_MISSING_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "io/csv.h"

struct missing_column {
	struct text name;     /* borrowed from the header */
	size_t number;        /* its place in the header, from 1; the least of all files */
	int64_t rows;         /* of the files that have it */
	int64_t empty, words; /* cells: nothing or blanks only; a word for nothing */
	uint64_t first_empty, first_word; /* places, or PLACE_NONE: see base/place.h */
	char word[16];                    /* the first */
};

struct missing_cells;

struct missing_cells *missing_cells_new(void);

/* Thread-safe. All columns of the batch are bound, each at its place in the header, which must live
 * until missing_cells_free(). Rows that is_header says are left out. */
void missing_cells_add(struct missing_cells *missing, const struct csv_fields *header,
	const struct csv_batch *batch, const bool *is_header, size_t file);

/* The columns in the order of their numbers, equal ones bytewise. Valid until
 * missing_cells_free(). */
const struct missing_column *missing_cells_finish(struct missing_cells *missing, size_t *n_columns);

void missing_cells_free(struct missing_cells *missing); /* takes NULL */

#endif

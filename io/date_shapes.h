/* The shapes of a date column's values: how many rows have each, how many of those a format reads,
 * and which other formats would read them.
 *
 *	struct date_shapes *shapes = date_shapes_new(&format);
 *	date_shapes_add(shapes, values, places, n);       any thread, any order, again and again
 *	const struct date_shape_count *counts = date_shapes_finish(shapes, &n_shapes);
 *	... counts[0]: "NN/NN/NNNN", 1,000 rows, read 0; "%d/%m/%Y" reads 1,000, "%m/%d/%Y" 394
 *	date_shapes_free(shapes);
 *
 * Day and month are not guessed from one value: of the formats that a shape admits the one that
 * reads all of its rows is the likely one. Empty values have no shape. The results do not depend
 * on the order of the rows. Memory: some 4 KB a shape, for at most 1,000 of them; a column with
 * more is no date column, and only their being more is told.
 */
#ifndef IO_DATE_SHAPES_H
#define IO_DATE_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "io/dates.h"

enum { DATE_SHAPES_MOST = 1000, DATE_SHAPE_FORMATS = 6 };

struct date_shape_count {
	char shape[DATE_SHAPE_SIZE]; /* see date_shape() */
	bool is_iso;                 /* read without a --date-format */
	int64_t rows;
	int64_t read;         /* by the format in use */
	uint64_t first_place; /* of a row that is not read, else of any */
	char first_value[TEXT_EXCERPT_SIZE];
	size_t n_formats; /* that the shape admits; 0 when is_iso */
	struct {
		char format[DATE_FORMAT_SIZE];
		int64_t read;          /* of all the shape's rows */
	} formats[DATE_SHAPE_FORMATS]; /* the one that reads most rows first */
};

struct date_shapes;

/* format: what the run reads dates by; it must outlive the shapes. */
struct date_shapes *date_shapes_new(const struct date_format *format);

/* Thread-safe. places: see base/place.h. */
void date_shapes_add(struct date_shapes *shapes, const struct text *values, const uint64_t *places,
	size_t n_values);

/* The shapes with the most rows first, equal ones bytewise; NULL with *n_shapes above
 * DATE_SHAPES_MOST when there are too many. Valid until date_shapes_free(). */
const struct date_shape_count *date_shapes_finish(struct date_shapes *shapes, size_t *n_shapes);

void date_shapes_free(struct date_shapes *shapes); /* takes NULL */

#endif

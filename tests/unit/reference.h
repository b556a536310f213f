/* Tables of reference data, for tests that hold methods against what established implementations
 * compute on them. The data lie in a folder beside the project (environment REFERENCE); a test
 * that asks for a file of it is skipped when there is none.
 *
 *	struct reference *lung = reference_open("data/lung.csv.gz");
 *	for (size_t row = 0; row < lung->n_rows; row++)
 *		double time = reference_real(lung, row, "time");
 *	reference_close(lung);
 *
 * Plain or gzip; fields are separated by commas, of which none stands inside a field.
 */
#ifndef TESTS_UNIT_REFERENCE_H
#define TESTS_UNIT_REFERENCE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include <cmocka.h>

#include "base/day.h"
#include "base/mem.h"
#include "base/money.h"

struct reference {
	char *text;
	size_t n_rows, n_columns;
	char **cells; /* the header first; quotes around a field are cut off */
};

static inline char *reference_text(const char *name)
{
	const char *folder = getenv("REFERENCE");
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder != NULL ? folder : "../shared/reference/open",
		name);
	gzFile file = gzopen(path, "rb");
	if (file == NULL)
		skip();
	size_t capacity = 0, length = 0;
	char *text = NULL;
	for (int got = 1; got > 0; length += (size_t)got) {
		text = mem_grow(text, &capacity, length + 65536, 1);
		got = gzread(file, text + length, 65535);
		assert_true(got >= 0);
	}
	assert_int_equal(gzclose(file), Z_OK);
	text[length] = '\0';
	return text;
}

static inline char *reference_field(char *at)
{
	size_t length = strlen(at);
	if (length < 2 || at[0] != '"' || at[length - 1] != '"')
		return at;
	at[length - 1] = '\0';
	return at + 1;
}

static inline struct reference *reference_open(const char *name)
{
	char *text = reference_text(name); /* which leaves when there is none */
	struct reference *reference = mem_zeroed(1, sizeof(*reference));
	reference->text = text;
	size_t capacity = 0, n_cells = 0, n_lines = 0;
	char *line_rest = NULL, *cell_rest;
	for (char *line = strtok_r(reference->text, "\r\n", &line_rest); line != NULL;
		line = strtok_r(NULL, "\r\n", &line_rest), n_lines++) {
		cell_rest = line;
		for (char *cell; (cell = strsep(&cell_rest, ",")) != NULL;) {
			reference->cells = mem_grow(reference->cells, &capacity, n_cells + 1,
				sizeof(*reference->cells));
			reference->cells[n_cells++] = reference_field(cell);
		}
		if (n_lines == 0)
			reference->n_columns = n_cells;
		assert_int_equal(n_cells, (n_lines + 1) * reference->n_columns);
	}
	reference->n_rows = n_lines > 0 ? n_lines - 1 : 0;
	return reference;
}

static inline const char *reference_cell(
	const struct reference *reference, size_t row, const char *column)
{
	for (size_t c = 0; c < reference->n_columns; c++)
		if (strcmp(reference->cells[c], column) == 0)
			return reference->cells[(row + 1) * reference->n_columns + c];
	fail_msg("no column %s", column);
	return NULL;
}

/* NaN for an empty field and for NA. */
static inline double reference_real(
	const struct reference *reference, size_t row, const char *column)
{
	const char *cell = reference_cell(reference, row, column);
	char *end;
	double value = strtod(cell, &end);
	return *cell == '\0' || *end != '\0' ? NAN : value;
}

static inline int32_t reference_day(
	const struct reference *reference, size_t row, const char *column)
{
	int32_t day = 0;
	assert_true(day_read(text_of(reference_cell(reference, row, column)), &day));
	return day;
}

/* Amounts of at most six decimals, far below 2^53 millionths: rounding finds the exact one. */
static inline money reference_money(
	const struct reference *reference, size_t row, const char *column)
{
	return (money)llround(reference_real(reference, row, column) * MONEY_UNIT);
}

static inline void reference_close(struct reference *reference)
{
	mem_free(reference->text);
	mem_free(reference->cells);
	mem_free(reference);
}

#endif

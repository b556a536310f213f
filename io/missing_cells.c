#include "io/missing_cells.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/mem.h"
#include "base/place.h"

/* Which column of all a file's columns are; NULL before its first batch. */
struct file {
	size_t *columns;
};

struct missing_cells {
	pthread_mutex_t lock;
	struct intern names; /* numbered as the columns are */
	struct missing_column *columns;
	size_t n_columns, columns_capacity;
	struct file *files;
	size_t n_files, files_capacity;
};

/* ---- one cell ---- */

/* What databases, spreadsheets and scripts write for no value, in lower case. */
static const char *const words[] = {"null", "(null)", "<null>", "na", "n/a", "#n/a", "<na>", "nan",
	"nat", "none", "nil", "\\n", "-", "--", "?", "undefined", "\u65E0", "\u7121"};

enum { MOST_WORD = sizeof("undefined") - 1 };

static bool is_word_for_nothing(struct text cell)
{
	/* Most cells that are not empty are told by their first byte or their length. */
	if (cell.length > MOST_WORD || is_digit(cell.at[0]))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((words[i][0] | 0x20) == (cell.at[0] | 0x20) &&
			text_equal_ignoring_case(cell, text_of(words[i])))
			return true;
	return false;
}

static void look_at(struct missing_column *column, struct text cell, uint64_t place)
{
	if (cell.length > 0 && (unsigned char)cell.at[0] > ' ' && !is_word_for_nothing(cell))
		return;
	cell = text_trim(cell);
	if (cell.length == 0) {
		column->empty++;
		if (place < column->first_empty)
			column->first_empty = place;
	} else if (is_word_for_nothing(cell)) {
		column->words++;
		if (place < column->first_word) {
			column->first_word = place;
			memcpy(column->word, cell.at, cell.length);
			column->word[cell.length] = '\0';
		}
	}
}

/* ---- columns ---- */

static size_t number_of(struct missing_cells *missing, struct text name, size_t place)
{
	size_t i = intern_number(&missing->names, name);
	if (i == missing->n_columns) {
		missing->columns = mem_grow(missing->columns, &missing->columns_capacity,
			++missing->n_columns, sizeof(*missing->columns));
		missing->columns[i] = (struct missing_column){.name = name,
			.number = place + 1,
			.first_empty = PLACE_NONE,
			.first_word = PLACE_NONE};
	}
	if (place + 1 < missing->columns[i].number)
		missing->columns[i].number = place + 1;
	return i;
}

static const size_t *columns_of(
	struct missing_cells *missing, const struct csv_fields *header, size_t file)
{
	if (file >= missing->n_files) {
		missing->files = mem_grow(missing->files, &missing->files_capacity, file + 1,
			sizeof(*missing->files));
		memset(missing->files + missing->n_files, 0,
			(file + 1 - missing->n_files) * sizeof(*missing->files));
		missing->n_files = file + 1;
	}
	size_t **columns = &missing->files[file].columns;
	if (*columns == NULL) {
		*columns = mem_array(header->n_fields, sizeof(**columns));
		for (size_t i = 0; i < header->n_fields; i++)
			(*columns)[i] = number_of(missing, header->fields[i], i);
	}
	return *columns;
}

static void merge(struct missing_column *to, const struct missing_column *from)
{
	to->rows += from->rows;
	to->empty += from->empty;
	to->words += from->words;
	if (from->first_empty < to->first_empty)
		to->first_empty = from->first_empty;
	if (from->first_word < to->first_word) {
		to->first_word = from->first_word;
		memcpy(to->word, from->word, sizeof(to->word));
	}
}

static struct missing_column look_at_column(
	const struct csv_batch *batch, size_t place, const bool *is_header, size_t file)
{
	struct missing_column column = {.first_empty = PLACE_NONE, .first_word = PLACE_NONE};
	for (size_t row = 0; row < batch->n_rows; row++) {
		if (is_header[row])
			continue;
		column.rows++;
		look_at(&column, batch->columns[place][row],
			place_of(file, batch->first_line + batch->rows[row].line));
	}
	return column;
}

void missing_cells_add(struct missing_cells *missing, const struct csv_fields *header,
	const struct csv_batch *batch, const bool *is_header, size_t file)
{
	size_t n = header->n_fields;
	struct missing_column *found = mem_array(n, sizeof(*found));
	for (size_t i = 0; i < n; i++)
		found[i] = look_at_column(batch, i, is_header, file);
	pthread_mutex_lock(&missing->lock);
	const size_t *columns = columns_of(missing, header, file);
	for (size_t i = 0; i < n; i++)
		merge(&missing->columns[columns[i]], &found[i]);
	pthread_mutex_unlock(&missing->lock);
	mem_free(found);
}

/* ---- results ---- */

static int by_number(const void *a, const void *b)
{
	const struct missing_column *x = a, *y = b;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return text_compare(x->name, y->name);
}

const struct missing_column *missing_cells_finish(struct missing_cells *missing, size_t *n_columns)
{
	*n_columns = missing->n_columns;
	if (missing->n_columns > 0)
		qsort(missing->columns, missing->n_columns, sizeof(*missing->columns), by_number);
	return missing->columns;
}

struct missing_cells *missing_cells_new(void)
{
	struct missing_cells *missing = mem_zeroed(1, sizeof(*missing));
	pthread_mutex_init(&missing->lock, NULL);
	return missing;
}

void missing_cells_free(struct missing_cells *missing)
{
	if (missing == NULL)
		return;
	for (size_t i = 0; i < missing->n_files; i++)
		mem_free(missing->files[i].columns);
	mem_free(missing->files);
	mem_free(missing->columns);
	intern_release(&missing->names);
	pthread_mutex_destroy(&missing->lock);
	mem_free(missing);
}

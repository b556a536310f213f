#include "io/table_writer.h"

#include <string.h>

#include "base/mem.h"

/* A row that is kept; one piece of memory with its cells and their texts. */
struct ranked {
	uint64_t number;
	struct cell *cells;
};

/* A heap with the row that comes last in the order at its root: the one to give way when a better
 * row comes. So no more than limit rows are ever held. */
struct ranking {
	const struct table_sheet *sheet;
	size_t by;
	uint64_t limit;
	uint64_t n_seen;
	struct ranked *rows;
	size_t n_rows, capacity;
};

/* Of two values in ascending order. */
static int compare_values(const struct table_sheet *sheet, enum column_kind kind,
	const struct cell *a, const struct cell *b)
{
	double x, y;
	switch (kind) {
	case COLUMN_TEXT:
		return text_compare(a->text, b->text);
	case COLUMN_DAY:
		return (a->day > b->day) - (a->day < b->day);
	case COLUMN_COUNT:
		return (a->count > b->count) - (a->count < b->count);
	case COLUMN_MONEY:
		return (a->money > b->money) - (a->money < b->money);
	case COLUMN_REAL:
		return (a->real > b->real) - (a->real < b->real);
	case COLUMN_WRITTEN:
		x = written_value(sheet, a);
		y = written_value(sheet, b);
		return (x > y) - (x < y);
	}
	return 0;
}

enum direction { ASCENDING, DESCENDING };

static int compare_cells(const struct table_sheet *sheet, enum column_kind kind,
	enum direction direction, const struct cell *a, const struct cell *b)
{
	if (a->empty || b->empty)
		return (int)a->empty - (int)b->empty;
	int order = compare_values(sheet, kind, a, b);
	return direction == ASCENDING ? order : -order;
}

static bool comes_before(
	const struct ranking *ranking, const struct ranked *a, const struct ranked *b)
{
	const struct table_sheet *sheet = ranking->sheet;
	const struct column *columns = sheet->columns;
	size_t by = ranking->by;
	enum column_kind kind = columns[by].kind;
	int order = compare_cells(sheet, kind, kind == COLUMN_TEXT ? ASCENDING : DESCENDING,
		&a->cells[by], &b->cells[by]);
	if (order == 0)
		order = compare_cells(
			sheet, columns[0].kind, ASCENDING, &a->cells[0], &b->cells[0]);
	return order != 0 ? order < 0 : a->number < b->number;
}

static void swap(struct ranked *a, struct ranked *b)
{
	struct ranked kept = *a;
	*a = *b;
	*b = kept;
}

static void sift_up(struct ranking *ranking, size_t child)
{
	struct ranked *rows = ranking->rows;
	while (child > 0) {
		size_t parent = (child - 1) / 2;
		if (!comes_before(ranking, &rows[parent], &rows[child]))
			return;
		swap(&rows[parent], &rows[child]);
		child = parent;
	}
}

static void sift_down(struct ranking *ranking, size_t n)
{
	struct ranked *rows = ranking->rows;
	for (size_t parent = 0, child; (child = 2 * parent + 1) < n; parent = child) {
		if (child + 1 < n && comes_before(ranking, &rows[child], &rows[child + 1]))
			child++;
		if (!comes_before(ranking, &rows[parent], &rows[child]))
			return;
		swap(&rows[parent], &rows[child]);
	}
}

static bool is_held_text(const struct table_sheet *sheet, const struct cell *cells, size_t column)
{
	return kind_has_text(sheet->columns[column].kind) && !cells[column].empty &&
	       cells[column].text.length > 0;
}

static struct cell *copy_cells(const struct table_sheet *sheet, const struct cell *cells)
{
	size_t n_bytes = sheet->n_columns * sizeof(*cells);
	for (size_t i = 0; i < sheet->n_columns; i++)
		if (is_held_text(sheet, cells, i))
			n_bytes += cells[i].text.length;
	struct cell *copy = mem_array(n_bytes, 1);
	memcpy(copy, cells, sheet->n_columns * sizeof(*cells));
	char *texts = (char *)(copy + sheet->n_columns);
	for (size_t i = 0; i < sheet->n_columns; i++) {
		if (!is_held_text(sheet, cells, i))
			continue;
		memcpy(texts, cells[i].text.at, cells[i].text.length);
		copy[i].text.at = texts;
		texts += cells[i].text.length;
	}
	return copy;
}

struct ranking *ranking_open(const struct table_sheet *sheet, size_t by, uint64_t limit)
{
	struct ranking *ranking = mem_zeroed(1, sizeof(*ranking));
	ranking->sheet = sheet;
	ranking->by = by;
	ranking->limit = limit;
	return ranking;
}

static void keep_if_better(struct ranking *ranking, struct cell *cells)
{
	struct ranked row = {ranking->n_seen++, cells};
	if (ranking->n_rows < ranking->limit) {
		ranking->rows = mem_grow(ranking->rows, &ranking->capacity, ranking->n_rows + 1,
			sizeof(*ranking->rows));
		row.cells = copy_cells(ranking->sheet, cells);
		ranking->rows[ranking->n_rows++] = row;
		sift_up(ranking, ranking->n_rows - 1);
	} else if (ranking->limit > 0 && comes_before(ranking, &row, &ranking->rows[0])) {
		mem_free(ranking->rows[0].cells);
		row.cells = copy_cells(ranking->sheet, cells);
		ranking->rows[0] = row;
		sift_down(ranking, ranking->n_rows);
	}
}

void ranking_rows(struct ranking *ranking, table_fill *fill, const void *rows, size_t n_rows)
{
	struct cell *cells = mem_array(ranking->sheet->n_columns, sizeof(*cells));
	for (size_t row = 0; row < n_rows; row++) {
		fill_cells(ranking->sheet, fill, rows, row, cells);
		keep_if_better(ranking, cells);
	}
	mem_free(cells);
}

size_t ranking_sort(struct ranking *ranking)
{
	for (size_t n = ranking->n_rows; n > 1; n--) {
		swap(&ranking->rows[0], &ranking->rows[n - 1]);
		sift_down(ranking, n - 1);
	}
	return ranking->n_rows;
}

void ranking_fill(const void *rows, size_t row, struct cell *cells)
{
	const struct ranking *ranking = rows;
	memcpy(cells, ranking->rows[row].cells, ranking->sheet->n_columns * sizeof(*cells));
}

void ranking_release(struct ranking *ranking)
{
	if (ranking == NULL)
		return;
	for (size_t i = 0; i < ranking->n_rows; i++)
		mem_free(ranking->rows[i].cells);
	mem_free(ranking->rows);
	mem_free(ranking);
}

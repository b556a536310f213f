#include "io/table_writer.h"

#include <assert.h>
#include <string.h>

#include "base/day.h"
#include "io/digits.h"
#include "io/grouped.h"
#include "io/shown.h"

size_t cell_write(
	char *room, const struct table_sheet *sheet, enum column_kind kind, const struct cell *cell)
{
	assert(!kind_has_text(kind));
	switch (kind) {
	case COLUMN_DAY:
		day_write(cell->day, room);
		return DAY_TEXT_SIZE - 1;
	case COLUMN_COUNT:
		return digits_write_signed(cell->count, room);
	case COLUMN_MONEY:
		return digits_write_money(cell->money, sheet->money_decimals, room);
	case COLUMN_REAL:
		return sheet->padded_digits ? real_write_padded(cell->real, sheet->digits, room)
					    : real_write(cell->real, sheet->digits, room);
	case COLUMN_TEXT:
	case COLUMN_WRITTEN:
		break;
	}
	return 0;
}

bool kind_is_number(enum column_kind kind)
{
	return kind != COLUMN_TEXT && kind != COLUMN_DAY;
}

double written_value(const struct table_sheet *sheet, const struct cell *cell)
{
	char room[GROUPED_ROOM];
	struct text plain;
	double value = 0;
	bool good = grouped_plain(sheet->thousands, cell->text, room, &plain) &&
		    real_read(plain, sheet->decimal, &value);
	assert(good);
	(void)good;
	return value;
}

bool column_is_share(const struct column *column)
{
	return column->kind == COLUMN_REAL && strcmp(column->unit, "%") == 0;
}

static void write_blanks(struct buffer *bytes, size_t n)
{
	buffer_reserve(bytes, n);
	memset(bytes->bytes + bytes->length, ' ', n);
	bytes->length += n;
}

void write_aligned(struct buffer *bytes, struct text text, size_t width, enum side side)
{
	size_t columns = shown_width(text);
	size_t n_blanks = columns < width ? width - columns : 0;
	if (side == SIDE_RIGHT)
		write_blanks(bytes, n_blanks);
	buffer_text(bytes, text);
	if (side == SIDE_LEFT)
		write_blanks(bytes, n_blanks);
}

size_t rows_per_block(const struct table_sheet *sheet)
{
	enum { CELLS = 32768 };
	return sheet->n_columns < CELLS ? CELLS / sheet->n_columns : 1;
}

void fill_cells(const struct table_sheet *sheet, table_fill *fill, const void *rows, size_t row,
	struct cell *cells)
{
	memset(cells, 0, sheet->n_columns * sizeof(*cells));
	fill(rows, row, cells);
}

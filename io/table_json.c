/* json: one array with an object a row, each on a line of its own; jsonl: the objects alone. Money,
 * counts, reals and written numbers are numbers, days are texts, an empty cell is null. Money may
 * have more digits than a double holds; they are all written.
 */
#include "io/json.h"
#include "io/table_writer.h"

static void write_key(struct buffer *bytes, const struct column *columns, size_t column)
{
	buffer_byte(bytes, column == 0 ? '{' : ',');
	json_text(bytes, text_of(columns[column].name));
	buffer_byte(bytes, ':');
}

static void write_object(
	struct buffer *bytes, const struct table_sheet *sheet, const struct cell *cells)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		enum column_kind kind = sheet->columns[i].kind;
		buffer_text(bytes, sheet->keys[i]);
		if (cells[i].empty) {
			buffer_text(bytes, TEXT("null"));
		} else if (kind == COLUMN_TEXT) {
			json_text(bytes, cells[i].text);
		} else if (kind == COLUMN_WRITTEN) {
			buffer_reserve(bytes, REAL_ROOM);
			bytes->length += real_write(written_value(sheet, &cells[i]), REAL_SHORTEST,
				bytes->bytes + bytes->length);
		} else {
			buffer_reserve(bytes, CELL_ROOM + 2);
			if (kind == COLUMN_DAY)
				bytes->bytes[bytes->length++] = '"';
			bytes->length +=
				cell_write(bytes->bytes + bytes->length, sheet, kind, &cells[i]);
			if (kind == COLUMN_DAY)
				bytes->bytes[bytes->length++] = '"';
		}
	}
	buffer_byte(bytes, '}');
}

static void json_head(struct buffer *bytes, const struct table_sheet *sheet)
{
	(void)sheet;
	buffer_byte(bytes, '[');
}

static void json_row(struct buffer *bytes, const struct table_sheet *sheet,
	const struct cell *cells, uint64_t number)
{
	buffer_string(bytes, number == 0 ? "\n" : ",\n");
	write_object(bytes, sheet, cells);
}

static void json_tail(struct buffer *bytes, const struct table_sheet *sheet)
{
	(void)sheet;
	buffer_text(bytes, TEXT("\n]\n"));
}

static void jsonl_row(struct buffer *bytes, const struct table_sheet *sheet,
	const struct cell *cells, uint64_t number)
{
	(void)number;
	write_object(bytes, sheet, cells);
	buffer_byte(bytes, '\n');
}

const struct row_writer json_writer = {json_head, json_row, json_tail, write_key};
const struct row_writer jsonl_writer = {NULL, jsonl_row, NULL, write_key};

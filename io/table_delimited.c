/* csv: RFC 4180 with LF line ends, quotes only where a reader needs them. Readers of ours and of
 * others drop blanks around a field that is not quoted, so those are quoted too.
 *
 * tsv: the text/tab-separated-values of IANA has no quotes; tabs, line ends and backslashes inside
 * of a text are written \t, \n, \r and \\, as PostgreSQL and MySQL do.
 */
#include "io/table_writer.h"

typedef void write_text(struct buffer *bytes, struct text text);

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool needs_quotes(struct text text)
{
	if (text.length == 0)
		return false;
	if (is_blank(text.at[0]) || is_blank(text.at[text.length - 1]))
		return true;
	for (size_t i = 0; i < text.length; i++)
		switch (text.at[i]) {
		case ',':
		case '"':
		case '\r':
		case '\n':
			return true;
		}
	return false;
}

static void csv_text(struct buffer *bytes, struct text text)
{
	if (!needs_quotes(text)) {
		buffer_text(bytes, text);
		return;
	}
	buffer_byte(bytes, '"');
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '"')
			buffer_byte(bytes, '"');
		buffer_byte(bytes, text.at[i]);
	}
	buffer_byte(bytes, '"');
}

static char tsv_escape(char c)
{
	switch (c) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\\':
		return '\\';
	default:
		return '\0';
	}
}

static void tsv_text(struct buffer *bytes, struct text text)
{
	size_t written = 0;
	for (size_t i = 0; i < text.length; i++) {
		char escape = tsv_escape(text.at[i]);
		if (escape == '\0')
			continue;
		buffer_bytes(bytes, text.at + written, i - written);
		buffer_byte(bytes, '\\');
		buffer_byte(bytes, escape);
		written = i + 1;
	}
	if (written < text.length)
		buffer_bytes(bytes, text.at + written, text.length - written);
}

static void write_names(
	struct buffer *bytes, const struct table_sheet *sheet, char delimiter, write_text *text)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		if (i > 0)
			buffer_byte(bytes, delimiter);
		text(bytes, text_of(sheet->columns[i].name));
	}
	buffer_byte(bytes, '\n');
}

static void write_cells(struct buffer *bytes, const struct table_sheet *sheet,
	const struct cell *cells, char delimiter, write_text *text)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		buffer_reserve(bytes, 1 + CELL_ROOM);
		if (i > 0)
			bytes->bytes[bytes->length++] = delimiter;
		if (cells[i].empty)
			continue;
		if (sheet->columns[i].kind == COLUMN_TEXT)
			text(bytes, cells[i].text);
		else
			bytes->length += cell_write(bytes->bytes + bytes->length, sheet,
				sheet->columns[i].kind, &cells[i]);
	}
	buffer_byte(bytes, '\n');
}

static void csv_head(struct buffer *bytes, const struct table_sheet *sheet)
{
	write_names(bytes, sheet, ',', csv_text);
}

static void csv_row(struct buffer *bytes, const struct table_sheet *sheet, const struct cell *cells,
	uint64_t number)
{
	(void)number;
	/* A line with nothing on it is no row to most readers. */
	bool is_blank_line = sheet->n_columns == 1 &&
			     (cells[0].empty || (sheet->columns[0].kind == COLUMN_TEXT &&
							cells[0].text.length == 0));
	if (is_blank_line)
		buffer_text(bytes, TEXT("\"\"\n"));
	else
		write_cells(bytes, sheet, cells, ',', csv_text);
}

static void tsv_head(struct buffer *bytes, const struct table_sheet *sheet)
{
	write_names(bytes, sheet, '\t', tsv_text);
}

static void tsv_row(struct buffer *bytes, const struct table_sheet *sheet, const struct cell *cells,
	uint64_t number)
{
	(void)number;
	write_cells(bytes, sheet, cells, '\t', tsv_text);
}

const struct row_writer csv_writer = {csv_head, csv_row, NULL, NULL};
const struct row_writer tsv_writer = {tsv_head, tsv_row, NULL, NULL};

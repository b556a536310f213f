/* csv: RFC 4180 with LF line ends, quotes only where a reader needs them. Readers of ours and of
 * others drop blanks around a field that is not quoted, so those are quoted too.
 *
 * tsv: the text/tab-separated-values of IANA has no quotes; tabs, line ends and backslashes inside
 * of a text are written \t, \n, \r and \\, as PostgreSQL and MySQL do.
 */
#include <string.h>

#include "io/table_writer.h"

typedef void write_text(struct buffer *bytes, const struct table_sheet *sheet, struct text text);

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

/* Spreadsheets take these for the beginning of a formula; in full width, U+FF1D, U+FF0B, U+FF0D and
 * U+FF20, where they are set to Chinese or Japanese (OWASP, "CSV Injection"). */
static bool begins_formula(struct text text)
{
	static const char *const wide[] = {"＝", "＋", "－", "＠"};
	if (text.length == 0)
		return false;
	switch (text.at[0]) {
	case '=':
	case '+':
	case '-':
	case '@':
	case '\t':
	case '\r':
	case '\n':
		return true;
	}
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (text.length >= 3 && memcmp(text.at, wide[i], 3) == 0)
			return true;
	return false;
}

/* Where a cell begins for a spreadsheet that parts lines at another character than the comma. */
static bool ends_cell(char c)
{
	return c == ';' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_negative_number(struct text text)
{
	double value;
	return text.length > 1 && text.at[0] == '-' && real_read(text, '.', &value);
}

/* The text with its apostrophes; where there are none, itself. */
static struct text made_safe(struct buffer *room, struct text text)
{
	if (is_negative_number(text))
		return text;
	size_t written = 0;
	for (size_t i = 0; i < text.length; i++) {
		bool is_start = i == 0 || ends_cell(text.at[i - 1]);
		if (!is_start || !begins_formula((struct text){text.at + i, text.length - i}))
			continue;
		buffer_bytes(room, text.at + written, i - written);
		buffer_byte(room, '\'');
		written = i;
	}
	if (room->length == 0)
		return text;
	buffer_bytes(room, text.at + written, text.length - written);
	return (struct text){room->bytes, room->length};
}

static void quoted(struct buffer *bytes, struct text text)
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

/* Copies a text while it looks for what needs quotes: most need none. False, and nothing written,
 * where one does, or where there is no room for it. */
static bool write_plain(struct buffer *bytes, struct text text)
{
	if (text.length == 0)
		return true;
	if (text.length > bytes->capacity - bytes->length || is_blank(text.at[0]) ||
		is_blank(text.at[text.length - 1]))
		return false;
	char *to = bytes->bytes + bytes->length;
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];
		if (c == ',' || c == '"' || c == '\r' || c == '\n')
			return false;
		to[i] = c;
	}
	bytes->length += text.length;
	return true;
}

static void csv_text(struct buffer *bytes, const struct table_sheet *sheet, struct text text)
{
	struct buffer room = {0};
	if (!sheet->excel_safe && write_plain(bytes, text))
		return;
	quoted(bytes, sheet->excel_safe ? made_safe(&room, text) : text);
	buffer_release(&room);
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

static void tsv_text(struct buffer *bytes, const struct table_sheet *sheet, struct text text)
{
	(void)sheet;
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
		text(bytes, sheet, text_of(sheet->columns[i].name));
	}
	buffer_byte(bytes, '\n');
}

static void write_cells(struct buffer *bytes, const struct table_sheet *sheet,
	const struct cell *cells, char delimiter, write_text *text)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		if (bytes->capacity - bytes->length < 1 + CELL_ROOM)
			buffer_reserve(bytes, 1 + CELL_ROOM);
		if (i > 0)
			bytes->bytes[bytes->length++] = delimiter;
		if (cells[i].empty)
			continue;
		if (sheet->columns[i].kind == COLUMN_TEXT)
			text(bytes, sheet, cells[i].text);
		else
			bytes->length += cell_write(bytes->bytes + bytes->length, sheet,
				sheet->columns[i].kind, &cells[i]);
	}
	buffer_byte(bytes, '\n');
}

static void csv_head(struct buffer *bytes, const struct table_sheet *sheet)
{
	if (sheet->excel_safe)
		buffer_string(bytes, "\xEF\xBB\xBF");
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

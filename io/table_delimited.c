/* csv: RFC 4180 with LF line ends, quotes only where a reader needs them. Readers of ours and of
 * others drop blanks around a field that is not quoted, so those are quoted too.
 *
 * tsv: the text/tab-separated-values of IANA has no quotes; tabs, line ends and backslashes inside
 * of a text are written \t, \n, \r and \\, as PostgreSQL and MySQL do.
 */
#include <string.h>

#include "base/load.h"
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

static void csv_text(struct buffer *bytes, const struct table_sheet *sheet, struct text text)
{
	struct buffer room = {0};
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

/* What the two formats differ in. */
struct delimited {
	char delimiter;
	char special[4];  /* a text that has one of these is not written as it is */
	write_text *text; /* of any text */
};

/* Whether a byte of the word is special: a byte of word ^ (c in every byte) is 0 where the word has
 * c, and then taking 1 from it borrows ("Determine if a word has a zero byte", Anderson's Bit
 * Twiddling Hacks). */
static inline uint64_t where_is(uint64_t word, char c)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t zero_there = word ^ ones * (unsigned char)c;
	return (zero_there - ones) & ~zero_there & ones << 7;
}

static inline bool has_special(const struct delimited *format, uint64_t word)
{
	const char *special = format->special;
	return (where_is(word, special[0]) | where_is(word, special[1]) |
		       where_is(word, special[2]) | where_is(word, special[3])) != 0;
}

/* Up to 7 bytes as load8() has 8; the others are 0. */
static inline uint64_t load_short(const char *text, size_t n)
{
	const unsigned char *at = (const unsigned char *)text;
	if (n >= 4)
		return load4(at) | (uint64_t)load4(at + n - 4) << 8 * (n - 4);
	return at[0] | (uint64_t)at[n / 2] << 8 * (n / 2) | (uint64_t)at[n - 1] << 8 * (n - 1);
}

/* Copies a text of at least a byte, a word at a time, while it looks for what is special: most have
 * none. False where one does, or where a blank is at an end. May write 7 bytes too many. */
static inline bool copy_plain(const struct delimited *format, char *to, struct text text)
{
	enum { WORD = sizeof(uint64_t) };
	size_t n = text.length;
	if (is_blank(text.at[0]) || is_blank(text.at[n - 1]))
		return false;
	if (n < WORD) {
		uint64_t word = load_short(text.at, n);
		store8(to, word);
		return !has_special(format, word);
	}
	uint64_t last = load8(text.at + n - WORD);
	bool any = has_special(format, last);
	for (size_t i = 0; i < n - WORD; i += WORD) {
		uint64_t word = load8(text.at + i);
		store8(to + i, word);
		any |= has_special(format, word);
	}
	store8(to + n - WORD, last);
	return !any;
}

static void write_names(
	struct buffer *bytes, const struct table_sheet *sheet, const struct delimited *format)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		if (i > 0)
			buffer_byte(bytes, format->delimiter);
		format->text(bytes, sheet, text_of(sheet->columns[i].name));
	}
	buffer_byte(bytes, '\n');
}

/* Room for the rest of the row and its end, but for texts that are not copied as they are. */
static inline char *room_for_row(struct buffer *bytes, const struct table_sheet *sheet)
{
	size_t most = sheet->n_columns * (1 + CELL_ROOM);
	if (bytes->capacity - bytes->length < most)
		buffer_reserve(bytes, most);
	return bytes->bytes + bytes->length;
}

/* Short texts and all other cells take at most CELL_ROOM, so that a row is written through a
 * pointer: with a length in memory, each cell would wait for the one before it. */
static inline bool write_short(const struct delimited *format, const struct table_sheet *sheet,
	struct text text, char **at)
{
	enum { MOST = CELL_ROOM - sizeof(uint64_t) };
	bool is_short = text.length > 0 && text.length <= MOST && !sheet->excel_safe;
	if (!is_short || !copy_plain(format, *at, text))
		return text.length == 0;
	*at += text.length;
	return true;
}

static inline char *write_other(
	char *at, const struct table_sheet *sheet, enum column_kind kind, const struct cell *cell)
{
	/* Scores and most counts. */
	if (kind == COLUMN_COUNT && cell->count >= 0 && cell->count < 10) {
		*at = (char)('0' + cell->count);
		return at + 1;
	}
	return at + cell_write(at, sheet, kind, cell);
}

static inline void write_cells(struct buffer *bytes, const struct table_sheet *sheet,
	const struct cell *cells, const struct delimited *format)
{
	char *at = room_for_row(bytes, sheet);
	for (size_t i = 0; i < sheet->n_columns; i++) {
		const struct cell *cell = &cells[i];
		enum column_kind kind = sheet->columns[i].kind;
		if (i > 0)
			*at++ = format->delimiter;
		if (cell->empty)
			continue;
		if (!kind_has_text(kind)) {
			at = write_other(at, sheet, kind, cell);
		} else if (!write_short(format, sheet, cell->text, &at)) {
			bytes->length = (size_t)(at - bytes->bytes);
			format->text(bytes, sheet, cell->text);
			at = room_for_row(bytes, sheet);
		}
	}
	*at++ = '\n';
	bytes->length = (size_t)(at - bytes->bytes);
}

static const struct delimited csv = {',', {',', '"', '\r', '\n'}, csv_text};
static const struct delimited tsv = {'\t', {'\t', '\\', '\r', '\n'}, tsv_text};

static void csv_head(struct buffer *bytes, const struct table_sheet *sheet)
{
	if (sheet->excel_safe)
		buffer_string(bytes, "\xEF\xBB\xBF");
	write_names(bytes, sheet, &csv);
}

static void csv_row(struct buffer *bytes, const struct table_sheet *sheet, const struct cell *cells,
	uint64_t number)
{
	(void)number;
	/* A line with nothing on it is no row to most readers. */
	bool is_blank_line = sheet->n_columns == 1 &&
			     (cells[0].empty || (kind_has_text(sheet->columns[0].kind) &&
							cells[0].text.length == 0));
	if (is_blank_line)
		buffer_text(bytes, TEXT("\"\"\n"));
	else
		write_cells(bytes, sheet, cells, &csv);
}

static void tsv_head(struct buffer *bytes, const struct table_sheet *sheet)
{
	write_names(bytes, sheet, &tsv);
}

static void tsv_row(struct buffer *bytes, const struct table_sheet *sheet, const struct cell *cells,
	uint64_t number)
{
	(void)number;
	write_cells(bytes, sheet, cells, &tsv);
}

const struct row_writer csv_writer = {csv_head, csv_row, NULL, NULL};
const struct row_writer tsv_writer = {tsv_head, tsv_row, NULL, NULL};

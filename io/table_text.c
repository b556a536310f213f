/* text: for people. Columns two blanks apart, numbers to the right, no blanks at the end of a line
 * whose last column is not a number; an empty cell is a dash. Words in the last column that are
 * longer than the line go on below, under where they began.
 */
#include <stdbool.h>

#include "io/shown.h"
#include "io/table_writer.h"

/* The word that begins at start, up to the next blank. */
static struct text word_at(struct text text, size_t start)
{
	size_t end = start;
	while (end < text.length && text.at[end] != ' ')
		end++;
	return (struct text){text.at + start, end - start};
}

/* The part of the text that fits, up to a blank; a path that no line holds is parted after a slash;
 * where there is neither, as much as fits, at least a character. */
static struct text first_line(struct text text, size_t width)
{
	size_t fits = shown_cut(text, width).length;
	if (fits == 0 || fits == text.length)
		return text;
	size_t start = fits;
	while (start > 0 && text.at[start] != ' ' && text.at[start - 1] != ' ')
		start--;
	if (text.at[start] != ' ' && shown_width(word_at(text, start)) > width) {
		size_t slash = fits;
		while (slash > start && text.at[slash - 1] != '/')
			slash--;
		start = slash > start ? slash : start;
	}
	while (start > 0 && text.at[start - 1] == ' ')
		start--;
	return (struct text){text.at, start > 0 ? start : fits};
}

static void new_line(struct buffer *bytes, size_t indent)
{
	while (bytes->length > 0 && bytes->bytes[bytes->length - 1] == ' ')
		bytes->length--;
	buffer_byte(bytes, '\n');
	write_aligned(bytes, TEXT(""), indent, SIDE_LEFT);
}

static void wrapped(struct buffer *bytes, struct text text, size_t indent, size_t width)
{
	for (;;) {
		struct text line = first_line(text, width);
		buffer_text(bytes, line);
		text = (struct text){text.at + line.length, text.length - line.length};
		while (text.length > 0 && text.at[0] == ' ')
			text = (struct text){text.at + 1, text.length - 1};
		if (text.length == 0)
			return;
		new_line(bytes, indent);
	}
}

/* Sentences: where there is no room for them beside the other columns, they go below. What is short
 * is no sentence, and stays. */
static void last_text(struct buffer *bytes, const struct table_sheet *sheet, const size_t *widths,
	struct text text)
{
	enum { LEAST = 24, INDENT_BELOW = 8, SHORT = 20 };
	size_t before = 0, line_width = sheet->line_width;
	for (size_t i = 0; i + 1 < sheet->n_columns; i++)
		before += widths[i] + 2;
	size_t width = shown_width(text);
	if (line_width == 0 || width <= SHORT || before + width <= line_width) {
		buffer_text(bytes, text);
	} else if (before + LEAST <= line_width) {
		wrapped(bytes, text, before, line_width - before);
	} else {
		bool is_room = line_width >= INDENT_BELOW + LEAST;
		new_line(bytes, INDENT_BELOW);
		wrapped(bytes, text, INDENT_BELOW, is_room ? line_width - INDENT_BELOW : LEAST);
	}
}

/* From the 256 colours of xterm, each darker than the one before. */
static const unsigned char grounds[TABLE_SHADES] = {195, 158, 122, 86, 79, 43, 37, 30, 23};

enum { BLACK = 16, WHITE = 231, PALE_GROUNDS = 7 };

static void begin_shade(struct buffer *bytes, unsigned shade)
{
	buffer_format(bytes, "\033[38;5;%d;48;5;%dm", shade <= PALE_GROUNDS ? BLACK : WHITE,
		grounds[shade - 1]);
}

static void text_line(struct buffer *bytes, const struct table_sheet *sheet, const size_t *widths,
	struct aligned_cells cells)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		bool is_number = kind_is_number(sheet->columns[i].kind);
		struct text text = {cells.texts, cells.lengths[i]};
		unsigned shade = cells.shades != NULL ? cells.shades[i] : 0;
		if (shade > 0)
			begin_shade(bytes, shade);
		if (i > 0)
			buffer_text(bytes, TEXT("  "));
		if (i + 1 == sheet->n_columns && !is_number)
			last_text(bytes, sheet, widths, text);
		else
			write_aligned(bytes, text, widths[i], is_number ? SIDE_RIGHT : SIDE_LEFT);
		if (shade > 0)
			buffer_text(bytes, TEXT("\033[0m"));
		cells.texts += cells.lengths[i];
	}
	buffer_byte(bytes, '\n');
}

const struct aligned_writer text_writer = {
	.text = shown_write,
	.empty = "-",
	.head = text_line,
	.row = text_line,
};

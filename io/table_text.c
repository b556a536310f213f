/* text: for people. Columns two blanks apart, numbers to the right, no blanks at the end of a line
 * whose last column is not a number; an empty cell is a dash. Words in the last column that are
 * longer than the line go on below, under where they began. io/table_layout.c tells how wide the
 * columns are.
 */
#include <stdbool.h>

#include "io/shown.h"
#include "io/table_writer.h"

#define EMPTY "-"

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

/* Where there is no room for a sentence beside the other columns, it goes below. What is short is
 * no sentence, and stays, unless lines must fit. */
static void write_sentences(
	struct buffer *bytes, const struct table_sheet *sheet, struct text text, size_t before)
{
	enum { LEAST = 24, INDENT_BELOW = 8, SHORT = 20 };
	size_t width = shown_width(text), line_width = sheet->line_width;
	if (before + width <= line_width || (width <= SHORT && !sheet->fits)) {
		buffer_text(bytes, text);
	} else if (before + LEAST <= line_width) {
		wrapped(bytes, text, before, line_width - before);
	} else if (!text_equal(text, TEXT(EMPTY))) {
		bool is_room = line_width >= INDENT_BELOW + LEAST;
		new_line(bytes, INDENT_BELOW);
		wrapped(bytes, text, INDENT_BELOW, is_room ? line_width - INDENT_BELOW : LEAST);
	}
}

/* From the 256 colours of xterm, each darker than the one before. */
static const unsigned char grounds[TABLE_SHADES] = {195, 158, 122, 86, 79, 43, 37, 30, 23};

enum { BLACK = 16, WHITE = 231, PALE_GROUNDS = 7, BAR_COLOUR = 37 };

static void begin_shade(struct buffer *bytes, unsigned shade)
{
	buffer_format(bytes, "\033[38;5;%d;48;5;%dm", shade <= PALE_GROUNDS ? BLACK : WHITE,
		grounds[shade - 1]);
}

static void end_colour(struct buffer *bytes)
{
	buffer_text(bytes, TEXT("\033[0m"));
}

/* In eighths of a column; what is there at all shows. */
static size_t bar_length(float share, float largest, size_t columns)
{
	size_t eighths = (size_t)((double)share / (double)largest * 8 * (double)columns + .5);
	return share > 0 && eighths == 0 ? 1 : eighths;
}

/* Returns how many columns it takes. */
static size_t write_bar(struct buffer *bytes, size_t eighths, bool colour)
{
	static const char *const blocks[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	if (colour && eighths > 0)
		buffer_format(bytes, "\033[38;5;%dm", BAR_COLOUR);
	for (size_t i = 0; i < eighths / 8; i++)
		buffer_string(bytes, "█");
	buffer_string(bytes, blocks[eighths % 8]);
	if (colour && eighths > 0)
		end_colour(bytes);
	return (eighths + 7) / 8;
}

/* What a line needs to know of the cell it writes. */
struct text_cell {
	struct text text;
	size_t column;
	unsigned shade;
	float share;
	bool is_first, is_last; /* of its line */
};

static void write_share(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, const struct text_cell *cell)
{
	size_t i = cell->column, room = layout->bars[i] - 1;
	write_aligned(bytes, cell->text, layout->widths[i] - layout->bars[i], SIDE_RIGHT);
	size_t eighths = bar_length(cell->share, layout->largest[i], room);
	if (eighths == 0 && cell->is_last)
		return;
	buffer_byte(bytes, ' ');
	size_t taken = write_bar(bytes, eighths, sheet->colour);
	if (!cell->is_last)
		write_aligned(bytes, TEXT(""), room - taken, SIDE_LEFT);
}

/* Numbers are never wider than their column. */
static void write_text(struct buffer *bytes, struct text text, size_t width, bool is_last)
{
	static const char ellipsis[] = "…";
	struct text shown = text;
	if (shown_width(text) > width)
		shown = shown_cut(text, width - 1);
	buffer_text(bytes, shown);
	size_t taken = shown_width(shown);
	if (shown.length < text.length) {
		buffer_string(bytes, ellipsis);
		taken++;
	}
	if (!is_last && taken < width)
		write_aligned(bytes, TEXT(""), width - taken, SIDE_LEFT);
}

static void write_cell(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, const struct text_cell *cell)
{
	size_t width = layout->widths[cell->column];
	if (cell->shade > 0)
		begin_shade(bytes, cell->shade);
	if (!cell->is_first)
		write_aligned(bytes, TEXT(""), layout->gap, SIDE_LEFT);
	if (layout->bars[cell->column] > 0)
		write_share(bytes, sheet, layout, cell);
	else if (kind_is_number(sheet->columns[cell->column].kind))
		write_aligned(bytes, cell->text, width, SIDE_RIGHT);
	else
		write_text(bytes, cell->text, width, cell->is_last);
	if (cell->shade > 0)
		end_colour(bytes);
}

static bool is_in_panel(const struct layout *layout, size_t panel, size_t column)
{
	size_t start = panel > 0 ? layout->ends[panel - 1] : 0;
	return column < layout->n_keys || (column >= start && column < layout->ends[panel]);
}

static size_t width_before(const struct layout *layout, size_t panel, size_t column)
{
	size_t before = 0;
	for (size_t i = 0; i < column; i++)
		if (is_in_panel(layout, panel, i))
			before += layout->widths[i] + layout->gap;
	return before;
}

static void text_line(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, size_t panel, struct aligned_cells cells)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		const struct text_cell cell = {
			.text = {cells.texts, cells.lengths[i]},
			.column = i,
			.shade = cells.shades != NULL ? cells.shades[i] : 0,
			.share = cells.shares != NULL ? cells.shares[i] : 0,
			.is_first = i == 0,
			.is_last = i + 1 == layout->ends[panel],
		};
		cells.texts += cells.lengths[i];
		if (!is_in_panel(layout, panel, i))
			continue;
		if (i + 1 == sheet->n_columns && layout->has_sentences) {
			if (i > 0)
				write_aligned(bytes, TEXT(""), layout->gap, SIDE_LEFT);
			write_sentences(bytes, sheet, cell.text, width_before(layout, panel, i));
		} else {
			write_cell(bytes, sheet, layout, &cell);
		}
	}
	buffer_byte(bytes, '\n');
}

static void write_name(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, size_t panel, size_t column, struct text name)
{
	size_t width = layout->widths[column];
	if (column > 0)
		write_aligned(bytes, TEXT(""), layout->gap, SIDE_LEFT);
	if (column + 1 == sheet->n_columns && layout->has_sentences)
		write_sentences(bytes, sheet, name, width_before(layout, panel, column));
	else if (kind_is_number(sheet->columns[column].kind))
		write_aligned(bytes, name, width, SIDE_RIGHT);
	else
		write_text(bytes, name, width, false);
}

static void text_head(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, size_t panel, struct aligned_cells cells)
{
	for (size_t line = 0; line < layout->n_head_lines; line++) {
		const char *at = cells.texts;
		size_t start = bytes->length;
		for (size_t i = 0; i < sheet->n_columns; at += cells.lengths[i++]) {
			if (!is_in_panel(layout, panel, i))
				continue;
			struct text name = layout_name_line((struct text){at, cells.lengths[i]},
				layout->widths[i], line, layout->n_head_lines);
			write_name(bytes, sheet, layout, panel, i, name);
		}
		while (bytes->length > start && bytes->bytes[bytes->length - 1] == ' ')
			bytes->length--;
		if (bytes->length > start || line + 1 == layout->n_head_lines)
			buffer_byte(bytes, '\n');
	}
}

const struct aligned_writer text_writer = {
	.text = shown_write,
	.empty = EMPTY,
	.head = text_head,
	.row = text_line,
};

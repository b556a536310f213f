/* md: a table of GitHub Flavored Markdown. What would end a cell or format its text is escaped, so
 * that it shows as it stands in the data.
 */
#include "io/shown.h"
#include "io/table_writer.h"

static bool is_word(struct text text, size_t i)
{
	char c = text.at[i];
	return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

/* An underscore inside a word means nothing: customers_pct. */
static bool is_special(struct text text, size_t i)
{
	switch (text.at[i]) {
	case '|':
	case '\\':
	case '*':
	case '`':
	case '[':
	case '<':
	case '~':
	case '&':
		return true;
	case '_':
		return i == 0 || i + 1 == text.length || !is_word(text, i - 1) ||
		       !is_word(text, i + 1);
	default:
		return false;
	}
}

static void md_text(struct buffer *bytes, struct text text)
{
	size_t written = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (!is_special(text, i))
			continue;
		shown_write(bytes, (struct text){text.at + written, i - written});
		buffer_byte(bytes, '\\');
		written = i;
	}
	if (written < text.length)
		shown_write(bytes, (struct text){text.at + written, text.length - written});
}

static void md_row(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, size_t panel, struct aligned_cells cells)
{
	(void)panel;
	for (size_t i = 0; i < sheet->n_columns; i++) {
		bool is_number = kind_is_number(sheet->columns[i].kind);
		buffer_text(bytes, i == 0 ? TEXT("| ") : TEXT(" | "));
		write_aligned(bytes, (struct text){cells.texts, cells.lengths[i]},
			layout->widths[i], is_number ? SIDE_RIGHT : SIDE_LEFT);
		cells.texts += cells.lengths[i];
	}
	buffer_text(bytes, TEXT(" |\n"));
}

static void md_head(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, size_t panel, struct aligned_cells cells)
{
	md_row(bytes, sheet, layout, panel, cells);
	for (size_t i = 0; i < sheet->n_columns; i++) {
		bool is_number = kind_is_number(sheet->columns[i].kind);
		buffer_text(bytes, i == 0 ? TEXT("| ") : TEXT(" | "));
		for (size_t n = is_number ? 1 : 0; n < layout->widths[i]; n++)
			buffer_byte(bytes, '-');
		if (is_number)
			buffer_byte(bytes, ':');
	}
	buffer_text(bytes, TEXT(" |\n"));
}

const struct aligned_writer md_writer = {
	.text = md_text,
	.empty = "",
	.least_width = 3, /* --- is the shortest rule that every renderer knows */
	.head = md_head,
	.row = md_row,
};

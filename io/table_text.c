/* text: for people. Columns two blanks apart, numbers to the right, no blanks at the end of a line
 * whose last column is not a number; an empty cell is a dash.
 */
#include "io/shown.h"
#include "io/table_writer.h"

static void text_line(struct buffer *bytes, const struct table_sheet *sheet, const size_t *widths,
	const char *texts, const uint32_t *lengths)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		bool is_number = kind_is_number(sheet->columns[i].kind);
		bool is_last = i + 1 == sheet->n_columns;
		if (i > 0)
			buffer_text(bytes, TEXT("  "));
		write_aligned(bytes, (struct text){texts, lengths[i]},
			is_last && !is_number ? 0 : widths[i], is_number ? SIDE_RIGHT : SIDE_LEFT);
		texts += lengths[i];
	}
	buffer_byte(bytes, '\n');
}

const struct aligned_writer text_writer = {
	.text = shown_write,
	.empty = "-",
	.head = text_line,
	.row = text_line,
};

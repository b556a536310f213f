/* html: a whole page, see io/page.h. The rows of a page are kept as they are written, because its
 * caption says how many there are. */
#include "io/page.h"
#include "io/plot_scale.h"
#include "io/table_writer.h"

static void html_row(struct buffer *bytes, const struct table_sheet *sheet,
	const struct cell *cells, uint64_t number)
{
	(void)number;
	page_row(bytes, sheet, cells);
}

const struct row_writer html_writer = {.row = html_row};

static void write_caption(
	struct buffer *caption, const struct table_page *page, uint64_t n_shown, uint64_t n_rows)
{
	char shown[PLOT_NUMBER_ROOM], all[PLOT_NUMBER_ROOM];
	plot_number_write((double)n_shown, PLOT_COUNT, 0, shown);
	plot_number_write((double)n_rows, PLOT_COUNT, 0, all);
	buffer_string(caption, page->caption);
	if (n_shown < n_rows)
		buffer_format(
			caption, ": %s of %s rows (--top N shows more, csv holds all)", shown, all);
	else
		buffer_format(caption, ": %s row%s", all, plural(n_rows));
}

void html_write(struct buffer *bytes, const struct table_sheet *sheet,
	const struct table_page *page, struct text rows, uint64_t n_shown, uint64_t n_rows)
{
	struct buffer caption = {0};
	page_begin(bytes, text_of(page->title), "en");
	if (page->lead[0] != '\0')
		page_paragraph(bytes, text_of(page->lead));
	for (size_t i = 0; i < page->n_plots; i++)
		page_chart(bytes, page->plots[i]);
	write_caption(&caption, page, n_shown, n_rows);
	page_table_begin(bytes, buffer_as_text(&caption), sheet->columns, sheet->n_columns);
	buffer_text(bytes, rows);
	page_table_end(bytes);
	page_definitions(bytes, TEXT("What the columns mean"), sheet->columns, sheet->n_columns);
	page_end(bytes, text_of(page->footer));
	buffer_release(&caption);
}

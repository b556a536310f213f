/* HTML pages that are one file: sections of words, charts and tables, in a buffer.
 *
 *	page_begin(&page, TEXT("Retention"), "en");
 *	page_section_begin(&page, "cohorts", TEXT("Cohorts"));
 *	page_paragraph(&page, TEXT("Of the customers who started together ..."));
 *	page_chart(&page, triangle);
 *	page_table_begin(&page, TEXT("Cohorts by month"), columns, n_columns);
 *	page_row(&page, &sheet, cells);                     again and again
 *	page_table_end(&page);
 *	page_section_end(&page);
 *	page_end(&page, TEXT("patron 0.1.0"));
 *
 * Nothing is loaded and nothing runs: there is no script, and a content security policy forbids
 * whatever might be smuggled in. Every text is escaped here. Colours follow the reader's choice of
 * light or dark; on paper they are light, and the header of a table stands on every sheet. Charts
 * are there twice, for a wide window and for a phone, of which the styles show one. A table that is
 * wider than the window scrolls in a box of its own, which the keyboard reaches.
 */
#ifndef IO_PAGE_H
#define IO_PAGE_H

#include <stddef.h>

#include "base/text.h"
#include "io/plot.h"
#include "io/table.h"
#include "io/table_writer.h"

void page_begin(struct buffer *page, struct text title, const char *language);
/* The footer is a line of words, or empty. */
void page_end(struct buffer *page, struct text footer);

/* id is a name for links to it: letters, digits and hyphens. */
void page_section_begin(struct buffer *page, const char *id, struct text title);
void page_section_end(struct buffer *page);
void page_paragraph(struct buffer *page, struct text words);
void page_chart(struct buffer *page, const struct plot *plot);

/* Links to sections. */
struct page_link {
	const char *id;
	struct text title;
};
void page_contents(
	struct buffer *page, struct text title, const struct page_link *links, size_t n_links);

/* Headline figures, each with what it is. */
struct page_figure {
	struct text label, value;
};
void page_figures(struct buffer *page, const struct page_figure *figures, size_t n_figures);

/* The names of the columns are the header, their units and meanings show where the pointer rests.
 * The first cell of a row is its header; numbers have a comma between the thousands. */
void page_table_begin(
	struct buffer *page, struct text caption, const struct column *columns, size_t n_columns);
void page_row(struct buffer *page, const struct table_sheet *sheet, const struct cell *cells);
void page_table_end(struct buffer *page);

/* What the columns mean, as a list of terms. */
void page_definitions(
	struct buffer *page, struct text title, const struct column *columns, size_t n_columns);

#endif

#include "io/page.h"

#include <string.h>

#include "io/markup.h"

/* Series, shades and colours are those of the charts. */
static const char styles[] =
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--ground);color:var(--ink);line-height:1.5;"
	"font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"PingFang SC\","
	"\"Microsoft YaHei\",\"Noto Sans CJK SC\",sans-serif}\n"
	"main{max-width:924px;margin:0 auto;padding:24px 16px}\n"
	"h1{font-size:1.6rem;line-height:1.25;margin:0 0 12px}\n"
	"h2{font-size:1.25rem;line-height:1.3;margin:36px 0 8px}\n"
	"h1,h2,p,dd{overflow-wrap:anywhere}\n"
	"p{margin:8px 0;max-width:70ch}\n"
	"a{color:var(--link)}\n"
	"figure{margin:20px 0}\n"
	".plot{display:block}\n"
	".narrow .plot{width:100%;max-width:480px;height:auto}\n"
	"@media (max-width:699px){.wide{display:none}}\n"
	"@media (min-width:700px){.narrow{display:none}}\n"
	".box{overflow-x:auto;margin:20px 0;border:1px solid var(--grid);border-radius:6px}\n"
	".box:focus-visible{outline:2px solid var(--link)}\n"
	"table{border-collapse:collapse;width:max-content;min-width:100%;font-size:.85rem;line-"
	"height:1.35;"
	"font-variant-numeric:tabular-nums}\n"
	"caption{text-align:start;padding:8px 10px;color:var(--soft)}\n"
	"th,td{padding:5px 10px;text-align:end;white-space:nowrap;"
	"border-top:1px solid var(--grid)}\n"
	"thead th{background:var(--panel);font-weight:600}\n"
	"tbody th{font-weight:500}\n"
	"tbody tr:nth-child(even){background:var(--panel)}\n"
	".t{text-align:start}\n"
	"td.t,tbody th.t{white-space:normal;overflow-wrap:anywhere;max-width:min(28em,60vw)}\n"
	"dl{font-size:.9rem;display:grid;grid-template-columns:max-content 1fr;gap:4px 16px}\n"
	"dt{font-weight:600}dd{margin:0;color:var(--soft)}\n"
	"@media (max-width:699px){dl{display:block}dd{margin-bottom:8px}}\n"
	"nav ol{padding-left:1.4em;margin:8px 0;columns:2;column-gap:32px;max-width:70ch}\n"
	"@media (max-width:699px){nav ol{columns:1}}\n"
	"dl.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));"
	"gap:12px;margin:16px 0}\n"
	".figures div{background:var(--panel);border:1px solid var(--grid);border-radius:6px;"
	"padding:10px 12px}\n"
	".figures dt{font-weight:400;font-size:.8rem;color:var(--soft)}\n"
	".figures dd{font-size:1.1rem;font-weight:600;color:var(--ink);margin:0;"
	"overflow-wrap:anywhere}\n"
	"footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--grid);"
	"font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}\n"
	"@media print{main{max-width:none;padding:0}.wide{display:block!important}"
	".narrow{display:none!important}.box{overflow:visible;border:0}"
	"figure,tr{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}"
	"table{font-size:7.5pt;width:100%}th,td{padding:1px 3px}thead th{white-space:normal}"
	".many{page:across}.many table{font-size:5pt}.many th,.many td{padding:1px}}\n"
	"@page across{size:landscape;margin:10mm}\n";

/* A table with more columns goes across a page of its own on paper; 30 rates fit an A4. */
enum { MOST_UPRIGHT = 14 };

static void write_cell_shades(struct buffer *page)
{
	for (int i = 1; i <= PLOT_SHADES; i++)
		buffer_format(page, "td.s%d{background:var(--s%d);color:var(--%s)}\n", i, i,
			i < 6    ? "pale"
			: i == 6 ? "middle"
				 : "deep");
}

void page_begin(struct buffer *page, struct text title, const char *language)
{
	buffer_format(page,
		"<!DOCTYPE html>\n"
		"<html lang=\"%s\">\n"
		"<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; img-src data:\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<link rel=\"icon\" href=\"data:,\">\n"
		"<title>",
		language);
	markup_text(page, title);
	buffer_text(page, TEXT("</title>\n<style>\n"));
	plot_write_styles(page);
	buffer_string(page, styles);
	write_cell_shades(page);
	buffer_text(page, TEXT("</style>\n</head>\n<body>\n<main>\n<h1>"));
	markup_text(page, title);
	buffer_text(page, TEXT("</h1>\n"));
}

void page_end(struct buffer *page, struct text footer)
{
	if (footer.length > 0) {
		buffer_text(page, TEXT("<footer>"));
		markup_text(page, footer);
		buffer_text(page, TEXT("</footer>\n"));
	}
	buffer_text(page, TEXT("</main>\n</body>\n</html>\n"));
}

void page_section_begin(struct buffer *page, const char *id, struct text title)
{
	buffer_format(page, "<section id=\"%s\">\n<h2>", id);
	markup_text(page, title);
	buffer_text(page, TEXT("</h2>\n"));
}

void page_section_end(struct buffer *page)
{
	buffer_text(page, TEXT("</section>\n"));
}

void page_paragraph(struct buffer *page, struct text words)
{
	buffer_text(page, TEXT("<p>"));
	markup_text(page, words);
	buffer_text(page, TEXT("</p>\n"));
}

void page_chart(struct buffer *page, const struct plot *plot)
{
	buffer_text(page, TEXT("<figure>\n<div class=\"wide\">\n"));
	plot_write(page, plot, PLOT_WIDE, PLOT_IN_PAGE);
	buffer_text(page, TEXT("</div>\n<div class=\"narrow\">\n"));
	plot_write(page, plot, PLOT_NARROW, PLOT_IN_PAGE);
	buffer_text(page, TEXT("</div>\n</figure>\n"));
}

void page_contents(
	struct buffer *page, struct text title, const struct page_link *links, size_t n_links)
{
	buffer_text(page, TEXT("<nav aria-label=\""));
	markup_text(page, title);
	buffer_text(page, TEXT("\">\n<ol>\n"));
	for (size_t i = 0; i < n_links; i++) {
		buffer_format(page, "<li><a href=\"#%s\">", links[i].id);
		markup_text(page, links[i].title);
		buffer_text(page, TEXT("</a></li>\n"));
	}
	buffer_text(page, TEXT("</ol>\n</nav>\n"));
}

void page_figures(struct buffer *page, const struct page_figure *figures, size_t n_figures)
{
	buffer_text(page, TEXT("<dl class=\"figures\">\n"));
	for (size_t i = 0; i < n_figures; i++) {
		buffer_text(page, TEXT("<div><dt>"));
		markup_text(page, figures[i].label);
		buffer_text(page, TEXT("</dt><dd>"));
		markup_text(page, figures[i].value);
		buffer_text(page, TEXT("</dd></div>\n"));
	}
	buffer_text(page, TEXT("</dl>\n"));
}

/* ---- tables ---- */

static void write_meaning(struct buffer *page, const struct column *column)
{
	markup_text(page, text_of(column->meaning));
	if (column->unit[0] == '\0')
		return;
	buffer_text(page, TEXT(" ["));
	markup_text(page, text_of(column->unit));
	buffer_byte(page, ']');
}

void page_table_begin(
	struct buffer *page, struct text caption, const struct column *columns, size_t n_columns)
{
	buffer_format(page, "<div class=\"box%s\" role=\"region\" tabindex=\"0\" aria-label=\"",
		n_columns > MOST_UPRIGHT ? " many" : "");
	markup_text(page, caption);
	buffer_text(page, TEXT("\">\n<table>\n<caption>"));
	markup_text(page, caption);
	buffer_text(page, TEXT("</caption>\n<thead>\n<tr>"));
	for (size_t i = 0; i < n_columns; i++) {
		buffer_format(page, "<th scope=\"col\"%s title=\"",
			columns[i].kind == COLUMN_TEXT ? " class=\"t\"" : "");
		write_meaning(page, &columns[i]);
		buffer_text(page, TEXT("\">"));
		markup_text(page, text_of(columns[i].name));
		buffer_text(page, TEXT("</th>"));
	}
	buffer_text(page, TEXT("</tr>\n</thead>\n<tbody>\n"));
}

static void write_classes(struct buffer *page, enum column_kind kind, unsigned shade)
{
	const char *of_kind = kind == COLUMN_TEXT ? "t" : "";
	if (shade > 0)
		buffer_format(
			page, " class=\"s%u%s%s\"", shade, of_kind[0] != '\0' ? " " : "", of_kind);
	else if (of_kind[0] != '\0')
		buffer_format(page, " class=\"%s\"", of_kind);
}

/* 12,345.60: a comma before every three digits of the whole part. */
static void write_grouped(struct buffer *page, struct text number)
{
	size_t sign = number.at[0] == '-' ? 1 : 0, end = sign;
	while (end < number.length && is_digit(number.at[end]))
		end++;
	for (size_t i = 0; i < number.length; i++) {
		if (i > sign && i < end && (end - i) % 3 == 0)
			buffer_byte(page, ',');
		buffer_byte(page, number.at[i]);
	}
}

static void write_value(struct buffer *page, const struct table_sheet *sheet, enum column_kind kind,
	const struct cell *cell)
{
	if (cell->empty || (kind_has_text(kind) && cell->text.length == 0)) {
		buffer_text(page, TEXT("\xE2\x80\x93"));
	} else if (kind_has_text(kind)) {
		markup_text(page, cell->text);
	} else {
		char room[CELL_ROOM];
		struct text value = {room, cell_write(room, sheet, kind, cell)};
		if (kind_is_number(kind))
			write_grouped(page, value);
		else
			buffer_text(page, value);
	}
}

void page_row(struct buffer *page, const struct table_sheet *sheet, const struct cell *cells)
{
	buffer_text(page, TEXT("<tr>"));
	for (size_t i = 0; i < sheet->n_columns; i++) {
		enum column_kind kind = sheet->columns[i].kind;
		buffer_string(page, i == 0 ? "<th scope=\"row\"" : "<td");
		write_classes(page, kind, cells[i].shade);
		buffer_byte(page, '>');
		write_value(page, sheet, kind, &cells[i]);
		buffer_string(page, i == 0 ? "</th>" : "</td>");
	}
	buffer_text(page, TEXT("</tr>\n"));
}

void page_table_end(struct buffer *page)
{
	buffer_text(page, TEXT("</tbody>\n</table>\n</div>\n"));
}

/* Columns that mean the same, such as those of a triangle, are told once: 0 ... 23. */
static size_t end_of_alike(const struct column *columns, size_t n_columns, size_t i)
{
	size_t end = i + 1;
	while (end < n_columns && columns[i].meaning[0] != '\0' &&
		strcmp(columns[end].meaning, columns[i].meaning) == 0 &&
		strcmp(columns[end].unit, columns[i].unit) == 0)
		end++;
	return end;
}

void page_definitions(
	struct buffer *page, struct text title, const struct column *columns, size_t n_columns)
{
	page_section_begin(page, "columns", title);
	buffer_text(page, TEXT("<dl>\n"));
	for (size_t i = 0, end; i < n_columns; i = end) {
		end = end_of_alike(columns, n_columns, i);
		buffer_text(page, TEXT("<dt>"));
		markup_text(page, text_of(columns[i].name));
		if (end - i > 1) {
			buffer_text(page, TEXT(" \xE2\x80\xA6 "));
			markup_text(page, text_of(columns[end - 1].name));
		}
		buffer_text(page, TEXT("</dt><dd>"));
		write_meaning(page, &columns[i]);
		buffer_text(page, TEXT("</dd>\n"));
	}
	buffer_text(page, TEXT("</dl>\n"));
	page_section_end(page);
}

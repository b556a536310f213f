#include "io/plot_draw.h"

#include <math.h>

#include "io/markup.h"

static void draw_kind(struct canvas *canvas)
{
	switch (canvas->plot->kind) {
	case PLOT_HEAT:
		draw_heat(canvas);
		break;
	case PLOT_BARS:
		draw_bars(canvas);
		break;
	case PLOT_LINES:
	case PLOT_STEPS:
		draw_curves(canvas);
		break;
	case PLOT_SCATTER:
		draw_scatter(canvas);
		break;
	case PLOT_HISTOGRAM:
		draw_histogram(canvas);
		break;
	}
}

void plot_write(struct buffer *bytes, const struct plot *plot, double width, enum plot_place place)
{
	struct canvas canvas = {.plot = plot, .width = width};
	draw_lines(&canvas, "title", text_of(plot->title), TITLE_SIZE * 1.08);
	if (plot->note != NULL)
		draw_lines(&canvas, "soft", text_of(plot->note), TEXT_SIZE);
	draw_legend(&canvas);
	canvas.y += 6;
	draw_kind(&canvas);
	double height = ceil(canvas.y + 4), margin = place == PLOT_ALONE ? 12 : 0;
	buffer_format(bytes,
		"<svg%s class=\"plot\" viewBox=\"%g %g %g %g\" width=\"%g\" height=\"%g\" "
		"role=\"img\" aria-label=\"",
		place == PLOT_ALONE ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", -margin,
		-margin, width + 2 * margin, height + 2 * margin, width + 2 * margin,
		height + 2 * margin);
	markup_text(bytes, text_of(plot->title));
	buffer_text(bytes, TEXT("\">\n"));
	if (place == PLOT_ALONE) {
		buffer_text(bytes, TEXT("<style>\n"));
		plot_write_styles(bytes);
		buffer_format(bytes,
			"</style>\n<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\""
			" class=\"ground\"/>\n",
			-margin, -margin, width + 2 * margin, height + 2 * margin);
	}
	buffer_bytes(bytes, canvas.body.bytes, canvas.body.length);
	buffer_text(bytes, TEXT("</svg>\n"));
	buffer_release(&canvas.body);
}

/* ---- styles ---- */

struct colour {
	const char *name, *light, *dark;
};

/* Text on the ground has a contrast of 4.5 to 1 or more (WCAG 2.2, AA), marks one of 3 to 1. The
 * series begin with the blue and the vermilion of Okabe and Ito 2008, "Color universal design"; the
 * others were searched for, so that any two are at least 17 apart in CIELAB, also as the three
 * kinds of colour-blindness see them (Machado, Oliveira and Fernandes 2009). Shades are blue, the
 * hue that nearly all see. */
static const struct colour colours[] = {
	{"ground", "#ffffff", "#14181d"},
	{"panel", "#f6f8fa", "#1c2229"},
	{"ink", "#1b1f24", "#e6edf3"},
	{"soft", "#4e5863", "#a7b1bc"},
	{"rule", "#818b96", "#7d8894"},
	{"grid", "#dde3e9", "#2e3640"},
	{"faint", "#a9b3bd", "#5b6672"},
	{"link", "#0b5cad", "#79b8ff"},
	{"c1", "#0072b2", "#56b4e9"},
	{"c2", "#c75000", "#f08c3a"},
	{"c3", "#b26479", "#d0ebcc"},
	{"c4", "#522eb4", "#7f8549"},
	{"c5", "#5c582e", "#e9bf8c"},
	{"c6", "#60196d", "#7e9ab2"},
	{"c7", "#759958", "#c37f7e"},
	{"c8", "#164447", "#9fdfe2"},
	{"s1", "#eaf2fb", "#16283a"},
	{"s2", "#d3e4f5", "#173449"},
	{"s3", "#b8d4ee", "#1a4260"},
	{"s4", "#98c1e5", "#1e5279"},
	{"s5", "#75abd9", "#24679a"},
	{"s6", "#5093ca", "#4d8fc4"},
	{"s7", "#2c6fae", "#78b0dd"},
	{"s8", "#1b568f", "#a5cdef"},
	{"s9", "#0f3f70", "#d6e9fb"},
	{"pale", "#10161c", "#f2f7fc"}, /* words on the shades 1 to 5 */
	{"deep", "#ffffff", "#0b1117"}, /* and 7 to 9 */
	{"middle", "#0b1117", "#0b1117"},
};

static void write_colours(struct buffer *bytes, bool dark)
{
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		buffer_format(bytes, "--%s:%s;", colours[i].name,
			dark ? colours[i].dark : colours[i].light);
}

static void write_series_styles(struct buffer *bytes)
{
	static const char *const dashes[PLOT_MOST_SERIES] = {
		"none", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "9 2 2 2 2 2"};
	for (int i = 1; i <= PLOT_MOST_SERIES; i++)
		buffer_format(bytes,
			".plot .f%d{fill:var(--c%d)}.plot .l%d{stroke:var(--c%d);"
			"stroke-dasharray:%s}.plot .b%d{fill:var(--c%d)}\n",
			i, i, i, i, dashes[i - 1], i, i);
	for (int i = 1; i <= PLOT_SHADES; i++)
		buffer_format(bytes, ".plot .s%d{fill:var(--s%d)}.plot .t%d{fill:var(--%s)}\n", i,
			i, i,
			i < 6    ? "pale"
			: i == 6 ? "middle"
				 : "deep");
}

void plot_write_styles(struct buffer *bytes)
{
	buffer_text(bytes, TEXT(":root{color-scheme:light dark;"));
	write_colours(bytes, false);
	buffer_text(bytes, TEXT("}\n@media (prefers-color-scheme:dark){:root{"));
	write_colours(bytes, true);
	/* Paper is white. */
	buffer_text(bytes, TEXT("}}\n@media print{:root{color-scheme:light;"));
	write_colours(bytes, false);
	buffer_text(bytes,
		TEXT("}}\n"
		     ".plot{max-width:100%;height:auto}\n"
		     ".plot text{font:12px system-ui,-apple-system,\"Segoe UI\",Roboto,"
		     "\"Noto Sans\",\"PingFang SC\",\"Microsoft YaHei\","
		     "\"Noto Sans CJK SC\",sans-serif;fill:var(--ink);"
		     "font-variant-numeric:tabular-nums}\n"
		     ".plot .title{font-size:15px;font-weight:600}\n"
		     ".plot .soft{fill:var(--soft)}\n"
		     ".plot .tick{font-size:11px;fill:var(--soft)}\n"
		     ".plot .over{paint-order:stroke;stroke:var(--ground);stroke-width:4px}\n"
		     ".plot line,.plot path{fill:none;stroke-width:1}\n"
		     ".plot .grid{stroke:var(--grid)}.plot .rule{stroke:var(--rule)}\n"
		     ".plot .mark{stroke:var(--ink);stroke-dasharray:4 3}\n"
		     ".plot .ground{fill:var(--ground)}\n"
		     ".plot .unseen{fill:transparent}\n"
		     ".plot [class^=l]{stroke-width:2}\n"
		     ".plot [class^=b]{stroke:none;opacity:.2}\n"
		     ".plot [class^=t]:not(.title):not(.tick){font-size:11px}\n"
		     ".plot .l0{stroke:var(--faint);stroke-width:1}.plot .f0{fill:var(--faint)}\n"
		     "@media print{.plot *{print-color-adjust:exact;"
		     "-webkit-print-color-adjust:exact}}\n"));
	write_series_styles(bytes);
}

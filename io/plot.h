/* Charts as SVG: heat maps, bars, lines, steps with bands and a table of those at risk, scatter,
 * histograms.
 *
 *	struct plot *plot = plot_new(PLOT_BARS, "Revenue by month");
 *	plot_axis(plot, PLOT_Y, "revenue, currency", PLOT_MONEY);
 *	for (size_t m = 0; m < n_months; m++)
 *		plot_name(plot, PLOT_X, text_of(months[m]));
 *	struct plot_series *series = plot_series(plot, TEXT("new customers"), n_months);
 *	series->y[0] = 1204.5; ...
 *	plot_write(&page, plot, PLOT_WIDE, PLOT_IN_PAGE);
 *	plot_free(plot);
 *
 * What the numbers are:
 *
 *	PLOT_HEAT       cells, n_names of PLOT_Y by n_names of PLOT_X, row-major; their unit is that
 *	                of PLOT_VALUE; NaN: nothing is there
 *	PLOT_BARS       y of each series by the names of PLOT_X; horizontal ones tell their values
 *	PLOT_LINES      y over x; NaN is a gap; with names of PLOT_X, x is their number from 0
 *	PLOT_STEPS      y holds from its x to the next; low and high are a band around it, at_risk
 *	                how many are left just before x
 *	PLOT_SCATTER    a mark at each x, y; marks that would cover each other are drawn once
 *	PLOT_HISTOGRAM  y of a bin from x to high
 *
 * A chart has its title, axes with their units, a legend where there is more than one series, and
 * the values of its marks as title elements, which browsers show where the pointer rests. No
 * number of points makes it large: curves and marks are drawn as finely as the eye can tell.
 * Nothing fails: one point, equal or negative values, and no point at all have a chart too.
 *
 * Texts are copied, and escaped when they are written. Series are at most PLOT_MOST_SERIES, but for
 * faint ones, in colours that differ for the colour-blind too and stand out from a light and a dark
 * ground at 3 to 1; lines differ in their dashes as well.
 */
#ifndef IO_PLOT_H
#define IO_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "io/plot_scale.h"

enum plot_kind {
	PLOT_HEAT,
	PLOT_BARS,
	PLOT_LINES,
	PLOT_STEPS,
	PLOT_SCATTER,
	PLOT_HISTOGRAM,
};

enum plot_side { PLOT_X, PLOT_Y, PLOT_VALUE, N_PLOT_SIDES };

enum { PLOT_MOST_SERIES = 8, PLOT_SHADES = 9 };

struct plot_axis {
	char *label; /* with its unit */
	enum plot_unit unit;
	int decimals;   /* of money */
	bool from_zero; /* 0 is on the axis */
	char **names;   /* of categories */
	size_t n_names, capacity;
};

struct plot_series {
	char *name;
	size_t n;
	double *x, *y;
	double *low, *high; /* of a band or a bin; NULL before plot_band() */
	double *at_risk;    /* NULL before plot_at_risk() */
	bool faint;         /* one of many behind the others */
};

struct plot {
	enum plot_kind kind;
	char *title, *note; /* a line of words below the title, or NULL */
	struct plot_axis axes[N_PLOT_SIDES];
	double *cells;
	double shade_most; /* the value of the deepest shade; NaN: the highest there is */
	struct plot_series **series;
	size_t n_series, capacity;
	char *faint_words;        /* what the legend calls the faint ones */
	bool horizontal, stacked; /* of bars */
	double mark;              /* a line across at this x, or NaN */
	char *mark_label;
};

struct plot *plot_new(enum plot_kind kind, const char *title);
void plot_free(struct plot *plot); /* takes NULL */

void plot_note(struct plot *plot, const char *format, ...) __attribute__((format(printf, 2, 3)));
void plot_axis(struct plot *plot, enum plot_side side, const char *label, enum plot_unit unit);
void plot_name(struct plot *plot, enum plot_side side, struct text name);

/* The cells of a heat map whose names are all there; NaN until they are set. */
double *plot_cells(struct plot *plot);

/* x is 0, 1, ..., y is 0 until they are set. */
struct plot_series *plot_series(struct plot *plot, struct text name, size_t n);
void plot_band(struct plot_series *series);    /* low and high, NaN until they are set */
void plot_at_risk(struct plot_series *series); /* at_risk, 0 until set */
void plot_faint(struct plot *plot, const char *words);
void plot_mark(struct plot *plot, double x, const char *label);

enum plot_place {
	PLOT_IN_PAGE, /* of io/page.h, which has the styles */
	PLOT_ALONE,   /* a whole SVG document, without an XML declaration */
};

/* Widths in CSS pixels, at which texts have their size: a page has both, one for a phone. */
enum { PLOT_WIDE = 860, PLOT_NARROW = 328 };

void plot_write(struct buffer *bytes, const struct plot *plot, double width, enum plot_place place);

/* The styles of charts: custom properties, light and dark by the viewer's choice. */
void plot_write_styles(struct buffer *bytes);

#endif

/* Inside io/plot: a canvas on which charts are drawn from the top down, its primitives, and how
 * wide texts are. Coordinates and sizes are CSS pixels, from the upper left. */
#ifndef IO_PLOT_DRAW_H
#define IO_PLOT_DRAW_H

#include <stddef.h>

#include "base/text.h"
#include "io/plot.h"

struct canvas {
	struct buffer body;
	const struct plot *plot;
	double width;
	double y; /* down to here it is drawn upon */
	/* Where the marks are. */
	double left, right, top, bottom;
	struct plot_scale to_x, to_y;
};

enum { TEXT_SIZE = 12, SMALL_SIZE = 11, TITLE_SIZE = 15, LINE_HEIGHT = 16 };

/* At most so wide in the sans-serif fonts that browsers have: widths of DejaVu Sans, which are
 * greater than those of Arial, Helvetica, Roboto or Segoe. */
double text_pixels(struct text text, double size);
/* The longest part from the front that fits. */
struct text text_fitting(struct text text, double pixels, double size);

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct at {
	double x, y;
};

/* style is the class, see plot_write_styles(). A tip is the words of a title element; NULL: none.
 */
void draw_text(struct canvas *canvas, struct at at, enum anchor anchor, const char *style,
	struct text text);
/* Cut with an ellipsis where it is longer than there is room; the whole is then its tip. */
void draw_cut_text(struct canvas *canvas, struct at at, enum anchor anchor, const char *style,
	struct text text, double pixels);
void draw_line(struct canvas *canvas, struct at from, struct at to, const char *style);
void draw_box(struct canvas *canvas, struct at corner, double width, double height,
	const char *style, const char *tip);
void draw_dot(
	struct canvas *canvas, struct at at, double radius, const char *style, const char *tip);
/* A number as attributes and paths have it: to a tenth of a pixel. */
void draw_number(struct canvas *canvas, double pixels);

/* In as many lines as it takes; canvas->y goes down. */
void draw_lines(struct canvas *canvas, const char *style, struct text text, double size);
void draw_legend(struct canvas *canvas);

/* The class of a series: a letter, f for an area, l for a line, b for a band, and its number. */
enum { STYLE_ROOM = 8 };
const char *series_style(
	const struct plot *plot, size_t series, char letter, char room[STYLE_ROOM]);

/* Axes: see plot_axes.c. The label of y stands above it. */
struct room {
	double left, right, height;
};
void draw_axes(struct canvas *canvas, struct range x, struct range y, double height);
void draw_name_axis(struct canvas *canvas, struct range y, double height);
/* Of the legend and in tips. */
const char *axis_words(
	const struct plot *plot, enum plot_side side, double value, char room[PLOT_NUMBER_ROOM]);

/* The kinds. */
void draw_heat(struct canvas *canvas);
void draw_bars(struct canvas *canvas);
void draw_curves(struct canvas *canvas);
void draw_scatter(struct canvas *canvas);
void draw_histogram(struct canvas *canvas);

#endif

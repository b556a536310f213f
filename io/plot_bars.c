/* Bars of categories, upright or lying, beside each other or stacked; and bins. */
#include <math.h>
#include <stdio.h>

#include "io/plot_draw.h"

enum { HEIGHT = 240, GAP = 8 };

/* Where the bar of a series begins and ends: on others of the same sign when they are stacked. */
static struct range bar_of(const struct plot *plot, size_t series, size_t name)
{
	struct range bar = {0, plot->series[series]->y[name]};
	for (size_t s = 0; plot->stacked && s < series; s++) {
		double below = plot->series[s]->y[name];
		if (isfinite(below) && (below > 0) == (bar.high > 0))
			bar.low += below;
	}
	if (plot->stacked)
		bar.high += bar.low;
	return bar;
}

static struct range range_of_bars(const struct plot *plot)
{
	struct range range = range_empty();
	range_take(&range, (const double[]){0}, 1);
	for (size_t s = 0; s < plot->n_series; s++)
		for (size_t i = 0; i < plot->series[s]->n; i++) {
			struct range bar = bar_of(plot, s, i);
			range_take(&range, &bar.high, 1);
		}
	return range;
}

static const char *tip_of(
	const struct plot *plot, size_t series, size_t name, char *room, size_t size)
{
	char number[PLOT_NUMBER_ROOM];
	const char *of = plot->n_series > 1 ? plot->series[series]->name : "";
	snprintf(room, size, "%s%s%s: %s", plot->axes[PLOT_X].names[name],
		of[0] != '\0' ? ", " : "", of,
		axis_words(plot, PLOT_Y, plot->series[series]->y[name], number));
	return room;
}

static void draw_upright(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	draw_name_axis(canvas, range_of_bars(plot), HEIGHT);
	double band = canvas->to_x.to - canvas->to_x.from;
	double share = plot->stacked ? 1 : 1 / (double)plot->n_series;
	double width = fmin(.78 * band * share, 48);
	for (size_t s = 0; s < plot->n_series; s++)
		for (size_t i = 0; i < plot->series[s]->n; i++) {
			char style[STYLE_ROOM], tip[512];
			struct range bar = bar_of(plot, s, i);
			double place =
				plot->stacked ? 0 : (double)s - ((double)plot->n_series - 1) / 2;
			double middle = canvas->left + ((double)i + .5) * band + place * width;
			double from = plot_scale_at(&canvas->to_y, bar.low);
			double to = plot_scale_at(&canvas->to_y, bar.high);
			if (!isfinite(to))
				continue;
			draw_box(canvas, (struct at){middle - width / 2, fmin(from, to)}, width,
				fabs(to - from), series_style(plot, s, 'f', style),
				tip_of(plot, s, i, tip, sizeof(tip)));
		}
}

/* ---- lying bars, each with its value at its end ---- */

enum { BAR = 14, BETWEEN = 10 };

static double room_for_values(const struct plot *plot)
{
	double widest = 0;
	char number[PLOT_NUMBER_ROOM];
	for (size_t s = 0; s < plot->n_series; s++)
		for (size_t i = 0; i < plot->series[s]->n; i++) {
			axis_words(plot, PLOT_Y, plot->series[s]->y[i], number);
			widest = fmax(widest, text_pixels(text_of(number), SMALL_SIZE));
		}
	return widest + 2 * GAP;
}

static void draw_lying_bar(struct canvas *canvas, size_t series, size_t name, double top)
{
	const struct plot *plot = canvas->plot;
	char style[STYLE_ROOM], tip[512], number[PLOT_NUMBER_ROOM];
	double value = plot->series[series]->y[name];
	if (!isfinite(value))
		return;
	double zero = plot_scale_at(&canvas->to_x, 0), end = plot_scale_at(&canvas->to_x, value);
	draw_box(canvas, (struct at){fmin(zero, end), top}, fmax(fabs(end - zero), .5), BAR - 2,
		series_style(plot, series, 'f', style),
		tip_of(plot, series, name, tip, sizeof(tip)));
	draw_text(canvas, (struct at){fmax(zero, end) + 5, top + BAR - 4}, ANCHOR_START, "tick",
		text_of(axis_words(plot, PLOT_Y, value, number)));
}

static void draw_lying(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	const struct plot_axis *names = &plot->axes[PLOT_X];
	double left = 0;
	for (size_t i = 0; i < names->n_names; i++)
		left = fmax(left, text_pixels(text_of(names->names[i]), TEXT_SIZE));
	canvas->left = fmin(left, .4 * canvas->width) + GAP;
	canvas->right = canvas->width - room_for_values(plot);
	struct range range = range_of_bars(plot);
	if (range.low == range.high)
		range.high = 1;
	canvas->to_x = (struct plot_scale){range.low, range.high, canvas->left, canvas->right};
	draw_lines(canvas, "soft", text_of(plot->axes[PLOT_Y].label), TEXT_SIZE);
	canvas->top = canvas->y += GAP;
	for (size_t i = 0; i < names->n_names; i++) {
		double height = (double)plot->n_series * BAR;
		draw_cut_text(canvas, (struct at){canvas->left - GAP, canvas->y + height / 2 + 3},
			ANCHOR_END, "ink", text_of(names->names[i]), canvas->left - GAP);
		for (size_t s = 0; s < plot->n_series; s++, canvas->y += BAR)
			draw_lying_bar(canvas, s, i, canvas->y);
		canvas->y += BETWEEN;
	}
	double zero = plot_scale_at(&canvas->to_x, 0);
	draw_line(canvas, (struct at){zero, canvas->top - 4}, (struct at){zero, canvas->y - 4},
		"rule");
}

void draw_bars(struct canvas *canvas)
{
	if (canvas->plot->horizontal)
		draw_lying(canvas);
	else
		draw_upright(canvas);
}

/* ---- bins ---- */

static void draw_bin(struct canvas *canvas, const struct plot_series *bins, size_t i)
{
	const struct plot *plot = canvas->plot;
	char from[PLOT_NUMBER_ROOM], to[PLOT_NUMBER_ROOM], many[PLOT_NUMBER_ROOM], tip[512];
	double left = plot_scale_at(&canvas->to_x, bins->x[i]);
	double right = plot_scale_at(&canvas->to_x, bins->high[i]);
	double top = plot_scale_at(&canvas->to_y, bins->y[i]);
	snprintf(tip, sizeof(tip), "%s to %s: %s", axis_words(plot, PLOT_X, bins->x[i], from),
		axis_words(plot, PLOT_X, bins->high[i], to),
		axis_words(plot, PLOT_Y, bins->y[i], many));
	draw_box(canvas, (struct at){left, top}, fmax(right - left - 1, .5), canvas->bottom - top,
		"f1", tip);
}

void draw_histogram(struct canvas *canvas)
{
	struct range x = range_empty(), y = range_empty();
	const struct plot_series *bins =
		canvas->plot->n_series > 0 ? canvas->plot->series[0] : NULL;
	range_take(&y, (const double[]){0}, 1);
	if (bins != NULL) {
		range_take(&x, bins->x, bins->n);
		range_take(&x, bins->high, bins->n);
		range_take(&y, bins->y, bins->n);
	}
	draw_axes(canvas, x, y, HEIGHT);
	for (size_t i = 0; bins != NULL && i < bins->n; i++)
		if (isfinite(bins->x[i]) && isfinite(bins->high[i]) && isfinite(bins->y[i]))
			draw_bin(canvas, bins, i);
}

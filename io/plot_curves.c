/* Lines, steps with bands and those at risk, and marks: y over x. */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "io/plot_draw.h"

enum { HEIGHT = 260 };

static void take_series(const struct plot *plot, struct range *x, struct range *y)
{
	*x = *y = range_empty();
	for (size_t s = 0; s < plot->n_series; s++) {
		const struct plot_series *series = plot->series[s];
		range_take(x, series->x, series->n);
		range_take(y, series->y, series->n);
		if (series->low != NULL) {
			range_take(y, series->low, series->n);
			range_take(y, series->high, series->n);
		}
	}
}

static struct at point_at(const struct canvas *canvas, double x, double y)
{
	return (struct at){plot_scale_at(&canvas->to_x, x), plot_scale_at(&canvas->to_y, y)};
}

/* "name, day 30: 82.0%" */
static const char *tip_of(const struct plot *plot, const struct plot_series *series, size_t i,
	char *room, size_t size)
{
	char x[PLOT_NUMBER_ROOM], y[PLOT_NUMBER_ROOM];
	const struct plot_axis *axis = &plot->axes[PLOT_X];
	bool is_named = series->x[i] >= 0 && series->x[i] < (double)axis->n_names;
	const char *where = is_named ? axis->names[(size_t)series->x[i]]
				     : axis_words(plot, PLOT_X, series->x[i], x);
	snprintf(room, size, "%s%s%s: %s", plot->n_series > 1 ? series->name : "",
		plot->n_series > 1 ? ", " : "", where, axis_words(plot, PLOT_Y, series->y[i], y));
	return room;
}

/* ---- which points are drawn: no more than the eye can tell apart ---- */

struct points {
	size_t *kept;
	size_t n;
};

static bool is_point(const struct plot_series *series, size_t i)
{
	return isfinite(series->x[i]) && isfinite(series->y[i]);
}

static void keep(struct points *points, size_t i)
{
	if (points->n == 0 || points->kept[points->n - 1] != i)
		points->kept[points->n++] = i;
}

/* Of the points within one pixel the first, the lowest, the highest and the last; of steps, whose
 * ends are what shows, the first and the last. */
static void keep_pixel(
	struct points *points, const struct plot_series *series, size_t from, size_t to, bool steps)
{
	size_t lowest = from, highest = from;
	for (size_t i = from; i < to; i++) {
		if (series->y[i] < series->y[lowest])
			lowest = i;
		if (series->y[i] > series->y[highest])
			highest = i;
	}
	keep(points, from);
	if (!steps) {
		keep(points, lowest < highest ? lowest : highest);
		keep(points, lowest < highest ? highest : lowest);
	}
	keep(points, to - 1);
}

/* Points that are none, the gaps, are kept. */
static struct points points_of(const struct canvas *canvas, const struct plot_series *series)
{
	bool steps = canvas->plot->kind == PLOT_STEPS;
	struct points points = {mem_array(series->n, sizeof(size_t)), 0};
	for (size_t i = 0, end; i < series->n; i = end) {
		end = i + 1;
		if (!is_point(series, i)) {
			keep(&points, i);
			continue;
		}
		double pixel = floor(plot_scale_at(&canvas->to_x, series->x[i]));
		while (end < series->n && is_point(series, end) &&
			floor(plot_scale_at(&canvas->to_x, series->x[end])) == pixel)
			end++;
		keep_pixel(&points, series, i, end, steps);
	}
	return points;
}

/* ---- paths ---- */

static void path_to(struct canvas *canvas, char command, struct at at)
{
	buffer_byte(&canvas->body, command);
	draw_number(canvas, at.x);
	buffer_byte(&canvas->body, ' ');
	draw_number(canvas, at.y);
}

static void step_to(struct canvas *canvas, struct at at)
{
	buffer_byte(&canvas->body, 'H');
	draw_number(canvas, at.x);
	buffer_byte(&canvas->body, 'V');
	draw_number(canvas, at.y);
}

static void draw_path(struct canvas *canvas, size_t s, const struct points *points)
{
	const struct plot_series *series = canvas->plot->series[s];
	char style[STYLE_ROOM];
	bool is_down = false;
	buffer_format(&canvas->body, "<path class=\"%s\" d=\"",
		series_style(canvas->plot, s, 'l', style));
	buffer_text(&canvas->body, TEXT("M0 0"));
	for (size_t k = 0; k < points->n; k++) {
		size_t i = points->kept[k];
		if (!is_point(series, i)) {
			is_down = false;
			continue;
		}
		struct at at = point_at(canvas, series->x[i], series->y[i]);
		if (is_down && canvas->plot->kind == PLOT_STEPS)
			step_to(canvas, at);
		else
			path_to(canvas, is_down ? 'L' : 'M', at);
		is_down = true;
	}
	buffer_text(&canvas->body, TEXT("\"/>\n"));
}

/* The outline of a band: along its upper end and back along the lower one. Where one is unknown the
 * band is as thin as the curve. */
static double band_end(const struct plot_series *series, const double *ends, size_t i)
{
	return isfinite(ends[i]) ? ends[i] : series->y[i];
}

static void draw_band_part(struct canvas *canvas, size_t s, const size_t *kept, size_t n)
{
	const struct plot_series *series = canvas->plot->series[s];
	bool steps = canvas->plot->kind == PLOT_STEPS;
	char style[STYLE_ROOM];
	buffer_format(&canvas->body, "<path class=\"%s\" d=\"",
		series_style(canvas->plot, s, 'b', style));
	for (size_t k = 0; k < n; k++) {
		double end = band_end(series, series->high, kept[k]);
		struct at at = point_at(canvas, series->x[kept[k]], end);
		if (steps && k > 0)
			step_to(canvas, at);
		else
			path_to(canvas, k > 0 ? 'L' : 'M', at);
	}
	for (size_t k = n; k-- > 0;) {
		double end = band_end(series, series->low, kept[k]);
		struct at at = point_at(canvas, series->x[kept[k]], end);
		path_to(canvas, 'L', at);
		if (steps && k > 0) {
			double before = band_end(series, series->low, kept[k - 1]);
			at.y = plot_scale_at(&canvas->to_y, before);
			path_to(canvas, 'L', at);
		}
	}
	buffer_text(&canvas->body, TEXT("Z\"/>\n"));
}

/* Between gaps. */
static void draw_band(struct canvas *canvas, size_t s, const struct points *points)
{
	const struct plot_series *series = canvas->plot->series[s];
	for (size_t from = 0, to; series->low != NULL && from < points->n; from = to + 1) {
		to = from;
		while (to < points->n && is_point(series, points->kept[to]))
			to++;
		if (to - from > 1)
			draw_band_part(canvas, s, points->kept + from, to - from);
	}
}

/* What the pointer finds: dots that are seen where there are few, unseen ones along steps. */
static void draw_dots(struct canvas *canvas, size_t s, const struct points *points)
{
	enum { FEW = 60, DISTANCE = 8 };
	const struct plot *plot = canvas->plot;
	const struct plot_series *series = plot->series[s];
	bool are_seen = plot->kind == PLOT_LINES && points->n <= FEW && !series->faint;
	double last = -DISTANCE;
	for (size_t k = 0; k < points->n; k++) {
		size_t i = points->kept[k];
		struct at at = point_at(canvas, series->x[i], series->y[i]);
		if (!is_point(series, i) || (!are_seen && at.x < last + DISTANCE))
			continue;
		char style[STYLE_ROOM], tip[512];
		draw_dot(canvas, at, are_seen ? 3 : 5,
			are_seen ? series_style(plot, s, 'f', style) : "unseen",
			tip_of(plot, series, i, tip, sizeof(tip)));
		last = at.x;
	}
}

/* ---- those at risk ---- */

/* Before the first point at or after x; after the last nobody is left. */
static double at_risk_at(const struct plot_series *series, double x)
{
	for (size_t i = 0; i < series->n; i++)
		if (series->x[i] >= x)
			return series->at_risk[i];
	return 0;
}

static void draw_risk_line(struct canvas *canvas, size_t s, const struct ticks *ticks)
{
	const struct plot *plot = canvas->plot;
	if (plot->n_series > 1) {
		char style[STYLE_ROOM];
		canvas->y += LINE_HEIGHT;
		struct at at = {0, canvas->y - 4};
		draw_line(canvas, (struct at){0, at.y - 4}, (struct at){22, at.y - 4},
			series_style(plot, s, 'l', style));
		draw_cut_text(canvas, (struct at){28, at.y}, ANCHOR_START, "ink",
			text_of(plot->series[s]->name), canvas->width - 28);
	}
	canvas->y += LINE_HEIGHT;
	double free_from = 0;
	for (int i = 0; i < ticks->n; i++) {
		char room[PLOT_NUMBER_ROOM];
		double x = ticks_at(ticks, i), at = plot_scale_at(&canvas->to_x, x);
		struct text number = {room,
			plot_number_write(at_risk_at(plot->series[s], x), PLOT_COUNT, 0, room)};
		double half = text_pixels(number, SMALL_SIZE) / 2;
		at = fmin(fmax(at, half), canvas->width - half);
		if (at - half < free_from)
			continue;
		draw_text(canvas, (struct at){at, canvas->y - 4}, ANCHOR_MIDDLE, "tick", number);
		free_from = at + half + 4;
	}
}

/* Below each tick of x how many are left, in the order of the legend. */
static void draw_risk_table(struct canvas *canvas, const struct range *x)
{
	enum { TICK_DISTANCE = 60 };
	const struct plot *plot = canvas->plot;
	bool is_any = false;
	for (size_t s = 0; s < plot->n_series; s++)
		is_any = is_any || plot->series[s]->at_risk != NULL;
	if (!is_any)
		return;
	int most = (int)((canvas->right - canvas->left) / TICK_DISTANCE) + 1;
	struct range range = {canvas->to_x.low, canvas->to_x.high};
	struct ticks ticks = ticks_inside(
		x->low < x->high ? x : &range, most, plot->axes[PLOT_X].unit == PLOT_COUNT);
	canvas->y += 4;
	draw_lines(canvas, "soft", text_of(plot->axes[PLOT_VALUE].label), TEXT_SIZE);
	for (size_t s = 0; s < plot->n_series; s++)
		if (plot->series[s]->at_risk != NULL)
			draw_risk_line(canvas, s, &ticks);
}

/* The faint ones first, then the others, so that none of these is covered. */
void draw_curves(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	struct range x, y;
	take_series(plot, &x, &y);
	draw_axes(canvas, x, y, HEIGHT);
	for (int pass = 0; pass < 2; pass++)
		for (size_t s = 0; s < plot->n_series; s++) {
			if (plot->series[s]->faint != (pass == 0))
				continue;
			struct points points = points_of(canvas, plot->series[s]);
			draw_band(canvas, s, &points);
			draw_path(canvas, s, &points);
			draw_dots(canvas, s, &points);
			mem_free(points.kept);
		}
	draw_risk_table(canvas, &x);
}

/* ---- marks ---- */

enum { MARK = 4 }; /* pixels: marks in one square of this side are one */

static void draw_marks(struct canvas *canvas, size_t s, size_t *n_of_square, size_t n_across)
{
	const struct plot *plot = canvas->plot;
	const struct plot_series *series = plot->series[s];
	for (size_t i = 0; i < series->n; i++) {
		if (!is_point(series, i))
			continue;
		struct at at = point_at(canvas, series->x[i], series->y[i]);
		size_t column = (size_t)fmax(0, (at.x - canvas->left) / MARK);
		size_t row = (size_t)fmax(0, (at.y - canvas->top) / MARK);
		if (n_of_square[row * n_across + column]++ > 0)
			continue;
		char style[STYLE_ROOM], tip[512], room[PLOT_NUMBER_ROOM], other[PLOT_NUMBER_ROOM];
		snprintf(tip, sizeof(tip), "%s: %s, %s", series->name,
			axis_words(plot, PLOT_X, series->x[i], room),
			axis_words(plot, PLOT_Y, series->y[i], other));
		draw_dot(canvas, at, 2.6, series_style(plot, s, 'f', style), tip);
	}
}

void draw_scatter(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	struct range x, y;
	take_series(plot, &x, &y);
	draw_axes(canvas, x, y, HEIGHT + 60);
	size_t n_across = (size_t)((canvas->right - canvas->left) / MARK) + 2;
	size_t n_down = (size_t)((canvas->bottom - canvas->top) / MARK) + 2;
	for (size_t s = 0; s < plot->n_series; s++) {
		size_t *n_of_square = mem_zeroed(n_across * n_down, sizeof(*n_of_square));
		draw_marks(canvas, s, n_of_square, n_across);
		mem_free(n_of_square);
	}
}

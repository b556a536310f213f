#include <math.h>

#include "io/plot_draw.h"

enum { GAP = 8, TICK_LABEL_HEIGHT = 20, Y_TICK_DISTANCE = 44, X_TICK_DISTANCE = 60 };

const char *axis_words(
	const struct plot *plot, enum plot_side side, double value, char room[PLOT_NUMBER_ROOM])
{
	const struct plot_axis *axis = &plot->axes[side];
	plot_number_write(value, axis->unit, axis->decimals, room);
	return room;
}

static double widest_tick(const struct ticks *ticks, enum plot_unit unit)
{
	char room[PLOT_NUMBER_ROOM];
	double widest = 0;
	for (int i = 0; i < ticks->n; i++) {
		size_t n = plot_tick_write(ticks_at(ticks, i), ticks, unit, room);
		widest = fmax(widest, text_pixels((struct text){room, n}, SMALL_SIZE));
	}
	return widest;
}

/* Settles where the marks are, from the width of the labels, and draws what is left of them. */
static void draw_y_axis(struct canvas *canvas, struct range y, double height)
{
	const struct plot_axis *axis = &canvas->plot->axes[PLOT_Y];
	if (axis->from_zero)
		range_take(&y, (const double[]){0}, 1);
	struct ticks ticks =
		ticks_over(&y, (int)(height / Y_TICK_DISTANCE) + 1, axis->unit == PLOT_COUNT);
	draw_lines(canvas, "soft", text_of(axis->label), TEXT_SIZE);
	canvas->left = widest_tick(&ticks, axis->unit) + GAP;
	canvas->right = canvas->width - 2 * GAP;
	canvas->top = canvas->y + GAP;
	canvas->bottom = canvas->top + height;
	canvas->to_y = (struct plot_scale){y.low, y.high, canvas->bottom, canvas->top};
	for (int i = 0; i < ticks.n; i++) {
		char room[PLOT_NUMBER_ROOM];
		double value = ticks_at(&ticks, i), at = plot_scale_at(&canvas->to_y, value);
		size_t n = plot_tick_write(value, &ticks, axis->unit, room);
		draw_line(canvas, (struct at){canvas->left, at}, (struct at){canvas->right, at},
			value == 0 || i == 0 ? "rule" : "grid");
		draw_text(canvas, (struct at){canvas->left - 5, at + 4}, ANCHOR_END, "tick",
			(struct text){room, n});
	}
	canvas->y = canvas->bottom;
}

/* Under its tick, and inside the picture. */
static void draw_x_label(struct canvas *canvas, double at, struct text label)
{
	double half = text_pixels(label, SMALL_SIZE) / 2;
	at = fmin(fmax(at, half), canvas->width - half);
	draw_text(canvas, (struct at){at, canvas->bottom + LINE_HEIGHT}, ANCHOR_MIDDLE, "tick",
		label);
}

static void draw_x_title(struct canvas *canvas)
{
	struct text label = text_of(canvas->plot->axes[PLOT_X].label);
	canvas->y = canvas->bottom + TICK_LABEL_HEIGHT;
	if (label.length == 0)
		return;
	if (text_pixels(label, TEXT_SIZE) > canvas->right) {
		draw_lines(canvas, "soft", label, TEXT_SIZE);
		return;
	}
	canvas->y += LINE_HEIGHT;
	draw_text(canvas, (struct at){canvas->right, canvas->y - 3}, ANCHOR_END, "soft", label);
}

static void draw_x_ticks(struct canvas *canvas, const struct ticks *ticks)
{
	for (int i = 0; i < ticks->n; i++) {
		char room[PLOT_NUMBER_ROOM];
		double value = ticks_at(ticks, i), at = plot_scale_at(&canvas->to_x, value);
		size_t n = plot_tick_write(value, ticks, canvas->plot->axes[PLOT_X].unit, room);
		draw_line(canvas, (struct at){at, canvas->bottom},
			(struct at){at, canvas->bottom + 4}, "rule");
		draw_x_label(canvas, at, (struct text){room, n});
	}
}

/* Every name, or every second, ..., so that none touches the next. */
static void draw_x_names(struct canvas *canvas, double first, double distance)
{
	const struct plot_axis *axis = &canvas->plot->axes[PLOT_X];
	double widest = 0;
	for (size_t i = 0; i < axis->n_names; i++)
		widest = fmax(widest, text_pixels(text_of(axis->names[i]), SMALL_SIZE));
	size_t every = (size_t)fmax(1, ceil((widest + GAP) / distance));
	for (size_t i = 0; i < axis->n_names; i += every)
		draw_x_label(canvas, first + (double)i * distance, text_of(axis->names[i]));
}

static void draw_mark(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	if (isnan(plot->mark))
		return;
	double x = plot_scale_at(&canvas->to_x, plot->mark);
	struct text label = text_of(plot->mark_label);
	double width = text_pixels(label, TEXT_SIZE) + GAP;
	bool is_room = x + width <= canvas->width;
	draw_line(canvas, (struct at){x, canvas->top}, (struct at){x, canvas->bottom}, "mark");
	draw_text(canvas, (struct at){is_room ? x + 5 : x - 5, canvas->top + 10},
		is_room ? ANCHOR_START : ANCHOR_END, "over", label);
}

void draw_axes(struct canvas *canvas, struct range x, struct range y, double height)
{
	const struct plot *plot = canvas->plot;
	const struct plot_axis *axis = &plot->axes[PLOT_X];
	if (axis->from_zero)
		range_take(&x, (const double[]){0}, 1);
	draw_y_axis(canvas, y, height);
	int most = (int)((canvas->right - canvas->left) / X_TICK_DISTANCE) + 1;
	bool whole = axis->unit == PLOT_COUNT || axis->n_names > 0;
	struct range covered = x;
	struct ticks ticks = ticks_over(&covered, most, whole);
	bool keeps_ends = plot->kind != PLOT_SCATTER && x.low < x.high;
	if (keeps_ends) {
		ticks = ticks_inside(&x, most, whole);
		covered = x;
	}
	canvas->to_x = (struct plot_scale){covered.low, covered.high, canvas->left, canvas->right};
	if (axis->n_names > 0)
		draw_x_names(canvas, plot_scale_at(&canvas->to_x, 0),
			plot_scale_at(&canvas->to_x, 1) - plot_scale_at(&canvas->to_x, 0));
	else
		draw_x_ticks(canvas, &ticks);
	draw_x_title(canvas);
	draw_mark(canvas);
}

void draw_name_axis(struct canvas *canvas, struct range y, double height)
{
	size_t n = canvas->plot->axes[PLOT_X].n_names;
	draw_y_axis(canvas, y, height);
	double band = (canvas->right - canvas->left) / (double)(n > 0 ? n : 1);
	canvas->to_x = (struct plot_scale){0, 1, canvas->left, canvas->left + band};
	draw_x_names(canvas, canvas->left + band / 2, band);
	draw_x_title(canvas);
}

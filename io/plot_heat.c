/* Cells in shades: paler for less, deeper for more. */
#include <math.h>
#include <stdio.h>

#include "io/plot_draw.h"

enum { GAP = 8, MOST_CELL_WIDTH = 110, LEAST_CELL_HEIGHT = 15, MOST_CELL_HEIGHT = 38 };

struct grid {
	double left, top, cell_width, cell_height;
	struct range shades; /* of the palest and the deepest */
};

static double widest(char *const *names, size_t n, struct text also)
{
	double pixels = text_pixels(also, TEXT_SIZE);
	for (size_t i = 0; i < n; i++)
		pixels = fmax(pixels, text_pixels(text_of(names[i]), TEXT_SIZE));
	return pixels;
}

static struct range shades_of(const struct plot *plot, size_t n_cells)
{
	struct range range = range_empty();
	range_take(&range, plot->cells, n_cells);
	range_take(&range, (const double[]){0}, 1);
	if (!isnan(plot->shade_most))
		range.high = plot->shade_most;
	return range;
}

static int shade_of(struct range shades, double value)
{
	double share = (value - shades.low) / (shades.high - shades.low);
	int shade = isfinite(share) ? 1 + (int)(fmin(fmax(share, 0), 1) * PLOT_SHADES) : 1;
	return shade < PLOT_SHADES ? shade : PLOT_SHADES;
}

/* s for the cell, t for the text in it. */
static void shade_style(int shade, char letter, char style[STYLE_ROOM])
{
	style[0] = letter;
	style[1] = (char)('0' + shade);
	style[2] = '\0';
}

/* Above the columns, or from the left where it is too long for that. */
static void draw_column_title(struct canvas *canvas, double left)
{
	struct text label = text_of(canvas->plot->axes[PLOT_X].label);
	if (text_pixels(label, TEXT_SIZE) > canvas->width - left) {
		draw_lines(canvas, "soft", label, TEXT_SIZE);
		return;
	}
	canvas->y += LINE_HEIGHT;
	draw_text(canvas, (struct at){left, canvas->y}, ANCHOR_START, "soft", label);
}

static void draw_column_names(struct canvas *canvas, const struct grid *grid)
{
	const struct plot_axis *axis = &canvas->plot->axes[PLOT_X];
	double pixels = 0;
	for (size_t i = 0; i < axis->n_names; i++)
		pixels = fmax(pixels, text_pixels(text_of(axis->names[i]), SMALL_SIZE));
	size_t every = (size_t)fmax(1, ceil((pixels + 5) / grid->cell_width));
	for (size_t i = 0; i < axis->n_names; i += every) {
		struct text name = text_of(axis->names[i]);
		double at = grid->left + ((double)i + .5) * grid->cell_width;
		double half = text_pixels(name, SMALL_SIZE) / 2;
		draw_text(canvas, (struct at){fmin(at, canvas->width - half), grid->top - 5},
			ANCHOR_MIDDLE, "tick", name);
	}
}

/* "R 5, F 1: 154", or where the axes have long labels "2024-01, 3: 25.0%". */
static void write_tip(const struct plot *plot, size_t row, size_t column, char *tip, size_t size)
{
	const struct plot_axis *x = &plot->axes[PLOT_X], *y = &plot->axes[PLOT_Y];
	bool is_brief = x->label[0] != '\0' && x->label[1] == '\0' && y->label[1] == '\0';
	char number[PLOT_NUMBER_ROOM];
	axis_words(plot, PLOT_VALUE, plot->cells[row * x->n_names + column], number);
	if (is_brief)
		snprintf(tip, size, "%s %s, %s %s: %s", y->label, y->names[row], x->label,
			x->names[column], number);
	else
		snprintf(tip, size, "%s, %s: %s", y->names[row], x->names[column], number);
}

static void draw_cell(struct canvas *canvas, const struct grid *grid, size_t row, size_t column)
{
	const struct plot *plot = canvas->plot;
	double value = plot->cells[row * plot->axes[PLOT_X].n_names + column];
	if (!isfinite(value))
		return;
	char style[STYLE_ROOM], number[PLOT_NUMBER_ROOM], tip[1024];
	int shade = shade_of(grid->shades, value);
	struct at corner = {grid->left + (double)column * grid->cell_width,
		grid->top + (double)row * grid->cell_height};
	write_tip(plot, row, column, tip, sizeof(tip));
	shade_style(shade, 's', style);
	draw_box(canvas, corner, grid->cell_width - 1, grid->cell_height - 1, style, tip);
	struct text label = {number, plot_short_write(value, plot->axes[PLOT_VALUE].unit, number)};
	if (text_pixels(label, SMALL_SIZE) + 3 > grid->cell_width)
		return;
	shade_style(shade, 't', style);
	draw_text(canvas,
		(struct at){
			corner.x + grid->cell_width / 2, corner.y + grid->cell_height / 2 + 3.5},
		ANCHOR_MIDDLE, style, label);
}

/* From the palest to the deepest, with the values at the ends. */
static void draw_shades(struct canvas *canvas, const struct grid *grid)
{
	enum { SWATCH = 18, HEIGHT = 12 };
	const struct plot_axis *axis = &canvas->plot->axes[PLOT_VALUE];
	char low[PLOT_NUMBER_ROOM], high[PLOT_NUMBER_ROOM];
	struct text least = {low, plot_short_write(grid->shades.low, axis->unit, low)};
	struct text most = {high, plot_short_write(grid->shades.high, axis->unit, high)};
	draw_lines(canvas, "soft", text_of(axis->label), TEXT_SIZE);
	double y = canvas->y + 14, x = text_pixels(least, SMALL_SIZE) + 5;
	draw_text(canvas, (struct at){0, y}, ANCHOR_START, "tick", least);
	for (int shade = 1; shade <= PLOT_SHADES; shade++, x += SWATCH) {
		char style[STYLE_ROOM];
		shade_style(shade, 's', style);
		draw_box(canvas, (struct at){x, y - 10}, SWATCH - 1, HEIGHT, style, NULL);
	}
	draw_text(canvas, (struct at){x + 4, y}, ANCHOR_START, "tick", most);
	canvas->y = y + 4;
}

static double between(double low, double value, double high)
{
	return fmin(fmax(value, low), high);
}

void draw_heat(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	const struct plot_axis *x = &plot->axes[PLOT_X], *y = &plot->axes[PLOT_Y];
	double n_rows = (double)y->n_names, n_columns = (double)(x->n_names > 0 ? x->n_names : 1);
	double names = fmin(widest(y->names, y->n_names, text_of(y->label)), .4 * canvas->width);
	struct grid grid = {
		.left = names + GAP, .shades = shades_of(plot, y->n_names * x->n_names)};
	grid.cell_width = fmin((canvas->width - grid.left) / n_columns, MOST_CELL_WIDTH);
	grid.cell_height = between(LEAST_CELL_HEIGHT, 240 / fmax(n_rows, 1), MOST_CELL_HEIGHT);
	draw_column_title(canvas, grid.left);
	grid.top = canvas->y + LINE_HEIGHT + GAP;
	draw_cut_text(canvas, (struct at){0, grid.top - 5}, ANCHOR_START, "soft", text_of(y->label),
		names);
	draw_column_names(canvas, &grid);
	for (size_t row = 0; row < y->n_names; row++) {
		struct at at = {names, grid.top + ((double)row + .5) * grid.cell_height + 4};
		draw_cut_text(canvas, at, ANCHOR_END, "tick", text_of(y->names[row]), names);
		for (size_t column = 0; column < x->n_names; column++)
			draw_cell(canvas, &grid, row, column);
	}
	canvas->y = grid.top + n_rows * grid.cell_height + GAP;
	draw_shades(canvas, &grid);
}

#include "io/plot.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

static char *copy(struct text text)
{
	return mem_text(text.at, text.length);
}

struct plot *plot_new(enum plot_kind kind, const char *title)
{
	struct plot *plot = mem_zeroed(1, sizeof(*plot));
	plot->kind = kind;
	plot->title = copy(text_of(title));
	plot->faint_words = copy(TEXT(""));
	plot->shade_most = plot->mark = NAN;
	for (int side = 0; side < N_PLOT_SIDES; side++)
		plot->axes[side].label = copy(TEXT(""));
	return plot;
}

static void series_free(struct plot_series *series)
{
	mem_free(series->name);
	mem_free(series->x);
	mem_free(series->y);
	mem_free(series->low);
	mem_free(series->high);
	mem_free(series->at_risk);
	mem_free(series);
}

void plot_free(struct plot *plot)
{
	if (plot == NULL)
		return;
	for (int side = 0; side < N_PLOT_SIDES; side++) {
		for (size_t i = 0; i < plot->axes[side].n_names; i++)
			mem_free(plot->axes[side].names[i]);
		mem_free(plot->axes[side].names);
		mem_free(plot->axes[side].label);
	}
	for (size_t s = 0; s < plot->n_series; s++)
		series_free(plot->series[s]);
	mem_free(plot->series);
	mem_free(plot->cells);
	mem_free(plot->title);
	mem_free(plot->note);
	mem_free(plot->mark_label);
	mem_free(plot->faint_words);
	mem_free(plot);
}

void plot_note(struct plot *plot, const char *format, ...)
{
	char words[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	mem_free(plot->note);
	plot->note = copy(text_of(words));
}

void plot_axis(struct plot *plot, enum plot_side side, const char *label, enum plot_unit unit)
{
	struct plot_axis *axis = &plot->axes[side];
	mem_free(axis->label);
	axis->label = copy(text_of(label));
	axis->unit = unit;
}

void plot_name(struct plot *plot, enum plot_side side, struct text name)
{
	struct plot_axis *axis = &plot->axes[side];
	axis->names =
		mem_grow(axis->names, &axis->capacity, axis->n_names + 1, sizeof(*axis->names));
	axis->names[axis->n_names++] = copy(name);
}

static double *unknown(size_t n)
{
	double *values = mem_array(n, sizeof(*values));
	for (size_t i = 0; i < n; i++)
		values[i] = NAN;
	return values;
}

double *plot_cells(struct plot *plot)
{
	assert(plot->kind == PLOT_HEAT && plot->cells == NULL);
	plot->cells = unknown(plot->axes[PLOT_Y].n_names * plot->axes[PLOT_X].n_names);
	return plot->cells;
}

struct plot_series *plot_series(struct plot *plot, struct text name, size_t n)
{
	struct plot_series *series = mem_zeroed(1, sizeof(*series));
	series->name = copy(name);
	series->n = n;
	series->x = mem_array(n, sizeof(*series->x));
	series->y = mem_zeroed(n, sizeof(*series->y));
	for (size_t i = 0; i < n; i++)
		series->x[i] = (double)i;
	plot->series = mem_grow(
		plot->series, &plot->capacity, plot->n_series + 1, sizeof(struct plot_series *));
	plot->series[plot->n_series++] = series;
	return series;
}

void plot_band(struct plot_series *series)
{
	series->low = unknown(series->n);
	series->high = unknown(series->n);
}

void plot_at_risk(struct plot_series *series)
{
	series->at_risk = mem_zeroed(series->n, sizeof(*series->at_risk));
}

void plot_faint(struct plot *plot, const char *words)
{
	mem_free(plot->faint_words);
	plot->faint_words = copy(text_of(words));
}

void plot_mark(struct plot *plot, double x, const char *label)
{
	plot->mark = x;
	mem_free(plot->mark_label);
	plot->mark_label = copy(text_of(label));
}

#include "cmd/retention_charts.h"

#include <math.h>

#include "base/mem.h"
#include "cmd/charts.h"
#include "cmd/retention_tables.h"

const struct chart retention_charts[N_RETENTION_CHARTS] = {
	{"triangle", {retention_columns, retention_wide_columns},
		"the rates of every cohort and period, a heat map; period 0, where all are active,"
		" is left out"},
	{"curves", {retention_columns, retention_wide_columns},
		"the rates over the periods: all cohorts together with their interval, each cohort"
		" behind them"},
	{"overview", {retention_overview_columns},
		"customers by calendar period: new, retained, reactivated"},
};

static double rate_of(const struct cohort *cohort, int32_t period)
{
	if (period >= cohort->n_cells || !cohort->cells[period].complete)
		return NAN;
	return cohort->cells[period].rate;
}

/* ---- the triangle ---- */

/* More lines, or columns, than this cannot be read. */
enum { MOST_LINES = 60, MOST_PERIODS = 60 };

static void name_line(struct plot *plot, const struct retention_line *line)
{
	struct buffer words = {0};
	buffer_text(&words, line->name);
	if (line->group.length > 0) {
		buffer_byte(&words, ' ');
		buffer_text(&words, line->group);
	}
	buffer_format(&words, " (%lld)", (long long)line->cohort->size);
	plot_name(plot, PLOT_Y, buffer_as_text(&words));
	buffer_release(&words);
}

static struct plot *triangle(const struct retention_picture *picture)
{
	struct plot *plot = plot_new(PLOT_HEAT, "Retention by cohort");
	size_t n_lines = picture->n_lines;
	size_t first = n_lines > MOST_LINES ? n_lines - MOST_LINES : 0;
	int32_t end = picture->n_periods <= MOST_PERIODS ? picture->n_periods : MOST_PERIODS + 1;
	plot_axis(plot, PLOT_X, picture->period_words, PLOT_COUNT);
	plot_axis(plot, PLOT_Y, "cohort (customers)", PLOT_COUNT);
	plot_axis(plot, PLOT_VALUE, "rate: active of the eligible, %", PLOT_SHARE);
	if (first > 0 || end < picture->n_periods)
		plot_note(plot, "The last %zu of %zu cohorts, the first %d of %d periods.",
			n_lines - first, n_lines, end - 1, picture->n_periods - 1);
	for (size_t i = first; i < n_lines; i++)
		name_line(plot, &picture->lines[i]);
	for (int32_t k = 1; k < end; k++)
		plot_name(plot, PLOT_X, text_of(picture->period_name(picture->context, k)));
	double *cells = plot_cells(plot);
	for (size_t i = first; i < n_lines; i++)
		for (int32_t k = 1; k < end; k++)
			*cells++ = rate_of(picture->lines[i].cohort, k);
	return plot;
}

/* ---- curves ---- */

enum { MOST_BANDS = 2 }; /* more would cover each other */

static void add_curve(struct plot *plot, const struct retention_picture *picture, size_t i,
	struct text name, bool faint, bool has_band)
{
	const struct cohort *cohort = picture->lines[i].cohort;
	struct plot_series *series = plot_series(plot, name, (size_t)cohort->n_cells);
	series->faint = faint;
	if (has_band)
		plot_band(series);
	for (int32_t k = 0; k < cohort->n_cells; k++) {
		series->y[k] = rate_of(cohort, k);
		if (!has_band || isnan(series->y[k]))
			continue;
		series->low[k] = cohort->cells[k].rate_interval.low;
		series->high[k] = cohort->cells[k].rate_interval.high;
	}
}

static size_t count_groups(const struct retention_picture *picture)
{
	size_t n = 0;
	for (size_t i = 0; i < picture->n_lines; i++)
		n += picture->lines[i].cohort->all;
	return n;
}

static void add_together(struct plot *plot, const struct retention_picture *picture)
{
	size_t n_groups = 0;
	bool has_bands = count_groups(picture) <= MOST_BANDS;
	if (has_bands)
		plot_note(plot, "The band is the interval of the rate.");
	for (size_t i = 0; i < picture->n_lines; i++) {
		const struct retention_line *line = &picture->lines[i];
		if (!line->cohort->all)
			continue;
		if (n_groups++ < PLOT_MOST_SERIES)
			add_curve(plot, picture, i,
				line->group.length > 0 ? line->group : TEXT("all cohorts"), false,
				has_bands);
	}
	if (n_groups > PLOT_MOST_SERIES)
		plot_note(plot, "The first %d of %zu groups.", PLOT_MOST_SERIES, n_groups);
}

static struct plot *curves(const struct retention_picture *picture)
{
	struct plot *plot = plot_new(PLOT_LINES, "Retention curves");
	size_t n_groups = count_groups(picture), n_cohorts = picture->n_lines - n_groups;
	bool faint = picture->in_calendar || n_cohorts + 1 > PLOT_MOST_SERIES;
	plot_axis(plot, PLOT_X, picture->period_words, PLOT_COUNT);
	plot_axis(plot, PLOT_Y, "rate: active of the eligible, %", PLOT_SHARE);
	plot->axes[PLOT_Y].from_zero = true;
	for (int32_t k = 0; picture->in_brackets && k < picture->n_periods; k++)
		plot_name(plot, PLOT_X, text_of(picture->period_name(picture->context, k)));
	plot_faint(plot, "each cohort");
	add_together(plot, picture);
	for (size_t i = 0; n_groups == 1 && i < picture->n_lines; i++)
		if (!picture->lines[i].cohort->all)
			add_curve(plot, picture, i, picture->lines[i].name, faint, false);
	return plot;
}

void retention_charts_draw(const struct retention_picture *picture)
{
	if (charts_want("triangle"))
		charts_add(triangle(picture));
	if (charts_want("curves"))
		charts_add(curves(picture));
}

/* ---- the overview ---- */

static struct plot *overview_bars(const struct overview_line *lines, size_t n_lines)
{
	struct plot *plot = plot_new(PLOT_BARS, "Active customers");
	plot->stacked = true;
	plot_axis(plot, PLOT_Y, "customers with a purchase", PLOT_COUNT);
	struct plot_series *retained = plot_series(plot, TEXT("retained"), n_lines);
	struct plot_series *new_ones = plot_series(plot, TEXT("new"), n_lines);
	struct plot_series *again = plot_series(plot, TEXT("reactivated"), n_lines);
	for (size_t i = 0; i < n_lines; i++) {
		plot_name(plot, PLOT_X, lines[i].period);
		retained->y[i] = (double)lines[i].numbers->retained;
		new_ones->y[i] = (double)lines[i].numbers->new_customers;
		again->y[i] = (double)lines[i].numbers->reactivated;
	}
	return plot;
}

void retention_charts_draw_overview(const struct overview_line *lines, size_t n_lines)
{
	if (charts_want("overview"))
		charts_add(overview_bars(lines, n_lines));
}

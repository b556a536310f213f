#include "cmd/ltv_charts.h"

#include <math.h>
#include <stdio.h>

#include "analytics/quantile.h"
#include "base/mem.h"
#include "cmd/charts.h"
#include "cmd/ltv_tables.h"

const struct chart ltv_charts[N_LTV_CHARTS] = {
	{"clv", {ltv_customer_columns}, "how clv is distributed over the customers"},
	{"alive", {ltv_customer_columns},
		"the probability to be still a customer, by repeat purchases and the time since the"
		" last, a heat map of means"},
	{"frequency", {ltv_holdout_columns},
		"expected and actual orders in the holdout, by repeat purchases before it"},
	{"tracking", {ltv_tracking_columns},
		"cumulative repeat purchases, actual and expected; the holdout is marked"},
	{"repeats", {ltv_frequency_columns},
		"customers by how many repeat purchases they made, actual and expected"},
};

/* ---- the distribution of clv ---- */

static size_t gather_clv(const struct ltv_scores *scores, double *clv)
{
	size_t n = 0;
	for (size_t i = 0; i < scores->base->n; i++) {
		double value = ltv_scores_of(scores, i).clv;
		if (isfinite(value))
			clv[n++] = value;
	}
	sort_reals(clv, n);
	return n;
}

/* A few are worth many times what the others are: the last hundredth is told, not drawn. */
static struct plot *distribution(const double *clv, size_t n)
{
	enum { MOST_BINS = 30 };
	struct plot *plot = plot_new(PLOT_HISTOGRAM, "Customer lifetime value");
	plot_axis(plot, PLOT_X, "clv, currency", PLOT_MONEY);
	plot_axis(plot, PLOT_Y, "customers", PLOT_COUNT);
	plot->axes[PLOT_X].decimals = 2;
	struct range range = {fmin(clv[0], 0), quantile(clv, n, 99, 100)};
	struct ticks ticks = ticks_over(&range, MOST_BINS + 1, false);
	struct plot_series *bins = plot_series(plot, TEXT("customers"), (size_t)ticks.n - 1);
	plot_band(bins);
	for (size_t b = 0; b < bins->n; b++) {
		bins->x[b] = ticks_at(&ticks, (int)b);
		bins->high[b] = ticks_at(&ticks, (int)b + 1);
	}
	size_t n_beyond = 0;
	for (size_t i = 0, b = 0; i < n; i++) {
		while (b + 1 < bins->n && clv[i] >= bins->high[b])
			b++;
		if (clv[i] > range.high)
			n_beyond++;
		else
			bins->y[b]++;
	}
	if (n_beyond > 0)
		plot_note(plot,
			"%zu customer%s beyond the right end %s not drawn; the highest clv is "
			"%.2f.",
			n_beyond, plural(n_beyond), n_beyond == 1 ? "is" : "are", clv[n - 1]);
	return plot;
}

static void draw_distribution(const struct ltv_scores *scores)
{
	double *clv = mem_array(scores->base->n, sizeof(*clv));
	size_t n = gather_clv(scores, clv);
	if (n > 0)
		charts_add(distribution(clv, n));
	mem_free(clv);
}

/* ---- who is still a customer ---- */

/* The first repeat purchases one by one, then ever more together. */
static const int32_t least_x[] = {0, 1, 2, 3, 4, 5, 7, 10, 15, 25};

enum { N_X = sizeof(least_x) / sizeof(least_x[0]), MOST_ROWS = 13 };

static size_t column_of(int32_t x)
{
	size_t c = N_X - 1;
	while (least_x[c] > x)
		c--;
	return c;
}

static void name_columns(struct plot *plot)
{
	char name[24];
	for (size_t c = 0; c < N_X; c++) {
		if (c + 1 == N_X)
			snprintf(name, sizeof(name), "%d+", least_x[c]);
		else if (least_x[c + 1] - least_x[c] > 1)
			snprintf(name, sizeof(name), "%d-%d", least_x[c], least_x[c + 1] - 1);
		else
			snprintf(name, sizeof(name), "%d", least_x[c]);
		plot_name(plot, PLOT_X, text_of(name));
	}
}

static void name_rows(struct plot *plot, const struct ticks *ticks)
{
	for (int r = 0; r + 1 < ticks->n; r++) {
		char from[PLOT_NUMBER_ROOM], to[PLOT_NUMBER_ROOM], name[2 * PLOT_NUMBER_ROOM];
		plot_number_write(ticks_at(ticks, r), PLOT_REAL, 0, from);
		plot_number_write(ticks_at(ticks, r + 1), PLOT_REAL, 0, to);
		snprintf(name, sizeof(name), "%s-%s", from, to);
		plot_name(plot, PLOT_Y, text_of(name));
	}
}

static struct plot *map_of_alive(const struct ltv_scores *scores)
{
	const struct ltv_base *base = scores->base;
	struct plot *plot = plot_new(PLOT_HEAT, "Who is still a customer");
	char unit[32];
	snprintf(unit, sizeof(unit), "%ss since the last", ltv_unit_names[base->unit]);
	plot_axis(plot, PLOT_X, "repeat purchases", PLOT_COUNT);
	plot_axis(plot, PLOT_Y, unit, PLOT_REAL);
	plot_axis(plot, PLOT_VALUE, "mean P(alive) of the customers in the cell, %", PLOT_SHARE);
	plot->shade_most = 1;
	struct range range = {0, 0};
	for (size_t i = 0; i < base->n; i++)
		range.high = fmax(range.high, base->T[i] - base->t_x[i]);
	struct ticks ticks = ticks_over(&range, MOST_ROWS, false);
	name_columns(plot);
	name_rows(plot, &ticks);
	double *cells = plot_cells(plot);
	size_t n_rows = (size_t)ticks.n - 1;
	double *counts = mem_zeroed(n_rows * N_X, sizeof(*counts));
	for (size_t i = 0; i < base->n; i++) {
		size_t row = (size_t)((base->T[i] - base->t_x[i]) / ticks.step);
		size_t cell = (row < n_rows ? row : n_rows - 1) * N_X + column_of(base->x[i]);
		double before = counts[cell] > 0 ? cells[cell] : 0;
		counts[cell]++;
		cells[cell] = before + (ltv_scores_of(scores, i).p_alive - before) / counts[cell];
	}
	mem_free(counts);
	return plot;
}

void ltv_charts_draw_customers(const struct ltv_scores *scores)
{
	if (charts_want("clv"))
		draw_distribution(scores);
	if (charts_want("alive"))
		charts_add(map_of_alive(scores));
}

/* ---- how forecasts did ---- */

static void name_frequency(struct plot *plot, int x, int n)
{
	char name[LTV_FREQUENCY_NAME_SIZE];
	ltv_name_frequency(name, x, n);
	plot_name(plot, PLOT_X, text_of(name));
}

void ltv_charts_draw_holdout(const struct holdout *holdout)
{
	if (!charts_want("frequency"))
		return;
	struct plot *plot = plot_new(PLOT_BARS, "The holdout: expected against actual");
	plot_axis(plot, PLOT_X, "repeat purchases before the holdout", PLOT_COUNT);
	plot_axis(plot, PLOT_Y, "mean repeat purchases in the holdout", PLOT_REAL);
	struct plot_series *actual = plot_series(plot, TEXT("actual"), HOLDOUT_FREQUENCIES);
	struct plot_series *expected = plot_series(plot, TEXT("expected"), HOLDOUT_FREQUENCIES);
	for (int f = 0; f < HOLDOUT_FREQUENCIES; f++) {
		const struct holdout_group *group = &holdout->by_frequency[f];
		name_frequency(plot, f, HOLDOUT_FREQUENCIES);
		actual->y[f] = group->customers > 0 ? group->actual / group->customers : NAN;
		expected->y[f] = group->customers > 0 ? group->expected / group->customers : NAN;
	}
	charts_add(plot);
}

void ltv_charts_draw_frequencies(const struct ltv_frequency by_x[LTV_FREQUENCIES])
{
	if (!charts_want("repeats"))
		return;
	struct plot *plot = plot_new(PLOT_BARS, "Repeat purchases of customers");
	plot_axis(plot, PLOT_X, "repeat purchases", PLOT_COUNT);
	plot_axis(plot, PLOT_Y, "customers", PLOT_COUNT);
	struct plot_series *actual = plot_series(plot, TEXT("actual"), LTV_FREQUENCIES);
	struct plot_series *expected = plot_series(plot, TEXT("expected"), LTV_FREQUENCIES);
	for (int x = 0; x < LTV_FREQUENCIES; x++) {
		name_frequency(plot, x, LTV_FREQUENCIES);
		actual->y[x] = by_x[x].actual;
		expected->y[x] = by_x[x].expected;
	}
	charts_add(plot);
}

void ltv_charts_draw_tracking(const struct ltv_course *course)
{
	if (!charts_want("tracking"))
		return;
	struct plot *plot = plot_new(PLOT_LINES, "Repeat purchases: expected against actual");
	char words[64];
	snprintf(words, sizeof(words), "%ss since the first purchase of all", course->unit);
	plot_axis(plot, PLOT_X, words, PLOT_REAL);
	plot_axis(plot, PLOT_Y, "cumulative repeat purchases", PLOT_COUNT);
	plot->axes[PLOT_X].from_zero = plot->axes[PLOT_Y].from_zero = true;
	if (isfinite(course->fitted))
		plot_mark(plot, course->fitted, "holdout");
	struct plot_series *actual = plot_series(plot, TEXT("actual"), course->n);
	struct plot_series *expected = plot_series(plot, TEXT("expected"), course->n);
	for (size_t i = 0; i < course->n; i++) {
		actual->x[i] = expected->x[i] = (double)i + 1;
		actual->y[i] = course->actual[i];
		expected->y[i] = course->expected[i];
	}
	charts_add(plot);
}

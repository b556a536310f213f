#include "cmd/rfm_charts.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/money.h"
#include "cmd/charts.h"

const struct chart rfm_charts[N_RFM_CHARTS] = {
	{"segments", {NULL}, "share of customers and of revenue of each segment"},
	{"customers", {NULL}, "customers by recency and frequency score, a heat map"},
	{"revenue", {NULL}, "net revenue by recency and frequency score, a heat map"},
};

static money_sum revenue_of(const struct rfm_picture *picture, size_t i)
{
	const struct customer customer = customers_get(picture->customers, i);
	return customer.gross_revenue - customer.returns;
}

/* ---- recency by frequency ---- */

/* The best customers stand in the upper right corner. */
static struct plot *new_map(const struct rfm_picture *picture, const char *title)
{
	struct plot *plot = plot_new(PLOT_HEAT, title);
	plot_axis(plot, PLOT_X, "F", PLOT_COUNT);
	plot_axis(plot, PLOT_Y, "R", PLOT_COUNT);
	plot_note(plot,
		"R is the recency score: %d bought last. F is the frequency score: %d bought most"
		" often.",
		picture->bins, picture->bins);
	for (int score = 1; score <= picture->bins; score++) {
		char name[16];
		snprintf(name, sizeof(name), "%d", score);
		plot_name(plot, PLOT_X, text_of(name));
		snprintf(name, sizeof(name), "%d", picture->bins + 1 - score);
		plot_name(plot, PLOT_Y, text_of(name));
	}
	return plot;
}

static size_t cell_of(const struct rfm_picture *picture, size_t i)
{
	size_t bins = (size_t)picture->bins;
	return (bins - picture->r[i]) * bins + picture->f[i] - 1;
}

static struct plot *map_of_customers(const struct rfm_picture *picture)
{
	struct plot *plot = new_map(picture, "Customers by recency and frequency");
	plot_axis(plot, PLOT_VALUE, "customers", PLOT_COUNT);
	double *cells = plot_cells(plot);
	memset(cells, 0, (size_t)picture->bins * (size_t)picture->bins * sizeof(*cells));
	for (size_t i = 0; i < picture->n; i++)
		cells[cell_of(picture, i)]++;
	return plot;
}

static struct plot *map_of_revenue(const struct rfm_picture *picture)
{
	size_t n_cells = (size_t)picture->bins * (size_t)picture->bins;
	money_sum *sums = mem_zeroed(n_cells, sizeof(*sums));
	for (size_t i = 0; i < picture->n; i++)
		sums[cell_of(picture, i)] += revenue_of(picture, i);
	struct plot *plot = new_map(picture, "Revenue by recency and frequency");
	plot_axis(plot, PLOT_VALUE, "net revenue, currency", PLOT_MONEY);
	plot->axes[PLOT_VALUE].decimals = picture->money_decimals;
	double *cells = plot_cells(plot);
	for (size_t c = 0; c < n_cells; c++)
		cells[c] = money_as_real(sums[c]);
	mem_free(sums);
	return plot;
}

/* ---- segments ---- */

/* Several rules may lead to one segment, which stands where the first does. */
static size_t segment_of_rule(const struct plot *plot, const char *name)
{
	const struct plot_axis *names = &plot->axes[PLOT_X];
	size_t i = 0;
	while (i < names->n_names && strcmp(names->names[i], name) != 0)
		i++;
	return i;
}

static struct plot *bars_of_segments(const struct rfm_picture *picture)
{
	struct plot *plot = plot_new(PLOT_BARS, "Segments: share of customers and of revenue");
	plot->horizontal = true;
	plot_axis(plot, PLOT_Y, "% of all customers, % of all net revenue", PLOT_SHARE);
	size_t *of_rule = mem_array(picture->n_rules, sizeof(*of_rule));
	for (size_t r = 0; r < picture->n_rules; r++) {
		of_rule[r] = segment_of_rule(plot, picture->rules[r].segment);
		if (of_rule[r] == plot->axes[PLOT_X].n_names)
			plot_name(plot, PLOT_X, text_of(picture->rules[r].segment));
	}
	size_t n_segments = plot->axes[PLOT_X].n_names;
	money_sum *sums = mem_zeroed(n_segments, sizeof(*sums)), all = 0;
	struct plot_series *customers = plot_series(plot, TEXT("customers"), n_segments);
	for (size_t i = 0; i < picture->n; i++) {
		size_t segment = of_rule[picture->segment[i]];
		customers->y[segment]++;
		sums[segment] += revenue_of(picture, i);
		all += revenue_of(picture, i);
	}
	for (size_t s = 0; s < n_segments; s++)
		customers->y[s] /= (double)picture->n;
	if (picture->has_money && all > 0) {
		struct plot_series *revenue = plot_series(plot, TEXT("revenue"), n_segments);
		for (size_t s = 0; s < n_segments; s++)
			revenue->y[s] = money_as_real(sums[s]) / money_as_real(all);
	} else {
		plot_axis(plot, PLOT_Y, "% of all customers", PLOT_SHARE);
	}
	mem_free(sums);
	mem_free(of_rule);
	return plot;
}

void rfm_charts_draw(const struct rfm_picture *picture)
{
	if (charts_want("segments"))
		charts_add(bars_of_segments(picture));
	if (charts_want("customers"))
		charts_add(map_of_customers(picture));
	if (charts_want("revenue") && picture->has_money)
		charts_add(map_of_revenue(picture));
}

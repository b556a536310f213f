#include "cmd/kmeans_charts.h"

#include <math.h>
#include <stdio.h>

#include "analytics/principal.h"
#include "base/mem.h"
#include "cmd/charts.h"
#include "cmd/kmeans_scan.h"
#include "cmd/kmeans_summary.h"

const struct chart kmeans_charts[N_KMEANS_CHARTS] = {
	{"profile", {kmeans_added_columns, kmeans_summary_columns},
		"the centre of each cluster, feature by feature, in scaled units"},
	{"scatter", {kmeans_added_columns, kmeans_summary_columns},
		"the rows in the plane of their first two principal components, by cluster"},
	{"scan", {kmeans_scan_columns}, "silhouette and stability for each k"},
	{"gap", {kmeans_scan_columns}, "the gap statistic for each k, with its error"},
	{"inertia", {kmeans_scan_columns}, "the inertia for each k"},
};

/* ---- clusters ---- */

static struct plot_series *add_cluster(
	struct plot *plot, const struct kmeans_fit *fit, size_t c, size_t n)
{
	char name[64];
	snprintf(name, sizeof(name), "cluster %zu (%zu)", c + 1, fit->kmeans.sizes[c]);
	return plot_series(plot, text_of(name), n);
}

/* Colours are too few for more. */
static size_t shown_clusters(struct plot *plot, const struct kmeans_fit *fit)
{
	size_t k = fit->kmeans.k;
	if (k <= PLOT_MOST_SERIES)
		return k;
	plot_note(plot, "The first %d of %zu clusters.", PLOT_MOST_SERIES, k);
	return PLOT_MOST_SERIES;
}

static struct plot *profile(const struct kmeans_fit *fit)
{
	struct plot *plot = plot_new(PLOT_LINES, "What the clusters are like");
	size_t d = fit->n_features;
	char label[64];
	snprintf(label, sizeof(label), "centre, in units of the scaling (%s)",
		scale_names[fit->kind]);
	plot_axis(plot, PLOT_Y, label, PLOT_REAL);
	plot->axes[PLOT_Y].from_zero = true;
	for (size_t f = 0; f < d; f++)
		plot_name(plot, PLOT_X, text_of(fit->rows->features[fit->features[f]].name));
	size_t n = shown_clusters(plot, fit);
	for (size_t c = 0; c < n; c++) {
		struct plot_series *series = add_cluster(plot, fit, c, d);
		for (size_t f = 0; f < d; f++)
			series->y[f] = fit->kmeans.centres[c * d + f];
	}
	return plot;
}

/* Where the points lie of each cluster that is shown; n_of_each is how many were put there. */
static void put_points(const struct plot *plot, const struct kmeans_fit *fit,
	const struct principal *plane, size_t *n_of_each)
{
	double *point = mem_array(fit->points.n_dims, sizeof(*point));
	for (size_t i = 0; i < fit->points.n; i++) {
		size_t c = fit->kmeans.labels[i];
		if (c >= plot->n_series)
			continue;
		double xy[PRINCIPAL_AXES];
		points_get(&fit->points, i, point);
		principal_project(plane, point, xy);
		plot->series[c]->x[n_of_each[c]] = xy[0];
		plot->series[c]->y[n_of_each[c]++] = xy[1];
	}
	mem_free(point);
}

static struct plot *scatter(const struct kmeans_fit *fit, const struct principal *plane)
{
	struct plot *plot = plot_new(PLOT_SCATTER, "Where the clusters lie");
	char label[96];
	snprintf(label, sizeof(label), "first principal component, %.0f %% of the variance",
		100 * plane->shares[0]);
	plot_axis(plot, PLOT_X, label, PLOT_REAL);
	snprintf(label, sizeof(label), "second principal component, %.0f %%",
		100 * plane->shares[1]);
	plot_axis(plot, PLOT_Y, label, PLOT_REAL);
	size_t n = shown_clusters(plot, fit);
	for (size_t c = 0; c < n; c++)
		add_cluster(plot, fit, c, fit->kmeans.sizes[c]);
	size_t *n_of_each = mem_zeroed(n, sizeof(*n_of_each));
	put_points(plot, fit, plane, n_of_each);
	mem_free(n_of_each);
	return plot;
}

void kmeans_charts_draw(const struct kmeans_fit *fit)
{
	if (charts_want("profile"))
		charts_add(profile(fit));
	struct principal plane = {0};
	if (charts_want("scatter") && principal_find(&plane, &fit->points))
		charts_add(scatter(fit, &plane));
	principal_release(&plane);
}

/* ---- how many ---- */

static struct plot_series *add_figure(
	struct plot *plot, const char *name, const struct k_scan_row *rows, size_t n)
{
	struct plot_series *series = plot_series(plot, text_of(name), n);
	for (size_t i = 0; i < n; i++)
		series->x[i] = (double)rows[i].k;
	return series;
}

static struct plot *new_scan(const char *title, const char *what)
{
	struct plot *plot = plot_new(PLOT_LINES, title);
	plot_axis(plot, PLOT_X, "k, clusters", PLOT_COUNT);
	plot_axis(plot, PLOT_Y, what, PLOT_REAL);
	return plot;
}

/* "Suggested: 3 by silhouette; 4 by gap, stability." */
static void note_suggestions(struct plot *plot, const struct k_scan_row *rows, size_t n)
{
	struct buffer words = {0};
	for (size_t i = 0; i < n; i++) {
		bool is_first = true;
		for (size_t c = 0; c < N_K_CRITERIA; c++) {
			if (!rows[i].suggested_by[c])
				continue;
			if (is_first)
				buffer_format(&words, "%s%zu by", words.length > 0 ? "; " : "",
					rows[i].k);
			buffer_format(&words, "%s %s", is_first ? "" : ",", kmeans_criteria[c]);
			is_first = false;
		}
	}
	if (words.length > 0)
		plot_note(plot, "Suggested: %.*s.", (int)words.length, words.bytes);
	buffer_release(&words);
}

static struct plot *scan_plot(const struct k_scan_row *rows, size_t n)
{
	struct plot *plot = new_scan("How many clusters?", "0 to 1: larger is better");
	note_suggestions(plot, rows, n);
	struct plot_series *silhouette = add_figure(plot, "silhouette", rows, n);
	struct plot_series *mean = add_figure(plot, "stability, mean", rows, n);
	struct plot_series *least = add_figure(plot, "stability, weakest cluster", rows, n);
	plot->axes[PLOT_Y].from_zero = true;
	for (size_t i = 0; i < n; i++) {
		silhouette->y[i] = rows[i].silhouette;
		mean->y[i] = rows[i].stability_mean;
		least->y[i] = rows[i].stability_min;
	}
	return plot;
}

static struct plot *gap_plot(const struct k_scan_row *rows, size_t n)
{
	struct plot *plot = new_scan("Gap statistic", "gap");
	struct plot_series *gap = add_figure(plot, "gap", rows, n);
	plot_note(plot, "The band is the error; the first k that is not below the next gap less its"
			" error suggests itself.");
	plot_band(gap);
	for (size_t i = 0; i < n; i++) {
		gap->y[i] = rows[i].gap;
		gap->low[i] = rows[i].gap - rows[i].gap_se;
		gap->high[i] = rows[i].gap + rows[i].gap_se;
	}
	return plot;
}

static struct plot *inertia_plot(const struct k_scan_row *rows, size_t n)
{
	struct plot *plot =
		new_scan("Inertia", "sum of squared distances from the centres, scaled");
	struct plot_series *inertia = add_figure(plot, "inertia", rows, n);
	plot->axes[PLOT_Y].from_zero = true;
	for (size_t i = 0; i < n; i++)
		inertia->y[i] = rows[i].inertia;
	return plot;
}

void kmeans_charts_draw_scan(const struct k_scan_row *rows, size_t n)
{
	if (charts_want("scan"))
		charts_add(scan_plot(rows, n));
	if (charts_want("gap"))
		charts_add(gap_plot(rows, n));
	if (charts_want("inertia"))
		charts_add(inertia_plot(rows, n));
}

#include "cmd/kmeans_summary.h"

#include <math.h>
#include <string.h>

#include "analytics/inertia.h"
#include "analytics/profile.h"
#include "analytics/silhouette.h"
#include "base/mem.h"
#include "cmd/input.h"
#include "cmd/results.h"

/* ---- columns ---- */

/* As help shows them; FEATURE stands for each feature's name. */
enum {
	SUM_CLUSTER,
	SUM_SIZE,
	SUM_SIZE_PCT,
	SUM_INERTIA,
	SUM_SIZE_BEFORE,
	SUM_SIZE_CHANGE,
	SUM_SQUARE,
	SUM_SQUARE_BEFORE,
	SUM_SQUARE_CHANGE,
	SUM_MEAN,
	SUM_MEDIAN,
	SUM_LIFT,
	SUM_REVENUE,
	SUM_REVENUE_PCT,
	SUM_SILHOUETTE,
	SUM_SILHOUETTE_ROWS,
};

const struct column kmeans_summary_columns[N_KMEANS_SUMMARY_COLUMNS] = {
	{"cluster", COLUMN_COUNT, "", "its number"},
	{"size", COLUMN_COUNT, "rows", "how many are in it"},
	{"size_pct", COLUMN_REAL, "%", "their share of all"},
	{"inertia", COLUMN_REAL, "", "sum of squared distances from the centre, scaled"},
	{"size_pct_before", COLUMN_REAL, "%", "with --model, --init: when it was saved"},
	{"size_pct_change", COLUMN_REAL, "%", "with --model, --init: percentage points since"},
	{"square", COLUMN_REAL, "",
		"with --model, --init: mean squared distance from the centre, in the scaling of"
		" the saved model"},
	{"square_before", COLUMN_REAL, "", "with --model, --init: likewise, when it was saved"},
	{"square_change_pct", COLUMN_REAL, "%", "with --model, --init: of square, since"},
	{"FEATURE_mean", COLUMN_REAL, "", "of each feature, in its own units"},
	{"FEATURE_median", COLUMN_REAL, "", "likewise"},
	{"FEATURE_lift", COLUMN_REAL, "",
		"mean over the mean of all rows; empty where that is not"
		" above 0"},
	{"revenue", COLUMN_MONEY, "currency", "where there is a column revenue or monetary"},
	{"revenue_pct", COLUMN_REAL, "%", "its share of all; empty where that is not above 0"},
	{"silhouette", COLUMN_REAL, "",
		"with --silhouette: from -1 to 1, how much nearer rows are"
		" to their own cluster than to the next"},
	{"silhouette_rows", COLUMN_COUNT, "rows", "from so many of the cluster: see --sample"},
};

/* ---- what is shown ---- */

struct shown {
	const struct kmeans_summary *summary;
	struct profile profile;
	money_sum *revenue; /* of each cluster; NULL: there is none */
	money_sum revenue_in_all;
	double *silhouettes; /* of each cluster, NaN where unknown; NULL: not asked */
	size_t *silhouette_rows;
	double before_in_all; /* rows */
	double *squares;      /* of each cluster, in all, in the saved scaling; NULL: none is */
	struct column *columns;
	char **names; /* of the features' columns */
	size_t n_columns, n_names;
};

static void add_column(struct shown *shown, size_t which)
{
	shown->columns[shown->n_columns++] = kmeans_summary_columns[which];
}

static void add_feature_column(struct shown *shown, const char *feature, size_t which)
{
	struct buffer name = {0};
	buffer_string(&name, feature);
	buffer_string(&name, kmeans_summary_columns[which].name + strlen("FEATURE"));
	add_column(shown, which);
	char *text = shown->names[shown->n_names++] = mem_text(name.bytes, name.length);
	shown->columns[shown->n_columns - 1].name = text;
	buffer_release(&name);
}

static void set_columns(struct shown *shown)
{
	const struct kmeans_fit *fit = shown->summary->fit;
	enum { OF_FEATURE = SUM_LIFT - SUM_MEAN + 1 };
	size_t n_names = fit->n_features * OF_FEATURE;
	shown->columns = mem_array(N_KMEANS_SUMMARY_COLUMNS + n_names, sizeof(*shown->columns));
	shown->names = mem_array(n_names, sizeof(*shown->names));
	for (size_t c = SUM_CLUSTER; c <= SUM_INERTIA; c++)
		add_column(shown, c);
	for (size_t c = SUM_SIZE_BEFORE; shown->summary->before != NULL && c <= SUM_SQUARE_CHANGE;
		c++)
		add_column(shown, c);
	for (size_t f = 0; f < fit->n_features; f++)
		for (size_t c = SUM_MEAN; c <= SUM_LIFT; c++)
			add_feature_column(shown, fit->rows->features[fit->features[f]].name, c);
	for (size_t c = SUM_REVENUE; shown->revenue != NULL && c <= SUM_REVENUE_PCT; c++)
		add_column(shown, c);
	for (size_t c = SUM_SILHOUETTE; shown->silhouettes != NULL && c <= SUM_SILHOUETTE_ROWS; c++)
		add_column(shown, c);
}

static void set_revenue(struct shown *shown, const uint16_t *labels)
{
	const struct kmeans_rows *rows = shown->summary->rows;
	if (rows->all_money == NULL)
		return;
	shown->revenue = mem_zeroed(shown->summary->fit->kmeans.k, sizeof(*shown->revenue));
	for (size_t i = 0; i < rows->n_rows; i++) {
		shown->revenue[labels[i]] += rows->all_money[i];
		shown->revenue_in_all += rows->all_money[i];
	}
}

/* From all rows, or from a sample of them. */
static void set_silhouettes(struct shown *shown)
{
	const struct kmeans_summary *summary = shown->summary;
	const struct points *points = &summary->fit->points;
	const struct kmeans *kmeans = &summary->fit->kmeans;
	size_t n = points->n < summary->sample ? points->n : summary->sample;
	uint32_t *places = mem_array(n, sizeof(*places));
	uint16_t *labels = mem_array(n, sizeof(*labels));
	struct points chosen;
	shown->silhouettes = mem_array(kmeans->k, sizeof(*shown->silhouettes));
	shown->silhouette_rows = mem_zeroed(kmeans->k, sizeof(*shown->silhouette_rows));
	points_sample(points, n, summary->seed, places);
	points_choose(&chosen, points, places, n);
	for (size_t i = 0; i < n; i++) {
		labels[i] = kmeans->labels[places[i]];
		shown->silhouette_rows[labels[i]]++;
	}
	(void)silhouette(&chosen, labels, kmeans->k, input_threads(), shown->silhouettes);
	points_release(&chosen);
	mem_free(places);
	mem_free(labels);
}

/* ---- squares in the scaling of the saved model ---- */

/* A feature that is left out now has one value, and adds nothing in any scaling. NaN where spreads
 * differ too much for squares. */
static void set_squares(struct shown *shown)
{
	const struct kmeans_fit *fit = shown->summary->fit;
	const struct scale *then = &shown->summary->before->scale;
	double *factors = mem_array(fit->n_features, sizeof(*factors));
	for (size_t f = 0; f < fit->n_features; f++)
		factors[f] =
			fit->scale.features[f].spread / then->features[fit->features[f]].spread;
	shown->squares = mem_array(fit->kmeans.k, sizeof(*shown->squares));
	(void)inertia_stretched(shown->squares, &fit->points, fit->kmeans.labels,
		fit->kmeans.centres, fit->kmeans.k, factors, input_threads());
	mem_free(factors);
}

/* ---- cells ---- */

/* NaN where the whole is not above 0: a share of it says nothing. */
static double share_of(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : NAN;
}

static struct cell *fill_drift(const struct shown *shown, size_t cluster, struct cell *cell)
{
	const struct kmeans_fit *fit = shown->summary->fit;
	const struct kmeans_model *before = shown->summary->before;
	double size = (double)fit->kmeans.sizes[cluster], size_before = before->sizes[cluster];
	double pct = 100 * size / (double)fit->points.n;
	double pct_before = share_of(size_before, shown->before_in_all);
	double square = size > 0 ? shown->squares[cluster] / size : NAN;
	double square_before = size_before > 0 ? before->inertias[cluster] / size_before : NAN;
	*cell++ = real_cell(pct_before);
	*cell++ = real_cell(pct - pct_before);
	*cell++ = real_cell(square);
	*cell++ = real_cell(square_before);
	*cell++ = real_cell(square_before > 0 ? 100 * (square / square_before - 1) : NAN);
	return cell;
}

static struct cell *fill_features(const struct shown *shown, size_t cluster, struct cell *cell)
{
	const struct profile *profile = &shown->profile;
	const struct kmeans_fit *fit = shown->summary->fit;
	for (size_t f = 0; f < fit->n_features; f++) {
		size_t column = fit->features[f], at = cluster * profile->n_columns + column;
		double whole = profile->whole_means[column];
		*cell++ = real_cell(profile->means[at]);
		*cell++ = real_cell(profile->medians[at]);
		*cell++ = real_cell(whole > 0 ? profile->means[at] / whole : NAN);
	}
	return cell;
}

static void fill(const void *rows, size_t cluster, struct cell *cells)
{
	const struct shown *shown = rows;
	const struct kmeans_fit *fit = shown->summary->fit;
	cells[SUM_CLUSTER].count = (int64_t)cluster + 1;
	cells[SUM_SIZE].count = (int64_t)fit->kmeans.sizes[cluster];
	cells[SUM_SIZE_PCT].real = 100 * (double)fit->kmeans.sizes[cluster] / (double)fit->points.n;
	cells[SUM_INERTIA].real = fit->inertias[cluster];
	struct cell *cell = cells + SUM_INERTIA + 1;
	if (shown->summary->before != NULL)
		cell = fill_drift(shown, cluster, cell);
	cell = fill_features(shown, cluster, cell);
	if (shown->revenue != NULL) {
		cell++->money = shown->revenue[cluster];
		*cell++ = real_cell(share_of(money_as_real(shown->revenue[cluster]),
			money_as_real(shown->revenue_in_all)));
	}
	if (shown->silhouettes != NULL) {
		*cell++ = real_cell(shown->silhouettes[cluster]);
		cell->count = (int64_t)shown->silhouette_rows[cluster];
	}
}

static void shown_release(struct shown *shown)
{
	for (size_t i = 0; i < shown->n_names; i++)
		mem_free(shown->names[i]);
	mem_free(shown->names);
	mem_free(shown->columns);
	mem_free(shown->revenue);
	mem_free(shown->squares);
	mem_free(shown->silhouettes);
	mem_free(shown->silhouette_rows);
	profile_release(&shown->profile);
}

bool kmeans_summary_write(const struct kmeans_summary *summary, struct error *err)
{
	const struct kmeans_rows *rows = summary->rows;
	size_t k = summary->fit->kmeans.k;
	struct shown shown = {.summary = summary};
	uint16_t *labels = kmeans_fit_labels(summary->fit);
	profile_init(&shown.profile, rows->values, rows->n_rows, rows->n_features, labels, k,
		input_threads());
	set_revenue(&shown, labels);
	mem_free(labels);
	if (summary->with_silhouette)
		set_silhouettes(&shown);
	if (summary->before != NULL)
		set_squares(&shown);
	for (size_t c = 0; summary->before != NULL && c < k; c++)
		shown.before_in_all += summary->before->sizes[c];
	set_columns(&shown);
	bool good = results_write(
		shown.columns, shown.n_columns, fill, &shown, k, rows->money_decimals, err);
	shown_release(&shown);
	return good;
}

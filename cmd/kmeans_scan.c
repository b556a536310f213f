#include "cmd/kmeans_scan.h"

#include <stdlib.h>
#include <string.h>

#include "analytics/k_scan.h"
#include "base/mem.h"
#include "cmd/input.h"
#include "cmd/kmeans_charts.h"
#include "cmd/message.h"
#include "cmd/results.h"

enum {
	SCAN_K,
	SCAN_INERTIA,
	SCAN_SILHOUETTE,
	SCAN_CALINSKI_HARABASZ,
	SCAN_DAVIES_BOULDIN,
	SCAN_GAP,
	SCAN_GAP_SE,
	SCAN_STABILITY_MEAN,
	SCAN_STABILITY_MIN,
	SCAN_SAMPLE,
	SCAN_SUGGESTED_BY,
};

const struct column kmeans_scan_columns[N_KMEANS_SCAN_COLUMNS] = {
	{"k", COLUMN_COUNT, "", "so many clusters"},
	{"inertia", COLUMN_REAL, "", "sum of squared distances from the centres, scaled"},
	{"silhouette", COLUMN_REAL, "", "mean, -1 to 1; the largest suggests its k"},
	{"calinski_harabasz", COLUMN_REAL, "", "variance between over within; the largest does"},
	{"davies_bouldin", COLUMN_REAL, "", "width over distance of clusters; the smallest does"},
	{"gap", COLUMN_REAL, "",
		"log inertia under that without clusters; the smallest k that is"
		" not below the next gap less its error does"},
	{"gap_se", COLUMN_REAL, "", "its error"},
	{"stability_mean", COLUMN_REAL, "",
		"how alike clusters of other samples are: mean Jaccard"
		" index, 0 to 1"},
	{"stability_min", COLUMN_REAL, "", "of the weakest cluster; the largest does, from 0.75"},
	{"sample", COLUMN_COUNT, "rows", "from which silhouette, gap and stability are"},
	{"suggested_by", COLUMN_TEXT, "", "the criteria that suggest this k"},
};

const char *const kmeans_criteria[N_K_CRITERIA] = {
	"silhouette", "calinski_harabasz", "davies_bouldin", "gap", "stability"};

/* ---- the range ---- */

bool kmeans_range_parse(struct kmeans_range *range, const char *words, struct error *err)
{
	enum { MOST = 1000, MOST_DIGITS = 4 };
	static const char digits[] = "0123456789";
	size_t n_from = strspn(words, digits), n_to = 0;
	bool good = n_from >= 1 && n_from <= MOST_DIGITS && strncmp(words + n_from, "..", 2) == 0;
	if (good) {
		const char *to = words + n_from + 2;
		n_to = strspn(to, digits);
		good = n_to >= 1 && n_to <= MOST_DIGITS && to[n_to] == '\0';
		range->from = strtoul(words, NULL, 10);
		range->to = strtoul(to, NULL, 10);
	}
	return (good && range->from >= 1 && range->from <= range->to && range->to <= MOST) ||
	       error_set(err, ERROR_USAGE,
		       "--scan must be a range such as 2..10, from 1 up to %d, not '%s'", MOST,
		       words);
}

/* ---- the table ---- */

struct shown {
	const struct k_scan_row *rows;
	struct buffer *suggested_by; /* of each */
};

static void fill(const void *rows, size_t i, struct cell *cells)
{
	const struct shown *shown = rows;
	const struct k_scan_row *row = &shown->rows[i];
	cells[SCAN_K].count = (int64_t)row->k;
	cells[SCAN_INERTIA].real = row->inertia;
	cells[SCAN_SILHOUETTE] = real_cell(row->silhouette);
	cells[SCAN_CALINSKI_HARABASZ] = real_cell(row->calinski_harabasz);
	cells[SCAN_DAVIES_BOULDIN] = real_cell(row->davies_bouldin);
	cells[SCAN_GAP] = real_cell(row->gap);
	cells[SCAN_GAP_SE] = real_cell(row->gap_se);
	cells[SCAN_STABILITY_MEAN] = real_cell(row->stability_mean);
	cells[SCAN_STABILITY_MIN] = real_cell(row->stability_min);
	cells[SCAN_SAMPLE].count = (int64_t)row->n_sampled;
	cells[SCAN_SUGGESTED_BY].text = buffer_as_text(&shown->suggested_by[i]);
	cells[SCAN_SUGGESTED_BY].empty = shown->suggested_by[i].length == 0;
}

static void list_criteria(const struct k_scan_row *row, struct buffer *words)
{
	for (size_t c = 0; c < N_K_CRITERIA; c++)
		if (row->suggested_by[c])
			buffer_format(
				words, "%s%s", words->length > 0 ? " " : "", kmeans_criteria[c]);
}

static bool write_rows(const struct k_scan_row *rows, size_t n, struct error *err)
{
	struct shown shown = {rows, mem_zeroed(n, sizeof(*shown.suggested_by))};
	for (size_t i = 0; i < n; i++)
		list_criteria(&rows[i], &shown.suggested_by[i]);
	bool good =
		results_write(kmeans_scan_columns, N_KMEANS_SCAN_COLUMNS, fill, &shown, n, 0, err);
	for (size_t i = 0; i < n; i++)
		buffer_release(&shown.suggested_by[i]);
	mem_free(shown.suggested_by);
	return good;
}

static bool check_convergence(const struct k_scan_row *rows, size_t n,
	const struct kmeans_settings *settings, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].converged)
			continue;
		if (!settings->accept_unconverged)
			return error_set(err, ERROR_NUMBERS,
				"%zu clusters have not converged with --max-rounds %zu (give more,"
				" or take them as they are with --accept-unconverged)",
				rows[i].k, settings->fit.max_rounds);
		message_warning("%zu clusters have not converged with --max-rounds %zu", rows[i].k,
			settings->fit.max_rounds);
	}
	return true;
}

bool kmeans_scan_write(const struct kmeans_fit *fit, const struct kmeans_settings *settings,
	const struct kmeans_range *range, size_t sample, struct error *err)
{
	size_t n = range->to - range->from + 1;
	struct k_scan_row *rows = mem_array(n, sizeof(*rows));
	const struct k_scan_options options = {
		.k_from = range->from,
		.k_to = range->to,
		.sample = sample,
		.n_references = K_SCAN_REFERENCES,
		.n_replicates = K_SCAN_REPLICATES,
		.fit = kmeans_fit_options(fit, settings),
	};
	bool good = k_scan(rows, &fit->points, &options, input_threads()) == K_SCAN_OK;
	if (!good)
		error_set(err, ERROR_NUMBERS,
			"--scan up to %zu clusters, but only %zu of %zu row%s differ in their"
			" features",
			range->to, points_distinct(&fit->points, range->to), fit->points.n,
			plural(fit->points.n));
	good = good && check_convergence(rows, n, settings, err);
	if (good)
		kmeans_charts_draw_scan(rows, n);
	good = good && write_rows(rows, n, err);
	mem_free(rows);
	return good;
}

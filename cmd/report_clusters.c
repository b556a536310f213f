/* patron report: clusters by k-means, as many as the scan suggests. */
#include <math.h>

#include "analytics/k_scan.h"
#include "analytics/quantile.h"
#include "analytics/scale.h"
#include "base/mem.h"
#include "cmd/report_sections.h"

/* Those of patron kmeans, by default, and what it takes of an rfm table. */
enum { K_FROM = 2, K_TO = 8, SAMPLE = 10000, N_STARTS = 10, MOST_ROUNDS = 300 };

/* Fewer make no clusters worth a name: ten in each of as many as are looked for. */
enum { FEWEST = 10 * K_TO };

#define NOTHING ((const char *const[]){NULL})

struct clusters {
	const struct report *report;
	size_t n, d;
	enum rfm_measure
		measures[N_RFM_MEASURES]; /* of each dimension: those that are not constant */
	struct points points;
	struct kmeans kmeans;
	uint16_t *labels;
	double *medians; /* k x N_RFM_MEASURES */
	double *means;
};

/* ---- points ---- */

static bool make_points(struct clusters *clusters, const struct rfm_scores *rfm)
{
	size_t n_measures = rfm->scale.n_measures;
	double *rows = mem_array(rfm->n * n_measures, sizeof(*rows));
	for (size_t i = 0; i < rfm->n; i++)
		for (size_t m = 0; m < n_measures; m++)
			rows[i * n_measures + m] = rfm->values[m][i];
	struct scale scale;
	struct scale_fault scale_fault;
	struct points_fault fault;
	const struct scale_options options = {.kind = SCALE_ZSCORE};
	bool good = scale_fit(&scale, rows, rfm->n, n_measures, &options, input_threads(),
			    &scale_fault) == SCALE_OK;
	if (good) {
		for (size_t m = 0; m < n_measures; m++)
			if (!scale_is_constant(&scale, m))
				clusters->measures[clusters->d++] = (enum rfm_measure)m;
		for (size_t i = 0; i < rfm->n; i++)
			for (size_t d = 0; d < clusters->d; d++)
				rows[i * clusters->d + d] =
					rows[i * n_measures + clusters->measures[d]];
		scale_release(&scale);
		good = clusters->d > 0 && points_init(&clusters->points, rows, rfm->n, clusters->d,
						  input_threads(), &fault) == POINTS_OK;
	}
	mem_free(rows);
	clusters->n = rfm->n;
	return good;
}

/* ---- how many ---- */

static size_t n_votes(const struct k_scan_row *row)
{
	size_t n = 0;
	for (int c = 0; c < N_K_CRITERIA; c++)
		n += row->suggested_by[c];
	return n;
}

/* The k with the most criteria for it; of several that of which the weakest cluster is the most
 * stable. */
static const struct k_scan_row *suggested(const struct k_scan_row *rows, size_t n)
{
	const struct k_scan_row *best = &rows[0];
	for (size_t i = 1; i < n; i++)
		if (n_votes(&rows[i]) > n_votes(best) ||
			(n_votes(&rows[i]) == n_votes(best) &&
				rows[i].stability_min > best->stability_min))
			best = &rows[i];
	return best;
}

/* ---- what the clusters are ---- */

static void describe(struct clusters *clusters, const struct rfm_scores *rfm)
{
	size_t k = clusters->kmeans.k;
	double *scratch = mem_array(clusters->n, sizeof(*scratch));
	clusters->labels = mem_array(clusters->n, sizeof(*clusters->labels));
	clusters->medians = mem_array(k * N_RFM_MEASURES, sizeof(*clusters->medians));
	clusters->means = mem_array(k * N_RFM_MEASURES, sizeof(*clusters->means));
	kmeans_labels(&clusters->kmeans, &clusters->points, clusters->labels);
	for (size_t c = 0; c < k; c++)
		for (size_t m = 0; m < rfm->scale.n_measures; m++) {
			size_t n = 0;
			double sum = 0;
			for (size_t i = 0; i < clusters->n; i++)
				if (clusters->labels[i] == c)
					scratch[n++] = rfm->values[m][i];
			sort_reals(scratch, n);
			for (size_t i = 0; i < n; i++)
				sum += scratch[i];
			clusters->medians[c * N_RFM_MEASURES + m] = quantile(scratch, n, 1, 2);
			clusters->means[c * N_RFM_MEASURES + m] = sum / (double)n;
		}
	mem_free(scratch);
}

enum {
	COL_CLUSTER,
	COL_CUSTOMERS,
	COL_SHARE,
	COL_RECENCY,
	COL_FREQUENCY,
	COL_MONETARY,
	COL_RECENCY_MEDIAN,
	COL_FREQUENCY_MEDIAN,
	COL_MONETARY_MEDIAN,
	N_COLUMNS,
};

static const struct column columns[N_COLUMNS] = {
	{"cluster", COLUMN_COUNT, "", "the largest is 1"},
	{"customers", COLUMN_COUNT, "", "how many are in it"},
	{"share, %", COLUMN_REAL, "", "of all customers"},
	{"days since, mean", COLUMN_REAL, "", "the last purchase"},
	{"orders, mean", COLUMN_REAL, "", "of a customer"},
	{"revenue, mean", COLUMN_REAL, "", "of a customer, returns subtracted"},
	{"days since, median", COLUMN_REAL, "", "the last purchase"},
	{"orders, median", COLUMN_REAL, "", "of a customer"},
	{"revenue, median", COLUMN_REAL, "", "of a customer, returns subtracted"},
};

static void fill(const void *context, size_t row, struct cell *cells)
{
	const struct clusters *clusters = context;
	size_t n_measures = clusters->report->rfm.scale.n_measures;
	cells[COL_CLUSTER].count = (int64_t)row + 1;
	cells[COL_CUSTOMERS].count = (int64_t)clusters->kmeans.sizes[row];
	cells[COL_SHARE].real = 100 * (double)clusters->kmeans.sizes[row] / (double)clusters->n;
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		bool empty = m >= n_measures;
		size_t at = row * N_RFM_MEASURES + m;
		cells[COL_RECENCY + m] = (struct cell){.empty = empty};
		cells[COL_RECENCY_MEDIAN + m] = (struct cell){.empty = empty};
		if (empty)
			continue;
		cells[COL_RECENCY + m].real = clusters->means[at];
		cells[COL_RECENCY_MEDIAN + m].real = clusters->medians[at];
	}
}

/* ---- the scan ---- */

enum { SCAN_K, SCAN_SILHOUETTE, SCAN_GAP, SCAN_STABILITY, SCAN_VOTES, N_SCAN_COLUMNS };

static const struct column scan_columns[N_SCAN_COLUMNS] = {
	{"clusters", COLUMN_COUNT, "", "their number, k"},
	{"silhouette", COLUMN_REAL, "", "how well customers fit their cluster: -1 to 1"},
	{"gap", COLUMN_REAL, "", "how much tighter they are than customers without clusters"},
	{"stability", COLUMN_REAL, "", "how much of the weakest cluster is found again: 0 to 1"},
	{"criteria for it", COLUMN_COUNT, "", "of five: how many suggest this number"},
};

static void fill_scan(const void *rows, size_t i, struct cell *cells)
{
	const struct k_scan_row *row = &((const struct k_scan_row *)rows)[i];
	cells[SCAN_K].count = (int64_t)row->k;
	cells[SCAN_SILHOUETTE] = real_cell(row->silhouette);
	cells[SCAN_GAP] = real_cell(row->gap);
	cells[SCAN_STABILITY] = real_cell(row->stability_min);
	cells[SCAN_VOTES].count = (int64_t)n_votes(row);
}

static const char *measures_in_words(const struct clusters *clusters)
{
	if (clusters->d == N_RFM_MEASURES)
		return "recency, orders and revenue";
	if (clusters->measures[0] == RFM_FREQUENCY)
		return "orders and revenue";
	return clusters->measures[1] == RFM_FREQUENCY ? "recency and orders"
						      : "recency and revenue";
}

static void tell(struct report *report, struct clusters *clusters, const struct k_scan_row *best,
	const struct k_scan_row *rows, size_t n_rows)
{
	report_say(report,
		"By {1}, each in standard deviations, {2} clusters are suggested: by {3} of five"
		" criteria, silhouette {4}.",
		(const char *const[]){report_word(report, measures_in_words(clusters)),
			report_count(report, (int64_t)best->k),
			report_count(report, (int64_t)n_votes(best)),
			report_real(report, best->silhouette, 2), NULL});
	if (best->stability_min < .75)
		report_say(report,
			"Doubt: the weakest of them is found again in other samples only to {1};"
			" below 75% a cluster is hardly one.",
			(const char *const[]){report_share(report, best->stability_min, 1), NULL});
	report_table(report, "Clusters", columns, N_COLUMNS, fill, clusters, clusters->kmeans.k);
	report_table(
		report, "How many clusters", scan_columns, N_SCAN_COLUMNS, fill_scan, rows, n_rows);
}

void report_clusters(struct report *report, uint64_t seed)
{
	enum { N_ROWS = K_TO - K_FROM + 1 };
	struct clusters clusters = {.report = report};
	struct k_scan_row rows[N_ROWS];
	report_section(report, "clusters", "Clusters");
	bool has_points = make_points(&clusters, &report->rfm);
	const struct k_scan_options options = {
		.k_from = K_FROM,
		.k_to = K_TO,
		.sample = SAMPLE,
		.n_references = K_SCAN_REFERENCES,
		.n_replicates = K_SCAN_REPLICATES,
		.fit = {.n_starts = N_STARTS,
			.max_rounds = MOST_ROUNDS,
			.seed = seed,
			.tolerance = kmeans_usual_tolerance(clusters.n)},
	};
	bool differ_in_one = has_points && clusters.d == 1;
	bool good = has_points && !differ_in_one && clusters.n >= FEWEST &&
		    k_scan(rows, &clusters.points, &options, input_threads()) == K_SCAN_OK;
	if (good) {
		const struct k_scan_row *best = suggested(rows, N_ROWS);
		struct kmeans_options fit = options.fit;
		fit.k = best->k;
		good = kmeans_fit(&clusters.kmeans, &clusters.points, &fit, input_threads()) ==
		       KMEANS_OK;
		if (good) {
			describe(&clusters, &report->rfm);
			tell(report, &clusters, best, rows, N_ROWS);
			kmeans_release(&clusters.kmeans);
		}
	}
	if (!good)
		report_say(report,
			differ_in_one && clusters.n >= FEWEST
				? "Customers differ in one figure only, which needs no clusters."
				: "There are too few different customers to look for clusters.",
			NOTHING);
	if (has_points)
		points_release(&clusters.points);
	mem_free(clusters.labels);
	mem_free(clusters.medians);
	mem_free(clusters.means);
}

/* patron kmeans: parts customers, or the rows of any table, into k clusters of alike ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/charts.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/kmeans_charts.h"
#include "cmd/kmeans_fit.h"
#include "cmd/kmeans_model.h"
#include "cmd/kmeans_rows.h"
#include "cmd/kmeans_scan.h"
#include "cmd/kmeans_summary.h"
#include "cmd/message.h"
#include "cmd/results.h"
#include "io/real.h"
#include "io/roles.h"

/* ---- options ---- */

static int64_t clusters = 0, starts = 10, seed = 1, max_rounds = 300, sample = 10000;
static const char *features, *id, *logs, *weights, *order_by, *model_path, *init_path, *model_out,
	*scan;
static int scale = SCALE_ZSCORE;
static bool accept_unconverged, summary, with_silhouette;
static bool scale_given, starts_given, seed_given, max_rounds_given, sample_given;

static const struct option options[] = {
	{.letter = 'k',
		.name = "clusters",
		.kind = OPTION_INTEGER,
		.target = &clusters,
		.argument = "K",
		.least = 1,
		.most = KMEANS_MAX_K,
		.plain_default = true,
		.help = "how many clusters; needed, but with --model, --init and --scan"},
	{.name = "features",
		.kind = OPTION_TEXT,
		.target = &features,
		.argument = "COL,COL,...",
		.help = "columns of numbers to cluster by, each by name or, as in --log, --weights"
			" and --order-by, by number; without it, recency_days,frequency,"
			"monetary of an rfm table, recency_days,orders,revenue of a customers"
			" table (where recency_days is as_of - last_purchase)"},
	{.name = "id",
		.kind = OPTION_TEXT,
		.target = &id,
		.argument = "COL",
		.help = "the column that names the rows: never empty, and named with what is"
			" wrong in one"},
	{.name = "scale",
		.kind = OPTION_CHOICE,
		.target = &scale,
		.given = &scale_given,
		.argument = "HOW",
		.choices = scale_names,
		.help = "zscore: mean 0, sample standard deviation 1; minmax: from 0 to 1;"
			" robust: median 0, distance of the quartiles 1; none"},
	{.name = "log",
		.kind = OPTION_TEXT,
		.target = &logs,
		.argument = "COL,...|all",
		.help = "take log(1 + x) of these features first; their values are from 0 on"},
	{.name = "weights",
		.kind = OPTION_TEXT,
		.target = &weights,
		.argument = "COL=W,...",
		.help = "distances along these features count W times, once scaled"},
	{.name = "starts",
		.kind = OPTION_INTEGER,
		.target = &starts,
		.given = &starts_given,
		.argument = "N",
		.least = 1,
		.most = 1000000,
		.help = "search from so many seedings and take the best"},
	{.name = "seed",
		.kind = OPTION_INTEGER,
		.target = &seed,
		.given = &seed_given,
		.argument = "N",
		.least = 0,
		.help = "of the random choices"},
	{.name = "max-rounds",
		.kind = OPTION_INTEGER,
		.target = &max_rounds,
		.given = &max_rounds_given,
		.argument = "N",
		.least = 1,
		.most = 1000000,
		.help = "of each search; not converged by then is exit 4"},
	{.name = "accept-unconverged",
		.kind = OPTION_FLAG,
		.target = &accept_unconverged,
		.help = "a warning instead"},
	{.name = "order-by",
		.kind = OPTION_TEXT,
		.target = &order_by,
		.argument = "COL[:asc|:desc]",
		.help = "number clusters by the centre of this feature, the smallest first, or"
			" with :desc the largest; without it, the largest cluster is 1"},
	{.name = "model",
		.kind = OPTION_TEXT,
		.target = &model_path,
		.argument = "FILE",
		.reads = true,
		.help = "nothing is fitted: each row goes to the nearest centre of a saved model"},
	{.name = "init",
		.kind = OPTION_TEXT,
		.target = &init_path,
		.argument = "FILE",
		.reads = true,
		.help = "fit from the centres of a saved model, and keep its numbers"},
	{.name = "model-out",
		.kind = OPTION_TEXT,
		.target = &model_out,
		.argument = "FILE",
		.writes = WRITES_FILE,
		.help = "save features, scaling and centres (CSV)"},
	{.name = "summary",
		.kind = OPTION_FLAG,
		.target = &summary,
		.help = "one row per cluster instead; with --model or --init also how size and"
			" inertia have changed since"},
	{.name = "silhouette",
		.kind = OPTION_FLAG,
		.target = &with_silhouette,
		.help = "with --summary: silhouettes too"},
	{.name = "scan",
		.kind = OPTION_TEXT,
		.target = &scan,
		.argument = "A..B",
		.help = "how many clusters? one row for each k from A to B, and which criteria"
			" suggest it"},
	{.name = "sample",
		.kind = OPTION_INTEGER,
		.target = &sample,
		.given = &sample_given,
		.argument = "N",
		.least = 100,
		.most = 1000000,
		.help = "of more rows than that, a seeded sample of so many gives silhouettes and,"
			" with --scan, gap and stability"},
};

/* ---- columns ---- */

enum { ADDED_CLUSTER, ADDED_DISTANCE, N_ADDED = N_KMEANS_ADDED_COLUMNS };

const struct column kmeans_added_columns[N_ADDED] = {
	{"cluster", COLUMN_COUNT, "", "its number, from 1"},
	{"distance", COLUMN_REAL, "", "from the cluster's centre, in scaled features"},
};

/* ---- the rows with their clusters ---- */

struct labelled {
	size_t n_columns;
	const struct text *cells; /* n_columns of each row */
	const uint16_t *labels;
	const double *distances;
};

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct labelled *labelled = rows;
	size_t n = labelled->n_columns;
	for (size_t c = 0; c < n; c++) {
		cells[c].text = labelled->cells[row * n + c];
		cells[c].empty = cells[c].text.length == 0;
	}
	cells[n + ADDED_CLUSTER].count = labelled->labels[row] + 1;
	cells[n + ADDED_DISTANCE].real = labelled->distances[row];
}

/* The report, to which rows are added as they come. */
struct report {
	struct column *columns;
	size_t n_columns; /* of the input */
	struct table *table;
};

static bool report_open(struct report *report, const struct kmeans_rows *rows, struct error *err)
{
	size_t n = rows->n_columns;
	report->n_columns = n;
	report->columns = mem_array(n + N_ADDED, sizeof(*report->columns));
	for (size_t c = 0; c < n; c++)
		report->columns[c] = (struct column){rows->columns[c], COLUMN_TEXT, "", ""};
	for (size_t f = 0; f < rows->n_features; f++)
		if (!rows->features[f].is_recency)
			report->columns[rows->features[f].column].kind = COLUMN_WRITTEN;
	memcpy(report->columns + n, kmeans_added_columns, sizeof(kmeans_added_columns));
	report->table = results_open(report->columns, n + N_ADDED, 0, err);
	return report->table != NULL;
}

static bool report_add(struct report *report, const struct kmeans_chunk *chunk,
	const uint16_t *labels, const double *distances, struct error *err)
{
	struct text *cells = kmeans_cells_of(chunk, report->n_columns);
	const struct labelled labelled = {report->n_columns, cells, labels, distances};
	bool good = table_rows(report->table, fill, &labelled, chunk->n_rows, err);
	mem_free(cells);
	return good;
}

static bool report_close(struct report *report, bool good, struct error *err)
{
	if (good)
		good = table_close(report->table, err);
	else
		table_discard(report->table);
	mem_free(report->columns);
	*report = (struct report){0};
	return good;
}

static bool write_labels(struct kmeans_rows *rows, struct kmeans_fit *fit, struct error *err)
{
	struct report report = {0};
	uint16_t *labels = kmeans_fit_labels(fit);
	double *distances = kmeans_fit_distances(fit);
	size_t row = 0;
	kmeans_fit_release(fit);
	bool good = report_open(&report, rows, err);
	for (struct kmeans_chunk *chunk = rows->chunks; good && chunk != NULL;
		chunk = chunk->next) {
		good = report_add(&report, chunk, labels + row, distances + row, err);
		row += chunk->n_rows;
	}
	good = report_close(&report, good, err);
	mem_free(labels);
	mem_free(distances);
	return good;
}

/* ---- the rows by a saved model, as they come ---- */

struct stream {
	const struct kmeans_model *model;
	struct report report;
};

static bool stream_begin(void *context, const struct kmeans_rows *rows, struct error *err)
{
	struct stream *stream = context;
	return report_open(&stream->report, rows, err);
}

static bool assign(const struct kmeans_model *model, struct kmeans_chunk *chunk, uint16_t *labels,
	double *distances)
{
	struct scale_fault fault;
	size_t d = model->n_features;
	bool finite = true;
	for (size_t i = 0; i < chunk->n_rows; i++) {
		double *row = chunk->values + i * d;
		(void)scale_row(&model->scale, row, &fault);
		labels[i] = kmeans_assign(model->centres, model->k, row, d, &distances[i]);
		finite = finite && isfinite(distances[i]);
	}
	return finite;
}

static bool stream_take(void *context, struct kmeans_chunk *chunk, struct error *err)
{
	struct stream *stream = context;
	uint16_t *labels = mem_array(chunk->n_rows, sizeof(*labels));
	double *distances = mem_array(chunk->n_rows, sizeof(*distances));
	bool good = assign(stream->model, chunk, labels, distances);
	if (good)
		good = report_add(&stream->report, chunk, labels, distances, err);
	else
		error_set(err, ERROR_NUMBERS,
			"%s: a row is so far out, once scaled, that its distance cannot be computed"
			" (the model was made of other data)",
			model_path);
	mem_free(labels);
	mem_free(distances);
	kmeans_chunk_free(chunk);
	return good;
}

static bool stream_labels(const char *const *paths, size_t n_paths, const struct kmeans_wish *wish,
	const struct kmeans_model *model, struct error *err)
{
	struct stream stream = {.model = model};
	const struct kmeans_sink sink = {&stream, stream_begin, stream_take};
	struct kmeans_rows rows;
	bool good = kmeans_rows_read(&rows, paths, n_paths, wish, &sink, err);
	good = report_close(&stream.report, good, err);
	kmeans_rows_release(&rows);
	return good;
}

/* ---- the run ---- */

static bool write_summary(const struct kmeans_rows *rows, const struct kmeans_fit *fit,
	const struct kmeans_model *before, struct error *err)
{
	const struct kmeans_summary asked = {
		.rows = rows,
		.fit = fit,
		.before = before,
		.with_silhouette = with_silhouette,
		.sample = (size_t)sample,
		.seed = (uint64_t)seed,
	};
	return kmeans_summary_write(&asked, err);
}

static bool write_all(struct kmeans_rows *rows, struct kmeans_fit *fit,
	const struct kmeans_model *before, struct error *err)
{
	struct table *saved = NULL;
	if (model_out != NULL && (saved = kmeans_fit_save(fit, model_out, err)) == NULL)
		return false;
	bool good = results_is_chart() ? results_write_chart(err)
		    : summary          ? write_summary(rows, fit, before, err)
				       : write_labels(rows, fit, err);
	if (saved != NULL && (good || err->kind == ERROR_PIPE))
		return table_close(saved, err) && good;
	table_discard(saved);
	return good;
}

/* Where the inertia comes from: a start, or the search that moved a centre after all of them. */
static void tell_search(const struct kmeans *kmeans)
{
	char inertia[REAL_ROOM + 1], start[64] = "after the starts, by a moved centre";
	inertia[real_write(kmeans->inertia, 6, inertia)] = '\0';
	if (init_path != NULL)
		snprintf(start, sizeof(start), "from the saved centres");
	else if (kmeans->search < (size_t)starts)
		snprintf(start, sizeof(start), "from start %zu of %zu", kmeans->search + 1,
			(size_t)starts);
	if (kmeans->converged)
		message_note("converged in %zu round%s %s: inertia %s", kmeans->n_rounds,
			plural(kmeans->n_rounds), start, inertia);
}

/* With a model: from its centres, or, with --model, by them. */
static bool fit_and_write(const char *const *paths, size_t n_paths, const struct kmeans_wish *wish,
	const struct kmeans_model *model, struct error *err)
{
	bool assigns = model_path != NULL;
	const struct kmeans_settings settings = {
		.scale = (enum scale_kind)(model != NULL ? (int)model->kind : scale),
		.fit = {.k = (size_t)clusters,
			.n_starts = (size_t)starts,
			.max_rounds = (size_t)max_rounds,
			.seed = (uint64_t)seed},
		.accept_unconverged = accept_unconverged,
		.order_by = order_by,
		.samples = scan != NULL || with_silhouette || charts_want("scatter"),
	};
	struct kmeans_rows rows = {0};
	struct kmeans_fit fit = {0};
	struct kmeans_range range = {0};
	bool good = (scan == NULL || kmeans_range_parse(&range, scan, err)) &&
		    kmeans_rows_read(&rows, paths, n_paths, wish, NULL, err) &&
		    kmeans_fit_points(&fit, &rows, &settings, assigns ? model : NULL, summary, err);
	if (good && scan != NULL) {
		good = kmeans_scan_write(&fit, &settings, &range, (size_t)sample, err);
	} else if (good) {
		if (assigns)
			kmeans_fit_assign(&fit, model);
		else
			good = kmeans_fit_clusters(&fit, &settings, model, err);
		if (good && !assigns)
			tell_search(&fit.kmeans);
		if (good)
			kmeans_charts_draw(&fit);
		good = good && write_all(&rows, &fit, model, err);
	}
	kmeans_fit_release(&fit);
	kmeans_rows_release(&rows);
	return good;
}

/* What a model says of the columns, in place of the options. */
static void wish_of_model(struct kmeans_wish *wish, const struct kmeans_model *model)
{
	size_t n = model->n_features;
	wish->features.names = mem_array(n, sizeof(*wish->features.names));
	wish->weights.names = mem_array(n, sizeof(*wish->weights.names));
	wish->weights.numbers = mem_array(n, sizeof(*wish->weights.numbers));
	wish->logs.names = mem_array(n, sizeof(*wish->logs.names));
	wish->features.n = wish->weights.n = n;
	for (size_t f = 0; f < n; f++) {
		const char *name = model->features[f];
		size_t length = strlen(name);
		wish->features.names[f] = mem_text(name, length);
		wish->weights.names[f] = mem_text(name, length);
		wish->weights.numbers[f] = model->scale.features[f].weight;
		if (model->scale.features[f].log)
			wish->logs.names[wish->logs.n++] = mem_text(name, length);
	}
}

static bool wish_of_options(struct kmeans_wish *wish, struct error *err)
{
	wish->logs_all = logs != NULL && strcmp(logs, "all") == 0;
	return kmeans_names_split(&wish->features, "features", features, false, err) &&
	       kmeans_names_split(&wish->logs, "log", wish->logs_all ? NULL : logs, false, err) &&
	       kmeans_names_split(&wish->weights, "weights", weights, true, err);
}

static void wish_release(struct kmeans_wish *wish)
{
	kmeans_names_release(&wish->features);
	kmeans_names_release(&wish->logs);
	kmeans_names_release(&wish->weights);
}

/* A saved model has features, scaling and k of its own. */
static bool check_model_options(const char *option, struct error *err)
{
	const char *other = features != NULL   ? "--features"
			    : scale_given      ? "--scale"
			    : logs != NULL     ? "--log"
			    : weights != NULL  ? "--weights"
			    : order_by != NULL ? "--order-by"
			    : clusters > 0     ? "-k"
					       : NULL;
	return other == NULL ||
	       error_set(err, ERROR_USAGE, "%s: %s is the saved model's to say (leave it out)",
		       option, other);
}

/* What is left for chance: where searches start, and the rows of a sample. */
static bool check_idle_options(struct error *err)
{
	bool samples = scan != NULL || with_silhouette;
	bool seeds = model_path == NULL && init_path == NULL;
	const char *idle = !seeds && starts_given                     ? "--starts"
			   : !seeds && !samples && seed_given         ? "--seed"
			   : model_path != NULL && max_rounds_given   ? "--max-rounds"
			   : model_path != NULL && accept_unconverged ? "--accept-unconverged"
								      : NULL;
	if (idle != NULL)
		return error_set(err, ERROR_USAGE, "%s, so that %s has no use (leave it out)",
			model_path != NULL ? "--model fits nothing"
					   : "--init searches once, from the saved centres",
			idle);
	return samples || !sample_given ||
	       error_set(err, ERROR_USAGE,
		       "--sample is for --scan, and for --summary with --silhouette (clusters are"
		       " always fitted to all rows)");
}

static bool check_scan(struct error *err)
{
	const char *other = clusters > 0         ? "-k"
			    : model_path != NULL ? "--model"
			    : init_path != NULL  ? "--init"
			    : model_out != NULL  ? "--model-out"
			    : order_by != NULL   ? "--order-by"
			    : summary            ? "--summary"
			    : with_silhouette    ? "--silhouette"
						 : NULL;
	return other == NULL || error_set(err, ERROR_USAGE,
					"--scan and %s exclude each other (first look at the scan,"
					" then choose k)",
					other);
}

static bool check_options(struct error *err)
{
	if (scan != NULL)
		return check_scan(err);
	if (model_path != NULL && init_path != NULL)
		return error_set(err, ERROR_USAGE,
			"--model and --init exclude each other (--model fits nothing)");
	if (model_path != NULL && model_out != NULL)
		return error_set(err, ERROR_USAGE,
			"--model fits nothing that --model-out could save (--init does)");
	if (with_silhouette && !summary)
		return error_set(err, ERROR_USAGE, "--silhouette is for --summary");
	if (!check_idle_options(err))
		return false;
	if (model_path != NULL || init_path != NULL)
		return check_model_options(model_path != NULL ? "--model" : "--init", err);
	return clusters > 0 || error_set(err, ERROR_USAGE,
				       "how many clusters? such as -k 5 (--scan 2..10 compares)");
}

static bool check_columns(struct error *err)
{
	if (scan != NULL)
		return results_check(kmeans_scan_columns, N_KMEANS_SCAN_COLUMNS, err);
	return summary ? results_check(kmeans_summary_columns, N_KMEANS_SUMMARY_COLUMNS, err)
		       : results_check(kmeans_added_columns, N_ADDED, err);
}

/* By a saved model rows can be written as they come, but for charts, which show all. */
static bool is_stream(void)
{
	bool draws = charts_want("profile") || charts_want("scatter");
	return model_path != NULL && !summary && !draws;
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	const char *path = model_path != NULL ? model_path : init_path;
	struct kmeans_model model = {0};
	struct kmeans_wish wish = {.id = id,
		.by_name = model_out != NULL,
		.keep_cells = !summary && scan == NULL,
		.keep_money = summary,
		.model = path};
	bool good =
		check_columns(err) && check_options(err) &&
		(path == NULL ? wish_of_options(&wish, err) : kmeans_model_read(&model, path, err));
	if (good && path != NULL)
		wish_of_model(&wish, &model);
	if (good)
		good = is_stream() ? stream_labels(paths, n_paths, &wish, &model, err)
				   : fit_and_write(paths, n_paths, &wish,
					     path != NULL ? &model : NULL, err);
	wish_release(&wish);
	kmeans_model_release(&model);
	return good;
}

static const struct option_group own_group = {"Options", options, COUNT_OF(options)};
static const struct option_group *const groups[] = {
	&own_group, &input_group, &ordered_output_group};

static const struct command_table tables[] = {
	{"Columns after those of the input", kmeans_added_columns, N_ADDED},
	{"Columns with --summary", kmeans_summary_columns, N_KMEANS_SUMMARY_COLUMNS},
	{"Columns with --scan", kmeans_scan_columns, N_KMEANS_SCAN_COLUMNS},
};

const struct command kmeans_command = {
	.name = "kmeans",
	.summary = "clusters of alike customers, or rows of any table (k-means)",
	.description =
		"Parts rows into k clusters so that the squared distances from the rows to the"
		" centres of their clusters add up to as little as can be found. All columns of the"
		" input pass through, in the order of the rows, with cluster and distance after"
		" them; in json and xlsx features are numbers, all else is text. A feature that is "
		"the same in every row is left out with a warning.\n"
		"\n"
		"The best of --starts searches is taken, each from a seeding by greedy k-means++;"
		" searches from it with one centre moved elsewhere follow, where rows are so few"
		" that it costs little. A search has converged when no row moves, with more than"
		" 10,000 rows also when the centres hardly do. Neither the order of the rows nor"
		" the number of threads changes a label.\n"
		"\n"
		"The numbers of the clusters are those of one run. For labels that mean the same"
		" tomorrow, save the model with --model-out, and give it again with --model, which"
		" fits nothing, or with --init, which fits again from there.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.refusal = {&transaction_group,
		"is about transactions, and kmeans reads customers or the rows of any table",
		"patron rfm ", " ... FILE | patron kmeans"},
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.charts = kmeans_charts,
	.n_charts = N_KMEANS_CHARTS,
	.examples = "patron rfm sample-data/*.csv.gz | patron kmeans -k 5 --log frequency\n"
		    "patron kmeans customers.csv -k 4 --features age,income --scale robust\n"
		    "patron kmeans tonight.csv --model segments.csv -o labels.csv.gz",
	.run = run,
};

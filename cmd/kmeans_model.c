#include "cmd/kmeans_model.h"

#include <math.h>
#include <string.h>

#include "analytics/kmeans.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/options.h"
#include "io/real.h"
#include "io/sheet.h"

const char *const scale_names[] = {"zscore", "minmax", "robust", "none", NULL};

enum {
	MODEL_CLUSTER,
	MODEL_FEATURE,
	MODEL_CENTRE,
	MODEL_SIZE,
	MODEL_INERTIA,
	MODEL_SCALE,
	MODEL_LOG,
	MODEL_WEIGHT,
	MODEL_SHIFT,
	MODEL_SPREAD,
	MODEL_CLUSTERS,
	N_MODEL_COLUMNS,
};

static const struct column columns[N_MODEL_COLUMNS] = {
	{"cluster", COLUMN_COUNT, "", "its number"},
	{"feature", COLUMN_TEXT, "", "the column"},
	{"centre", COLUMN_REAL, "", "of the cluster, scaled"},
	{"size", COLUMN_REAL, "rows", "of the cluster, when it was fitted"},
	{"inertia", COLUMN_REAL, "", "of the cluster, when it was fitted"},
	{"scale", COLUMN_TEXT, "", "how shift and spread were chosen: see --scale"},
	{"log", COLUMN_TEXT, "", "whether log(1 + x) is scaled, not x"},
	{"weight", COLUMN_REAL, "", "scaled: weight (x - shift) / spread"},
	{"shift", COLUMN_REAL, "", "see weight"},
	{"spread", COLUMN_REAL, "", "see weight"},
	{"clusters", COLUMN_COUNT, "", "how many there are"},
};

/* ---- writing ---- */

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct kmeans_model *model = rows;
	size_t cluster = row / model->n_features, f = row % model->n_features;
	const struct scale_feature *feature = &model->scale.features[f];
	cells[MODEL_CLUSTER].count = (int64_t)cluster + 1;
	cells[MODEL_FEATURE].text = text_of(model->features[f]);
	cells[MODEL_CENTRE].real = model->centres[row];
	cells[MODEL_SIZE].real = model->sizes[cluster];
	cells[MODEL_INERTIA].real = model->inertias[cluster];
	cells[MODEL_SCALE].text = text_of(scale_names[model->kind]);
	cells[MODEL_LOG].text = feature->log ? TEXT("yes") : TEXT("no");
	cells[MODEL_WEIGHT].real = feature->weight;
	cells[MODEL_SHIFT].real = feature->centre;
	cells[MODEL_SPREAD].real = feature->spread;
	cells[MODEL_CLUSTERS].count = (int64_t)model->k;
}

struct table *kmeans_model_open(
	const char *path, const struct kmeans_model *model, struct error *err)
{
	const struct table_style style = {
		.format = FORMAT_CSV, .path = path, .digits = -1, .top = -1, .threads = 1};
	struct table *table = table_open(&style, columns, N_MODEL_COLUMNS, err);
	if (table == NULL)
		return NULL;
	if (table_rows(table, fill, model, model->k * model->n_features, err) &&
		table_complete(table, err))
		return table;
	table_discard(table);
	return NULL;
}

/* ---- reading ---- */

static bool refuse_cell(
	const struct sheet *sheet, size_t row, size_t column, const char *why, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	return error_set(err, ERROR_DATA, "%s:%lld: %s '%s' %s", sheet->name,
		(long long)sheet->lines[row], columns[column].name,
		text_excerpt(sheet_cell(sheet, row, column), room), why);
}

static bool read_number(const struct sheet *sheet, size_t row, size_t column, double least,
	double *number, struct error *err)
{
	if (!real_read(sheet_cell(sheet, row, column), '.', number))
		return refuse_cell(sheet, row, column, "is not a number", err);
	if (*number < least || fabs(*number) > SCALE_LARGEST)
		return refuse_cell(sheet, row, column, "is not in the range of a model", err);
	return true;
}

/* The cluster in which a row belongs: 1 in the first n_features rows, then 2, and so on. */
static bool check_cluster(
	const struct sheet *sheet, size_t row, size_t n_features, struct error *err)
{
	double number;
	size_t expected = row / n_features + 1;
	if (!read_number(sheet, row, MODEL_CLUSTER, 1, &number, err))
		return false;
	return number == (double)expected ||
	       refuse_cell(sheet, row, MODEL_CLUSTER,
		       "is out of place (a row for each feature of cluster 1, then of 2, ...)",
		       err);
}

/* What stands in several rows is the same in all. */
static bool check_repeats(
	const struct sheet *sheet, size_t row, size_t n_features, struct error *err)
{
	static const int of_feature[] = {
		MODEL_FEATURE, MODEL_SCALE, MODEL_LOG, MODEL_WEIGHT, MODEL_SHIFT, MODEL_SPREAD};
	static const int of_cluster[] = {MODEL_SIZE, MODEL_INERTIA};
	size_t of_first = row % n_features, head = row - of_first;
	for (size_t i = 0; i < COUNT_OF(of_feature); i++) {
		size_t column = (size_t)of_feature[i];
		if (!text_equal(
			    sheet_cell(sheet, row, column), sheet_cell(sheet, of_first, column)))
			return refuse_cell(sheet, row, column,
				"differs from that of the feature in cluster 1", err);
	}
	for (size_t i = 0; i < COUNT_OF(of_cluster); i++) {
		size_t column = (size_t)of_cluster[i];
		if (!text_equal(sheet_cell(sheet, row, column), sheet_cell(sheet, head, column)))
			return refuse_cell(
				sheet, row, column, "differs from the cluster's first row", err);
	}
	return text_equal(sheet_cell(sheet, row, MODEL_CLUSTERS),
		       sheet_cell(sheet, 0, MODEL_CLUSTERS)) ||
	       refuse_cell(sheet, row, MODEL_CLUSTERS, "differs from the first row", err);
}

static bool read_kind(
	struct kmeans_model *model, const struct sheet *sheet, size_t row, struct error *err)
{
	enum scale_kind kind = SCALE_ZSCORE;
	struct text name = sheet_cell(sheet, row, MODEL_SCALE);
	while (scale_names[kind] != NULL && !text_equal(name, text_of(scale_names[kind])))
		kind++;
	if (scale_names[kind] == NULL)
		return refuse_cell(
			sheet, row, MODEL_SCALE, "is not zscore, minmax, robust or none", err);
	if (row > 0 && kind != model->kind)
		return refuse_cell(sheet, row, MODEL_SCALE, "differs from the first row", err);
	model->kind = kind;
	return true;
}

static bool read_feature(
	struct kmeans_model *model, const struct sheet *sheet, size_t row, struct error *err)
{
	struct scale_feature *feature = &model->scale.features[row];
	struct text name = sheet_cell(sheet, row, MODEL_FEATURE);
	struct text log_word = sheet_cell(sheet, row, MODEL_LOG);
	for (size_t f = 0; f < row; f++)
		if (text_equal(name, text_of(model->features[f])))
			return refuse_cell(
				sheet, row, MODEL_FEATURE, "stands twice in a cluster", err);
	model->features[row] = mem_text(name.at, name.length);
	feature->log = text_equal(log_word, TEXT("yes"));
	if (!feature->log && !text_equal(log_word, TEXT("no")))
		return refuse_cell(sheet, row, MODEL_LOG, "is not yes or no", err);
	return read_kind(model, sheet, row, err) &&
	       read_number(sheet, row, MODEL_WEIGHT, 1e-6, &feature->weight, err) &&
	       read_number(sheet, row, MODEL_SHIFT, -INFINITY, &feature->centre, err) &&
	       read_number(sheet, row, MODEL_SPREAD, 1e-300, &feature->spread, err);
}

static bool read_row(
	struct kmeans_model *model, const struct sheet *sheet, size_t row, struct error *err)
{
	size_t d = model->n_features;
	return check_cluster(sheet, row, d, err) && check_repeats(sheet, row, d, err) &&
	       (row >= d || read_feature(model, sheet, row, err)) &&
	       read_number(sheet, row, MODEL_CENTRE, -INFINITY, &model->centres[row], err) &&
	       read_number(sheet, row, MODEL_SIZE, 0, &model->sizes[row / d], err) &&
	       read_number(sheet, row, MODEL_INERTIA, 0, &model->inertias[row / d], err);
}

static void make_room(struct kmeans_model *model, const struct sheet *sheet)
{
	struct text first = sheet_cell(sheet, 0, MODEL_CLUSTER);
	size_t d = 1;
	while (d < sheet->n_rows && text_equal(sheet_cell(sheet, d, MODEL_CLUSTER), first))
		d++;
	model->n_features = model->scale.n_dims = d;
	model->k = (sheet->n_rows + d - 1) / d;
	model->features = mem_zeroed(d, sizeof(*model->features));
	model->scale.features = mem_zeroed(d, sizeof(*model->scale.features));
	model->centres = mem_zeroed(model->k * d, sizeof(*model->centres));
	model->sizes = mem_zeroed(model->k, sizeof(*model->sizes));
	model->inertias = mem_zeroed(model->k, sizeof(*model->inertias));
}

/* All clusters that the file says it has, with all their features. */
static bool check_size(
	const struct kmeans_model *model, const struct sheet *sheet, struct error *err)
{
	double clusters;
	if (!read_number(sheet, 0, MODEL_CLUSTERS, 1, &clusters, err))
		return false;
	if (clusters > KMEANS_MAX_K || clusters != floor(clusters))
		return refuse_cell(sheet, 0, MODEL_CLUSTERS, "is not in the range of a model", err);
	if ((double)model->k > clusters)
		return error_set(err, ERROR_DATA,
			"%s: %zu clusters, though the column clusters says %.0f", sheet->name,
			model->k, clusters);
	if ((double)model->k < clusters)
		return error_set(err, ERROR_DATA, "%s: %zu of %.0f clusters (is the file cut off?)",
			sheet->name, model->k, clusters);
	return sheet->n_rows == model->k * model->n_features ||
	       error_set(err, ERROR_DATA,
		       "%s: the last cluster has fewer features than the first (is the file cut"
		       " off?)",
		       sheet->name);
}

bool kmeans_model_read(struct kmeans_model *model, const char *path, struct error *err)
{
	const char *names[N_MODEL_COLUMNS];
	struct sheet sheet;
	*model = (struct kmeans_model){0};
	for (size_t i = 0; i < N_MODEL_COLUMNS; i++)
		names[i] = columns[i].name;
	if (!sheet_read(&sheet, path, names, N_MODEL_COLUMNS, err))
		return false;
	bool good = sheet.n_rows > 0 ||
		    error_set(err, ERROR_DATA, "%s: a model without a row", sheet.name);
	if (good)
		make_room(model, &sheet);
	for (size_t row = 0; good && row < sheet.n_rows; row++)
		good = read_row(model, &sheet, row, err);
	good = good && check_size(model, &sheet, err);
	sheet_release(&sheet);
	return good;
}

void kmeans_model_release(struct kmeans_model *model)
{
	for (size_t f = 0; model->features != NULL && f < model->n_features; f++)
		mem_free(model->features[f]);
	mem_free(model->features);
	scale_release(&model->scale);
	mem_free(model->centres);
	mem_free(model->sizes);
	mem_free(model->inertias);
	*model = (struct kmeans_model){0};
}

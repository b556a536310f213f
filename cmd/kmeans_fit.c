#include "cmd/kmeans_fit.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "analytics/distance.h"
#include "analytics/inertia.h"
#include "base/mem.h"
#include "cmd/input.h"
#include "cmd/message.h"
#include "io/real.h"

/* ---- scaling --------------------------------------------------------------------------------- */

static const char *feature_name(const struct kmeans_rows *rows, size_t number)
{
	return rows->features[number].name;
}

static bool explain_scale(const struct kmeans_rows *rows, enum scale_kind kind,
	enum scale_status status, const struct scale_fault *fault, struct error *err)
{
	const char *name = feature_name(rows, fault->dim);
	/* The rest was seen when the cells were read. */
	assert(status == SCALE_NO_SPREAD);
	if (kind == SCALE_ROBUST)
		return error_set(err, ERROR_NUMBERS,
			"--scale robust: the quartiles of %s are equal, so that it has no spread"
			" (use --scale zscore or minmax)",
			name);
	return error_set(err, ERROR_NUMBERS,
		"--scale %s: %s varies by so little that the square of it is 0 to a double (use"
		" --scale minmax)",
		scale_names[kind], name);
}

static bool scale_rows(
	struct kmeans_fit *fit, double *values, enum scale_kind kind, struct error *err)
{
	const struct kmeans_rows *rows = fit->rows;
	size_t d = rows->n_features;
	bool *logs = mem_array(d, sizeof(*logs));
	double *weights = mem_array(d, sizeof(*weights));
	for (size_t f = 0; f < d; f++) {
		logs[f] = rows->features[f].log;
		weights[f] = rows->features[f].weight;
	}
	const struct scale_options options = {kind, logs, weights};
	struct scale_fault fault;
	fit->kind = kind;
	enum scale_status status =
		scale_fit(&fit->scale, values, rows->n_rows, d, &options, input_threads(), &fault);
	mem_free(logs);
	mem_free(weights);
	return status == SCALE_OK || explain_scale(rows, kind, status, &fault, err);
}

static void scale_rows_alike(
	struct kmeans_fit *fit, double *values, const struct kmeans_model *model)
{
	const struct kmeans_rows *rows = fit->rows;
	struct scale_fault fault;
	fit->kind = model->kind;
	fit->scale.n_dims = model->n_features;
	fit->scale.features = mem_array(model->n_features, sizeof(*fit->scale.features));
	memcpy(fit->scale.features, model->scale.features,
		model->n_features * sizeof(*fit->scale.features));
	for (size_t i = 0; i < rows->n_rows; i++) {
		enum scale_status status =
			scale_row(&fit->scale, values + i * rows->n_features, &fault);
		assert(status == SCALE_OK);
	}
}

static void report_constant(const struct kmeans_rows *rows, size_t f, const double *values)
{
	char room[REAL_ROOM + 1];
	room[real_write(values[f], REAL_SHORTEST, room)] = '\0';
	message_warning("%s is %s in all %zu row%s, which tells none from another: left out",
		feature_name(rows, f), room, rows->n_rows, plural(rows->n_rows));
}

/* The features that are not constant, in front. */
static void keep_features(struct kmeans_fit *fit, const double *original)
{
	const struct kmeans_rows *rows = fit->rows;
	struct scale *scale = &fit->scale;
	fit->features = mem_array(rows->n_features, sizeof(*fit->features));
	for (size_t f = 0; f < rows->n_features; f++) {
		if (scale_is_constant(scale, f)) {
			report_constant(rows, f, original);
			continue;
		}
		scale->features[fit->n_features] = scale->features[f];
		fit->features[fit->n_features++] = f;
	}
	scale->n_dims = fit->n_features;
}

static void keep_values_of(const struct kmeans_fit *fit, double *values)
{
	size_t d = fit->n_features, n_features = fit->rows->n_features;
	for (size_t i = 0; d < n_features && i < fit->rows->n_rows; i++)
		for (size_t f = 0; f < d; f++)
			values[i * d + f] = values[i * n_features + fit->features[f]];
}

/* Takes values over. */
static bool make_points(struct kmeans_fit *fit, double *values, bool in_order, struct error *err)
{
	size_t n = fit->rows->n_rows;
	unsigned n_threads = input_threads();
	struct points_fault fault;
	enum points_status status =
		in_order ? points_init(&fit->points, values, n, fit->n_features, n_threads, &fault)
			 : points_borrow(
				   &fit->points, values, n, fit->n_features, n_threads, &fault);
	if (status == POINTS_OK && fit->points.given != NULL)
		fit->values = values;
	else
		mem_free(values);
	switch (status) {
	case POINTS_OK:
		fit->has_points = true;
		return true;
	case POINTS_NONE:
		return error_set(err, ERROR_NUMBERS,
			"every feature is the same in all %zu row%s: there is nothing to "
			"cluster",
			n, plural(n));
	case POINTS_TOO_MANY:
		return error_set(err, ERROR_NUMBERS, "more than %zu rows", POINTS_MAX);
	case POINTS_NOT_FINITE:
	case POINTS_TOO_LARGE:
		break;
	}
	return error_set(err, ERROR_NUMBERS,
		"%s is so far out, once scaled, that distances cannot be computed (the model was"
		" made of other data)",
		feature_name(fit->rows, fit->features[fault.dim]));
}

/* Other scalings than none bring every feature to the order of 1. */
static bool check_spread(const struct kmeans_fit *fit, struct error *err)
{
	static const double least = 1e-150;
	for (size_t j = 0; j < fit->points.n_dims; j++)
		if (fit->points.high[j] - fit->points.low[j] >= least)
			return true;
	return error_set(err, ERROR_NUMBERS,
		"--scale none: %s%s less than %g, the square of which is 0 to a double (use"
		" --scale minmax)",
		feature_name(fit->rows, fit->features[0]),
		fit->points.n_dims > 1 ? " and the other features vary by" : " varies by", least);
}

bool kmeans_fit_points(struct kmeans_fit *fit, struct kmeans_rows *rows,
	const struct kmeans_settings *settings, const struct kmeans_model *model, bool keep_values,
	struct error *err)
{
	size_t size = rows->n_rows * rows->n_features * sizeof(double);
	double *first = mem_array(rows->n_features, sizeof(*first)), *values = rows->values;
	bool good = true;
	*fit = (struct kmeans_fit){.rows = rows};
	if (model == NULL && rows->n_rows == 1) {
		mem_free(first);
		return error_set(err, ERROR_NUMBERS, "one row alone: there is nothing to cluster");
	}
	memcpy(first, values, rows->n_features * sizeof(*first));
	if (keep_values) {
		values = mem_array(size, 1);
		memcpy(values, rows->values, size);
	} else {
		rows->values = NULL;
	}
	if (model != NULL)
		scale_rows_alike(fit, values, model);
	else
		good = scale_rows(fit, values, settings->scale, err);
	if (good) {
		keep_features(fit, first);
		keep_values_of(fit, values);
		good = make_points(fit, values, settings->samples, err) &&
		       (model != NULL || check_spread(fit, err));
	} else {
		mem_free(values);
	}
	mem_free(first);
	return good;
}

/* ---- clusters -------------------------------------------------------------------------------- */

/* Strict convergence of many points takes some hundreds of rounds more, in which the inertia falls
 * by less than a millionth. */
struct kmeans_options kmeans_fit_options(
	const struct kmeans_fit *fit, const struct kmeans_settings *settings)
{
	struct kmeans_options options = settings->fit;
	options.tolerance = kmeans_usual_tolerance(fit->points.n);
	return options;
}

/* Centres of a model, scaled as the points are now. */
static double *centres_of(const struct kmeans_fit *fit, const struct kmeans_model *model)
{
	size_t d = fit->n_features;
	double *centres = mem_array(model->k * d, sizeof(*centres));
	for (size_t c = 0; c < model->k; c++)
		for (size_t f = 0; f < d; f++) {
			size_t number = fit->features[f];
			const struct scale_feature *then = &model->scale.features[number];
			const struct scale_feature *now = &fit->scale.features[f];
			double centre = model->centres[c * model->n_features + number];
			double value = centre / then->weight * then->spread + then->centre;
			centres[c * d + f] = now->weight * (value - now->centre) / now->spread;
		}
	return centres;
}

static bool parse_order(const struct kmeans_fit *fit, const char *order_by, size_t *dim,
	bool *descending, struct error *err)
{
	struct text name = text_of(order_by);
	const char *colon = strrchr(order_by, ':');
	*descending = colon != NULL && strcmp(colon, ":desc") == 0;
	if (colon != NULL && (*descending || strcmp(colon, ":asc") == 0))
		name.length = (size_t)(colon - order_by);
	size_t number = kmeans_feature_find(fit->rows, name);
	for (*dim = 0; *dim < fit->n_features; ++*dim)
		if (fit->features[*dim] == number)
			return true;
	struct buffer listed = {0};
	for (size_t f = 0; f < fit->n_features; f++)
		buffer_format(&listed, "%s%s", f > 0 ? ", " : "",
			feature_name(fit->rows, fit->features[f]));
	error_set(err, ERROR_USAGE,
		"--order-by must be a feature (%.*s), with :desc after it for the largest first,"
		" not '%s'",
		(int)listed.length, listed.bytes, order_by);
	buffer_release(&listed);
	return false;
}

static double square_at(const struct kmeans_fit *fit, size_t place)
{
	size_t d = fit->n_features;
	const double *centre = fit->kmeans.centres + fit->kmeans.labels[place] * d;
	return distance_square(
		points_at(&fit->points, place), points_step(&fit->points), d, centre);
}

static void set_inertias(struct kmeans_fit *fit)
{
	fit->inertias = mem_array(fit->kmeans.k, sizeof(*fit->inertias));
	(void)inertia_of(fit->inertias, &fit->points, fit->kmeans.labels, fit->kmeans.centres,
		fit->kmeans.k, input_threads());
}

static size_t farthest_reaching(const struct points *points)
{
	size_t farthest = 0;
	double reach = 0;
	for (size_t j = 0; j < points->n_dims; j++) {
		double reach_of = fmax(fabs(points->low[j]), fabs(points->high[j]));
		if (reach_of > reach)
			farthest = j;
		reach = fmax(reach, reach_of);
	}
	return farthest;
}

/* A search that stands still has not converged when its centres are no means. */
static bool check_means(const struct kmeans_fit *fit, double tolerance, struct error *err)
{
	if (tolerance > 0 || !fit->kmeans.converged ||
		kmeans_is_at_means(&fit->kmeans, &fit->points))
		return true;
	const char *name = feature_name(fit->rows, fit->features[farthest_reaching(&fit->points)]);
	return error_set(err, ERROR_NUMBERS,
		"%s has a value so far out that sums with it lose the digits of the other rows:"
		" there are no centres (--log %s, or leave such rows out with --where)",
		name, name);
}

static bool check_convergence(
	const struct kmeans_fit *fit, const struct kmeans_settings *settings, struct error *err)
{
	if (fit->kmeans.converged)
		return true;
	if (settings->accept_unconverged)
		message_warning("not converged with --max-rounds %zu: labels are those of the last"
				" one",
			settings->fit.max_rounds);
	return settings->accept_unconverged ||
	       error_set(err, ERROR_NUMBERS,
		       "not converged with --max-rounds %zu (give more, or take the labels as they"
		       " are with --accept-unconverged)",
		       settings->fit.max_rounds);
}

/* Clusters that keep a number though another number's old centre is nearer to them: what they stand
 * for may have changed. */
static void report_doubtful(const struct kmeans *kmeans, const double *old_centres)
{
	enum { MOST_NAMED = 5 };
	size_t n_doubtful = 0, d = kmeans->n_dims;
	struct buffer listed = {0};
	for (size_t c = 0; c < kmeans->k; c++) {
		const double *centre = kmeans->centres + c * d;
		size_t nearest = kmeans_assign(old_centres, kmeans->k, centre, d, NULL);
		if (distance_square(centre, 1, d, old_centres + nearest * d) <
				distance_square(centre, 1, d, old_centres + c * d) &&
			++n_doubtful <= MOST_NAMED)
			buffer_format(&listed, "%s%zu would be %zu", n_doubtful > 1 ? ", " : "",
				c + 1, nearest + 1);
	}
	if (n_doubtful > MOST_NAMED)
		buffer_format(&listed, ", and %zu more likewise", n_doubtful - MOST_NAMED);
	if (n_doubtful > 0)
		message_warning("by the nearest saved centre, cluster %.*s: %s"
				" doubtful (compare what they are like, with --summary)",
			(int)listed.length, listed.bytes,
			n_doubtful == 1 ? "its number is" : "their numbers are");
	buffer_release(&listed);
}

bool kmeans_fit_clusters(struct kmeans_fit *fit, const struct kmeans_settings *settings,
	const struct kmeans_model *init, struct error *err)
{
	struct kmeans_options options = kmeans_fit_options(fit, settings);
	double *centres = NULL;
	size_t dim = 0;
	bool descending = false;
	if (settings->order_by != NULL &&
		!parse_order(fit, settings->order_by, &dim, &descending, err))
		return false;
	if (init != NULL) {
		options.k = init->k;
		options.init = centres = centres_of(fit, init);
	}
	enum kmeans_status status =
		kmeans_fit(&fit->kmeans, &fit->points, &options, input_threads());
	bool good = status == KMEANS_OK;
	if (!good)
		error_set(err, ERROR_NUMBERS,
			"%zu cluster%s, but only %zu of %zu row%s differ in their features",
			options.k, plural(options.k), points_distinct(&fit->points, options.k),
			fit->points.n, plural(fit->points.n));
	good = good && check_convergence(fit, settings, err) &&
	       check_means(fit, options.tolerance, err);
	if (good && init != NULL) {
		kmeans_order_like(&fit->kmeans, centres);
		report_doubtful(&fit->kmeans, centres);
	} else if (good && settings->order_by != NULL) {
		kmeans_order_by_dim(&fit->kmeans, dim, descending);
	}
	if (good)
		set_inertias(fit);
	mem_free(centres);
	return good;
}

void kmeans_fit_assign(struct kmeans_fit *fit, const struct kmeans_model *model)
{
	size_t d = fit->n_features;
	struct kmeans *kmeans = &fit->kmeans;
	double *point = mem_array(d, sizeof(*point));
	kmeans_init(kmeans, &fit->points, model->k);
	memcpy(kmeans->centres, model->centres, model->k * d * sizeof(*kmeans->centres));
	memset(kmeans->sizes, 0, model->k * sizeof(*kmeans->sizes));
	for (size_t place = 0; place < fit->points.n; place++) {
		points_get(&fit->points, place, point);
		kmeans->labels[place] = kmeans_assign(kmeans->centres, model->k, point, d, NULL);
		kmeans->sizes[kmeans->labels[place]]++;
	}
	mem_free(point);
	set_inertias(fit);
}

/* ---- by row ---------------------------------------------------------------------------------- */

uint16_t *kmeans_fit_labels(const struct kmeans_fit *fit)
{
	uint16_t *labels = mem_array(fit->points.n, sizeof(*labels));
	kmeans_labels(&fit->kmeans, &fit->points, labels);
	return labels;
}

double *kmeans_fit_distances(const struct kmeans_fit *fit)
{
	double *distances = mem_array(fit->points.n, sizeof(*distances));
	for (size_t place = 0; place < fit->points.n; place++)
		distances[points_row(&fit->points, place)] = sqrt(square_at(fit, place));
	return distances;
}

struct table *kmeans_fit_save(const struct kmeans_fit *fit, const char *path, struct error *err)
{
	const struct kmeans *kmeans = &fit->kmeans;
	struct kmeans_model model = {
		.k = kmeans->k,
		.n_features = fit->n_features,
		.features = mem_array(fit->n_features, sizeof(*model.features)),
		.kind = fit->kind,
		.scale = fit->scale,
		.centres = kmeans->centres,
		.sizes = mem_array(kmeans->k, sizeof(*model.sizes)),
		.inertias = fit->inertias,
	};
	for (size_t f = 0; f < fit->n_features; f++)
		model.features[f] = fit->rows->features[fit->features[f]].name;
	for (size_t c = 0; c < kmeans->k; c++)
		model.sizes[c] = (double)kmeans->sizes[c];
	struct table *table = kmeans_model_open(path, &model, err);
	mem_free(model.features);
	mem_free(model.sizes);
	return table;
}

void kmeans_fit_release(struct kmeans_fit *fit)
{
	if (fit->has_points)
		points_release(&fit->points);
	mem_free(fit->values);
	mem_free(fit->features);
	scale_release(&fit->scale);
	kmeans_release(&fit->kmeans);
	mem_free(fit->inertias);
	*fit = (struct kmeans_fit){0};
}

#include "analytics/gamma_gamma.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/chunks.h"
#include "analytics/maximise.h"
#include "analytics/special.h"
#include "base/mem.h"

struct spender {
	int32_t x;
	double spend;
};

static int compare_spenders(const void *a, const void *b)
{
	const struct spender *left = a, *right = b;
	if (left->x != right->x)
		return (left->x > right->x) - (left->x < right->x);
	return (left->spend > right->spend) - (left->spend < right->spend);
}

static void allocate(struct gamma_gamma_rows *rows, size_t n_rows, size_t n_counts)
{
	rows->weight = mem_array(n_rows, sizeof(*rows->weight));
	rows->total = mem_array(n_rows, sizeof(*rows->total));
	rows->log_total = mem_array(n_rows, sizeof(*rows->log_total));
	rows->count_of = mem_array(n_rows, sizeof(*rows->count_of));
	rows->counts = mem_array(n_counts, sizeof(*rows->counts));
}

/* Rows come in the order of x. */
static void add_row(struct gamma_gamma_rows *rows, int32_t x, double total, double weight)
{
	if (rows->n_counts == 0 || rows->counts[rows->n_counts - 1] != x)
		rows->counts[rows->n_counts++] = x;
	size_t i = rows->n_rows++;
	rows->count_of[i] = (uint32_t)(rows->n_counts - 1);
	rows->total[i] = total;
	rows->log_total[i] = log(total);
	rows->weight[i] = weight;
}

/* Means and moments by Welford, in the order of the rows. */
static void describe(struct gamma_gamma_rows *rows)
{
	double mean_x = 0, of_x = 0, of_m = 0, of_both = 0;
	rows->all_equal = true;
	for (size_t i = 0; i < rows->n_rows; i++) {
		double x = rows->counts[rows->count_of[i]], m = rows->total[i] / x;
		double w = rows->weight[i];
		double from_mean_x = x - mean_x, from_mean_m = m - rows->mean;
		rows->customers += w;
		mean_x += w / rows->customers * from_mean_x;
		rows->mean += w / rows->customers * from_mean_m;
		of_x += w * from_mean_x * (x - mean_x);
		of_m += w * from_mean_m * (m - rows->mean);
		of_both += w * from_mean_x * (m - rows->mean);
		rows->log_spend += w * log(m);
	}
	rows->all_equal = of_m <= 1e-6 * rows->customers * rows->mean * rows->mean;
	if (of_x > 0 && !rows->all_equal)
		rows->correlation = of_both / sqrt(of_x * of_m);
}

void gamma_gamma_rows_group(
	struct gamma_gamma_rows *rows, const int32_t *x, const double *spend, size_t n)
{
	*rows = (struct gamma_gamma_rows){0};
	struct spender *spenders = mem_array(n, sizeof(*spenders));
	size_t n_spenders = 0;
	for (size_t i = 0; i < n; i++)
		if (x[i] <= 0)
			rows->n_once++;
		else if (!(spend[i] > 0) || !isfinite(spend[i]))
			rows->n_not_positive++;
		else
			spenders[n_spenders++] = (struct spender){x[i], spend[i]};
	if (n_spenders > 0)
		qsort(spenders, n_spenders, sizeof(*spenders), compare_spenders);
	allocate(rows, n_spenders, n_spenders);
	for (size_t i = 0; i < n_spenders; i++)
		if (i > 0 && compare_spenders(&spenders[i - 1], &spenders[i]) == 0)
			rows->weight[rows->n_rows - 1]++;
		else
			add_row(rows, spenders[i].x, spenders[i].spend * spenders[i].x, 1);
	mem_free(spenders);
	describe(rows);
}

void gamma_gamma_rows_reweigh(
	struct gamma_gamma_rows *rows, const struct gamma_gamma_rows *all, const double *weight)
{
	*rows = (struct gamma_gamma_rows){
		.n_once = all->n_once, .n_not_positive = all->n_not_positive};
	allocate(rows, all->n_rows, all->n_counts);
	for (size_t i = 0; i < all->n_rows; i++)
		if (weight[i] > 0)
			add_row(rows, all->counts[all->count_of[i]], all->total[i], weight[i]);
	describe(rows);
}

void gamma_gamma_rows_release(struct gamma_gamma_rows *rows)
{
	mem_free(rows->weight);
	mem_free(rows->total);
	mem_free(rows->log_total);
	mem_free(rows->count_of);
	mem_free(rows->counts);
	*rows = (struct gamma_gamma_rows){0};
}

double gamma_gamma_expected(const struct gamma_gamma *model, int32_t x, double spend)
{
	double freedom = model->p * x + model->q - 1;
	if (freedom > 0)
		return model->p * (model->v + fmax(0, spend) * x) / freedom;
	return x > 0 && spend > 0 ? spend : model->fallback;
}

/* What the likelihood needs of each distinct count, with P = p x:
 * ln Gamma(P + q) - ln Gamma(P) - ln Gamma(q), psi(P + q) - psi(P), psi(P + q) - psi(q). */
struct count_terms {
	double value, by_P, by_q;
};

struct sums {
	double value, by_p, by_q, by_log_v;
};

struct work {
	const struct gamma_gamma_rows *rows;
	double p, q, v, log_v;
	struct count_terms *counts;
	struct sums partial[CHUNKS];
};

static void make_count_terms(struct work *work)
{
	const struct gamma_gamma_rows *rows = work->rows;
	work->counts = mem_array(rows->n_counts, sizeof(*work->counts));
	for (size_t i = 0; i < rows->n_counts; i++) {
		double P = work->p * rows->counts[i], q = work->q;
		double of_sum = special_digamma(P + q);
		work->counts[i] = (struct count_terms){-special_log_beta(P, q),
			of_sum - special_digamma(P), of_sum - special_digamma(q)};
	}
}

static void add_rows(void *context, size_t chunk, size_t from, size_t to)
{
	struct work *work = context;
	const struct gamma_gamma_rows *rows = work->rows;
	struct sums sums = {0};
	for (size_t i = from; i < to; i++) {
		const struct count_terms *terms = &work->counts[rows->count_of[i]];
		double x = rows->counts[rows->count_of[i]], weight = rows->weight[i];
		double log_w, log_1_w; /* of a number near 1, to all its digits */
		double log_ratio = rows->log_total[i] - work->log_v;
		if (log_ratio > 0) {
			log_w = -log1p(work->v / rows->total[i]);
			log_1_w = log_w - log_ratio;
		} else {
			log_1_w = -log1p(rows->total[i] / work->v);
			log_w = log_1_w + log_ratio;
		}
		double w = rows->total[i] / (work->v + rows->total[i]);
		double one_w = work->v / (work->v + rows->total[i]);
		sums.value += weight * (terms->value + work->q * log_1_w + work->p * x * log_w);
		sums.by_p += weight * x * (terms->by_P + log_w);
		sums.by_q += weight * (terms->by_q + log_1_w);
		sums.by_log_v += weight * (work->q * w - work->p * x * one_w);
	}
	work->partial[chunk] = sums;
}

double gamma_gamma_log_likelihood(const struct gamma_gamma_rows *rows,
	const double log_parameters[3], unsigned threads, double gradient[3])
{
	struct work work = {.rows = rows,
		.p = exp(log_parameters[0]),
		.q = exp(log_parameters[1]),
		.v = exp(log_parameters[2]),
		.log_v = log_parameters[2]};
	make_count_terms(&work);
	chunks_run(add_rows, &work, rows->n_rows, threads);
	mem_free(work.counts);
	struct sums sums = {0};
	for (size_t i = 0; i < CHUNKS; i++) {
		sums.value += work.partial[i].value;
		sums.by_p += work.partial[i].by_p;
		sums.by_q += work.partial[i].by_q;
		sums.by_log_v += work.partial[i].by_log_v;
	}
	if (gradient != NULL) {
		gradient[0] = work.p * sums.by_p;
		gradient[1] = work.q * sums.by_q;
		gradient[2] = sums.by_log_v;
	}
	return sums.value - rows->log_spend;
}

/* Fits that differ by less are the same; an edge as good as that is the answer. */
static const double same_likelihood = 5e-3;
static const double log_infinite = 20; /* as far as the likelihood can tell */
static const double log_far = 14;      /* the search inside goes no farther */

/* The free parameters, and p or q where it is fixed at infinity. Points are logarithms, money in
 * means. */
struct search {
	const struct gamma_gamma_rows *rows;
	unsigned threads;
	enum gamma_gamma_edge edge;
};

static const size_t free_inside[3] = {0, 1, 2}, free_customers_alike[2] = {0, 2},
		    free_orders_alike[2] = {1, 2};

static const size_t *free_at(enum gamma_gamma_edge edge, size_t *n)
{
	*n = edge == GAMMA_GAMMA_INSIDE ? 3 : 2;
	return edge == GAMMA_GAMMA_INSIDE            ? free_inside
	       : edge == GAMMA_GAMMA_CUSTOMERS_ALIKE ? free_customers_alike
						     : free_orders_alike;
}

static void point_of(const struct search *search, const double *free, double point[3])
{
	size_t n;
	const size_t *which = free_at(search->edge, &n);
	point[0] = point[1] = log_infinite;
	for (size_t j = 0; j < n; j++)
		point[which[j]] = free[j];
}

/* p and q are led back from beyond the box, v follows. */
static double search_likelihood(const double *free, double *gradient, void *context)
{
	const struct search *search = context;
	double point[3], slope[3], beyond[3] = {0}, penalty = 0;
	double weight = search->rows->customers;
	point_of(search, free, point);
	point[2] += log(search->rows->mean);
	size_t n;
	const size_t *which = free_at(search->edge, &n);
	for (size_t j = 0; j < n; j++) {
		size_t i = which[j];
		double limit = i < 2 ? log_far : 3 * log_infinite;
		double inside = fmin(fmax(point[i], -limit), limit);
		beyond[i] = point[i] - inside;
		point[i] = inside;
		penalty += weight * beyond[i] * beyond[i];
	}
	double value = gamma_gamma_log_likelihood(search->rows, point, search->threads, slope);
	for (size_t j = 0; j < n; j++)
		gradient[j] =
			beyond[which[j]] != 0 ? -2 * weight * beyond[which[j]] : slope[which[j]];
	return value - penalty;
}

struct found {
	enum gamma_gamma_edge edge;
	struct maximum maximum;
	double point[3];
};

static void find_at(struct found *found, struct search *search, enum gamma_gamma_edge edge,
	const double start[3], double (*hessian)[MAXIMISE_MOST])
{
	double free[3];
	size_t n;
	const size_t *which = free_at(edge, &n);
	for (size_t j = 0; j < n; j++)
		free[j] = start[which[j]];
	found->edge = search->edge = edge;
	maximise(&found->maximum, search_likelihood, search, n, free, hessian);
	point_of(search, found->maximum.point, found->point);
	if (edge == GAMMA_GAMMA_INSIDE && fmax(found->point[0], found->point[1]) > log_far)
		found->maximum.converged = false; /* leans on the side of the box */
}

/* What is identified there, the mean, is kept: p v / q. */
static void try_edge(struct found *best, struct search *search, const struct found *inside,
	enum gamma_gamma_edge edge)
{
	double start[3] = {inside->point[0], inside->point[1], inside->point[2]};
	size_t infinite = edge == GAMMA_GAMMA_CUSTOMERS_ALIKE ? 1 : 0;
	double run = log_infinite - inside->point[infinite];
	start[2] += infinite == 1 ? run : -run;
	struct found found;
	find_at(&found, search, edge, start, NULL);
	if (found.maximum.converged &&
		(!best->maximum.converged ||
			found.maximum.value > best->maximum.value - same_likelihood))
		*best = found;
}

enum { STARTS = 4, SAMPLE = 4000 };
static const double starts[STARTS][3] = {{2, 3, 1}, {6, 4, .5}, {.7, 2, 1.5}, {20, 8, .35}};

static void best_start(struct search *search, double best[3])
{
	double best_value = -INFINITY;
	search->edge = GAMMA_GAMMA_INSIDE;
	for (size_t j = 0; j < STARTS; j++) {
		double start[3] = {log(starts[j][0]), log(starts[j][1]), log(starts[j][2])};
		struct maximum found;
		maximise_roughly(&found, search_likelihood, search, 3, start);
		if (found.value > best_value) {
			best_value = found.value;
			memcpy(best, found.point, 3 * sizeof(*best));
		}
	}
}

/* Every so many rows: they are in the order of x and spend. */
static void sample_rows(struct gamma_gamma_rows *sample, const struct gamma_gamma_rows *all)
{
	double *weight = mem_zeroed(all->n_rows, sizeof(*weight));
	size_t step = all->n_rows / SAMPLE;
	for (size_t i = step / 2; i < all->n_rows; i += step)
		weight[i] = all->weight[i];
	gamma_gamma_rows_reweigh(sample, all, weight);
	mem_free(weight);
}

static void find(struct found *best, struct search *search)
{
	double start[3] = {0}, hessian[MAXIMISE_MOST][MAXIMISE_MOST] = {{0}};
	const struct gamma_gamma_rows *all = search->rows;
	bool curved = false;
	if (all->n_rows < 2 * SAMPLE) {
		best_start(search, start);
	} else {
		struct gamma_gamma_rows sample;
		struct found found;
		sample_rows(&sample, all);
		search->rows = &sample;
		best_start(search, start);
		find_at(&found, search, GAMMA_GAMMA_INSIDE, start, NULL);
		memcpy(start, found.point, sizeof(start));
		start[2] += log(sample.mean / all->mean);
		curved = found.maximum.converged;
		for (size_t i = 0; i < 3; i++)
			for (size_t j = 0; j < 3; j++)
				hessian[i][j] = found.maximum.hessian[i][j] * all->customers /
						sample.customers;
		gamma_gamma_rows_release(&sample);
		search->rows = all;
	}
	struct found inside;
	find_at(&inside, search, GAMMA_GAMMA_INSIDE, start, curved ? hessian : NULL);
	*best = inside;
	double far = log(inside.maximum.converged ? 300 : 10);
	if (inside.point[1] > far)
		try_edge(best, search, &inside, GAMMA_GAMMA_CUSTOMERS_ALIKE);
	if (inside.point[0] > far)
		try_edge(best, search, &inside, GAMMA_GAMMA_ORDERS_ALIKE);
}

static void set_fit(
	struct gamma_gamma_fit *fit, const struct gamma_gamma_rows *rows, const struct found *found)
{
	size_t n;
	const size_t *which = free_at(found->edge, &n);
	double covariance[MAXIMISE_MOST][MAXIMISE_MOST];
	if (!found->maximum.converged || !maximum_covariance(&found->maximum, n, covariance)) {
		fit->status = GAMMA_GAMMA_NOT_CONVERGED;
		return;
	}
	fit->status = GAMMA_GAMMA_OK;
	fit->edge = found->edge;
	fit->model.p = exp(found->point[0]);
	fit->model.q = exp(found->point[1]);
	fit->model.v = exp(found->point[2]) * rows->mean;
	fit->has_mean = fit->model.q > 1;
	fit->log_likelihood = found->maximum.value;
	fit->aic = 2 * GAMMA_GAMMA_PARAMETERS - 2 * fit->log_likelihood;
	fit->bic = GAMMA_GAMMA_PARAMETERS * log(rows->customers) - 2 * fit->log_likelihood;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			fit->log_covariance[which[i]][which[j]] = covariance[i][j];
}

enum gamma_gamma_status gamma_gamma_fit(
	struct gamma_gamma_fit *fit, const struct gamma_gamma_rows *rows, unsigned threads)
{
	*fit = (struct gamma_gamma_fit){.model.fallback = rows->mean};
	if (rows->customers < GAMMA_GAMMA_MIN_CUSTOMERS)
		return fit->status = GAMMA_GAMMA_TOO_FEW;
	if (rows->all_equal)
		return fit->status = GAMMA_GAMMA_ALL_EQUAL;
	struct search search = {.rows = rows, .threads = threads};
	struct found found;
	find(&found, &search);
	set_fit(fit, rows, &found);
	return fit->status;
}

double gamma_gamma_expected_log_error(const struct gamma_gamma_fit *fit, int32_t x, double spend)
{
	const struct gamma_gamma *model = &fit->model;
	double freedom = model->p * x + model->q - 1;
	if (freedom <= 0)
		return 0;
	double slope[3] = {
		1 - model->p * x / freedom, -model->q / freedom, model->v / (model->v + spend * x)};
	double square = 0;
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++)
			square += slope[i] * fit->log_covariance[i][j] * slope[j];
	return sqrt(fmax(0, square));
}

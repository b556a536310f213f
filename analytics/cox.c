#include "analytics/cox.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "analytics/cholesky.h"
#include "base/mem.h"

enum { MOST_STEPS = 100, MOST_HALVINGS = 40 };

/* A column is taken for a combination of others when these leave less than this share of what it
 * tells: it agrees with them in five digits of its deviation. */
static const double least_share = 1e-10;

/* Newton's decrement is the squared length of a step in standard errors, and twice the gain in
 * log-likelihood that is to be had. Near a finite maximum each step squares it, so that from this
 * one on a last step is enough, and the next would move no b'x that matters. On the way to an
 * infinite maximum each step takes a share 1 - 1/e of what is left to gain, and is as long as the
 * one before: it still moves some b'x by 1. */
static const double converged_decrement = 1e-12, large_step = .1;

/* The rows in order; but for those censored before the first event, who are never at risk when
 * there is one. */
struct fit {
	size_t n_rows, n_terms;
	enum cox_ties ties;
	double *time;
	bool *event;
	double *x;         /* by row */
	double *predictor; /* b'x of each row */
	double *beta, *step, *tried;
	/* At beta: the likelihood, its gradient, and minus its second derivative. */
	double log_likelihood;
	double *gradient, *information, *factors;
	/* Sums over those at risk and over those with an event: of risk, risk x, risk x x'. They
	 * are seen from the row at risk with the largest b'x: risk is exp(b'x - its b'x), and x is
	 * less its x. So no sum overflows or vanishes however large coefficients grow, and when
	 * that row is all but sure to be the next, what little is left is not lost. */
	double *at_risk_sums, *event_sums, *mean;
	size_t foremost; /* that row */
};

/* ---- the rows ---- */

struct sorting {
	const double *x;
	size_t n_terms;
	double time;
	bool event;
};

static int by_time_event_and_x(const void *a, const void *b)
{
	const struct sorting *p = a, *q = b;
	if (p->time != q->time)
		return p->time < q->time ? -1 : 1;
	if (p->event != q->event)
		return p->event ? -1 : 1;
	for (size_t j = 0; j < p->n_terms; j++)
		if (p->x[j] != q->x[j])
			return p->x[j] < q->x[j] ? -1 : 1;
	return 0;
}

static void sort_rows(struct fit *fit, const struct cox_data *data)
{
	struct sorting *rows = mem_array(data->n_rows, sizeof(*rows));
	for (size_t i = 0; i < data->n_rows; i++)
		rows[i] = (struct sorting){
			data->x + i * data->n_terms, data->n_terms, data->time[i], data->event[i]};
	qsort(rows, data->n_rows, sizeof(*rows), by_time_event_and_x);
	size_t first = 0;
	while (!rows[first].event)
		first++;
	fit->n_rows = data->n_rows - first;
	for (size_t i = 0; i < fit->n_rows; i++) {
		const struct sorting *row = &rows[first + i];
		fit->time[i] = row->time;
		fit->event[i] = row->event;
		memcpy(fit->x + i * fit->n_terms, row->x, fit->n_terms * sizeof(*fit->x));
	}
	mem_free(rows);
}

/* Counts every column from its value nearest to 0, which changes no difference of two rows, and so
 * no likelihood: b'x of years around 2000, or of days since 1970, would otherwise have lost the
 * digits in which rows differ. */
static void move_origins(struct fit *fit)
{
	size_t p = fit->n_terms;
	for (size_t j = 0; j < p; j++) {
		double origin = fit->x[j];
		for (size_t i = 1; i < fit->n_rows; i++)
			if (fabs(fit->x[i * p + j]) < fabs(origin))
				origin = fit->x[i * p + j];
		for (size_t i = 0; i < fit->n_rows; i++)
			fit->x[i * p + j] -= origin;
	}
}

/* Returns the first column whose values are all equal, n_terms when there is none. */
static size_t find_constant_column(const struct fit *fit)
{
	size_t p = fit->n_terms;
	for (size_t j = 0; j < p; j++) {
		bool varies = false;
		for (size_t i = 1; i < fit->n_rows; i++)
			varies |= fit->x[i * p + j] != fit->x[j];
		if (!varies)
			return j;
	}
	return p;
}

/* ---- the likelihood ---- */

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;
	for (size_t j = 0; j < n; j++)
		sum += a[j] * b[j];
	return sum;
}

/* Sums are 1 + p + p p long: of risk, risk x, risk x x' (its lower half). */
static size_t sums_length(const struct fit *fit)
{
	return 1 + fit->n_terms + fit->n_terms * fit->n_terms;
}

/* The columns of a row, as seen from the foremost. */
static double seen(const struct fit *fit, size_t row, size_t column)
{
	return fit->x[row * fit->n_terms + column] - fit->x[fit->foremost * fit->n_terms + column];
}

static void add_row(const struct fit *fit, double *sums, size_t row)
{
	size_t p = fit->n_terms;
	double *of_x = sums + 1, *of_xx = of_x + p;
	double risk = exp(fit->predictor[row] - fit->predictor[fit->foremost]);
	sums[0] += risk;
	for (size_t j = 0; j < p; j++) {
		double weighted = risk * seen(fit, row, j);
		of_x[j] += weighted;
		for (size_t k = 0; k <= j; k++)
			of_xx[j * p + k] += weighted * seen(fit, row, k);
	}
}

/* The sums of those at risk, seen from another row from now on. With u = x - the old one's x and
 * d = the old one's x - the new one's: sum (u + d)(u + d)' = sum uu' + sum u d' + d sum u' + dd'.
 */
static void follow(struct fit *fit, size_t row)
{
	size_t p = fit->n_terms;
	double *sums = fit->at_risk_sums, *of_x = sums + 1, *of_xx = of_x + p;
	double factor = exp(fit->predictor[fit->foremost] - fit->predictor[row]);
	for (size_t k = 0; k < sums_length(fit); k++)
		sums[k] *= factor;
	for (size_t j = 0; j < p; j++) {
		double dj = -seen(fit, row, j);
		for (size_t k = 0; k <= j; k++) {
			double dk = -seen(fit, row, k);
			of_xx[j * p + k] += of_x[j] * dk + dj * of_x[k] + sums[0] * dj * dk;
		}
	}
	for (size_t j = 0; j < p; j++)
		of_x[j] -= sums[0] * seen(fit, row, j);
	fit->foremost = row;
}

/* One factor of the denominator: those at risk, less a share of those with an event. */
static void add_factor(struct fit *fit, double share)
{
	size_t p = fit->n_terms;
	const double *all = fit->at_risk_sums, *events = fit->event_sums;
	double sum = all[0] - share * events[0];
	fit->log_likelihood -= log(sum);
	for (size_t j = 0; j < p; j++)
		fit->mean[j] = (all[1 + j] - share * events[1 + j]) / sum;
	for (size_t j = 0; j < p; j++) {
		fit->gradient[j] -= fit->mean[j];
		for (size_t k = 0; k <= j; k++) {
			size_t jk = 1 + p + j * p + k;
			fit->information[j * p + k] +=
				(all[jk] - share * events[jk]) / sum - fit->mean[j] * fit->mean[k];
		}
	}
}

/* The rows begin to end have one time; those after them are in the sums of those at risk. */
static void add_time(struct fit *fit, size_t begin, size_t end)
{
	size_t n_events = 0;
	for (size_t i = begin; i < end; i++)
		if (fit->predictor[i] > fit->predictor[fit->foremost])
			follow(fit, i);
	memset(fit->event_sums, 0, sums_length(fit) * sizeof(*fit->event_sums));
	for (size_t i = begin; i < end; i++) {
		add_row(fit, fit->at_risk_sums, i);
		if (!fit->event[i])
			continue;
		n_events++;
		add_row(fit, fit->event_sums, i);
		fit->log_likelihood += fit->predictor[i] - fit->predictor[fit->foremost];
		for (size_t j = 0; j < fit->n_terms; j++)
			fit->gradient[j] += seen(fit, i, j);
	}
	for (size_t l = 0; l < n_events; l++)
		add_factor(fit, fit->ties == COX_EFRON ? (double)l / (double)n_events : 0);
}

static void evaluate(struct fit *fit, const double *beta)
{
	size_t p = fit->n_terms;
	for (size_t i = 0; i < fit->n_rows; i++)
		fit->predictor[i] = dot(fit->x + i * p, beta, p);
	fit->log_likelihood = 0;
	fit->foremost = fit->n_rows - 1;
	memset(fit->gradient, 0, p * sizeof(*fit->gradient));
	memset(fit->information, 0, p * p * sizeof(*fit->information));
	memset(fit->at_risk_sums, 0, sums_length(fit) * sizeof(*fit->at_risk_sums));
	for (size_t end = fit->n_rows, begin; end > 0; end = begin) {
		begin = end - 1;
		while (begin > 0 && fit->time[begin - 1] == fit->time[end - 1])
			begin--;
		add_time(fit, begin, end);
	}
}

/* ---- the maximum ---- */

/* The difference of the largest and the least value of a column. */
static double range_of(const struct fit *fit, size_t column)
{
	double low = INFINITY, high = -INFINITY;
	for (size_t i = 0; i < fit->n_rows; i++) {
		low = fmin(low, fit->x[i * fit->n_terms + column]);
		high = fmax(high, fit->x[i * fit->n_terms + column]);
	}
	return high - low;
}

/* Of the columns by which the step is still large, the one that has moved b'x farthest: where one
 * column separates everything, others drift along with it. When there is none, otherwise. */
static size_t separating_column(const struct fit *fit, size_t otherwise)
{
	size_t farthest = otherwise;
	double most = -1;
	for (size_t j = 0; j < fit->n_terms; j++) {
		double range = range_of(fit, j), moved = range * fabs(fit->beta[j]);
		if (range * fabs(fit->step[j]) > large_step && moved > most) {
			most = moved;
			farthest = j;
		}
	}
	return farthest;
}

/* Goes the step, or the first half, quarter, ... of it that does not lower the likelihood, but for
 * rounding. */
static bool go(struct fit *fit)
{
	double before = fit->log_likelihood;
	double rounding = 1e-12 * fabs(before);
	for (int halving = 0; halving < MOST_HALVINGS; halving++) {
		double length = ldexp(1, -halving);
		for (size_t j = 0; j < fit->n_terms; j++)
			fit->tried[j] = fit->beta[j] + length * fit->step[j];
		evaluate(fit, fit->tried);
		if (fit->log_likelihood >= before - rounding) {
			memcpy(fit->beta, fit->tried, fit->n_terms * sizeof(*fit->beta));
			return true;
		}
	}
	return false;
}

/* Newton's step from beta. Returns n_terms, or the column at which the information is singular,
 * which it was not at 0; the step is then that of before. */
static size_t find_step(struct fit *fit)
{
	size_t p = fit->n_terms;
	memcpy(fit->factors, fit->information, p * p * sizeof(*fit->factors));
	size_t singular = cholesky_factor(fit->factors, p, 0);
	if (singular == p) {
		memcpy(fit->step, fit->gradient, p * sizeof(*fit->step));
		cholesky_solve(fit->factors, p, fit->step);
	}
	return singular;
}

static enum cox_status climb(struct fit *fit, int *n_steps, size_t *culprit)
{
	size_t p = fit->n_terms;
	bool is_last = false;
	for (*n_steps = 0; *n_steps < MOST_STEPS; ++*n_steps) {
		size_t singular = find_step(fit);
		if (is_last || singular < p) {
			*culprit = separating_column(fit, singular);
			return *culprit < p ? COX_SEPARATED : COX_OK;
		}
		is_last = dot(fit->step, fit->gradient, p) < converged_decrement;
		if (!go(fit))
			return COX_NOT_CONVERGED;
	}
	return COX_NOT_CONVERGED;
}

/* ---- the result ---- */

/* The factors are those of the information at beta. */
static void describe(struct cox *cox, struct fit *fit, double z)
{
	size_t p = fit->n_terms;
	cox->log_likelihood = fit->log_likelihood;
	cox->chi_square = fmax(0, 2 * (cox->log_likelihood - cox->log_likelihood_null));
	cox->p = gsl_cdf_chisq_Q(cox->chi_square, (double)p);
	cox->concordance = concordance_of(fit->time, fit->event, fit->predictor, fit->n_rows);
	cox->terms = mem_array(p, sizeof(*cox->terms));
	cox->n_terms = p;
	cholesky_invert(fit->factors, p);
	for (size_t j = 0; j < p; j++) {
		struct cox_term *term = &cox->terms[j];
		double b = fit->beta[j];
		double se = sqrt(fit->factors[j * p + j]);
		*term = (struct cox_term){
			.coefficient = b,
			.se = se,
			.z = b / se,
			.p = 2 * gsl_cdf_ugaussian_Q(fabs(b / se)),
			.hazard_ratio = exp(b),
			.hazard_ratio_interval = {exp(b - z * se), exp(b + z * se)},
		};
	}
}

static struct fit make_fit(const struct cox_data *data, enum cox_ties ties)
{
	size_t n = data->n_rows, p = data->n_terms;
	struct fit fit = {.n_rows = n, .n_terms = p, .ties = ties};
	fit.time = mem_array(n, sizeof(double));
	fit.event = mem_array(n, sizeof(bool));
	fit.x = mem_array(n, p * sizeof(double));
	fit.predictor = mem_array(n, sizeof(double));
	fit.beta = mem_zeroed(p, sizeof(double));
	fit.step = mem_zeroed(p, sizeof(double));
	fit.tried = mem_array(p, sizeof(double));
	fit.gradient = mem_array(p, sizeof(double));
	fit.information = mem_array(p, p * sizeof(double));
	fit.factors = mem_array(p, p * sizeof(double));
	fit.at_risk_sums = mem_array(sums_length(&fit), sizeof(double));
	fit.event_sums = mem_array(sums_length(&fit), sizeof(double));
	fit.mean = mem_array(p, sizeof(double));
	return fit;
}

static void release_fit(struct fit *fit)
{
	mem_free(fit->time);
	mem_free(fit->event);
	mem_free(fit->x);
	mem_free(fit->predictor);
	mem_free(fit->beta);
	mem_free(fit->step);
	mem_free(fit->tried);
	mem_free(fit->gradient);
	mem_free(fit->information);
	mem_free(fit->factors);
	mem_free(fit->at_risk_sums);
	mem_free(fit->event_sums);
	mem_free(fit->mean);
}

static enum cox_status maximise(struct cox *cox, struct fit *fit)
{
	size_t p = fit->n_terms;
	cox->culprit = find_constant_column(fit);
	if (cox->culprit < p)
		return COX_CONSTANT;
	evaluate(fit, fit->beta);
	cox->log_likelihood_null = fit->log_likelihood;
	memcpy(fit->factors, fit->information, p * p * sizeof(*fit->factors));
	cox->culprit = cholesky_factor(fit->factors, p, least_share);
	if (cox->culprit < p)
		return COX_COLLINEAR;
	return climb(fit, &cox->iterations, &cox->culprit);
}

enum cox_status cox_fit(struct cox *cox, const struct cox_data *data, enum cox_ties ties, double z)
{
	assert(data->n_terms > 0);
	*cox = (struct cox){.n = (int64_t)data->n_rows};
	for (size_t i = 0; i < data->n_rows; i++)
		cox->events += data->event[i];
	if (cox->events == 0)
		return COX_NO_EVENTS;
	struct fit fit = make_fit(data, ties);
	sort_rows(&fit, data);
	move_origins(&fit);
	enum cox_status status = maximise(cox, &fit);
	if (status == COX_OK)
		describe(cox, &fit, z);
	release_fit(&fit);
	return status;
}

void cox_release(struct cox *cox)
{
	mem_free(cox->terms);
	*cox = (struct cox){0};
}

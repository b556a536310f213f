#include "analytics/maximise.h"

#include <assert.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

#include "analytics/cholesky.h"
#include "base/mem.h"

enum { MAX_CLIMB_STEPS = 60, MAX_SIMPLEX_STEPS = 400, MAX_HESSIANS = 6, MAX_CHORD_STEPS = 12 };

static const double very_low = -1e100;
static const double rough_gain = 1e-2, fine_gain = 1e-8; /* of the value: a step that gains less
							    ends the climb */
static const double difference = 1e-4;                   /* in each variable, for the Hessian */
static const double same_curvature = 2e-4; /* standard errors that the Hessian may be off */
static const double nearly = 1e-2, close_enough = 1e-4, exact = 1e-8; /* Newton's steps left, in
									 standard errors */

/* Value and gradient of the last point are kept, for GSL asks for them apart. */
struct climb {
	maximise_function *function;
	void *context;
	size_t n;
	bool has_last;
	double last_point[MAXIMISE_MOST], last_value, last_gradient[MAXIMISE_MOST];
	int evaluations;
};

static double evaluate(struct climb *climb, const double *point, double *gradient)
{
	climb->evaluations++;
	double value = climb->function(point, gradient, climb->context);
	bool finite = isfinite(value);
	for (size_t i = 0; i < climb->n; i++)
		finite = finite && isfinite(gradient[i]);
	if (finite)
		return value;
	memset(gradient, 0, climb->n * sizeof(*gradient));
	return very_low;
}

static void move_to(struct climb *climb, const gsl_vector *point)
{
	bool same = climb->has_last;
	for (size_t i = 0; i < climb->n; i++) {
		same = same && climb->last_point[i] == gsl_vector_get(point, i);
		climb->last_point[i] = gsl_vector_get(point, i);
	}
	if (!same)
		climb->last_value = evaluate(climb, climb->last_point, climb->last_gradient);
	climb->has_last = true;
}

/* GSL seeks minima. */
static double minus_value(const gsl_vector *u, void *context)
{
	struct climb *climb = context;
	move_to(climb, u);
	return -climb->last_value;
}

static void minus_gradient(const gsl_vector *u, void *context, gsl_vector *gradient)
{
	struct climb *climb = context;
	move_to(climb, u);
	for (size_t i = 0; i < climb->n; i++)
		gsl_vector_set(gradient, i, -climb->last_gradient[i]);
}

static void minus_both(const gsl_vector *u, void *context, double *value, gsl_vector *gradient)
{
	*value = minus_value(u, context);
	minus_gradient(u, context, gradient);
}

static gsl_vector *vector_of(const double *point, size_t n)
{
	gsl_vector *vector = mem_checked(gsl_vector_alloc(n));
	for (size_t i = 0; i < n; i++)
		gsl_vector_set(vector, i, point[i]);
	return vector;
}

static void read_vector(const gsl_vector *vector, double *point)
{
	for (size_t i = 0; i < vector->size; i++)
		point[i] = gsl_vector_get(vector, i);
}

/* BFGS from the point, which moves to where it ends; the value there. */
static double climb_smoothly(struct climb *climb, double *point, double least_gain)
{
	gsl_multimin_function_fdf minus = {
		minus_value, minus_gradient, minus_both, climb->n, climb};
	gsl_multimin_fdfminimizer *minimizer = mem_checked(
		gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, climb->n));
	gsl_vector *start = vector_of(point, climb->n);
	gsl_multimin_fdfminimizer_set(minimizer, &minus, start, .1, .1);
	double value = minimizer->f, gain = INFINITY, last_gain = INFINITY;
	for (int i = 0; i < MAX_CLIMB_STEPS && gain + last_gain > least_gain; i++) {
		if (gsl_multimin_fdfminimizer_iterate(minimizer) != GSL_SUCCESS)
			break; /* no progress: the end, or a stall */
		last_gain = gain;
		gain = value - minimizer->f;
		value = minimizer->f;
	}
	read_vector(minimizer->x, point);
	gsl_vector_free(start);
	gsl_multimin_fdfminimizer_free(minimizer);
	return -value;
}

/* Nelder and Mead from the point, which moves. */
static void climb_by_simplex(struct climb *climb, double *point)
{
	gsl_multimin_function minus = {minus_value, climb->n, climb};
	gsl_multimin_fminimizer *minimizer = mem_checked(
		gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, climb->n));
	gsl_vector *start = vector_of(point, climb->n);
	gsl_vector *size = mem_checked(gsl_vector_alloc(climb->n));
	gsl_vector_set_all(size, .2);
	gsl_multimin_fminimizer_set(minimizer, &minus, start, size);
	for (int i = 0; i < MAX_SIMPLEX_STEPS; i++)
		if (gsl_multimin_fminimizer_iterate(minimizer) != GSL_SUCCESS ||
			gsl_multimin_fminimizer_size(minimizer) < 1e-4)
			break;
	read_vector(minimizer->x, point);
	gsl_vector_free(start);
	gsl_vector_free(size);
	gsl_multimin_fminimizer_free(minimizer);
}

/* Minus the Hessian, as cholesky_factor() leaves it. */
struct curvature {
	double factors[MAXIMISE_MOST * MAXIMISE_MOST];
};

static bool factor(struct curvature *curvature, double (*hessian)[MAXIMISE_MOST], size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			curvature->factors[i * n + j] = -hessian[i][j];
	return cholesky_factor(curvature->factors, n, 1e-12) == n;
}

/* Newton's step from a gradient; its length in standard errors is returned. */
static double newton_step(
	const struct curvature *curvature, size_t n, const double *gradient, double *step)
{
	memcpy(step, gradient, n * sizeof(*step));
	cholesky_solve(curvature->factors, n, step);
	double square = 0;
	for (size_t i = 0; i < n; i++)
		square += step[i] * gradient[i];
	return sqrt(fmax(0, square));
}

static void difference_hessian(struct climb *climb, struct maximum *at)
{
	size_t n = climb->n;
	double raw[MAXIMISE_MOST][MAXIMISE_MOST];
	for (size_t j = 0; j < n; j++) {
		double point[MAXIMISE_MOST], above[MAXIMISE_MOST], below[MAXIMISE_MOST];
		memcpy(point, at->point, sizeof(point));
		point[j] = at->point[j] + difference;
		evaluate(climb, point, above);
		point[j] = at->point[j] - difference;
		evaluate(climb, point, below);
		for (size_t i = 0; i < n; i++)
			raw[i][j] = (above[i] - below[i]) / (2 * difference);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			at->hessian[i][j] = (raw[i][j] + raw[j][i]) / 2;
}

/* Newton's steps with one Hessian, as long as each halves the way; how far they went, in standard
 * errors. *left is the length of the step still to take. */
static double step_on_chords(
	struct climb *climb, struct maximum *at, const struct curvature *curvature, double *left)
{
	size_t n = climb->n;
	double step[MAXIMISE_MOST], moved = 0;
	*left = newton_step(curvature, n, at->gradient, step);
	for (int i = 0; i<MAX_CHORD_STEPS && * left> exact; i++) {
		struct maximum next = *at;
		for (size_t j = 0; j < n; j++)
			next.point[j] += step[j];
		next.value = evaluate(climb, next.point, next.gradient);
		double length = newton_step(curvature, n, next.gradient, step);
		/* Near the end the value's last bits are noise: the gradient decides. */
		bool worse = next.value < at->value - 1e-9 * (1 + fabs(at->value)) * fmin(1, *left);
		if (length > *left / 2 || worse)
			break;
		moved += *left;
		*left = length;
		*at = next;
	}
	return moved;
}

/* From where at is to the last digit, if there is curvature to go by. */
static void polish(struct climb *climb, struct maximum *at)
{
	at->converged = false;
	for (int i = 0; i < MAX_HESSIANS; i++) {
		struct curvature curvature;
		double left;
		difference_hessian(climb, at);
		if (!factor(&curvature, at->hessian, climb->n))
			return;
		double moved = step_on_chords(climb, at, &curvature, &left);
		at->converged = left < close_enough;
		if (moved < same_curvature)
			return;
	}
}

static void climb_from_here(struct climb *climb, struct maximum *at)
{
	climb_smoothly(climb, at->point, fine_gain);
	at->value = evaluate(climb, at->point, at->gradient);
}

static struct climb climb_of(maximise_function *function, void *context, size_t n)
{
	assert(n >= 1 && n <= MAXIMISE_MOST);
	return (struct climb){.function = function, .context = context, .n = n};
}

void maximise(struct maximum *best, maximise_function *function, void *context, size_t n,
	const double *start, double (*hessian)[MAXIMISE_MOST])
{
	*best = (struct maximum){0};
	struct climb climb = climb_of(function, context, n);
	struct curvature curvature;
	double left = INFINITY;
	memcpy(best->point, start, n * sizeof(*start));
	best->value = evaluate(&climb, best->point, best->gradient);
	if (hessian != NULL && factor(&curvature, hessian, n))
		step_on_chords(&climb, best, &curvature, &left);
	if (left > nearly)
		climb_from_here(&climb, best);
	polish(&climb, best);
	best->evaluations = climb.evaluations;
}

void maximise_patiently(struct maximum *best, maximise_function *function, void *context, size_t n,
	const double *start)
{
	*best = (struct maximum){0};
	struct climb climb = climb_of(function, context, n);
	memcpy(best->point, start, n * sizeof(*start));
	climb_by_simplex(&climb, best->point);
	climb_from_here(&climb, best);
	polish(&climb, best);
	best->evaluations = climb.evaluations;
}

void maximise_roughly(struct maximum *best, maximise_function *function, void *context, size_t n,
	const double *start)
{
	*best = (struct maximum){0};
	struct climb climb = climb_of(function, context, n);
	memcpy(best->point, start, n * sizeof(*start));
	best->value = climb_smoothly(&climb, best->point, rough_gain);
	best->evaluations = climb.evaluations;
}

bool maximum_covariance(const struct maximum *at, size_t n, double covariance[][MAXIMISE_MOST])
{
	double hessian[MAXIMISE_MOST][MAXIMISE_MOST];
	struct curvature inverse;
	memcpy(hessian, at->hessian, sizeof(hessian));
	if (!factor(&inverse, hessian, n))
		return false;
	cholesky_invert(inverse.factors, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			covariance[i][j] = inverse.factors[i * n + j];
	return true;
}

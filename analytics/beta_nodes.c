#include "analytics/beta_nodes.h"

#include <float.h>
#include <math.h>

#include "base/mem.h"

static const double negligible = 1e-18; /* of the sum: far below its last bit, so the tail is too */
static const double far_out = 40;       /* e^-40 is below the last bit of 1 */
static const double farthest = 660;     /* e^-660 is a normal number, with room below */
static const double one_point = 1e-16;  /* the variance of v, below which p is a number */

/* v = origin + d, d in steps of h; p and rest are those of the origin. */
struct grid {
	double a, b, h;
	double origin, p, rest;
};

/* 1 / (1 + e^-v) */
static double logistic(double v)
{
	return v > 0 ? 1 / (1 + exp(-v)) : exp(v) / (1 + exp(v));
}

/* ln of p^a (1 - p)^b at d, against that at the origin: written from the side where ln(1 - p) or
 * ln p is a small difference, so that large a and b keep their digits. */
static double log_weight(const struct grid *grid, double d)
{
	double a = grid->a, b = grid->b;
	return grid->p <= .5 ? a * d - (a + b) * log1p(grid->p * expm1(d))
			     : -b * d - (a + b) * log1p(grid->rest * expm1(-d));
}

static void add(struct beta_nodes *nodes, double p, double rest, double weight)
{
	nodes->at = mem_grow(nodes->at, &nodes->capacity, nodes->n + 1, sizeof(*nodes->at));
	nodes->at[nodes->n++] = (struct beta_node){p, rest, weight};
}

/* What lies beyond a node, where weights fall by e^(-slope h) a step. */
static double beyond(double weight, double slope, double h)
{
	return weight / expm1(fmax(slope * h, DBL_MIN));
}

/* From the origin to p = 1. */
static double add_right(struct beta_nodes *nodes, const struct grid *grid)
{
	double sum = 0, v = 0, weight = 0;
	for (double i = 0; i == 0 || v < far_out; i++) {
		double d = i * grid->h;
		v = grid->origin + d;
		weight = exp(log_weight(grid, d));
		add(nodes, logistic(v), logistic(-v), weight);
		sum += weight;
		if (weight <= negligible * sum)
			return sum;
	}
	double rest = beyond(weight, grid->b, grid->h);
	add(nodes, 1, 0, rest);
	return sum + rest;
}

/* From the origin to p = 0, until what is left out is negligible in the steepest of functions. */
static double add_left(
	struct beta_nodes *nodes, const struct grid *grid, double end, double scale, double power)
{
	double sum = 0, least = 0;
	for (size_t i = 0; i < nodes->n; i++)
		least += nodes->at[i].weight * exp(-power * log1p(scale * nodes->at[i].p));
	double v = grid->origin, weight = 1;
	for (double i = -1; v > end; i--) {
		double d = i * grid->h;
		v = grid->origin + d;
		weight = exp(log_weight(grid, d));
		add(nodes, logistic(v), logistic(-v), weight);
		sum += weight;
		least += weight * exp(-power * log1p(scale * logistic(v)));
		if (weight <= negligible * least)
			return sum;
	}
	double rest = beyond(weight, grid->a, grid->h);
	add(nodes, 0, 1, rest);
	return sum + rest;
}

void beta_nodes_init(struct beta_nodes *nodes, double a, double b, double scale, double power)
{
	*nodes = (struct beta_nodes){0};
	double variance = 1 / a + 1 / b; /* of v, roughly, where it is small */
	if (a == 0 || variance < one_point) {
		add(nodes, a / (a + b), b / (a + b), 1);
		return;
	}
	double end = -fmin(far_out + log1p(scale * power), farthest);
	struct grid grid = {.a = a, .b = b, .h = fmin(.25, .5 * sqrt(variance))};
	grid.origin = fmin(fmax(log(a) - log(b), end), far_out); /* the mode */
	grid.p = logistic(grid.origin);
	grid.rest = logistic(-grid.origin);
	double sum = add_right(nodes, &grid);
	sum += add_left(nodes, &grid, end, scale, power);
	for (size_t i = 0; i < nodes->n; i++)
		nodes->at[i].weight /= sum;
}

void beta_nodes_release(struct beta_nodes *nodes)
{
	mem_free(nodes->at);
	*nodes = (struct beta_nodes){0};
}

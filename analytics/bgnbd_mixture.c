#include "analytics/bgnbd_mixture.h"

#include <assert.h>
#include <complex.h>
#include <math.h>
#include <stdbool.h>

#include "analytics/bgnbd.h"

static const double negligible = 1e-17;

/* Below this modulus of a root, orders are summed: terms there fall by its k-th power, and above it
 * no power z^(j - k) is larger than 51. */
static const double smallest_root = .7;
enum { MOST_STAGES = 128 }; /* .7^(128 - BGNBD_MAX_K) < negligible */

void bgnbd_mixture_init(struct bgnbd_mixture *mixture, int k, double shape, double a, double b,
	double g, double longest)
{
	assert(k >= 1 && k <= BGNBD_MAX_K);
	*mixture = (struct bgnbd_mixture){.k = k, .shape = shape, .g = g};
	beta_nodes_init(&mixture->dropouts, g > 0 ? a : 0, b, g * longest, shape + k);
}

void bgnbd_mixture_release(struct bgnbd_mixture *mixture)
{
	beta_nodes_release(&mixture->dropouts);
}

/* (1 - (1 + c tau)^-x) / c */
static double orders_at(double c, double tau, double x)
{
	return c > 0 ? -expm1(-x * log1p(c * tau)) / c : x * tau;
}

/* Of the stages passed within tau, the probability of n and more, or of n as one more is passed: at
 * n - 1 for the n-th stage, n from 1. */
struct stages {
	double at_least[MOST_STAGES], density[MOST_STAGES];
};

static void set_stages(struct stages *stages, double x, double tau)
{
	double elapsed = log1p(tau), w = tau / (1 + tau);
	double at_least = -expm1(-x * elapsed), p = exp(-x * elapsed), after = p * x / (1 + tau);
	for (int n = 0; n < MOST_STAGES; n++) {
		stages->at_least[n] = fmax(at_least, 0);
		stages->density[n] = after;
		p *= (x + n) / (n + 1) * w;
		at_least -= p;
		after *= (x + 1 + n) / (n + 1) * w;
	}
}

static double sum_stages(const double *stages, int k, int j, double s)
{
	double sum = 0, power = 1;
	for (int n = k - j; n <= MOST_STAGES && fabs(power) > negligible; n += k) {
		sum += power * stages[n - 1];
		power *= s;
	}
	return sum;
}

static double complex log1p_of(double re, double im) /* re >= 0 */
{
	return .5 * log1p(re * (2 + re) + im * im) + I * atan2(im, 1 + re);
}

static double complex expm1_of(double complex z)
{
	double half = sin(.5 * cimag(z)), grown = exp(creal(z));
	return expm1(creal(z)) - 2 * grown * half * half + I * grown * sin(cimag(z));
}

/* A root z of s, by its angle in k-th parts of a half turn. */
struct root {
	double complex z, rest; /* rest = 1 - z */
	double complex elapsed; /* ln B */
};

static struct root root_at(double log_s, int k, int part, double tau)
{
	static const double pi = 3.14159265358979323846;
	double modulus = exp(log_s / k), angle = pi * part / k, half = sin(.5 * angle);
	double re = -expm1(log_s / k) + 2 * modulus * half * half, im = -modulus * sin(angle);
	return (struct root){
		.z = modulus * (cos(angle) + I * sin(angle)),
		.rest = re + I * im,
		.elapsed = log1p_of(tau * re, tau * im),
	};
}

static void add_orders(
	const struct root *root, int k, double shape, double tau, double weight, double *by_stage)
{
	double complex power = cpow(root->z, 1 - k);
	bool is_real = cimag(root->rest) == 0 && creal(root->z) > 0;
	for (int j = 0; j < k; j++) {
		double x = shape + j;
		double complex orders = is_real ? orders_at(creal(root->rest), tau, x)
						: -expm1_of(-x * root->elapsed) / root->rest;
		by_stage[j] += weight * creal(power * orders);
		power *= root->z;
	}
}

static void add_rates(const struct root *root, int k, double shape, double weight, double *by_stage)
{
	double complex power = cpow(root->z, 1 - k), shorter = cexp(-root->elapsed);
	double complex left = cexp(-(shape + 1) * root->elapsed);
	for (int j = 0; j < k; j++) {
		by_stage[j] += weight * (shape + j) * creal(power * left);
		power *= root->z;
		left *= shorter;
	}
}

enum asked { ORDERS, RATES };

/* Roots come in pairs of conjugates, but for the real ones. */
static void add_roots(const struct bgnbd_mixture *mixture, enum asked asked, double log_s,
	bool is_negative, double tau, double weight, double *by_stage)
{
	int k = mixture->k;
	for (int part = is_negative; part <= k; part += 2) {
		double share = weight * (part == 0 || part == k ? 1 : 2) / k;
		struct root root = root_at(log_s, k, part, tau);
		if (asked == ORDERS)
			add_orders(&root, k, mixture->shape, tau, share, by_stage);
		else
			add_rates(&root, k, mixture->shape, share, by_stage);
	}
}

/* k > 1. */
static void add_regular(
	const struct bgnbd_mixture *mixture, enum asked asked, double tau, double *by_stage)
{
	int k = mixture->k;
	double g = mixture->g, log_smallest = k * log(smallest_root);
	struct stages stages[BGNBD_MAX_K];
	for (int j = 0; j < k; j++)
		set_stages(&stages[j], mixture->shape + j, tau);
	for (size_t i = 0; i < mixture->dropouts.n; i++) {
		const struct beta_node *node = &mixture->dropouts.at[i];
		double gone = g * node->p, s = 1 - g + g * node->rest;
		double log_s = gone < .5 ? log1p(-gone) : log(fabs(s));
		if (log_s >= log_smallest) {
			add_roots(mixture, asked, log_s, s < 0, tau, node->weight, by_stage);
			continue;
		}
		for (int j = 0; j < k; j++)
			by_stage[j] +=
				node->weight *
				sum_stages(asked == ORDERS ? stages[j].at_least : stages[j].density,
					k, j, s);
	}
}

void bgnbd_mixture_orders(const struct bgnbd_mixture *mixture, double tau, double *by_stage)
{
	for (int j = 0; j < mixture->k; j++)
		by_stage[j] = 0;
	if (mixture->k > 1) {
		add_regular(mixture, ORDERS, tau, by_stage);
		return;
	}
	for (size_t i = 0; i < mixture->dropouts.n; i++) {
		const struct beta_node *node = &mixture->dropouts.at[i];
		by_stage[0] += node->weight * orders_at(mixture->g * node->p, tau, mixture->shape);
	}
}

void bgnbd_mixture_rates(const struct bgnbd_mixture *mixture, double tau, double *by_stage)
{
	for (int j = 0; j < mixture->k; j++)
		by_stage[j] = 0;
	if (mixture->k > 1) {
		add_regular(mixture, RATES, tau, by_stage);
		return;
	}
	double x = mixture->shape;
	for (size_t i = 0; i < mixture->dropouts.n; i++) {
		const struct beta_node *node = &mixture->dropouts.at[i];
		by_stage[0] += node->weight * x * exp(-(x + 1) * log1p(mixture->g * node->p * tau));
	}
}

#include "analytics/bgnbd_mixture.h"

#include <assert.h>
#include <complex.h>
#include <math.h>
#include <stdbool.h>

#include "analytics/bgnbd.h"
#include "base/mem.h"

static const double negligible = 1e-17;

/* Below this modulus of a root, orders are summed: terms there fall by its k-th power, and above it
 * no power z^(j - k) is larger than 51. */
static const double smallest_root = .7;
enum { MOST_STAGES = 128 }; /* .7^(128 - BGNBD_MAX_K) < negligible */

/* A root z of s. The real positive one, of s > 0, is the first. */
struct root {
	double complex z, rest, power; /* rest = 1 - z, power = z^(1 - k) */
	double share;                  /* of the mean over the roots: conjugates stand as one */
};

enum { MOST_ROOTS = BGNBD_MAX_K / 2 + 1 };
struct bgnbd_roots {
	double s;
	int n; /* 0: s is near 0 */
	bool has_real;
	struct root at[MOST_ROOTS];
};

/* By its angle in k-th parts of a half turn. */
static struct root root_at(double log_s, int k, int part)
{
	static const double pi = 3.14159265358979323846;
	double modulus = exp(log_s / k), angle = pi * part / k, half = sin(.5 * angle);
	double re = -expm1(log_s / k) + 2 * modulus * half * half, im = -modulus * sin(angle);
	double power = exp((1 - k) * log_s / k), turned = (1 - k) * angle;
	return (struct root){
		.z = modulus * (cos(angle) + I * sin(angle)),
		.rest = re + I * im,
		.power = power * (cos(turned) + I * sin(turned)),
		.share = (part == 0 || part == k ? 1. : 2.) / k,
	};
}

static void set_roots(struct bgnbd_roots *roots, const struct beta_node *node, int k, double g)
{
	double gone = g * node->p, s = 1 - g + g * node->rest;
	double log_s = gone < .5 ? log1p(-gone) : log(fabs(s));
	*roots = (struct bgnbd_roots){.s = s, .has_real = s > 0};
	if (log_s < k * log(smallest_root))
		return;
	for (int part = s < 0; part <= k; part += 2)
		roots->at[roots->n++] = root_at(log_s, k, part);
}

void bgnbd_mixture_init(struct bgnbd_mixture *mixture, int k, double shape, double a, double b,
	double g, double longest)
{
	assert(k >= 1 && k <= BGNBD_MAX_K);
	*mixture = (struct bgnbd_mixture){.k = k, .shape = shape, .g = g};
	beta_nodes_init(&mixture->dropouts, g > 0 ? a : 0, b, g * longest, shape + k);
	if (k == 1)
		return;
	mixture->roots = mem_array(mixture->dropouts.n, sizeof(*mixture->roots));
	for (size_t i = 0; i < mixture->dropouts.n; i++)
		set_roots(&mixture->roots[i], &mixture->dropouts.at[i], k, g);
}

void bgnbd_mixture_release(struct bgnbd_mixture *mixture)
{
	beta_nodes_release(&mixture->dropouts);
	mem_free(mixture->roots);
	mixture->roots = NULL;
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

static double complex elapsed_at(const struct root *root, double tau) /* ln B */
{
	return log1p_of(tau * creal(root->rest), tau * cimag(root->rest));
}

static void add_orders(const struct bgnbd_mixture *mixture, const struct bgnbd_roots *roots,
	double tau, double weight, double *by_stage)
{
	for (int i = 0; i < roots->n; i++) {
		const struct root *root = &roots->at[i];
		double complex power = root->power, elapsed = elapsed_at(root, tau);
		bool is_real = i == 0 && roots->has_real;
		for (int j = 0; j < mixture->k; j++) {
			double x = mixture->shape + j;
			double complex orders = is_real ? orders_at(creal(root->rest), tau, x)
							: -expm1_of(-x * elapsed) / root->rest;
			by_stage[j] += weight * root->share * creal(power * orders);
			power *= root->z;
		}
	}
}

/* B is the larger the larger the angle of the root, and soon its powers are nothing. */
static void add_rates(const struct bgnbd_mixture *mixture, const struct bgnbd_roots *roots,
	double tau, double weight, double *by_stage)
{
	static const double nothing = 45; /* e^-45 of the first */
	double x = mixture->shape + 1, first = 0;
	for (int i = 0; i < roots->n; i++) {
		const struct root *root = &roots->at[i];
		double complex elapsed = elapsed_at(root, tau);
		if (i == 0)
			first = creal(elapsed);
		if (x * (creal(elapsed) - first) > nothing)
			return;
		double complex term = root->power * cexp(-x * elapsed);
		double complex next = root->z * cexp(-elapsed);
		for (int j = 0; j < mixture->k; j++) {
			by_stage[j] += weight * root->share * (mixture->shape + j) * creal(term);
			term *= next;
		}
	}
}

enum asked { ORDERS, RATES };

/* k > 1. */
static void add_regular(
	const struct bgnbd_mixture *mixture, enum asked asked, double tau, double *by_stage)
{
	int k = mixture->k;
	struct stages stages[BGNBD_MAX_K];
	bool has_stages = false;
	for (size_t i = 0; i < mixture->dropouts.n; i++) {
		const struct bgnbd_roots *roots = &mixture->roots[i];
		double weight = mixture->dropouts.at[i].weight;
		if (roots->n > 0 && asked == ORDERS)
			add_orders(mixture, roots, tau, weight, by_stage);
		else if (roots->n > 0)
			add_rates(mixture, roots, tau, weight, by_stage);
		if (roots->n > 0)
			continue;
		for (int j = 0; j < k; j++) {
			if (!has_stages)
				set_stages(&stages[j], mixture->shape + j, tau);
			by_stage[j] += weight * sum_stages(asked == ORDERS ? stages[j].at_least
									   : stages[j].density,
							k, j, roots->s);
		}
		has_stages = true;
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

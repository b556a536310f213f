#include "analytics/beta_fraction.h"

#include <math.h>
#include <stdbool.h>

#include "base/mem.h"

enum { MAX_STEPS = 1024 };
static const double negligible = 1e-18; /* of the sum: far below its last bit, so the tail is too */
static const double far_out = 40;       /* e^-40 is below the last bit of 1 */

struct beta_fraction_step {
	double a, a_by_p, a_by_q;
	double other; /* a' = 1 - a, without the cancellation */
	double b, ln_b_by_p, ln_b_by_q;
};

void beta_fraction_init(struct beta_fraction *fraction, double p, double q)
{
	*fraction = (struct beta_fraction){.p = p, .q = q};
}

void beta_fraction_reset(struct beta_fraction *fraction, double p, double q)
{
	fraction->p = p;
	fraction->q = q;
	fraction->n_steps = 0;
}

void beta_fraction_release(struct beta_fraction *fraction)
{
	mem_free(fraction->steps);
	*fraction = (struct beta_fraction){0};
}

/* With m = p + q - 1:
 *	a_n  = (p + n)(m + n) / ((m + 2n)(m + 2n + 1)) + n (q + n - 1) / ((m + 2n - 1)(m + 2n))
 *	a'_n = the same with p and q exchanged
 *	b_n  = (p + n - 1)(q + n - 1) n (m + n - 1) / ((m + 2n - 2)(m + 2n - 1)^2 (m + 2n))
 * In a_0 and b_1 a factor m cancels, which may be 0. */
static void set_step(struct beta_fraction_step *step, double p, double q, double n)
{
	if (n == 0) {
		double sum = p + q;
		*step = (struct beta_fraction_step){
			p / sum, q / (sum * sum), -p / (sum * sum), q / sum, 0, 0, 0};
		return;
	}
	double below = p + q + 2 * n - 2, middle = below + 1, above = below + 2,
	       m_n = p + q + n - 1;
	double after = m_n / (middle * above), before = n / (below * middle);
	step->a = (p + n) * after + (q + n - 1) * before;
	step->other = (q + n) * after + (p + n - 1) * before;
	double after_slope = after * (1 / m_n - 1 / middle - 1 / above);
	double before_slope = -before * (1 / below + 1 / middle);
	double both = (p + n) * after_slope + (q + n - 1) * before_slope;
	step->a_by_p = after + both;
	step->a_by_q = before + both;
	bool cancels = n == 1;
	double ratio = cancels ? 1 : (m_n - 1) / (below - 1);
	double ln_ratio_slope = cancels ? 0 : 1 / (m_n - 1) - 1 / (below - 1);
	double slope = ln_ratio_slope - 2 / below - 1 / middle;
	step->b = (p + n - 1) * (q + n - 1) * n * ratio / (below * below * middle);
	step->ln_b_by_p = 1 / (p + n - 1) + slope;
	step->ln_b_by_q = 1 / (q + n - 1) + slope;
}

static const struct beta_fraction_step *step_at(struct beta_fraction *fraction, size_t n)
{
	while (fraction->n_steps <= n) {
		fraction->steps = mem_grow(fraction->steps, &fraction->capacity,
			fraction->n_steps + 1, sizeof(*fraction->steps));
		set_step(&fraction->steps[fraction->n_steps], fraction->p, fraction->q,
			(double)fraction->n_steps);
		fraction->n_steps++;
	}
	return &fraction->steps[n];
}

/* The mean over v = ln(u / (1 - u)) by the trapezoidal rule, which is exact to all digits for an
 * integrand analytic in a strip about the real line: here pi wide, or as wide as the peak. Value
 * and derivatives are means under the same weights u^p (1 - u)^q, which need no beta function. */
struct quadrature {
	double p, q, one_minus_z, log_peak;
	double weight, log_u, log_1_u;                 /* sums of w, w ln u, w ln(1 - u) */
	double value, value_log_u, value_log_1_u, log; /* sums of w f, ..., w df/d ln(1 - z) */
};

static void add(struct quadrature *sum, double weight, double value, double log_u, double log_1_u,
	double share)
{
	sum->weight += weight;
	sum->log_u += weight * log_u;
	sum->log_1_u += weight * log_1_u;
	sum->value += value;
	sum->value_log_u += value * log_u;
	sum->value_log_1_u += value * log_1_u;
	sum->log -= value * share;
}

/* Nodes far out have u = 0 or 1 and weights that fall by one and the same factor e^(-slope h): they
 * are added up as a geometric series, for the slope may be as small as p or q. */
static void add_tail(struct quadrature *sum, double v, double h, double weight)
{
	bool right = v > 0;
	double factor = exp(-(right ? sum->q : sum->p) * h), rest = factor / (1 - factor);
	double reach = fabs(v) + h / (1 - factor); /* mean |v| of the tail */
	double value = right ? 1 / sum->one_minus_z : 1;
	add(sum, weight * rest, weight * rest * value, right ? 0 : -reach, right ? -reach : 0,
		right);
}

/* False once the nodes beyond no longer count or have been added. */
static bool add_node(struct quadrature *sum, double v, double h)
{
	double log_u = v > 0 ? -log1p(exp(-v)) : v - log1p(exp(v)), log_1_u = log_u - v;
	double weight = exp(sum->p * log_u + sum->q * log_1_u - sum->log_peak);
	/* 1 - z u = (1 - u) + (1 - z) u */
	double value = weight / (exp(log_1_u) + sum->one_minus_z * exp(log_u));
	double share = sum->one_minus_z / (exp(log_1_u - log_u) + sum->one_minus_z);
	add(sum, weight, value, log_u, log_1_u, share);
	if (v < -far_out || v > far_out - log(sum->one_minus_z)) {
		add_tail(sum, v, h, weight);
		return false;
	}
	return weight > negligible * sum->weight || value > negligible * sum->value;
}

static void integrate(double p, double q, double one_minus_z, struct beta_gradient *result)
{
	struct quadrature sum = {.p = p, .q = q, .one_minus_z = one_minus_z};
	sum.log_peak = p * log(p / (p + q)) + q * log(q / (p + q));
	double mode = log(p / q), h = fmin(.25, .5 * sqrt(1 / p + 1 / q));
	for (double i = 0; add_node(&sum, mode + h * i, h); i++)
		;
	for (double i = -1; add_node(&sum, mode + h * i, h); i--)
		;
	result->value = sum.value / sum.weight;
	result->by_p = (sum.value_log_u - result->value * sum.log_u) / sum.weight;
	result->by_q = (sum.value_log_1_u - result->value * sum.log_1_u) / sum.weight;
	result->by_log = sum.log / sum.weight;
}

/* Whether MAX_STEPS would not do: the tail shrinks by 4 sqrt(1 - z) a step, sooner where U keeps
 * away from 1 (q large) or is hardly ever near it for 1 / (1 - z) to be seen (p large). */
static bool is_slow(const struct beta_fraction *fraction, double one_minus_z)
{
	return one_minus_z < 1e-4 && fraction->p * one_minus_z < .1 && fraction->q < 100;
}

double beta_fraction_value(struct beta_fraction *fraction, double one_minus_z)
{
	size_t max_steps = is_slow(fraction, one_minus_z) ? 0 : MAX_STEPS;
	double z = 1 - one_minus_z;
	const struct beta_fraction_step *step = step_at(fraction, 0);
	double d = 1 / (step->other + step->a * one_minus_z), term = d, sum = d;
	for (size_t n = 1; n < max_steps; n++) {
		step = step_at(fraction, n);
		double g = step->b * z * z * d;
		d = 1 / (step->other + step->a * one_minus_z - g);
		term *= g * d;
		sum += term;
		if (term <= negligible * sum)
			return sum;
	}
	struct beta_gradient slow;
	integrate(fraction->p, fraction->q, one_minus_z, &slow);
	return slow.value;
}

/* Steed's recurrence and its derivatives. d is the denominator's inverse, and slopes of logarithms
 * are carried: of d, and of the term that each step adds. */
void beta_fraction_gradient(
	struct beta_fraction *fraction, double one_minus_z, struct beta_gradient *result)
{
	size_t max_steps = is_slow(fraction, one_minus_z) ? 0 : MAX_STEPS;
	double z = 1 - one_minus_z, ln_z2_by_log = -2 * one_minus_z / z;
	const struct beta_fraction_step *step = step_at(fraction, 0);
	/* e = a' + a (1 - z) = 1 - z a */
	double d = 1 / (step->other + step->a * one_minus_z);
	double d_p = d * z * step->a_by_p, d_q = d * z * step->a_by_q;
	double d_log = -d * step->a * one_minus_z;
	double term = d, term_p = d_p, term_q = d_q, term_log = d_log;
	struct beta_gradient sum = {d, d * d_p, d * d_q, d * d_log};
	for (size_t n = 1; n < max_steps && z != 0; n++) {
		step = step_at(fraction, n);
		double g = step->b * z * z * d;
		double g_p = step->ln_b_by_p + d_p, g_q = step->ln_b_by_q + d_q;
		double g_log = ln_z2_by_log + d_log;
		d = 1 / (step->other + step->a * one_minus_z - g);
		d_p = d * (z * step->a_by_p + g * g_p);
		d_q = d * (z * step->a_by_q + g * g_q);
		d_log = d * (g * g_log - step->a * one_minus_z);
		term *= g * d;
		term_p += g_p + d_p;
		term_q += g_q + d_q;
		term_log += g_log + d_log;
		sum.value += term;
		sum.by_p += term * term_p;
		sum.by_q += term * term_q;
		sum.by_log += term * term_log;
		if (term <= negligible * sum.value) {
			*result = sum;
			return;
		}
	}
	if (z == 0)
		*result = sum;
	else
		integrate(fraction->p, fraction->q, one_minus_z, result);
}

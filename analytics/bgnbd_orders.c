#include <assert.h>
#include <math.h>

#include "analytics/beta_fraction.h"
#include "analytics/bgnbd.h"
#include "analytics/bgnbd_mixture.h"
#include "analytics/special.h"
#include "base/mem.h"

/* E[(1 - g p)^i], i = 0, 1, 2 ..., for p ~ Beta(a, q): for g = 1 a ratio of beta functions, else
 * 2F1(-i, a; a + q; g) by the recurrence in i (DLMF 15.5.11). */
struct survival {
	double a, sum, g; /* sum = a + q */
	double *mean;
	size_t n, capacity;
};

static double survival_at(struct survival *survival, size_t i)
{
	while (survival->n <= i) {
		survival->mean = mem_grow(survival->mean, &survival->capacity, survival->n + 1,
			sizeof(*survival->mean));
		double *mean = survival->mean, m = (double)survival->n - 1;
		double a = survival->a, sum = survival->sum, g = survival->g;
		if (survival->n == 0)
			mean[0] = 1;
		else if (survival->n == 1)
			mean[1] = 1 - g * a / sum;
		else
			mean[survival->n] = ((sum + 2 * m - (m + a) * g) * mean[survival->n - 1] -
						    m * (1 - g) * mean[survival->n - 2]) /
					    (sum + m);
		survival->n++;
	}
	return survival->mean[i];
}

static const double negligible = 1e-17; /* of a sum of positive terms */

/* Sum over i >= 1 of E[(1 - p)^(i - 1)] P(N = i k - 1 - j) for N ~ NB(shape, w): from the mode of
 * N, where its probability is largest, both ways until nothing is added any more. */
static double sum_purchases(struct survival *survival, int k, int j, double shape, double w)
{
	double top = floor((shape - 1) * w / (1 - w));
	size_t mode = top > 0 ? (size_t)top : 0;
	int32_t count = (int32_t)mode;
	double rising; /* ln (shape)_mode, which is a small difference where shape is large */
	special_log_rising(shape, &count, 1, 1, &rising, NULL);
	double log_peak = rising - special_log_gamma((double)mode + 1) + shape * log1p(-w) +
			  (mode > 0 ? (double)mode * log(w) : 0);
	double peak = exp(log_peak), sum = 0, p = peak;
	for (size_t n = mode;; n++) {
		size_t stage = n + 1 + (size_t)j;
		if (stage % (size_t)k == 0)
			sum += p * survival_at(survival, stage / (size_t)k - 1);
		double ratio = (shape + (double)n) / (double)(n + 1) * w;
		p *= ratio;
		if (ratio < 1 && p <= negligible * (sum + peak) * (1 - ratio))
			break;
	}
	p = peak;
	for (size_t n = mode; n-- > 0 && p > negligible * (sum + peak);) {
		p *= (double)(n + 1) / ((shape + (double)n) * w);
		size_t stage = n + 1 + (size_t)j;
		if (stage % (size_t)k == 0)
			sum += p * survival_at(survival, stage / (size_t)k - 1);
	}
	return sum;
}

/* A customer alive: lambda ~ Gamma(shape + its stage, rate), p ~ Beta(a, stays), and g times that
 * from now on. */
struct alive {
	int k;
	double shape, rate;
	double a, stays, g;
};

/* A p that hardly anybody is above. */
static double most_dropout(const struct alive *alive)
{
	return -expm1(-(30 + 2 * alive->a) / alive->stays);
}

/* How far in y = ln(1 + t / rate) m(t) e^(-discount t) is smooth enough for one panel. What falls
 * exponentially may fall to e^-10 at first, and later over as much time again as has passed: the
 * customers most likely to drop out, and for k > 1 what is fastest in the regularity of purchases,
 * e^-2 a stage. The rest of regularity takes a purchase, and has worn off after 2 k of them (the
 * k-th moment varies by its own square root, in stages). Then there is the time that the discount
 * takes. */
static double panel_end(const struct alive *alive, double from, double discount)
{
	int k = alive->k;
	double rate = alive->rate, t = rate * expm1(from), speed = rate * exp(from); /* dt / dy */
	double stage = rate / (alive->shape + k);
	double first = k > 1 ? 5 * stage : 10 * stage / (alive->g * most_dropout(alive));
	double end = from + 1;
	if (first < INFINITY)
		end = fmin(end, from + fmax(t, first) / speed);
	if (discount != 0 && discount * t < 50)
		end = fmin(end, from + 4 / (fabs(discount) * speed));
	if (k > 1 && t < 2 * k * k * stage)
		end = fmin(end, from + k * stage / speed);
	return end;
}

/* Integrates m(t) over y, of a customer in stage j. */
static struct ltv_orders orders_until(const struct alive *alive, int j, double horizon,
	double discount, struct survival *survival)
{
	struct ltv_orders orders = {0, 0};
	double end = log1p(horizon / alive->rate), shape = alive->shape + j;
	for (double from = 0, to; from < end; from = to) {
		to = fmin(end, panel_end(alive, from, discount));
		for (int i = 0; i < SPECIAL_NODES; i++) {
			double y = from + (to - from) * special_node[i];
			/* A stage is passed at density shape / rate P(N' = n - 1), N' ~
			 * NB(shape + 1); dt = rate e^y dy. */
			double orders_here =
				(to - from) * special_weight[i] * shape * exp(y) *
				sum_purchases(survival, alive->k, j, shape + 1, -expm1(-y));
			orders.expected += orders_here;
			orders.discounted += orders_here * exp(-discount * alive->rate * expm1(y));
		}
	}
	return orders;
}

/* The mean over lambda ~ Gamma(shape, rate), by the trapezoidal rule in ln(rate lambda), of
 *
 *	sum over i >= 1 of E[(1 - g p)^(i - 1)] z^(i k - j),   z = lambda / (lambda + discount)
 *	= z^(k - j) E[1 / (1 - y + g y p)],   y = z^k
 *	= z^(k - j) / (1 - y + g y) E[1 / (1 - (1 - p) g y / (1 - y + g y))] */
static double discounted_for_ever(double discount, double shape, double rate, int k, int j,
	double g, struct beta_fraction *staying)
{
	double mode = log(shape + 1), h = fmin(.23, .5 / sqrt(shape + 1)), sum = 0;
	double log_scale = log(h) - special_log_gamma(shape);
	for (int direction = 1; direction >= -1; direction -= 2)
		for (double i = direction > 0 ? 0 : -1;; i += direction) {
			double v = mode + h * i, lambda = exp(v) / rate;
			double log_z = -log1p(discount / lambda);
			double gone = -expm1(k * log_z), rest = gone + g * exp(k * log_z);
			double sooner = staying != NULL
						? beta_fraction_value(staying, gone / rest) / rest
						: 1 / gone;
			double term =
				exp(log_scale + shape * v - exp(v) + (k - j) * log_z) * sooner;
			sum += term;
			if (term <= negligible * sum)
				break;
		}
	return sum;
}

static void orders_for_ever(const struct alive *alive, double discount, struct ltv_orders *by_stage)
{
	double a = alive->a, stays = alive->stays, g = alive->g;
	bool ends = a > 0 && g > 0;
	struct beta_fraction staying;
	beta_fraction_init(&staying, stays, ends ? a : 1);
	for (int j = 0; j < alive->k; j++) {
		by_stage[j].expected = ends && a > 1 ? (a + stays - 1) / ((a - 1) * g) : INFINITY;
		by_stage[j].discounted =
			discount > 0 ? discounted_for_ever(discount, alive->shape + j, alive->rate,
					       alive->k, j, ends ? g : 0, ends ? &staying : NULL)
				     : by_stage[j].expected;
	}
	beta_fraction_release(&staying);
}

static void orders_by_sums(
	const struct alive *alive, double horizon, double discount, struct ltv_orders *by_stage)
{
	struct survival survival = {.a = alive->a, .sum = alive->a + alive->stays, .g = alive->g};
	for (int j = 0; j < alive->k; j++)
		by_stage[j] = orders_until(alive, j, horizon, discount, &survival);
	mem_free(survival.mean);
}

/* How long, in units of rate, no sum over N has more than so many terms: N has mean shape tau and
 * variance shape tau (1 + tau), of which nine deviations are added, and beyond that falls by
 * tau / (1 + tau) a term. */
static double sums_end(double shape)
{
	static const double most_terms = 1000;
	return most_terms / (2 * shape + 9 * sqrt(shape) + 40);
}

/* The discounted orders between two times, which are long. */
static void add_discounted(const struct alive *alive, const struct bgnbd_mixture *mixture,
	double from, double to, double discount, struct ltv_orders *by_stage)
{
	static const double nothing = 100; /* what is discounted by e^-100 */
	double y = log1p(from), end = log1p(to), rates[BGNBD_MAX_K];
	for (double next; y < end && discount * alive->rate * expm1(y) < nothing; y = next) {
		next = fmin(end, panel_end(alive, y, discount));
		for (int i = 0; i < SPECIAL_NODES; i++) {
			double here = y + (next - y) * special_node[i], tau = expm1(here);
			double weight = (next - y) * special_weight[i] * exp(here) *
					exp(-discount * alive->rate * tau);
			bgnbd_mixture_rates(mixture, tau, rates);
			for (int j = 0; j < alive->k; j++)
				by_stage[j].discounted += weight * rates[j];
		}
	}
}

static void orders_by_mixture(
	const struct alive *alive, double horizon, double discount, struct ltv_orders *by_stage)
{
	/* Beyond that many orders, or that long, squares and products overflow. */
	static const double most = 1e300, longest = 1e150;
	double brief = sums_end(alive->shape + alive->k);
	double tau = fmin(fmin(horizon / alive->rate, longest), most / (alive->shape + alive->k));
	double orders[BGNBD_MAX_K];
	struct bgnbd_mixture mixture;
	bgnbd_mixture_init(&mixture, alive->k, alive->shape, alive->a, alive->stays, alive->g, tau);
	bgnbd_mixture_orders(&mixture, tau, orders);
	if (discount != 0) {
		orders_by_sums(alive, brief * alive->rate, discount, by_stage);
		add_discounted(alive, &mixture, brief, tau, discount, by_stage);
	}
	for (int j = 0; j < alive->k; j++) {
		by_stage[j].expected = orders[j];
		if (discount == 0)
			by_stage[j].discounted = orders[j];
	}
	bgnbd_mixture_release(&mixture);
}

void bgnbd_orders_if_alive(struct bgnbd_kind kind, const double parameters[4], int32_t x, double T,
	const struct ltv_outlook *outlook, struct ltv_orders *by_stage)
{
	assert(kind.k >= 1 && kind.k <= BGNBD_MAX_K);
	const struct alive alive = {
		.k = kind.k,
		.shape = parameters[0] + (double)kind.k * x,
		/* A rate lambda f has lambda's shape and 1 / f of its rate parameter. */
		.rate = (parameters[1] + T) / outlook->order_factor,
		.a = parameters[2],
		.stays = parameters[3] + bgnbd_survived(kind, x),
		.g = outlook->dropout_factor,
	};
	if (isinf(outlook->horizon))
		orders_for_ever(&alive, outlook->discount, by_stage);
	else if (outlook->horizon <= sums_end(alive.shape + alive.k) * alive.rate)
		orders_by_sums(&alive, outlook->horizon, outlook->discount, by_stage);
	else
		orders_by_mixture(&alive, outlook->horizon, outlook->discount, by_stage);
}

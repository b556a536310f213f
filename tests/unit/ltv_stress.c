/* Every lifetime model on customer bases that break fits: few customers, nobody leaves, all leave
 * at once, nearly all buy once, one buys every day, all are seen to the day of their last purchase,
 * customers or times or orders all alike, times in odd units, spend that varies without end or not
 * at all, and mixtures of these.
 *
 *	LTV_STRESS=1000 build/unit/ltv_stress    tries a thousand, and prints how their fits end
 *
 * Every run has to end with a fit or a named reason. A fit is held to what it must be whatever the
 * truth: all finite, no worse than the model it contains, and its scores possible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analytics/gamma_gamma.h"
#include "analytics/ltv_fit.h"
#include "base/mem.h"
#include "tests/unit/random.h"

enum { FEW = 16 };

static double uniform(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + .5) * 0x1p-53;
}

static double exponential(uint64_t *seed)
{
	return -log(uniform(seed));
}

enum rates { VARIED, ALIKE, HEAVY_TAILED, RARE, TWO_KINDS, RATES };
enum ends { NEVER, EXPONENTIAL, AFTER_PURCHASE, AT_ONCE, ONE_IN_FIVE_AT_ONCE, ENDS };
enum spends { SPREAD, EQUAL, WILD, NEARLY_EQUAL, TWO_PRICES, SOMETIMES_NOTHING, SPENDS };

/* What a base is like; each number has a combination of its own. */
struct kind {
	size_t n;
	enum rates rates;
	enum ends ends;
	enum spends spends;
	double mean_rate; /* purchases a day */
	double days;      /* of observation */
	bool one_day_acquired, whole_days, one_heavy, seen_to_the_last;
	int stages;
	double unit; /* in days */
};

static struct kind draw_kind(uint64_t *seed)
{
	static const size_t sizes[] = {10, 12, 20, 50, 100, 200, 500, 1000, 2000};
	static const double units[] = {1, 7, 7, 7, 365.25, 1. / 86400, 1e6};
	return (struct kind){
		.n = sizes[random_below(seed, 9)],
		.rates = (enum rates)random_below(seed, RATES),
		.ends = (enum ends)random_below(seed, ENDS),
		.spends = (enum spends)random_below(seed, SPENDS),
		.mean_rate = exp(log(.01) + uniform(seed) * log(100)),
		.days = floor(exp(log(14) + uniform(seed) * log(80))),
		.one_day_acquired = random_below(seed, 4) == 0,
		.whole_days = random_below(seed, 4) > 0,
		.one_heavy = random_below(seed, 5) == 0,
		.seen_to_the_last = random_below(seed, 8) == 0,
		.stages = random_below(seed, 5) == 0 ? 4 : 1,
		.unit = units[random_below(seed, 7)],
	};
}

static double draw_rate(uint64_t *seed, const struct kind *kind)
{
	switch (kind->rates) {
	case VARIED:
		return kind->mean_rate * (exponential(seed) + exponential(seed)) / 2;
	case HEAVY_TAILED:
		return kind->mean_rate / 4 / pow(uniform(seed), .8);
	case RARE:
		return kind->mean_rate / 100 * exponential(seed);
	case TWO_KINDS:
		return kind->mean_rate * (uniform(seed) < .1 ? 5 : .01);
	default:
		return kind->mean_rate;
	}
}

static double draw_end(uint64_t *seed, const struct kind *kind)
{
	switch (kind->ends) {
	case EXPONENTIAL:
		return kind->days / 3 * exponential(seed);
	case AT_ONCE:
		return 0;
	case ONE_IN_FIVE_AT_ONCE:
		return uniform(seed) < .2 ? 0 : INFINITY;
	default:
		return INFINITY;
	}
}

struct base {
	struct kind kind;
	int32_t *x;
	double *t_x, *T, *log_gaps, *spend;
	struct ltv_rows rows;
};

static void live(uint64_t *seed, const struct base *base, size_t i)
{
	const struct kind *kind = &base->kind;
	double rate = draw_rate(seed, kind), end = draw_end(seed, kind), T = base->T[i];
	if (kind->one_heavy && i == 0) {
		rate = 2;
		end = INFINITY;
	}
	for (double t = 0, last = 0;;) {
		for (int stage = 0; stage < kind->stages; stage++)
			t += exponential(seed) / rate / kind->stages;
		double when = kind->whole_days ? ceil(t) : t;
		if (t > end || when > T || base->x[i] == 20000)
			return;
		if (when == last)
			continue;
		base->log_gaps[i] += log(when - last);
		base->t_x[i] = last = when;
		base->x[i]++;
		if (kind->ends == AFTER_PURCHASE && uniform(seed) < .3)
			return;
	}
}

static double draw_spend(uint64_t *seed, enum spends spends, int32_t x)
{
	switch (spends) {
	case EQUAL:
		return 20;
	case WILD:
		return exp(12 * (uniform(seed) + uniform(seed) + uniform(seed) - 1.5));
	case NEARLY_EQUAL:
		return 20 + 1e-6 * uniform(seed);
	case TWO_PRICES:
		return uniform(seed) < .5 ? 9.99 : 19.99;
	case SOMETIMES_NOTHING:
		return uniform(seed) < .3 ? 0 : 5 * exponential(seed);
	default:
		return 3 + 20 * exponential(seed) / x;
	}
}

static void base_init(struct base *base, uint64_t seed)
{
	base->kind = draw_kind(&seed);
	size_t n = base->kind.n;
	base->x = mem_zeroed(n, sizeof(*base->x));
	base->t_x = mem_zeroed(n, 4 * sizeof(*base->t_x));
	base->T = base->t_x + n;
	base->log_gaps = base->T + n;
	base->spend = base->log_gaps + n;
	for (size_t i = 0; i < n; i++) {
		double age = base->kind.days * (base->kind.one_day_acquired ? 1 : uniform(&seed));
		base->T[i] = base->kind.whole_days ? floor(age) : age;
		live(&seed, base, i);
		if (base->kind.seen_to_the_last && base->x[i] > 0)
			base->T[i] = base->t_x[i];
		base->spend[i] =
			base->x[i] > 0 ? draw_spend(&seed, base->kind.spends, base->x[i]) : 0;
		base->t_x[i] /= base->kind.unit;
		base->T[i] /= base->kind.unit;
		base->log_gaps[i] -= base->x[i] * log(base->kind.unit);
	}
	size_t bad;
	assert_int_equal(
		ltv_rows_group(&base->rows, base->x, base->t_x, base->T, base->log_gaps, n, &bad),
		LTV_ROWS_OK);
}

static void base_release(struct base *base)
{
	ltv_rows_release(&base->rows);
	mem_free(base->x);
	mem_free(base->t_x);
}

/* What a customer may be expected to do can be very much, but is a number. */
static bool scores_are_possible(const struct ltv_fit *fit, const struct ltv_rows *rows)
{
	struct ltv_score *scores = mem_array(rows->n_rows, sizeof(*scores));
	struct ltv_outlook outlook = {
		.horizon = rows->mean_age, .discount = .2 / rows->mean_age, 1, 1};
	bool possible = true;
	for (int forever = 0; forever < 2; forever++) {
		if (forever)
			outlook.horizon = INFINITY;
		ltv_score(&fit->model, rows, &outlook, 1, scores);
		for (size_t i = 0; i < rows->n_rows; i++) {
			const struct ltv_orders *orders = &scores[i].orders;
			possible = possible && scores[i].p_alive >= 0 && scores[i].p_alive <= 1 &&
				   orders->discounted >= 0 && isfinite(orders->discounted) &&
				   orders->discounted <= orders->expected * (1 + 1e-9);
		}
	}
	mem_free(scores);
	return possible;
}

/* NULL, or what is wrong. */
static const char *fault_of(
	const struct ltv_fit *fit, const struct ltv_rows *rows, const struct ltv_fit *contained)
{
	if (!ltv_model_is_valid(&fit->model) || !isfinite(fit->log_likelihood))
		return "no numbers";
	for (size_t i = 0; i < ltv_n_parameters(fit->model.family); i++) {
		struct ltv_interval interval = ltv_parameter_interval(fit, i, 2);
		if (!isfinite(ltv_standard_error(fit, i)) || isnan(interval.low) ||
			isnan(interval.high))
			return "no errors";
	}
	double again = ltv_log_likelihood(&fit->model, rows, 1);
	if (!(fabs(again - fit->log_likelihood) <= 1e-7 * (1 + fabs(again))))
		return "another log-likelihood";
	if (contained->status == LTV_FIT_OK &&
		fit->log_likelihood < contained->log_likelihood - .01)
		return "worse than the model it contains";
	return scores_are_possible(fit, rows) ? NULL : "impossible scores";
}

static const char *spend_fault(
	const struct gamma_gamma_fit *fit, const int32_t *x, const double *spend, size_t n)
{
	for (size_t i = 0; i < 3; i++)
		if (fit->status == GAMMA_GAMMA_OK && !(fit->log_covariance[i][i] >= 0))
			return "no errors";
	if (fit->status == GAMMA_GAMMA_OK && !isfinite(fit->log_likelihood))
		return "no numbers";
	for (size_t i = 0; i < n && fit->status == GAMMA_GAMMA_OK; i++) {
		double value = gamma_gamma_expected(&fit->model, x[i], spend[i]);
		if (!(value > 0) || !isfinite(value))
			return "impossible value";
	}
	return NULL;
}

/* How the fits of one model ended. */
struct tally {
	int inside, edge, too_few, one_moment, not_converged, equal, faults;
};

static const char *const no_fault = NULL;

static void count(struct tally *tally, const struct ltv_fit *fit, const char *fault)
{
	tally->faults += fault != no_fault;
	tally->too_few += fit->status == LTV_FIT_TOO_FEW_REPEATERS;
	tally->one_moment += fit->status == LTV_FIT_ONE_MOMENT;
	tally->not_converged += fit->status == LTV_FIT_NOT_CONVERGED;
	if (fit->status != LTV_FIT_OK)
		return;
	bool inside = fit->dropout == LTV_DROPOUT_VARIES && !fit->rates_alike;
	tally->inside += inside;
	tally->edge += !inside;
}

static void report(size_t number, const struct base *base, const char *model, const char *what)
{
	const struct kind *kind = &base->kind;
	print_message("base %zu, %s: %s (n %zu, rates %d, ends %d, spends %d, rate %.3g, days %g, "
		      "acquired at once %d, whole days %d, heavy %d, to the last %d, stages %d, "
		      "unit %g)\n",
		number, model, what, kind->n, (int)kind->rates, (int)kind->ends, (int)kind->spends,
		kind->mean_rate, kind->days, kind->one_day_acquired, kind->whole_days,
		kind->one_heavy, kind->seen_to_the_last, kind->stages, kind->unit);
}

static void fit_orders(struct tally *tallies, const struct base *base, size_t number)
{
	static const enum ltv_family contained[] = {
		[LTV_BGCNBD] = LTV_BGNBD, [LTV_MBGCNBD] = LTV_MBGNBD};
	struct ltv_fit fits[LTV_FAMILIES];
	for (enum ltv_family family = LTV_NBD; family <= LTV_MBGCNBD; family++) {
		struct ltv_fit *fit = &fits[family];
		const char *fault = no_fault, *name = ltv_family_name(family);
		if (ltv_fit(fit, &base->rows, family, 0, 1) == LTV_FIT_OK)
			fault = fault_of(fit, &base->rows,
				&fits[ltv_family_has_k(family) ? contained[family] : LTV_NBD]);
		if (fault != no_fault || fit->status == LTV_FIT_NOT_CONVERGED)
			report(number, base, name, fault != no_fault ? fault : "not converged");
		count(&tallies[family], fit, fault);
	}
}

static void fit_spend(struct tally *tally, const struct base *base, size_t number)
{
	struct gamma_gamma_rows rows;
	struct gamma_gamma_fit fit;
	gamma_gamma_rows_group(&rows, base->x, base->spend, base->kind.n);
	gamma_gamma_fit(&fit, &rows, 1);
	gamma_gamma_rows_release(&rows);
	const char *fault = spend_fault(&fit, base->x, base->spend, base->kind.n);
	tally->faults += fault != no_fault;
	tally->inside += fit.status == GAMMA_GAMMA_OK && fit.edge == GAMMA_GAMMA_INSIDE;
	tally->edge += fit.status == GAMMA_GAMMA_OK && fit.edge != GAMMA_GAMMA_INSIDE;
	tally->too_few += fit.status == GAMMA_GAMMA_TOO_FEW;
	tally->equal += fit.status == GAMMA_GAMMA_ALL_EQUAL;
	tally->not_converged += fit.status == GAMMA_GAMMA_NOT_CONVERGED;
	if (fault != no_fault || fit.status == GAMMA_GAMMA_NOT_CONVERGED)
		report(number, base, "gamma_gamma", fault != no_fault ? fault : "not converged");
}

static void print_counts(const struct tally *tallies, size_t n)
{
	print_message("%zu customer bases\n| model | inside | at an edge | too few | one moment | "
		      "all equal | not converged | faults |\n"
		      "| --- | --- | --- | --- | --- | --- | --- | --- |\n",
		n);
	for (size_t i = 0; i <= LTV_FAMILIES; i++)
		print_message("| %s | %d | %d | %d | %d | %d | %d | %d |\n",
			i < LTV_FAMILIES ? ltv_family_name((enum ltv_family)i) : "gamma_gamma",
			tallies[i].inside, tallies[i].edge, tallies[i].too_few,
			tallies[i].one_moment, tallies[i].equal, tallies[i].not_converged,
			tallies[i].faults);
}

static void every_fit_ends(void **state)
{
	(void)state;
	const char *asked = getenv("LTV_STRESS");
	size_t n = asked != NULL ? strtoul(asked, NULL, 10) : FEW;
	struct tally tallies[LTV_FAMILIES + 1] = {{0}};
	int faults = 0;
	for (size_t number = 0; number < n; number++) {
		struct base base;
		base_init(&base, number);
		fit_orders(tallies, &base, number);
		fit_spend(&tallies[LTV_FAMILIES], &base, number);
		base_release(&base);
	}
	if (asked != NULL)
		print_counts(tallies, n);
	for (size_t i = 0; i <= LTV_FAMILIES; i++)
		faults += tallies[i].faults;
	assert_int_equal(faults, 0);
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_fit_ends)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

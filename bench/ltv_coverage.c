/* Whether the lifetime models find the truth: simulated customer bases, each fitted by the model
 * that it was drawn from, and the spend of its customers by Gamma-Gamma.
 *
 *	make bench-programs && build/bench-programs/ltv_coverage [DATA_SETS [SEED [MODEL]]]
 *
 * Every data set has parameters of its own, drawn from a wide but plausible range, 20 to 5,000
 * customers and half a year to two years of time; one in ten is a hard case: nobody drops out,
 * nearly everyone buys once, one customer buys a hundred times as often as the others, or all are
 * seen to the day of their last purchase (t_x = T). Times are continuous, as the models have them.
 * With MODEL only its data sets are drawn, the same ones as without.
 *
 * The first table counts how the fits end: inside, at an edge that has a name, or without a fit for
 * a reason that has one. The second says how often 95 % intervals hold the true parameter, over the
 * data sets that are no hard cases and have more than 200 drop-outs and more than 200 repeat
 * buyers. A fit at an edge has no interval for what is fixed there: it is in a column of its own.
 * The last column is for all parameters at once, by the likelihood ratio and its chi-square.
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/gamma_gamma.h"
#include "analytics/ltv_fit.h"
#include "base/mem.h"

/* The models of orders, and that of spend. */
enum { GAMMA_GAMMA = LTV_PNBD + 1, MODELS };

enum hard_case { ORDINARY, NO_DROPOUT, BUY_ONCE, ONE_HEAVY, SEEN_TO_THE_LAST, HARD_CASES };

struct truth {
	enum ltv_family family;
	enum hard_case hard;
	double parameters[LTV_PARAMETERS];
	double spend[GAMMA_GAMMA_PARAMETERS];
	size_t n;
	double weeks; /* customers are acquired in the first half */
};

struct base {
	int32_t *x;
	double *t_x, *T, *spend;
	size_t dropouts, repeaters;
};

static double log_uniform(gsl_rng *rng, double low, double high)
{
	return low * exp(gsl_rng_uniform(rng) * log(high / low));
}

static enum ltv_family family_of(size_t number)
{
	static const enum ltv_family families[] = {LTV_BGNBD, LTV_MBGNBD, LTV_PNBD, LTV_NBD};
	return families[number % 4];
}

static struct truth draw_truth(gsl_rng *rng, size_t number)
{
	static const size_t sizes[] = {5000, 2000, 5000, 200, 2000, 5000, 20, 2000};
	struct truth truth = {.family = family_of(number), .n = sizes[number / 4 % 8]};
	if (gsl_rng_uniform(rng) < .1)
		truth.hard = (enum hard_case)(1 + gsl_rng_uniform_int(rng, HARD_CASES - 1));
	truth.weeks = log_uniform(rng, 26, 104);
	double *theta = truth.parameters;
	theta[0] = log_uniform(rng, .25, 2.5);
	theta[1] = theta[0] / log_uniform(rng, .03, .5); /* r / alpha: orders a week */
	if (truth.hard == BUY_ONCE)
		theta[1] *= 1000;
	if (truth.family == LTV_PNBD) {
		theta[2] = log_uniform(rng, .3, 3);
		theta[3] = theta[2] * log_uniform(rng, 8, 60); /* beta / s: weeks */
	} else if (truth.family != LTV_NBD) {
		theta[2] = log_uniform(rng, .3, 2.5);
		theta[3] = theta[2] * log_uniform(rng, 1, 8); /* b / a: odds of staying */
	}
	truth.spend[0] = log_uniform(rng, .7, 10);
	truth.spend[1] = log_uniform(rng, 1.2, 8);
	truth.spend[2] = log_uniform(rng, 5, 50);
	return truth;
}

/* One customer: x and t_x up to T. True when it has dropped out by then. */
static bool live(
	gsl_rng *rng, const struct truth *truth, double rate, double T, int32_t *x, double *t_x)
{
	const double *theta = truth->parameters;
	bool pareto = truth->family == LTV_PNBD;
	bool ends = truth->family != LTV_NBD && truth->hard != NO_DROPOUT;
	double end = INFINITY, p = 0;
	if (ends && pareto)
		end = gsl_ran_exponential(rng, 1) / gsl_ran_gamma(rng, theta[2], 1 / theta[3]);
	else if (ends)
		p = gsl_ran_beta(rng, theta[2], theta[3]);
	*x = 0;
	*t_x = 0;
	if (truth->family == LTV_MBGNBD && gsl_rng_uniform(rng) < p)
		return true;
	for (double t = 0;;) {
		t += gsl_ran_exponential(rng, 1) / rate;
		if (t > end && end < T)
			return true;
		if (t > T)
			return false;
		if (t <= *t_x)
			continue; /* the clock's last bit */
		*t_x = t;
		(*x)++;
		if (gsl_rng_uniform(rng) < p)
			return true;
	}
}

/* The mean of x orders, each Gamma(p, rate nu), nu ~ Gamma(q, rate v). */
static void draw_spend(gsl_rng *rng, const struct truth *truth, struct base *base)
{
	double p = truth->spend[0], q = truth->spend[1], v = truth->spend[2];
	for (size_t i = 0; i < truth->n; i++) {
		double nu = gsl_ran_gamma(rng, q, 1 / v);
		base->spend[i] = base->x[i] > 0
					 ? gsl_ran_gamma(rng, p * base->x[i], 1 / nu) / base->x[i]
					 : 0;
	}
}

static struct base draw_base(gsl_rng *rng, const struct truth *truth)
{
	struct base base = {.x = mem_array(truth->n, sizeof(int32_t)),
		.t_x = mem_array(truth->n, sizeof(double)),
		.T = mem_array(truth->n, sizeof(double)),
		.spend = mem_array(truth->n, sizeof(double))};
	for (size_t i = 0; i < truth->n; i++) {
		double rate = gsl_ran_gamma(rng, truth->parameters[0], 1 / truth->parameters[1]);
		if (truth->hard == ONE_HEAVY && i == 0)
			rate = 100 * truth->parameters[0] / truth->parameters[1];
		base.T[i] = truth->weeks * (1 - gsl_rng_uniform(rng) / 2);
		rate = fmax(rate, 1e-12);
		base.dropouts += live(rng, truth, rate, base.T[i], &base.x[i], &base.t_x[i]);
		base.repeaters += base.x[i] > 0;
		if (truth->hard == SEEN_TO_THE_LAST && base.x[i] > 0)
			base.T[i] = base.t_x[i];
	}
	draw_spend(rng, truth, &base);
	return base;
}

static void release_base(struct base *base)
{
	mem_free(base->x);
	mem_free(base->t_x);
	mem_free(base->T);
	mem_free(base->spend);
}

/* Everything a fit says and everything that follows from it is a number. */
static bool is_sound(const struct ltv_fit *fit, const struct ltv_rows *rows)
{
	bool sound = ltv_model_is_valid(&fit->model) && isfinite(fit->log_likelihood);
	for (size_t i = 0; i < ltv_n_parameters(fit->model.family); i++)
		sound = sound && isfinite(ltv_standard_error(fit, i));
	struct ltv_score *scores = mem_array(rows->n_rows, sizeof(*scores));
	struct ltv_outlook year = {52, .0018, 1, 1};
	ltv_score(&fit->model, rows, &year, 1, scores);
	for (size_t i = 0; i < rows->n_rows; i++)
		sound = sound && scores[i].p_alive >= 0 && scores[i].p_alive <= 1 &&
			scores[i].orders.expected >= 0 && isfinite(scores[i].orders.expected) &&
			scores[i].orders.discounted <= scores[i].orders.expected * (1 + 1e-9);
	mem_free(scores);
	return sound;
}

struct tally {
	int runs, inside, none, alike, all_or_nothing, rates_alike, too_few, one_moment,
		not_converged, unsound;
	int eligible, at_edge, held[LTV_PARAMETERS], held_by_ratio;
};

static void count_end(struct tally *tally, const struct ltv_fit *fit)
{
	tally->too_few += fit->status == LTV_FIT_TOO_FEW_REPEATERS;
	tally->one_moment += fit->status == LTV_FIT_ONE_MOMENT;
	tally->not_converged += fit->status == LTV_FIT_NOT_CONVERGED;
	if (fit->status != LTV_FIT_OK)
		return;
	tally->rates_alike += fit->rates_alike;
	tally->none += fit->dropout == LTV_DROPOUT_NONE;
	tally->alike += fit->dropout == LTV_DROPOUT_ALIKE;
	tally->all_or_nothing += fit->dropout == LTV_DROPOUT_ALL_OR_NOTHING;
	tally->inside += fit->dropout == LTV_DROPOUT_VARIES && !fit->rates_alike;
}

static const double z_95 = 1.959963984540054;
static const double chi_square_95[] = {[2] = 5.991464547107981, [4] = 9.487729036781158};

/* All parameters at once, by what the truth has less of log-likelihood. */
static bool ratio_holds(
	const struct ltv_fit *fit, const struct ltv_rows *rows, const struct truth *truth)
{
	struct ltv_model model = {.family = truth->family, .k = 1};
	memcpy(model.parameters, truth->parameters, sizeof(model.parameters));
	double less = fit->log_likelihood - ltv_log_likelihood(&model, rows, 1);
	return 2 * less <= chi_square_95[ltv_n_parameters(truth->family)];
}

static void count_held(struct tally *tally, const struct ltv_fit *fit, const struct ltv_rows *rows,
	const struct truth *truth)
{
	tally->eligible++;
	if (fit->dropout != LTV_DROPOUT_VARIES || fit->rates_alike) {
		tally->at_edge++;
		return;
	}
	tally->held_by_ratio += ratio_holds(fit, rows, truth);
	for (size_t i = 0; i < ltv_n_parameters(truth->family); i++) {
		struct ltv_interval interval = ltv_parameter_interval(fit, i, z_95);
		tally->held[i] += interval.low <= truth->parameters[i] &&
				  truth->parameters[i] <= interval.high;
	}
}

static void run_orders(
	struct tally *tally, const struct truth *truth, const struct base *base, size_t number)
{
	struct ltv_rows rows;
	struct ltv_fit fit;
	size_t bad;
	if (ltv_rows_group(&rows, base->x, base->t_x, base->T, NULL, truth->n, &bad) != LTV_ROWS_OK)
		abort();
	ltv_fit(&fit, &rows, truth->family, 0, 1);
	tally->runs++;
	count_end(tally, &fit);
	if (fit.status == LTV_FIT_OK && !is_sound(&fit, &rows)) {
		tally->unsound++;
		fprintf(stderr, "data set %zu is not sound\n", number);
	}
	bool informative =
		base->repeaters > 200 && (truth->family == LTV_NBD || base->dropouts > 200);
	if (fit.status == LTV_FIT_OK && truth->hard == ORDINARY && informative)
		count_held(tally, &fit, &rows, truth);
	ltv_rows_release(&rows);
}

static void run_spend(struct tally *tally, const struct truth *truth, const struct base *base)
{
	struct gamma_gamma_rows rows;
	struct gamma_gamma_fit fit;
	gamma_gamma_rows_group(&rows, base->x, base->spend, truth->n);
	gamma_gamma_fit(&fit, &rows, 1);
	gamma_gamma_rows_release(&rows);
	bool fitted = fit.status == GAMMA_GAMMA_OK, inside = fit.edge == GAMMA_GAMMA_INSIDE;
	tally->runs++;
	tally->too_few += fit.status == GAMMA_GAMMA_TOO_FEW;
	tally->not_converged += fit.status == GAMMA_GAMMA_NOT_CONVERGED;
	tally->inside += fitted && inside;
	tally->alike += fitted && !inside;
	if (!fitted || truth->hard != ORDINARY || base->repeaters <= 200)
		return;
	tally->eligible++;
	tally->at_edge += !inside;
	const double theta[] = {fit.model.p, fit.model.q, fit.model.v};
	for (size_t i = 0; i < GAMMA_GAMMA_PARAMETERS; i++)
		tally->held[i] += inside && fabs(log(truth->spend[i] / theta[i])) <=
						    z_95 * sqrt(fit.log_covariance[i][i]);
}

static void run(struct tally *tallies, gsl_rng *rng, size_t number)
{
	struct truth truth = draw_truth(rng, number);
	struct base base = draw_base(rng, &truth);
	run_orders(&tallies[truth.family], &truth, &base, number);
	run_spend(&tallies[GAMMA_GAMMA], &truth, &base);
	release_base(&base);
}

static const char *model_name(int model)
{
	return model == GAMMA_GAMMA ? "gamma_gamma" : ltv_family_name((enum ltv_family)model);
}

static void write_ends(const struct tally *tallies)
{
	printf("| model | data sets | inside | no drop-out | alike | all or nothing | "
	       "rates alike | too few repeat buyers | one moment | not converged | not sound |\n"
	       "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
	for (int model = 0; model < MODELS; model++) {
		const struct tally *tally = &tallies[model];
		printf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n",
			model_name(model), tally->runs, tally->inside, tally->none, tally->alike,
			tally->all_or_nothing, tally->rates_alike, tally->too_few,
			tally->one_moment, tally->not_converged, tally->unsound);
	}
}

static void write_held(const struct tally *tallies)
{
	static const char *const spend[] = {"p", "q", "v"};
	printf("\n| model | data sets | at an edge | held by the 95 %% interval | by the "
	       "likelihood ratio |\n| --- | --- | --- | --- | --- |\n");
	for (int model = 0; model < MODELS; model++) {
		const struct tally *tally = &tallies[model];
		enum ltv_family family = (enum ltv_family)model;
		bool is_spend = model == GAMMA_GAMMA;
		size_t n = is_spend ? GAMMA_GAMMA_PARAMETERS : ltv_n_parameters(family);
		printf("| %s | %d | %d | ", model_name(model), tally->eligible, tally->at_edge);
		for (size_t i = 0; i < n; i++)
			printf("%s%s %.1f %%", i > 0 ? ", " : "",
				is_spend ? spend[i] : ltv_parameter_name(family, i),
				100. * tally->held[i] / fmax(1, tally->eligible - tally->at_edge));
		if (is_spend)
			printf(" | |\n");
		else
			printf(" | %.1f %% |\n", 100. * tally->held_by_ratio /
							 fmax(1, tally->eligible - tally->at_edge));
	}
}

int main(int argc, char **argv)
{
	gsl_set_error_handler_off();
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	const char *model = argc > 3 ? argv[3] : NULL;
	struct tally tallies[MODELS] = {{0}};
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	for (size_t number = 0; number < n; number++) {
		if (model != NULL && strcmp(model, ltv_family_name(family_of(number))) != 0)
			continue;
		gsl_rng_set(rng, seed * 1000003 + number);
		run(tallies, rng, number);
	}
	gsl_rng_free(rng);
	write_ends(tallies);
	write_held(tallies);
	return 0;
}

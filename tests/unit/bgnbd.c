/* BG/NBD, MBG/NBD and BG/CNBD-k. Published: Fader, Hardie and Lee 2005 and the BTYD vignette, at
 * the parameters printed there; figures per customer on CDNOW, by mpmath at the printed optimum
 * (NUMBERS.md of the reference data). The rest: mpmath, by integrating over lambda and p or over t,
 * not by the formulas of the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fenv.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "analytics/bgnbd.h"
#include "tests/unit/cdnow.h"

static const struct bgnbd_kind plain = {false, 1}, modified = {true, 1};
static const double bg_cdnow[4] = {.2425945, 4.413602, .7929219, 2.4259064};
static const double mbg_cdnow[4] = {.5248431, 6.1830849, .8913595, 1.6140024};

static void assert_near(double value, double expected, double relative)
{
	if (!(fabs(value - expected) <= relative * fabs(expected)))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static double log_likelihood(struct bgnbd_kind kind, const struct ltv_rows *rows,
	const double parameters[4], double gradient[4])
{
	double at[4];
	for (int i = 0; i < 4; i++)
		at[i] = log(parameters[i]);
	return bgnbd_log_likelihood(kind, rows, at, 2, gradient);
}

static struct ltv_orders orders(struct bgnbd_kind kind, const double parameters[4], int32_t x,
	double t_x, double T, struct ltv_outlook outlook)
{
	struct ltv_orders by_stage[BGNBD_MAX_K], mean = {0, 0};
	double weight[BGNBD_MAX_K];
	double p = bgnbd_p_alive(kind, parameters, x, t_x, T, weight);
	bgnbd_orders_if_alive(kind, parameters, x, T, &outlook, by_stage);
	for (int j = 0; j < kind.k; j++) {
		mean.expected += p * weight[j] * by_stage[j].expected;
		mean.discounted += p * weight[j] * by_stage[j].discounted;
	}
	return mean;
}

static void cdnow_likelihoods(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	double gradient[4];
	assert_near(log_likelihood(plain, &sample.rows, bg_cdnow, gradient), -9582.429207, 1e-10);
	for (int i = 0; i < 4; i++)
		assert_true(fabs(gradient[i]) < 1e-3);
	assert_near(
		log_likelihood(modified, &sample.rows, mbg_cdnow, gradient), -9582.135716, 1e-10);
	for (int i = 0; i < 4; i++)
		assert_true(fabs(gradient[i]) < 1e-3);
	/* Any number of threads gives the same bytes. */
	double at[4] = {-1, 1, .5, .7}, other[4];
	double one = bgnbd_log_likelihood(plain, &sample.rows, at, 1, gradient);
	double two = bgnbd_log_likelihood(plain, &sample.rows, at, 2, other);
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_equal(gradient, other, sizeof(other));
	cdnow_close(&sample);
}

/* P(alive), orders in 39 weeks, discounted orders in 52 weeks, and for ever, at ln(1.1) / 52. */
static void cdnow_customers(void **state)
{
	(void)state;
	static const struct {
		int32_t x;
		double t_x, T, bg[4], mbg[2];
	} known[] = {
		{2, 213, 272, {.72662032, 1.22599447, 1.49174095, 6.36072955},
			{.706138464, 1.26275879}},
		{1, 12, 272, {.21239105, .203418851, .248839644, 1.14241466},
			{.170951076, .188944891}},
		{0, 0, 272, {1, .194793614, .240582422, 1.29930497}, {.389722992, .153966009}},
		{7, 206, 272, {.641834734, 3.33757156, 4.02246075, 15.4142996},
			{.622679871, 3.16716934}},
		{26, 216, 217, {.968854445, 20.7489038, 24.699882, 85.187839},
			{.965484645, 19.4466073}},
	};
	double discount = log(1.1) / 52;
	struct ltv_outlook weeks_39 = {39, discount, 1, 1}, year = {52, discount, 1, 1},
			   ever = {INFINITY, discount, 1, 1};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		int32_t x = known[i].x;
		double t_x = known[i].t_x / 7, T = known[i].T / 7;
		assert_near(bgnbd_p_alive(plain, bg_cdnow, x, t_x, T, NULL), known[i].bg[0], 5e-9);
		assert_near(orders(plain, bg_cdnow, x, t_x, T, weeks_39).expected, known[i].bg[1],
			5e-9);
		assert_near(
			orders(plain, bg_cdnow, x, t_x, T, year).discounted, known[i].bg[2], 5e-9);
		assert_near(
			orders(plain, bg_cdnow, x, t_x, T, ever).discounted, known[i].bg[3], 5e-9);
		assert_near(
			bgnbd_p_alive(modified, mbg_cdnow, x, t_x, T, NULL), known[i].mbg[0], 5e-9);
		assert_near(orders(modified, mbg_cdnow, x, t_x, T, weeks_39).expected,
			known[i].mbg[1], 5e-9);
	}
}

/* Fader, Hardie and Lee 2005: P(X(t) = x), E[X(52)], and the increasing frequency paradox: of
 * customers silent since week 20, those who bought more are the less alive. */
static void published(void **state)
{
	(void)state;
	static const double paper[4] = {.243, 4.414, .793, 2.426};
	assert_near(bgnbd_probability(plain, paper, 0, 39), .5737864, 1e-7);
	assert_near(bgnbd_probability(plain, paper, 10, 2), 1.07869e-7, 5e-6);
	static const double week_30[10] = {.0019995214, .0015170236, .0011633150, .0009003148,
		.0007023638, .0005517902, .0004361913, .0003467171, .0002769613, .0002222260};
	for (int32_t i = 0; i < 10; i++)
		assert_near(bgnbd_probability(plain, paper, 11 + i, 30), week_30[i], 1e-6);

	static const double vignette[4] = {.2425982, 4.4136842, .7929899, 2.4261667};
	struct ltv_outlook year = {52, 0, 1, 1};
	assert_near(orders(plain, vignette, 0, 0, 0, year).expected, 1.444004, 1e-6);
	static const double silent[4] = {.3474606, .04283391, .004158973, .0003583685};
	for (int32_t i = 0; i < 4; i++)
		assert_near(orders(plain, vignette, 10 + 5 * i, 20, 39, year).expected, silent[i],
			1e-5);
}

/* a = 1 and a + b = 1, where the textbook forms divide by 0. */
static void removable_singularities(void **state)
{
	(void)state;
	static const struct {
		double parameters[4];
		struct bgnbd_kind kind;
		int32_t x;
		double t_x, alive, expected, discounted, for_ever;
	} known[] = {
		{{.25, 4.4, 1, 2.4}, {false, 1}, 2, 30, .679901437458708, 1.41570535820051,
			1.35601437961715, 4.86884286414826},
		{{.25, 4.4, .4, .6}, {true, 1}, 2, 30, .802397333165301, 1.9068487261825,
			1.8226976704737, 11.0676408616208},
		{{.25, 4.4, .4, .6}, {false, 1}, 0, 0, 1, .247119576094811, .236426374069478,
			1.27083860848172},
		{{.25, 4.4, 2.4, .6}, {false, 1}, 200, 37, .411294507394798, 39.8613779161311,
			38.5822109402669, 52.8825425015383},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ltv_outlook outlook = {52, log(1.1) / 52, 1, 1};
		assert_near(bgnbd_p_alive(known[i].kind, known[i].parameters, known[i].x,
				    known[i].t_x, 38, NULL),
			known[i].alive, 1e-12);
		struct ltv_orders year = orders(
			known[i].kind, known[i].parameters, known[i].x, known[i].t_x, 38, outlook);
		assert_near(year.expected, known[i].expected, 1e-12);
		assert_near(year.discounted, known[i].discounted, 1e-12);
		outlook.horizon = INFINITY;
		struct ltv_orders ever = orders(
			known[i].kind, known[i].parameters, known[i].x, known[i].t_x, 38, outlook);
		assert_near(ever.discounted, known[i].for_ever, 1e-11);
		assert_true(isinf(ever.expected) == (known[i].parameters[2] <= 1));
	}
}

/* k = 2 and 3: ln L without the gaps, P(alive), orders in 26 weeks and discounted. */
static void regular_customers(void **state)
{
	(void)state;
	static const double often[4] = {1.4, 3.9, .8, 2.5}, seldom[4] = {.9, 2.2, 1, 1.7};
	static const struct {
		struct bgnbd_kind kind;
		const double *parameters;
		int32_t x;
		double t_x, T, value, alive, expected, discounted;
	} known[] = {
		{{false, 3}, often, 4, 30, 38, -28.3215248325, .739905275023, 2.04494619238,
			2.00121167691},
		{{true, 3}, often, 4, 30, 38, -28.4784341787, .770746361632, 2.16330996374,
			2.11673089115},
		{{false, 2}, seldom, 0, 0, 20, -1.48669672892, 1, .659949475598, .64601272769},
		{{true, 2}, seldom, 0, 0, 20, -.667984072795, .277666041199, .192234139599,
			.188088630377},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ltv_rows rows;
		size_t bad;
		double log_gaps = 7;
		assert_int_equal(ltv_rows_group(&rows, &known[i].x, &known[i].t_x, &known[i].T,
					 &log_gaps, 1, &bad),
			LTV_ROWS_OK);
		double gaps = (known[i].kind.k - 1) * log_gaps;
		assert_near(log_likelihood(known[i].kind, &rows, known[i].parameters, NULL) - gaps,
			known[i].value, 1e-11);
		ltv_rows_release(&rows);
		assert_near(bgnbd_p_alive(known[i].kind, known[i].parameters, known[i].x,
				    known[i].t_x, known[i].T, NULL),
			known[i].alive, 1e-11);
		struct ltv_outlook half_year = {26, log(1.1) / 52, 1, 1};
		struct ltv_orders ordered = orders(known[i].kind, known[i].parameters, known[i].x,
			known[i].t_x, known[i].T, half_year);
		assert_near(ordered.expected, known[i].expected, 1e-10);
		assert_near(ordered.discounted, known[i].discounted, 1e-10);
	}
}

static void gradients_are_slopes(void **state)
{
	(void)state;
	struct cdnow sample = cdnow_open("clv_cdnow_sample");
	sample.rows.has_log_gaps = true;
	for (int i = 0; i < 8; i++) {
		struct bgnbd_kind kind = {i % 2 == 1, 1 + i / 2};
		double at[4] = {-.3, .9, .4, .8}, gradient[4];
		bgnbd_log_likelihood(kind, &sample.rows, at, 1, gradient);
		for (int j = 0; j < 4; j++) {
			double h = 1e-5, moved[4] = {at[0], at[1], at[2], at[3]};
			moved[j] = at[j] + h;
			double above = bgnbd_log_likelihood(kind, &sample.rows, moved, 1, NULL);
			moved[j] = at[j] - h;
			double below = bgnbd_log_likelihood(kind, &sample.rows, moved, 1, NULL);
			assert_near(gradient[j], (above - below) / (2 * h), 1e-6);
		}
	}
	cdnow_close(&sample);
}

/* Probabilities add up to 1, and their mean is the expectation, in all variants. */
static void probabilities_add_up(void **state)
{
	(void)state;
	static const double parameters[4] = {.8, 3, .7, 2};
	struct ltv_outlook outlook = {30, 0, 1, 1};
	for (int i = 0; i < 6; i++) {
		struct bgnbd_kind kind = {i % 2 == 1, 1 + i / 2};
		double sum = 0, mean = 0;
		for (int32_t x = 0; x < 600; x++) {
			double p = bgnbd_probability(kind, parameters, x, 30);
			assert_true(p >= 0 && p <= 1);
			sum += p;
			mean += x * p;
		}
		assert_near(sum, 1, 1e-12);
		assert_near(orders(kind, parameters, 0, 0, 0, outlook).expected, mean, 1e-10);
		assert_true(bgnbd_probability(kind, parameters, 0, 0) == 1);
		assert_true(bgnbd_probability(kind, parameters, 2, 0) == 0);
	}
}

/* For ever is the limit of ever longer; with other rates and drop-outs too. */
static void long_horizons(void **state)
{
	(void)state;
	static const double parameters[4] = {1.4, 3.9, .8, 2.5};
	for (int k = 1; k <= 3; k++) {
		struct ltv_outlook ever = {INFINITY, .05, 1.1, .9}, ages = {900, .05, 1.1, .9};
		double for_ever = orders((struct bgnbd_kind){true, k}, parameters, 4, 30, 38, ever)
					  .discounted;
		double for_ages = orders((struct bgnbd_kind){true, k}, parameters, 4, 30, 38, ages)
					  .discounted;
		assert_near(for_ages, for_ever, 1e-9);
		ever.dropout_factor = 0; /* nobody leaves any more: lambda / discount */
		if (k == 1)
			assert_near(orders(plain, parameters, 4, 38, 38, ever).discounted /
					    bgnbd_p_alive(plain, parameters, 4, 38, 38, NULL),
				1.1 * 5.4 / 41.9 / .05, 1e-12);
	}
	struct ltv_outlook now = {0, .05, 1, 1};
	assert_true(orders(plain, parameters, 4, 30, 38, now).expected == 0);
}

/* Many orders, which are no longer summed one by one. */
static void long_times(void **state)
{
	(void)state;
	/* E[X(t)] by equation 9 of Fader, Hardie and Lee 2005 with mpmath's 2F1 in 80 digits; for
	 * a = 1 and a + b = 1 at a distance of 1e-30. */
	static const struct {
		double parameters[4], time, expected;
	} known[] = {
		{{.243, 4.414, .793, 2.426}, 5200, 12.148119026370995},
		{{.243, 4.414, .793, 2.426}, 1e5, 29.607861654554955},
		{{.25, 1, 1, 2.4}, 1e3, 7.2836324657927444},
		{{.25, 1, 1, 2.4}, 1e9, 38.099570585157699},
		{{.25, 1, .9999, 3}, 1e6, 26.586868032879717},
		{{.25, 1, 1.0001, 7}, 1e6, 55.705871892220827},
		{{3.5, 1, .4, .6}, 1e5, 2294.2238255162851},
		{{.05, 1, .001, .5}, 1e8, 4906472.7303659332},
		{{1, 1, .5, .001}, 1e5, 1.9900642998514063},
		{{40, 1, 3, .01}, 1e3, 1.0049999999931504},
		{{40, 1, .5, .001}, 3, 1.0364941299125064},
		{{2000, 1, 2, 500}, 1e5, 500.99874687656639},
		{{1e6, 1, 30, 200}, 1e3, 7.896551724137931},
		{{1e-6, 1, 5, 2}, 1e12, 4.0770977496111076e-5},
		{{.8, 1, 1e-6, 1e-6}, 1e4, 4000.4633984452285},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ltv_outlook outlook = {known[i].time, 0, 1, 1};
		assert_near(orders(plain, known[i].parameters, 0, 0, 0, outlook).expected,
			known[i].expected, 1e-13);
	}
}

/* The sums themselves, of all terms in long double, integrated over t by Gauss and Legendre with 30
 * nodes on panels of a third of t, of the discount and of a purchase. */
static void long_times_discounted(void **state)
{
	(void)state;
	static const struct {
		int k, stage;
		double parameters[4], time, discount, g, expected, discounted;
	} known[] = {
		{1, 0, {.25, 1, .8, 2.4}, 300, .01, 1, 7.3799234591144699, 3.9494609126276403},
		{1, 0, {8, 1, .5, 1.5}, 150, .02, 1.7, 57.860835828059518, 28.618446191165097},
		{2, 0, {.05, 1, .8, 2.4}, 200, .02, 1, 1.0792496312146442, .41968503019451541},
		{3, 1, {1.4, 1, 1, .3}, 150, .01, .5, 4.4147764141177409, 3.7034733615895138},
		{12, 5, {.9, 1, .02, .5}, 150, .02, 1, 66.369025530964608, 21.347188722519451},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct ltv_orders by_stage[BGNBD_MAX_K], *here = &by_stage[known[i].stage];
		struct ltv_outlook outlook = {known[i].time, 0, 1, known[i].g};
		const struct bgnbd_kind kind = {false, known[i].k};
		bgnbd_orders_if_alive(kind, known[i].parameters, 0, 0, &outlook, by_stage);
		assert_near(here->expected, known[i].expected, 1e-13);
		assert_near(here->discounted, known[i].expected, 1e-13);
		outlook.discount = known[i].discount;
		bgnbd_orders_if_alive(kind, known[i].parameters, 0, 0, &outlook, by_stage);
		assert_near(here->expected, known[i].expected, 1e-13);
		assert_near(here->discounted, known[i].discounted, 1e-13);
	}
}

/* What is summed and what is not meet: for every k and stage, wherever that is. */
static void times_meet(void **state)
{
	(void)state;
	static const double parameters[4] = {.7, 3, .8, 1.9};
	for (int k = 1; k <= BGNBD_MAX_K; k++)
		for (int32_t x = 0; x <= 1000; x += 500) {
			struct ltv_orders before[BGNBD_MAX_K], after[BGNBD_MAX_K];
			double mean = .7 + k * (x + 1);
			double end = 3 * 1000 / (2 * mean + 9 * sqrt(mean) + 40);
			struct ltv_outlook shorter = {end * (1 - 1e-14), .01, 1, 1},
					   longer = {end * (1 + 1e-14), .01, 1, 1};
			bgnbd_orders_if_alive(
				(struct bgnbd_kind){false, k}, parameters, x, 0, &shorter, before);
			bgnbd_orders_if_alive(
				(struct bgnbd_kind){false, k}, parameters, x, 0, &longer, after);
			for (int j = 0; j < k; j++) {
				assert_near(before[j].expected, after[j].expected, 1e-12);
				assert_near(before[j].discounted, after[j].discounted, 1e-12);
			}
		}
}

static void extremes(void **state)
{
	(void)state;
	feclearexcept(FE_ALL_EXCEPT);
	assert_true(bgnbd_p_alive(plain, bg_cdnow, 1000, 10, 100, NULL) == 0);
	assert_false(fetestexcept(FE_INVALID | FE_DIVBYZERO));
	double alive = bgnbd_p_alive(plain, bg_cdnow, 40, 39, 39, NULL);
	assert_near(alive, 1 / (1 + bg_cdnow[2] / (bg_cdnow[3] + 39)), 1e-14); /* t_x = T */
	struct ltv_outlook year = {52, log(1.1) / 52, 1, 1};
	static const double no_dropout[4] = {.5, 10, 0, 1};
	assert_near(orders(plain, no_dropout, 3, 1, 20, year).expected, 52 * 3.5 / 30, 1e-12);
	/* No time is too long, no parameter that a saved model may have too far. */
	static const double far[] = {1e-300, 1e-16, 1, 1e16, 1e300};
	for (size_t i = 0; i < 5 * 5 * 5 * 5; i++) {
		double parameters[4] = {
			far[i % 5], far[i / 5 % 5], far[i / 25 % 5], far[i / 125 % 5]};
		struct ltv_orders by_stage[BGNBD_MAX_K];
		struct ltv_outlook ages = {1e5, 0, 1, 1};
		bgnbd_orders_if_alive(plain, parameters, 0, 0, &ages, by_stage);
		assert_true(by_stage[0].expected >= 0);
		bgnbd_orders_if_alive(
			(struct bgnbd_kind){true, 3}, parameters, 0, 0, &ages, by_stage);
		assert_true(by_stage[0].expected >= 0);
	}
	for (int32_t x = 1; x <= 100000; x *= 10)
		for (double r = 1e-6; r < 1e9; r *= 1e3) {
			double parameters[4] = {r, r * 7, .5, 1.5};
			struct ltv_orders ordered = orders(plain, parameters, x, 37, 38, year);
			assert_true(ordered.expected >= ordered.discounted);
			assert_true(ordered.discounted >= 0 && isfinite(ordered.expected));
		}
}

int main(void)
{
	gsl_set_error_handler_off();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cdnow_likelihoods),
		cmocka_unit_test(cdnow_customers),
		cmocka_unit_test(published),
		cmocka_unit_test(removable_singularities),
		cmocka_unit_test(regular_customers),
		cmocka_unit_test(gradients_are_slopes),
		cmocka_unit_test(probabilities_add_up),
		cmocka_unit_test(long_horizons),
		cmocka_unit_test(long_times),
		cmocka_unit_test(long_times_discounted),
		cmocka_unit_test(times_meet),
		cmocka_unit_test(extremes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

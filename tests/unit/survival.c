/* Survival curves. Published: the remission times of Freireich et al. 1963, in Kaplan-Meier form in
 * Collett, "Modelling Survival Data", and in Klein and Moeschberger 2003, table 4.1. [R]: survival
 * 3.5-3 on R 4.2.2. Curves of lung and telco_churn: the reference folder, by the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/survival.h"
#include "base/mem.h"
#include "tests/unit/random.h"
#include "tests/unit/reference.h"

enum { N_REMISSIONS = 21 };
static const double remission_weeks[N_REMISSIONS] = {
	6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35};
static const bool relapsed[N_REMISSIONS] = {
	1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};

static void assert_near(double value, double expected, double relative)
{
	if (isnan(expected))
		assert_true(isnan(value));
	else
		assert_true(fabs(value - expected) <= relative * fabs(expected));
}

static struct survival fit(const double *time, const bool *event, size_t n_rows,
	enum survival_scale scale, double confidence)
{
	struct survival survival;
	struct survival_data data = {.time = time, .event = event, .n_rows = n_rows, .n_groups = 1};
	assert_int_equal(
		survival_fit(&survival, &data, scale, normal_deviate(confidence)), SURVIVAL_OK);
	return survival;
}

static const struct survival_point *point_at(const struct survival_curve *curve, double time)
{
	for (size_t i = 0; i < curve->n_points; i++)
		if (curve->points[i].time == time)
			return &curve->points[i];
	fail();
	return NULL;
}

static void remissions(void **state)
{
	(void)state;
	struct survival survival = fit(remission_weeks, relapsed, 21, SURVIVAL_LOG, .95);
	const struct survival_curve *curve = &survival.curves[0];
	/* Time, at risk, events, survival, error, limits [R]; four digits of the first two as
	 * printed in the books. */
	static const double expected[7][7] = {
		{6, 21, 3, .85714285714, .076360354832, .71981708392, 1},
		{7, 17, 1, .80672268908, .086935285180, .65312421846, .99644367591},
		{10, 15, 1, .75294117647, .096349652994, .58591898203, .96757475455},
		{13, 12, 1, .69019607843, .106814707775, .50961309910, .93476919554},
		{16, 11, 1, .62745098039, .114053865257, .43939392497, .89599493854},
		{22, 7, 1, .53781512605, .128233751693, .33703661616, .85820084804},
		{23, 6, 1, .44817927171, .134591456756, .24878822682, .80737204553},
	};
	for (size_t i = 0; i < 7; i++) {
		const struct survival_point *point = point_at(curve, expected[i][0]);
		assert_int_equal(point->at_risk, expected[i][1]);
		assert_int_equal(point->events, expected[i][2]);
		assert_near(point->survival, expected[i][3], 1e-11);
		assert_near(point->se, expected[i][4], 1e-11);
		assert_near(point->interval.low, expected[i][5], 1e-10);
		assert_near(point->interval.high, expected[i][6], 1e-10);
	}
	assert_int_equal(curve->n, 21);
	assert_int_equal(curve->events, 9);
	assert_true(curve->median == 23);
	assert_true(curve->median_interval.low == 16);
	assert_true(isnan(curve->median_interval.high));
	struct restricted_mean mean = survival_restricted_mean(curve, 35, normal_deviate(.95));
	assert_near(mean.mean, 23.28739495798319, 1e-14);
	assert_near(mean.se, 2.82746762337144, 1e-13);
	survival_release(&survival);
}

/* ---- the curves of the reference folder ---- */

/* Rows with a group; their group is the place of its name among the names. */
struct sample {
	struct reference *table;
	double *time;
	bool *event;
	uint32_t *group;
	size_t n_rows;
	const char *names[8];
	uint32_t n_groups;
};

static uint32_t number_of(struct sample *sample, const char *name)
{
	uint32_t g = 0;
	while (g < sample->n_groups && strcmp(sample->names[g], name) != 0)
		g++;
	if (g == sample->n_groups)
		sample->names[sample->n_groups++] = name;
	assert_true(sample->n_groups <= 8);
	return g;
}

static struct sample read_sample(const char *path, const char *time, const char *event,
	const char *event_value, const char *group)
{
	struct sample sample = {.table = reference_open(path)};
	size_t n = sample.table->n_rows;
	sample.time = mem_array(n, sizeof(*sample.time));
	sample.event = mem_array(n, sizeof(*sample.event));
	sample.group = mem_array(n, sizeof(*sample.group));
	for (size_t row = 0; row < n; row++) {
		const char *name = group != NULL ? reference_cell(sample.table, row, group) : "all";
		if (*name == '\0')
			continue;
		size_t i = sample.n_rows++;
		sample.time[i] = reference_real(sample.table, row, time);
		sample.event[i] =
			strcmp(reference_cell(sample.table, row, event), event_value) == 0;
		sample.group[i] = number_of(&sample, name);
	}
	return sample;
}

static struct sample read_lung(const char *group)
{
	return read_sample("data/lung.csv.gz", "time", "status", "2", group);
}

static struct sample read_telco(const char *group)
{
	return read_sample("data/telco_churn.csv.gz", "tenure", "Churn", "Yes", group);
}

static struct survival fit_sample(const struct sample *sample, enum survival_scale scale)
{
	struct survival survival;
	struct survival_data data = {.time = sample->time,
		.event = sample->event,
		.group = sample->group,
		.n_rows = sample->n_rows,
		.n_groups = sample->n_groups};
	assert_int_equal(survival_fit(&survival, &data, scale, normal_deviate(.95)), SURVIVAL_OK);
	return survival;
}

static void forget_sample(struct sample *sample)
{
	mem_free(sample->time);
	mem_free(sample->event);
	mem_free(sample->group);
	reference_close(sample->table);
}

/* A stratum is called all, or COLUMN=VALUE. */
static const struct survival_curve *curve_of(
	const struct survival *survival, const struct sample *sample, const char *stratum)
{
	const char *equals = strchr(stratum, '=');
	for (uint32_t g = 0; g < sample->n_groups; g++)
		if (strcmp(sample->names[g], equals != NULL ? equals + 1 : stratum) == 0)
			return &survival->curves[g];
	fail();
	return NULL;
}

static void assert_curves(struct sample sample, const char *golden_path, const char *group)
{
	static const char *limits[3][2] = {{"lower_log", "upper_log"},
		{"lower_loglog", "upper_loglog"}, {"lower_plain", "upper_plain"}};
	struct reference *golden = reference_open(golden_path);
	for (int scale = SURVIVAL_LOG; scale <= SURVIVAL_PLAIN; scale++) {
		struct survival survival = fit_sample(&sample, (enum survival_scale)scale);
		size_t n_points = 0, n_compared = 0;
		for (uint32_t g = 0; g < sample.n_groups; g++)
			n_points += survival.curves[g].n_points;
		for (size_t row = 0; row < golden->n_rows; row++) {
			if (strcmp(reference_cell(golden, row, "group"), group) != 0)
				continue;
			n_compared++;
			const struct survival_curve *curve = curve_of(
				&survival, &sample, reference_cell(golden, row, "stratum"));
			const struct survival_point *point =
				point_at(curve, reference_real(golden, row, "time"));
			double s = reference_real(golden, row, "surv");
			assert_true(
				(double)point->at_risk == reference_real(golden, row, "n_risk"));
			assert_true(
				(double)point->events == reference_real(golden, row, "n_event"));
			assert_true(
				(double)point->censored == reference_real(golden, row, "n_censor"));
			assert_near(point->survival, s, 1e-13);
			if (s > 0)
				assert_near(
					point->se, reference_real(golden, row, "std_err"), 1e-12);
			assert_near(point->cumulative_hazard, reference_real(golden, row, "cumhaz"),
				1e-13);
			assert_near(point->cumulative_hazard_se,
				reference_real(golden, row, "std_cumhaz"), 1e-12);
			bool open = s > 0 && s < 1;
			assert_near(point->interval.low,
				open ? reference_real(golden, row, limits[scale][0]) : NAN, 1e-11);
			assert_near(point->interval.high,
				open ? reference_real(golden, row, limits[scale][1]) : NAN, 1e-11);
		}
		assert_true(n_points > 0);
		assert_int_equal(n_compared, n_points);
		survival_release(&survival);
	}
	reference_close(golden);
	forget_sample(&sample);
}

static void lung_curves(void **state)
{
	(void)state;
	const char *golden = "golden/lung_survival/km_curves.csv";
	assert_curves(read_lung(NULL), golden, "overall");
	assert_curves(read_lung("sex"), golden, "sex");
	assert_curves(read_lung("ph.ecog"), golden, "ph.ecog");
}

static void telco_curves(void **state)
{
	(void)state;
	const char *golden = "golden/telco_survival/km_curves.csv";
	assert_curves(read_telco(NULL), golden, "overall");
	assert_curves(read_telco("Contract"), golden, "Contract");
	assert_curves(read_telco("InternetService"), golden, "InternetService");
	assert_curves(read_telco("gender"), golden, "gender");
}

static void assert_median(struct sample sample, enum survival_scale scale, const char *name,
	double median, double low, double high)
{
	struct survival survival = fit_sample(&sample, scale);
	const struct survival_curve *curve = curve_of(&survival, &sample, name);
	assert_near(curve->median, median, 0);
	assert_near(curve->median_interval.low, low, 0);
	assert_near(curve->median_interval.high, high, 0);
	survival_release(&survival);
	forget_sample(&sample);
}

/* golden/lung_survival/survival.json and that of telco, "medians". */
static void medians(void **state)
{
	(void)state;
	assert_median(read_lung(NULL), SURVIVAL_LOG, "all", 310, 285, 363);
	assert_median(read_lung(NULL), SURVIVAL_LOG_LOG, "all", 310, 284, 361);
	assert_median(read_lung(NULL), SURVIVAL_PLAIN, "all", 310, 284, 361);
	assert_median(read_lung("sex"), SURVIVAL_LOG, "2", 426, 348, 550);
	assert_median(read_lung("sex"), SURVIVAL_LOG_LOG, "1", 270, 210, 306);
	assert_median(read_lung("ph.ecog"), SURVIVAL_PLAIN, "0", 394, 340, 558);
	assert_median(read_lung("ph.ecog"), SURVIVAL_LOG, "3", 118, NAN, NAN);
	assert_median(read_telco(NULL), SURVIVAL_LOG, "all", NAN, NAN, NAN);
	assert_median(read_telco("Contract"), SURVIVAL_LOG, "Month-to-month", 35, 32, 38);
	assert_median(read_telco("Contract"), SURVIVAL_LOG, "One year", NAN, 72, NAN);
	assert_median(read_telco("InternetService"), SURVIVAL_PLAIN, "Fiber optic", 65, 60, 67);
}

static void assert_mean(
	struct sample sample, const char *name, double until, double mean, double se)
{
	struct survival survival = fit_sample(&sample, SURVIVAL_LOG);
	double z = normal_deviate(.95);
	struct restricted_mean restricted =
		survival_restricted_mean(curve_of(&survival, &sample, name), until, z);
	assert_near(restricted.mean, mean, 1e-13);
	assert_near(restricted.se, se, 1e-12);
	assert_near(restricted.interval.low, mean - z * se, 1e-12);
	assert_near(restricted.interval.high, mean + z * se, 1e-12);
	survival_release(&survival);
	forget_sample(&sample);
}

/* [R] summary(fit, rmean = until); lung to 365 and 1022, telco to 72 are in the folder too. */
static void restricted_means(void **state)
{
	(void)state;
	assert_mean(read_lung(NULL), "all", 365, 263.22186648200665, 7.79885908631446);
	assert_mean(read_lung(NULL), "all", 1022, 376.2747461478497, 19.7077914213399);
	assert_mean(read_lung("sex"), "1", 965, 324.0484190621455, 22.2979392341438);
	assert_mean(read_lung("sex"), "2", 965, 455.904087511673, 32.917415688735);
	assert_mean(read_lung("ph.ecog"), "3", 1022, 118, 0);
	assert_mean(
		read_telco("Contract"), "Month-to-month", 72, 36.297899901895406, .560005205785306);
	assert_mean(read_telco("Contract"), "One year", 24, 23.7973176036660, .0437789028478375);
	assert_mean(read_telco("Contract"), "Two year", 24, 24, 0);
}

/* ---- edges ---- */

/* [R] quantile(survfit(...), .5): a curve that rests at one half has its median halfway to where it
 * goes on; at the end of the curve, to the last time. */
static void a_median_may_lie_between_two_times(void **state)
{
	(void)state;
	double time[20];
	bool event[20];
	for (int i = 0; i < 20; i++) {
		time[i] = i + 1;
		event[i] = true;
	}
	struct survival survival = fit(time, event, 20, SURVIVAL_LOG, .95);
	assert_true(survival.curves[0].median == 10.5);
	assert_true(survival.curves[0].median_interval.low == 7);
	assert_true(survival.curves[0].median_interval.high == 16);
	survival_release(&survival);

	const double four[] = {1, 2, 5, 9};
	survival = fit(four, (bool[]){1, 1, 0, 0}, 4, SURVIVAL_LOG, .95);
	assert_true(survival.curves[0].median == 5.5);
	survival_release(&survival);
	survival = fit(four, (bool[]){1, 1, 0, 1}, 4, SURVIVAL_LOG, .95);
	assert_true(survival.curves[0].median == 5.5);
	survival_release(&survival);
}

/* A thousand factors of which each is rounded: 1 - 500 / 1000 all the same. */
static void rounding_does_not_move_a_median(void **state)
{
	(void)state;
	enum { N = 1000 };
	double *time = mem_array(N, sizeof(*time));
	bool *event = mem_array(N, sizeof(*event));
	for (int i = 0; i < N; i++) {
		time[i] = i + 1;
		event[i] = true;
	}
	struct survival survival = fit(time, event, N, SURVIVAL_LOG, .95);
	assert_true(survival.curves[0].median == 500.5);
	survival_release(&survival);
	mem_free(time);
	mem_free(event);
}

static void without_an_event_the_median_is_unknown(void **state)
{
	(void)state;
	struct survival survival = fit((double[]){3, 5}, (bool[]){0, 0}, 2, SURVIVAL_LOG, .95);
	const struct survival_curve *curve = &survival.curves[0];
	assert_true(isnan(curve->median) && isnan(curve->median_interval.low));
	assert_true(curve->points[1].survival == 1 && curve->points[1].se == 0);
	assert_true(isnan(curve->points[1].interval.low));
	struct restricted_mean mean = survival_restricted_mean(curve, 4, 1.96);
	assert_true(mean.mean == 4 && mean.se == 0);
	assert_true(isnan(survival_restricted_mean(curve, 6, 1.96).mean));
	survival_release(&survival);
}

static void when_all_are_lost_the_end_is_known_without_an_error(void **state)
{
	(void)state;
	struct survival survival = fit((double[]){5}, (bool[]){1}, 1, SURVIVAL_PLAIN, .95);
	const struct survival_curve *curve = &survival.curves[0];
	assert_true(curve->points[0].survival == 0);
	assert_true(isnan(curve->points[0].se) && isnan(curve->points[0].interval.high));
	assert_true(curve->median == 5);
	assert_true(survival_restricted_mean(curve, 9, 1.96).mean == 5);
	survival_release(&survival);
}

static void bad_input_is_said_so(void **state)
{
	(void)state;
	struct survival survival;
	double time[] = {1, -1};
	struct survival_data data = {.time = time, .event = (bool[]){1, 1}, .n_groups = 1};
	assert_int_equal(survival_fit(&survival, &data, SURVIVAL_LOG, 1.96), SURVIVAL_NO_ROWS);
	data.n_rows = 2;
	assert_int_equal(survival_fit(&survival, &data, SURVIVAL_LOG, 1.96), SURVIVAL_BAD_TIME);
	time[1] = NAN;
	assert_int_equal(survival_fit(&survival, &data, SURVIVAL_LOG, 1.96), SURVIVAL_BAD_TIME);
	survival_release(&survival);
}

/* ---- properties ---- */

static void assert_lawful(const struct survival_curve *curve)
{
	int64_t at_risk = curve->n, events = 0;
	double survival = 1, hazard = 0;
	for (size_t i = 0; i < curve->n_points; i++) {
		const struct survival_point *point = &curve->points[i];
		assert_int_equal(point->at_risk, at_risk);
		at_risk -= point->events + point->censored;
		events += point->events;
		assert_true(point->survival >= 0 && point->survival <= survival);
		assert_true(point->cumulative_hazard >= hazard);
		survival = point->survival;
		hazard = point->cumulative_hazard;
		if (isnan(point->interval.low))
			continue;
		assert_true(0 <= point->interval.low && point->interval.low <= survival);
		assert_true(survival <= point->interval.high && point->interval.high <= 1);
	}
	assert_int_equal(at_risk, 0);
	assert_int_equal(events, curve->events);
}

static void shuffled_rows_and_the_laws_of_a_curve(void **state)
{
	(void)state;
	enum { N = 2000, N_GROUPS = 4 };
	double time[N];
	bool event[N];
	uint32_t group[N];
	uint64_t random = 1;
	for (size_t i = 0; i < N; i++) {
		time[i] = (double)random_below(&random, 90);
		event[i] = random_below(&random, 3) == 0;
		group[i] = (uint32_t)random_below(&random, N_GROUPS - 1); /* the last is empty */
	}
	struct survival_data data = {
		.time = time, .event = event, .group = group, .n_rows = N, .n_groups = N_GROUPS};
	struct survival before, after;
	assert_int_equal(survival_fit(&before, &data, SURVIVAL_LOG_LOG, 1.96), SURVIVAL_OK);
	for (size_t i = N - 1; i > 0; i--) {
		size_t j = random_below(&random, i + 1);
		struct {
			double time;
			bool event;
			uint32_t group;
		} other = {time[i], event[i], group[i]};
		time[i] = time[j], event[i] = event[j], group[i] = group[j];
		time[j] = other.time, event[j] = other.event, group[j] = other.group;
	}
	assert_int_equal(survival_fit(&after, &data, SURVIVAL_LOG_LOG, 1.96), SURVIVAL_OK);
	for (int g = 0; g < N_GROUPS; g++) {
		const struct survival_curve *x = &before.curves[g], *y = &after.curves[g];
		assert_lawful(x);
		assert_int_equal(x->n_points, y->n_points);
		if (x->n_points > 0)
			assert_memory_equal(x->points, y->points, x->n_points * sizeof(*x->points));
	}
	assert_int_equal(before.curves[N_GROUPS - 1].n_points, 0);
	assert_true(isnan(before.curves[N_GROUPS - 1].median));
	assert_true(survival_common_time(&before) == 89);
	survival_release(&before);
	survival_release(&after);
}

/* ---- customers of whom only purchases are known ---- */

static void the_rule_of_churn_after(void **state)
{
	(void)state;
	struct lifetime lifetime = lifetime_of(100, 130, 220, 90);
	assert_true(lifetime.lost && lifetime.days == 120); /* on the last day */
	lifetime = lifetime_of(100, 130, 219, 90);
	assert_true(!lifetime.lost && lifetime.days == 119);
	lifetime = lifetime_of(100, 100, 100, 90);
	assert_true(!lifetime.lost && lifetime.days == 0);
}

/* Customers who stop after a purchase with probability 1/5, and else come back after 1 to 60 days,
 * each as likely: the example of docs/survival.md. The time from the first purchase to the last is
 * a sum of N gaps, N geometric; its distribution by recursion over days, with bought[t] the
 * probability of a purchase on day t. The loss can be seen 90 days later. They begin over 1000 days
 * and are looked at on the last. */
enum { HORIZON = 1000, CHURN_AFTER = 90, MOST_GAP = 60, LIVES = 20000 };

/* left[t]: the probability that the last purchase is after day t. */
static void find_truth(double *left)
{
	double bought[HORIZON + 1] = {1}, stopped = 0;
	for (int t = 0; t <= HORIZON; t++) {
		for (int gap = 1; gap <= MOST_GAP && gap <= t; gap++)
			bought[t] += bought[t - gap] * .8 / MOST_GAP;
		stopped += bought[t] * .2;
		left[t] = 1 - stopped;
	}
}

/* Fills time and lost by patron's rule, and tempting with the event at the last purchase. */
static void live(double *time, double *tempting, bool *lost)
{
	uint64_t random = 1;
	for (int i = 0; i < LIVES; i++) {
		int32_t first = (int32_t)random_below(&random, HORIZON), last = first;
		while (random_below(&random, 5) != 0) {
			int32_t next = last + 1 + (int32_t)random_below(&random, MOST_GAP);
			if (next > HORIZON)
				break;
			last = next;
		}
		struct lifetime lifetime = lifetime_of(first, last, HORIZON, CHURN_AFTER);
		time[i] = lifetime.days;
		lost[i] = lifetime.lost;
		tempting[i] = lifetime.lost ? last - first : HORIZON - first;
	}
}

static const struct survival_point *last_point_by(const struct survival_curve *curve, double time)
{
	size_t p = 0;
	while (p + 1 < curve->n_points && curve->points[p + 1].time <= time)
		p++;
	return &curve->points[p];
}

static void a_simulated_truth_is_found(void **state)
{
	(void)state;
	double left[HORIZON + 1], *time = mem_array(LIVES, sizeof(*time));
	double *tempting = mem_array(LIVES, sizeof(*tempting));
	bool *lost = mem_array(LIVES, sizeof(*lost));
	find_truth(left);
	live(time, tempting, lost);
	struct survival survival = fit(time, lost, LIVES, SURVIVAL_LOG, .95);
	struct survival too_high = fit(tempting, lost, LIVES, SURVIVAL_LOG, .95);
	assert_true(last_point_by(&survival.curves[0], CHURN_AFTER - 1)->survival == 1);
	/* Days, and what docs/survival.md shows of both rules. */
	static const double shown[][3] = {{120, .707, .418}, {240, .300, .202}, {360, .128, .095},
		{480, .051, .051}, {600, .022, .029}, {720, .010, .016}};
	for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
		int day = (int)shown[i][0];
		const struct survival_point *point = last_point_by(&survival.curves[0], day);
		assert_true(point->se < .005);
		assert_true(fabs(point->survival - left[day - CHURN_AFTER]) <= 4 * point->se);
		assert_true(fabs(point->survival - shown[i][1]) < .00051);
		point = last_point_by(&too_high.curves[0], day);
		assert_true(point->survival > left[day] + 4 * point->se);
		assert_true(fabs(point->survival - shown[i][2]) < .00051);
	}
	survival_release(&survival);
	survival_release(&too_high);
	mem_free(time);
	mem_free(tempting);
	mem_free(lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remissions),
		cmocka_unit_test(lung_curves),
		cmocka_unit_test(telco_curves),
		cmocka_unit_test(medians),
		cmocka_unit_test(restricted_means),
		cmocka_unit_test(a_median_may_lie_between_two_times),
		cmocka_unit_test(rounding_does_not_move_a_median),
		cmocka_unit_test(without_an_event_the_median_is_unknown),
		cmocka_unit_test(when_all_are_lost_the_end_is_known_without_an_error),
		cmocka_unit_test(bad_input_is_said_so),
		cmocka_unit_test(shuffled_rows_and_the_laws_of_a_curve),
		cmocka_unit_test(the_rule_of_churn_after),
		cmocka_unit_test(a_simulated_truth_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The log-rank test. Published: the 6-MP trial of Freireich et al. 1963, chi-square 16.79, expected
 * 19.25 and 10.75 (Klein and Moeschberger 2003; Collett); more digits [R] survival 3.5-3 on R
 * 4.2.2. lung and telco_churn: the reference folder, by the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/logrank.h"
#include "base/mem.h"
#include "tests/unit/reference.h"

static void assert_near(double value, double expected, double relative)
{
	assert_true(fabs(value - expected) <= relative * fabs(expected));
}

static struct survival fit(const struct survival_data *data)
{
	struct survival survival;
	assert_int_equal(survival_fit(&survival, data, SURVIVAL_LOG, 1.96), SURVIVAL_OK);
	return survival;
}

static void freireich(void **state)
{
	(void)state;
	static const double weeks[42] = {6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23,
		25, 32, 32, 34, 35, 1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17,
		22, 23};
	static const bool treated_relapsed[21] = {
		1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
	bool relapsed[42];
	uint32_t group[42];
	for (int i = 0; i < 42; i++) {
		relapsed[i] = i >= 21 || treated_relapsed[i];
		group[i] = i >= 21;
	}
	struct survival survival = fit(&(struct survival_data){
		.time = weeks, .event = relapsed, .group = group, .n_rows = 42, .n_groups = 2});
	struct logrank test;
	assert_int_equal(logrank_test(&test, &survival), LOGRANK_OK);
	assert_near(test.chi_square, 16.7929409892165, 1e-13);
	assert_int_equal(test.df, 1);
	assert_int_equal(test.groups[0].n, 21);
	assert_int_equal(test.groups[0].observed, 9);
	assert_int_equal(test.groups[1].observed, 21);
	assert_near(test.groups[0].expected, 19.2505009480311, 1e-13);
	assert_near(test.groups[1].expected, 10.7494990519689, 1e-13);
	logrank_release(&test);
	survival_release(&survival);
}

struct expected {
	const char *file, *time, *event, *event_value, *group;
	uint32_t n_groups;
	const char *names[4];
	double expected[4], chi_square, p;
};

static void assert_test(const struct expected *golden)
{
	struct reference *table = reference_open(golden->file);
	double *time = mem_array(table->n_rows, sizeof(*time));
	bool *event = mem_array(table->n_rows, sizeof(*event));
	uint32_t *group = mem_array(table->n_rows, sizeof(*group));
	size_t n_rows = 0;
	for (size_t row = 0; row < table->n_rows; row++) {
		const char *name = reference_cell(table, row, golden->group);
		for (uint32_t g = 0; g < golden->n_groups; g++) {
			if (strcmp(name, golden->names[g]) != 0)
				continue;
			time[n_rows] = reference_real(table, row, golden->time);
			event[n_rows] = strcmp(reference_cell(table, row, golden->event),
						golden->event_value) == 0;
			group[n_rows++] = g;
		}
	}
	struct survival survival = fit(&(struct survival_data){.time = time,
		.event = event,
		.group = group,
		.n_rows = n_rows,
		.n_groups = golden->n_groups});
	struct logrank test;
	assert_int_equal(logrank_test(&test, &survival), LOGRANK_OK);
	assert_near(test.chi_square, golden->chi_square, 1e-11);
	assert_int_equal(test.df, golden->n_groups - 1);
	assert_near(test.p, golden->p, 1e-11);
	int64_t observed = 0;
	double all_expected = 0;
	for (uint32_t g = 0; g < golden->n_groups; g++) {
		assert_near(test.groups[g].expected, golden->expected[g], 1e-12);
		observed += test.groups[g].observed;
		all_expected += test.groups[g].expected;
	}
	assert_near(all_expected, (double)observed, 1e-13);
	logrank_release(&test);
	survival_release(&survival);
	mem_free(time);
	mem_free(event);
	mem_free(group);
	reference_close(table);
}

/* "logrank", "rho 0" of golden/lung_survival/survival.json and golden/telco_survival. */
static void reference_groups(void **state)
{
	(void)state;
	static const struct expected golden[] = {
		{"data/lung.csv.gz", "time", "status", "2", "sex", 2, {"1", "2"},
			{91.5817390295728, 73.4182609704272}, 10.3267419548856, .00131116452035549},
		{"data/lung.csv.gz", "time", "status", "2", "ph.ecog", 4, {"0", "1", "2", "3"},
			{54.1526970189229, 83.5275645750819, 26.1473530653302, .172385340664962},
			21.962131682476, 6.64253535580017e-05},
		{"data/telco_churn.csv.gz", "tenure", "Churn", "Yes", "Contract", 3,
			{"Month-to-month", "One year", "Two year"},
			{708.445595507873, 470.72782609582, 689.826578396307}, 2352.87253825934, 0},
		{"data/telco_churn.csv.gz", "tenure", "Churn", "Yes", "InternetService", 3,
			{"DSL", "Fiber optic", "No"},
			{648.62721320463, 831.881864700022, 388.490922095348}, 520.120608184504,
			1.1408931448715e-113},
		{"data/telco_churn.csv.gz", "tenure", "Churn", "Yes", "gender", 2,
			{"Female", "Male"}, {923.467365709118, 945.532634290882}, .525706972225644,
			.46841735075697},
	};
	for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++)
		assert_test(&golden[i]);
}

static enum logrank_status status_of(
	const double *time, const bool *event, const uint32_t *group, size_t n, uint32_t n_groups)
{
	struct survival survival = fit(&(struct survival_data){
		.time = time, .event = event, .group = group, .n_rows = n, .n_groups = n_groups});
	struct logrank test;
	enum logrank_status status = logrank_test(&test, &survival);
	assert_true(status == LOGRANK_OK || (isnan(test.chi_square) && isnan(test.p)));
	logrank_release(&test);
	survival_release(&survival);
	return status;
}

static void what_cannot_be_told_is_said_so(void **state)
{
	(void)state;
	const double time[] = {1, 2, 3, 4}, same[] = {3, 3, 3, 3};
	const bool all[] = {1, 1, 1, 1}, none[] = {0, 0, 0, 0};
	const uint32_t two[] = {0, 1, 0, 1}, one[] = {0, 0, 0, 0};
	assert_int_equal(status_of(time, all, two, 4, 2), LOGRANK_OK);
	assert_int_equal(status_of(time, all, one, 4, 1), LOGRANK_ONE_GROUP);
	assert_int_equal(status_of(time, all, one, 4, 2), LOGRANK_ONE_GROUP);
	assert_int_equal(status_of(time, none, two, 4, 2), LOGRANK_ONE_GROUP);
	assert_int_equal(status_of(same, all, two, 4, 2), LOGRANK_NO_SPREAD);
}

/* A third group that was censored before the first event expects none and changes nothing. */
static void a_group_never_at_risk_is_left_out(void **state)
{
	(void)state;
	const double time[] = {.5, 1, 2, 3, 4, 5};
	const bool event[] = {0, 1, 1, 1, 0, 1};
	struct survival two = fit(&(struct survival_data){.time = time + 1,
		.event = event + 1,
		.group = (uint32_t[]){0, 1, 0, 1, 0},
		.n_rows = 5,
		.n_groups = 2});
	struct survival three = fit(&(struct survival_data){.time = time,
		.event = event,
		.group = (uint32_t[]){1, 0, 2, 0, 2, 0},
		.n_rows = 6,
		.n_groups = 3});
	struct logrank of_two, of_three;
	assert_int_equal(logrank_test(&of_two, &two), LOGRANK_OK);
	assert_int_equal(logrank_test(&of_three, &three), LOGRANK_OK);
	assert_int_equal(of_three.df, 1);
	assert_true(of_three.groups[1].expected == 0);
	assert_near(of_three.chi_square, of_two.chi_square, 1e-14);
	logrank_release(&of_two);
	logrank_release(&of_three);
	survival_release(&two);
	survival_release(&three);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freireich),
		cmocka_unit_test(reference_groups),
		cmocka_unit_test(what_cannot_be_told_is_said_so),
		cmocka_unit_test(a_group_never_at_risk_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Cox's regression. Published: the 6-MP trial of Freireich et al. 1963, coefficient 1.509 by
 * Breslow's ties and 1.572 by Efron's (Kleinbaum and Klein, "Survival Analysis"; Collett); its
 * other digits are of survival 3.5-3 on R 4.2.2, and so is every concordance. lung and telco_churn:
 * Newton's method in 25-digit arithmetic (mpmath). The reference folder's figures of R, and R's
 * with a smaller eps, agree with these to 3e-9, where R stops. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/cox.h"
#include "base/mem.h"
#include "tests/unit/random.h"
#include "tests/unit/reference.h"

static void assert_near(double value, double expected, double relative)
{
	assert_true(fabs(value - expected) <= relative * fabs(expected));
}

struct expected {
	enum cox_ties ties;
	double coefficients[5], se[5];
	double log_likelihood_null, log_likelihood, concordance, concordance_se;
};

static void assert_fit(const struct cox_data *data, const struct expected *expected)
{
	struct cox cox;
	double z = normal_deviate(.95);
	assert_int_equal(cox_fit(&cox, data, expected->ties, z), COX_OK);
	assert_int_equal(cox.n_terms, data->n_terms);
	for (size_t j = 0; j < cox.n_terms; j++) {
		const struct cox_term *term = &cox.terms[j];
		double b = expected->coefficients[j], se = expected->se[j];
		assert_near(term->coefficient, b, 1e-10);
		assert_near(term->se, se, 1e-10);
		assert_near(term->hazard_ratio, exp(b), 1e-10);
		assert_near(term->z, b / se, 1e-10);
		assert_near(term->p, erfc(fabs(b / se) / sqrt(2)), 1e-8);
		assert_near(term->hazard_ratio_interval.low, exp(b - z * se), 1e-10);
		assert_near(term->hazard_ratio_interval.high, exp(b + z * se), 1e-10);
	}
	assert_near(cox.log_likelihood_null, expected->log_likelihood_null, 1e-13);
	assert_near(cox.log_likelihood, expected->log_likelihood, 1e-13);
	assert_near(cox.chi_square, 2 * (expected->log_likelihood - expected->log_likelihood_null),
		1e-11);
	assert_near(cox.concordance.share, expected->concordance, 1e-12);
	assert_near(cox.concordance.se, expected->concordance_se, 1e-12);
	cox_release(&cox);
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
	double placebo[42];
	for (int i = 0; i < 42; i++) {
		relapsed[i] = i >= 21 || treated_relapsed[i];
		placebo[i] = i >= 21;
	}
	struct cox_data data = {
		.time = weeks, .event = relapsed, .x = placebo, .n_rows = 42, .n_terms = 1};
	assert_fit(&data, &(struct expected){COX_EFRON, {1.5721251488290655}, {.4123967177094553},
				  -93.1842699968477319, -85.0084245773716560, .6900420757363254,
				  .0411353889478791});
	assert_fit(&data, &(struct expected){COX_BRESLOW, {1.5091914125858783}, {.4095644063667413},
				  -93.9850504782451850, -86.3796220711455618, .6900420757363254,
				  .0411353889478791});
}

/* Rows with all covariates; a covariate COLUMN=LEVEL is 1 where the column has that text. */
struct sample {
	double *time, *x;
	bool *event;
	size_t n_rows, n_terms;
};

static double covariate(const struct reference *table, size_t row, const char *term)
{
	const char *equals = strchr(term, '=');
	if (equals == NULL)
		return reference_real(table, row, term);
	char column[64];
	snprintf(column, sizeof(column), "%.*s", (int)(equals - term), term);
	return strcmp(reference_cell(table, row, column), equals + 1) == 0;
}

static struct sample read_sample(const char *path, const char *time, const char *event,
	const char *event_value, const char *const *terms, size_t n_terms)
{
	struct reference *table = reference_open(path);
	struct sample sample = {.n_terms = n_terms};
	sample.time = mem_array(table->n_rows, sizeof(*sample.time));
	sample.event = mem_array(table->n_rows, sizeof(*sample.event));
	sample.x = mem_array(table->n_rows, n_terms * sizeof(*sample.x));
	for (size_t row = 0; row < table->n_rows; row++) {
		size_t i = sample.n_rows;
		bool whole = true;
		for (size_t j = 0; j < n_terms; j++) {
			sample.x[i * n_terms + j] = covariate(table, row, terms[j]);
			whole &= !isnan(sample.x[i * n_terms + j]);
		}
		sample.time[i] = reference_real(table, row, time);
		sample.event[i] = strcmp(reference_cell(table, row, event), event_value) == 0;
		sample.n_rows += whole;
	}
	reference_close(table);
	return sample;
}

static struct cox_data data_of(const struct sample *sample)
{
	return (struct cox_data){
		sample->time, sample->event, sample->x, sample->n_rows, sample->n_terms};
}

static void forget_sample(struct sample *sample)
{
	mem_free(sample->time);
	mem_free(sample->event);
	mem_free(sample->x);
}

static void lung(void **state)
{
	(void)state;
	const char *terms[] = {"age", "sex", "ph.ecog"};
	struct sample two = read_sample("data/lung.csv.gz", "time", "status", "2", terms, 2);
	struct sample three = read_sample("data/lung.csv.gz", "time", "status", "2", terms, 3);
	struct cox_data data = data_of(&two);
	assert_fit(&data, &(struct expected){COX_EFRON, {.017045331850165126, -.51321851983618245},
				  {.009223273477257079, .16745796243624208}, -749.90980139039481,
				  -742.8482457837708, .602853002897971391, .025498677769730339});
	assert_fit(
		&data, &(struct expected){COX_BRESLOW, {.017012889203111339, -.51256479422923551},
			       {.0092219536851868414, .16746206322231243}, -750.12201889531863,
			       -743.07965419799905, .602853002897971391, .025498677769730339});
	data = data_of(&three);
	assert_int_equal(data.n_rows, 227);
	assert_fit(&data, &(struct expected){COX_EFRON,
				  {.01106676459611864, -.55261239553183679, .46372847511573241},
				  {.0092674110143656978, .1677390537834222, .11357726616137127},
				  -744.48045576144037, -729.23012137486204, .63713549300045491,
				  .02506797385307958});
	assert_fit(&data, &(struct expected){COX_BRESLOW,
				  {.011041136385707512, -.55188956963765539, .4629470403345498},
				  {.0092667701142022655, .16774244801782767, .11357405206057964},
				  -744.69281926616108, -729.488705176773, .63713549300045491,
				  .02506797385307958});
	forget_sample(&two);
	forget_sample(&three);
}

/* Many rows at few times: 380 events in the first month. */
static void telco(void **state)
{
	(void)state;
	const char *terms[] = {"SeniorCitizen", "Partner=Yes", "MonthlyCharges",
		"Contract=One year", "Contract=Two year"};
	struct sample sample =
		read_sample("data/telco_churn.csv.gz", "tenure", "Churn", "Yes", terms, 5);
	struct cox_data data = data_of(&sample);
	assert_fit(&data, &(struct expected){COX_EFRON,
				  {.046547832851332076, -.62813217893724677, .0011158595396219441,
					  -2.131073860981712, -4.107948315761899},
				  {.054892606877953842, .04990268408361722, .00092498333264797671,
					  .084214698955759359, .15851483959061289},
				  -15653.039635111483, -14260.823730921058, .8046626701586097052,
				  .0040588308452048959});
	assert_fit(&data, &(struct expected){COX_BRESLOW,
				  {.045250174089997438, -.61783806688195622, .0012131229870867208,
					  -2.1168179852289669, -4.0870631610621263},
				  {.054873577869522209, .049957107932977162, .00092698596603510037,
					  .084240564553005597, .15832200466537551},
				  -15669.705317603373, -14297.127374987462, .8045960217294110262,
				  .0040585389503963783});
	forget_sample(&sample);
}

/* ---- properties ---- */

enum { N = 400, P = 3 };

struct rows {
	double time[N], x[N * P];
	bool event[N];
};

static double uniform(uint64_t *random)
{
	return ((double)(random_next(random) >> 11) + .5) * 0x1p-53;
}

/* Exponential times, in whole units, of which some tie; hazard exp(1.2 x1 - .5 x2). */
static struct rows draw(uint64_t seed)
{
	struct rows rows;
	for (size_t i = 0; i < N; i++) {
		double *x = rows.x + i * P;
		for (size_t j = 0; j < P; j++)
			x[j] = uniform(&seed) * 2;
		double time = -log(uniform(&seed)) * 40 / exp(1.2 * x[0] - .5 * x[1]);
		double censored = uniform(&seed) * 60;
		rows.event[i] = time < censored;
		rows.time[i] = floor(fmin(time, censored));
	}
	return rows;
}

static struct cox_data data_of_rows(const struct rows *rows)
{
	return (struct cox_data){rows->time, rows->event, rows->x, N, P};
}

/* The log-likelihood as its formula stands, over all pairs. */
static double likelihood(const struct rows *rows, enum cox_ties ties, const double *beta)
{
	double risk[N], sum = 0;
	for (size_t i = 0; i < N; i++) {
		risk[i] = 1;
		for (size_t j = 0; j < P; j++)
			risk[i] *= exp(beta[j] * rows->x[i * P + j]);
	}
	for (size_t i = 0; i < N; i++) {
		if (!rows->event[i])
			continue;
		double at_risk = 0, tied = 0;
		int n_tied = 0, before = 0;
		for (size_t k = 0; k < N; k++) {
			bool ties_with = rows->event[k] && rows->time[k] == rows->time[i];
			at_risk += rows->time[k] >= rows->time[i] ? risk[k] : 0;
			tied += ties_with ? risk[k] : 0;
			n_tied += ties_with;
			before += ties_with && k < i;
		}
		double share = ties == COX_EFRON ? (double)before / n_tied : 0;
		sum += log(risk[i]) - log(at_risk - share * tied);
	}
	return sum;
}

static void the_maximum_is_one_of_the_likelihood_as_defined(void **state)
{
	(void)state;
	struct rows rows = draw(1);
	struct cox_data data = data_of_rows(&rows);
	const double zero[P] = {0};
	for (int ties = COX_EFRON; ties <= COX_BRESLOW; ties++) {
		struct cox cox;
		assert_int_equal(cox_fit(&cox, &data, (enum cox_ties)ties, 1.96), COX_OK);
		double beta[P];
		for (size_t j = 0; j < P; j++)
			beta[j] = cox.terms[j].coefficient;
		double most = likelihood(&rows, (enum cox_ties)ties, beta);
		assert_near(cox.log_likelihood, most, 1e-13);
		assert_near(cox.log_likelihood_null, likelihood(&rows, (enum cox_ties)ties, zero),
			1e-13);
		for (size_t j = 0; j < P; j++)
			for (int way = -1; way <= 1; way += 2) {
				double at = beta[j];
				beta[j] += way * .001 * cox.terms[j].se;
				assert_true(likelihood(&rows, (enum cox_ties)ties, beta) < most);
				beta[j] = at;
			}
		assert_near(cox.terms[0].coefficient, 1.2, .25);
		assert_near(cox.terms[1].coefficient, -.5, .4);
		cox_release(&cox);
	}
}

static void assert_same_fit(const struct cox_data *a, const struct cox_data *b)
{
	struct cox x, y;
	assert_int_equal(cox_fit(&x, a, COX_EFRON, 1.96), COX_OK);
	assert_int_equal(cox_fit(&y, b, COX_EFRON, 1.96), COX_OK);
	assert_memory_equal(x.terms, y.terms, x.n_terms * sizeof(*x.terms));
	assert_true(x.log_likelihood == y.log_likelihood);
	assert_true(x.concordance.se == y.concordance.se);
	cox_release(&x);
	cox_release(&y);
}

static void shuffled_rows_change_no_bit(void **state)
{
	(void)state;
	struct rows rows = draw(2), shuffled = rows;
	uint64_t random = 3;
	for (size_t i = N - 1; i > 0; i--) {
		size_t j = random_below(&random, i + 1);
		struct rows before = shuffled;
		shuffled.time[i] = before.time[j], shuffled.time[j] = before.time[i];
		shuffled.event[i] = before.event[j], shuffled.event[j] = before.event[i];
		memcpy(shuffled.x + i * P, before.x + j * P, P * sizeof(double));
		memcpy(shuffled.x + j * P, before.x + i * P, P * sizeof(double));
	}
	struct cox_data a = data_of_rows(&rows), b = data_of_rows(&shuffled);
	assert_same_fit(&a, &b);
}

/* Another unit and another origin of a column change its coefficient by the unit, and no more. Far
 * from the origin numbers have fewer digits, and then so have the results: of 20000 +- 1e-5, seven.
 */
static void units_and_origins_do_not_matter(void **state)
{
	(void)state;
	const struct {
		double unit, origin, tolerance;
	} others[] = {{-1000, 1e6, 1e-9}, {1e-5, 0, 1e-9}, {1e-5, 2e4, 1e-5}};
	struct rows rows = draw(4), moved = rows;
	struct cox_data data = data_of_rows(&rows), other = data_of_rows(&moved);
	struct cox before, after;
	assert_int_equal(cox_fit(&before, &data, COX_EFRON, 1.96), COX_OK);
	for (size_t o = 0; o < sizeof(others) / sizeof(others[0]); o++) {
		double unit = others[o].unit, tolerance = others[o].tolerance;
		for (size_t i = 0; i < N; i++)
			moved.x[i * P] = others[o].origin + unit * rows.x[i * P];
		assert_int_equal(cox_fit(&after, &other, COX_EFRON, 1.96), COX_OK);
		assert_near(
			after.terms[0].coefficient * unit, before.terms[0].coefficient, tolerance);
		assert_near(after.terms[0].se * fabs(unit), before.terms[0].se, tolerance);
		assert_near(after.terms[1].coefficient, before.terms[1].coefficient, tolerance);
		assert_near(after.log_likelihood, before.log_likelihood, tolerance);
		cox_release(&after);
	}
	cox_release(&before);
}

/* ---- what has no answer ---- */

static void assert_status(
	const struct rows *rows, size_t n_rows, enum cox_status status, size_t culprit)
{
	struct cox_data data = data_of_rows(rows);
	data.n_rows = n_rows;
	for (int ties = COX_EFRON; ties <= COX_BRESLOW; ties++) {
		struct cox cox;
		assert_int_equal(cox_fit(&cox, &data, (enum cox_ties)ties, 1.96), status);
		if (status != COX_OK && status != COX_NO_EVENTS)
			assert_int_equal(cox.culprit, culprit);
		if (status != COX_OK)
			assert_null(cox.terms);
		cox_release(&cox);
	}
}

static void columns_that_tell_nothing_are_named(void **state)
{
	(void)state;
	struct rows rows = draw(5);
	for (size_t i = 0; i < N; i++)
		rows.x[i * P + 1] = 7;
	assert_status(&rows, N, COX_CONSTANT, 1);

	/* It varies, but only among those censored before the first event. */
	rows = draw(5);
	for (size_t i = 0; i < N; i++) {
		rows.x[i * P + 2] = i < 3;
		rows.time[i] += 1;
		if (i < 3) {
			rows.time[i] = .5;
			rows.event[i] = false;
		}
	}
	assert_status(&rows, N, COX_CONSTANT, 2);
}

static void collinear_columns_are_named(void **state)
{
	(void)state;
	struct rows rows = draw(6);
	for (size_t i = 0; i < N; i++)
		rows.x[i * P + 2] = 3 * rows.x[i * P] - .1 * rows.x[i * P + 1] + 1e5;
	assert_status(&rows, N, COX_COLLINEAR, 2);
	for (size_t i = 0; i < N; i++)
		rows.x[i * P + 1] = -rows.x[i * P] / 3;
	assert_status(&rows, N, COX_COLLINEAR, 1);
	/* Near is not equal: one part in a thousand of noise. */
	rows = draw(6);
	for (size_t i = 0; i < N; i++)
		rows.x[i * P + 2] = rows.x[i * P] + .001 * rows.x[i * P + 2];
	assert_status(&rows, N, COX_OK, 0);
}

/* Nobody with the mark is ever lost; or whoever is lost is, of those at risk, the first by it. */
static void complete_separation_is_named(void **state)
{
	(void)state;
	struct rows rows = draw(7);
	for (size_t i = 0; i < N; i++)
		rows.x[i * P + 1] = !rows.event[i] && rows.time[i] > 5;
	assert_status(&rows, N, COX_SEPARATED, 1);

	rows = draw(8);
	for (size_t i = 0; i < N; i++) {
		rows.time[i] = (double)i;
		rows.event[i] = true;
		rows.x[i * P + 2] = (double)(N - i) * 1e-3;
	}
	assert_status(&rows, N, COX_SEPARATED, 2);

	/* A single event, by the row with the largest value: as good as any such column. */
	rows = draw(9);
	for (size_t i = 0; i < N; i++) {
		rows.event[i] = i == 0;
		rows.time[i] = i == 0 ? 1 : 2;
		for (size_t j = 0; j < P; j++)
			rows.x[i * P + j] = j == 1 && i == 0 ? 9 : rows.x[i * P + j];
	}
	assert_status(&rows, N, COX_SEPARATED, 1);
}

/* One row of the mark breaks the separation: a large coefficient, but a finite one. */
static void a_large_coefficient_is_no_separation(void **state)
{
	(void)state;
	struct rows rows = draw(10);
	size_t marked = 0;
	for (size_t i = 0; i < N; i++) {
		rows.x[i * P + 1] = !rows.event[i] && rows.time[i] > 5;
		marked += rows.x[i * P + 1] == 1;
		if (rows.x[i * P + 1] == 1 && marked == 1)
			rows.event[i] = true;
	}
	assert_true(marked > 10);
	assert_status(&rows, N, COX_OK, 0);

	/* And a column with one value far from all others. */
	rows = draw(11);
	rows.x[2] = 1e7;
	assert_status(&rows, N, COX_OK, 0);
}

/* One value a million times as far out as the others, of one who is lost last: on the way Newton's
 * steps behave as with an infinite coefficient for long. Expected: 40-digit arithmetic (mpmath). */
static void a_value_far_out_is_no_separation(void **state)
{
	(void)state;
	const double time[] = {1, 3, 4, 7, 9, 11, 11, 12};
	const bool event[] = {0, 1, 0, 1, 1, 0, 0, 1};
	const double x[] = {.0124, .0776, .0002, .0071, .2915, 1.175, 2.806, 336586};
	struct cox_data data = {.time = time, .event = event, .x = x, .n_rows = 8, .n_terms = 1};
	struct cox cox;
	assert_int_equal(cox_fit(&cox, &data, COX_EFRON, 1.96), COX_OK);
	assert_near(cox.terms[0].coefficient, -6.5388001832173696, 1e-10);
	assert_near(cox.terms[0].se, 7.5974151709756249, 1e-10);
	assert_near(cox.log_likelihood_null, -4.9416424226093043, 1e-14);
	assert_near(cox.log_likelihood, -1.6505726782160885, 1e-13);
	cox_release(&cox);
}

static void without_an_event_there_is_nothing_to_fit(void **state)
{
	(void)state;
	struct rows rows = draw(12);
	for (size_t i = 0; i < N; i++)
		rows.event[i] = false;
	assert_status(&rows, N, COX_NO_EVENTS, 0);
	assert_status(&rows, 0, COX_NO_EVENTS, 0);
	rows.event[0] = true;
	assert_status(&rows, 1, COX_CONSTANT, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freireich),
		cmocka_unit_test(lung),
		cmocka_unit_test(telco),
		cmocka_unit_test(the_maximum_is_one_of_the_likelihood_as_defined),
		cmocka_unit_test(shuffled_rows_change_no_bit),
		cmocka_unit_test(units_and_origins_do_not_matter),
		cmocka_unit_test(columns_that_tell_nothing_are_named),
		cmocka_unit_test(collinear_columns_are_named),
		cmocka_unit_test(complete_separation_is_named),
		cmocka_unit_test(a_large_coefficient_is_no_separation),
		cmocka_unit_test(a_value_far_out_is_no_separation),
		cmocka_unit_test(without_an_event_there_is_nothing_to_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

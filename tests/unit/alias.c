/* Alias tables: what GSL makes of the same weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "analytics/alias.h"

static void assert_as_gsl(const double *weights, size_t n)
{
	gsl_ran_discrete_t *ours = alias_table(weights, n);
	gsl_ran_discrete_t *theirs = gsl_ran_discrete_preproc(n, weights);
	assert_int_equal(ours->K, theirs->K);
	assert_memory_equal(ours->A, theirs->A, n * sizeof(*ours->A));
	assert_memory_equal(ours->F, theirs->F, n * sizeof(*ours->F));
	gsl_ran_discrete_free(theirs);
	alias_free(ours);
}

static void test_as_gsl(void **state)
{
	(void)state;
	double weights[40];
	uint64_t draw = 1;
	for (size_t n = 1; n <= 40; n++)
		for (int kind = 0; kind < 4; kind++) {
			for (size_t k = 0; k < n; k++) {
				draw = draw * 6364136223846793005U + 1442695040888963407U;
				double some = (double)(draw >> 40);
				weights[k] = kind == 0   ? 1
					     : kind == 1 ? 1 / (double)(k + 1)
					     : kind == 2 ? some
							 : some * (double)(k % 2);
			}
			weights[n - 1] += 1;
			assert_as_gsl(weights, n);
		}
}

/* The shares that a table stands for are the weights. */
static void test_shares(void **state)
{
	(void)state;
	const double weights[] = {1, 0, 3, 6, 10};
	enum { N = 5 };
	double shares[N] = {0};
	gsl_ran_discrete_t *table = alias_table(weights, N);
	for (size_t k = 0; k < N; k++) {
		double kept = table->F[k] * N - (double)k;
		shares[k] += kept / N;
		shares[table->A[k]] += (1 - kept) / N;
	}
	for (size_t k = 0; k < N; k++)
		assert_float_equal(shares[k], weights[k] / 20, 1e-15);
	alias_free(table);
}

static void test_one_outcome(void **state)
{
	(void)state;
	gsl_ran_discrete_t *table = alias_table((const double[]){3}, 1);
	assert_int_equal(table->K, 1);
	assert_int_equal(table->A[0], 0);
	alias_free(table);
	alias_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_gsl),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_one_outcome),
	};
	return cmocka_run_group_tests_name("alias", tests, NULL, NULL);
}

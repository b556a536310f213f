/* Eigenvalues and eigenvectors: by hand, of a matrix where they are known, and as GSL finds them.
 */
#include "analytics/eigen.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_eigen.h>

#include "analytics/random.h"

enum { MOST = 40 };

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.17g, expected %.17g", value, expected);
}

static void draw(double *matrix, size_t n, uint64_t seed)
{
	struct random random = random_stream(seed, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			matrix[i * n + j] = matrix[j * n + i] = random_uniform(&random) - .5;
}

/* (4 - x)(1 - x) = 4 has the roots 5 and 0, with (2, 1) and (1, -2); 7 stands alone. */
static void by_hand(void **state)
{
	(void)state;
	double matrix[] = {4, 0, 2, 0, 7, 0, 2, 0, 1}, values[3], vectors[9];
	const double known[] = {7, 5, 0}, axes[] = {0, 1, 0, 2, 0, 1, -1, 0, 2};
	eigen_symmetric(values, vectors, matrix, 3);
	for (size_t i = 0; i < 3; i++)
		assert_near(values[i], known[i], 1e-14);
	for (size_t i = 0; i < 9; i++)
		assert_near(vectors[i], axes[i] / (i < 3 ? 1 : sqrt(5)), 1e-15);
	double equal[] = {2, 1, 1, 2};
	eigen_symmetric(values, vectors, equal, 2);
	assert_near(values[0], 3, 1e-15);
	assert_near(values[1], 1, 1e-15);
	const double signs[] = {1, 1, 1, -1};
	for (size_t i = 0; i < 4; i++)
		assert_near(vectors[i], signs[i] * sqrt(.5), 1e-15);
}

/* 2 on the diagonal and -1 beside it: values 2 - 2 cos(k pi / (n + 1)), vectors sin(i k pi / (n +
 * 1)) (Strang 1999, "The discrete cosine transform", SIAM Review 41). */
static void second_differences(void **state)
{
	(void)state;
	enum { N = 12 };
	double matrix[N * N] = {0}, values[N], vectors[N * N];
	for (size_t i = 0; i < N; i++) {
		matrix[i * N + i] = 2;
		if (i > 0)
			matrix[i * N + i - 1] = matrix[(i - 1) * N + i] = -1;
	}
	eigen_symmetric(values, vectors, matrix, N);
	for (size_t i = 0; i < N; i++) {
		double angle = (double)(N - i) * acos(-1) / (N + 1), sign = 0;
		assert_near(values[i], 2 - 2 * cos(angle), 1e-14);
		for (size_t j = 0; j < N; j++) {
			double known = sqrt(2. / (N + 1)) * sin((double)(j + 1) * angle);
			sign = sign != 0 ? sign : copysign(1, known * vectors[i * N + j]);
			assert_near(vectors[i * N + j], sign * known, 1e-13);
		}
	}
}

static void as_gsl_does(void **state)
{
	(void)state;
	for (size_t n = 1; n <= MOST; n += 3) {
		double matrix[MOST * MOST], values[MOST], vectors[MOST * MOST];
		draw(matrix, n, 7);
		gsl_matrix *input = gsl_matrix_alloc(n, n), *known = gsl_matrix_alloc(n, n);
		gsl_vector *known_values = gsl_vector_alloc(n);
		gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
		memcpy(input->data, matrix, n * n * sizeof(*matrix));
		gsl_eigen_symmv(input, known_values, known, work);
		gsl_eigen_symmv_sort(known_values, known, GSL_EIGEN_SORT_VAL_DESC);
		eigen_symmetric(values, vectors, matrix, n);
		for (size_t i = 0; i < n; i++) {
			assert_near(values[i], gsl_vector_get(known_values, i), 1e-12);
			double along = 0;
			for (size_t j = 0; j < n; j++)
				along += vectors[i * n + j] * gsl_matrix_get(known, j, i);
			assert_near(fabs(along), 1, 1e-12);
		}
		gsl_eigen_symmv_free(work);
		gsl_vector_free(known_values);
		gsl_matrix_free(known);
		gsl_matrix_free(input);
	}
}

/* The vectors are at right angles and of length 1, and make the matrix again; in each the
 * coordinate that is largest in size is positive; the values fall. */
static void makes_the_matrix_again(void **state)
{
	(void)state;
	double matrix[MOST * MOST], input[MOST * MOST], values[MOST], vectors[MOST * MOST];
	draw(matrix, MOST, 8);
	memcpy(input, matrix, sizeof(input));
	eigen_symmetric(values, vectors, matrix, MOST);
	for (size_t i = 0; i < MOST; i++) {
		double low = 0, high = 0;
		for (size_t j = 0; j < MOST; j++) {
			double product = 0, again = 0;
			for (size_t k = 0; k < MOST; k++) {
				product += vectors[i * MOST + k] * vectors[j * MOST + k];
				again += vectors[k * MOST + i] * values[k] * vectors[k * MOST + j];
			}
			assert_near(product, i == j, 1e-14);
			assert_near(again, input[i * MOST + j], 1e-14);
			low = fmin(low, vectors[i * MOST + j]);
			high = fmax(high, vectors[i * MOST + j]);
		}
		assert_true(high >= -low);
		assert_true(i == 0 || values[i] <= values[i - 1]);
	}
}

/* A factor of a power of two changes no bit, however large or small. */
static void powers_of_two(void **state)
{
	(void)state;
	enum { N = 9 };
	double matrix[N * N], values[N], vectors[N * N];
	draw(matrix, N, 9);
	eigen_symmetric(values, vectors, matrix, N);
	const int exponents[] = {-900, 1000};
	for (size_t e = 0; e < 2; e++) {
		double others[N], other_vectors[N * N];
		draw(matrix, N, 9);
		for (size_t i = 0; i < N * N; i++)
			matrix[i] = ldexp(matrix[i], exponents[e]);
		eigen_symmetric(others, other_vectors, matrix, N);
		assert_memory_equal(vectors, other_vectors, sizeof(vectors));
		for (size_t i = 0; i < N; i++)
			assert_true(others[i] == ldexp(values[i], exponents[e]));
	}
}

static void degenerate(void **state)
{
	(void)state;
	double nothing[9] = {0}, values[3], vectors[9];
	const double unit[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
	eigen_symmetric(values, vectors, nothing, 3);
	assert_memory_equal(vectors, unit, sizeof(unit));
	assert_true(values[0] == 0 && values[2] == 0);
	double infinite[9] = {INFINITY, INFINITY, 0, INFINITY, INFINITY, 0, 0, 0, 1};
	eigen_symmetric(values, vectors, infinite, 3);
	assert_memory_equal(vectors, unit, sizeof(unit));
	double one = -3;
	eigen_symmetric(values, vectors, &one, 1);
	assert_true(values[0] == -3 && vectors[0] == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(second_differences),
		cmocka_unit_test(as_gsl_does),
		cmocka_unit_test(makes_the_matrix_again),
		cmocka_unit_test(powers_of_two),
		cmocka_unit_test(degenerate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

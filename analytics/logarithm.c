#include "analytics/logarithm.h"

#include <assert.h>
#include <float.h>
#include <math.h>

/* ln 2 in two parts. The upper has 32 bits, so that its product with an exponent is exact. */
static const double LN2_UPPER = 0x1.62e42feep-1, LN2_LOWER = 0x1.a39ef35793c76p-33;

/* ln(2^exponent (1 + f)) + rest, with f from sqrt(1/2) - 1 to sqrt(2) - 1: ln(1 + f) is
 * f - s (f - R), with R = 2 (s^2 / 3 + s^4 / 5 + ...); every second term is summed apart, so that
 * a processor can work on both sums at once. */
static double sum_of(int exponent, double f, double rest)
{
	double s = f / (2 + f), z = s * s, w = z * z;
	double odd = 2. / 3 +
		     w * (2. / 7 + w * (2. / 11 + w * (2. / 15 + w * (2. / 19 + w * (2. / 23)))));
	double even = 2. / 5 + w * (2. / 9 + w * (2. / 13 + w * (2. / 17 + w * (2. / 21))));
	double R = z * odd + w * even, k = exponent;
	return k * LN2_UPPER + (f - (s * (f - R) - (k * LN2_LOWER + rest)));
}

/* ln(x) + rest, where rest is tiny. */
static double log_and(double x, double rest)
{
	int exponent;
	double m = frexp(x, &exponent);
	if (m < M_SQRT1_2) {
		m *= 2;
		exponent--;
	}
	return sum_of(exponent, m - 1, rest);
}

double logarithm(double x)
{
	assert(x >= DBL_MIN && x <= DBL_MAX);
	return log_and(x, 0);
}

/* What rounding took from 1 + x is added to the logarithm, where its slope is 1 / (1 + x). */
double logarithm_1p(double x)
{
	assert(x >= 0 && x <= DBL_MAX);
	double sum = 1 + x, lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
	return log_and(sum, lost / sum);
}

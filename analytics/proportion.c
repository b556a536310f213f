#include "analytics/proportion.h"

#include <assert.h>
#include <math.h>

#include <gsl/gsl_cdf.h>

double normal_deviate(double confidence)
{
	assert(confidence > 0 && confidence < 1);
	return gsl_cdf_ugaussian_Qinv((1 - confidence) / 2);
}

struct interval wilson_interval(int64_t successes, int64_t trials, double z)
{
	assert(successes >= 0 && successes <= trials);
	if (trials == 0)
		return (struct interval){NAN, NAN};
	double n = (double)trials, p = (double)successes / n, square = z * z / n;
	double middle = p + square / 2;
	double half = z * sqrt((p * (1 - p) + square / 4) / n);
	/* Where the bound is 0 or 1 the formula says so, but for the last digit. */
	return (struct interval){
		.low = successes == 0 ? 0 : (middle - half) / (1 + square),
		.high = successes == trials ? 1 : (middle + half) / (1 + square),
	};
}

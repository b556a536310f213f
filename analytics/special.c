#include "analytics/special.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>

double special_value(int status, const gsl_sf_result *result, double fallback)
{
	if (status == GSL_EUNDRFLW)
		return 0;
	return status == GSL_SUCCESS && isfinite(result->val) ? result->val : fallback;
}

double special_log_gamma(double x)
{
	int sign; /* lgamma() would write a global */
	return lgamma_r(x, &sign);
}

double special_digamma(double x)
{
	gsl_sf_result result;
	int status = gsl_sf_psi_e(x, &result);
	/* psi(x) = psi(x + 1) - 1/x, and 1/x is all there is below the normal numbers. */
	return special_value(status, &result, -1 / x);
}

double special_log_beta(double a, double b)
{
	gsl_sf_result result;
	int status = gsl_sf_lnbeta_e(a, b, &result);
	return special_value(status, &result,
		special_log_gamma(a) + special_log_gamma(b) - special_log_gamma(a + b));
}

double special_softplus(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

double special_decay(double c, double y)
{
	double product = c * y;
	if (fabs(product) < 1e-10)
		return y * (1 - product / 2);
	return -expm1(-product) / c;
}

/* Products longer than a few factors, from here on, go by Stirling's series: DLMF 5.11.1 and
 * 5.11.2, of which the first term left out is below the last bit. */
static const double stirling_from = 20;
enum { RISING_BY_SUM = 8 };

/* What the series add to ln Gamma(x) and psi(x) beyond (x - 1/2) ln x - x and ln x - 1 / (2 x). */
static void stirling_rest(double x, double *log_gamma, double *digamma)
{
	double u = 1 / (x * x);
	*log_gamma = (1. / 12 - u * (1. / 360 - u * (1. / 1260 - u * (1. / 1680 - u / 1188)))) / x;
	*digamma =
		-u * (1. / 12 - u * (1. / 120 - u * (1. / 252 - u * (1. / 240 - u * (1. / 132)))));
}

/* Differences, taken term by term: those of the gamma functions themselves would have no digits
 * left where x is large. */
static void add_rising(double x, double steps, double *log_sum, double *inverse_sum)
{
	double end = x + steps, from[2], to[2], grown = log1p(steps / x);
	stirling_rest(x, &from[0], &from[1]);
	stirling_rest(end, &to[0], &to[1]);
	*log_sum += (x - .5) * grown + steps * (log(end) - 1) + (to[0] - from[0]);
	*inverse_sum += grown + .5 * steps / (x * end) + (to[1] - from[1]);
}

void special_log_rising(
	double r, const int32_t *counts, size_t n, int factor, double *value, double *derivative)
{
	double at = 0, log_sum = 0, inverse_sum = 0;
	for (size_t i = 0; i < n; i++) {
		double to = (double)counts[i] * factor;
		for (; at < to && (to - at <= RISING_BY_SUM || r + at < stirling_from); at++) {
			log_sum += log(r + at);
			inverse_sum += 1 / (r + at);
		}
		if (at < to)
			add_rising(r + at, to - at, &log_sum, &inverse_sum);
		at = to;
		value[i] = log_sum;
		if (derivative != NULL)
			derivative[i] = inverse_sum;
	}
}

const double special_node[SPECIAL_NODES] = {
	0.0092196828766403747,
	0.047941371814762572,
	0.11504866290284766,
	0.20634102285669128,
	0.3160842505009099,
	0.43738329574426554,
	0.56261670425573446,
	0.6839157494990901,
	0.79365897714330872,
	0.88495133709715234,
	0.95205862818523743,
	0.99078031712335963,
};

const double special_weight[SPECIAL_NODES] = {
	0.023587668193255914,
	0.053469662997659215,
	0.080039164271673113,
	0.10158371336153296,
	0.1167462682691774,
	0.12457352290670139,
	0.12457352290670139,
	0.1167462682691774,
	0.10158371336153296,
	0.080039164271673113,
	0.053469662997659215,
	0.023587668193255914,
};

/* Fits a lifetime model by maximum likelihood, and says how sure it is.
 *
 *	struct ltv_fit fit;
 *	if (ltv_fit(&fit, &rows, LTV_PNBD, 0, threads) == LTV_FIT_OK)
 *		... fit.model.parameters, ltv_fit_interval(&fit, i, 1.96)
 *
 * Parameters are positive, so the search goes over their logarithms, times in units of the mean age
 * of a customer. Several starts, drawn from the data, are tried on a part of the customers; the
 * best of them goes on with all. Standard errors are from the observed information on the log
 * scale.
 *
 * Some data have their best fit at the edge of the model, where a parameter is 0 or infinite and
 * the established implementations end in NaN, an error, or numbers that mean nothing. Here the edge
 * is a model of its own with fewer parameters: it is fitted too, and if the whole model cannot do
 * better, it is the answer, by name.
 */
#ifndef ANALYTICS_LTV_FIT_H
#define ANALYTICS_LTV_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "analytics/ltv_model.h"
#include "analytics/ltv_rows.h"

enum { LTV_MIN_REPEATERS = 10 };

enum ltv_fit_status {
	LTV_FIT_OK,                /* at the edge too */
	LTV_FIT_ONE_MOMENT,        /* every T is 0: one day of data */
	LTV_FIT_TOO_FEW_REPEATERS, /* fewer than LTV_MIN_REPEATERS customers bought again */
	LTV_FIT_NO_LOG_GAPS,       /* a CNBD-k family, and the rows have no log_gaps */
	LTV_FIT_NOT_CONVERGED,     /* the likelihood has no maximum that could be found */
};

/* Where the drop-out of the best fit lies. */
enum ltv_dropout {
	LTV_DROPOUT_VARIES, /* inside: customers differ */
	LTV_DROPOUT_NONE,   /* none is to be seen: a = 0, s = 0; everyone is alive */
	LTV_DROPOUT_ALIKE,  /* customers do not differ: a, b or s, beta infinite; p = a / (a + b)
			       or mu = s / beta is what counts */
	LTV_DROPOUT_ALL_OR_NOTHING, /* a, b or s, beta near 0: some leave at the first chance, the
				       others never */
};

struct ltv_fit {
	enum ltv_fit_status status;
	struct ltv_model model;
	double log_likelihood;
	size_t n_parameters; /* of the family, also at an edge, and k where it was searched */
	double aic, bic;     /* with so many parameters */

	enum ltv_dropout dropout;
	double dropout_alike; /* with LTV_DROPOUT_ALIKE: the p or mu of everyone; else 0 */
	bool rates_alike;     /* r, alpha infinite: customers do not differ in how often they buy */
	double rate_alike;    /* then lambda, of everyone; else 0 */

	/* Of the logarithms of the parameters; 0 in the rows and columns of those that are fixed
	 * because the fit lies at an edge. */
	double log_covariance[LTV_PARAMETERS][LTV_PARAMETERS];
	int evaluations; /* of the likelihood */
};

/* k is for the CNBD-k families: 0 tries 1, 2, 3, ... as long as the likelihood rises. Returns
 * fit->status; the rest of fit is set with LTV_FIT_OK only. */
enum ltv_fit_status ltv_fit(struct ltv_fit *fit, const struct ltv_rows *rows,
	enum ltv_family family, int k, unsigned threads);

/* The same model on other rows that are much alike, as resampled ones are: from its parameters, at
 * the same edge if it was at one. */
enum ltv_fit_status ltv_fit_again(struct ltv_fit *fit, const struct ltv_rows *rows,
	const struct ltv_fit *like, unsigned threads);

/* False where the parameter is fixed at an edge and has no error. */
bool ltv_parameter_has_error(const struct ltv_fit *fit, size_t i);
double ltv_standard_error(const struct ltv_fit *fit, size_t i); /* of the parameter itself */

/* exp(ln theta -+ z se / theta) */
struct ltv_interval {
	double low, high;
};
struct ltv_interval ltv_parameter_interval(const struct ltv_fit *fit, size_t i, double z);

#endif

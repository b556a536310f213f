/* A fitted lifetime model, with that of spend beside it: made from a customer base, or read from a
 * file that an earlier run saved. What is particular about a fit is said on standard error. */
#ifndef CMD_LTV_ESTIMATE_H
#define CMD_LTV_ESTIMATE_H

#include <stdbool.h>

#include "analytics/gamma_gamma.h"
#include "analytics/ltv_fit.h"
#include "base/error.h"
#include "cmd/ltv_base.h"
#include "cmd/ltv_options.h"

struct ltv_estimate {
	enum ltv_unit unit;
	struct ltv_fit fit; /* its status is LTV_FIT_OK; figures that a file lacks are NaN */
	struct ltv_fit all[LTV_FAMILIES]; /* with --model auto: every one, that above too */
	double customers;                 /* it was fitted on */
	bool has_spend;
	struct gamma_gamma_fit spend;
	double spend_customers, spend_correlation;
	double return_rate; /* NaN: not known */
};

/* Fits what was asked for, or all, of which the one with the lowest BIC is taken. ERROR_NUMBERS,
 * with the reason, when there is no fit. */
bool ltv_estimate_make(struct ltv_estimate *estimate, const struct ltv_base *base,
	const struct ltv_asked *asked, struct error *err);

#endif

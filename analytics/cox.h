/* What goes with being lost sooner: Cox's regression of times, some censored, on covariates.
 *
 *	struct cox_data data = {.time = days, .event = lost, .x = x, .n_rows = n, .n_terms = 3};
 *	struct cox cox;
 *	switch (cox_fit(&cox, &data, COX_EFRON, normal_deviate(.95))) {
 *	case COX_OK:
 *		... cox.terms[j].hazard_ratio
 *	case COX_COLLINEAR:
 *		... term cox.culprit is made up by those before it
 *	}
 *	cox_release(&cox);
 *
 * The hazard of a row is h(t) exp(b'x), with h left open. With R the rows at risk at a time and D
 * those with an event at it, the partial likelihood has for that time the factors
 *
 *	prod over D of exp(b'x) / prod over l < |D| of (sum over R - f sum over D) of exp(b'x)
 *
 * with f = 0 (Breslow 1974) or f = l / |D| (Efron 1977, JASA 72). Its maximum is found by Newton's
 * method with halved steps. Cox 1972, JRSS B 34. The result depends on
 * the rows, not on their order: they are sorted by time, event and covariates first.
 *
 * A maximum may not exist. A covariate, or a sum of several, by which at each event those who had
 * it come first (complete separation) has an infinite coefficient: Newton's steps then keep their
 * length while the likelihood hardly grows, which a finite maximum cannot make them do.
 */
#ifndef ANALYTICS_COX_H
#define ANALYTICS_COX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/concordance.h"
#include "analytics/proportion.h"

struct cox_data {
	const double *time; /* finite */
	const bool *event;
	const double *x; /* n_rows by n_terms, row-major, finite */
	size_t n_rows, n_terms;
};

enum cox_ties { COX_EFRON, COX_BRESLOW };

struct cox_term {
	double coefficient, se, z, p; /* p: of a true coefficient of 0, by Wald's test */
	double hazard_ratio;          /* exp(coefficient): for one unit more of x */
	struct interval hazard_ratio_interval;
};

struct cox {
	struct cox_term *terms; /* n_terms of them */
	size_t n_terms;
	int64_t n, events;
	double log_likelihood_null, log_likelihood;
	double chi_square,
		p; /* the likelihood-ratio test of all terms, on n_terms degrees of freedom */
	struct concordance concordance;
	int iterations;
	size_t culprit; /* the column of x that the status is about */
};

enum cox_status {
	COX_OK,
	COX_NO_EVENTS,
	COX_CONSTANT,      /* culprit is the same for all who are at risk at any event */
	COX_COLLINEAR,     /* culprit is a combination of the columns before it */
	COX_SEPARATED,     /* the coefficient of culprit is infinite */
	COX_NOT_CONVERGED, /* after 100 steps */
};

/* z is normal_deviate(confidence); n_terms is 1 or more. Unless it is COX_OK, only n, events and
 * culprit are set, and where there are events, log_likelihood_null. */
enum cox_status cox_fit(struct cox *cox, const struct cox_data *data, enum cox_ties ties, double z);

void cox_release(struct cox *cox);

#endif

/* How far a customer's figures may be off because the parameters are estimated.
 *
 *	struct ltv_score_error *errors = ...;
 *	ltv_score_errors(&fit, &rows, &outlook, threads, errors);
 *	struct ltv_range range = ltv_delta_range(&scores[row], &errors[row], value,
 *		gamma_gamma_expected_log_error(&spend_fit, x, spend), 1.96);
 *
 * or, from refits to resampled customers:
 *
 *	struct ltv_draws draws;
 *	ltv_bootstrap(&draws, 200, seed, &fit, &rows, &spend_rows, threads);
 *	ltv_draw_ranges(&draws, &rows, &outlook, x, spend, n, .95, threads, ranges);
 *	ltv_draws_release(&draws);
 *
 * These are ranges for what the model expects, not for what a customer will do: orders scatter
 * about their expectation besides.
 *
 * Delta method: figures are functions of the parameters, whose covariance is known; slopes are
 * differences along the axes of that covariance. Counts and money are taken by the logarithm,
 * P(alive) by the logit, so that no limit leaves the possible range. Bootstrap: the customers are
 * drawn anew, with replacement, and everything is fitted again; percentiles (Efron and Tibshirani
 * 1993, "An introduction to the bootstrap", ch. 13). Orders and spend are taken as independent, as
 * the models do.
 */
#ifndef ANALYTICS_LTV_RANGES_H
#define ANALYTICS_LTV_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/gamma_gamma.h"
#include "analytics/ltv_fit.h"
#include "analytics/ltv_model.h"
#include "analytics/ltv_rows.h"

/* Standard errors; 0 where a figure cannot be else, as P(alive) = 1. */
struct ltv_score_error {
	double logit_alive, log_expected, log_discounted;
};

/* errors is rows->n_rows long. */
void ltv_score_errors(const struct ltv_fit *fit, const struct ltv_rows *rows,
	const struct ltv_outlook *outlook, unsigned threads, struct ltv_score_error *errors);

/* Revenue is orders times order value; clv the discounted orders times order value, for a margin of
 * 1. Without amounts (value 0) the last three are 0. */
struct ltv_range {
	struct ltv_interval p_alive, expected_orders, order_value, revenue, clv;
};

struct ltv_range ltv_delta_range(const struct ltv_score *score, const struct ltv_score_error *error,
	double value, double log_value_error, double z);

struct ltv_draws {
	size_t n; /* refits that ended well */
	struct ltv_model *models;
	struct gamma_gamma *spend; /* NULL without amounts */
};

/* At most n refits, as far as they end well, on resampled customers. The draws are a function of
 * seed and the rows alone. spend_rows is NULL where there are no amounts. */
void ltv_bootstrap(struct ltv_draws *draws, size_t n, uint64_t seed, const struct ltv_fit *fit,
	const struct ltv_rows *rows, const struct gamma_gamma_rows *spend_rows, unsigned threads);
void ltv_draws_release(struct ltv_draws *draws);

/* ranges, x and spend are n long and in the order the rows were grouped from; spend is not read
 * without amounts. Two draws at least. confidence is .95, say. */
void ltv_draw_ranges(const struct ltv_draws *draws, const struct ltv_rows *rows,
	const struct ltv_outlook *outlook, const int32_t *x, const double *spend, size_t n,
	double confidence, unsigned threads, struct ltv_range *ranges);

#endif

/* What a model says of each customer of a base: orders, their value, and intervals of both.
 *
 *	struct ltv_scores scores;
 *	if (!ltv_scores_init(&scores, &base, &fitted_base, &estimate, asked, err))
 *		return false;
 *	struct ltv_figures figures = ltv_scores_of(&scores, i);
 *	ltv_scores_release(&scores);
 */
#ifndef CMD_LTV_SCORES_H
#define CMD_LTV_SCORES_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/ltv_ranges.h"
#include "base/error.h"
#include "cmd/ltv_base.h"
#include "cmd/ltv_estimate.h"
#include "cmd/ltv_options.h"

struct ltv_scores {
	const struct ltv_base *base;
	const struct ltv_estimate *estimate;
	bool has_money;
	bool endless; /* some expect orders without a limit */
	double kept;  /* of an order's value, after returns */
	double z;
	struct ltv_score *rows;         /* of the base */
	struct ltv_score_error *errors; /* of the same, by the delta method; or NULL */
	struct ltv_range *drawn;        /* of each customer, by the bootstrap; or NULL */
};

/* NaN: not known, or without a limit. */
struct ltv_figures {
	double p_alive, expected_orders, order_value, revenue, clv;
};

/* base is scored; fitted is what the estimate was made from, which a bootstrap draws from.
 * ERROR_NUMBERS when too few of its fits end well. */
bool ltv_scores_init(struct ltv_scores *scores, const struct ltv_base *base,
	const struct ltv_base *fitted, const struct ltv_estimate *estimate,
	const struct ltv_asked *asked, struct error *err);

struct ltv_figures ltv_scores_of(const struct ltv_scores *scores, size_t i);

/* With errors or drawn; unknown ones are NaN. */
struct ltv_range ltv_scores_range(const struct ltv_scores *scores, size_t i);

/* As ltv_scores_of(), but what if. */
struct ltv_figures ltv_scores_what_if(
	const struct ltv_scores *scores, size_t i, const struct ltv_score *rows);

/* Idempotent on zeroed memory. */
void ltv_scores_release(struct ltv_scores *scores);

#endif

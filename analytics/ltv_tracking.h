/* How many repeat orders a lifetime model expects of a customer base as time goes by, for holding
 * against what happened.
 *
 *	double *each = mem_array(n_days + 1, sizeof(*each));
 *	ltv_expect_by_age(each, n_days, &model, 7, threads);
 *	... each[d]: expected of a customer in the first d days after its first purchase
 *	size_t n_starts = ltv_list_starts(starts, new_customers, n_days);
 *	double all = ltv_expect_of_base(each, new_customers, starts, n_starts, day);
 *
 * Unconditional: E[X(t)] of a customer of whom nothing is known but its first purchase.
 * Schmittlein, Morrison and Colombo 1987; Fader, Hardie and Lee 2005.
 */
#ifndef ANALYTICS_LTV_TRACKING_H
#define ANALYTICS_LTV_TRACKING_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/ltv_model.h"

/* each has n_days + 1 elements, from 0; a unit of the model is so many days. */
void ltv_expect_by_age(double *each, size_t n_days, const struct ltv_model *model, double unit_days,
	unsigned threads);

/* The days from 0 to n_days on which a customer made its first purchase, ascending; starts has room
 * for n_days + 1. new_customers[d] is how many did so on day d. Returns how many days. */
size_t ltv_list_starts(size_t *starts, const int64_t *new_customers, size_t n_days);

/* Of all customers up to the end of a day, up to n_days. */
double ltv_expect_of_base(const double *each, const int64_t *new_customers, const size_t *starts,
	size_t n_starts, size_t day);

#endif

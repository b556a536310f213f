/* The customer base that `patron ltv` fits and scores: x, t_x, T and spend of each customer, from
 * transactions or a customers table. */
#ifndef CMD_LTV_BASE_H
#define CMD_LTV_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/activity.h"
#include "analytics/customers.h"
#include "analytics/gamma_gamma.h"
#include "analytics/ltv_rows.h"
#include "base/error.h"
#include "cmd/input.h"
#include "cmd/ltv_options.h"

struct ltv_base {
	const struct input *input;
	const struct customers *customers; /* up to as_of */
	struct customers *before;          /* the same, owned, with --holdout-from; else NULL */
	struct customers *margins;         /* amounts times margin; NULL without a column of them */
	struct activity *activity;         /* of each day, for --tracking; else NULL */
	int32_t as_of; /* the last day of the fit: that before the holdout, if any */

	/* By customer id; without those acquired before --since. */
	size_t n;
	uint32_t *place; /* in customers */
	int32_t *x;
	double *t_x, *T;
	double *spend;  /* mean of the repeat purchases; 0 where there are none, or no amounts */
	double *margin; /* NULL: the same for all */
	double *later;  /* purchase days in the holdout; NULL without one */
	size_t n_new;   /* first seen in the holdout, and left out */

	enum ltv_unit unit; /* of t_x and T */
	bool has_amounts;
	double return_rate; /* of revenue; NaN without amounts */
	double mean_margin; /* of all revenue */
	struct ltv_rows rows;
};

/* Reads it all; times are in the unit. ERROR_DATA for a customer who cannot be, and what
 * input_load() has. To be released also when it fails. */
bool ltv_base_load(struct ltv_base *base, const char *const *paths, size_t n_paths,
	const struct ltv_asked *asked, enum ltv_unit unit, struct error *err);

/* The same from what was read already, for an asked without holdout, tracking and margins by row.
 */
bool ltv_base_of(struct ltv_base *base, const struct input *input, const struct ltv_asked *asked,
	enum ltv_unit unit, struct error *err);

struct customer ltv_base_customer(const struct ltv_base *base, size_t i);

/* Whether a customer has shown what it spends on repeat purchases; if not, x counts as 0 there. */
bool ltv_base_has_spend(const struct ltv_base *base, size_t i);

/* Idempotent on zeroed memory. */
void ltv_base_release(struct ltv_base *base);

#endif

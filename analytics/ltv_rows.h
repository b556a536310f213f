/* What the lifetime models know of a customer base: x, t_x and T of each customer, grouped.
 *
 *	struct ltv_rows rows;
 *	size_t bad;
 *	if (ltv_rows_group(&rows, repeats, recency, age, NULL, n, &bad) != LTV_ROWS_OK)
 *		...
 *	... rows.weight[rows.row_of[customer]] customers are like this one
 *	ltv_rows_release(&rows);
 *
 * x is the number of repeat purchases (purchase days - 1), t_x the time from the first to the last
 * purchase, T the time from the first purchase to the end of observation; t_x and T in any one
 * unit. Customers alike in all three are one row that weighs as many. Rows are in the order of x,
 * then T, then t_x, whatever the order of the customers, so that everything computed from them is
 * too.
 *
 * The models' logarithms and integrals depend on one count, one time, or one of each, never on all
 * three at once. So rows hold indices into the distinct counts, the distinct times, and the
 * distinct pairs (x, t_x) and (x, T): a million customers have hundreds of each.
 */
#ifndef ANALYTICS_LTV_ROWS_H
#define ANALYTICS_LTV_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ltv_rows {
	size_t n_rows;
	double *weight;                    /* customers of each row */
	uint32_t *count_of;                /* the row's x: counts[count_of[i]] */
	uint32_t *recency_of, *age_of;     /* its t_x and T: times[...] */
	uint32_t *recency_pair, *age_pair; /* its (x, t_x) and (x, T) */

	size_t n_counts, n_times, n_pairs;
	int32_t *counts; /* ascending */
	double *times;   /* ascending */
	uint32_t *pair_count, *pair_time;
	double *pair_customers; /* whose (x, T) it is */

	size_t n_customers;
	uint32_t *row_of; /* of each customer, in the order given; NULL in a sample */

	double customers, purchases; /* sums over customers: 1, x */
	double repeaters;            /* customers with x > 0 */
	double mean_age;             /* mean of T */
	bool has_log_gaps;
	double log_gaps; /* sum over customers; in the unit of the times */
};

enum ltv_rows_status {
	LTV_ROWS_OK,
	LTV_ROWS_NONE,     /* no customer */
	LTV_ROWS_BAD,      /* at *bad: not 0 <= t_x <= T, both finite, or x < 0, or t_x > 0 when and
			      only when x > 0 */
	LTV_ROWS_TOO_MANY, /* more than 2^31 - 1 customers */
};

/* x, t_x and T are n long; log_gaps too, or NULL where it is not known: the sum of ln(time between
 * successive purchase days), which only the CNBD-k models use. Nothing is kept of the arrays. */
enum ltv_rows_status ltv_rows_group(struct ltv_rows *rows, const int32_t *x, const double *t_x,
	const double *T, const double *log_gaps, size_t n, size_t *bad);

/* About n customers spread evenly over the rows of all, for trying out starting points. */
void ltv_rows_sample(struct ltv_rows *sample, const struct ltv_rows *all, size_t n);

/* The same rows with other weights, as a resampled customer base has; rows of weight 0 are left
 * out. weight is all->n_rows long. log_gaps, which rows do not know, is shared out by x. */
void ltv_rows_reweigh(struct ltv_rows *rows, const struct ltv_rows *all, const double *weight);

void ltv_rows_release(struct ltv_rows *rows);

#endif

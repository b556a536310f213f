/* What clusters are like, in the units of their rows: totals, means and medians of each column.
 *
 *	struct profile profile;
 *	profile_init(&profile, rows, n, n_columns, labels, k, n_threads);
 *	... profile.medians[cluster * n_columns + column] ...
 *	profile_release(&profile);
 *
 * Sums run over sorted values, with the error of each addition carried along (Neumaier 1974), so
 * that neither the order of the rows nor the number of threads changes a byte.
 */
#ifndef ANALYTICS_PROFILE_H
#define ANALYTICS_PROFILE_H

#include <stddef.h>
#include <stdint.h>

struct profile {
	size_t k, n_columns;
	size_t *sizes;       /* k: how many rows are in each */
	double *means;       /* k x n_columns; NaN of a cluster without rows */
	double *medians;     /* likewise: of an even number, halfway between the middle two */
	double *whole_means; /* n_columns: of all rows */
};

/* rows is n x n_columns, row-major and finite; labels are 0 to k - 1; n is at least 1. */
void profile_init(struct profile *profile, const double *rows, size_t n, size_t n_columns,
	const uint16_t *labels, size_t k, unsigned n_threads);
void profile_release(struct profile *profile);

#endif

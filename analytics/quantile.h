/* Sample quantiles by linear interpolation of the order statistics.
 *
 *	sort_reals(values, n);
 *	double median = quantile(values, n, 1, 2);
 *	double fifths[4];
 *	quantiles(values, n, 5, fifths);        without sorting all
 */
#ifndef ANALYTICS_QUANTILE_H
#define ANALYTICS_QUANTILE_H

#include <stddef.h>

/* Ascending; no NaN among them. Radix sort: linear in n. */
void sort_reals(double *values, size_t n);

/* The i / parts quantile of n >= 1 sorted values, type 7 of Hyndman and Fan 1996 ("Sample Quantiles
 * in Statistical Packages"), the default of R, numpy and Excel: with h = (n - 1) i / parts,
 * x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]). h is split in whole numbers, so that a
 * quantile that falls on a value is that value. Values beyond 1e300 may overflow. */
double quantile(const double *sorted, size_t n, size_t i, size_t parts);

/* The quantiles 1 / parts to (parts - 1) / parts of n >= 1 values in any order, into found: the
 * same as from sorted ones, but only the values around each are sorted, which takes a third of the
 * time and no copy of all. */
void quantiles(const double *values, size_t n, size_t parts, double *found);

#endif

/* Features in units that can be compared: what distances between customers are measured in.
 *
 *	struct scale scale;
 *	struct scale_fault fault;
 *	const struct scale_options options = {.kind = SCALE_ZSCORE};
 *	if (scale_fit(&scale, rows, n, n_dims, &options, n_threads, &fault) != SCALE_OK) ...
 *	... rows are scaled now; scale_row(&scale, row) scales others alike ...
 *	scale_release(&scale);
 *
 * A feature x, or log(1 + x) where asked, becomes weight * (x - centre) / spread:
 *
 *	SCALE_ZSCORE	centre is the mean, spread the sample standard deviation (n - 1)
 *	SCALE_MINMAX	centre is the smallest value, spread the largest less the smallest
 *	SCALE_ROBUST	centre is the median, spread the distance of the quartiles, by type 7
 *	SCALE_NONE	centre is 0, spread 1
 *
 * Sums are exact and the variance is taken about the mean, so that the order of the rows changes no
 * byte; neither does a factor of a power of two, except with SCALE_NONE and with the logarithm.
 */
#ifndef ANALYTICS_SCALE_H
#define ANALYTICS_SCALE_H

#include <stdbool.h>
#include <stddef.h>

enum scale_kind { SCALE_ZSCORE, SCALE_MINMAX, SCALE_ROBUST, SCALE_NONE };

enum scale_status {
	SCALE_OK,
	SCALE_NOT_FINITE, /* a NaN or an infinity */
	SCALE_NEGATIVE,   /* a negative value where the logarithm is asked */
	SCALE_TOO_LARGE, /* a magnitude beyond SCALE_LARGEST, the squares of which could overflow */
	SCALE_NO_SPREAD, /* SCALE_ROBUST: the quartiles are equal, though not all values are */
};

#define SCALE_LARGEST 1e140

/* Where the first bad value is, counted from 0; row means nothing with SCALE_NO_SPREAD. */
struct scale_fault {
	size_t row, dim;
};

struct scale_options {
	enum scale_kind kind;
	const bool *logs;      /* n_dims; NULL: none */
	const double *weights; /* n_dims, above 0; NULL: all 1 */
};

struct scale_feature {
	bool log;
	double centre, spread; /* spread is 0 when the feature is constant: it becomes 0 */
	double weight;
};

struct scale {
	size_t n_dims;
	struct scale_feature *features;
};

/* rows is n x n_dims, row-major, n at least 1; they become the scaled ones, or, on failure,
 * useless. On failure there is nothing to release. */
enum scale_status scale_fit(struct scale *scale, double *rows, size_t n, size_t n_dims,
	const struct scale_options *options, unsigned n_threads, struct scale_fault *fault);
void scale_release(struct scale *scale);

/* Scales one more row in place; fault->row is left alone. */
enum scale_status scale_row(const struct scale *scale, double *row, struct scale_fault *fault);

/* Whether all values of a feature are equal, so that it says nothing about any customer. */
bool scale_is_constant(const struct scale *scale, size_t dim);

#endif

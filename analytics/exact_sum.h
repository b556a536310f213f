/* Sums that do not depend on the order of their terms, nor on what was added and taken away again.
 *
 *	struct exact_grid grid = exact_grid(largest, n);
 *	struct exact_sum sum = {0};
 *	exact_add(&sum, grid, x);
 *	exact_part(&sum, exact_term(grid, x));
 *	mean = exact_value(sum) / n;
 *
 * Each term is rounded to a grid so coarse that sums of the roundings have no bits to lose, and
 * what was cut off to a second, finer one: the additions are then exact, so any order, any
 * partition among threads and any vector unit gives the same bytes (Rump 2009, "Ultimately fast
 * accurate summation"; Demmel and Nguyen 2015, "Parallel reproducible summation"). What lies below
 * the second grid is lost: with n terms, largest * n^2 / 2^101 or so of each, which for a million
 * terms is 2^-61 of the largest.
 */
#ifndef ANALYTICS_EXACT_SUM_H
#define ANALYTICS_EXACT_SUM_H

#include <stddef.h>

/* Adding and subtracting one of these rounds to its grid. Sums of what is rounded to the coarse one
 * are exact as well, and lack half a step of it, largest * n / 2^51, of each term at most. */
struct exact_grid {
	double coarse, fine;
};

struct exact_sum {
	double coarse, fine;
};

/* For sums of at most n terms, up to 2^32, of magnitude at most largest, up to 1e300. Partial sums
 * may reach four times that. */
struct exact_grid exact_grid(double largest, size_t n);

/* A sum of one term. */
static inline struct exact_sum exact_term(struct exact_grid grid, double x)
{
	double coarse = (x + grid.coarse) - grid.coarse;
	double fine = ((x - coarse) + grid.fine) - grid.fine;
	return (struct exact_sum){.coarse = coarse, .fine = fine};
}

/* Joining adds another sum of the same grid, parting takes it away. */
static inline void exact_join(struct exact_sum *sum, struct exact_sum other)
{
	sum->coarse += other.coarse;
	sum->fine += other.fine;
}

static inline void exact_part(struct exact_sum *sum, struct exact_sum other)
{
	sum->coarse -= other.coarse;
	sum->fine -= other.fine;
}

static inline void exact_add(struct exact_sum *sum, struct exact_grid grid, double x)
{
	exact_join(sum, exact_term(grid, x));
}

static inline double exact_value(struct exact_sum sum)
{
	return sum.coarse + sum.fine;
}

#endif

#include "analytics/exact_sum.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

/* 1.5 * 2^52 steps of 2^exponent: adding it leaves no bits below the step, for terms of up to 2^51
 * steps. No step is finer than the smallest double. */
static double rounder(int exponent)
{
	return ldexp(1.5, exponent + 52 > -1022 ? exponent + 52 : -1022);
}

struct exact_grid exact_grid(double largest, size_t n)
{
	assert(n <= UINT32_MAX && largest <= 1e300);
	int bits_of_term, bits_of_n = 0;
	frexp(largest, &bits_of_term);
	while (n >> bits_of_n > 0)
		bits_of_n++;
	/* 4 n terms below 2^bits_of_term fit 53 bits counted from the step up. */
	int coarse = bits_of_term + bits_of_n + 2 - 53;
	/* What the first grid leaves of a term is half a step at most. */
	int fine = coarse - 1 + bits_of_n + 2 - 53;
	return (struct exact_grid){.coarse = rounder(coarse), .fine = rounder(fine)};
}

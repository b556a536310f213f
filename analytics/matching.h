/* Pairs each of k points with one of k others, so that the squares of the distances within the
 * pairs add up to as little as they can: which cluster of today is which of yesterday.
 *
 *	size_t partners[k];
 *	matching_nearest(partners, old_centres, new_centres, k, n_dims);
 *	... new centre partners[c] is what has become of old centre c ...
 *
 * Joining the nearest two first, then the next, is something else: what is left for the last may
 * lie anywhere. On a line, with 0 and 3 of old and 2 and 6 of new, 3 would take 2, at a square of
 * 1, and 0 be left with 6, at 36; the best pairs are 0 with 2 and 3 with 6, 4 + 9.
 *
 * It is the assignment problem (Kuhn 1955, "The Hungarian method"; Munkres 1957), solved by
 * shortest augmenting paths (Jonker and Volgenant 1987, "A shortest augmenting path algorithm for
 * dense and sparse linear assignment problems"). The time grows with k^3 at worst, and with k^2
 * where most points have a nearest one that no other wants; memory with k. Of several best pairings
 * it is always the same, for the same lists.
 */
#ifndef ANALYTICS_MATCHING_H
#define ANALYTICS_MATCHING_H

#include <stddef.h>

/* Sets k partners, each of 0 to k - 1 once; one and other are k x n_dims, k at least 1. */
void matching_nearest(
	size_t *partners, const double *one, const double *other, size_t k, size_t n_dims);

#endif

/* Where k-means starts from: greedy k-means++.
 *
 *	struct random random = random_stream(seed, start);
 *	seeding_choose(&thinned, k, &random, crew, centres);
 *
 * The points are those that stand for all (analytics/thinned.h), each as often as it counts. The
 * first centre is one of them drawn by its weight. For each further one, 2 + ln k points are drawn
 * with probabilities proportional to their squared distance from the nearest centre so far, and
 * the one that leaves the smallest sum of squares is kept (Arthur and Vassilvitskii 2007,
 * "k-means++: the advantages of careful seeding"; the greedy variant is theirs, section 7, and
 * scikit-learn's). Beyond 131,072 points, the sums that decide between them are those of a sample
 * of so many.
 *
 * What is drawn depends on the points, k and the random stream only: neither on the order of the
 * rows nor on the number of threads.
 */
#ifndef ANALYTICS_SEEDING_H
#define ANALYTICS_SEEDING_H

#include <stddef.h>

#include "analytics/random.h"
#include "analytics/thinned.h"
#include "base/crew.h"

/* Sets centres, k x n_dims, to k distinct points; there must be so many. */
void seeding_choose(const struct thinned *thinned, size_t k, struct random *random,
	struct crew *crew, double *centres);

#endif

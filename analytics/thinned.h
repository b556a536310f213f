/* Few points that stand for many, with weights: what k-means draws its first centres from.
 *
 *	struct thinned thinned;
 *	thinned_init(&thinned, &points, &spread, k, n_threads);
 *	... the point at a place of thinned.points counts thinned.weights[place] times ...
 *	thinned_release(&thinned);
 *
 * Up to POINTS_FEW points stand for themselves. Of more, those with small hashes are kept, some
 * 65,000, or 64 for each of k centres where that is more; each stands for as many as it is one of.
 * Points far out, of which few can weigh much, are all kept and stand for themselves: those whose
 * squared distance from the mean is more than 16 times the mean one (of n points there are at most
 * n / 16). Which are kept is up to the points, not to their order. A sum of squared distances has
 * a standard error of at most 4 / sqrt(65,000), less than 2 %, of the mean one times n (compare
 * the samples of Bachem, Lucic and Krause 2018, "Scalable k-means clustering via lightweight
 * coresets").
 *
 * A hash keeps or drops points that are just alike together. So where a point has, on average, more
 * than one twin, all points are kept.
 */
#ifndef ANALYTICS_THINNED_H
#define ANALYTICS_THINNED_H

#include <stddef.h>

#include "analytics/points.h"
#include "analytics/spread.h"

struct thinned {
	const struct points *points; /* in order; at least k are distinct if so many were */
	double *weights;             /* by place, to the end of the last block; 1 or heaviest */
	double heaviest;
	struct points own; /* them, unless they are those that were given */
};

/* points must outlive it, spread is not needed afterwards, and not looked at for few points. */
void thinned_init(struct thinned *thinned, const struct points *points, const struct spread *spread,
	size_t k, unsigned n_threads);
void thinned_release(struct thinned *thinned);

#endif

/* A way out of where a search of k-means got stuck: take one centre away and set one elsewhere.
 *
 *	struct swap swap;
 *	swap_init(&swap, &points, kmeans.centres, k, n_threads);
 *	struct random random = random_stream(seed, number);
 *	swap_draw(&swap, &random, centres);
 *	swap_release(&swap);
 *
 * The new centre is a point drawn with probabilities proportional to the squared distances from
 * the nearest centre; the one that goes is the one that is missed least, when its points may go to
 * the new centre or to their second nearest (Lattanzi and Sohler 2019, "A better k-means++
 * algorithm via local search"; Fränti 2018, "Efficiency of random swap clustering").
 */
#ifndef ANALYTICS_SWAP_H
#define ANALYTICS_SWAP_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/points.h"
#include "analytics/random.h"

struct swap {
	const struct points *points; /* borrowed */
	size_t k;
	double *centres;          /* k x n_dims */
	uint16_t *labels;         /* by place: the nearest centre */
	double *nearest, *second; /* by place: squared distances */
	double total;             /* of nearest */
};

void swap_init(struct swap *swap, const struct points *points, const double *centres, size_t k,
	unsigned n_threads);
void swap_release(struct swap *swap);

/* Sets centres, k x n_dims, to those of swap with one replaced. Safe to call from several threads
 * with a random stream each. */
void swap_draw(const struct swap *swap, struct random *random, double *centres);

#endif

/* The interval of a proportion: successes of trials -> low, high.
 *
 * Wilson's score interval inverts the test of the proportion: it stays inside 0 and 1 and is of
 * use also for 0 of 20, where p +- z se has no width. With p = successes / trials:
 *
 *	(p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
 *
 * Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.
 */
#ifndef ANALYTICS_PROPORTION_H
#define ANALYTICS_PROPORTION_H

#include <stdint.h>

struct interval {
	double low, high; /* both NaN when unknown */
};

/* The standard normal deviate that leaves (1 - confidence) / 2 on either side: 1.96 for 0.95. */
double normal_deviate(double confidence);

/* z is normal_deviate(confidence). No trials: unknown. 0 <= successes <= trials. */
struct interval wilson_interval(int64_t successes, int64_t trials, double z);

#endif

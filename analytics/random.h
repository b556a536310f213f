/* Random numbers that are a function of a seed and of what they are for, so that starts, trials and
 * replicates can be drawn in any order and by any thread.
 *
 *	struct random random = random_stream(seed, start);
 *	size_t i = random_below(&random, n);
 *
 * The generator is splitmix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
 * generators"): 2^64 numbers a stream, far more than are drawn here.
 */
#ifndef ANALYTICS_RANDOM_H
#define ANALYTICS_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;
};

struct random random_stream(uint64_t seed, uint64_t number);
uint64_t random_bits(struct random *random);
double random_uniform(struct random *random);                 /* in [0, 1), in steps of 2^-53 */
uint64_t random_below(struct random *random, uint64_t bound); /* in [0, bound), without bias */

#endif

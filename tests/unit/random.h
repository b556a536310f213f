/* For property tests: numbers that a seed fixes, and values that end where their memory ends.
 *
 *	struct text value = at_the_end(bytes, n);
 *	... (* the address sanitizer sees a read behind value *)
 *	forget(value);
 */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
	return z ^ (z >> 31);
}

/* 0 to n - 1; the modulus is as even as a test needs. */
static inline size_t random_below(uint64_t *state, size_t n)
{
	return (size_t)(random_next(state) % n);
}

static inline struct text at_the_end(const char *bytes, size_t n)
{
	char *copy = calloc(n > 0 ? n : 1, 1);
	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, bytes, n);
	/* Nothing may be read of an empty value, not even its one byte of memory. */
	return (struct text){n > 0 ? copy : copy + 1, n};
}

static inline void forget(struct text value)
{
	free((char *)(uintptr_t)(value.length > 0 ? value.at : value.at - 1));
}

#endif

/* The same work for many numbers, on several threads.
 *
 *	static void square(void *context, size_t i) { ((double *)context)[i] *= ...; }
 *	parallel_for(n_threads, n, square, values);
 *
 * Which thread does which number is left open, so the work for one must not depend on another's.
 * Where a thread cannot be had, the others do its part. Returns when all is done.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <stddef.h>

void parallel_for(
	unsigned n_threads, size_t n, void (*work)(void *context, size_t i), void *context);

#endif

/* Work on many items in a fixed number of chunks, by any number of threads.
 *
 *	struct partial { double sum; } partials[CHUNKS];
 *	static void add(void *context, size_t chunk, size_t from, size_t to) { ... }
 *	chunks_run(add, &work, n, threads);
 *	for (size_t i = 0; i < CHUNKS; i++)
 *		sum += partials[i].sum;
 *
 * Where a chunk begins and ends depends on the number of items alone, each chunk is one thread's,
 * and the caller adds the chunks up in their order: so a sum of doubles has the same last bit
 * however many threads there were.
 */
#ifndef ANALYTICS_CHUNKS_H
#define ANALYTICS_CHUNKS_H

#include <stddef.h>

enum { CHUNKS = 64 };

/* Does items from..to-1, as number chunk. A chunk may be empty (from == to). */
typedef void chunks_work(void *context, size_t chunk, size_t from, size_t to);

/* Calls work once for each of the CHUNKS chunks, on at most threads threads (0 counts as 1), on
 * fewer where each would have less than a few hundred items. */
void chunks_run(chunks_work *work, void *context, size_t n_items, unsigned threads);

#endif

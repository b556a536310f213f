/* Sorts customers by id, bytewise, on several threads.
 *
 *	struct id_reference *references = ...;     who is set
 *	id_sort(references, n, id_of, &table, n_threads);
 *
 * Each reference carries 8 bytes of its id as a number, so that ids are seldom looked up. The
 * first 12 bits from where they differ part them into buckets, and each bucket, small enough for
 * the processor's cache, is sorted by radix on any thread; ids that are alike in all 8 bytes by
 * the 8 that follow, and so on.
 */
#ifndef ANALYTICS_ID_SORT_H
#define ANALYTICS_ID_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct id_reference {
	uint64_t prefix; /* set by id_sort() */
	uint64_t who;    /* the caller's */
};

/* The id of a reference's who; any thread. */
typedef struct text id_of_reference(const void *context, uint64_t who);

/* No two ids are the same. */
void id_sort(struct id_reference *references, size_t n, id_of_reference *id_of, const void *context,
	unsigned n_threads);

#endif

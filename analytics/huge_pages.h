/* Large arrays in huge pages, where the system has them: reading all over an array then misses the
 * address cache far less often, and the first touch of it faults once for 2 MB, not for 4 KB.
 *
 *	double *values = mem_array(n, sizeof(*values));
 *	huge_pages(values, n * sizeof(*values));
 *
 * A wish, not a need: to be said before the first touch, and without effect on small arrays.
 */
#ifndef ANALYTICS_HUGE_PAGES_H
#define ANALYTICS_HUGE_PAGES_H

#include <stddef.h>

void huge_pages(void *memory, size_t n_bytes);

/* count * size bytes as mem_aligned() gives them, at a cache line at least: where they fill huge
 * pages, in whole ones from the first byte to the last. */
void *huge_array(size_t count, size_t size);

#endif

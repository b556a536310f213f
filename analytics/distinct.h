/* Keys, many of them equal -> the distinct ones in order, and the number of each key among them.
 *
 *	uint64_t keys[] = {70, 20, 70};
 *	uint32_t numbers[3];
 *	size_t n_distinct;
 *	uint64_t *distinct = number_distinct(keys, 3, numbers, &n_distinct);
 *	... distinct is {20, 70}, numbers is {1, 0, 1}
 *	mem_free(distinct);
 *
 * Memory and most of the time go with the distinct keys, of which there are at most 2^31.
 */
#ifndef ANALYTICS_DISTINCT_H
#define ANALYTICS_DISTINCT_H

#include <stddef.h>
#include <stdint.h>

/* The result is the caller's to free. */
uint64_t *number_distinct(
	const uint64_t *keys, size_t n_keys, uint32_t *numbers, size_t *n_distinct);

#endif

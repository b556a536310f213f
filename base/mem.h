/* Memory that cannot be had ends the program.
 *
 * An allocation that fails prints "patron: out of memory" and exits with 1, so that no caller
 * carries clean-up for it. Sizes are counted as (count, size) and checked for overflow. What these
 * return is given back with mem_free(), which takes NULL.
 *
 *	struct cell *cells = mem_array(n_columns, sizeof(*cells));
 *	cells = mem_grow(cells, &capacity, needed, sizeof(*cells));
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* count * size bytes, not initialised; never NULL, also for 0 bytes. */
void *mem_array(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* count * size bytes, all zero. */
void *mem_zeroed(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* The array again with room for at least needed elements. *capacity is the room it has, in
 * elements; it at least doubles when it grows, so appending is linear in all. */
void *mem_grow(void *array, size_t *capacity, size_t needed, size_t size);

/* The array again with room for exactly count elements. */
void *mem_resize(void *array, size_t count, size_t size);

/* count * size bytes at an address that is a multiple of alignment, a power of two. */
void *mem_aligned(size_t count, size_t size, size_t alignment);

/* A copy of length bytes with a NUL after them. */
char *mem_text(const char *bytes, size_t length);

/* From here on, asking for more than these bytes in all ends the program with these words. Counted
 * is what these functions gave, not what other libraries hold. Before the first thread. */
void mem_limit(size_t bytes, const char *words);

/* What another library has allocated; NULL ends the program here too. */
void *mem_checked(void *memory);

void mem_free(void *memory);

#endif

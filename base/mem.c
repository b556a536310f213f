#include "base/mem.h"

#ifdef __APPLE__
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Threads may run out together: one of them says so and ends the program, the others wait for it.
 */
static void claim_the_end(void)
{
	static atomic_flag claimed = ATOMIC_FLAG_INIT;
	while (atomic_flag_test_and_set(&claimed))
		pause();
}

static _Noreturn void out_of_memory(size_t count, size_t size)
{
	claim_the_end();
	if (count > 0)
		fprintf(stderr, "patron: out of memory (%zu times %zu bytes asked)\n", count, size);
	else
		fprintf(stderr, "patron: out of memory\n");
	exit(1);
}

/* ---- the bound ---- */

static size_t bound; /* 0: none */
static const char *bound_words;
static atomic_llong in_use; /* less than it is by what was allocated before there was a bound */

void mem_limit(size_t bytes, const char *words)
{
	bound = bytes;
	bound_words = words;
}

static long long size_of(void *memory)
{
#ifdef __APPLE__
	return (long long)malloc_size(memory);
#else
	return (long long)malloc_usable_size(memory);
#endif
}

static void give_back(void *memory)
{
	if (bound > 0 && memory != NULL)
		atomic_fetch_sub(&in_use, size_of(memory));
}

/* Before more is asked for: is it still within the bound? */
static void ask(size_t more)
{
	if (bound == 0)
		return;
	long long used = atomic_load(&in_use);
	if (more <= bound && (used < 0 || (size_t)used <= bound - more))
		return;
	claim_the_end();
	fprintf(stderr, "patron: %s\n", bound_words);
	exit(1);
}

/* Of what malloc() and its like gave. */
static void *take(void *memory, size_t count, size_t size)
{
	if (memory == NULL)
		out_of_memory(count, size);
	if (bound > 0)
		atomic_fetch_add(&in_use, size_of(memory));
	return memory;
}

/* ---- arrays ---- */

static size_t bytes_of(size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory(count, size);
	return bytes > 0 ? bytes : 1;
}

void *mem_array(size_t count, size_t size)
{
	size_t bytes = bytes_of(count, size);
	ask(bytes);
	return take(malloc(bytes), count, size);
}

void *mem_zeroed(size_t count, size_t size)
{
	ask(bytes_of(count, size));
	return take(calloc(count > 0 ? count : 1, size > 0 ? size : 1), count, size);
}

void *mem_resize(void *array, size_t count, size_t size)
{
	size_t bytes = bytes_of(count, size);
	give_back(array);
	ask(bytes);
	return take(realloc(array, bytes), count, size);
}

void *mem_grow(void *array, size_t *capacity, size_t needed, size_t size)
{
	if (needed <= *capacity && array != NULL)
		return array;
	size_t wanted = *capacity < 8 ? 16 : *capacity * 2;
	if (wanted < needed)
		wanted = needed;
	array = mem_resize(array, wanted, size);
	*capacity = wanted;
	return array;
}

void *mem_aligned(size_t count, size_t size, size_t alignment)
{
	void *memory;
	size_t bytes = bytes_of(count, size);
	ask(bytes);
	if (posix_memalign(&memory, alignment, bytes) != 0)
		out_of_memory(count, size);
	return take(memory, count, size);
}

char *mem_text(const char *bytes, size_t length)
{
	char *copy = mem_array(length + 1, 1);
	if (length > 0)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

void *mem_checked(void *memory)
{
	if (memory == NULL)
		out_of_memory(0, 0);
	return memory;
}

void mem_free(void *memory)
{
	give_back(memory);
	free(memory);
}

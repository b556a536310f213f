#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t count, size_t size)
{
	if (count > 0)
		fprintf(stderr, "patron: out of memory (%zu times %zu bytes asked)\n", count, size);
	else
		fprintf(stderr, "patron: out of memory\n");
	exit(1);
}

static size_t bytes_of(size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory(count, size);
	return bytes > 0 ? bytes : 1;
}

void *mem_array(size_t count, size_t size)
{
	void *memory = malloc(bytes_of(count, size));
	if (memory == NULL)
		out_of_memory(count, size);
	return memory;
}

void *mem_zeroed(size_t count, size_t size)
{
	(void)bytes_of(count, size);
	void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
	if (memory == NULL)
		out_of_memory(count, size);
	return memory;
}

void *mem_resize(void *array, size_t count, size_t size)
{
	void *memory = realloc(array, bytes_of(count, size));
	if (memory == NULL)
		out_of_memory(count, size);
	return memory;
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
	if (posix_memalign(&memory, alignment, bytes_of(count, size)) != 0)
		out_of_memory(count, size);
	return memory;
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
	free(memory);
}

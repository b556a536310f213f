/* Where a row stands, in one number: the file's number and the line. The smaller place comes
 * first in the input, whichever thread met it first. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum { PLACE_LINE_BITS = 40 };

#define PLACE_NONE UINT64_MAX /* behind all others */

static inline uint64_t place_of(size_t file, int64_t line)
{
	assert(file < (size_t)1 << (64 - PLACE_LINE_BITS) && line >= 0 &&
		line < (int64_t)1 << PLACE_LINE_BITS);
	return (uint64_t)file << PLACE_LINE_BITS | (uint64_t)line;
}

static inline size_t place_file(uint64_t place)
{
	return (size_t)(place >> PLACE_LINE_BITS);
}

static inline int64_t place_line(uint64_t place)
{
	return (int64_t)(place & (((uint64_t)1 << PLACE_LINE_BITS) - 1));
}

#endif

/* Whether a long text is UTF-8, 32 bytes at a time where the machine has AVX2.
 *
 *	if (utf8_blocks_valid(bytes, n))
 *		return true;               else it is not, or nothing is known: look byte by byte
 *
 * It reads no byte but those n. io/encoding.c, which says where a text is wrong, asks here first.
 * Ten million rows of 77 bytes, a third of them with some Chinese or an umlaut: 0.06 s of processor
 * time instead of 0.13 s, as there is no branch that the text decides.
 */
#ifndef IO_UTF8_BLOCKS_H
#define IO_UTF8_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

bool utf8_blocks_valid(const char *bytes, size_t n);

#endif

/* Eight or four bytes of text as one number, the first byte lowest on any machine; at need not be
 * aligned, but all the bytes must be there. What the readers, the ids and the writers compare, take
 * apart and copy a word at a time:
 *
 *	load8("00000001") == 0x3130303030303030
 */
#ifndef BASE_LOAD_H
#define BASE_LOAD_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t load8(const void *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static inline void store8(void *at, uint64_t word)
{
	word = htole64(word);
	memcpy(at, &word, sizeof(word));
}

static inline uint32_t load4(const void *at)
{
	uint32_t word;
	memcpy(&word, at, sizeof(word));
	return le32toh(word);
}

#endif

/* Sizes as people write them: 500, 64K, 32M, 2G. K, M, G and T are 1024 of the one before.
 *
 *	int64_t bytes;
 *	size_read("32M", &bytes);	true, 33554432
 *	size_write(33554432, room);	"32M"
 */
#ifndef CMD_SIZE_H
#define CMD_SIZE_H

#include <stdbool.h>
#include <stdint.h>

enum { SIZE_ROOM = 24 };

/* A whole number, and one unit or none. False: text is something else, or more than int64_t holds.
 */
bool size_read(const char *text, int64_t *bytes);

/* In the largest unit that leaves a whole number. Returns room. bytes >= 0. */
const char *size_write(int64_t bytes, char room[SIZE_ROOM]);

#endif

/* The raw deflate stream (RFC 1951) between a gzip header and its trailer, by ISA-L where it was
 * found at build time, else by zlib.
 *
 *	taken = input left, given = room left;
 *	status = inflater_step(inflater, input, &taken, room, &given);
 */
#ifndef IO_INFLATER_H
#define IO_INFLATER_H

#include <stddef.h>

struct inflater;

enum inflate_status {
	INFLATE_MORE,   /* wants more input, or more room */
	INFLATE_END,    /* the stream ended; input after it was not taken */
	INFLATE_DAMAGED /* not a deflate stream */
};

struct inflater *inflater_open(void);
void inflater_reset(struct inflater *inflater); /* before each stream */

/* *taken and *given: on entry what there is, on return what was used. */
enum inflate_status inflater_step(struct inflater *inflater, const unsigned char *input,
	size_t *taken, unsigned char *room, size_t *given);
/* After INFLATE_END: how many of the bytes taken last were not the stream's. They are to be read
 * again. */
size_t inflater_unread(const struct inflater *inflater);

void inflater_close(struct inflater *inflater);
const char *inflater_library(void); /* name and version, for --version */

#endif

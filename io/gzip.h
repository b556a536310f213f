/* gzip (RFC 1952): members one after the other, each header and trailer read and checked here, the
 * deflate stream between them by the inflater the program was built with.
 *
 * The header and the trailer are our own, so that every inflater gives the same answers: a file
 * that ends early, a wrong CRC or length, reserved header flags, and anything but zero bytes after
 * the last member are errors (ERROR_DATA) that name the file. Trailing zeros are padding, as gzip
 * itself has it.
 */
#ifndef IO_GZIP_H
#define IO_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/raw.h"

struct gzip;

struct gzip *gzip_open(void);

/* Fills room with up to capacity bytes; *length 0 means the end of the last member. */
bool gzip_read(struct gzip *gzip, struct raw *raw, char *room, size_t capacity, size_t *length,
	struct error *err);

/* What was compressed, of the members that are through. */
struct gzip_text {
	int64_t bytes;
	uint32_t crc;
};
struct gzip_text gzip_text(const struct gzip *gzip);

void gzip_close(struct gzip *gzip); /* takes NULL */

#endif

/* Zstandard frames (RFC 8878), one after the other, through libzstd. A build without libzstd has
 * these too: zstd_open() then fails and says so. */
#ifndef IO_ZSTD_H
#define IO_ZSTD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/raw.h"

struct zstd;

struct zstd *zstd_open(const char *name, struct error *err);

/* As gzip_read(): *length 0 is the end of the last frame; truncated and damaged are ERROR_DATA. */
bool zstd_read(struct zstd *zstd, struct raw *raw, char *room, size_t capacity, size_t *length,
	struct error *err);
/* Whether a frame that was read to its end had no checksum of its content, as the zstd command
 * writes by default; libraries often leave it out. */
bool zstd_is_unchecked(const struct zstd *zstd);
void zstd_close(struct zstd *zstd); /* takes NULL */
const char *zstd_library(void);     /* name and version, or NULL when it is not built in */

#endif

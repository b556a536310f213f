/* One input -> plain UTF-8 text, whatever it is wrapped in.
 *
 * The compression is told by the first bytes (gzip, zstd, or none), on files and standard input
 * alike; another encoding than UTF-8 is converted; a UTF-8 byte order mark at the start is dropped.
 *
 *	struct source *source = source_open("orders.csv.gz", NULL, err);
 *	do
 *		if (!source_read(source, room, sizeof(room), &length, err))
 *			break;
 *	while (length > 0);
 *	source_close(source);
 *
 * Not thread-safe: one thread at a time reads a source.
 */
#ifndef IO_SOURCE_H
#define IO_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct source_facts {
	enum compression compression;
	int64_t bytes;      /* as stored, read so far */
	uint32_t crc;       /* CRC-32 of them */
	int64_t text_bytes; /* the same of what they are when they are not compressed */
	uint32_t text_crc;
	bool unchecked; /* nothing in it says whether what it gave is what was put in */
};

struct source;

/* path "-" is standard input, which messages call <stdin>. encoding NULL is UTF-8. Errors:
 * ERROR_SYSTEM when the file cannot be opened, ERROR_USAGE for an unknown encoding. */
struct source *source_open(const char *path, const char *encoding, struct error *err);

/* Fills room with up to capacity bytes; fewer only at the end, and *length 0 after it.
 * ERROR_SYSTEM: cannot be read; ERROR_DATA: truncated, damaged, or a kind that is not read. */
bool source_read(
	struct source *source, char *room, size_t capacity, size_t *length, struct error *err);

struct source_facts source_facts(const struct source *source);
const char *source_name(const char *path);
const char *compression_name(enum compression compression);
void source_close(struct source *source); /* takes NULL */

#endif

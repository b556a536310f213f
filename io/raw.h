/* The bytes of a file or of standard input as they are stored: counted, with their CRC-32.
 *
 * The decompressors take from it through a window, bytes[position .. end), and raw_fill() moves
 * the window on:
 *
 *	while (raw_fill(raw, err) && raw->position < raw->end)
 *		raw->position += consume(raw->bytes + raw->position, raw->end - raw->position);
 */
#ifndef IO_RAW_H
#define IO_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"

/* How many bytes can be given back with raw_unread(), also across windows; and of what the address
 * of a room that is read into should be a multiple. malloc() puts large blocks 16 bytes into a
 * page, which is the worst place there is: copying a page there that the kernel holds takes five
 * times as long on AMD's Zen 3 (774 MB in 0.44 s instead of 0.09 s), as each load waits for a store
 * whose address differs by less than 32 bytes modulo a page. */
enum { RAW_KEPT = 16, RAW_ALIGNMENT = 4096 };

struct raw {
	const char *name;     /* for messages; borrowed */
	int fd;               /* owned unless it is standard input */
	unsigned char *room;  /* owned: RAW_KEPT bytes of the window before, then the window */
	unsigned char *bytes; /* the window */
	size_t position, end;
	bool at_end;  /* nothing comes after the window */
	bool is_file; /* a regular one, of which these two were known when it was opened */
	int64_t file_size;
	struct timespec changed;
	int64_t size;
	uint32_t crc;
};

/* path "-" is standard input. name is what messages call it and must outlive raw. */
bool raw_open(struct raw *raw, const char *path, const char *name, struct error *err);

/* When the window is empty, reads the next piece; an empty window afterwards means the end, where a
 * file that was written to since it was opened is an error: ERROR_SYSTEM. */
bool raw_fill(struct raw *raw, struct error *err);

/* Before anything was taken: reads until the window has n bytes (a few), or all there are. */
bool raw_peek(struct raw *raw, size_t n, struct error *err);

/* Reads straight into room, past the window, which is empty; *length 0 is the end. */
bool raw_read(struct raw *raw, char *room, size_t capacity, size_t *length, struct error *err);

/* Takes one byte; false with *got unset at the end of the file. */
bool raw_byte(struct raw *raw, unsigned char *byte, bool *got, struct error *err);

/* Gives back the last n bytes taken, at most RAW_KEPT. */
void raw_unread(struct raw *raw, size_t n);

/* Idempotent on zeroed memory. */
void raw_release(struct raw *raw);

#endif

/* Where bytes go: reports, rejects, manifests, cuts.
 *
 *	struct output *out = output_open("report.csv.gz", err);
 *	bool done = out != NULL && output_write(out, bytes, n, err);
 *	if (!done)
 *		output_discard(out);
 *	else
 *		done = output_close(out, err);
 *
 * Half a file is never left behind. A path is written under a random name beside it and renamed
 * when output_close() has every byte on the disk, so that a reader sees the old file or the new
 * one. An existing file keeps its mode, and its owner where that is allowed; one that is
 * write-protected is refused; a symbolic link is replaced, never followed. What is not a regular
 * file, a FIFO or /dev/null, is written straight, and so are NULL and "-" (standard output),
 * /dev/stdout, /dev/stderr and /dev/fd/N.
 *
 * A path that ends in .gz is compressed; the same bytes always give the same file.
 *
 * Failures are ERROR_SYSTEM with the path and the system's reason, but for a standard output whose
 * reader went away, which is ERROR_PIPE; an output that has failed once only fails from then on.
 * SIGXFSZ must be ignored for a file-size limit to be such a failure, and SIGPIPE for a closed
 * pipe. One thread at a time may use an output.
 */
#ifndef IO_OUTPUT_H
#define IO_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct output;

struct output *output_open(const char *path, struct error *err);
/* Whether it can be opened, as far as can be seen without making a file; the error is its. */
bool output_check(const char *path, struct error *err);
/* Bytes may be held back until 256 KiB are there, or until output_close(). */
bool output_write(struct output *out, const void *bytes, size_t n, struct error *err);
/* Puts every byte on the disk; output_close() then has only to rename. Nothing is written after. */
bool output_complete(struct output *out, struct error *err);
/* Completes the output and puts it in its place; frees it also when that fails. */
bool output_close(struct output *out, struct error *err);
/* Gives up: bytes held back are dropped and no file is left. Takes NULL. */
void output_discard(struct output *out);

bool output_is_terminal(const struct output *out);

/* Removes the files that are open under a random name. Safe in a signal handler, after which the
 * process must end; runs at exit() by itself. */
void output_unlink_temporaries(void);

#endif

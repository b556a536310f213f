/* The names of a file's columns, from its first bytes alone, whatever it is compressed with: for
 * those who only want to know what is there.
 *
 *	struct header header;
 *	if (header_read(&header, "orders.csv.gz", NULL, 0, err))
 *		for (size_t i = 0; i < header.n_names; i++)
 *			show(header.names[i]);
 *	header_release(&header);
 */
#ifndef IO_HEADER_H
#define IO_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct header {
	const struct text *names;
	size_t n_names;
	struct csv *csv; /* which the names belong to */
};

/* encoding NULL: UTF-8; delimiter 0: as the header tells. Errors: those of io/source.h and
 * csv_header(), and ERROR_DATA for a header beyond 1 MiB. */
bool header_read(struct header *header, const char *path, const char *encoding, char delimiter,
	struct error *err);

/* Idempotent on zeroed memory. */
void header_release(struct header *header);

#endif

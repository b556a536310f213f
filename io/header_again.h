/* A header in mid-stream, as `zcat *.gz | patron ...` makes them: no row, skipped and counted.
 *
 * A row of transactions that is one shows itself by a date that is none, so that only such rows
 * need be compared: is_header_again(). The rows of other tables have no such sign, and are compared
 * byte by byte: is_header_as_it_stood().
 */
#ifndef IO_HEADER_AGAIN_H
#define IO_HEADER_AGAIN_H

#include <stdbool.h>

#include "io/record.h"

/* Whether the record has the header's names, quoted or not. The same names in another order set
 * record->err as well: what follows cannot be read with the columns of the header. */
bool is_header_again(const struct record *record);

/* Whether the record is the header's very bytes. */
bool is_header_as_it_stood(const struct record *record);

#endif

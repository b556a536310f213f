/* Numbers whose thousands are grouped, without the separators.
 *
 *	char room[GROUPED_ROOM];
 *	struct text plain;
 *	grouped_plain(TEXT(","), TEXT("-1,234.5e3"), room, &plain)     true, -1234.5e3
 *	grouped_plain(TEXT(","), TEXT("1,23"), room, &plain)           false: 1,23 is not 123
 *
 * Groups have exactly three digits, and the first does not begin with 0. A blank as the separator
 * stands for any blank of io/encoding.h, an apostrophe also for U+2019.
 */
#ifndef IO_GROUPED_H
#define IO_GROUPED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum { GROUPED_ROOM = 128 };

/* Bytes of the separator at the start of text, 0 when there is none; of length 0, it is nowhere. */
size_t grouped_separator(struct text separator, struct text text);

/* What is not grouped is left as it is: *plain is then number, else it lies in room. False for
 * groups of another length, and for a grouped number that is longer than room. */
bool grouped_plain(
	struct text separator, struct text number, char room[GROUPED_ROOM], struct text *plain);

#endif

/* Doubles as decimal text, whatever the locale.
 *
 *	char room[REAL_ROOM];
 *	real_write(0.1 + 0.2, REAL_SHORTEST, room)   0.30000000000000004
 *	real_write(1.0 / 3, 4, room)                 0.3333
 *	real_write(0.5, 4, room)                     0.5
 *	real_write_padded(0.5, 4, room)              0.5000
 *	real_write(12345.6, 4, room)                 12346
 *
 * The shortest text is the one with the fewest digits that reads back the same double, and the
 * nearest to it of those (Giulietti 2020, "The Schubfach way to render doubles"). Significant
 * digits are rounded from the exact value, ties to even; digits before the point are never
 * replaced by zeros. Values below 1e-6 and from 1e21 have an exponent (1.5e-7), as in JSON made by
 * JavaScript; every text is a number to JSON, strtod and R. Minus zero is written 0.
 *
 * Both write into room without a NUL and return the length. NaN and infinity are bugs of the
 * caller. Safe in several threads.
 */
#ifndef IO_REAL_H
#define IO_REAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum { REAL_SHORTEST = -1, REAL_MAX_DIGITS = 17, REAL_ROOM = 32 };

/* digits: REAL_SHORTEST, or 1 to REAL_MAX_DIGITS significant ones without zeros at the end. */
size_t real_write(double value, int digits, char *room);

/* With zeros at the end, up to the significant digits: for columns read by people. */
size_t real_write_padded(double value, int digits, char *room);

/* Reads a whole text as a finite number: 12, -0.5, 1.5e-7; with decimal ',' also 0,5. No NaN, no
 * infinity, no hexadecimal digits, no blanks. */
bool real_read(struct text text, char decimal, double *value);

#endif

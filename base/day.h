/* Days: an int32 count of days since 1970-01-01 in the proleptic Gregorian calendar, from
 * 0001-01-01 to 9999-12-31. No clock, no time zone, no locale.
 *
 *	int32_t day;
 *	if (day_from_civil(2024, 2, 29, &day)) ...
 *
 * The two conversions count years from March, so that the leap day comes last: the days before a
 * month are then (153 m + 2) / 5 (Richards 2013, "Calendars", Explanatory Supplement to the
 * Astronomical Almanac, ch. 15).
 */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { DAY_FIRST = -719162, DAY_LAST = 2932896 }; /* 0001-01-01 and 9999-12-31 */

struct civil {
	int year, month, day; /* 1 to 9999, 1 to 12, 1 to 31 */
};

/* False when there is no such day: 2023-02-29, month 13, year 0. */
bool day_from_civil(int year, int month, int day, int32_t *result);
struct civil day_to_civil(int32_t day);
int day_weekday(int32_t day); /* 0 is Monday, 6 is Sunday: ISO 8601 less one */
int days_in_month(int year, int month);

enum { DAY_TEXT_SIZE = 11 };
/* Writes YYYY-MM-DD and a NUL into room; returns room. */
const char *day_write(int32_t day, char *room);

/* Reads exactly YYYY-MM-DD: what options take. */
bool day_read(struct text text, int32_t *day);

#endif

/* A date's value taken apart, step by step: what date_read() does when no quick way fits, and what
 * the words about a bad date are made from. Only the date_*.c files use it.
 *
 *	struct date_parts parts;
 *	int32_t day;
 *	date_parts_read(&format, TEXT("2023-02-29"), &parts, &day);
 *	(* DATE_NO_SUCH_DAY; parts.year 2023, parts.month 2, parts.day 29 *)
 */
#ifndef IO_DATE_PARTS_H
#define IO_DATE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/text.h"
#include "io/dates.h"

/* What a value holds before it is judged. */
struct date_parts {
	int year, month, day;
	int hour, minute, second;
	bool half; /* AM or PM: hours are 1 to 12 */
	bool since_epoch;
	int64_t epoch_day; /* of %s */
};

/* Where reading stands in a value. */
struct cursor {
	const char *at, *end;
};

static inline struct cursor cursor_of(struct text value)
{
	return (struct cursor){value.at, value.at + value.length};
}

struct text cursor_rest(struct cursor cursor);
size_t cursor_count_digits(struct cursor cursor);
bool cursor_skip_blanks(struct cursor *cursor);

/* A month's name, in full or its first three letters, or Sept; 1 to 12. */
bool cursor_read_month(struct cursor *cursor, int *month);

/* Reads a whole value, blanks around it left out. parts holds what was read, also where it is not a
 * day or a time that exists; *day is set when the status is DATE_OK. */
enum date_status date_parts_read(const struct date_format *format, struct text value,
	struct date_parts *parts, int32_t *day);

/* Reads a date by a format that has steps from the start of a value; after stands behind it. */
enum date_status date_parts_start(const struct date_format *format, struct text value,
	struct date_parts *parts, struct cursor *after);

static inline enum date_status day_of_date(int year, int month, int day, int32_t *result)
{
	if (year == 0)
		return DATE_OUT_OF_RANGE;
	return day_from_civil(year, month, day, result) ? DATE_OK : DATE_NO_SUCH_DAY;
}

#endif

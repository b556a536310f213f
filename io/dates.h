/* Dates as exports write them -> days (base/day.h).
 *
 * A format is compiled once and then only read, so that any number of threads may share it;
 * date_read() allocates nothing and takes a few nanoseconds for YYYY-MM-DD.
 *
 *	struct date_format format;
 *	if (!date_format_compile(&format, "%d/%m/%Y", err))
 *		return false;
 *	enum date_status status = date_read(&format, TEXT("13/01/2010 08:26"), &day);
 *	if (status != DATE_OK)
 *		date_explain(&format, value, &words); (* "date '...' is not ... (use ...?)" *)
 *
 * Without a format (NULL) ISO 8601 calendar dates are read: YYYY-MM-DD or YYYYMMDD, alone or
 * followed by 'T', 't' or one blank and a time (HH:MM, HH:MM:SS, a fraction of the seconds after
 * '.' or ','; after YYYYMMDD also HHMM and HHMMSS), AM or PM, and a zone (Z, UTC, +HH, +HHMM,
 * +HH:MM; also after a blank). An hour may have one digit.
 *
 * A format has these conversions, in English whatever the locale:
 *
 *	%Y four digits          %y two digits: 69 to 99 are 19yy, 00 to 68 are 20yy (POSIX)
 *	%m %d one or two digits %b %B the month's name, in full or its first three letters
 *	                        (or Sept)
 *	%H %I one or two digits %M two digits   %S two digits and perhaps a fraction
 *	%p AM or PM             %z Z, UTC, +HH, +HHMM, +HH:MM
 *	%s seconds since 1970-01-01 00:00 UTC   %% a percent sign
 *
 * Numbers that touch (%Y%m%d) have two digits, as 2023111 could be read twice. A blank in the
 * format stands for one or more blanks, any other byte for itself. A format without a time
 * accepts a time after the date.
 *
 * The result is the calendar day as written: the time is checked (24:00 is the end of that day,
 * :60 a leap second) and then forgotten, the zone is not converted.
 */
#ifndef IO_DATES_H
#define IO_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

enum date_status {
	DATE_OK,
	DATE_EMPTY,        /* nothing, or blanks only */
	DATE_SHAPE,        /* not of the format */
	DATE_NO_SUCH_DAY,  /* 2023-02-29, month 13 */
	DATE_NO_SUCH_TIME, /* 25:00 */
	DATE_OUT_OF_RANGE, /* before 0001-01-01 or after 9999-12-31 */
};

enum { DATE_FORMAT_SIZE = 64 }; /* the longest format, with its NUL */

struct date_step {
	char conversion; /* the letter after %, ' ' for blanks, 0 for the byte itself */
	char literal;
	bool two_digits; /* a number beside it: one digit will not do */
};

struct date_format {
	char text[DATE_FORMAT_SIZE]; /* as given; "" for ISO 8601 */
	bool has_time;
	bool quick; /* %d, %m and %Y in some order, then perhaps %H:%M or %H:%M:%S */
	bool quick_seconds;
	bool has_fraction; /* %S takes a fraction: the format does not go on with '.' or ',' */
	size_t n_steps;
	struct date_step steps[DATE_FORMAT_SIZE];
};

/* Compiles text, or ISO 8601 for NULL. ERROR_USAGE with the conversions that are understood when
 * one is unknown, a field is there twice, or year, month or day is missing. */
bool date_format_compile(struct date_format *format, const char *text, struct error *err);

/* *day is set when the status is DATE_OK. Blanks around the value do not matter. */
enum date_status date_read(const struct date_format *format, struct text value, int32_t *day);

/* The reason in a few words that do not hold the value, to count bad rows by: "no such day". */
const char *date_reason(enum date_status status);

/* Appends what is wrong with a value that date_read() refuses, what was expected, and the
 * --date-format that would read it. Where day and month could be either way round, both are
 * offered: the order is never guessed. */
void date_explain(const struct date_format *format, struct text value, struct buffer *words);

/* The formats that read the value as a day of the years 1800 to 2199, such as "%m/%d/%Y" and
 * "%d/%m/%Y", at most most of them; without a time where they read the value's all the same.
 * Returns how many. */
size_t date_formats(struct text value, char formats[][DATE_FORMAT_SIZE], size_t most);

/* The shape of a value, to count the shapes of a column by: "YYYY-MM-DD HH:MM" when ISO 8601 (as
 * above) reads it, else each number of one or two digits as NN, longer ones digit by digit, the
 * names of months as Mon: "NN/NN/NNNN NN:NN", "NN Mon NNNN". Fractions of seconds are one N. Cut
 * to room, which holds DATE_SHAPE_SIZE bytes; returns room. */
enum { DATE_SHAPE_SIZE = 48 };
const char *date_shape(struct text value, char *room);

#endif

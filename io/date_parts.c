#include "io/date_parts.h"

#include <assert.h>
#include <string.h>

#include "io/encoding.h"

/* ---- characters ---- */

struct text cursor_rest(struct cursor cursor)
{
	return (struct text){cursor.at, (size_t)(cursor.end - cursor.at)};
}

static bool skip_byte(struct cursor *cursor, char byte)
{
	if (cursor->at == cursor->end || *cursor->at != byte)
		return false;
	cursor->at++;
	return true;
}

bool cursor_skip_blanks(struct cursor *cursor)
{
	const char *start = cursor->at;
	for (size_t n; (n = utf8_blank_length(cursor_rest(*cursor))) > 0;)
		cursor->at += n;
	return cursor->at > start;
}

size_t cursor_count_digits(struct cursor cursor)
{
	size_t n = 0;
	while (cursor.at + n < cursor.end && is_digit(cursor.at[n]))
		n++;
	return n;
}

/* Reads at least and at most so many digits. */
static bool read_number(struct cursor *cursor, size_t least, size_t most, int *value)
{
	size_t n = 0;
	*value = 0;
	for (; n < most && cursor->at < cursor->end && is_digit(*cursor->at); n++)
		*value = *value * 10 + (*cursor->at++ - '0');
	return n >= least;
}

/* A fraction is there or not; both are right. */
static void skip_fraction(struct cursor *cursor)
{
	if (cursor->end - cursor->at < 2 || (*cursor->at != '.' && *cursor->at != ',') ||
		!is_digit(cursor->at[1]))
		return;
	cursor->at++;
	cursor->at += cursor_count_digits(*cursor);
}

/* Skips word, given in lowercase, in any case. */
static bool skip_word(struct cursor *cursor, const char *word, size_t length)
{
	if ((size_t)(cursor->end - cursor->at) < length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((cursor->at[i] | 0x20) != word[i] || !is_letter(cursor->at[i]))
			return false;
	cursor->at += length;
	return true;
}

bool cursor_read_month(struct cursor *cursor, int *month)
{
	static const char *const names[] = {"january", "february", "march", "april", "may", "june",
		"july", "august", "september", "october", "november", "december"};
	for (int i = 0; i < 12; i++) {
		if (!skip_word(cursor, names[i], 3))
			continue;
		*month = i + 1;
		/* Either way the rest of the name; Sept is what en-GB has. */
		if (!skip_word(cursor, names[i] + 3, strlen(names[i]) - 3) && i == 8)
			skip_word(cursor, "t", 1);
		return true;
	}
	return false;
}

/* ---- parts ---- */

static bool read_half(struct cursor *cursor, struct date_parts *parts)
{
	parts->half = skip_word(cursor, "am", 2) || skip_word(cursor, "pm", 2);
	return parts->half;
}

/* Z, UTC, +HH, +HHMM or +HH:MM. */
static bool read_zone(struct cursor *cursor)
{
	if (skip_word(cursor, "z", 1) || skip_word(cursor, "utc", 3))
		return true;
	int hours, minutes = 0;
	if (!skip_byte(cursor, '+') && !skip_byte(cursor, '-'))
		return false;
	if (!read_number(cursor, 2, 2, &hours))
		return false;
	bool colon = skip_byte(cursor, ':');
	if ((colon || cursor_count_digits(*cursor) > 0) && !read_number(cursor, 2, 2, &minutes))
		return false;
	return hours <= 23 && minutes <= 59;
}

/* A time on its own, as it may follow a date: [H]H:MM[:SS[.fraction]], or HHMM[SS[.fraction]] where
 * compact; then AM or PM; then a zone. */
static bool read_time(struct cursor *cursor, bool compact, struct date_parts *parts)
{
	size_t run = cursor_count_digits(*cursor);
	bool seconds;
	if (compact && (run == 4 || run == 6)) {
		read_number(cursor, 2, 2, &parts->hour);
		read_number(cursor, 2, 2, &parts->minute);
		seconds = run == 6;
	} else {
		if (run > 2 || !read_number(cursor, 1, 2, &parts->hour) ||
			!skip_byte(cursor, ':') || !read_number(cursor, 2, 2, &parts->minute))
			return false;
		seconds = skip_byte(cursor, ':');
	}
	if (seconds) {
		if (!read_number(cursor, 2, 2, &parts->second))
			return false;
		skip_fraction(cursor);
	}
	cursor_skip_blanks(cursor);
	if (read_half(cursor, parts))
		cursor_skip_blanks(cursor);
	return cursor->at == cursor->end || (read_zone(cursor) && cursor->at == cursor->end);
}

/* Seconds since 1970 -> days, rounded down. */
static bool read_epoch(struct cursor *cursor, struct date_parts *parts)
{
	enum { SECONDS_PER_DAY = 86400, MOST_DIGITS = 18 };
	bool negative = skip_byte(cursor, '-');
	size_t n = cursor_count_digits(*cursor);
	if (n == 0 || n > MOST_DIGITS)
		return false;
	int64_t seconds = 0;
	for (size_t i = 0; i < n; i++)
		seconds = seconds * 10 + (*cursor->at++ - '0');
	const char *fraction = cursor->at;
	skip_fraction(cursor);
	bool part = false;
	while (fraction < cursor->at && !part)
		part = *fraction++ > '0';
	parts->since_epoch = true;
	parts->epoch_day = seconds / SECONDS_PER_DAY;
	if (negative)
		parts->epoch_day = -parts->epoch_day - (seconds % SECONDS_PER_DAY > 0 || part);
	return true;
}

static bool read_step(const struct date_format *format, struct date_step step,
	struct cursor *cursor, struct date_parts *parts)
{
	size_t least = step.two_digits ? 2 : 1;
	switch (step.conversion) {
	case 0:
		return skip_byte(cursor, step.literal);
	case ' ':
		return cursor_skip_blanks(cursor);
	case 'Y':
		return read_number(cursor, 4, 4, &parts->year);
	case 'y':
		if (!read_number(cursor, 2, 2, &parts->year))
			return false;
		parts->year += parts->year >= 69 ? 1900 : 2000;
		return true;
	case 'm':
		return read_number(cursor, least, 2, &parts->month);
	case 'd':
		return read_number(cursor, least, 2, &parts->day);
	case 'b':
	case 'B':
		return cursor_read_month(cursor, &parts->month);
	case 'I':
		parts->half = true;
		return read_number(cursor, least, 2, &parts->hour);
	case 'H':
		return read_number(cursor, least, 2, &parts->hour);
	case 'M':
		return read_number(cursor, 2, 2, &parts->minute);
	case 'S':
		if (!read_number(cursor, 2, 2, &parts->second))
			return false;
		if (format->has_fraction)
			skip_fraction(cursor);
		return true;
	case 'p':
		return skip_word(cursor, "am", 2) || skip_word(cursor, "pm", 2);
	case 'z':
		return read_zone(cursor);
	default:
		assert(step.conversion == 's');
		return read_epoch(cursor, parts);
	}
}

static bool read_steps(
	const struct date_format *format, struct cursor *cursor, struct date_parts *parts)
{
	for (size_t i = 0; i < format->n_steps; i++)
		if (!read_step(format, format->steps[i], cursor, parts))
			return false;
	return true;
}

static bool read_by_steps(
	const struct date_format *format, struct text value, struct date_parts *parts)
{
	struct cursor cursor = cursor_of(value);
	if (!read_steps(format, &cursor, parts))
		return false;
	if (cursor.at == cursor.end)
		return true;
	if (format->has_time)
		return false;
	if (!skip_byte(&cursor, 'T') && !skip_byte(&cursor, 't') && !cursor_skip_blanks(&cursor))
		return false;
	return read_time(&cursor, true, parts);
}

static bool read_iso(struct text value, struct date_parts *parts)
{
	struct cursor cursor = cursor_of(value);
	bool compact = cursor_count_digits(cursor) == 8;
	if (!read_number(&cursor, 4, 4, &parts->year) || !(compact || skip_byte(&cursor, '-')) ||
		!read_number(&cursor, 2, 2, &parts->month) ||
		!(compact || skip_byte(&cursor, '-')) || !read_number(&cursor, 2, 2, &parts->day))
		return false;
	if (cursor.at == cursor.end)
		return true;
	if (!skip_byte(&cursor, 'T') && !skip_byte(&cursor, 't') && !skip_byte(&cursor, ' '))
		return false;
	return read_time(&cursor, compact, parts);
}

static bool time_exists(const struct date_parts *parts)
{
	if (parts->half && (parts->hour < 1 || parts->hour > 12))
		return false;
	if (parts->hour == 24)
		return parts->minute == 0 && parts->second == 0;
	return parts->hour <= 23 && parts->minute <= 59 && parts->second <= 60;
}

static enum date_status judge(const struct date_parts *parts, int32_t *day)
{
	if (parts->since_epoch) {
		if (parts->epoch_day < DAY_FIRST || parts->epoch_day > DAY_LAST)
			return DATE_OUT_OF_RANGE;
		*day = (int32_t)parts->epoch_day;
		return DATE_OK;
	}
	int32_t result;
	enum date_status status = day_of_date(parts->year, parts->month, parts->day, &result);
	if (status == DATE_OK && !time_exists(parts))
		status = DATE_NO_SUCH_TIME;
	if (status == DATE_OK)
		*day = result;
	return status;
}

enum date_status date_parts_read(
	const struct date_format *format, struct text value, struct date_parts *parts, int32_t *day)
{
	*parts = (struct date_parts){0};
	value = text_trim(value);
	if (value.length == 0)
		return DATE_EMPTY;
	bool read =
		format->n_steps > 0 ? read_by_steps(format, value, parts) : read_iso(value, parts);
	return read ? judge(parts, day) : DATE_SHAPE;
}

enum date_status date_parts_start(const struct date_format *format, struct text value,
	struct date_parts *parts, struct cursor *after)
{
	int32_t day;
	*parts = (struct date_parts){0};
	*after = cursor_of(value);
	return read_steps(format, after, parts) ? judge(parts, &day) : DATE_SHAPE;
}

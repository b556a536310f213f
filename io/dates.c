#include "io/dates.h"

#include "base/day.h"
#include "base/load.h"
#include "io/date_parts.h"

/* The bytes of a word less those of a pattern such as "0000-00-", which leaves digits as 0 to 9 and
 * separators as 0. limit is what takes each byte to 16 when it is too large: 6 at a digit, 15 at a
 * separator. A byte that carries into the next has a high nibble of its own. */
static bool fits(uint64_t word, uint64_t pattern, uint64_t limit, uint64_t *digits)
{
	*digits = word ^ pattern;
	return (((*digits + limit) | *digits) & 0xF0F0F0F0F0F0F0F0) == 0;
}

/* In each byte the number of two digits that starts there. */
static uint64_t pairs(uint64_t digits)
{
	return digits * 10 + (digits >> 8);
}

static int byte_of(uint64_t word, int i)
{
	return (int)(word >> (8 * i) & 0xFF);
}

/* Two digits at *at, or one where few are enough; 100 when they are not there. */
static inline unsigned quick_pair(const char **at, const char *end, size_t least)
{
	if (*at == end)
		return 100;
	unsigned tens = (unsigned char)**at - (unsigned)'0';
	if (tens > 9)
		return 100;
	++*at;
	unsigned ones = *at < end ? (unsigned char)**at - (unsigned)'0' : 10;
	if (ones > 9)
		return least == 1 ? tens : 100;
	++*at;
	return tens * 10 + ones;
}

/* [H]H:MM[:SS[.fraction]][Z] and nothing after it, up to 23:59:59. */
static bool is_plain_time(const char *at, const char *end, bool *has_seconds, bool *has_more)
{
	*has_seconds = *has_more = false;
	if (quick_pair(&at, end, 1) > 23 || at == end || *at++ != ':' ||
		quick_pair(&at, end, 2) > 59)
		return false;
	if (at == end)
		return true;
	*has_seconds = *at == ':';
	if (*has_seconds) {
		at++;
		if (quick_pair(&at, end, 2) > 59)
			return false;
	}
	*has_more = at < end;
	if (*has_seconds && end - at >= 2 && *at == '.' && is_digit(at[1]))
		for (at++; at < end && is_digit(*at);)
			at++;
	return at == end || (*at == 'Z' && at + 1 == end);
}

/* Nothing, or a time after ' ' or 'T'. */
static bool is_plain_rest(const char *at, const char *end)
{
	bool has_seconds, has_more;
	return at == end ||
	       ((*at == ' ' || *at == 'T') && is_plain_time(at + 1, end, &has_seconds, &has_more));
}

/* YYYY-MM-DD, alone or before a time, and YYYYMMDD; false leaves the value to date_parts_read(). */
static bool read_iso_quickly(struct text value, int32_t *day, enum date_status *status)
{
	enum { COMPACT = 8, DATE = 10 };
	uint64_t digits;
	if (value.length < COMPACT)
		return false;
	uint64_t word = load8(value.at);
	if (value.length == COMPACT) {
		if (!fits(word, 0x3030303030303030, 0x0606060606060606, &digits))
			return false;
		digits = pairs(digits);
		*status = day_of_date(byte_of(digits, 0) * 100 + byte_of(digits, 2),
			byte_of(digits, 4), byte_of(digits, 6), day);
		return true;
	}
	if (value.length < DATE || !fits(word, 0x2D30302D30303030, 0x0F06060F06060606, &digits))
		return false;
	const char *at = value.at + COMPACT, *end = value.at + value.length;
	unsigned of_month = quick_pair(&at, end, 2);
	if (of_month > 99 || !is_plain_rest(at, end))
		return false;
	digits = pairs(digits);
	*status = day_of_date(byte_of(digits, 0) * 100 + byte_of(digits, 2), byte_of(digits, 5),
		(int)of_month, day);
	return true;
}

/* Day, month and year in numbers with a byte between them, and [H]H:MM or [H]H:MM:SS after a blank;
 * false leaves the value to date_parts_read(). */
static bool read_numbers_quickly(
	const struct date_format *format, struct text value, int32_t *day, enum date_status *status)
{
	const char *at = value.at, *end = at + value.length;
	unsigned year = 0, month = 0, of_month = 0;
	for (size_t i = 0; i < 3; i++) {
		char conversion = format->steps[2 * i].conversion;
		if (i > 0 && (at == end || *at++ != format->steps[2 * i - 1].literal))
			return false;
		unsigned pair = quick_pair(&at, end, conversion == 'Y' ? 2 : 1);
		if (pair > 99)
			return false;
		if (conversion == 'm') {
			month = pair;
		} else if (conversion == 'd') {
			of_month = pair;
		} else {
			unsigned low = quick_pair(&at, end, 2);
			if (low > 99)
				return false;
			year = pair * 100 + low;
		}
	}
	bool has_seconds, has_more;
	if (!format->has_time) {
		if (!is_plain_rest(at, end))
			return false;
	} else if (at == end || *at++ != ' ' || !is_plain_time(at, end, &has_seconds, &has_more) ||
		   has_seconds != format->quick_seconds || has_more) {
		return false;
	}
	*status = day_of_date((int)year, (int)month, (int)of_month, day);
	return true;
}

enum date_status date_read(const struct date_format *format, struct text value, int32_t *day)
{
	enum date_status status;
	if (format->n_steps == 0
			? read_iso_quickly(value, day, &status)
			: format->quick && read_numbers_quickly(format, value, day, &status))
		return status;
	struct date_parts parts;
	return date_parts_read(format, value, &parts, day);
}

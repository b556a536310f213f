#include "io/dates.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "io/encoding.h"

static const char understood[] = "%Y %y %m %d %b %B %H %I %M %S %p %z %s %%";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* ---- compiling ---- */

enum field {
	YEAR = 1,
	MONTH = 2,
	DAY = 4,
	HOUR = 8,
	MINUTE = 16,
	SECOND = 32,
	HALF = 64,
	ZONE = 128
};

static int fields_of(char conversion)
{
	switch (conversion) {
	case 'Y':
	case 'y':
		return YEAR;
	case 'm':
	case 'b':
	case 'B':
		return MONTH;
	case 'd':
		return DAY;
	case 'H':
	case 'I':
		return HOUR;
	case 'M':
		return MINUTE;
	case 'S':
		return SECOND;
	case 'p':
		return HALF;
	case 'z':
		return ZONE;
	case 's':
		return YEAR | MONTH | DAY | HOUR | MINUTE | SECOND | HALF | ZONE;
	default:
		return 0;
	}
}

/* The first of the fields, for words. */
static const char *name_of_field(int fields)
{
	static const char *const names[] = {
		"year", "month", "day", "hour", "minute", "second", "AM or PM", "zone"};
	return names[__builtin_ctz((unsigned)fields)];
}

static bool format_error(const char *text, const char *wrong, struct error *err)
{
	return error_set(err, ERROR_USAGE, "--date-format '%s' %s (understood: %s)", text, wrong,
		understood);
}

/* Reads one step of the format at *at; false when it is none. */
static bool next_step(const char **at, struct date_step *step)
{
	*step = (struct date_step){.literal = **at};
	size_t blank = utf8_blank_length(text_of(*at));
	if (blank > 0) {
		step->conversion = ' ';
		for (; blank > 0; blank = utf8_blank_length(text_of(*at)))
			*at += blank;
		return true;
	}
	if (**at == '%') {
		++*at;
		if (**at != '%' && fields_of(**at) == 0)
			return false;
		step->conversion = **at == '%' ? '\0' : **at;
	}
	++*at;
	return true;
}

static bool is_number(struct date_step step)
{
	return step.conversion == '\0' ? is_digit(step.literal)
				       : strchr("YymdHIMSs", step.conversion) != NULL;
}

static void settle_neighbours(struct date_format *format)
{
	format->has_fraction = true;
	for (size_t i = 0; i + 1 < format->n_steps; i++) {
		struct date_step *step = &format->steps[i], *next = step + 1;
		if (is_number(*step) && is_number(*next))
			step->two_digits = next->two_digits = true;
		if (step->conversion == 'S' && next->conversion == '\0' &&
			(next->literal == '.' || next->literal == ','))
			format->has_fraction = false;
	}
}

/* Whether read_numbers_quickly() can take the format: %d/%m/%Y and the like, and a time. */
static void settle_speed(struct date_format *format)
{
	enum { OF_DATE = 5 };
	const char *after = format->text + strlen("%d/%m/%Y");
	if (format->n_steps < OF_DATE)
		return;
	for (size_t i = 0; i < OF_DATE; i++) {
		char conversion = format->steps[i].conversion;
		if (i % 2 == 0 ? conversion == '\0' || strchr("dmY", conversion) == NULL
			       : conversion != '\0' || format->steps[i].literal == '%')
			return;
	}
	format->quick_seconds = strcmp(after, " %H:%M:%S") == 0;
	format->quick =
		format->n_steps == OF_DATE || strcmp(after, " %H:%M") == 0 || format->quick_seconds;
}

bool date_format_compile(struct date_format *format, const char *text, struct error *err)
{
	char excerpt[TEXT_EXCERPT_SIZE];
	*format = (struct date_format){0};
	if (text == NULL)
		return true;
	if (strlen(text) >= DATE_FORMAT_SIZE)
		return error_set(err, ERROR_USAGE, "--date-format '%s' is longer than %d bytes",
			text_excerpt(text_of(text), excerpt), DATE_FORMAT_SIZE - 1);
	memcpy(format->text, text, strlen(text) + 1);

	char wrong[64];
	int seen = 0;
	for (const char *at = text; *at != '\0';) {
		struct date_step *step = &format->steps[format->n_steps++];
		if (!next_step(&at, step)) {
			size_t length = *at == '\0' ? 0 : utf8_length(text_of(at));
			snprintf(wrong, sizeof(wrong), "has %s '%%%.*s'",
				*at == '\0' ? "a lone" : "an unknown conversion", (int)length, at);
			return format_error(text, wrong, err);
		}
		int fields = fields_of(step->conversion);
		if (seen & fields) {
			snprintf(wrong, sizeof(wrong), "has the %s twice",
				name_of_field(seen & fields));
			return format_error(text, wrong, err);
		}
		seen |= fields;
		/* Blanks around a value do not matter, so those around a format do not either. */
		if (step->conversion == ' ' && (format->n_steps == 1 || *at == '\0'))
			format->n_steps--;
	}
	if (!(seen & YEAR))
		return format_error(text, "has no year", err);
	if (!(seen & MONTH))
		return format_error(text, "has no month", err);
	if (!(seen & DAY))
		return format_error(text, "has no day", err);
	format->has_time = (seen & (HOUR | MINUTE | SECOND | HALF)) != 0;
	settle_neighbours(format);
	settle_speed(format);
	return true;
}

/* ---- reading ---- */

struct cursor {
	const char *at, *end;
};

/* What a value holds before it is judged. */
struct moment {
	int year, month, day;
	int hour, minute, second;
	bool half; /* AM or PM: hours are 1 to 12 */
	bool since_epoch;
	int64_t epoch_day; /* of %s */
};

static struct text rest_of(struct cursor cursor)
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

static bool skip_blanks(struct cursor *cursor)
{
	const char *start = cursor->at;
	for (size_t n; (n = utf8_blank_length(rest_of(*cursor))) > 0;)
		cursor->at += n;
	return cursor->at > start;
}

static size_t count_digits(struct cursor cursor)
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
	cursor->at += count_digits(*cursor);
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

static bool read_month_name(struct cursor *cursor, int *month)
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

static bool read_half(struct cursor *cursor, struct moment *moment)
{
	moment->half = skip_word(cursor, "am", 2) || skip_word(cursor, "pm", 2);
	return moment->half;
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
	if ((colon || count_digits(*cursor) > 0) && !read_number(cursor, 2, 2, &minutes))
		return false;
	return hours <= 23 && minutes <= 59;
}

/* A time on its own, as it may follow a date: [H]H:MM[:SS[.fraction]], or HHMM[SS[.fraction]] where
 * compact; then AM or PM; then a zone. */
static bool read_time(struct cursor *cursor, bool compact, struct moment *moment)
{
	size_t run = count_digits(*cursor);
	bool seconds;
	if (compact && (run == 4 || run == 6)) {
		read_number(cursor, 2, 2, &moment->hour);
		read_number(cursor, 2, 2, &moment->minute);
		seconds = run == 6;
	} else {
		if (run > 2 || !read_number(cursor, 1, 2, &moment->hour) ||
			!skip_byte(cursor, ':') || !read_number(cursor, 2, 2, &moment->minute))
			return false;
		seconds = skip_byte(cursor, ':');
	}
	if (seconds) {
		if (!read_number(cursor, 2, 2, &moment->second))
			return false;
		skip_fraction(cursor);
	}
	skip_blanks(cursor);
	if (read_half(cursor, moment))
		skip_blanks(cursor);
	return cursor->at == cursor->end || (read_zone(cursor) && cursor->at == cursor->end);
}

/* Seconds since 1970 -> days, rounded down. */
static bool read_epoch(struct cursor *cursor, struct moment *moment)
{
	enum { SECONDS_PER_DAY = 86400, MOST_DIGITS = 18 };
	bool negative = skip_byte(cursor, '-');
	size_t n = count_digits(*cursor);
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
	moment->since_epoch = true;
	moment->epoch_day = seconds / SECONDS_PER_DAY;
	if (negative)
		moment->epoch_day = -moment->epoch_day - (seconds % SECONDS_PER_DAY > 0 || part);
	return true;
}

static bool read_step(const struct date_format *format, struct date_step step,
	struct cursor *cursor, struct moment *moment)
{
	size_t least = step.two_digits ? 2 : 1;
	switch (step.conversion) {
	case 0:
		return skip_byte(cursor, step.literal);
	case ' ':
		return skip_blanks(cursor);
	case 'Y':
		return read_number(cursor, 4, 4, &moment->year);
	case 'y':
		if (!read_number(cursor, 2, 2, &moment->year))
			return false;
		moment->year += moment->year >= 69 ? 1900 : 2000;
		return true;
	case 'm':
		return read_number(cursor, least, 2, &moment->month);
	case 'd':
		return read_number(cursor, least, 2, &moment->day);
	case 'b':
	case 'B':
		return read_month_name(cursor, &moment->month);
	case 'I':
		moment->half = true;
		return read_number(cursor, least, 2, &moment->hour);
	case 'H':
		return read_number(cursor, least, 2, &moment->hour);
	case 'M':
		return read_number(cursor, 2, 2, &moment->minute);
	case 'S':
		if (!read_number(cursor, 2, 2, &moment->second))
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
		return read_epoch(cursor, moment);
	}
}

static bool read_by_steps(
	const struct date_format *format, struct text value, struct moment *moment)
{
	struct cursor cursor = {value.at, value.at + value.length};
	for (size_t i = 0; i < format->n_steps; i++)
		if (!read_step(format, format->steps[i], &cursor, moment))
			return false;
	if (cursor.at == cursor.end)
		return true;
	if (format->has_time)
		return false;
	if (!skip_byte(&cursor, 'T') && !skip_byte(&cursor, 't') && !skip_blanks(&cursor))
		return false;
	return read_time(&cursor, true, moment);
}

static bool read_iso(struct text value, struct moment *moment)
{
	struct cursor cursor = {value.at, value.at + value.length};
	bool compact = count_digits(cursor) == 8;
	if (!read_number(&cursor, 4, 4, &moment->year) || !(compact || skip_byte(&cursor, '-')) ||
		!read_number(&cursor, 2, 2, &moment->month) ||
		!(compact || skip_byte(&cursor, '-')) || !read_number(&cursor, 2, 2, &moment->day))
		return false;
	if (cursor.at == cursor.end)
		return true;
	if (!skip_byte(&cursor, 'T') && !skip_byte(&cursor, 't') && !skip_byte(&cursor, ' '))
		return false;
	return read_time(&cursor, compact, moment);
}

static bool time_exists(const struct moment *moment)
{
	if (moment->half && (moment->hour < 1 || moment->hour > 12))
		return false;
	if (moment->hour == 24)
		return moment->minute == 0 && moment->second == 0;
	return moment->hour <= 23 && moment->minute <= 59 && moment->second <= 60;
}

static enum date_status day_of(int year, int month, int day, int32_t *result)
{
	if (year == 0)
		return DATE_OUT_OF_RANGE;
	return day_from_civil(year, month, day, result) ? DATE_OK : DATE_NO_SUCH_DAY;
}

static enum date_status judge(const struct moment *moment, int32_t *day)
{
	if (moment->since_epoch) {
		if (moment->epoch_day < DAY_FIRST || moment->epoch_day > DAY_LAST)
			return DATE_OUT_OF_RANGE;
		*day = (int32_t)moment->epoch_day;
		return DATE_OK;
	}
	int32_t result;
	enum date_status status = day_of(moment->year, moment->month, moment->day, &result);
	if (status == DATE_OK && !time_exists(moment))
		status = DATE_NO_SUCH_TIME;
	if (status == DATE_OK)
		*day = result;
	return status;
}

static enum date_status read_slowly(
	const struct date_format *format, struct text value, struct moment *moment, int32_t *day)
{
	*moment = (struct moment){0};
	value = text_trim(value);
	if (value.length == 0)
		return DATE_EMPTY;
	bool read = format->n_steps > 0 ? read_by_steps(format, value, moment)
					: read_iso(value, moment);
	return read ? judge(moment, day) : DATE_SHAPE;
}

/* ---- the common shapes, quickly ---- */

/* The first byte lowest. */
static uint64_t load8(const char *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof(word));
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

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

/* YYYY-MM-DD, alone or before a time, and YYYYMMDD; false leaves the value to read_slowly(). */
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
		*status = day_of(byte_of(digits, 0) * 100 + byte_of(digits, 2), byte_of(digits, 4),
			byte_of(digits, 6), day);
		return true;
	}
	if (value.length < DATE || !fits(word, 0x2D30302D30303030, 0x0F06060F06060606, &digits))
		return false;
	const char *at = value.at + COMPACT, *end = value.at + value.length;
	unsigned of_month = quick_pair(&at, end, 2);
	if (of_month > 99 || !is_plain_rest(at, end))
		return false;
	digits = pairs(digits);
	*status = day_of(byte_of(digits, 0) * 100 + byte_of(digits, 2), byte_of(digits, 5),
		(int)of_month, day);
	return true;
}

/* Day, month and year in numbers with a byte between them, and [H]H:MM or [H]H:MM:SS after a blank;
 * false leaves the value to read_slowly(). */
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
	*status = day_of((int)year, (int)month, (int)of_month, day);
	return true;
}

enum date_status date_read(const struct date_format *format, struct text value, int32_t *day)
{
	enum date_status status;
	if (format->n_steps == 0
			? read_iso_quickly(value, day, &status)
			: format->quick && read_numbers_quickly(format, value, day, &status))
		return status;
	struct moment moment;
	return read_slowly(format, value, &moment, day);
}

/* ---- words ---- */

const char *date_reason(enum date_status status)
{
	switch (status) {
	case DATE_OK:
		return "good date";
	case DATE_EMPTY:
		return "date empty";
	case DATE_SHAPE:
		return "date of another shape";
	case DATE_NO_SUCH_DAY:
		return "no such day";
	case DATE_NO_SUCH_TIME:
		return "no such time of day";
	case DATE_OUT_OF_RANGE:
		return "date outside the years 0001 to 9999";
	}
	assert(false);
	return "";
}

enum { LIKELY_FIRST = 1800, LIKELY_LAST = 2199 };

/* Runs the steps of a date without a time over the start of the value. Years that no customer has
 * seen are no reading worth offering: 20101201082600 is not the 20th of October 1201. */
static bool starts_with_date(
	const struct date_format *format, struct text value, struct cursor *after)
{
	struct moment moment = {0};
	int32_t day;
	*after = (struct cursor){value.at, value.at + value.length};
	for (size_t i = 0; i < format->n_steps; i++)
		if (!read_step(format, format->steps[i], after, &moment))
			return false;
	return judge(&moment, &day) == DATE_OK &&
	       (moment.since_epoch || (moment.year >= LIKELY_FIRST && moment.year <= LIKELY_LAST));
}

static bool compile_joined(
	struct date_format *format, const char *date, const char *between, const char *time)
{
	char text[DATE_FORMAT_SIZE];
	struct error ignored = {0};
	snprintf(text, sizeof(text), "%s%s%s", date, between, time);
	bool compiled = date_format_compile(format, text, &ignored);
	assert(compiled);
	return compiled;
}

/* A format for the value from this one of its date. The date alone also reads most values with a
 * time (shortest); with its time, where that is of a kind that can be said, the format reads no
 * other ones. */
static bool fitting_format(
	const char *date, struct text value, bool shortest, struct date_format *format)
{
	static const char *const times[] = {"%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p",
		"%I:%M%p", "%I:%M:%S%p", "%H:%M:%S%z", "%H:%M:%S %z", "%H%M%S"};
	static const char *const betweens[] = {" ", "T", ", ", ""};
	struct cursor after;
	int32_t day;
	compile_joined(format, date, "", "");
	if (!starts_with_date(format, value, &after))
		return false;
	if (after.at == after.end || format->has_time) /* %s has all of it */
		return after.at == after.end;
	if (shortest && date_read(format, value, &day) == DATE_OK)
		return true;
	for (size_t i = 0; i < sizeof(betweens) / sizeof(betweens[0]); i++)
		for (size_t j = 0; j < sizeof(times) / sizeof(times[0]); j++)
			if (compile_joined(format, date, betweens[i], times[j]) &&
				date_read(format, value, &day) == DATE_OK)
				return true;
	compile_joined(format, date, "", "");
	return date_read(format, value, &day) == DATE_OK;
}

/* Seconds since 1970 have ten digits from 2001 to 2286; shorter numbers are more likely something
 * else. */
static bool is_likely_epoch(struct text value)
{
	return count_digits((struct cursor){value.at, value.at + value.length}) == 10;
}

/* The formats that read the value, at most most of them; returns how many. */
static size_t find_fitting(
	struct text value, bool shortest, char formats[][DATE_FORMAT_SIZE], size_t most)
{
	static const char *const dates[] = {"%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m.%d.%Y",
		"%d-%m-%Y", "%m-%d-%Y", "%d %m %Y", "%m %d %Y", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d",
		"%Y-%d-%m", "%Y %m %d", "%Y\u5E74%m\u6708%d\u65E5", "%d %b %Y", "%d-%b-%Y",
		"%d/%b/%Y", "%d.%b.%Y", "%d. %b %Y", "%d%b%Y", "%d %b, %Y", "%b %d, %Y", "%b %d %Y",
		"%b-%d-%Y", "%Y-%b-%d", "%Y %b %d", "%Y/%b/%d", "%d %b %y", "%d-%b-%y", "%d%b%y",
		"%m/%d/%y", "%d/%m/%y", "%y/%m/%d", "%d.%m.%y", "%m.%d.%y", "%y.%m.%d", "%d-%m-%y",
		"%m-%d-%y", "%y-%m-%d", "%Y%m%d", "%d%m%Y", "%m%d%Y", "%y%m%d", "%d%m%y", "%m%d%y",
		"%s"};
	size_t n = 0;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]) && n < most; i++) {
		struct date_format format;
		if ((strcmp(dates[i], "%s") != 0 || is_likely_epoch(value)) &&
			fitting_format(dates[i], value, shortest, &format))
			memcpy(formats[n++], format.text, DATE_FORMAT_SIZE);
	}
	return n;
}

/* Lists the formats that read the value as "'%m/%d/%Y' or '%d/%m/%Y'". */
static void list_fitting(struct text value, struct buffer *words)
{
	enum { MOST = 4 };
	char fitting[MOST][DATE_FORMAT_SIZE];
	size_t n = find_fitting(value, false, fitting, MOST);
	for (size_t i = 0; i < n; i++)
		buffer_format(words, "%s'%s'", i == 0 ? "" : i + 1 < n ? ", " : " or ", fitting[i]);
}

/* Numbers that no --date-format reads. */
static const char *remark_on_number(struct text value)
{
	struct cursor cursor = {value.at, value.at + value.length};
	size_t n = count_digits(cursor);
	if (n == 13 && n == value.length)
		return "milliseconds since 1970? export seconds, or days as YYYY-MM-DD";
	if (n == 5 && (n == value.length || value.at[n] == '.'))
		return "the day number of a spreadsheet? export it as YYYY-MM-DD";
	return NULL;
}

/* The cure in words, or nothing. */
static void find_cure(const struct date_format *format, struct text value, struct buffer *cure)
{
	struct date_format iso;
	struct error ignored = {0};
	int32_t day;
	date_format_compile(&iso, NULL, &ignored);
	if (format->n_steps > 0 && date_read(&iso, value, &day) == DATE_OK) {
		buffer_string(cure, "leave out --date-format?");
		return;
	}
	const char *remark = remark_on_number(value);
	if (remark != NULL) {
		buffer_string(cure, remark);
		return;
	}
	struct buffer formats = {0};
	list_fitting(value, &formats);
	if (formats.length > 0)
		buffer_format(cure, "use --date-format %.*s?", (int)formats.length, formats.bytes);
	buffer_release(&formats);
}

static void name_missing_day(const struct moment *moment, struct buffer *remark)
{
	if (moment->month < 1 || moment->month > 12)
		buffer_format(remark, "there is no month %d", moment->month);
	else
		buffer_format(remark, "%04d-%02d has %d days", moment->year, moment->month,
			days_in_month(moment->year, moment->month));
}

static void append_remarks(struct buffer *words, struct text first, struct text second)
{
	if (first.length + second.length == 0)
		return;
	buffer_string(words, " (");
	buffer_text(words, first);
	if (first.length > 0 && second.length > 0)
		buffer_string(words, "; ");
	buffer_text(words, second);
	buffer_byte(words, ')');
}

void date_explain(const struct date_format *format, struct text value, struct buffer *words)
{
	struct moment moment;
	struct buffer remark = {0}, cure = {0};
	char excerpt[TEXT_EXCERPT_SIZE];
	int32_t day;
	enum date_status status = read_slowly(format, value, &moment, &day);
	value = text_trim(value);
	if (status == DATE_EMPTY) {
		buffer_string(words, "date is empty");
		return;
	}
	buffer_format(words, "date '%s'", text_excerpt(value, excerpt));
	if (status == DATE_SHAPE && format->n_steps == 0)
		buffer_string(words, " is not YYYY-MM-DD");
	else if (status == DATE_SHAPE)
		buffer_format(words, " does not fit --date-format '%s'", format->text);
	else if (status == DATE_NO_SUCH_DAY)
		buffer_string(words, ": no such day");
	else if (status == DATE_NO_SUCH_TIME)
		buffer_string(words, ": no such time of day");
	else if (status == DATE_OUT_OF_RANGE)
		buffer_string(words, " lies outside 0001-01-01 to 9999-12-31");
	if (status == DATE_NO_SUCH_DAY)
		name_missing_day(&moment, &remark);
	if (status != DATE_OK)
		find_cure(format, value, &cure);
	append_remarks(words, buffer_as_text(&remark), buffer_as_text(&cure));
	buffer_release(&remark);
	buffer_release(&cure);
}

size_t date_formats(struct text value, char formats[][DATE_FORMAT_SIZE], size_t most)
{
	return find_fitting(text_trim(value), true, formats, most);
}

/* ---- shapes ---- */

/* Names what the cursor stands on and moves behind it. fraction: after the seconds of a time. */
static struct text shape_of_part(struct cursor *cursor, bool fraction, char *room)
{
	size_t digits = count_digits(*cursor);
	if (digits > 0) {
		size_t n = fraction ? 1 : digits < 2 ? 2 : digits;
		cursor->at += digits;
		n = n < DATE_SHAPE_SIZE ? n : DATE_SHAPE_SIZE;
		memset(room, 'N', n);
		return (struct text){room, n};
	}
	if (skip_blanks(cursor))
		return TEXT(" ");
	if (is_letter(*cursor->at)) {
		const char *start = cursor->at;
		int month;
		bool is_month = read_month_name(cursor, &month);
		size_t known = (size_t)(cursor->at - start);
		while (cursor->at < cursor->end && is_letter(*cursor->at))
			cursor->at++;
		size_t length = (size_t)(cursor->at - start);
		if (is_month && known == length)
			return TEXT("Mon");
		struct text word = {start, length};
		if (text_equal_ignoring_case(word, TEXT("am")) ||
			text_equal_ignoring_case(word, TEXT("pm")))
			return TEXT("AM");
		if (length == 1 || text_equal(word, TEXT("UTC")))
			return word;
		return TEXT("A");
	}
	struct text character = {cursor->at, utf8_length(rest_of(*cursor))};
	if (character.length == 0 || (unsigned char)*cursor->at < ' ') {
		cursor->at++;
		return TEXT("?");
	}
	cursor->at += character.length;
	return character;
}

/* Turns the Ns of an ISO 8601 date, and of the time after it, into what they stand for. */
static void name_iso_fields(char *shape)
{
	static const char letters[] = "YYYYMMDDHHMMSS";
	enum { OF_DATE = 8, OF_TIME = 14 };
	size_t named = 0, at = 0;
	for (; named < OF_DATE; at++)
		if (shape[at] == 'N')
			shape[at] = letters[named++];
	if (shape[at] == '\0')
		return;
	for (at++; shape[at] == 'N' || shape[at] == ':'; at++)
		if (shape[at] == 'N' && named < OF_TIME)
			shape[at] = letters[named++];
}

const char *date_shape(struct text value, char *room)
{
	enum { DOTS = 3 };
	struct cursor cursor = {value.at, value.at + value.length};
	size_t length = 0;
	int colons = 0;
	while (cursor.at < cursor.end) {
		char digits[DATE_SHAPE_SIZE];
		char before = length > 0 ? room[length - 1] : '\0';
		bool fraction = colons == 2 && (before == '.' || before == ',');
		struct text part = shape_of_part(&cursor, fraction, digits);
		if (length + part.length + DOTS >= DATE_SHAPE_SIZE) {
			memset(room + length, '.', DOTS);
			length += DOTS;
			break;
		}
		memcpy(room + length, part.at, part.length);
		length += part.length;
		colons += part.length == 1 && part.at[0] == ':';
	}
	room[length] = '\0';

	struct date_format iso;
	struct error ignored = {0};
	int32_t day;
	date_format_compile(&iso, NULL, &ignored);
	enum date_status status = date_read(&iso, value, &day);
	if (status != DATE_EMPTY && status != DATE_SHAPE)
		name_iso_fields(room);
	return room;
}

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "io/date_parts.h"
#include "io/dates.h"

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

/* ---- formats that would read a value ---- */

enum { LIKELY_FIRST = 1800, LIKELY_LAST = 2199 };

/* Whether a date without a time stands at the start of the value. Years that no customer has
 * seen are no reading worth offering: 20101201082600 is not the 20th of October 1201. */
static bool starts_with_date(
	const struct date_format *format, struct text value, struct cursor *after)
{
	struct date_parts parts;
	return date_parts_start(format, value, &parts, after) == DATE_OK &&
	       (parts.since_epoch || (parts.year >= LIKELY_FIRST && parts.year <= LIKELY_LAST));
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
	return cursor_count_digits(cursor_of(value)) == 10;
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

size_t date_formats(struct text value, char formats[][DATE_FORMAT_SIZE], size_t most)
{
	return find_fitting(text_trim(value), true, formats, most);
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

/* ---- what is wrong with one ---- */

/* Numbers that no --date-format reads. */
static const char *remark_on_number(struct text value)
{
	struct cursor cursor = cursor_of(value);
	size_t n = cursor_count_digits(cursor);
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

static void name_missing_day(const struct date_parts *parts, struct buffer *remark)
{
	if (parts->month < 1 || parts->month > 12)
		buffer_format(remark, "there is no month %d", parts->month);
	else
		buffer_format(remark, "%04d-%02d has %d days", parts->year, parts->month,
			days_in_month(parts->year, parts->month));
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
	struct date_parts parts;
	struct buffer remark = {0}, cure = {0};
	char excerpt[TEXT_EXCERPT_SIZE];
	int32_t day;
	enum date_status status = date_parts_read(format, value, &parts, &day);
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
		name_missing_day(&parts, &remark);
	if (status != DATE_OK)
		find_cure(format, value, &cure);
	append_remarks(words, buffer_as_text(&remark), buffer_as_text(&cure));
	buffer_release(&remark);
	buffer_release(&cure);
}

/* Dates: day numbers are Python's (date(y, m, d) - date(1970, 1, 1)).days, those of %s also
 * floor(seconds / 86400). */
#include "io/dates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/day.h"
#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct date_format format_of(const char *text)
{
	struct date_format format;
	struct error err = {0};
	bool compiled = date_format_compile(&format, text, &err);
	if (!compiled)
		print_error("%s\n", err.words);
	assert_true(compiled);
	return format;
}

static enum date_status read_exactly(
	const struct date_format *format, const char *bytes, size_t n, int32_t *day)
{
	struct text value = at_the_end(bytes, n);
	enum date_status status = date_read(format, value, day);
	forget(value);
	return status;
}

static void good_dates(void **state)
{
	static const struct {
		const char *format, *value;
		int day;
	} cases[] = {
		{NULL, "2010-12-01", 14944},
		{NULL, "20101201", 14944},
		{NULL, "2010-12-01 08:26", 14944},
		{NULL, "2010-12-01T08:26", 14944},
		{NULL, "2010-12-01t08:26:07", 14944},
		{NULL, "2010-12-01 08:26:00", 14944},
		{NULL, "2010-12-01 8:26", 14944},
		{NULL, "2010-12-01T08:26:00.123456789Z", 14944},
		{NULL, "2010-12-01T08:26:00,5", 14944},
		{NULL, "2010-12-01T23:59:59-11", 14944},
		{NULL, "2010-12-01T23:59:59+0530", 14944},
		{NULL, "2010-12-01T00:00:00+14:00", 14944},
		{NULL, "2010-12-01 00:00:00 +01:00", 14944},
		{NULL, "2010-12-01 00:00:00 UTC", 14944},
		{NULL, "2010-12-01 08:26:00 PM", 14944},
		{NULL, "2010-12-01T24:00", 14944},
		{NULL, "2010-12-01T24:00:00", 14944},
		{NULL, "2016-12-31T23:59:60Z", 17166},
		{NULL, "20101201T082600", 14944},
		{NULL, "20101201 0826", 14944},
		{NULL, "20101201T082600.25+0100", 14944},
		{NULL, "20101201 08:26", 14944},
		{NULL, " 2010-12-01 ", 14944},
		{NULL, "0001-01-01", -719162},
		{NULL, "9999-12-31", 2932896},
		{NULL, "2024-02-29", 19782},
		{NULL, "2000-02-29", 11016},
		{NULL, "00010101", -719162},
		{"%d/%m/%Y", "13/01/2010", 14622},
		{"%d/%m/%Y", "1/2/2010", 14641},
		{"%m/%d/%Y", "1/2/2010", 14611},
		{" %m/%d/%Y ", "1/2/2010", 14611},
		{"  %d %b %Y ", " 2 Jan 2010", 14611},
		{"%m/%d/%Y", "12/1/2010 8:26", 14944},
		{"%m/%d/%Y", "12/1/2010 8:26:00 AM", 14944},
		{"%m/%d/%Y", "12/1/2010   8:26Z", 14944},
		{"%m/%d/%Y", "12/1/2010T082600", 14944},
		{"%m/%d/%Y %H:%M", "12/1/2010 8:26", 14944},
		{"%m/%d/%Y %H:%M", "12/01/2010   08:26", 14944},
		{"%m/%d/%Y %H:%M:%S", "12/01/2010 08:26:01.5", 14944},
		{"%Y/%m/%d", "2010/12/1", 14944},
		{"%d.%m.%Y %H:%M:%S", "01.12.2010 23:59:60", 14944},
		{"%d.%m.%y", "01.12.68", 36129},
		{"%d.%m.%y", "01.12.69", -31},
		{"%d.%m.%y", "01.12.99", 10926},
		{"%d.%m.%y", "01.12.00", 11292},
		{"%d %b %Y", "1 Dec 2010", 14944},
		{"%d %b %Y", "01   DECEMBER 2010", 14944},
		{"%d-%b-%y", "28-feb-11", 15033},
		{"%B %d, %Y", "may 5, 2011", 15099},
		{"%d %b %Y", "3 Sept 2011", 15220},
		{"%d %B %Y", "3 Sep 2011", 15220},
		{"%d%b%Y", "1Jan2012", 15340},
		{"%I:%M %p %d/%m/%Y", "12:00 am 02/03/2012", 15401},
		{"%d/%m/%Y %I:%M:%S %p", "2/3/2012 11:59:59 PM", 15401},
		{"%Y-%m-%dT%H:%M:%S%z", "2012-03-02T11:59:59.75+08:00", 15401},
		{"%Y-%m-%d%z", "2012-03-02-0300", 15401},
		{"%Y%m%d%H%M%S", "20120302115959", 15401},
		{"%d%m%Y", "02032012", 15401},
		{"%y%m%d", "120302", 15401},
		{"%Y年%m月%d日", "2012年3月2日", 15401},
		{"%Y%%%m%%%d", "2012%3%2", 15401},
		{"20%y-%m-%d", "2012-03-02", 15401},
		{"%H:%M:%S.%d.%m.%Y", "10:11:12.02.03.2012", 15401},
		{"%d/%m/%Y, %H:%M", "2/3/2012, 7:05", 15401},
		{"%s", "0", 0},
		{"%s", "86399", 0},
		{"%s", "86400", 1},
		{"%s", "-1", -1},
		{"%s", "-86400", -1},
		{"%s", "-86401", -2},
		{"%s", "1291161599.999", 14943},
		{"%s", "-86400.5", -2},
		{"%s", "-86400.0", -1},
		{"%s", "253402300799", 2932896},
		{"%s", "-62135596800", -719162},
		{"@%s", "@1291161600", 14944},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_format format = format_of(cases[i].format);
		int32_t day = INT32_MIN;
		enum date_status status =
			read_exactly(&format, cases[i].value, strlen(cases[i].value), &day);
		if (status != DATE_OK || day != cases[i].day)
			print_error("'%s' by '%s': status %d, day %d\n", cases[i].value,
				cases[i].format ? cases[i].format : "ISO", (int)status, (int)day);
		assert_int_equal(status, DATE_OK);
		assert_int_equal(day, cases[i].day);
	}
}

static void bad_dates(void **state)
{
	static const struct {
		const char *format, *value;
		enum date_status status;
	} cases[] = {
		{NULL, "", DATE_EMPTY},
		{NULL, " \t ", DATE_EMPTY},
		{"%s", "", DATE_EMPTY},
		{NULL, "2023-02-29", DATE_NO_SUCH_DAY},
		{NULL, "1900-02-29", DATE_NO_SUCH_DAY},
		{NULL, "2023-04-31 08:26", DATE_NO_SUCH_DAY},
		{NULL, "20230431", DATE_NO_SUCH_DAY},
		{NULL, "2023-13-01", DATE_NO_SUCH_DAY},
		{NULL, "2023-00-10", DATE_NO_SUCH_DAY},
		{NULL, "2023-10-00", DATE_NO_SUCH_DAY},
		{NULL, "0000-01-01", DATE_OUT_OF_RANGE},
		{NULL, "0000-00-00", DATE_OUT_OF_RANGE},
		{NULL, "00000000", DATE_OUT_OF_RANGE},
		{NULL, "2010-12-01 24:00:01", DATE_NO_SUCH_TIME},
		{NULL, "2010-12-01 24:01", DATE_NO_SUCH_TIME},
		{NULL, "2010-12-01 25:00", DATE_NO_SUCH_TIME},
		{NULL, "2010-12-01 08:60", DATE_NO_SUCH_TIME},
		{NULL, "2010-12-01 08:26:61", DATE_NO_SUCH_TIME},
		{NULL, "2010-12-01 13:00 PM", DATE_NO_SUCH_TIME},
		{NULL, "20101201T256000", DATE_NO_SUCH_TIME},
		{NULL, "2010-12-1", DATE_SHAPE},
		{NULL, "2010-1-12", DATE_SHAPE},
		{NULL, "2010/12/01", DATE_SHAPE},
		{NULL, "2010-12/01", DATE_SHAPE},
		{NULL, "2010-1201", DATE_SHAPE},
		{NULL, "201012-01", DATE_SHAPE},
		{NULL, "2010-12-011", DATE_SHAPE},
		{NULL, "12010-12-01", DATE_SHAPE},
		{NULL, "-2010-12-01", DATE_SHAPE},
		{NULL, "2010-12", DATE_SHAPE},
		{NULL, "2010-12-", DATE_SHAPE},
		{NULL, "2010-12-0", DATE_SHAPE},
		{NULL, "2010", DATE_SHAPE},
		{NULL, "2010-12-01T", DATE_SHAPE},
		{NULL, "2010-12-01T08", DATE_SHAPE},
		{NULL, "2010-12-01T08:", DATE_SHAPE},
		{NULL, "2010-12-01T08:2", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:0", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00.", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00.Z", DATE_SHAPE},
		{NULL, "2010-12-01T08:26.5", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00ZZ", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00+1", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00+01:", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00+01:0", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00+01:00x", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00+24:00", DATE_SHAPE},
		{NULL, "2010-12-01T08:26:00 CET", DATE_SHAPE},
		{NULL, "2010-12-01Z", DATE_SHAPE},
		{NULL, "2010-12-01T082600", DATE_SHAPE},
		{NULL, "2010-12-01  08:26", DATE_SHAPE},
		{NULL, "20101201082600", DATE_SHAPE},
		{NULL, "2010:12:01", DATE_SHAPE},
		{NULL, "201O-12-01", DATE_SHAPE},
		{NULL, "2010-12-0\xB1", DATE_SHAPE},
		{NULL, "\xB2\xB0\xB1\xB0-12-01", DATE_SHAPE},
		{NULL, "1/12/2010", DATE_SHAPE},
		{"%m/%d/%Y", "13/01/2010", DATE_NO_SUCH_DAY},
		{"%m/%d/%Y", "02/29/2011", DATE_NO_SUCH_DAY},
		{"%m/%d/%Y", "02/28/0000", DATE_OUT_OF_RANGE},
		{"%m/%d/%Y", "02/28/11", DATE_SHAPE},
		{"%m/%d/%Y", "02/28/2011x", DATE_SHAPE},
		{"%m/%d/%Y", "02-28-2011", DATE_SHAPE},
		{"%m/%d/%Y", "002/28/2011", DATE_SHAPE},
		{"%m/%d/%Y", "/28/2011", DATE_SHAPE},
		{"%m/%d/%Y", "02/28/", DATE_SHAPE},
		{"%m/%d/%Y", "2011-02-28", DATE_SHAPE},
		{"%m/%d/%Y", "02/28/2011 25:00", DATE_NO_SUCH_TIME},
		{"%m/%d/%Y %H:%M", "02/28/2011", DATE_SHAPE},
		{"%m/%d/%Y %H:%M", "02/28/2011 ", DATE_SHAPE},
		{"%m/%d/%Y %H:%M", "02/28/2011 08:26:00", DATE_SHAPE},
		{"%m/%d/%Y %H:%M", "02/28/2011 08:26Z", DATE_SHAPE},
		{"%m/%d/%Y %H:%M", "02/28/201108:26", DATE_SHAPE},
		{"%m/%d/%Y %H:%M", "02/28/2011 24:01", DATE_NO_SUCH_TIME},
		{"%m/%d/%Y %H:%M:%S", "02/28/2011 08:26", DATE_SHAPE},
		{"%m/%d/%Y %H:%M:%S", "02/28/2011 08:26:99", DATE_NO_SUCH_TIME},
		{"%d/%m/%Y %I:%M %p", "28/02/2011 13:26 pm", DATE_NO_SUCH_TIME},
		{"%d/%m/%Y %I:%M %p", "28/02/2011 0:26 pm", DATE_NO_SUCH_TIME},
		{"%d/%m/%Y %I:%M %p", "28/02/2011 1:26 xm", DATE_SHAPE},
		{"%d %b %Y", "1 Dez 2010", DATE_SHAPE},
		{"%d %b %Y", "1 Decem 2010", DATE_SHAPE},
		{"%d %b %Y", "1Dec2010", DATE_SHAPE},
		{"%d %b %Y", "31 Nov 2010", DATE_NO_SUCH_DAY},
		{"%Y%m%d", "2023111", DATE_SHAPE},
		{"%d%m%Y", "1122010", DATE_SHAPE},
		{"%s", "12x", DATE_SHAPE},
		{"%s", "-", DATE_SHAPE},
		{"%s", "+5", DATE_SHAPE},
		{"%s", "1234567890123456789", DATE_SHAPE},
		{"%s", "253402300800", DATE_OUT_OF_RANGE},
		{"%s", "-62135596801", DATE_OUT_OF_RANGE},
		{"%s", "999999999999999999", DATE_OUT_OF_RANGE},
		{"%s", "-999999999999999999", DATE_OUT_OF_RANGE},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_format format = format_of(cases[i].format);
		int32_t day = 77;
		enum date_status status =
			read_exactly(&format, cases[i].value, strlen(cases[i].value), &day);
		if (status != cases[i].status)
			print_error("'%s' by '%s': status %d, not %d\n", cases[i].value,
				cases[i].format ? cases[i].format : "ISO", (int)status,
				(int)cases[i].status);
		assert_int_equal(status, cases[i].status);
	}
}

static void bytes_that_are_not_text(void **state)
{
	static const char value[] = "2010-12-01\0";
	struct date_format format = format_of(NULL);
	int32_t day;
	(void)state;
	assert_int_equal(read_exactly(&format, value, 10, &day), DATE_OK);
	assert_int_equal(read_exactly(&format, value, 11, &day), DATE_SHAPE);
}

static void format_errors(void **state)
{
#define UNDERSTOOD " (understood: %Y %y %m %d %b %B %H %I %M %S %p %z %s %%)"
	static const struct {
		const char *format, *words;
	} cases[] = {
		{"", "--date-format '' has no year" UNDERSTOOD},
		{"%m/%d", "--date-format '%m/%d' has no year" UNDERSTOOD},
		{"%d.%Y", "--date-format '%d.%Y' has no month" UNDERSTOOD},
		{"%Y-%m", "--date-format '%Y-%m' has no day" UNDERSTOOD},
		{"%Y%", "--date-format '%Y%' has a lone '%'" UNDERSTOOD},
		{"%-d/%m/%Y",
			"--date-format '%-d/%m/%Y' has an unknown conversion '%-'" UNDERSTOOD},
		{"%F", "--date-format '%F' has an unknown conversion '%F'" UNDERSTOOD},
		{"%Y%m%d %é",
			"--date-format '%Y%m%d %é' has an unknown conversion '%é'" UNDERSTOOD},
		{"%Y-%m-%d %y", "--date-format '%Y-%m-%d %y' has the year twice" UNDERSTOOD},
		{"%b %m %d", "--date-format '%b %m %d' has the month twice" UNDERSTOOD},
		{"%Y-%m-%d %H %I", "--date-format '%Y-%m-%d %H %I' has the hour twice" UNDERSTOOD},
		{"%s %d", "--date-format '%s %d' has the day twice" UNDERSTOOD},
		{"yyyy-mm-dd", "--date-format 'yyyy-mm-dd' has no year" UNDERSTOOD},
		{"%Y-%m-%d 45678901234567890123456789012345678901234567890123456789",
			"--date-format '%Y-%m-%d "
			"456789012345678901234567890123456789012345678901234...' "
			"is longer than 63 bytes"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_format format;
		struct error err = {0};
		assert_false(date_format_compile(&format, cases[i].format, &err));
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_equal(err.words, cases[i].words);
		error_release(&err);
	}
}

static char *explain(const struct date_format *format, struct text value)
{
	struct buffer words = {0};
	date_explain(format, value, &words);
	buffer_byte(&words, '\0');
	return words.bytes;
}

static void words_for_bad_dates(void **state)
{
	static const struct {
		const char *format, *value, *words;
	} cases[] = {
		{NULL, "", "date is empty"},
		{NULL, "yesterday", "date 'yesterday' is not YYYY-MM-DD"},
		{NULL, "12/1/2010 8:26",
			"date '12/1/2010 8:26' is not YYYY-MM-DD (use --date-format "
			"'%m/%d/%Y %H:%M' or '%d/%m/%Y %H:%M'?)"},
		{NULL, "13/01/2010",
			"date '13/01/2010' is not YYYY-MM-DD (use --date-format '%d/%m/%Y'?)"},
		{NULL, "01/13/2010",
			"date '01/13/2010' is not YYYY-MM-DD (use --date-format '%m/%d/%Y'?)"},
		{NULL, "13.01.2010 08:26:00",
			"date '13.01.2010 08:26:00' is not YYYY-MM-DD (use --date-format "
			"'%d.%m.%Y %H:%M:%S'?)"},
		{NULL, "2010/12/01",
			"date '2010/12/01' is not YYYY-MM-DD (use --date-format '%Y/%m/%d'?)"},
		{NULL, "1 Dec 2010",
			"date '1 Dec 2010' is not YYYY-MM-DD (use --date-format '%d %b %Y'?)"},
		{NULL, "13-DEC-10",
			"date '13-DEC-10' is not YYYY-MM-DD (use --date-format '%d-%b-%y'?)"},
		{NULL, "12/13/2010, 8:26:00 AM",
			"date '12/13/2010, 8:26:00 AM' is not YYYY-MM-DD (use --date-format "
			"'%m/%d/%Y, %I:%M:%S %p'?)"},
		{NULL, "01/02/03",
			"date '01/02/03' is not YYYY-MM-DD (use --date-format '%m/%d/%y', "
			"'%d/%m/%y' or '%y/%m/%d'?)"},
		{NULL, "2010年12月1日",
			"date '2010年12月1日' is not YYYY-MM-DD (use --date-format "
			"'%Y年%m月%d日'?)"},
		{NULL, "1291161600",
			"date '1291161600' is not YYYY-MM-DD (use --date-format '%s'?)"},
		{NULL, "1291161600.", "date '1291161600.' is not YYYY-MM-DD"},
		{NULL, "1291161600000",
			"date '1291161600000' is not YYYY-MM-DD (milliseconds since 1970? export "
			"seconds, or days as YYYY-MM-DD)"},
		{NULL, "40513",
			"date '40513' is not YYYY-MM-DD (the day number of a spreadsheet? export "
			"it as YYYY-MM-DD)"},
		{NULL, "20101201082600",
			"date '20101201082600' is not YYYY-MM-DD (use --date-format "
			"'%Y%m%d%H%M%S'?)"},
		{NULL, "13012010",
			"date '13012010': no such day (there is no month 20; use --date-format "
			"'%d%m%Y'?)"},
		{NULL, "2023-02-29", "date '2023-02-29': no such day (2023-02 has 28 days)"},
		{NULL, "2023-13-01",
			"date '2023-13-01': no such day (there is no month 13; use --date-format "
			"'%Y-%d-%m'?)"},
		{NULL, "2010-12-01 25:00", "date '2010-12-01 25:00': no such time of day"},
		{NULL, "0000-00-00", "date '0000-00-00' lies outside 0001-01-01 to 9999-12-31"},
		{"%d/%m/%Y", "01/13/2010",
			"date '01/13/2010': no such day (there is no month 13; use --date-format "
			"'%m/%d/%Y'?)"},
		{"%d/%m/%Y", "2010-12-01",
			"date '2010-12-01' does not fit --date-format '%d/%m/%Y' (leave out "
			"--date-format?)"},
		{"%d/%m/%Y %H:%M", "13/12/2010",
			"date '13/12/2010' does not fit --date-format '%d/%m/%Y %H:%M' (use "
			"--date-format '%d/%m/%Y'?)"},
		{"%d/%m/%Y", "n/a", "date 'n/a' does not fit --date-format '%d/%m/%Y'"},
		{"%s", "253402300800", "date '253402300800' lies outside 0001-01-01 to 9999-12-31"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date_format format = format_of(cases[i].format);
		char *words = explain(&format, text_of(cases[i].value));
		assert_string_equal(words, cases[i].words);
		free(words);
	}
}

static void shapes(void **state)
{
	static const struct {
		const char *value, *shape;
	} cases[] = {
		{"", ""},
		{"2010-12-01", "YYYY-MM-DD"},
		{"2010-13-41", "YYYY-MM-DD"},
		{"20101201", "YYYYMMDD"},
		{"2010-12-01 08:26", "YYYY-MM-DD HH:MM"},
		{"2010-12-01 8:26", "YYYY-MM-DD HH:MM"},
		{"2010-12-01T08:26:00Z", "YYYY-MM-DDTHH:MM:SSZ"},
		{"2010-12-01T08:26:00.123+08:00", "YYYY-MM-DDTHH:MM:SS.N+NN:NN"},
		{"20101201T082600", "YYYYMMDDTHHMMSS"},
		{"1/12/2010 8:26", "NN/NN/NNNN NN:NN"},
		{"01/12/2010 08:26", "NN/NN/NNNN NN:NN"},
		{"1 December 2010", "NN Mon NNNN"},
		{"01-DEC-10", "NN-Mon-NN"},
		{"12/1/2010, 8:26:00 pm", "NN/NN/NNNN, NN:NN:NN AM"},
		{"2010年12月1日", "NNNN年NN月NN日"},
		{"1291161600", "NNNNNNNNNN"},
		{"yesterday", "A"},
		{"\x01\xFFx", "??x"},
		{"00000000000000000000000000000000000000000000000000000000000000", "..."},
		{"1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1",
			"NN/NN/NN/NN/NN/NN/NN/NN/NN/NN/NN/NN/NN/NN/NN..."},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char room[DATE_SHAPE_SIZE];
		assert_string_equal(date_shape(text_of(cases[i].value), room), cases[i].shape);
	}
}

/* Writes the day as a format has it, with a time and other liberties that the format leaves. */
static int write_by(const char *format, struct civil civil, uint64_t *seed, char *room)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	int n = 0;
	for (const char *at = format; *at != '\0'; at++) {
		if (*at != '%') {
			room[n++] = *at;
			if (*at == ' ' && random_below(seed, 4) == 0)
				room[n++] = ' ';
			continue;
		}
		bool touches = at[2] == '%' || (at > format && at[-1] != '/' && at[-1] != ' ' &&
						       at[-1] != '.' && at[-1] != ':');
		bool padded = touches || random_below(seed, 2) == 0;
		switch (*++at) {
		case 'Y':
			n += sprintf(room + n, "%04d", civil.year);
			break;
		case 'm':
			n += sprintf(room + n, padded ? "%02d" : "%d", civil.month);
			break;
		case 'd':
			n += sprintf(room + n, padded ? "%02d" : "%d", civil.day);
			break;
		case 'b':
			n += sprintf(room + n, padded ? "%.3s" : "%s", months[civil.month - 1]);
			break;
		case 'H':
			n += sprintf(room + n, padded ? "%02d" : "%d", (int)random_below(seed, 24));
			break;
		default: /* M and S */
			n += sprintf(room + n, "%02d", (int)random_below(seed, 60));
		}
	}
	return n;
}

static void written_days_are_read_back(void **state)
{
	static const char *const formats[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y",
		"%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y%m%d", "%d %b %Y", "%Y/%m/%d",
		"%d%b%Y %H:%M", "%H:%M %d/%m/%Y"};
	enum { ROUNDS = 20000 };
	uint64_t seed = 1;
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct date_format format = format_of(formats[i]);
		for (int round = 0; round < ROUNDS; round++) {
			int32_t day =
				DAY_FIRST + (int32_t)random_below(&seed, DAY_LAST - DAY_FIRST + 1);
			int32_t read = INT32_MIN;
			char room[64];
			int n = write_by(formats[i], day_to_civil(day), &seed, room);
			enum date_status status = read_exactly(&format, room, (size_t)n, &read);
			if (status != DATE_OK || read != day)
				print_error("'%.*s' by '%s'\n", n, room, formats[i]);
			assert_int_equal(status, DATE_OK);
			assert_int_equal(read, day);
		}
	}
}

/* The quick ways and the whole grammar agree: a blank before a value leads past the quick ways. */
static void random_bytes_do_no_harm(void **state)
{
	static const char *const formats[] = {NULL, "%d/%m/%Y", "%m-%d-%Y %H:%M",
		"%Y.%m.%d %H:%M:%S", "%d %b %y", "%s", "%Y%m%d%H%M%S%z", "%B%d,%Y %I:%M%p"};
	static const char alphabet[] =
		"0011223344556789--//..::  TZ+,DecMayamPM\x80\xC2\xA0\xE5\xFF";
	enum { ROUNDS = 20000, LONGEST = 30 };
	uint64_t seed = 2;
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct date_format format = format_of(formats[i]);
		for (int round = 0; round < ROUNDS; round++) {
			char bytes[LONGEST + 1] = " ";
			size_t n = random_below(&seed, LONGEST);
			if (random_below(&seed, 2) == 0) {
				struct civil civil =
					day_to_civil((int32_t)random_below(&seed, 20000));
				char whole[64];
				int written = write_by(formats[i] && formats[i][1] != 's'
							       ? "%d/%m/%Y %H:%M"
							       : "%Y-%m-%d %H:%M:%S",
					civil, &seed, whole);
				n = random_below(&seed, (size_t)written + 1);
				memcpy(bytes + 1, whole, n);
				for (size_t j = 0; j < n / 8; j++)
					bytes[1 + random_below(&seed, n)] =
						alphabet[random_below(&seed, sizeof(alphabet) - 1)];
			} else {
				for (size_t j = 0; j < n; j++)
					bytes[1 + j] =
						alphabet[random_below(&seed, sizeof(alphabet) - 1)];
			}
			int32_t day = INT32_MIN, again = INT32_MIN;
			struct text value = at_the_end(bytes + 1, n);
			enum date_status status = date_read(&format, value, &day);
			assert_int_equal(read_exactly(&format, bytes, n + 1, &again), status);
			assert_int_equal(day, again);
			assert_true(status != DATE_OK || (day >= DAY_FIRST && day <= DAY_LAST));
			if (status != DATE_OK && round % 64 == 0) {
				char *words = explain(&format, value);
				assert_true(strncmp(words, "date ", 5) == 0);
				free(words);
			}
			char shape[DATE_SHAPE_SIZE];
			assert_true(strlen(date_shape(value, shape)) < DATE_SHAPE_SIZE);
			forget(value);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_dates),
		cmocka_unit_test(bad_dates),
		cmocka_unit_test(bytes_that_are_not_text),
		cmocka_unit_test(format_errors),
		cmocka_unit_test(words_for_bad_dates),
		cmocka_unit_test(shapes),
		cmocka_unit_test(written_days_are_read_back),
		cmocka_unit_test(random_bytes_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

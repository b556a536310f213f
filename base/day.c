#include "base/day.h"

#include <assert.h>

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	assert(month >= 1 && month <= 12);
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool day_from_civil(int year, int month, int day, int32_t *result)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		(day > 28 && day > days_in_month(year, month)))
		return false;
	int from_march = month > 2 ? month - 3 : month + 9;
	int y = month > 2 ? year : year - 1;
	/* 719469 days lie between 0000-03-01 and 1970-01-01, less one as day counts from 1. */
	*result = 365 * y + y / 4 - y / 100 + y / 400 + (153 * from_march + 2) / 5 + day - 719469;
	return true;
}

struct civil day_to_civil(int32_t day)
{
	assert(day >= DAY_FIRST && day <= DAY_LAST);
	int n = day + 719468;                      /* days since 0000-03-01 */
	int era = n / 146097, of_era = n % 146097; /* 400 years have 146097 days */
	int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int from_march = (5 * of_year + 2) / 153;
	int month = from_march < 10 ? from_march + 3 : from_march - 9;
	return (struct civil){
		.year = era * 400 + year_of_era + (month <= 2),
		.month = month,
		.day = of_year - (153 * from_march + 2) / 5 + 1,
	};
}

int day_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday; 719166 is a multiple of 7 and keeps the sum positive. */
	return (day + 3 + 719166) % 7;
}

const char *day_write(int32_t day, char *room)
{
	struct civil civil = day_to_civil(day);
	room[0] = (char)('0' + civil.year / 1000);
	room[1] = (char)('0' + civil.year / 100 % 10);
	room[2] = (char)('0' + civil.year / 10 % 10);
	room[3] = (char)('0' + civil.year % 10);
	room[4] = room[7] = '-';
	room[5] = (char)('0' + civil.month / 10);
	room[6] = (char)('0' + civil.month % 10);
	room[8] = (char)('0' + civil.day / 10);
	room[9] = (char)('0' + civil.day % 10);
	room[10] = '\0';
	return room;
}

static bool read_digits(const char *at, int n, int *value)
{
	*value = 0;
	for (int i = 0; i < n; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		*value = *value * 10 + (at[i] - '0');
	}
	return true;
}

bool day_read(struct text text, int32_t *day)
{
	int year, month, of_month;
	return text.length == 10 && text.at[4] == '-' && text.at[7] == '-' &&
	       read_digits(text.at, 4, &year) && read_digits(text.at + 5, 2, &month) &&
	       read_digits(text.at + 8, 2, &of_month) && day_from_civil(year, month, of_month, day);
}

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

/* Neri and Schneider 2022, "Euclidean affine functions and their application to calendar
 * algorithms", figure 12: each division by the mean length of a century, a year, a month is a
 * multiplication and a shift, a fifth of the time of the divisions by their parts. */
static inline struct civil civil_of(int32_t day)
{
	assert(day >= DAY_FIRST && day <= DAY_LAST);
	uint32_t n = (uint32_t)(day + 719468); /* days since 0000-03-01 */
	uint32_t in_centuries = 4 * n + 3;
	uint32_t century = in_centuries / 146097, of_century = in_centuries % 146097 / 4;
	uint64_t in_years = UINT64_C(2939745) * (4 * of_century + 3);
	uint32_t year = 100 * century + (uint32_t)(in_years >> 32);
	uint32_t of_year = (uint32_t)in_years / 2939745 / 4;
	uint32_t in_months = 2141 * of_year + 197913;
	uint32_t month = in_months >> 16;
	bool is_next_year =
		of_year >= 306; /* January and February end a year that begins in March */
	return (struct civil){
		.year = (int)(year + is_next_year),
		.month = (int)(is_next_year ? month - 12 : month),
		.day = (int)((in_months & 0xFFFF) / 2141 + 1),
	};
}

struct civil day_to_civil(int32_t day)
{
	return civil_of(day);
}

int day_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday; 719166 is a multiple of 7 and keeps the sum positive. */
	return (day + 3 + 719166) % 7;
}

static inline void write_two_digits(int value, char *room)
{
	room[0] = (char)('0' + value / 10);
	room[1] = (char)('0' + value % 10);
}

const char *day_write(int32_t day, char *room)
{
	struct civil civil = civil_of(day);
	write_two_digits(civil.year / 100, room);
	write_two_digits(civil.year % 100, room + 2);
	write_two_digits(civil.month, room + 5);
	write_two_digits(civil.day, room + 8);
	room[4] = room[7] = '-';
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

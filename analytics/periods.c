#include "analytics/periods.h"

/* Weeks are counted from 0001-01-01, a Monday, or from the Sunday before it. */
static int32_t days_into_first_week(struct calendar calendar)
{
	return calendar.weeks_start_sunday ? 1 : 0;
}

static int months_in(enum period_unit unit)
{
	return unit == PERIOD_MONTH ? 1 : unit == PERIOD_QUARTER ? 3 : 12;
}

int32_t period_of(struct calendar calendar, int32_t day)
{
	if (calendar.unit == PERIOD_DAY)
		return day;
	if (calendar.unit == PERIOD_WEEK)
		return (day - DAY_FIRST + days_into_first_week(calendar)) / 7;
	struct civil civil = day_to_civil(day);
	return (civil.year * 12 + civil.month - 1) / months_in(calendar.unit);
}

/* Of the period after the last one too: DAY_LAST + 1. */
static int32_t unbounded_first_day(struct calendar calendar, int32_t period)
{
	if (calendar.unit == PERIOD_DAY)
		return period;
	if (calendar.unit == PERIOD_WEEK)
		return DAY_FIRST - days_into_first_week(calendar) + period * 7;
	int month = period * months_in(calendar.unit);
	int32_t day;
	return day_from_civil(month / 12, month % 12 + 1, 1, &day) ? day : DAY_LAST + 1;
}

int32_t period_first_day(struct calendar calendar, int32_t period)
{
	int32_t day = unbounded_first_day(calendar, period);
	return day < DAY_FIRST ? DAY_FIRST : day;
}

int32_t period_last_day(struct calendar calendar, int32_t period)
{
	int32_t day = unbounded_first_day(calendar, period + 1) - 1;
	return day > DAY_LAST ? DAY_LAST : day;
}

int32_t period_last_complete(struct calendar calendar, int32_t day)
{
	int32_t period = period_of(calendar, day);
	return period_last_day(calendar, period) <= day ? period : period - 1;
}

static void write_digits(char *room, int n, int value)
{
	for (int i = n - 1; i >= 0; i--, value /= 10)
		room[i] = (char)('0' + value % 10);
}

static const char *iso_week_name(int32_t monday, char *room)
{
	/* The last Thursday of 9999 is in the calendar, and so is every other. */
	int year = day_to_civil(monday + 3).year;
	int32_t fourth_of_january = 0;
	day_from_civil(year, 1, 4, &fourth_of_january);
	int32_t first_monday = fourth_of_january - day_weekday(fourth_of_january);
	write_digits(room, 4, year);
	room[4] = '-';
	room[5] = 'W';
	write_digits(room + 6, 2, (monday - first_monday) / 7 + 1);
	room[8] = '\0';
	return room;
}

const char *period_name(struct calendar calendar, int32_t period, char *room)
{
	int32_t first = period_first_day(calendar, period);
	if (calendar.unit == PERIOD_WEEK && !calendar.weeks_start_sunday)
		return iso_week_name(first, room);
	day_write(first, room);
	if (calendar.unit == PERIOD_YEAR)
		room[4] = '\0';
	if (calendar.unit == PERIOD_MONTH)
		room[7] = '\0';
	if (calendar.unit == PERIOD_QUARTER) {
		room[5] = 'Q';
		room[6] = (char)('1' + period % 4);
		room[7] = '\0';
	}
	return room;
}

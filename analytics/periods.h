/* Calendar periods: the day, week, month, quarter or year that a day lies in, as a number.
 *
 *	struct calendar months = {.unit = PERIOD_MONTH};
 *	int32_t march = period_of(months, day);
 *	if (period_last_day(months, march) <= as_of)
 *		... "2024-03", seen whole: period_name(months, march, room)
 *
 * Numbers of successive periods are successive, so the difference of two is a count of periods.
 * What the numbers themselves are is nobody's business. A week belongs to the year that holds
 * its Thursday, and week 1 is the first of that year (ISO 8601); a week that starts on Sunday has
 * no such standard everywhere, and is named by its first day.
 */
#ifndef ANALYTICS_PERIODS_H
#define ANALYTICS_PERIODS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/day.h"

enum period_unit { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR };

struct calendar {
	enum period_unit unit;
	bool weeks_start_sunday;
};

/* day lies in DAY_FIRST to DAY_LAST. */
int32_t period_of(struct calendar calendar, int32_t day);

/* The first and the last of the period's days, cut to DAY_FIRST and DAY_LAST. */
int32_t period_first_day(struct calendar calendar, int32_t period);
int32_t period_last_day(struct calendar calendar, int32_t period);

/* The last period that ends on or before day; every period up to it has been seen whole. */
int32_t period_last_complete(struct calendar calendar, int32_t day);

enum { PERIOD_NAME_SIZE = DAY_TEXT_SIZE };
/* Writes 2024-03-09, 2024-W10, 2024-03, 2024-Q1 or 2024 and a NUL into room; returns room. Names
 * of one calendar sort bytewise as the periods do. */
const char *period_name(struct calendar calendar, int32_t period, char *room);

#endif

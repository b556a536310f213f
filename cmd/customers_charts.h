/* The chart of patron customers: revenue by month, of new customers and of known ones. Its numbers
 * are not in the table, so that the rows are watched while they are read.
 *
 *	struct customers_watch watch;
 *	struct customers_observer observer = customers_watch_begin(&watch);
 *	... input_load() with needs.observer ...
 *	customers_watch_end(&watch, input);      draws, where there is something to draw
 */
#ifndef CMD_CUSTOMERS_CHARTS_H
#define CMD_CUSTOMERS_CHARTS_H

#include "analytics/activity.h"
#include "analytics/customers.h"
#include "cmd/command.h"
#include "cmd/input.h"

enum { N_CUSTOMERS_CHARTS = 1 };
extern const struct chart customers_charts[N_CUSTOMERS_CHARTS];

struct customers_watch {
	struct activity *activity; /* NULL where no chart is wanted */
};

struct customers_observer customers_watch_begin(struct customers_watch *watch);
/* input is NULL when the run failed. */
void customers_watch_end(struct customers_watch *watch, const struct input *input);

/* The chart from activity by month, of n customers with their first purchases. */
void customers_charts_draw(const struct activity *activity, const int32_t *first_day, uint32_t n,
	const struct input *input);

#endif

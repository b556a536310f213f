/* The chart of patron survival: curves with their intervals, and how many are at risk. */
#ifndef CMD_SURVIVAL_CHARTS_H
#define CMD_SURVIVAL_CHARTS_H

#include "analytics/survival.h"
#include "base/text.h"

/* groups are the names of the curves; time_words what the time is, with its unit. Drawn where it is
 * wanted: the chart called curves. */
void survival_charts_draw(
	const struct survival *survival, const struct text *groups, const char *time_words);

#endif

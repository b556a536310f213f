/* The charts of patron ltv: what customers are worth, who is still one, and how forecasts did. Each
 * is drawn where it is wanted. */
#ifndef CMD_LTV_CHARTS_H
#define CMD_LTV_CHARTS_H

#include <stddef.h>

#include "analytics/holdout.h"
#include "analytics/ltv_frequencies.h"
#include "cmd/command.h"
#include "cmd/ltv_scores.h"

enum { N_LTV_CHARTS = 5 };
extern const struct chart ltv_charts[N_LTV_CHARTS];

void ltv_charts_draw_customers(const struct ltv_scores *scores);
void ltv_charts_draw_holdout(const struct holdout *holdout);
void ltv_charts_draw_frequencies(const struct ltv_frequency by_x[LTV_FREQUENCIES]);

/* Cumulative, at the end of each of n periods; fitted is the period up to which the model knew the
 * data, NAN where that is all. */
struct ltv_course {
	const double *actual, *expected;
	size_t n;
	double fitted;
	const char *unit;
};
void ltv_charts_draw_tracking(const struct ltv_course *course);

#endif

/* The charts of patron retention: the triangle of cohorts, their curves, and the overview. */
#ifndef CMD_RETENTION_CHARTS_H
#define CMD_RETENTION_CHARTS_H

#include <stddef.h>
#include <stdint.h>

#include "analytics/cohorts.h"
#include "analytics/overview.h"
#include "analytics/periods.h"
#include "base/text.h"
#include "cmd/command.h"

enum { N_RETENTION_CHARTS = 3 };
extern const struct chart retention_charts[N_RETENTION_CHARTS];

struct retention_line {
	const struct cohort *cohort;
	struct text name, group; /* group is empty where nothing is split */
};

/* Cohorts as the tables show them. */
struct retention_picture {
	const struct retention_line *lines;
	size_t n_lines;
	const char *(*period_name)(const void *context, int32_t period);
	const void *context;
	int32_t n_periods;
	const char *period_words; /* what periods are: "months after the first purchase" */
	bool in_brackets;         /* periods are names, not numbers */
	bool in_calendar;         /* cohorts are periods of a calendar */
};

/* Those that are wanted; cells that as-of cuts are left out. */
void retention_charts_draw(const struct retention_picture *picture);

struct overview_line {
	struct text period;
	const struct overview_period *numbers;
};
void retention_charts_draw_overview(const struct overview_line *lines, size_t n_lines);

#endif

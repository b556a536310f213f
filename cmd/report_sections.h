/* The sections of the report, in their order. Each says in words when the data have no answer. */
#ifndef CMD_REPORT_SECTIONS_H
#define CMD_REPORT_SECTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "cmd/report_page.h"

/* After so many days without a purchase a customer counts as lost, and within so many as active. */
enum { REPORT_LOST_DAYS = 90 };

/* How many days the data go back from as-of, when these are too few for active to mean anything;
 * else 0. */
static inline int32_t report_short_days(const struct report *report)
{
	const struct transactions_report *read = &report->input->report;
	int32_t days = read->as_of - read->first_day + 1;
	return days < REPORT_LOST_DAYS ? days : 0;
}

void report_data(struct report *report);
void report_headline(struct report *report);
void report_segments(struct report *report);
void report_retention(struct report *report);
void report_survival(struct report *report);
void report_value(struct report *report);
void report_clusters(struct report *report, uint64_t seed);
void report_definitions(struct report *report);

#endif

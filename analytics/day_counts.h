/* How many rows each day has: the days a data set spans, its quantiles and its gaps.
 *
 *	struct day_counts *counts = day_counts_new();
 *	day_counts_add(counts, days, n);                  any thread, any order, again and again
 *	struct day_span span;
 *	if (day_counts_span(counts, &span)) ...
 *	double late = day_counts_quantile(counts, 999, 1000);
 *	day_counts_free(counts);
 *
 * Days are those of base/day.h. Memory: 4 KB for each 512 days of the calendar that have a row.
 */
#ifndef ANALYTICS_DAY_COUNTS_H
#define ANALYTICS_DAY_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct day_counts;

struct day_span {
	int32_t first, last;           /* days with a row */
	int64_t rows_first, rows_last; /* on those two */
	int32_t second;                /* the first day with a row after first, or first */
	int64_t rows, days;            /* all rows; days with a row */
	int32_t gap_first, gap_days;   /* the longest run of days without a row between first and
					  last, the earliest such; gap_days 0: there is none */
};

struct day_counts *day_counts_new(void);

/* Thread-safe. */
void day_counts_add(struct day_counts *counts, const int32_t *days, size_t n);

/* False when there is no row. */
bool day_counts_span(const struct day_counts *counts, struct day_span *span);

/* The i / parts quantile of the rows' days, type 7 as in analytics/quantile.h; there must be a
 * row. */
double day_counts_quantile(const struct day_counts *counts, int64_t i, int64_t parts);

/* The last day with a row that is not after this day, DAY_FIRST when there is none; *n_after is how
 * many rows come after it. */
int32_t day_counts_last_by(const struct day_counts *counts, double day, int64_t *n_after);

void day_counts_free(struct day_counts *counts); /* takes NULL */

#endif

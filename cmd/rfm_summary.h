/* patron rfm --summary: one row per segment. */
#ifndef CMD_RFM_SUMMARY_H
#define CMD_RFM_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/money.h"
#include "cmd/rfm_files.h"
#include "io/table.h"

enum { RFM_SUMMARY_COLUMNS = 8 };
extern const struct column rfm_summary_columns[RFM_SUMMARY_COLUMNS];

struct rfm_segment {
	const char *name;
	size_t customers;
	double means[N_RFM_MEASURES]; /* of recency the median; unused without customers */
	money_sum revenue;
};

/* Where -o, -f, --top and --by say. On a terminal the measures are a heat map. */
bool rfm_summary_write(const struct rfm_segment *segments, size_t n_segments, bool has_money,
	int money_decimals, struct error *err);

#endif

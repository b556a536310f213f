#include "cmd/rfm_summary.h"

#include <math.h>

#include "cmd/results.h"

enum {
	COL_SEGMENT,
	COL_CUSTOMERS,
	COL_CUSTOMERS_PCT,
	COL_MEASURES, /* the first of them */
	COL_REVENUE = COL_MEASURES + N_RFM_MEASURES,
	COL_REVENUE_PCT,
};

const struct column rfm_summary_columns[RFM_SUMMARY_COLUMNS] = {
	{"segment", COLUMN_TEXT, "", "the segment, in the order of the rules"},
	{"customers", COLUMN_COUNT, "customers", "how many are in it"},
	{"customers_pct", COLUMN_REAL, "%", "their share of all customers"},
	{"recency_days_median", COLUMN_REAL, "days", "median recency"},
	{"frequency_mean", COLUMN_REAL, "", "mean frequency"},
	{"monetary_mean", COLUMN_REAL, "currency", "mean monetary value"},
	{"revenue", COLUMN_MONEY, "currency", "net revenue"},
	{"revenue_pct", COLUMN_REAL, "%",
		"its share of all net revenue; empty when that is not > 0"},
};

struct summary {
	const struct rfm_segment *segments;
	bool has_money;
	size_t customers; /* in all */
	money_sum revenue;
	double worst[N_RFM_MEASURES], best[N_RFM_MEASURES]; /* of the segments with customers */
};

static void widen(struct summary *summary, const struct rfm_segment *segment)
{
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		summary->worst[m] = fmin(summary->worst[m], segment->means[m]);
		summary->best[m] = fmax(summary->best[m], segment->means[m]);
	}
}

static void summary_init(struct summary *summary, const struct rfm_segment *segments,
	size_t n_segments, bool has_money)
{
	*summary = (struct summary){.segments = segments, .has_money = has_money};
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		summary->worst[m] = INFINITY;
		summary->best[m] = -INFINITY;
	}
	for (size_t i = 0; i < n_segments; i++) {
		summary->customers += segments[i].customers;
		summary->revenue += segments[i].revenue;
		if (segments[i].customers > 0)
			widen(summary, &segments[i]);
	}
	double longest_ago = summary->best[RFM_RECENCY];
	summary->best[RFM_RECENCY] = summary->worst[RFM_RECENCY];
	summary->worst[RFM_RECENCY] = longest_ago;
}

/* The deeper the better: recent, frequent, much. */
static unsigned char shade_of(double value, double worst, double best)
{
	if (worst == best)
		return 0;
	int shade = 1 + (int)((value - worst) / (best - worst) * TABLE_SHADES);
	return (unsigned char)(shade < TABLE_SHADES ? shade : TABLE_SHADES);
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct summary *summary = rows;
	const struct rfm_segment *segment = &summary->segments[row];
	cells[COL_SEGMENT].text = text_of(segment->name);
	cells[COL_CUSTOMERS].count = (int64_t)segment->customers;
	cells[COL_CUSTOMERS_PCT].real =
		100 * (double)segment->customers / (double)summary->customers;
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		struct cell *cell = &cells[COL_MEASURES + m];
		cell->empty = segment->customers == 0 || (m == RFM_MONETARY && !summary->has_money);
		if (cell->empty)
			continue;
		cell->real = segment->means[m];
		cell->shade = shade_of(cell->real, summary->worst[m], summary->best[m]);
	}
	cells[COL_REVENUE].money = segment->revenue;
	cells[COL_REVENUE].empty = !summary->has_money;
	cells[COL_REVENUE_PCT].empty = !summary->has_money || summary->revenue <= 0;
	if (summary->revenue > 0)
		cells[COL_REVENUE_PCT].real =
			100 * money_as_real(segment->revenue) / money_as_real(summary->revenue);
}

bool rfm_summary_write(const struct rfm_segment *segments, size_t n_segments, bool has_money,
	int money_decimals, struct error *err)
{
	struct summary summary;
	summary_init(&summary, segments, n_segments, has_money);
	return results_write(rfm_summary_columns, RFM_SUMMARY_COLUMNS, fill, &summary, n_segments,
		money_decimals, err);
}

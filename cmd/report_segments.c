/* patron report: segments by recency, frequency and monetary value, and what to do for each. */
#include <string.h>

#include "base/mem.h"
#include "cmd/report_sections.h"

/* In the order of rfm_standard_rules. */
static const struct {
	const char *segment, *advice;
} advices[] = {
	{"Champions", "Thank them, show them what is new first, ask them to recommend you."},
	{"Loyal Customers", "Offer more of what they buy; a programme for members pays here."},
	{"Potential Loyalists", "A second and third purchase makes the habit: follow up early."},
	{"New Customers", "Make the start easy and remind them within the first weeks."},
	{"Promising", "They came lately but rarely: give a reason for the next visit."},
	{"Need Attention", "Their interest is fading: an offer with an end date brings some back."},
	{"About To Sleep", "Reach them now, with what they bought before; it gets harder later."},
	{"Can't Lose Them", "They used to buy most: a personal call is worth its price."},
	{"At Risk", "They bought often and stopped: ask why, and win them back."},
	{"Hibernating", "Cheap reminders only, such as a newsletter at a season's start."},
	{"Lost", "Spend nothing here before the others are served."},
};

enum {
	COL_SEGMENT,
	COL_CUSTOMERS,
	COL_CUSTOMERS_PCT,
	COL_RECENCY,
	COL_FREQUENCY,
	COL_MONETARY,
	COL_REVENUE_PCT,
	N_COLUMNS,
};

static const struct column columns[N_COLUMNS] = {
	{"segment", COLUMN_TEXT, "", "by the scores of recency, frequency and monetary value"},
	{"customers", COLUMN_COUNT, "", "how many are in it"},
	{"share, %", COLUMN_REAL, "", "of all customers"},
	{"days since", COLUMN_REAL, "", "the last purchase, median"},
	{"orders", COLUMN_REAL, "", "mean of a customer"},
	{"revenue each", COLUMN_REAL, "", "mean of a customer, returns subtracted"},
	{"revenue, %", COLUMN_REAL, "", "share of all net revenue"},
};

enum { ADVICE_SEGMENT, ADVICE_WORDS, N_ADVICE_COLUMNS };

static const struct column advice_columns[N_ADVICE_COLUMNS] = {
	{"segment", COLUMN_TEXT, "", "by the scores of recency, frequency and monetary value"},
	{"what to do", COLUMN_TEXT, "", "a suggestion"},
};

struct rows {
	const struct report *report;
	const struct rfm_segment *segments;
	size_t n;
	const struct rfm_segment **taken; /* those that have customers */
	size_t n_taken;
	double customers, revenue;
};

static const char *advice_for(const char *segment)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(*advices); i++)
		if (strcmp(advices[i].segment, segment) == 0)
			return advices[i].advice;
	return "";
}

static void fill(const void *context, size_t row, struct cell *cells)
{
	const struct rows *rows = context;
	const struct rfm_segment *segment = &rows->segments[row];
	bool empty = segment->customers == 0;
	cells[COL_SEGMENT].text = text_of(report_word(rows->report, segment->name));
	cells[COL_CUSTOMERS].count = (int64_t)segment->customers;
	cells[COL_CUSTOMERS_PCT].real = 100 * (double)segment->customers / rows->customers;
	cells[COL_RECENCY] = (struct cell){.empty = empty, .real = segment->means[RFM_RECENCY]};
	cells[COL_FREQUENCY] = (struct cell){.empty = empty, .real = segment->means[RFM_FREQUENCY]};
	cells[COL_MONETARY] = (struct cell){.empty = empty, .real = segment->means[RFM_MONETARY]};
	cells[COL_REVENUE_PCT].empty = rows->revenue <= 0;
	if (rows->revenue > 0)
		cells[COL_REVENUE_PCT].real = 100 * money_as_real(segment->revenue) / rows->revenue;
}

static void fill_advice(const void *context, size_t row, struct cell *cells)
{
	const struct rows *rows = context;
	const char *segment = rows->taken[row]->name;
	cells[ADVICE_SEGMENT].text = text_of(report_word(rows->report, segment));
	cells[ADVICE_WORDS].text = text_of(report_word(rows->report, advice_for(segment)));
}

static const struct rfm_segment *largest(const struct rows *rows, bool by_revenue)
{
	const struct rfm_segment *best = &rows->segments[0];
	for (size_t i = 1; i < rows->n; i++) {
		const struct rfm_segment *other = &rows->segments[i];
		if (by_revenue ? other->revenue > best->revenue
			       : other->customers > best->customers)
			best = other;
	}
	return best;
}

static void tell_largest(struct report *report, const struct rows *rows)
{
	const struct rfm_segment *most = largest(rows, false), *richest = largest(rows, true);
	report_say(report, "The largest segment is {1}, with {2} of the customers.",
		(const char *const[]){report_word(report, most->name),
			report_share(report, (double)most->customers, rows->customers), NULL});
	if (rows->revenue > 0)
		report_say(report, "The most revenue comes from {1}: {2} of it.",
			(const char *const[]){report_word(report, richest->name),
				report_share(
					report, money_as_real(richest->revenue), rows->revenue),
				NULL});
}

/* Scores compare customers with each other, which needs some, and some difference. */
static bool tell_apart(struct report *report, const struct rows *rows)
{
	const char *no = rows->customers < report->rfm.bins
				 ? "There are too few customers to cut them into fifths."
			 : rows->n_taken == 1
				 ? "All customers have bought as lately and as often as each other:"
				   " no segments tell them apart."
				 : NULL;
	if (no != NULL)
		report_say(report, no, (const char *const[]){NULL});
	return no == NULL;
}

static void tell_doubt(struct report *report)
{
	int32_t days = report_short_days(report);
	if (days > 0)
		report_say(report,
			"Doubt: the data go back {1} {1|day|days} only, and the scores compare"
			" customers with each other; who bought a little earlier may seem to be"
			" leaving.",
			(const char *const[]){report_count(report, days), NULL});
}

static void show(struct report *report, const struct rows *rows)
{
	const struct rfm_picture picture = rfm_scores_picture(&report->rfm);
	tell_largest(report, rows);
	tell_doubt(report);
	rfm_charts_draw(&picture);
	report_charts(report);
	report_table(report, "Segments", columns, N_COLUMNS, fill, rows, rows->n);
	report_table(report, "What to do", advice_columns, N_ADVICE_COLUMNS, fill_advice, rows,
		rows->n_taken);
}

void report_segments(struct report *report)
{
	struct rfm_scores *rfm = &report->rfm;
	struct rfm_segment *segments = mem_array(rfm->n_rules, sizeof(*segments));
	const struct rfm_segment **taken = mem_array(rfm->n_rules, sizeof(*taken));
	struct rows rows = {.report = report, .segments = segments, .taken = taken};
	rows.n = rfm_scores_summarise(rfm, segments);
	money_sum revenue = 0;
	for (size_t i = 0; i < rows.n; i++) {
		revenue += segments[i].revenue;
		if (segments[i].customers > 0)
			taken[rows.n_taken++] = &segments[i];
	}
	rows.customers = (double)rfm->n;
	rows.revenue = money_as_real(revenue);
	report_section(report, "segments", "Segments");
	report_say(report,
		"Each customer has a score from 1 to 5 for how lately, how often and for how much"
		" it bought; the scores cut the customers into fifths, and equal values always have"
		" equal scores.",
		(const char *const[]){NULL});
	if (tell_apart(report, &rows))
		show(report, &rows);
	mem_free(taken);
	mem_free(segments);
}

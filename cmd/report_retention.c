/* patron report: who comes back, by cohorts of months. */
#include <assert.h>
#include <math.h>

#include "analytics/cohorts.h"
#include "analytics/overview.h"
#include "base/mem.h"
#include "cmd/report_sections.h"
#include "cmd/retention_tables.h"

static const struct calendar months = {.unit = PERIOD_MONTH};

/* Cohorts that could be built have a row of all. */
static const struct cohort *all_of(const struct cohorts *cohorts)
{
	size_t c = 0;
	while (c < cohorts->n_cohorts && !cohorts->cohorts[c].all)
		c++;
	assert(c < cohorts->n_cohorts);
	return &cohorts->cohorts[c];
}

enum { COL_MONTH, COL_ELIGIBLE, COL_ACTIVE, COL_RATE, COL_LOW, COL_HIGH, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	{"month", COLUMN_COUNT, "", "after that of the first purchase"},
	{"customers", COLUMN_COUNT, "", "whose month is over"},
	{"active", COLUMN_COUNT, "", "of them, with a purchase in the month"},
	{"rate, %", COLUMN_REAL, "", "their share"},
	{"low, %", COLUMN_REAL, "", "its interval, 95% by Wilson's score"},
	{"high, %", COLUMN_REAL, "", "the upper end"},
};

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct cohort_cell *cell = &((const struct cohort_cell *)rows)[row];
	cells[COL_MONTH].count = (int64_t)row;
	cells[COL_ELIGIBLE].count = cell->eligible;
	cells[COL_ACTIVE].count = cell->active;
	cells[COL_RATE] = real_cell(100 * cell->rate);
	cells[COL_LOW] = real_cell(100 * cell->rate_interval.low);
	cells[COL_HIGH] = real_cell(100 * cell->rate_interval.high);
}

static void tell_rates(struct report *report, const struct cohort *all)
{
	static const int32_t after[] = {3, 6, 12};
	report_say(report,
		"Customers who first bought in the same month are a cohort, and a rate is the share"
		" of them with a purchase in a later month.",
		(const char *const[]){NULL});
	if (all->n_cells > 1 && !isnan(all->cells[1].rate))
		report_say(report, "After a month {1} bought.",
			(const char *const[]){report_share(report, all->cells[1].rate, 1), NULL});
	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
		if (after[i] < all->n_cells && !isnan(all->cells[after[i]].rate))
			report_say(report, "After {1} months {2} bought.",
				(const char *const[]){report_count(report, after[i]),
					report_share(report, all->cells[after[i]].rate, 1), NULL});
	report_say(report,
		"Months that as-of cuts are left out; in the first month of the data old customers"
		" look new.",
		(const char *const[]){NULL});
}

/* The last complete month. */
static void tell_overview(struct report *report)
{
	struct overview overview;
	char name[PERIOD_NAME_SIZE];
	if (overview_build(&overview, report->months, report->first_day, report->n_customers,
		    months, report->input->report.as_of, false) != OVERVIEW_OK)
		return;
	const struct overview_period *last = &overview.periods[overview.n_periods - 1];
	report_say(report,
		"In {1}, {2} {2|customer|customers} bought: {3} for the first time, {4} who had "
		"bought in the"
		" month before too, and {5} who came back after a pause; {6} of the month before"
		" stayed away.",
		(const char *const[]){period_name(months, last->period, name),
			report_count(report, last->active),
			report_count(report, last->new_customers),
			report_count(report, last->retained),
			report_count(report, last->reactivated), report_count(report, last->lost),
			NULL});
	overview_release(&overview);
}

void report_retention(struct report *report)
{
	const struct cohort_members members = {
		.first_day = report->first_day, .n_customers = report->n_customers};
	const struct cohort_options options = {
		.definition = COHORT_ON,
		.calendar = months,
		.as_of = report->input->report.as_of,
		.confidence = .95,
	};
	const struct retention_view view = {
		.definition = "on",
		.period_words = "months after that of the first purchase",
		.calendar = months,
		.first_period = INT32_MIN,
		.has_money = report->input->report.has_amounts,
		.money_decimals = report->input->report.money_decimals,
	};
	struct cohorts cohorts;
	report_section(report, "retention", "Who comes back");
	if (cohorts_build(&cohorts, report->months, &members, &options) == COHORTS_OK) {
		tell_rates(report, all_of(&cohorts));
		tell_overview(report);
		retention_draw(&view, &cohorts);
		report_charts(report);
		report_table(report, "All cohorts together", columns, N_COLUMNS, fill,
			all_of(&cohorts)->cells, (size_t)all_of(&cohorts)->n_cells);
	} else {
		report_say(report,
			"The data hold fewer than two complete months: nothing can be said of who"
			" comes back.",
			(const char *const[]){NULL});
	}
	cohorts_release(&cohorts);
}

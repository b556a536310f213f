#include "cmd/customers_charts.h"

#include "analytics/periods.h"
#include "analytics/revenue_periods.h"
#include "base/mem.h"
#include "cmd/charts.h"

const struct chart customers_charts[N_CUSTOMERS_CHARTS] = {
	{"revenue", {NULL},
		"net revenue by month: of new customers, in the month of their first purchase, and"
		" of known ones; years where months are more than 180; not from a customers table"},
};

static const struct calendar months = {.unit = PERIOD_MONTH};
static const struct calendar years = {.unit = PERIOD_YEAR};

static void see(void *context, const struct customers_rows *rows)
{
	const struct customers_watch *watch = context;
	const struct transactions *batch = rows->batch;
	for (size_t k = 0; k < rows->n_rows; k++) {
		size_t i = rows->rows[k];
		activity_add(watch->activity, rows->part, rows->customers[k],
			period_of(months, batch->days[i]), batch->amounts[i]);
	}
}

struct customers_observer customers_watch_begin(struct customers_watch *watch)
{
	watch->activity = NULL;
	if (!charts_want("revenue"))
		return (struct customers_observer){NULL, NULL};
	watch->activity = activity_new(CUSTOMERS_PARTS);
	return (struct customers_observer){see, watch};
}

static int32_t period_with(struct calendar calendar, int32_t month)
{
	return period_of(calendar, period_first_day(months, month));
}

static void add_bars(
	struct plot *plot, const struct revenue_periods *periods, struct calendar calendar)
{
	size_t n_bars = 0;
	struct plot_series *known =
		plot_series(plot, TEXT("customers who had bought before"), periods->n_periods);
	struct plot_series *new_ones = plot_series(plot, TEXT("new customers"), periods->n_periods);
	for (size_t i = 0; i < periods->n_periods; i++) {
		const struct revenue_period *month = &periods->periods[i];
		int32_t period = period_with(calendar, month->period);
		if (i == 0 || period != period_with(calendar, month[-1].period)) {
			char name[PERIOD_NAME_SIZE];
			plot_name(plot, PLOT_X, text_of(period_name(calendar, period, name)));
			n_bars++;
		}
		known->y[n_bars - 1] += money_as_real(month->of_known);
		new_ones->y[n_bars - 1] += money_as_real(month->of_new);
	}
	known->n = new_ones->n = n_bars;
}

/* More bars than these are a comb, and one placeholder such as 1900-01-01 makes thousands. */
enum { MOST_MONTHS = 180 };

static struct plot *bars(const struct revenue_periods *periods, const struct input *input)
{
	bool is_by_month = periods->n_periods <= MOST_MONTHS;
	struct calendar calendar = is_by_month ? months : years;
	struct plot *plot =
		plot_new(PLOT_BARS, is_by_month ? "Revenue by month" : "Revenue by year");
	plot->stacked = true;
	plot_axis(plot, PLOT_Y, "net revenue, currency", PLOT_MONEY);
	plot->axes[PLOT_Y].decimals = input->report.money_decimals;
	add_bars(plot, periods, calendar);
	int32_t last = period_with(calendar, periods->periods[periods->n_periods - 1].period);
	if (last > period_last_complete(calendar, input->report.as_of)) {
		char as_of[DAY_TEXT_SIZE];
		plot_note(plot,
			is_by_month ? "The last month goes up to %s only."
				    : "The last year goes up to %s only.",
			day_write(input->report.as_of, as_of));
	}
	return plot;
}

void customers_charts_draw(const struct activity *activity, const int32_t *first_day, uint32_t n,
	const struct input *input)
{
	struct revenue_periods periods;
	if (revenue_periods_build(&periods, activity, first_day, n, months))
		charts_add(bars(&periods, input));
	revenue_periods_release(&periods);
}

static void draw(const struct customers_watch *watch, const struct input *input)
{
	uint32_t n_of_parts[CUSTOMERS_PARTS];
	uint32_t n = customers_in_parts(input->customers, n_of_parts);
	activity_finish(watch->activity, n_of_parts, input_threads());
	int32_t *first_day = mem_array(n, sizeof(*first_day));
	customers_first_purchases(input->customers, first_day);
	customers_charts_draw(watch->activity, first_day, n, input);
	mem_free(first_day);
}

void customers_watch_end(struct customers_watch *watch, const struct input *input)
{
	bool has_rows = input != NULL && !input->report.is_customers_table;
	if (watch->activity != NULL && has_rows && input->report.has_amounts)
		draw(watch, input);
	activity_free(watch->activity);
}

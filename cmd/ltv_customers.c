/* patron ltv: one row per customer. */
#include <math.h>

#include "cmd/ltv_charts.h"
#include "cmd/ltv_scores.h"
#include "cmd/ltv_tables.h"
#include "cmd/message.h"
#include "cmd/results.h"

enum {
	COL_CUSTOMER,
	COL_X,
	COL_T_X,
	COL_T,
	COL_MONETARY,
	COL_P_ALIVE,
	COL_ORDERS,
	COL_ORDER_VALUE,
	COL_REVENUE,
	COL_CLV,
	COL_RANGES,
};

const struct column ltv_customer_columns[N_LTV_CUSTOMER_COLUMNS + N_LTV_RANGE_COLUMNS] = {
	{"customer", COLUMN_TEXT, "", "the customer's id"},
	{"x", COLUMN_COUNT, "orders", "repeat purchases: days with a purchase after the first"},
	{"t_x", COLUMN_REAL, "--unit", "from the first purchase to the last"},
	{"T", COLUMN_REAL, "--unit", "from the first purchase to as-of"},
	{"monetary", COLUMN_REAL, "currency",
		"mean value of the repeat purchases; empty for x = 0"},
	{"p_alive", COLUMN_REAL, "probability", "to be still a customer on as-of"},
	{"expected_orders", COLUMN_REAL, "orders",
		"up to --horizon; empty where that is for ever and they have no limit"},
	{"expected_order_value", COLUMN_REAL, "currency",
		"of each; for x = 0 the mean of all customers"},
	{"expected_revenue", COLUMN_REAL, "currency", "expected_orders x expected_order_value"},
	{"clv", COLUMN_REAL, "currency",
		"margin x expected_order_value x expected orders, discounted"},
	{"p_alive_low", COLUMN_REAL, "probability",
		"with --ci: the interval of what is expected, and so on; orders scatter about it"},
	{"p_alive_high", COLUMN_REAL, "probability", ""},
	{"expected_orders_low", COLUMN_REAL, "orders", ""},
	{"expected_orders_high", COLUMN_REAL, "orders", ""},
	{"expected_order_value_low", COLUMN_REAL, "currency", ""},
	{"expected_order_value_high", COLUMN_REAL, "currency", ""},
	{"expected_revenue_low", COLUMN_REAL, "currency", ""},
	{"expected_revenue_high", COLUMN_REAL, "currency", ""},
	{"clv_low", COLUMN_REAL, "currency", ""},
	{"clv_high", COLUMN_REAL, "currency", ""},
};

static void fill_ranges(const struct ltv_scores *scores, size_t i, struct cell *cells)
{
	const struct ltv_range range = ltv_scores_range(scores, i);
	const struct ltv_interval intervals[] = {
		range.p_alive, range.expected_orders, range.order_value, range.revenue, range.clv};
	for (size_t k = 0; k < COUNT_OF(intervals); k++) {
		cells[2 * k] = real_cell(intervals[k].low);
		cells[2 * k + 1] = real_cell(intervals[k].high);
	}
}

static void fill(const void *rows, size_t i, struct cell *cells)
{
	const struct ltv_scores *scores = rows;
	const struct ltv_base *base = scores->base;
	const struct ltv_figures figures = ltv_scores_of(scores, i);
	cells[COL_CUSTOMER].text = ltv_base_customer(base, i).id;
	cells[COL_X].count = base->x[i];
	cells[COL_T_X].real = base->t_x[i];
	cells[COL_T].real = base->T[i];
	cells[COL_MONETARY] = real_cell(base->has_amounts && base->x[i] > 0 ? base->spend[i] : NAN);
	cells[COL_P_ALIVE].real = figures.p_alive;
	cells[COL_ORDERS] = real_cell(figures.expected_orders);
	cells[COL_ORDER_VALUE] = real_cell(figures.order_value);
	cells[COL_REVENUE] = real_cell(figures.revenue);
	cells[COL_CLV] = real_cell(figures.clv);
	if (scores->errors != NULL || scores->drawn != NULL)
		fill_ranges(scores, i, cells + COL_RANGES);
}

bool ltv_write_customers(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err)
{
	struct ltv_scores scores = {0};
	size_t n_columns =
		N_LTV_CUSTOMER_COLUMNS + (asked->ranges == LTV_NO_RANGES ? 0 : N_LTV_RANGE_COLUMNS);
	bool good = ltv_scores_init(&scores, base, base, estimate, asked, err);
	/* The mean over customers may be infinite though each of them drops out one day. */
	if (good && scores.endless)
		message_note("expected orders for ever have no limit with these parameters and stay"
			     " empty; discounted, in clv, they have one");
	if (good)
		ltv_charts_draw_customers(&scores);
	good = good &&
	       results_write(ltv_customer_columns, n_columns, fill, &scores, base->n, 0, err);
	ltv_scores_release(&scores);
	return good;
}

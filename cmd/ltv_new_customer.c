/* patron ltv --new-customer: what one acquired today will be worth. */
#include "base/mem.h"
#include "base/text.h"
#include "cmd/ltv_scores.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

enum { COL_MODEL, COL_ORDERS, COL_ORDER_VALUE, COL_REVENUE, COL_CLV, COL_RANGES };

const struct column ltv_new_columns[N_LTV_NEW_COLUMNS + N_LTV_NEW_RANGE_COLUMNS] = {
	{"model", COLUMN_TEXT, "", "that was fitted"},
	{"expected_orders", COLUMN_REAL, "orders", "after the first, up to --horizon"},
	{"expected_order_value", COLUMN_REAL, "currency", "of each: the mean of all customers"},
	{"expected_revenue", COLUMN_REAL, "currency", "expected_orders x expected_order_value"},
	{"clv", COLUMN_REAL, "currency",
		"margin x expected_order_value x expected orders, discounted; the first order is"
		" not in it"},
	{"expected_orders_low", COLUMN_REAL, "orders", "with --ci: the interval, and so on"},
	{"expected_orders_high", COLUMN_REAL, "orders", ""},
	{"expected_order_value_low", COLUMN_REAL, "currency", ""},
	{"expected_order_value_high", COLUMN_REAL, "currency", ""},
	{"expected_revenue_low", COLUMN_REAL, "currency", ""},
	{"expected_revenue_high", COLUMN_REAL, "currency", ""},
	{"clv_low", COLUMN_REAL, "currency", ""},
	{"clv_high", COLUMN_REAL, "currency", ""},
};

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct ltv_scores *scores = rows;
	const struct ltv_figures figures = ltv_scores_of(scores, row);
	cells[COL_MODEL].text = text_of(ltv_family_name(scores->estimate->fit.model.family));
	cells[COL_ORDERS] = real_cell(figures.expected_orders);
	cells[COL_ORDER_VALUE] = real_cell(figures.order_value);
	cells[COL_REVENUE] = real_cell(figures.revenue);
	cells[COL_CLV] = real_cell(figures.clv);
	if (scores->errors == NULL && scores->drawn == NULL)
		return;
	const struct ltv_range range = ltv_scores_range(scores, row);
	const struct ltv_interval intervals[] = {
		range.expected_orders, range.order_value, range.revenue, range.clv};
	for (size_t i = 0; i < COUNT_OF(intervals); i++) {
		cells[COL_RANGES + 2 * i] = real_cell(intervals[i].low);
		cells[COL_RANGES + 2 * i + 1] = real_cell(intervals[i].high);
	}
}

/* A base of one, whose first purchase is on as-of. */
bool ltv_write_new_customer(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err)
{
	int32_t x = 0;
	double time = 0, spend = 0;
	size_t bad;
	struct ltv_base acquired = {
		.n = 1,
		.x = &x,
		.spend = &spend,
		.unit = base->unit,
		.has_amounts = base->has_amounts,
		.mean_margin = base->mean_margin,
	};
	struct ltv_scores scores = {0};
	size_t n_columns =
		N_LTV_NEW_COLUMNS + (asked->ranges == LTV_NO_RANGES ? 0 : N_LTV_NEW_RANGE_COLUMNS);
	ltv_rows_group(&acquired.rows, &x, &time, &time, NULL, 1, &bad);
	bool good = ltv_scores_init(&scores, &acquired, base, estimate, asked, err) &&
		    results_write(ltv_new_columns, n_columns, fill, &scores, 1, 0, err);
	ltv_scores_release(&scores);
	ltv_rows_release(&acquired.rows);
	return good;
}

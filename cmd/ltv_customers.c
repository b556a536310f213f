/* patron ltv: one row per customer. */
#include <math.h>

#include "analytics/ltv_model.h"
#include "analytics/ltv_ranges.h"
#include "analytics/proportion.h"
#include "base/mem.h"
#include "cmd/input.h"
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

/* What the rows of the table are made from. */
struct view {
	const struct ltv_base *base;
	const struct ltv_estimate *estimate;
	bool has_money;
	double kept; /* of an order's value, after returns */
	double z;
	struct ltv_score *scores;       /* of the rows of the base */
	struct ltv_score_error *errors; /* of the same, or NULL */
};

/* Sums for ever may have no limit. */
static struct cell limited(double value)
{
	return real_cell(isfinite(value) ? value : NAN);
}

static void fill_range(struct cell *cells, struct ltv_interval interval, double factor, bool known)
{
	cells[0] = limited(known ? interval.low * factor : NAN);
	cells[1] = limited(known ? interval.high * factor : NAN);
}

static void fill_ranges(
	const struct view *view, size_t i, double value, double margin, struct cell *cells)
{
	const struct ltv_base *base = view->base;
	uint32_t row = base->rows.row_of[i];
	int32_t x = ltv_base_has_spend(base, i) ? base->x[i] : 0;
	double log_value_error =
		gamma_gamma_expected_log_error(&view->estimate->spend, x, base->spend[i]);
	struct ltv_range range = ltv_delta_range(&view->scores[row], &view->errors[row],
		view->has_money ? value : 0, log_value_error, view->z);
	fill_range(cells, range.p_alive, 1, true);
	fill_range(cells + 2, range.expected_orders, 1, true);
	fill_range(cells + 4, range.order_value, 1, view->has_money);
	fill_range(cells + 6, range.revenue, 1, view->has_money);
	fill_range(cells + 8, range.clv, margin, view->has_money);
}

static void fill(const void *rows, size_t i, struct cell *cells)
{
	const struct view *view = rows;
	const struct ltv_base *base = view->base;
	const struct ltv_score *score = &view->scores[base->rows.row_of[i]];
	bool has_spend = ltv_base_has_spend(base, i);
	double margin = base->margin != NULL ? base->margin[i] : base->mean_margin;
	double value = NAN;
	if (view->has_money)
		value = view->kept * gamma_gamma_expected(&view->estimate->spend.model,
					     has_spend ? base->x[i] : 0, base->spend[i]);
	cells[COL_CUSTOMER].text = ltv_base_customer(base, i).id;
	cells[COL_X].count = base->x[i];
	cells[COL_T_X].real = base->t_x[i];
	cells[COL_T].real = base->T[i];
	cells[COL_MONETARY] = real_cell(base->has_amounts && base->x[i] > 0 ? base->spend[i] : NAN);
	cells[COL_P_ALIVE].real = score->p_alive;
	cells[COL_ORDERS] = limited(score->orders.expected);
	cells[COL_ORDER_VALUE] = real_cell(value);
	cells[COL_REVENUE] = limited(value * score->orders.expected);
	cells[COL_CLV] = real_cell(margin * value * score->orders.discounted);
	if (view->errors != NULL)
		fill_ranges(view, i, value, margin, cells + COL_RANGES);
}

/* For ever, the mean over customers may be infinite though each drops out one day. */
static void note_endless(const struct view *view)
{
	bool endless = false;
	for (size_t i = 0; i < view->base->rows.n_rows; i++)
		endless = endless || !isfinite(view->scores[i].orders.expected);
	if (endless)
		message_note("expected orders for ever have no limit with these parameters and stay"
			     " empty; discounted, in clv, they have one");
}

bool ltv_write_customers(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err)
{
	struct ltv_outlook outlook = ltv_outlook_of(asked, base->unit);
	size_t n_rows = base->rows.n_rows, n_columns = N_LTV_CUSTOMER_COLUMNS;
	struct view view = {
		.base = base,
		.estimate = estimate,
		.has_money = base->has_amounts && estimate->has_spend,
		.kept = asked->net_of_returns ? 1 - estimate->return_rate : 1,
		.z = normal_deviate(asked->confidence),
		.scores = mem_array(n_rows, sizeof(*view.scores)),
	};
	ltv_score(&estimate->fit.model, &base->rows, &outlook, input_threads(), view.scores);
	note_endless(&view);
	if (asked->ranges == LTV_DELTA) {
		n_columns += N_LTV_RANGE_COLUMNS;
		view.errors = mem_array(n_rows, sizeof(*view.errors));
		ltv_score_errors(
			&estimate->fit, &base->rows, &outlook, input_threads(), view.errors);
	}
	bool good = results_write(ltv_customer_columns, n_columns, fill, &view, base->n, 0, err);
	mem_free(view.scores);
	mem_free(view.errors);
	return good;
}

/* patron report: what customers are worth, by the lifetime model that fits best, with its doubts.
 */
#include <math.h>

#include "analytics/quantile.h"
#include "analytics/tenths.h"
#include "base/mem.h"
#include "cmd/ltv_charts.h"
#include "cmd/ltv_estimate.h"
#include "cmd/ltv_scores.h"
#include "cmd/message.h"
#include "cmd/report_sections.h"

/* In the order of enum ltv_family. */
static const char *const family_names[LTV_FAMILIES] = {
	[LTV_NBD] = "NBD",
	[LTV_BGNBD] = "BG/NBD",
	[LTV_MBGNBD] = "MBG/NBD",
	[LTV_BGCNBD] = "BG/CNBD-k",
	[LTV_MBGCNBD] = "MBG/CNBD-k",
	[LTV_PNBD] = "Pareto/NBD",
};

#define NOTHING ((const char *const[]){NULL})

static void tell_choice(struct report *report, const struct ltv_estimate *estimate)
{
	int next = -1;
	for (int f = 0; f < LTV_FAMILIES; f++)
		if (f != (int)estimate->fit.model.family && estimate->all[f].status == LTV_FIT_OK &&
			(next < 0 || estimate->all[f].bic < estimate->all[next].bic))
			next = f;
	report_say(report,
		"Of the models of purchase and drop-out, {1} fits these customers best (BIC {2};"
		" the next is {3} with {4}).",
		(const char *const[]){family_names[estimate->fit.model.family],
			report_real(report, estimate->fit.bic, 7),
			next >= 0 ? family_names[next] : "-",
			next >= 0 ? report_real(report, estimate->all[next].bic, 7) : "-", NULL});
}

/* ---- what is expected ---- */

struct outlook {
	double alive, orders, revenue, clv, top_share;
};

static struct outlook add_up(const struct ltv_scores *scores, size_t n)
{
	struct outlook sum = {0};
	double *clv = mem_array(n, sizeof(*clv)), top = 0;
	for (size_t i = 0; i < n; i++) {
		const struct ltv_figures figures = ltv_scores_of(scores, i);
		sum.alive += figures.p_alive;
		sum.orders += figures.expected_orders;
		sum.revenue += figures.revenue;
		sum.clv += figures.clv;
		clv[i] = figures.clv;
	}
	if (scores->has_money) {
		sort_reals(clv, n);
		for (size_t i = n - (n + 9) / 10; i < n; i++)
			top += clv[i];
	}
	sum.top_share = sum.clv > 0 ? top / sum.clv : NAN;
	mem_free(clv);
	return sum;
}

/* ---- by tenths of the value ---- */

enum {
	COL_TENTH,
	COL_CUSTOMERS,
	COL_ALIVE,
	COL_ORDERS,
	COL_REVENUE,
	COL_CLV,
	N_COLUMNS,
};

static const struct column columns[N_COLUMNS] = {
	{"tenth", COLUMN_COUNT, "", "of the customers, the most valuable first"},
	{"customers", COLUMN_COUNT, "", "how many are in it"},
	{"still customers", COLUMN_REAL, "", "so many of them, as expected"},
	{"orders", COLUMN_REAL, "", "expected of them in the next 52 weeks"},
	{"revenue", COLUMN_REAL, "", "expected of these orders"},
	{"value", COLUMN_REAL, "", "the same, discounted by 10% a year"},
};

struct tenth {
	size_t customers;
	double alive, orders, revenue, clv;
};

/* The 4e-58th part of an order is none. NaN stays. */
static double or_nothing(double expected)
{
	return fabs(expected) < 5e-4 ? 0 : expected;
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct tenth *tenth = &((const struct tenth *)rows)[row];
	cells[COL_TENTH].count = (int64_t)row + 1;
	cells[COL_CUSTOMERS].count = (int64_t)tenth->customers;
	cells[COL_ALIVE].real = or_nothing(tenth->alive);
	cells[COL_ORDERS].real = or_nothing(tenth->orders);
	cells[COL_REVENUE] = real_cell(or_nothing(tenth->revenue));
	cells[COL_CLV] = real_cell(or_nothing(tenth->clv));
}

/* Without money, by expected orders. */
static void show_tenths(struct report *report, const struct ltv_scores *scores, size_t n)
{
	struct tenth tenths[TENTHS] = {0};
	double *value = mem_array(n, sizeof(*value));
	size_t *order = mem_array(n, sizeof(*order));
	for (size_t i = 0; i < n; i++) {
		const struct ltv_figures figures = ltv_scores_of(scores, i);
		value[i] = scores->has_money ? figures.clv : figures.expected_orders;
	}
	tenths_order(order, value, n);
	for (size_t t = 0, i = 0; t < TENTHS; t++)
		for (; i < tenths_end(t, n); i++) {
			const struct ltv_figures figures = ltv_scores_of(scores, order[i]);
			tenths[t].customers++;
			tenths[t].alive += figures.p_alive;
			tenths[t].orders += figures.expected_orders;
			tenths[t].revenue += figures.revenue;
			tenths[t].clv += figures.clv;
		}
	report_table(
		report, "Value by tenths of customers", columns, N_COLUMNS, fill, tenths, TENTHS);
	mem_free(value);
	mem_free(order);
}

/* ---- what is said ---- */

static double in_cents(double amount)
{
	return round(100 * amount) / 100;
}

static void tell_outlook(struct report *report, const struct ltv_scores *scores, size_t n)
{
	const struct outlook sum = add_up(scores, n);
	report_say(report,
		"Of the {1} customers, {2} are expected to be still customers. In the next 52 weeks"
		" they are expected to order {3} {3|time|times}.",
		(const char *const[]){report_count(report, (int64_t)n),
			report_count(report, llround(sum.alive)),
			report_count(report, llround(sum.orders)), NULL});
	if (!scores->has_money)
		return;
	report_say(report,
		"Those orders are worth {1}; discounted by 10% a year, {2}. The tenth of the"
		" customers with the highest value holds {3} of it.",
		(const char *const[]){report_money(report, in_cents(sum.revenue)),
			report_money(report, in_cents(sum.clv)),
			isnan(sum.top_share) ? "-" : report_share(report, sum.top_share, 1), NULL});
}

/* ---- doubts ---- */

static size_t doubt_dropout(struct report *report, const struct ltv_fit *fit)
{
	static const char *const words[] = {
		[LTV_DROPOUT_VARIES] = NULL,
		[LTV_DROPOUT_NONE] = "Doubt: no drop-out is visible in these data, so that every"
				     " customer counts as still one.",
		[LTV_DROPOUT_ALIKE] = "Doubt: customers do not seem to differ in how they drop out,"
				      " which is rarely so.",
		[LTV_DROPOUT_ALL_OR_NOTHING] = "Doubt: by the fit some customers leave at the first"
					       " chance and the others never.",
	};
	size_t n = 0;
	const char *line =
		fit->model.family == LTV_NBD ? words[LTV_DROPOUT_NONE] : words[fit->dropout];
	if (line != NULL) {
		report_say(report, line, NOTHING);
		n++;
	}
	if (fit->rates_alike) {
		report_say(report,
			"Doubt: customers do not seem to differ in how often they order.", NOTHING);
		n++;
	}
	return n;
}

static size_t doubt_spend(struct report *report, const struct ltv_estimate *estimate)
{
	size_t n = 0;
	if (!estimate->has_spend)
		return 0;
	if (fabs(estimate->spend_correlation) > .3) {
		report_say(report,
			"Doubt: how often and for how much customers buy go together (correlation"
			" {1}), which the model of spend takes as independent.",
			(const char *const[]){
				report_real(report, estimate->spend_correlation, 2), NULL});
		n++;
	}
	if (estimate->spend.status == GAMMA_GAMMA_OK && !estimate->spend.has_mean) {
		report_say(report,
			"Doubt: spend differs so much between customers that its mean is not"
			" finite; customers without repeat purchases get the mean of the others.",
			NOTHING);
		n++;
	}
	if (estimate->return_rate > .02) {
		report_say(report,
			"Doubt: values are gross of returns, which take back {1} of revenue.",
			(const char *const[]){
				report_share(report, estimate->return_rate, 1), NULL});
		n++;
	}
	return n;
}

static void tell_doubts(struct report *report, const struct ltv_estimate *estimate)
{
	size_t n = doubt_dropout(report, &estimate->fit) + doubt_spend(report, estimate);
	if (n == 0)
		report_say(report,
			"Nothing in the fit itself gives cause for doubt. How well such a forecast"
			" would have done shows a holdout: patron ltv --holdout-from.",
			NOTHING);
}

/* ---- the section ---- */

static void tell_failure(struct report *report, const struct ltv_base *base)
{
	if (base->rows.repeaters < LTV_MIN_REPEATERS)
		report_say(report,
			"There is no number here: {1} {1|customer|customers} bought on a second "
			"day,"
			" and a fit needs {2}.",
			(const char *const[]){report_count(report, llround(base->rows.repeaters)),
				report_count(report, LTV_MIN_REPEATERS), NULL});
	else
		report_say(report,
			"There is no number here: no model of purchase, drop-out and spend could be"
			" fitted to these customers.",
			NOTHING);
}

/* The orders alone: spend has no fit, as where most amounts are 0. */
static bool leave_money_out(struct report *report, const struct ltv_asked *asked,
	struct ltv_base *base, struct ltv_estimate *estimate, struct error *err)
{
	base->has_amounts = false;
	if (!ltv_estimate_make(estimate, base, asked, err))
		return false;
	report_say(report,
		"There is no value in money: too few customers have repeat purchases above 0, or"
		" what they spend fits no model. What is left are orders.",
		NOTHING);
	return true;
}

static void tell_fit(struct report *report, const struct ltv_asked *asked,
	const struct ltv_base *base, const struct ltv_estimate *estimate)
{
	struct ltv_scores scores = {0};
	struct error err = {0};
	tell_choice(report, estimate);
	if (ltv_scores_init(&scores, base, base, estimate, asked, &err)) {
		tell_outlook(report, &scores, base->n);
		tell_doubts(report, estimate);
		ltv_charts_draw_customers(&scores);
		report_charts(report);
		show_tenths(report, &scores, base->n);
	}
	error_release(&err);
	ltv_scores_release(&scores);
}

void report_value(struct report *report)
{
	struct ltv_asked asked;
	struct ltv_base base = {0};
	struct ltv_estimate estimate = {0};
	struct error err = {0};
	bool was_quiet = message_is_quiet();
	report_section(report, "value", "What customers are worth");
	/* What the command would say on standard error, the page says. */
	message_set_quiet(true);
	bool good = ltv_options_judge(&asked, &err) &&
		    ltv_base_of(&base, report->input, &asked, LTV_WEEK, &err) &&
		    ltv_estimate_make(&estimate, &base, &asked, &err);
	if (!good && base.rows.repeaters >= LTV_MIN_REPEATERS && base.has_amounts) {
		error_release(&err);
		good = leave_money_out(report, &asked, &base, &estimate, &err);
	}
	if (good)
		tell_fit(report, &asked, &base, &estimate);
	else
		tell_failure(report, &base);
	message_set_quiet(was_quiet);
	error_release(&err);
	ltv_base_release(&base);
}

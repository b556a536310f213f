#include "cmd/ltv_base.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"
#include "io/real.h"

/* ---- margins ---- */

/* "0.35" or "35%". */
static bool read_margin(struct text cell, double *margin)
{
	bool is_pct = cell.length > 0 && cell.at[cell.length - 1] == '%';
	cell.length -= is_pct;
	if (!real_read(cell, input_decimal(), margin))
		return false;
	if (is_pct)
		*margin /= 100;
	return *margin >= 0 && *margin <= 1;
}

static bool judge_margin(struct text cell, struct buffer *words)
{
	char room[TEXT_EXCERPT_SIZE];
	double margin;
	if (read_margin(cell, &margin))
		return true;
	if (cell.length == 0)
		buffer_string(words, "the margin is empty (--where 'COL!=' leaves such rows out)");
	else
		buffer_format(words, "margin '%s' must be a share from 0 to 1 such as 0.35 or 35%%",
			text_excerpt(cell, room));
	return false;
}

/* Customers once more, with what is earned on each purchase for its amount. */
static void see_margins(void *context, const struct customers_rows *seen)
{
	struct ltv_base *base = context;
	const struct transactions *batch = seen->batch;
	struct text *ids = mem_array(seen->n_rows, sizeof(*ids));
	int32_t *days = mem_array(seen->n_rows, sizeof(*days));
	money *amounts = mem_array(seen->n_rows, sizeof(*amounts));
	size_t n = 0;
	for (size_t k = 0; k < seen->n_rows; k++) {
		size_t i = seen->rows[k];
		double margin = 0;
		if (batch->amounts[i] < 0)
			continue;
		bool good = read_margin(batch->labels[0][i], &margin);
		assert(good);
		ids[n] = batch->customers[i];
		days[n] = batch->days[i];
		amounts[n++] = (money)llround((double)batch->amounts[i] * margin);
	}
	const struct transactions earned = {
		.n_rows = n, .customers = ids, .days = days, .amounts = amounts};
	customers_add(base->margins, &earned);
	mem_free(ids);
	mem_free(days);
	mem_free(amounts);
}

static double share(money_sum part, money_sum whole, double otherwise)
{
	return whole > 0 ? money_as_real(part) / money_as_real(whole) : otherwise;
}

/* Both tables have the customers with a purchase, by id. Who has spent nothing gets the mean. */
static void set_margins(struct ltv_base *base)
{
	money_sum earned = 0, revenue = 0;
	for (size_t i = 0; i < base->n; i++) {
		earned += customers_get(base->margins, base->place[i]).gross_revenue;
		revenue += ltv_base_customer(base, i).gross_revenue;
	}
	base->mean_margin = share(earned, revenue, 1);
	base->margin = mem_array(base->n, sizeof(*base->margin));
	for (size_t i = 0; i < base->n; i++)
		base->margin[i] = share(customers_get(base->margins, base->place[i]).gross_revenue,
			ltv_base_customer(base, i).gross_revenue, base->mean_margin);
}

/* ---- customers ---- */

struct customer ltv_base_customer(const struct ltv_base *base, size_t i)
{
	return customers_get(base->input->customers, base->place[i]);
}

bool ltv_base_has_spend(const struct ltv_base *base, size_t i)
{
	return base->x[i] > 0 && base->spend[i] > 0;
}

static void choose_customers(struct ltv_base *base)
{
	size_t n = customers_count(base->input->customers);
	base->place = mem_array(n, sizeof(*base->place));
	for (size_t i = 0; i < n; i++)
		if (customers_get(base->input->customers, i).first_purchase >=
			base->input->acquired_since)
			base->place[base->n++] = (uint32_t)i;
}

static void set_returns(struct ltv_base *base)
{
	money_sum returns = 0, revenue = 0;
	base->return_rate = NAN;
	for (size_t i = 0; i < base->n && base->has_amounts; i++) {
		const struct customer customer = ltv_base_customer(base, i);
		returns += customer.returns;
		revenue += customer.gross_revenue;
	}
	if (base->has_amounts)
		base->return_rate = fmin(1, share(returns, revenue, 0));
}

static bool refuse_customer(const struct ltv_base *base, size_t bad, struct error *err)
{
	const struct customer customer = ltv_base_customer(base, bad);
	char room[TEXT_EXCERPT_SIZE];
	return error_set(err, ERROR_DATA,
		"customer '%s': %lld purchase days over %d days, with log_gaps %g, cannot be (make"
		" the table with patron customers)",
		text_excerpt(customer.id, room), (long long)customer.purchase_days,
		customer.last_purchase - customer.first_purchase, customer.log_gaps);
}

/* log_gaps is a sum of logarithms of days, one for each x. */
static bool group(struct ltv_base *base, const double *log_gaps, struct error *err)
{
	size_t bad = 0;
	enum ltv_rows_status status =
		ltv_rows_group(&base->rows, base->x, base->t_x, base->T, log_gaps, base->n, &bad);
	switch (status) {
	case LTV_ROWS_OK:
		return true;
	case LTV_ROWS_BAD:
		return refuse_customer(base, bad, err);
	case LTV_ROWS_NONE:
	case LTV_ROWS_TOO_MANY:
		break;
	}
	return error_set(err, ERROR_NUMBERS,
		"%zu customers are too many for one model (part them with --where)", base->n);
}

static bool set_rows(struct ltv_base *base, struct error *err)
{
	const struct transactions_report *report = &base->input->report;
	double days = ltv_unit_days(base->unit);
	bool has_log_gaps = !report->is_customers_table || report->has_log_gaps;
	double *log_gaps = has_log_gaps ? mem_array(base->n, sizeof(*log_gaps)) : NULL;
	base->x = mem_array(base->n, sizeof(*base->x));
	base->t_x = mem_array(base->n, sizeof(*base->t_x));
	base->T = mem_array(base->n, sizeof(*base->T));
	base->spend = mem_zeroed(base->n, sizeof(*base->spend));
	for (size_t i = 0; i < base->n; i++) {
		const struct customer customer = ltv_base_customer(base, i);
		int64_t x = customer.purchase_days - 1;
		base->x[i] = x <= INT32_MAX ? (int32_t)x : -1;
		base->t_x[i] = (customer.last_purchase - customer.first_purchase) / days;
		base->T[i] = (report->as_of - customer.first_purchase) / days;
		if (base->has_amounts && x > 0)
			base->spend[i] =
				money_as_real(customer.gross_revenue - customer.first_day_revenue) /
				(double)x;
		if (has_log_gaps)
			log_gaps[i] = customer.log_gaps - (double)x * log(days);
	}
	bool good = group(base, log_gaps, err);
	mem_free(log_gaps);
	return good;
}

bool ltv_base_load(struct ltv_base *base, const char *const *paths, size_t n_paths,
	const struct ltv_asked *asked, enum ltv_unit unit, struct error *err)
{
	bool by_row = asked->margin_column != NULL;
	struct input_needs needs = {
		.customers = CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY,
		.amount = by_row,
		.single_events_only = by_row,
		.since_is_of_customers = true,
		.labels = {asked->margin_column},
		.judge_label = {judge_margin},
	};
	if (by_row) {
		base->margins = customers_new(CUSTOMERS_NEED_FIRST_DAY);
		needs.observer = (struct customers_observer){see_margins, base};
	}
	base->unit = unit;
	base->input = input_load(paths, n_paths, &needs, err);
	if (base->input == NULL || !input_check_customers(err))
		return false;
	base->has_amounts = base->input->report.has_amounts;
	base->mean_margin = asked->margin;
	choose_customers(base);
	set_returns(base);
	if (by_row) {
		customers_finish(base->margins, input_threads());
		set_margins(base);
	}
	return set_rows(base, err);
}

void ltv_base_release(struct ltv_base *base)
{
	customers_free(base->margins);
	mem_free(base->place);
	mem_free(base->x);
	mem_free(base->t_x);
	mem_free(base->T);
	mem_free(base->spend);
	mem_free(base->margin);
	ltv_rows_release(&base->rows);
	*base = (struct ltv_base){0};
}

#include "cmd/ltv_base.h"

#include <assert.h>
#include <math.h>

#include "base/day.h"
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

static money earned_on(const struct transactions *batch, size_t row)
{
	double margin = 0;
	bool good = read_margin(batch->labels[0][row], &margin);
	assert(good);
	return (money)llround((double)batch->amounts[row] * margin);
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

/* ---- rows ---- */

/* Rows of a batch that go to a second table of customers. */
struct chosen {
	struct text *ids;
	int32_t *days;
	money *amounts;
	size_t n;
};

static struct chosen chosen_of(size_t most)
{
	return (struct chosen){.ids = mem_array(most, sizeof(struct text)),
		.days = mem_array(most, sizeof(int32_t)),
		.amounts = mem_array(most, sizeof(money))};
}

static void choose(
	struct chosen *chosen, const struct transactions *batch, size_t row, money amount)
{
	chosen->ids[chosen->n] = batch->customers[row];
	chosen->days[chosen->n] = batch->days[row];
	chosen->amounts[chosen->n++] = amount;
}

static void hand_over(struct chosen *chosen, struct customers *customers)
{
	const struct transactions rows = {.n_rows = chosen->n,
		.customers = chosen->ids,
		.days = chosen->days,
		.amounts = chosen->amounts};
	customers_add(customers, &rows);
	mem_free(chosen->ids);
	mem_free(chosen->days);
	mem_free(chosen->amounts);
}

/* With what is earned on each purchase for its amount. */
static void see_margins(struct ltv_base *base, const struct customers_rows *seen)
{
	struct chosen purchases = chosen_of(seen->n_rows);
	for (size_t k = 0; k < seen->n_rows; k++)
		if (seen->batch->amounts[seen->rows[k]] >= 0)
			choose(&purchases, seen->batch, seen->rows[k],
				earned_on(seen->batch, seen->rows[k]));
	hand_over(&purchases, base->margins);
}

static void see_before(struct ltv_base *base, const struct customers_rows *seen)
{
	struct chosen before = chosen_of(seen->n_rows);
	for (size_t k = 0; k < seen->n_rows; k++)
		if (seen->batch->days[seen->rows[k]] <= base->as_of)
			choose(&before, seen->batch, seen->rows[k],
				seen->batch->amounts[seen->rows[k]]);
	hand_over(&before, base->before);
}

static void see_days(struct ltv_base *base, const struct customers_rows *seen)
{
	for (size_t k = 0; k < seen->n_rows; k++)
		activity_add(base->activity, seen->part, seen->customers[k],
			seen->batch->days[seen->rows[k]], seen->batch->amounts[seen->rows[k]]);
}

static void see(void *context, const struct customers_rows *seen)
{
	struct ltv_base *base = context;
	if (base->margins != NULL)
		see_margins(base, seen);
	if (base->before != NULL)
		see_before(base, seen);
	if (base->activity != NULL)
		see_days(base, seen);
}

/* ---- customers ---- */

struct customer ltv_base_customer(const struct ltv_base *base, size_t i)
{
	return customers_get(base->customers, base->place[i]);
}

bool ltv_base_has_spend(const struct ltv_base *base, size_t i)
{
	return base->x[i] > 0 && base->spend[i] > 0;
}

static void choose_customers(struct ltv_base *base)
{
	size_t n = customers_count(base->customers);
	base->place = mem_array(n, sizeof(*base->place));
	for (size_t i = 0; i < n; i++)
		if (customers_get(base->customers, i).first_purchase >= base->input->acquired_since)
			base->place[base->n++] = (uint32_t)i;
}

/* All who bought before the holdout are among those who ever did, and both tables are by id. */
static void set_later(struct ltv_base *base)
{
	const struct customers *all = base->input->customers;
	size_t n_all = customers_count(all), i = 0;
	base->later = mem_array(base->n, sizeof(*base->later));
	for (size_t a = 0; a < n_all; a++) {
		const struct customer whole = customers_get(all, a);
		if (whole.first_purchase > base->as_of)
			base->n_new++;
		if (whole.first_purchase > base->as_of ||
			whole.first_purchase < base->input->acquired_since)
			continue;
		const struct customer before = ltv_base_customer(base, i);
		assert(text_equal(before.id, whole.id));
		base->later[i++] = (double)(whole.purchase_days - before.purchase_days);
	}
	assert(i == base->n);
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
		base->T[i] = (base->as_of - customer.first_purchase) / days;
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

static bool check_holdout(const struct ltv_base *base, struct error *err)
{
	const struct transactions_report *report = &base->input->report;
	char day[DAY_TEXT_SIZE], first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
	if (base->before == NULL || (base->n > 0 && base->as_of < report->as_of))
		return true;
	return error_set(err, ERROR_NUMBERS,
		"--holdout-from %s: a day after the first purchase and not after as-of is needed"
		" (the data go from %s to %s)",
		day_write(base->as_of + 1, day), day_write(report->first_day, first),
		day_write(report->as_of, last));
}

/* Sets up the tables that are filled beside that of all customers. */
static void observe(struct ltv_base *base, const struct ltv_asked *asked)
{
	if (asked->margin_column != NULL)
		base->margins = customers_new(CUSTOMERS_NEED_FIRST_DAY);
	if (asked->has_holdout)
		base->before = customers_new(CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY);
	if (asked->table == LTV_TRACKING)
		base->activity = activity_new(CUSTOMERS_PARTS);
	base->as_of = asked->holdout_from - 1;
}

static void finish(struct ltv_base *base)
{
	uint32_t n_of_parts[CUSTOMERS_PARTS];
	customers_in_parts(base->input->customers, n_of_parts);
	if (base->margins != NULL)
		customers_finish(base->margins, input_threads());
	if (base->before != NULL)
		customers_finish(base->before, input_threads());
	else
		base->as_of = base->input->report.as_of;
	if (base->activity != NULL)
		activity_finish(base->activity, n_of_parts, input_threads());
	base->customers = base->before != NULL ? base->before : base->input->customers;
}

bool ltv_base_load(struct ltv_base *base, const char *const *paths, size_t n_paths,
	const struct ltv_asked *asked, enum ltv_unit unit, struct error *err)
{
	observe(base, asked);
	bool by_row = base->margins != NULL || base->before != NULL || base->activity != NULL;
	const struct input_needs needs = {
		.customers = CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY,
		.amount = base->margins != NULL,
		.single_events_only = by_row,
		.since_is_of_customers = true,
		.labels = {asked->margin_column},
		.judge_label = {judge_margin},
		.observer = {by_row ? see : NULL, base},
	};
	const struct input *input = input_load(paths, n_paths, &needs, err);
	return input != NULL && input_check_customers(err) &&
	       ltv_base_of(base, input, asked, unit, err);
}

bool ltv_base_of(struct ltv_base *base, const struct input *input, const struct ltv_asked *asked,
	enum ltv_unit unit, struct error *err)
{
	base->unit = unit;
	base->input = input;
	finish(base);
	base->has_amounts = base->input->report.has_amounts;
	base->mean_margin = asked->margin;
	choose_customers(base);
	if (!check_holdout(base, err))
		return false;
	set_returns(base);
	if (base->before != NULL)
		set_later(base);
	if (base->margins != NULL)
		set_margins(base);
	return set_rows(base, err);
}

void ltv_base_release(struct ltv_base *base)
{
	customers_free(base->before);
	customers_free(base->margins);
	activity_free(base->activity);
	mem_free(base->place);
	mem_free(base->x);
	mem_free(base->t_x);
	mem_free(base->T);
	mem_free(base->spend);
	mem_free(base->margin);
	mem_free(base->later);
	ltv_rows_release(&base->rows);
	*base = (struct ltv_base){0};
}

/* patron ltv: what each customer will be worth. */
#include <math.h>

#include "base/day.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/ltv_charts.h"
#include "cmd/ltv_model_file.h"
#include "cmd/ltv_tables.h"
#include "cmd/message.h"
#include "cmd/results.h"

static bool check_columns(const struct ltv_asked *asked, struct error *err)
{
	bool ranges = asked->ranges != LTV_NO_RANGES;
	switch (asked->table) {
	case LTV_CUSTOMERS:
		return results_check(ltv_customer_columns,
			N_LTV_CUSTOMER_COLUMNS + (ranges ? N_LTV_RANGE_COLUMNS : 0), err);
	case LTV_PARAMS:
		return results_check(ltv_param_columns, N_LTV_PARAM_COLUMNS, err);
	case LTV_COMPARE:
		return results_check(ltv_compare_columns, N_LTV_COMPARE_COLUMNS, err);
	case LTV_HOLDOUT:
		return results_check(ltv_holdout_columns, N_LTV_HOLDOUT_COLUMNS, err);
	case LTV_TRACKING:
		return results_check(ltv_tracking_columns, N_LTV_TRACKING_COLUMNS, err);
	case LTV_FREQUENCY:
		return results_check(ltv_frequency_columns, N_LTV_FREQUENCY_COLUMNS, err);
	case LTV_NEW_CUSTOMER:
		return results_check(ltv_new_columns,
			N_LTV_NEW_COLUMNS + (ranges ? N_LTV_NEW_RANGE_COLUMNS : 0), err);
	case LTV_WHAT_IF:
		return results_check(ltv_what_if_columns, N_LTV_WHAT_IF_COLUMNS, err);
	}
	return false;
}

/* ---- a saved model ---- */

static bool read_model(
	struct ltv_estimate *estimate, const struct ltv_asked *asked, struct error *err)
{
	if (!ltv_model_file_read(asked->model_file, estimate, err))
		return false;
	if (asked->has_unit && asked->unit != estimate->unit)
		return error_set(err, ERROR_USAGE,
			"%s counts in units of a %s, not --unit %s (leave --unit out, or fit "
			"again)",
			asked->model_file, ltv_unit_names[estimate->unit],
			ltv_unit_names[asked->unit]);
	if (asked->ranges != LTV_NO_RANGES && !ltv_parameter_has_error(&estimate->fit, 0) &&
		!ltv_parameter_has_error(&estimate->fit, 1))
		return error_set(err, ERROR_DATA,
			"%s: has no covariance of the parameters, which --ci needs (fit again with"
			" --model-out)",
			asked->model_file);
	return true;
}

/* What the file lacks of money is not made up. */
static void settle_saved(
	struct ltv_estimate *estimate, const struct ltv_base *base, const struct ltv_asked *asked)
{
	if (ltv_table_has_money(asked->table) && base->has_amounts && !estimate->has_spend)
		message_warning("the saved model has no rows of gamma_gamma: the columns of money"
				" stay empty");
	if (isnan(estimate->return_rate))
		estimate->return_rate = base->return_rate;
}

/* ---- the run ---- */

/* What was not asked for, but stands in every figure. */
static void tell_defaults(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate)
{
	char day[DAY_TEXT_SIZE];
	const char *unit = ltv_unit_names[estimate->unit];
	struct buffer words = {0};
	if (asked->discount_per_unit >= 0)
		buffer_format(&words, "e^-%.6g a %s", asked->discount_per_unit, unit);
	else
		buffer_format(&words, "%.6g %% a year", 100 * asked->discount);
	message_note("figures are for %s after as-of, %s, in units of a %s, discounted by %.*s, at"
		     " a%s margin of %.4g %%",
		isinf(asked->horizon_days) ? "all time" : asked->horizon_words,
		day_write(base->input->report.as_of, day), unit, (int)words.length, words.bytes,
		base->margin != NULL ? " mean" : "", 100 * base->mean_margin);
	buffer_release(&words);
}

static void tell_returns(const struct ltv_asked *asked, const struct ltv_estimate *estimate)
{
	if (estimate->return_rate > .02 && !asked->net_of_returns)
		message_warning("values are gross of returns, which take back %.2g %% of revenue"
				" (--net-of-returns subtracts that share)",
			100 * estimate->return_rate);
}

static void tell_holdout(const struct ltv_asked *asked, const struct ltv_base *base)
{
	char last[DAY_TEXT_SIZE], as_of[DAY_TEXT_SIZE];
	if (base->later != NULL)
		message_note(
			asked->model_file != NULL
				? "a saved fit, which may know the holdout, scores %zu customer%s"
				  " up to %s, judged by what they did up to %s; left out: %zu first"
				  " seen after it"
				: "fitted on %zu customer%s up to %s, judged by what they did up to"
				  " %s; left out: %zu first seen after it",
			base->n, plural(base->n), day_write(base->as_of, last),
			day_write(base->input->report.as_of, as_of), base->n_new);
}

static bool check_money(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err)
{
	if (base->has_amounts && estimate->has_spend)
		return true;
	return error_set(err, ERROR_DATA, "--what-if is about clv, and %s",
		base->has_amounts ? "the saved model has no rows of gamma_gamma (fit again)"
				  : "there are no amounts (--amount COL)");
}

static bool write_report(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err)
{
	if (ltv_table_has_money(asked->table))
		tell_defaults(asked, base, estimate);
	switch (asked->table) {
	case LTV_CUSTOMERS:
		return ltv_write_customers(asked, base, estimate, err);
	case LTV_PARAMS:
		return ltv_write_params(asked, estimate, err);
	case LTV_COMPARE:
		return ltv_write_compare(base, estimate, err);
	case LTV_HOLDOUT:
		return ltv_write_holdout(base, estimate, err);
	case LTV_TRACKING:
		return ltv_write_tracking(base, estimate, err);
	case LTV_FREQUENCY:
		return ltv_write_frequencies(base, estimate, err);
	case LTV_NEW_CUSTOMER:
		return ltv_write_new_customer(asked, base, estimate, err);
	case LTV_WHAT_IF:
		return check_money(base, estimate, err) &&
		       ltv_write_what_if(asked, base, estimate, err);
	}
	return false;
}

/* The model is made first and put into place last: neither it nor the report stays behind alone
 * when the other cannot be written. A reader who has seen enough of the report changes nothing. */
static bool write_all(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err)
{
	struct table *model = NULL;
	if (asked->model_out != NULL &&
		(model = ltv_model_file_open(asked->model_out, estimate, err)) == NULL)
		return false;
	bool good = write_report(asked, base, estimate, err);
	if (model != NULL && (good || err->kind == ERROR_PIPE))
		return table_close(model, err) && good;
	table_discard(model);
	return good;
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	struct ltv_asked asked;
	struct ltv_base base = {0};
	struct ltv_estimate estimate;
	if (!ltv_options_judge(&asked, err) || !check_columns(&asked, err))
		return false;
	bool saved = asked.model_file != NULL;
	if (saved && !read_model(&estimate, &asked, err))
		return false;
	enum ltv_unit unit = saved ? estimate.unit : asked.unit;
	bool good = ltv_base_load(&base, paths, n_paths, &asked, unit, err) &&
		    (saved || ltv_estimate_make(&estimate, &base, &asked, err));
	if (good && saved)
		settle_saved(&estimate, &base, &asked);
	if (good)
		tell_holdout(&asked, &base);
	if (good && (ltv_table_has_money(asked.table) || asked.table == LTV_PARAMS))
		tell_returns(&asked, &estimate);
	good = good && write_all(&asked, &base, &estimate, err);
	ltv_base_release(&base);
	return good;
}

static const struct option_group *const groups[] = {
	&ltv_option_group, &transaction_group, &input_group, &output_group};

static const struct command_table tables[] = {
	{"Columns", ltv_customer_columns, N_LTV_CUSTOMER_COLUMNS + N_LTV_RANGE_COLUMNS},
	{"Columns with --params", ltv_param_columns, N_LTV_PARAM_COLUMNS},
	{"Columns with --compare", ltv_compare_columns, N_LTV_COMPARE_COLUMNS},
	{"Columns with --holdout-from", ltv_holdout_columns, N_LTV_HOLDOUT_COLUMNS},
	{"Columns with --tracking", ltv_tracking_columns, N_LTV_TRACKING_COLUMNS},
	{"Columns with --frequencies", ltv_frequency_columns, N_LTV_FREQUENCY_COLUMNS},
	{"Columns with --new-customer", ltv_new_columns,
		N_LTV_NEW_COLUMNS + N_LTV_NEW_RANGE_COLUMNS},
	{"Columns with --what-if", ltv_what_if_columns, N_LTV_WHAT_IF_COLUMNS},
};

const struct command ltv_command = {
	.name = "ltv",
	.summary = "what each customer will order and be worth, by models of lifetime value",
	.description =
		"Fits a model of how often customers order and when they leave, and one of what"
		" they spend, and says for each customer how likely it is still one, how many"
		" orders to expect, and what they are worth today (clv).\n"
		"\n"
		"A purchase is a day with a purchase; x counts those after the first. nbd: nobody"
		" leaves. pnbd (Pareto/NBD): customers leave at any time. bgnbd (BG/NBD): they"
		" leave after a repeat purchase; mbgnbd: also after the first. bgcnbd and mbgcnbd:"
		" the same with purchases k times as regular, k found by trying. gamma_gamma is the"
		" model of spend, fitted on customers with repeat purchases. A fit at the edge of"
		" its model is named in one line on standard error.\n"
		"\n"
		"--until D --as-of D fits on what was known on day D. Without amounts the columns"
		" of money stay empty.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.charts = ltv_charts,
	.n_charts = N_LTV_CHARTS,
	.examples = "patron ltv sample-data/*.csv.gz --top 10 --by clv\n"
		    "patron ltv sample-data/*.csv.gz --model bgnbd --params\n"
		    "patron ltv sample-data/2023-*.csv.gz -o ltv.csv.gz --model-out model.csv\n"
		    "patron ltv sample-data/*.csv.gz --model model.csv --horizon inf --ci",
	.run = run,
};

#include "cmd/ltv_options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/input.h"
#include "io/real.h"

const char *const ltv_unit_names[] = {"day", "week", "month", "year", NULL};

double ltv_unit_days(enum ltv_unit unit)
{
	static const double days[LTV_UNITS] = {1, 7, 365.25 / 12, 365.25};
	return days[unit];
}

/* ---- the options ---- */

enum { NOT_GIVEN = -1 };

static const char *model = "auto", *horizon = "52w", *discount = "10%", *margin = "100%";
static const char *model_out, *ci;
static int unit = NOT_GIVEN;
static double discount_per_unit = NOT_GIVEN, confidence = .95;
static bool params, compare, tracking, frequencies, new_customer, net_of_returns;
static struct option_list what_if;
static int64_t seed = 1;
static struct option_day holdout_from;
static bool horizon_given, discount_given, margin_given, seed_given, confidence_given;

static bool takes_ci(const char *word)
{
	return strcmp(word, "delta") == 0 || strncmp(word, "bootstrap", strlen("bootstrap")) == 0;
}

static const struct option options[] = {
	{.name = "model",
		.kind = OPTION_TEXT,
		.target = &model,
		.argument = "NAME|FILE",
		.reads = true,
		.help = "nbd, bgnbd, mbgnbd, bgcnbd, mbgcnbd or pnbd; auto fits all and takes the"
			" one with the lowest BIC; or a file that --model-out saved"},
	{.name = "model-out",
		.kind = OPTION_TEXT,
		.target = &model_out,
		.argument = "FILE",
		.writes = WRITES_FILE,
		.help = "save the fit here (CSV), to score other data with it"},
	{.name = "horizon",
		.kind = OPTION_TEXT,
		.target = &horizon,
		.argument = "TIME",
		.given = &horizon_given,
		.help = "how far to look ahead from as-of: 90d, 52w, 12m, 3y, or inf for ever"},
	{.name = "discount",
		.kind = OPTION_TEXT,
		.target = &discount,
		.argument = "P%",
		.given = &discount_given,
		.help = "a year of 365.25 days; an order at t counts (1 + P%)^-t"},
	{.name = "discount-per-unit",
		.kind = OPTION_REAL,
		.target = &discount_per_unit,
		.argument = "X",
		.least = 0,
		.most = 100,
		.plain_default = true,
		.help = "instead: the continuous rate per --unit, as CLVTools and BTYD have it; an"
			" order at t counts e^(-X t)"},
	{.name = "margin",
		.kind = OPTION_TEXT,
		.target = &margin,
		.argument = "P%|COL",
		.given = &margin_given,
		.help = "the share of revenue that clv counts; or the column that has it (0.35 or"
			" 35%) in each row: a customer's is their mean, weighted by amount"},
	{.name = "unit",
		.kind = OPTION_CHOICE,
		.target = &unit,
		.argument = "UNIT",
		.choices = ltv_unit_names,
		.plain_default = true,
		.help = "day, week, month (365.25 / 12 days) or year (365.25 days): what t_x, T,"
			" alpha and beta count; without it week, or that of the saved model"},
	{.name = "net-of-returns",
		.kind = OPTION_FLAG,
		.target = &net_of_returns,
		.help = "order values times 1 - return_rate, the share of revenue given back"},
	{.name = "ci",
		.kind = OPTION_TEXT,
		.target = &ci,
		.argument = "[HOW]",
		.without = "delta",
		.takes = takes_ci,
		.help = "intervals of every figure: delta, by the delta method (also without HOW);"
			" bootstrap=N, by fitting N draws of the customers again"},
	{.name = "seed",
		.kind = OPTION_INTEGER,
		.target = &seed,
		.argument = "N",
		.least = 0,
		.most = 1e15,
		.given = &seed_given,
		.help = "of the draws of --ci bootstrap=N"},
	{.name = "confidence",
		.kind = OPTION_REAL,
		.target = &confidence,
		.argument = "P",
		.least = .01,
		.most = .999999,
		.given = &confidence_given,
		.help = "of all intervals"},
	{.name = "params",
		.kind = OPTION_FLAG,
		.target = &params,
		.help = "the parameters with their errors and the fit's figures, not the "
			"customers"},
	{.name = "compare",
		.kind = OPTION_FLAG,
		.target = &compare,
		.help = "every model side by side, not the customers"},
	{.name = "holdout-from",
		.kind = OPTION_DAY,
		.target = &holdout_from,
		.argument = "DATE",
		.help = "fit on what lies before this day, and judge the forecast by what happened"
			" from then to as-of; with --compare, every model's"},
	{.name = "tracking",
		.kind = OPTION_FLAG,
		.target = &tracking,
		.help = "repeat orders of all by period (--unit), actual and expected"},
	{.name = "frequencies",
		.kind = OPTION_FLAG,
		.target = &frequencies,
		.help = "how many customers made 0, 1, 2, ... repeat purchases, actual and "
			"expected:"
			" whether the model describes them"},
	{.name = "new-customer",
		.kind = OPTION_FLAG,
		.target = &new_customer,
		.help = "what a customer acquired on as-of will order after the first time, and be"
			" worth"},
	{.name = "what-if",
		.kind = OPTION_LIST,
		.target = &what_if,
		.argument = "WHAT+P%",
		.help = "clv if from as-of on things changed: spend+10%, frequency+10%,"
			" retention+5% (drop-out less by that); given again, all hold"},
};

const struct option_group ltv_option_group = {"Options", options, COUNT_OF(options)};

/* ---- which table ---- */

static enum ltv_table table_of_options(void)
{
	return params                ? LTV_PARAMS
	       : compare             ? LTV_COMPARE
	       : tracking            ? LTV_TRACKING
	       : frequencies         ? LTV_FREQUENCY
	       : new_customer        ? LTV_NEW_CUSTOMER
	       : what_if.n_items > 0 ? LTV_WHAT_IF
	       : holdout_from.given  ? LTV_HOLDOUT
				     : LTV_CUSTOMERS;
}

bool ltv_table_has_money(enum ltv_table table)
{
	return table == LTV_CUSTOMERS || table == LTV_NEW_CUSTOMER || table == LTV_WHAT_IF;
}

static bool judge_table(struct ltv_asked *asked, struct error *err)
{
	asked->table = table_of_options();
	bool looks_ahead = asked->table == LTV_NEW_CUSTOMER || asked->table == LTV_WHAT_IF;
	if (params + compare + tracking + frequencies + new_customer + (what_if.n_items > 0) > 1)
		return error_set(err, ERROR_USAGE,
			"--params, --compare, --tracking, --frequencies, --new-customer and"
			" --what-if exclude each other (one table a run)");
	if (looks_ahead && holdout_from.given)
		return error_set(err, ERROR_USAGE,
			"--holdout-from judges the past: it and --%s exclude each other",
			new_customer ? "new-customer" : "what-if");
	return !compare || strcmp(model, "auto") == 0 ||
	       error_set(err, ERROR_USAGE,
		       "--compare fits every model: it and --model exclude each other");
}

/* ---- values ---- */

static bool judge_model(struct ltv_asked *asked, struct error *err)
{
	struct text names[LTV_FAMILIES + 1];
	char room[TEXT_EXCERPT_SIZE];
	asked->any_family = strcmp(model, "auto") == 0;
	for (int f = 0; f < LTV_FAMILIES; f++) {
		names[f] = text_of(ltv_family_name((enum ltv_family)f));
		if (text_equal(names[f], text_of(model))) {
			asked->family = (enum ltv_family)f;
			return true;
		}
	}
	if (asked->any_family)
		return true;
	names[LTV_FAMILIES] = TEXT("auto");
	asked->model_file = model;
	int nearest = text_nearest(text_of(model), names, LTV_FAMILIES + 1);
	if (nearest < 0 || access(model, F_OK) == 0)
		return true;
	return error_set(err, ERROR_USAGE, "--model '%s' is no model and no file; nearest is '%s'",
		text_excerpt(text_of(model), room), names[nearest].at);
}

static bool judge_model_out(const struct ltv_asked *asked, struct error *err)
{
	if (model_out == NULL || asked->model_file == NULL)
		return true;
	return error_set(err, ERROR_USAGE,
		"--model-out saves a fit, but --model %s has been fitted before (leave one out)",
		asked->model_file);
}

/* "52w": a number and a letter. */
static bool judge_horizon(struct ltv_asked *asked, struct error *err)
{
	static const char letters[] = "dwmy";
	static const double most_days = 1000 * 365.25;
	asked->horizon_words = horizon;
	asked->horizon_days = INFINITY;
	if (strcmp(horizon, "inf") == 0)
		return true;
	size_t length = strlen(horizon);
	const char *letter = length > 0 ? strchr(letters, horizon[length - 1]) : NULL;
	double number = 0;
	bool good = letter != NULL && length > 1 &&
		    real_read((struct text){horizon, length - 1}, '.', &number);
	if (good)
		asked->horizon_days = number * ltv_unit_days((enum ltv_unit)(letter - letters));
	if (good && asked->horizon_days > 0 && asked->horizon_days <= most_days)
		return true;
	return error_set(err, ERROR_USAGE,
		"--horizon must be a time above 0 such as 90d, 52w, 12m, 3y (at most 1000y) or inf,"
		" not '%s'",
		horizon);
}

/* "10%" -> 0.1 */
static bool read_percent(const char *words, double *share)
{
	size_t length = strlen(words);
	if (length < 2 || words[length - 1] != '%')
		return false;
	bool good = real_read((struct text){words, length - 1}, '.', share);
	*share /= 100;
	return good;
}

static bool judge_discount(struct ltv_asked *asked, struct error *err)
{
	asked->discount_per_unit = discount_per_unit;
	bool good = read_percent(discount, &asked->discount) && asked->discount >= 0 &&
		    asked->discount <= 10;
	if (!good)
		return error_set(err, ERROR_USAGE,
			"--discount must be a share a year from 0%% to 1000%% such as 10%%, not"
			" '%s'",
			discount);
	if (discount_per_unit >= 0 && discount_given)
		return error_set(err, ERROR_USAGE,
			"--discount and --discount-per-unit exclude each other (a year's share, or"
			" a continuous rate)");
	double rate = discount_per_unit >= 0 ? discount_per_unit : asked->discount;
	if (isinf(asked->horizon_days) && rate == 0)
		return error_set(err, ERROR_USAGE,
			"--horizon inf needs a discount above 0: orders for ever, all counted in"
			" full, have no sum (a finite --horizon, or --discount 10%%)");
	return true;
}

/* A number alone is not taken for a column's: 5 % would silently become what column 5 holds. */
static bool refuse_number(double number, struct error *err)
{
	double percent = number < 1 ? 100 * number : number;
	char cure[32] = "";
	if (number > 0 && number != 1 && percent <= 100)
		snprintf(cure, sizeof(cure), " (use %.6g%%?)", percent);
	return error_set(err, ERROR_USAGE,
		"--margin must be a share such as 35%%, or a column's name, not '%s'%s", margin,
		cure);
}

static bool judge_margin(struct ltv_asked *asked, struct error *err)
{
	double number;
	asked->margin = 1;
	if (!read_percent(margin, &asked->margin)) {
		asked->margin_column = margin;
		return !real_read(text_of(margin), '.', &number) || refuse_number(number, err);
	}
	return (asked->margin > 0 && asked->margin <= 1) ||
	       error_set(err, ERROR_USAGE,
		       "--margin must be a share above 0%% up to 100%%, or a column, not '%s'",
		       margin);
}

/* What makes no difference to the table asked for would be a misunderstanding. */
static bool judge_idle(const struct ltv_asked *asked, struct error *err)
{
	const char *of_money = horizon_given                    ? "--horizon"
			       : discount_given                 ? "--discount"
			       : discount_per_unit != NOT_GIVEN ? "--discount-per-unit"
			       : margin_given                   ? "--margin"
			       : net_of_returns                 ? "--net-of-returns"
								: NULL;
	if (of_money != NULL && !ltv_table_has_money(asked->table))
		return error_set(err, ERROR_USAGE,
			"%s is for clv, of which this table has nothing (leave it out)", of_money);
	return !seed_given || asked->ranges == LTV_BOOTSTRAP ||
	       error_set(err, ERROR_USAGE,
		       "--seed is of the draws of --ci bootstrap=N (leave it out)");
}

static bool judge_returns(struct error *err)
{
	return !net_of_returns || input_returns_are_net() ||
	       error_set(err, ERROR_USAGE,
		       "--net-of-returns needs the returns: it and --returns drop or reject exclude"
		       " each other");
}

/* "bootstrap=200" */
static bool judge_draws(struct ltv_asked *asked, struct error *err)
{
	enum { MOST = 100000 };
	size_t length = strlen("bootstrap=");
	double draws;
	bool good = strncmp(ci, "bootstrap=", length) == 0 &&
		    real_read(text_of(ci + length), '.', &draws) && draws == floor(draws) &&
		    draws >= 2 && draws <= MOST;
	if (!good)
		return error_set(err, ERROR_USAGE,
			"--ci must be delta, or bootstrap=N with N from 2 to %d such as"
			" bootstrap=200, not '%s'",
			MOST, ci);
	asked->ranges = LTV_BOOTSTRAP;
	asked->draws = (int64_t)draws;
	asked->seed = seed;
	return asked->model_file == NULL ||
	       error_set(err, ERROR_USAGE,
		       "--ci bootstrap=N fits again, but --model %s has been fitted before (--ci"
		       " delta)",
		       asked->model_file);
}

static bool judge_ci(struct ltv_asked *asked, struct error *err)
{
	asked->confidence = confidence;
	if (ci == NULL)
		return !confidence_given || params ||
		       error_set(err, ERROR_USAGE,
			       "--confidence is of intervals, of which there are none (--ci and"
			       " --params have some; or leave it out)");
	asked->ranges = LTV_DELTA;
	if (asked->table != LTV_CUSTOMERS && asked->table != LTV_NEW_CUSTOMER)
		return error_set(err, ERROR_USAGE, "--ci is for customers and --new-customer%s",
			params ? " (--params has intervals without it)" : "");
	return strcmp(ci, "delta") == 0 || judge_draws(asked, err);
}

/* "spend+10%" -> 1.1 */
static bool judge_change(struct ltv_asked *asked, const char *change, struct error *err)
{
	static const char *const names[] = {"spend", "frequency", "retention"};
	double *const factors[] = {
		&asked->spend_factor, &asked->order_factor, &asked->dropout_factor};
	size_t length = strcspn(change, "+-"), which = 0;
	double share = 0;
	while (which < COUNT_OF(names) &&
		!text_equal((struct text){change, length}, text_of(names[which])))
		which++;
	bool good = which < COUNT_OF(names) && change[length] != '\0' &&
		    read_percent(change + length + 1, &share) && share > 0 && share <= 1 &&
		    change[length + 1] != '-' && change[length + 1] != '+';
	if (!good)
		return error_set(err, ERROR_USAGE,
			"--what-if must be spend, frequency or retention, + or -, and up to 100%%,"
			" such as spend+10%%, not '%s'",
			change);
	if (*factors[which] != 1)
		return error_set(err, ERROR_USAGE, "--what-if changes %s twice", names[which]);
	/* More retention is less drop-out. */
	bool more = (change[length] == '+') != (factors[which] == &asked->dropout_factor);
	*factors[which] = more ? 1 + share : 1 - share;
	return *factors[which] > 0 || factors[which] == &asked->dropout_factor ||
	       error_set(err, ERROR_USAGE, "--what-if %s leaves nothing", change);
}

static bool judge_changes(struct ltv_asked *asked, struct error *err)
{
	asked->spend_factor = asked->order_factor = asked->dropout_factor = 1;
	for (size_t i = 0; i < what_if.n_items; i++)
		if (!judge_change(asked, what_if.items[i], err))
			return false;
	return true;
}

bool ltv_options_judge(struct ltv_asked *asked, struct error *err)
{
	*asked = (struct ltv_asked){
		.has_holdout = holdout_from.given,
		.holdout_from = holdout_from.day,
		.model_out = model_out,
		.has_unit = unit != NOT_GIVEN,
		.unit = unit != NOT_GIVEN ? (enum ltv_unit)unit : LTV_WEEK,
		.net_of_returns = net_of_returns,
	};
	return judge_table(asked, err) && judge_model(asked, err) && judge_model_out(asked, err) &&
	       judge_horizon(asked, err) && judge_discount(asked, err) &&
	       judge_margin(asked, err) && judge_returns(err) && judge_ci(asked, err) &&
	       judge_changes(asked, err) && judge_idle(asked, err);
}

struct ltv_outlook ltv_outlook_of(const struct ltv_asked *asked, enum ltv_unit model_unit)
{
	double days = ltv_unit_days(model_unit);
	bool per_unit = asked->discount_per_unit >= 0;
	return (struct ltv_outlook){
		.horizon = asked->horizon_days / days,
		.discount = per_unit ? asked->discount_per_unit
				     : log1p(asked->discount) * days / 365.25,
		.order_factor = 1,
		.dropout_factor = 1,
	};
}

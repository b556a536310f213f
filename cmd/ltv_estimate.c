#include "cmd/ltv_estimate.h"

#include <math.h>

#include "base/day.h"
#include "base/text.h"
#include "cmd/input.h"
#include "cmd/message.h"

/* ---- what a fit says, in one line ---- */

static const char *unit_name(const struct ltv_base *base)
{
	return ltv_unit_names[base->unit];
}

static bool refuse_fit(enum ltv_fit_status status, const struct ltv_base *base,
	enum ltv_family family, struct error *err)
{
	const struct ltv_rows *rows = &base->rows;
	char day[DAY_TEXT_SIZE];
	switch (status) {
	case LTV_FIT_ONE_MOMENT:
		return error_set(err, ERROR_NUMBERS,
			"every first purchase lies on as-of, %s: one day tells nothing of repeat"
			" purchases (more days of data, or a saved --model FILE)",
			day_write(base->as_of, day));
	case LTV_FIT_TOO_FEW_REPEATERS:
		if (rows->repeaters == 0)
			return error_set(err, ERROR_NUMBERS,
				"none of %.0f customer%s bought on a second day, which tells "
				"nothing of repeat"
				" purchases (more days of data, or a saved --model FILE)",
				rows->customers, plural((uint64_t)rows->customers));
		return error_set(err, ERROR_NUMBERS,
			"%.0f of %.0f customer%s bought on a second day, and a fit needs %d (more"
			" days of data, or a saved --model FILE)",
			rows->repeaters, rows->customers, plural((uint64_t)rows->customers),
			LTV_MIN_REPEATERS);
	case LTV_FIT_NO_LOG_GAPS:
		return error_set(err, ERROR_DATA,
			"--model %s needs the column log_gaps, which this customers table lacks"
			" (patron customers writes it)",
			ltv_family_name(family));
	case LTV_FIT_NOT_CONVERGED:
	case LTV_FIT_OK:
		break;
	}
	return error_set(err, ERROR_NUMBERS,
		"%s: its likelihood has no maximum that could be found on these %.0f customers"
		" (--model auto tries the others)",
		ltv_family_name(family), rows->customers);
}

/* The share that leaves at once, where some do and the others never; for the Pareto/NBD, whose
 * limit is slow, the share that has left by the mean age. */
static double share_at_once(const struct ltv_fit *fit, double mean_age)
{
	double a = fit->model.parameters[2], b = fit->model.parameters[3];
	if (fit->model.family == LTV_PNBD)
		return -expm1(a * (log(b) - log(b + mean_age)));
	return a / (a + b);
}

static void warn_of_edges(const struct ltv_fit *fit, const struct ltv_base *base)
{
	const char *name = ltv_family_name(fit->model.family);
	bool pareto = fit->model.family == LTV_PNBD;
	switch (fit->dropout) {
	case LTV_DROPOUT_VARIES:
		break;
	case LTV_DROPOUT_NONE:
		message_warning("no drop-out is visible in these data: %s ends at %s = 0, where"
				" every customer is alive%s",
			name, ltv_parameter_name(fit->model.family, 2),
			fit->model.k > 1 ? "" : " (nbd says the same with two parameters less)");
		break;
	case LTV_DROPOUT_ALIKE:
		if (pareto)
			message_warning("customers do not differ in how they drop out: s and beta"
					" run off, and each leaves at the rate of %.4g a %s",
				fit->dropout_alike, unit_name(base));
		else
			message_warning("customers do not differ in how they drop out: a and b run"
					" off, and each leaves after a purchase with probability"
					" %.4g",
				fit->dropout_alike);
		break;
	case LTV_DROPOUT_ALL_OR_NOTHING:
		message_warning("drop-out is all or nothing: %s go to 0, and %.4g %% of the"
				" customers leave at the first chance, the others never",
			pareto ? "s and beta" : "a and b",
			100 * share_at_once(fit, base->rows.mean_age));
		break;
	}
	if (fit->rates_alike)
		message_warning("customers do not differ in how often they order: r and alpha run"
				" off, and each orders %.4g times a %s while alive",
			fit->rate_alike, unit_name(base));
}

/* ---- orders ---- */

/* Models that end at the same edge differ by rounding only; of these the first is taken. */
static bool is_better(const struct ltv_fit *fit, const struct ltv_fit *best)
{
	const double same_bic = .01;
	return fit->status == LTV_FIT_OK && fit->bic < best->bic - same_bic;
}

/* "bgnbd 19195.92, nbd 19542.85": all that have a fit, the best first. */
static void list_by_bic(const struct ltv_fit *fits, int best, struct buffer *words)
{
	bool listed[LTV_FAMILIES] = {false};
	for (int next = best; next >= 0;) {
		buffer_format(words, "%s%s %.2f", words->length > 0 ? ", " : "",
			ltv_family_name((enum ltv_family)next), fits[next].bic);
		listed[next] = true;
		next = -1;
		for (int f = 0; f < LTV_FAMILIES; f++)
			if (!listed[f] && fits[f].status == LTV_FIT_OK &&
				(next < 0 || is_better(&fits[f], &fits[next])))
				next = f;
	}
}

static void tell_choice(const struct ltv_fit *fits, int best, const struct ltv_base *base)
{
	struct buffer words = {0};
	list_by_bic(fits, best, &words);
	message_note("%s has the lowest BIC: %.*s%s", ltv_family_name((enum ltv_family)best),
		(int)words.length, words.bytes,
		base->rows.has_log_gaps ? ""
					: "; without log_gaps bgcnbd and mbgcnbd are left out");
	buffer_release(&words);
	for (int f = 0; f < LTV_FAMILIES; f++)
		if (fits[f].status == LTV_FIT_NOT_CONVERGED)
			message_warning("%s is left out: no maximum of its likelihood was found",
				ltv_family_name((enum ltv_family)f));
	if (best == LTV_NBD)
		message_warning("no drop-out is visible in these data: nbd has none, and every"
				" customer is alive");
}

static bool fit_all(struct ltv_estimate *estimate, const struct ltv_base *base, struct error *err)
{
	struct ltv_fit *fits = estimate->all;
	int best = -1;
	for (int f = 0; f < LTV_FAMILIES; f++) {
		enum ltv_fit_status status =
			ltv_fit(&fits[f], &base->rows, (enum ltv_family)f, 0, input_threads());
		if (status == LTV_FIT_OK && (best < 0 || is_better(&fits[f], &fits[best])))
			best = f;
	}
	if (best < 0)
		return refuse_fit(fits[LTV_NBD].status, base, LTV_NBD, err);
	tell_choice(fits, best, base);
	estimate->fit = fits[best];
	return true;
}

static bool fit_orders(struct ltv_estimate *estimate, const struct ltv_base *base,
	const struct ltv_asked *asked, struct error *err)
{
	struct ltv_fit *fit = &estimate->fit;
	bool good;
	if (asked->any_family) {
		good = fit_all(estimate, base, err);
	} else {
		ltv_fit(fit, &base->rows, asked->family, 0, input_threads());
		good = fit->status == LTV_FIT_OK ||
		       refuse_fit(fit->status, base, asked->family, err);
	}
	if (good)
		warn_of_edges(fit, base);
	return good;
}

/* ---- spend ---- */

/* Who is left out, and why. */
static void tell_spenders(const struct gamma_gamma_rows *rows)
{
	struct buffer words = {0};
	if (rows->n_not_positive > 0)
		buffer_format(
			&words, ", %zu whose repeat purchases come to 0", rows->n_not_positive);
	message_note("spend is fitted on %.0f customers (left out: %zu who bought once%.*s); its"
		     " correlation with x is %.2g",
		rows->customers, rows->n_once, (int)words.length, words.bytes, rows->correlation);
	buffer_release(&words);
}

static void tell_spend(const struct gamma_gamma_fit *fit, const struct gamma_gamma_rows *rows)
{
	tell_spenders(rows);
	if (fabs(rows->correlation) > .3)
		message_warning("spend and x have a correlation of %.2g, beyond .3: the model of"
				" spend takes them as independent, and clv may be off",
			rows->correlation);
	if (fit->status == GAMMA_GAMMA_ALL_EQUAL) {
		message_warning("every customer spends the same: the value of an order is %.6g",
			fit->model.fallback);
		return;
	}
	if (fit->edge == GAMMA_GAMMA_CUSTOMERS_ALIKE)
		message_warning("customers do not differ in what they spend: q and v run off, and"
				" each expects the same value of an order");
	if (fit->edge == GAMMA_GAMMA_ORDERS_ALIKE)
		message_warning("the orders of a customer do not differ in value: p runs off, and"
				" each expects what it has spent before");
	if (!fit->has_mean)
		message_warning("spend differs so much between customers that its mean is infinite"
				" (q = %.3g, not above 1): who has no repeat purchase gets %.6g,"
				" the mean of the others",
			fit->model.q, fit->model.fallback);
}

static bool fit_spend(struct ltv_estimate *estimate, const struct ltv_base *base, struct error *err)
{
	struct gamma_gamma_rows rows;
	bool good = true;
	gamma_gamma_rows_group(&rows, base->x, base->spend, base->n);
	switch (gamma_gamma_fit(&estimate->spend, &rows, input_threads())) {
	case GAMMA_GAMMA_OK:
	case GAMMA_GAMMA_ALL_EQUAL:
		estimate->has_spend = true;
		estimate->spend_customers = rows.customers;
		estimate->spend_correlation = rows.correlation;
		tell_spend(&estimate->spend, &rows);
		break;
	case GAMMA_GAMMA_TOO_FEW:
		good = error_set(err, ERROR_NUMBERS,
			"%.0f customers have repeat purchases above 0, and a fit of spend needs %d"
			" (--amount none leaves money out)",
			rows.customers, GAMMA_GAMMA_MIN_CUSTOMERS);
		break;
	case GAMMA_GAMMA_NOT_CONVERGED:
		good = error_set(err, ERROR_NUMBERS,
			"the likelihood of spend has no maximum that could be found (--amount none"
			" leaves money out)");
		break;
	}
	gamma_gamma_rows_release(&rows);
	return good;
}

bool ltv_estimate_make(struct ltv_estimate *estimate, const struct ltv_base *base,
	const struct ltv_asked *asked, struct error *err)
{
	*estimate = (struct ltv_estimate){
		.unit = base->unit,
		.customers = base->rows.customers,
		.return_rate = base->return_rate,
	};
	if (!fit_orders(estimate, base, asked, err))
		return false;
	bool needs_spend = ltv_table_has_money(asked->table) || asked->table == LTV_PARAMS ||
			   asked->model_out != NULL;
	return !needs_spend || !base->has_amounts || fit_spend(estimate, base, err);
}

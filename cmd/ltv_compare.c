/* patron ltv --compare: every model on the same customers, and what each would have foretold. */
#include <math.h>

#include "analytics/holdout.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

enum {
	COL_MODEL,
	COL_PARAMETERS,
	COL_LOG_LIKELIHOOD,
	COL_AIC,
	COL_BIC,
	COL_RATIO,
	COL_P,
	COL_FIT,
	COL_K,
	COL_VALUES,
	COL_CUSTOMERS = COL_VALUES + 6,
	COL_ACTUAL,
	COL_EXPECTED,
	COL_MAE,
	COL_RMSE,
	COL_BIAS,
	COL_MSLE,
	COL_LIFT,
};

const struct column ltv_compare_columns[N_LTV_COMPARE_COLUMNS] = {
	{"model", COLUMN_TEXT, "", "its name"},
	{"parameters", COLUMN_COUNT, "", "how many it has, k included where it was searched"},
	{"log_likelihood", COLUMN_REAL, "", "at the best fit"},
	{"aic", COLUMN_REAL, "", "2 parameters - 2 log_likelihood"},
	{"bic", COLUMN_REAL, "",
		"parameters ln(customers) - 2 log_likelihood: --model auto takes"
		" the lowest"},
	{"likelihood_ratio", COLUMN_REAL, "", "2 (log_likelihood - that of nbd)"},
	{"p_upper_bound", COLUMN_REAL, "",
		"chance of such a ratio where nobody drops out, by chi-square(2): an upper bound,"
		" as nbd lies on a boundary; empty for k > 1, which nbd is no case of"},
	{"fit", COLUMN_TEXT, "",
		"inside; no drop-out, drop-outs alike, all or nothing, rates alike: at that edge;"
		" not converged; no log_gaps"},
	{"k", COLUMN_COUNT, "", "how many times as regular as at random purchases are"},
	{"r", COLUMN_REAL, "", "the parameters, with errors in --params"},
	{"alpha", COLUMN_REAL, "--unit", ""},
	{"a", COLUMN_REAL, "", ""},
	{"b", COLUMN_REAL, "", ""},
	{"s", COLUMN_REAL, "", ""},
	{"beta", COLUMN_REAL, "--unit", ""},
	{"holdout_customers", COLUMN_COUNT, "customers", "with --holdout-from: judged after it"},
	{"actual", COLUMN_COUNT, "orders", "what they did in the holdout"},
	{"expected", COLUMN_REAL, "orders", "what was expected"},
	{"mae", COLUMN_REAL, "orders", "mean absolute error, a customer"},
	{"rmse", COLUMN_REAL, "orders", "root mean squared error"},
	{"bias", COLUMN_REAL, "", "expected / actual - 1"},
	{"msle", COLUMN_REAL, "", "mean of (ln(1 + actual) - ln(1 + expected))^2"},
	{"lift", COLUMN_REAL, "",
		"mean actual of the tenth of whom most was expected, over that of all"},
};

struct line {
	const struct ltv_fit *fit;
	double log_likelihood_nbd;
	const struct holdout *holdout; /* or NULL */
};

static const char *word_for(const struct ltv_fit *fit)
{
	if (fit->status == LTV_FIT_NO_LOG_GAPS)
		return "no log_gaps";
	if (fit->status != LTV_FIT_OK)
		return "not converged";
	switch (fit->dropout) {
	case LTV_DROPOUT_NONE:
		return "no drop-out";
	case LTV_DROPOUT_ALIKE:
		return "drop-outs alike";
	case LTV_DROPOUT_ALL_OR_NOTHING:
		return "all or nothing";
	case LTV_DROPOUT_VARIES:
		break;
	}
	return fit->rates_alike ? "rates alike" : "inside";
}

static void fill_fit(const struct line *line, enum ltv_family family, struct cell *cells)
{
	const struct ltv_fit *fit = line->fit;
	/* Without drop-out it is nbd; what differs is rounding. */
	bool is_nbd = fit->dropout == LTV_DROPOUT_NONE && fit->model.k == 1;
	double ratio = is_nbd ? 0 : 2 * (fit->log_likelihood - line->log_likelihood_nbd);
	bool pareto = family == LTV_PNBD;
	cells[COL_PARAMETERS].count = (int64_t)fit->n_parameters;
	cells[COL_LOG_LIKELIHOOD].real = fit->log_likelihood;
	cells[COL_AIC].real = fit->aic;
	cells[COL_BIC].real = fit->bic;
	cells[COL_RATIO] = real_cell(family == LTV_NBD ? NAN : ratio);
	cells[COL_P] = real_cell(family == LTV_NBD || fit->model.k > 1 ? NAN : exp(-ratio / 2));
	cells[COL_K].count = fit->model.k;
	for (size_t i = 0; i < 6; i++)
		cells[COL_VALUES + i].empty = true;
	for (size_t i = 0; i < ltv_n_parameters(family); i++) {
		size_t column = COL_VALUES + i + (pareto && i >= 2 ? 2 : 0);
		cells[column] = real_cell(fit->model.parameters[i]);
	}
}

static void fill_holdout(const struct holdout *holdout, struct cell *cells)
{
	cells[COL_CUSTOMERS].count = (int64_t)holdout->all.customers;
	cells[COL_ACTUAL].count = (int64_t)holdout->all.actual;
	cells[COL_EXPECTED].real = holdout->all.expected;
	cells[COL_MAE].real = holdout->mae;
	cells[COL_RMSE].real = holdout->rmse;
	cells[COL_BIAS] = real_cell(isfinite(holdout->bias) ? holdout->bias : NAN);
	cells[COL_MSLE].real = holdout->msle;
	cells[COL_LIFT].real = holdout_lift(holdout, 0);
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct line *line = &((const struct line *)rows)[row];
	enum ltv_family family = (enum ltv_family)row;
	for (size_t i = 0; i < N_LTV_COMPARE_COLUMNS; i++)
		cells[i].empty = true;
	cells[COL_MODEL] = (struct cell){.text = text_of(ltv_family_name(family))};
	cells[COL_FIT] = (struct cell){.text = text_of(word_for(line->fit))};
	struct cell known[N_LTV_COMPARE_COLUMNS] = {{0}};
	if (line->fit->status != LTV_FIT_OK)
		return;
	fill_fit(line, family, known);
	for (size_t i = COL_PARAMETERS; i < COL_CUSTOMERS; i++)
		if (i != COL_FIT)
			cells[i] = known[i];
	if (line->holdout == NULL)
		return;
	fill_holdout(line->holdout, known);
	for (size_t i = COL_CUSTOMERS; i < N_LTV_COMPARE_COLUMNS; i++)
		cells[i] = known[i];
}

bool ltv_write_compare(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err)
{
	struct line lines[LTV_FAMILIES];
	struct holdout holdouts[LTV_FAMILIES];
	for (int f = 0; f < LTV_FAMILIES; f++) {
		const struct ltv_fit *fit = &estimate->all[f];
		bool judged = base->later != NULL && fit->status == LTV_FIT_OK;
		if (judged)
			ltv_judge(&holdouts[f], base, &fit->model);
		lines[f] = (struct line){
			fit, estimate->all[LTV_NBD].log_likelihood, judged ? &holdouts[f] : NULL};
	}
	return results_write(
		ltv_compare_columns, N_LTV_COMPARE_COLUMNS, fill, lines, LTV_FAMILIES, 0, err);
}

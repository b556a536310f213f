/* patron ltv --params: what was estimated, and how surely. */
#include <math.h>

#include "analytics/proportion.h"
#include "base/text.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

const struct column ltv_param_columns[N_LTV_PARAM_COLUMNS] = {
	{"model", COLUMN_TEXT, "", "of orders; gamma_gamma is that of their value"},
	{"parameter", COLUMN_TEXT, "",
		"its parameters; then log_likelihood, aic, bic, customers, k, return_rate, and"
		" correlation (of x and spend), which have no error"},
	{"estimate", COLUMN_REAL, "", "the value; alpha and beta in units of --unit, v in money"},
	{"se", COLUMN_REAL, "",
		"its standard error, from the observed information; empty where it lies at an "
		"edge"},
	{"low", COLUMN_REAL, "", "its interval, symmetric for the logarithm: see --confidence"},
	{"high", COLUMN_REAL, "", "the upper end"},
};

struct line {
	const char *model, *parameter;
	double estimate, se, low, high; /* NaN: empty */
};

enum { MOST_LINES = 32 };

struct lines {
	struct line lines[MOST_LINES];
	size_t n;
};

static void add(struct lines *lines, const char *model, const char *parameter, double estimate)
{
	lines->lines[lines->n++] = (struct line){model, parameter, estimate, NAN, NAN, NAN};
}

static void add_with_error(struct lines *lines, const char *model, const char *parameter,
	double estimate, double log_variance, double z)
{
	struct line line = {model, parameter, estimate, NAN, NAN, NAN};
	if (log_variance > 0) {
		double log_se = sqrt(log_variance);
		line.se = estimate * log_se;
		line.low = estimate * exp(-z * log_se);
		line.high = estimate * exp(z * log_se);
	}
	lines->lines[lines->n++] = line;
}

static void add_orders(struct lines *lines, const struct ltv_estimate *estimate, double z)
{
	const struct ltv_fit *fit = &estimate->fit;
	enum ltv_family family = fit->model.family;
	const char *name = ltv_family_name(family);
	for (size_t i = 0; i < ltv_n_parameters(family); i++)
		add_with_error(lines, name, ltv_parameter_name(family, i), fit->model.parameters[i],
			fit->log_covariance[i][i], z);
	add(lines, name, "log_likelihood", fit->log_likelihood);
	add(lines, name, "aic", fit->aic);
	add(lines, name, "bic", fit->bic);
	add(lines, name, "customers", estimate->customers);
	add(lines, name, "k", fit->model.k);
	add(lines, name, "return_rate", estimate->return_rate);
}

static void add_spend(struct lines *lines, const struct ltv_estimate *estimate, double z)
{
	static const char name[] = "gamma_gamma";
	const struct gamma_gamma_fit *fit = &estimate->spend;
	if (fit->status == GAMMA_GAMMA_OK) {
		add_with_error(lines, name, "p", fit->model.p, fit->log_covariance[0][0], z);
		add_with_error(lines, name, "q", fit->model.q, fit->log_covariance[1][1], z);
		add_with_error(lines, name, "v", fit->model.v, fit->log_covariance[2][2], z);
		add(lines, name, "log_likelihood", fit->log_likelihood);
		add(lines, name, "aic", fit->aic);
		add(lines, name, "bic", fit->bic);
	} else {
		add(lines, name, "mean", fit->model.fallback);
	}
	add(lines, name, "customers", estimate->spend_customers);
	add(lines, name, "correlation", estimate->spend_correlation);
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct line *line = &((const struct line *)rows)[row];
	cells[0].text = text_of(line->model);
	cells[1].text = text_of(line->parameter);
	cells[2] = real_cell(line->estimate);
	cells[3] = real_cell(line->se);
	cells[4] = real_cell(line->low);
	cells[5] = real_cell(line->high);
}

bool ltv_write_params(
	const struct ltv_asked *asked, const struct ltv_estimate *estimate, struct error *err)
{
	struct lines lines = {.n = 0};
	double z = normal_deviate(asked->confidence);
	add_orders(&lines, estimate, z);
	if (estimate->has_spend)
		add_spend(&lines, estimate, z);
	return results_write(
		ltv_param_columns, N_LTV_PARAM_COLUMNS, fill, lines.lines, lines.n, 0, err);
}

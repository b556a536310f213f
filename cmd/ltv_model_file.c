#include "cmd/ltv_model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cmd/options.h"
#include "io/real.h"
#include "io/sheet.h"

enum { VERSION = 1 };

static const struct column columns[] = {
	{"model", COLUMN_TEXT, "", "patron, for the file as a whole; a model's name; gamma_gamma"},
	{"parameter", COLUMN_TEXT, "", "what the value is"},
	{"value", COLUMN_TEXT, "", "a number, or the name of the unit"},
};

/* ---- what stands in the file, beside the unit ---- */

enum { NAME_SIZE = 32, MOST_ENTRIES = 64 };

struct entry {
	const char *model;
	char parameter[NAME_SIZE];
	double *value;
	bool needed, given;
};

struct entries {
	struct entry entries[MOST_ENTRIES];
	size_t n;
	double version, k;
};

static const char spend_name[] = "gamma_gamma";
static const char *const spend_parameters[GAMMA_GAMMA_PARAMETERS] = {"p", "q", "v"};

static void add(
	struct entries *list, const char *model, const char *parameter, double *value, bool needed)
{
	struct entry *entry = &list->entries[list->n++];
	*entry = (struct entry){.model = model, .value = value, .needed = needed};
	snprintf(entry->parameter, NAME_SIZE, "%s", parameter);
}

static void add_covariance(
	struct entries *list, const char *model, const char *one, const char *other, double *value)
{
	char name[NAME_SIZE];
	snprintf(name, NAME_SIZE, "covariance %s %s", one, other);
	add(list, model, name, value, false);
}

static void list_orders(struct entries *list, struct ltv_fit *fit)
{
	enum ltv_family family = fit->model.family;
	const char *name = ltv_family_name(family);
	size_t n = ltv_n_parameters(family);
	if (ltv_family_has_k(family))
		add(list, name, "k", &list->k, true);
	for (size_t i = 0; i < n; i++)
		add(list, name, ltv_parameter_name(family, i), &fit->model.parameters[i], true);
	add(list, name, "log_likelihood", &fit->log_likelihood, false);
	add(list, name, "aic", &fit->aic, false);
	add(list, name, "bic", &fit->bic, false);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			add_covariance(list, name, ltv_parameter_name(family, j),
				ltv_parameter_name(family, i), &fit->log_covariance[i][j]);
}

static void list_spend(struct entries *list, struct ltv_estimate *estimate)
{
	struct gamma_gamma_fit *fit = &estimate->spend;
	double *const values[] = {&fit->model.p, &fit->model.q, &fit->model.v};
	for (size_t i = 0; i < GAMMA_GAMMA_PARAMETERS; i++)
		add(list, spend_name, spend_parameters[i], values[i], true);
	add(list, spend_name, "mean", &fit->model.fallback, false);
	add(list, spend_name, "log_likelihood", &fit->log_likelihood, false);
	add(list, spend_name, "aic", &fit->aic, false);
	add(list, spend_name, "bic", &fit->bic, false);
	add(list, spend_name, "customers", &estimate->spend_customers, false);
	add(list, spend_name, "correlation", &estimate->spend_correlation, false);
	for (size_t i = 0; i < GAMMA_GAMMA_PARAMETERS; i++)
		for (size_t j = 0; j <= i; j++)
			add_covariance(list, spend_name, spend_parameters[j], spend_parameters[i],
				&fit->log_covariance[i][j]);
}

/* Of the family that the estimate names, and of spend where it has that. */
static void list_all(struct entries *list, struct ltv_estimate *estimate)
{
	list->n = 0;
	list->version = VERSION;
	list->k = estimate->fit.model.k;
	add(list, "patron", "version", &list->version, true);
	add(list, "patron", "customers", &estimate->customers, false);
	add(list, "patron", "return_rate", &estimate->return_rate, false);
	list_orders(list, &estimate->fit);
	if (estimate->has_spend)
		list_spend(list, estimate);
}

/* ---- writing ---- */

struct line {
	const char *model, *parameter;
	char value[REAL_ROOM + 1];
};

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct line *line = &((const struct line *)rows)[row];
	cells[0].text = text_of(line->model);
	cells[1].text = text_of(line->parameter);
	cells[2].text = text_of(line->value);
}

/* The unit behind the version, then every number that is known and says something. */
static size_t write_lines(struct line *lines, const struct entries *list, enum ltv_unit unit)
{
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct entry *entry = &list->entries[i];
		if (!isfinite(*entry->value) || (!entry->needed && *entry->value == 0))
			continue;
		lines[n] = (struct line){.model = entry->model, .parameter = entry->parameter};
		lines[n].value[real_write(*entry->value, REAL_SHORTEST, lines[n].value)] = '\0';
		n++;
		if (n == 1) {
			lines[n] = (struct line){.model = "patron", .parameter = "unit"};
			snprintf(lines[n++].value, REAL_ROOM, "%s", ltv_unit_names[unit]);
		}
	}
	return n;
}

struct table *ltv_model_file_open(
	const char *path, const struct ltv_estimate *estimate, struct error *err)
{
	const struct table_style style = {
		.format = FORMAT_CSV, .path = path, .digits = -1, .top = -1, .threads = 1};
	struct ltv_estimate copy = *estimate;
	struct entries list;
	struct line lines[MOST_ENTRIES + 1];
	struct table *table = table_open(&style, columns, COUNT_OF(columns), err);
	if (table == NULL)
		return NULL;
	list_all(&list, &copy);
	size_t n = write_lines(lines, &list, estimate->unit);
	if (table_rows(table, fill, lines, n, err) && table_complete(table, err))
		return table;
	table_discard(table);
	return NULL;
}

/* ---- reading ---- */

static bool refuse(
	const struct sheet *sheet, size_t row, size_t column, const char *why, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	return error_set(err, ERROR_DATA, "%s:%lld: '%s' %s", sheet->name,
		(long long)sheet->lines[row], text_excerpt(sheet_cell(sheet, row, column), room),
		why);
}

/* Of another program, or of another version of this one, nothing else is judged. */
static bool check_version(const struct sheet *sheet, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	for (size_t row = 0; row < sheet->n_rows; row++) {
		if (!text_equal(sheet_cell(sheet, row, 0), TEXT("patron")) ||
			!text_equal(sheet_cell(sheet, row, 1), TEXT("version")))
			continue;
		double version;
		struct text value = sheet_cell(sheet, row, 2);
		if (real_read(value, '.', &version) && version == VERSION)
			return true;
		return error_set(err, ERROR_DATA,
			"%s: a model file of version %s, and this patron reads version %d (fit"
			" again with --model-out)",
			sheet->name, text_excerpt(value, room), VERSION);
	}
	return error_set(err, ERROR_DATA,
		"%s: no model file: it has no row patron,version (--model-out writes one)",
		sheet->name);
}

static bool family_of(struct text name, enum ltv_family *family)
{
	for (int f = 0; f < LTV_FAMILIES; f++)
		if (text_equal(name, text_of(ltv_family_name((enum ltv_family)f)))) {
			*family = (enum ltv_family)f;
			return true;
		}
	return false;
}

/* Which model the rows are of, and whether spend is there; a name must be known. */
static bool find_models(struct ltv_estimate *estimate, const struct sheet *sheet, struct error *err)
{
	bool has_family = false;
	for (size_t row = 0; row < sheet->n_rows; row++) {
		struct text name = sheet_cell(sheet, row, 0);
		enum ltv_family family;
		if (text_equal(name, TEXT("patron")))
			continue;
		if (text_equal(name, TEXT("gamma_gamma"))) {
			estimate->has_spend = true;
		} else if (!family_of(name, &family)) {
			return refuse(sheet, row, 0, "is no model", err);
		} else if (has_family && family != estimate->fit.model.family) {
			return refuse(sheet, row, 0, "is a second model (a file holds one)", err);
		} else {
			estimate->fit.model.family = family;
			has_family = true;
		}
	}
	return has_family ||
	       error_set(err, ERROR_DATA, "%s: has no model such as bgnbd (--model-out writes one)",
		       sheet->name);
}

static bool read_unit(struct text value, enum ltv_unit *unit)
{
	for (int u = 0; u < LTV_UNITS; u++)
		if (text_equal(value, text_of(ltv_unit_names[u]))) {
			*unit = (enum ltv_unit)u;
			return true;
		}
	return false;
}

static struct entry *find_entry(struct entries *list, struct text model, struct text parameter)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_equal(text_of(list->entries[i].model), model) &&
			text_equal(text_of(list->entries[i].parameter), parameter))
			return &list->entries[i];
	return NULL;
}

static bool read_row(const struct sheet *sheet, size_t row, struct entries *list, struct error *err)
{
	struct entry *entry =
		find_entry(list, sheet_cell(sheet, row, 0), sheet_cell(sheet, row, 1));
	if (entry == NULL)
		return refuse(sheet, row, 1, "is no parameter of this model", err);
	if (entry->given)
		return refuse(sheet, row, 1, "stands in a row before", err);
	entry->given = true;
	return real_read(sheet_cell(sheet, row, 2), '.', entry->value) ||
	       refuse(sheet, row, 2, "is not a number", err);
}

static bool read_rows(struct ltv_estimate *estimate, const struct sheet *sheet,
	struct entries *list, struct error *err)
{
	bool has_unit = false;
	for (size_t row = 0; row < sheet->n_rows; row++) {
		bool of_file = text_equal(sheet_cell(sheet, row, 0), TEXT("patron"));
		if (of_file && text_equal(sheet_cell(sheet, row, 1), TEXT("unit"))) {
			has_unit = read_unit(sheet_cell(sheet, row, 2), &estimate->unit);
			if (!has_unit)
				return refuse(
					sheet, row, 2, "is not day, week, month or year", err);
		} else if (!read_row(sheet, row, list, err)) {
			return false;
		}
	}
	for (size_t i = 0; i < list->n; i++)
		if (list->entries[i].needed && !list->entries[i].given)
			return error_set(err, ERROR_DATA, "%s: has no row %s,%s", sheet->name,
				list->entries[i].model, list->entries[i].parameter);
	return has_unit ||
	       error_set(err, ERROR_DATA, "%s: has no row patron,unit (day, week, month or year)",
		       sheet->name);
}

static void mirror(size_t n, size_t width, double *covariance)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			covariance[j * width + i] = covariance[i * width + j];
}

/* Purchases are days: even a heavy buyer has no more than one a day. */
static bool check_rate(
	const struct ltv_estimate *estimate, const struct sheet *sheet, struct error *err)
{
	const double most = 10;
	const struct ltv_model *model = &estimate->fit.model;
	double rate = model->parameters[0] / model->parameters[1] / model->k /
		      ltv_unit_days(estimate->unit);
	return rate <= most || error_set(err, ERROR_DATA,
				       "%s: r / alpha are %.3g purchase days a day in the mean"
				       " (is the unit right?)",
				       sheet->name, rate);
}

/* Amounts end at 9.2e12. */
static bool check_spend(
	const struct gamma_gamma_fit *spend, const struct sheet *sheet, struct error *err)
{
	const double most = 1e15;
	const struct gamma_gamma *values = &spend->model;
	double mean = spend->has_mean ? values->p / (values->q - 1) * values->v : values->fallback;
	return mean <= most || error_set(err, ERROR_DATA,
				       "%s: gamma_gamma has a mean of %.3g, beyond any amount (is"
				       " the file as --model-out wrote it?)",
				       sheet->name, mean);
}

/* All equal spend has p, q and v of 0, and only the mean. */
static bool check_values(struct ltv_estimate *estimate, const struct entries *list,
	const struct sheet *sheet, struct error *err)
{
	struct gamma_gamma_fit *spend = &estimate->spend;
	const struct gamma_gamma *values = &spend->model;
	estimate->fit.model.k = list->k >= 1 && list->k <= 1000 ? (int)list->k : 0;
	if (estimate->fit.model.k != list->k || !ltv_model_is_valid(&estimate->fit.model))
		return error_set(err, ERROR_DATA,
			"%s: the parameters of %s cannot be (all above 0, k a whole number)",
			sheet->name, ltv_family_name(estimate->fit.model.family));
	bool all_equal = values->p == 0 && values->q == 0 && values->v == 0 && values->fallback > 0;
	bool varies = values->p > 0 && values->q > 0 && values->v > 0 &&
		      (values->q > 1 || values->fallback > 0);
	if (estimate->has_spend && !all_equal && !varies)
		return error_set(err, ERROR_DATA,
			"%s: the parameters of gamma_gamma cannot be (all above 0; with q up to 1 a"
			" mean too)",
			sheet->name);
	spend->status = all_equal ? GAMMA_GAMMA_ALL_EQUAL : GAMMA_GAMMA_OK;
	spend->has_mean = values->q > 1;
	if (estimate->has_spend && !check_spend(spend, sheet, err))
		return false;
	mirror(ltv_n_parameters(estimate->fit.model.family), LTV_PARAMETERS,
		&estimate->fit.log_covariance[0][0]);
	mirror(GAMMA_GAMMA_PARAMETERS, GAMMA_GAMMA_PARAMETERS, &spend->log_covariance[0][0]);
	return check_rate(estimate, sheet, err);
}

bool ltv_model_file_read(const char *path, struct ltv_estimate *estimate, struct error *err)
{
	static const char *const names[] = {"model", "parameter", "value"};
	struct sheet sheet;
	struct entries list;
	*estimate = (struct ltv_estimate){.fit.status = LTV_FIT_OK,
		.fit.model.k = 1,
		.fit.log_likelihood = NAN,
		.fit.aic = NAN,
		.fit.bic = NAN,
		.customers = NAN,
		.spend.log_likelihood = NAN,
		.spend.aic = NAN,
		.spend.bic = NAN,
		.spend_customers = NAN,
		.spend_correlation = NAN,
		.return_rate = NAN};
	bool good = sheet_read(&sheet, path, names, COUNT_OF(names), err) &&
		    check_version(&sheet, err) && find_models(estimate, &sheet, err);
	if (good)
		list_all(&list, estimate);
	good = good && read_rows(estimate, &sheet, &list, err) &&
	       check_values(estimate, &list, &sheet, err);
	sheet_release(&sheet);
	return good;
}

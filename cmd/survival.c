/* patron survival: how long customers stay, whether groups differ, and what goes with being lost.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/cox.h"
#include "analytics/logrank.h"
#include "analytics/survival.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/message.h"
#include "cmd/results.h"
#include "cmd/survival_charts.h"
#include "cmd/survival_rows.h"
#include "cmd/survival_terms.h"

/* ---- options ---- */

/* In the order of enum survival_scale and enum cox_ties. */
static const char *const scale_choices[] = {"log", "log-log", "plain", NULL};
static const char *const ties_choices[] = {"efron", "breslow", NULL};

static struct survival_columns wanted;
static const char *churn_after, *cox_columns;
static bool summary, test;
static double rmst_to = -1, confidence = 0.95;
static int scale = SURVIVAL_LOG, ties = COX_EFRON;
static bool scale_given, ties_given, confidence_given;

static const struct option options[] = {
	{.name = "churn-after",
		.kind = OPTION_TEXT,
		.target = &churn_after,
		.argument = "DAYS",
		.help = "transactions: a customer is lost so many days after the last purchase"
			" (default 90d)"},
	{.name = "time",
		.kind = OPTION_TEXT,
		.target = &wanted.time,
		.argument = "COL",
		.help = "any table: how long each was seen, from 0"},
	{.name = "event",
		.kind = OPTION_TEXT,
		.target = &wanted.event,
		.argument = "COL",
		.help = "any table: whether it ended with the loss; two values"},
	{.name = "event-value",
		.kind = OPTION_TEXT,
		.target = &wanted.event_value,
		.argument = "V",
		.help = "the value of --event that is the loss; needed unless they are 0/1,"
			" true/false or yes/no"},
	{.name = "group",
		.kind = OPTION_TEXT,
		.target = &wanted.group,
		.argument = "COL",
		.help = "any table: a curve for each value"},
	{.name = "summary",
		.kind = OPTION_FLAG,
		.target = &summary,
		.help = "median and restricted mean of each group instead of the curves"},
	{.name = "rmst-to",
		.kind = OPTION_REAL,
		.target = &rmst_to,
		.argument = "TIME",
		.least = 0,
		.plain_default = true,
		.help = "the restricted mean goes so far; without it, to the smallest of the"
			" groups' largest times"},
	{.name = "test",
		.kind = OPTION_FLAG,
		.target = &test,
		.help = "the log-rank test: do the groups of --group differ?"},
	{.name = "cox",
		.kind = OPTION_TEXT,
		.target = &cox_columns,
		.argument = "COL,COL,...",
		.help = "any table: Cox regression on these columns; text becomes a term for each"
			" value but the first"},
	{.name = "ties",
		.kind = OPTION_CHOICE,
		.target = &ties,
		.argument = "HOW",
		.choices = ties_choices,
		.given = &ties_given,
		.help = "how --cox treats events at the same time"},
	{.name = "conf-type",
		.kind = OPTION_CHOICE,
		.target = &scale,
		.argument = "SCALE",
		.choices = scale_choices,
		.given = &scale_given,
		.help = "the scale of survival on which intervals are symmetric"},
	{.name = "confidence",
		.kind = OPTION_REAL,
		.target = &confidence,
		.argument = "P",
		.least = 0.5,
		.most = 0.9999,
		.given = &confidence_given,
		.help = "of all intervals"},
};

/* ---- columns ---- */

enum {
	COL_GROUP,
	COL_TIME,
	COL_AT_RISK,
	COL_EVENTS,
	COL_CENSORED,
	COL_SURVIVAL,
	COL_SE,
	COL_LOW,
	COL_HIGH,
	COL_HAZARD,
	COL_HAZARD_SE,
	N_COLUMNS,
};

static const struct column columns[N_COLUMNS] = {
	{"group", COLUMN_TEXT, "", "the value of --group; all without it"},
	{"time", COLUMN_REAL, "", "of events or censorings; days for transactions"},
	{"at_risk", COLUMN_COUNT, "", "not lost and still seen just before the time"},
	{"events", COLUMN_COUNT, "", "lost at the time"},
	{"censored", COLUMN_COUNT, "", "seen up to the time, and not lost"},
	{"survival", COLUMN_REAL, "", "share not lost up to the time (Kaplan-Meier)"},
	{"se", COLUMN_REAL, "", "its standard error (Greenwood); empty where survival is 0"},
	{"low", COLUMN_REAL, "", "its interval; empty where survival is 0 or 1"},
	{"high", COLUMN_REAL, "", "the upper end, at most 1"},
	{"cumulative_hazard", COLUMN_REAL, "", "Nelson-Aalen"},
	{"cumulative_hazard_se", COLUMN_REAL, "", "its standard error"},
};

enum {
	SUM_GROUP,
	SUM_N,
	SUM_EVENTS,
	SUM_MEDIAN,
	SUM_MEDIAN_LOW,
	SUM_MEDIAN_HIGH,
	SUM_RMST,
	SUM_RMST_SE,
	SUM_RMST_LOW,
	SUM_RMST_HIGH,
	SUM_RMST_TO,
	N_SUMMARY_COLUMNS,
};

static const struct column summary_columns[N_SUMMARY_COLUMNS] = {
	{"group", COLUMN_TEXT, "", "the value of --group; all without it"},
	{"n", COLUMN_COUNT, "", "rows or customers"},
	{"events", COLUMN_COUNT, "", "how many were lost"},
	{"median", COLUMN_REAL, "", "time when half are lost; empty when fewer ever are"},
	{"median_low", COLUMN_REAL, "", "its interval; empty where it has no end"},
	{"median_high", COLUMN_REAL, "", "the upper end"},
	{"rmst", COLUMN_REAL, "", "restricted mean: time up to rmst_to not yet lost"},
	{"rmst_se", COLUMN_REAL, "", "its standard error"},
	{"rmst_low", COLUMN_REAL, "", "its interval"},
	{"rmst_high", COLUMN_REAL, "", "the upper end"},
	{"rmst_to", COLUMN_REAL, "", "how far it goes: --rmst-to"},
};

static const struct column test_columns[] = {
	{"group", COLUMN_TEXT, "", "the value of --group"},
	{"n", COLUMN_COUNT, "", "rows"},
	{"observed", COLUMN_COUNT, "", "how many were lost"},
	{"expected", COLUMN_REAL, "", "how many would be, if groups did not differ"},
	{"chi_square", COLUMN_REAL, "", "of the log-rank test, of all groups together"},
	{"df", COLUMN_COUNT, "", "its degrees of freedom"},
	{"p", COLUMN_REAL, "", "chance of such differences where there are none"},
};

enum {
	COX_TERM,
	COX_COEFFICIENT,
	COX_HAZARD_RATIO,
	COX_SE,
	COX_Z,
	COX_P,
	COX_LOW,
	COX_HIGH,
	N_COX_COLUMNS,
};

static const struct column cox_table_columns[N_COX_COLUMNS] = {
	{"term", COLUMN_TEXT, "", "a column, or COL=VALUE; then the names of figures of the fit"},
	{"coefficient", COLUMN_REAL, "",
		"log of the hazard ratio; in the rows after the terms,"
		" their value"},
	{"hazard_ratio", COLUMN_REAL, "",
		"how much faster one is lost for one unit more; empty beyond 1e308"},
	{"se", COLUMN_REAL, "", "standard error of the coefficient"},
	{"z", COLUMN_REAL, "", "coefficient / se"},
	{"p", COLUMN_REAL, "", "chance of such a coefficient where the true one is 0"},
	{"low", COLUMN_REAL, "", "interval of the hazard ratio"},
	{"high", COLUMN_REAL, "", "the upper end"},
};

/* ---- curves ---- */

struct curves {
	struct survival_rows rows;
	struct survival survival;
	double z;
	double rmst_to; /* as settled */
	struct logrank logrank;
};

struct line {
	struct text group;
	const struct survival_point *point;
};

static void fill(const void *lines, size_t row, struct cell *cells)
{
	const struct line *line = &((const struct line *)lines)[row];
	const struct survival_point *point = line->point;
	cells[COL_GROUP].text = line->group;
	cells[COL_TIME].real = point->time;
	cells[COL_AT_RISK].count = point->at_risk;
	cells[COL_EVENTS].count = point->events;
	cells[COL_CENSORED].count = point->censored;
	cells[COL_SURVIVAL].real = point->survival;
	cells[COL_SE] = real_cell(point->se);
	cells[COL_LOW] = real_cell(point->interval.low);
	cells[COL_HIGH] = real_cell(point->interval.high);
	cells[COL_HAZARD] = real_cell(point->cumulative_hazard);
	cells[COL_HAZARD_SE] = real_cell(point->cumulative_hazard_se);
}

static bool write_curves(const struct curves *curves, struct error *err)
{
	size_t n_lines = 0;
	for (uint32_t g = 0; g < curves->survival.n_groups; g++)
		n_lines += curves->survival.curves[g].n_points;
	struct line *lines = mem_array(n_lines, sizeof(*lines)), *line = lines;
	for (uint32_t g = 0; g < curves->survival.n_groups; g++) {
		const struct survival_curve *curve = &curves->survival.curves[g];
		for (size_t i = 0; i < curve->n_points; i++)
			*line++ = (struct line){curves->rows.groups[g], &curve->points[i]};
	}
	bool good = results_write(columns, N_COLUMNS, fill, lines, n_lines, 0, err);
	mem_free(lines);
	return good;
}

/* ---- --summary ---- */

static void fill_summary(const void *rows, size_t row, struct cell *cells)
{
	const struct curves *curves = rows;
	const struct survival_curve *curve = &curves->survival.curves[row];
	struct restricted_mean rmst = survival_restricted_mean(curve, curves->rmst_to, curves->z);
	cells[SUM_GROUP].text = curves->rows.groups[row];
	cells[SUM_N].count = curve->n;
	cells[SUM_EVENTS].count = curve->events;
	cells[SUM_MEDIAN] = real_cell(curve->median);
	cells[SUM_MEDIAN_LOW] = real_cell(curve->median_interval.low);
	cells[SUM_MEDIAN_HIGH] = real_cell(curve->median_interval.high);
	cells[SUM_RMST] = real_cell(rmst.mean);
	cells[SUM_RMST_SE] = real_cell(rmst.se);
	cells[SUM_RMST_LOW] = real_cell(rmst.interval.low);
	cells[SUM_RMST_HIGH] = real_cell(rmst.interval.high);
	cells[SUM_RMST_TO].real = curves->rmst_to;
}

/* A median of 0, or of the last day, would be read as one. */
static bool check_medians(const struct curves *curves, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	for (uint32_t g = 0; g < curves->survival.n_groups; g++) {
		const struct survival_curve *curve = &curves->survival.curves[g];
		if (curve->events == 0)
			return error_set(err, ERROR_NUMBERS,
				"group '%s': none of %lld was lost, so that its median is unknown,"
				" not 0 (leave it out with --where '%s!=%s', or see the curves"
				" without --summary)",
				text_excerpt(curves->rows.groups[g], room), (long long)curve->n,
				wanted.group, room);
	}
	return true;
}

static void warn_of_short_curves(const struct curves *curves)
{
	char room[TEXT_EXCERPT_SIZE];
	for (uint32_t g = 0; g < curves->survival.n_groups; g++) {
		const struct survival_curve *curve = &curves->survival.curves[g];
		if (isnan(survival_restricted_mean(curve, curves->rmst_to, curves->z).mean))
			message_warning(
				"group '%s' was seen up to %.15g only: no restricted mean to %.15g",
				text_excerpt(curves->rows.groups[g], room),
				curve->points[curve->n_points - 1].time, curves->rmst_to);
	}
}

static bool write_summary(struct curves *curves, struct error *err)
{
	if (!check_medians(curves, err))
		return false;
	curves->rmst_to = rmst_to >= 0 ? rmst_to : survival_common_time(&curves->survival);
	warn_of_short_curves(curves);
	return results_write(summary_columns, N_SUMMARY_COLUMNS, fill_summary, curves,
		curves->survival.n_groups, 0, err);
}

/* ---- --test ---- */

static void fill_test(const void *rows, size_t row, struct cell *cells)
{
	const struct curves *curves = rows;
	const struct logrank_group *group = &curves->logrank.groups[row];
	cells[0].text = curves->rows.groups[row];
	cells[1].count = group->n;
	cells[2].count = group->observed;
	cells[3].real = group->expected;
	cells[4] = real_cell(curves->logrank.chi_square);
	cells[5].count = curves->logrank.df;
	cells[6] = real_cell(curves->logrank.p);
}

static bool write_test(struct curves *curves, struct error *err)
{
	switch (logrank_test(&curves->logrank, &curves->survival)) {
	case LOGRANK_OK:
		break;
	case LOGRANK_ONE_GROUP:
		return error_set(err, ERROR_NUMBERS,
			"--test needs two groups with somebody at risk when another is lost; %s has"
			" fewer",
			wanted.group);
	case LOGRANK_NO_SPREAD:
		return error_set(err, ERROR_NUMBERS,
			"--test: all were lost at the same time, which tells no group of %s from"
			" another",
			wanted.group);
	}
	return results_write(test_columns, COUNT_OF(test_columns), fill_test, curves,
		curves->survival.n_groups, 0, err);
}

/* ---- --cox ---- */

struct regression {
	struct survival_terms terms;
	struct cox cox;
};

/* What stands below the terms: a name, and values in some of the columns. */
struct note {
	const char *name;
	double value, se, p;
};

enum { N_NOTES = 8 };

static struct note note_of(const struct regression *regression, size_t number)
{
	const struct cox *cox = &regression->cox;
	const struct note notes[N_NOTES] = {
		{"log_likelihood_null", cox->log_likelihood_null, NAN, NAN},
		{"log_likelihood", cox->log_likelihood, NAN, NAN},
		{"likelihood_ratio_test", cox->chi_square, NAN, cox->p},
		{"degrees_of_freedom", (double)cox->n_terms, NAN, NAN},
		{"concordance", cox->concordance.share, cox->concordance.se, NAN},
		{"n", (double)cox->n, NAN, NAN},
		{"events", (double)cox->events, NAN, NAN},
		{"left_out", (double)regression->terms.n_left_out, NAN, NAN},
	};
	return notes[number];
}

/* Of a column in very small units a unit more may be beyond what a number holds. */
static struct cell hazard_ratio_cell(double ratio)
{
	return real_cell(isfinite(ratio) ? ratio : NAN);
}

static void fill_cox(const void *rows, size_t row, struct cell *cells)
{
	const struct regression *regression = rows;
	size_t n_terms = regression->cox.n_terms;
	if (row >= n_terms) {
		struct note note = note_of(regression, row - n_terms);
		cells[COX_TERM].text = text_of(note.name);
		cells[COX_COEFFICIENT] = real_cell(note.value);
		cells[COX_SE] = real_cell(note.se);
		cells[COX_P] = real_cell(note.p);
		cells[COX_HAZARD_RATIO].empty = cells[COX_Z].empty = true;
		cells[COX_LOW].empty = cells[COX_HIGH].empty = true;
		return;
	}
	const struct cox_term *term = &regression->cox.terms[row];
	cells[COX_TERM].text = text_of(regression->terms.names[row]);
	cells[COX_COEFFICIENT] = real_cell(term->coefficient);
	cells[COX_HAZARD_RATIO] = hazard_ratio_cell(term->hazard_ratio);
	cells[COX_SE] = real_cell(term->se);
	cells[COX_Z] = real_cell(term->z);
	cells[COX_P] = real_cell(term->p);
	cells[COX_LOW] = hazard_ratio_cell(term->hazard_ratio_interval.low);
	cells[COX_HIGH] = hazard_ratio_cell(term->hazard_ratio_interval.high);
}

static bool fit(struct regression *regression, struct error *err)
{
	const struct survival_terms *terms = &regression->terms;
	const struct cox_data data = {
		terms->time, terms->event, terms->x, terms->n_rows, terms->n_terms};
	struct cox *cox = &regression->cox;
	enum cox_status status =
		cox_fit(cox, &data, (enum cox_ties)ties, normal_deviate(confidence));
	const char *culprit =
		status == COX_OK || status == COX_NO_EVENTS || status == COX_NOT_CONVERGED
			? NULL
			: terms->names[cox->culprit];
	switch (status) {
	case COX_OK:
		return true;
	case COX_NO_EVENTS:
		return error_set(err, ERROR_NUMBERS,
			"--cox: no event in %zu row%s that lack%s no value", terms->n_rows,
			plural(terms->n_rows), terms->n_rows == 1 ? "s" : "");
	case COX_CONSTANT:
		return error_set(err, ERROR_NUMBERS,
			"--cox: '%s' is the same for all who are at risk when somebody is lost"
			" (leave it out)",
			culprit);
	case COX_COLLINEAR:
		return error_set(err, ERROR_NUMBERS,
			"--cox: '%s' follows from the terms before it (leave one of them out)",
			culprit);
	case COX_SEPARATED:
		return error_set(err, ERROR_NUMBERS,
			"--cox: '%s' alone, or with other terms, tells who is lost first: its"
			" coefficient is infinite (leave it out)",
			culprit);
	case COX_NOT_CONVERGED:
		return error_set(err, ERROR_NUMBERS,
			"--cox: no maximum of the likelihood after %d steps (try fewer columns)",
			cox->iterations);
	}
	return false;
}

static bool write_cox(const struct survival_rows *rows, struct error *err)
{
	struct regression regression = {0};
	bool good = survival_terms_make(&regression.terms, rows, err) && fit(&regression, err) &&
		    results_write(cox_table_columns, N_COX_COLUMNS, fill_cox, &regression,
			    regression.cox.n_terms + N_NOTES, 0, err);
	cox_release(&regression.cox);
	survival_terms_release(&regression.terms);
	return good;
}

/* ---- the run ---- */

/* "90d", "90". */
static bool parse_churn_after(int32_t *days, struct error *err)
{
	enum { DEFAULT = 90, MOST = 36500 };
	char *end;
	*days = DEFAULT;
	if (churn_after == NULL)
		return true;
	size_t n_digits = strspn(churn_after, "0123456789");
	long value = n_digits > 0 && n_digits < 9 ? strtol(churn_after, &end, 10) : 0;
	const char *unit = churn_after + n_digits;
	*days = (int32_t)value;
	return (value >= 1 && value <= MOST && (*unit == '\0' || strcmp(unit, "d") == 0)) ||
	       error_set(err, ERROR_USAGE, "--churn-after must be 1d to %dd, not '%s'", MOST,
		       churn_after);
}

/* "age,sex": names, as --cox has them, without the commas; each once. */
static bool split_covariates(char *names, struct error *err)
{
	size_t capacity = 0;
	for (char *at = names, *comma; at != NULL; at = comma) {
		comma = strchr(at, ',');
		if (comma != NULL)
			*comma++ = '\0';
		if (*at == '\0')
			return error_set(err, ERROR_USAGE,
				"--cox must be columns such as age,plan, not '%s'", cox_columns);
		for (size_t i = 0; i < wanted.n_covariates; i++)
			if (strcmp(wanted.covariates[i], at) == 0)
				return error_set(err, ERROR_USAGE, "--cox names '%s' twice", at);
		wanted.covariates = mem_grow(wanted.covariates, &capacity, wanted.n_covariates + 1,
			sizeof(*wanted.covariates));
		wanted.covariates[wanted.n_covariates++] = at;
	}
	return true;
}

static bool check_options(struct error *err)
{
	bool is_table = wanted.time != NULL || wanted.event != NULL;
	const char *of_tables = wanted.event_value != NULL ? "--event-value"
				: wanted.group != NULL     ? "--group"
				: cox_columns != NULL      ? "--cox"
							   : NULL;
	if (is_table && (wanted.time == NULL || wanted.event == NULL))
		return error_set(err, ERROR_USAGE, "--time and --event need each other");
	if (is_table && churn_after != NULL)
		return error_set(err, ERROR_USAGE,
			"--churn-after is for transactions; with --time, --event says who is lost");
	if (!is_table && of_tables != NULL)
		return error_set(err, ERROR_USAGE,
			"%s needs a table with --time COL and --event COL", of_tables);
	if (summary + test + (cox_columns != NULL) > 1)
		return error_set(
			err, ERROR_USAGE, "--summary, --test and --cox exclude each other");
	if (test && wanted.group == NULL)
		return error_set(err, ERROR_USAGE, "--test needs --group COL");
	if (cox_columns != NULL && wanted.group != NULL)
		return error_set(err, ERROR_USAGE,
			"--cox and --group exclude each other (name the column in --cox)");
	if (cox_columns == NULL && ties_given)
		return error_set(err, ERROR_USAGE, "--ties is for --cox");
	if (test && confidence_given)
		return error_set(err, ERROR_USAGE,
			"--confidence is of intervals, of which --test has none (leave it out)");
	if ((test || cox_columns != NULL) && scale_given)
		return error_set(err, ERROR_USAGE, "--conf-type is for curves and --summary");
	return summary || rmst_to < 0 || error_set(err, ERROR_USAGE, "--rmst-to is for --summary");
}

static bool check_columns(struct error *err)
{
	if (summary)
		return results_check(summary_columns, N_SUMMARY_COLUMNS, err);
	if (test)
		return results_check(test_columns, COUNT_OF(test_columns), err);
	if (cox_columns != NULL)
		return results_check(cox_table_columns, N_COX_COLUMNS, err);
	return results_check(columns, N_COLUMNS, err);
}

static bool load(
	struct survival_rows *rows, const char *const *paths, size_t n_paths, struct error *err)
{
	int32_t days;
	if (!parse_churn_after(&days, err))
		return false;
	bool good = wanted.time != NULL
			    ? survival_rows_of_table(rows, paths, n_paths, &wanted, err)
			    : survival_rows_of_customers(rows, paths, n_paths, days, err);
	if (good && rows->n_without_group > 0)
		message_warning("%zu row%s without a value of %s left out", rows->n_without_group,
			plural(rows->n_without_group), wanted.group);
	return good;
}

static bool check_events(const struct survival_rows *rows, struct error *err)
{
	for (size_t i = 0; i < rows->n_rows; i++)
		if (rows->event[i])
			return true;
	return error_set(err, ERROR_NUMBERS,
		wanted.time != NULL
			? "no event in %zu row%s: the median is unknown, not 0"
			: "none of %zu customer%s was lost up to as-of: the median is unknown, not"
			  " 0 (a smaller --churn-after?)",
		rows->n_rows, plural(rows->n_rows));
}

static bool draw(struct curves *curves, struct error *err)
{
	const struct survival_rows *rows = &curves->rows;
	const struct survival_data data = {
		rows->time, rows->event, rows->group, rows->n_rows, rows->n_groups};
	curves->z = normal_deviate(confidence);
	/* Rows there are, and their times were looked at when they were read. */
	survival_fit(&curves->survival, &data, (enum survival_scale)scale, curves->z);
	survival_charts_draw(&curves->survival, rows->groups,
		wanted.time != NULL ? wanted.time : "days since the first purchase");
	bool good = summary ? write_summary(curves, err)
		    : test  ? write_test(curves, err)
			    : write_curves(curves, err);
	logrank_release(&curves->logrank);
	survival_release(&curves->survival);
	return good;
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	struct curves curves = {0};
	char *names = cox_columns == NULL ? NULL : mem_text(cox_columns, strlen(cox_columns));
	bool good = check_columns(err) && check_options(err) &&
		    (names == NULL || split_covariates(names, err)) &&
		    load(&curves.rows, paths, n_paths, err) && check_events(&curves.rows, err) &&
		    (names == NULL ? draw(&curves, err) : write_cox(&curves.rows, err));
	survival_rows_release(&curves.rows);
	mem_free(wanted.covariates);
	mem_free(names);
	return good;
}

static const struct option_group own_group = {"Options", options, COUNT_OF(options)};
static const struct option_group *const groups[] = {
	&own_group, &transaction_group, &input_group, &output_group};

static const struct command_table tables[] = {
	{"Columns", columns, N_COLUMNS},
	{"Columns with --summary", summary_columns, N_SUMMARY_COLUMNS},
	{"Columns with --test", test_columns, COUNT_OF(test_columns)},
	{"Columns with --cox", cox_table_columns, N_COX_COLUMNS},
};

static const struct chart charts[] = {
	{"curves", {columns, summary_columns, test_columns},
		"the share not yet lost over time, with its interval, and how many are at risk"},
};

const struct command survival_command = {
	.name = "survival",
	.summary = "how long customers stay, whether groups differ, what goes with being lost",
	.description =
		"Draws curves of survival (Kaplan-Meier, Nelson-Aalen) from times of which some are"
		" censored, that is, only known to be longer; --summary gives medians and"
		" restricted means, --test the log-rank test between groups, --cox Cox"
		" regression.\n"
		"\n"
		"From transactions or a customers table, a customer is lost on the day the rule"
		" fires, last purchase + --churn-after, if that day is not after as-of: an event"
		" after last - first purchase + churn-after days. Else the customer is censored"
		" after as-of - first purchase days. A customer who returns after a longer gap"
		" counts as never lost in it.\n"
		"\n"
		"From any table, --time and --event name the columns; rows without a value of"
		" --group are left out with a warning. With --cox, a column of numbers is one"
		" term, a column of text one for each value but the first (bytewise), COL=VALUE;"
		" rows that lack a value are left out and counted in the last row. low and high"
		" are then those of the hazard ratio.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.charts = charts,
	.n_charts = COUNT_OF(charts),
	.examples =
		"patron survival sample-data/*.csv.gz --churn-after 60d --summary\n"
		"patron survival contracts.csv --time months --event churn --group plan --test\n"
		"patron survival contracts.csv --time months --event churn --cox age,plan",
	.run = run,
};

#include "cmd/retention_tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/results.h"
#include "cmd/retention_charts.h"

/* ---- columns ---- */

enum {
	COL_DEFINITION,
	COL_COHORT,
	COL_BY,
	COL_PERIOD,
	COL_COHORT_SIZE,
	COL_ELIGIBLE,
	COL_ACTIVE,
	COL_RATE,
	COL_LOW,
	COL_HIGH,
	COL_REVENUE,
	COL_REVENUE_RATE,
	COL_GROSS_REVENUE_RATE,
	COL_COMPLETE,
	N_COLUMNS = N_RETENTION_COLUMNS,
};

const struct column retention_columns[N_COLUMNS] = {
	{"definition", COLUMN_TEXT, "", "what active means: see --definition; on 30d: --window 30"},
	{"cohort", COLUMN_TEXT, "",
		"period of the first purchase, or the value of --cohort-by; all: every cohort,"
		" weighted by the eligible"},
	{"by", COLUMN_TEXT, "", "with --by: its value on the day of the first purchase"},
	{"period", COLUMN_COUNT, "periods",
		"periods after that of the first purchase, which is 0; with --brackets the days"},
	{"cohort_size", COLUMN_COUNT, "customers", "members of the cohort"},
	{"eligible", COLUMN_COUNT, "customers",
		"the denominator: members old enough to have completed the period; with"
		" --definition previous those active in the period before"},
	{"active", COLUMN_COUNT, "customers", "of them, those the definition counts"},
	{"rate", COLUMN_REAL, "share", "active / eligible"},
	{"low", COLUMN_REAL, "share", "Wilson's interval of the rate: see --confidence"},
	{"high", COLUMN_REAL, "share", "its upper end"},
	{"revenue", COLUMN_MONEY, "currency", "net revenue of the eligible in the period"},
	{"revenue_rate", COLUMN_REAL, "ratio",
		"revenue / their revenue in period 0: may exceed 1; empty unless that is > 0"},
	{"gross_revenue_rate", COLUMN_REAL, "share",
		"sum of min(own revenue in the period, own revenue in period 0) / the same,"
		" negative totals counted as 0"},
	{"complete", COLUMN_COUNT, "", "1; 0 with --incomplete, where as-of cuts the period"},
};

enum { WIDE_DEFINITION, WIDE_COHORT, WIDE_BY, WIDE_COHORT_SIZE, WIDE_RATES };

const struct column retention_wide_columns[N_WIDE_COLUMNS] = {
	{"definition", COLUMN_TEXT, "", "as without --wide, and so are the next three"},
	{"cohort", COLUMN_TEXT, "", "and all"},
	{"by", COLUMN_TEXT, "", "with --by"},
	{"cohort_size", COLUMN_COUNT, "customers", "members of the cohort"},
	{"0, 1, 2, ...", COLUMN_REAL, "share",
		"the rate of each period; empty where it is not complete or nobody is eligible"},
};

const struct column retention_overview_columns[N_OVERVIEW_COLUMNS] = {
	{"period", COLUMN_TEXT, "", "2024-03-09, 2024-W10, 2024-03, 2024-Q1 or 2024"},
	{"active", COLUMN_COUNT, "customers", "with a purchase in the period"},
	{"new", COLUMN_COUNT, "customers", "their first purchase is in it"},
	{"retained", COLUMN_COUNT, "customers", "active also in the period before"},
	{"reactivated", COLUMN_COUNT, "customers",
		"active, not new, not active in the period before"},
	{"lost", COLUMN_COUNT, "customers", "active in the period before, not in this"},
	{"retention_rate", COLUMN_REAL, "share", "retained / active in the period before"},
	{"churn_rate", COLUMN_REAL, "share", "1 - retention_rate"},
	{"repeat_rate", COLUMN_REAL, "share", "(retained + reactivated) / active"},
	{"complete", COLUMN_COUNT, "", "1; 0 with --incomplete, where as-of cuts the period"},
};

const struct command_table retention_tables[N_RETENTION_TABLES] = {
	{"Columns", retention_columns, N_COLUMNS},
	{"Columns with --wide", retention_wide_columns, N_WIDE_COLUMNS},
	{"Columns with --overview", retention_overview_columns, N_OVERVIEW_COLUMNS},
};

/* The columns without by, where nothing is split. Returns how many they are. */
static size_t choose_columns(const struct retention_view *view, const struct column *from, size_t n,
	size_t place_of_by, struct column *chosen)
{
	size_t n_chosen = 0;
	for (size_t i = 0; i < n; i++)
		if (i != place_of_by || view->groups != NULL)
			chosen[n_chosen++] = from[i];
	return n_chosen;
}

/* The same of a row's cells. */
static void drop_by(const struct retention_view *view, size_t n, size_t place_of_by,
	const struct cell *from, struct cell *cells)
{
	size_t before = view->groups != NULL ? n : place_of_by;
	memcpy(cells, from, before * sizeof(*cells));
	if (before < n)
		memcpy(cells + before, from + before + 1, (n - before - 1) * sizeof(*cells));
}

/* ---- names ---- */

enum { NAME_SIZE = 24 };

/* What is shown of cohorts, and what it is called. */
struct shown {
	const struct retention_view *view;
	const struct cohort **cohorts;
	size_t n_cohorts;
	struct text *cohort_names; /* of each of them */
	char (*period_names)[PERIOD_NAME_SIZE];
	char (*names)[NAME_SIZE]; /* of periods 0, 1, ... after the first */
	int32_t n_periods;
	struct line *lines;
	double most; /* the highest rate of a complete period after period 0 */
};

static void name_cohort(struct shown *shown, size_t c)
{
	const struct retention_view *view = shown->view;
	const struct cohort *cohort = shown->cohorts[c];
	if (cohort->all)
		shown->cohort_names[c] = TEXT("all");
	else if (view->cohorts != NULL)
		shown->cohort_names[c] = acquisition_text(view->cohorts, (uint32_t)cohort->key);
	else
		shown->cohort_names[c] =
			text_of(period_name(view->calendar, cohort->key, shown->period_names[c]));
}

/* Day 0 is period 0 where no bracket holds it. */
static void name_period(struct shown *shown, int32_t period)
{
	const struct retention_view *view = shown->view;
	struct day_bracket days = {period, period};
	if (view->brackets != NULL) {
		size_t before = view->brackets[0].first > 0 ? 1 : 0;
		if ((size_t)period >= before)
			days = view->brackets[(size_t)period - before];
	}
	if (days.first == days.last)
		snprintf(shown->names[period], NAME_SIZE, "%d", days.first);
	else
		snprintf(shown->names[period], NAME_SIZE, "%d-%d", days.first, days.last);
}

static void shown_init(
	struct shown *shown, const struct retention_view *view, const struct cohorts *cohorts)
{
	size_t n = cohorts->n_cohorts;
	*shown = (struct shown){.view = view,
		.cohorts = mem_array(n, sizeof(*shown->cohorts)),
		.cohort_names = mem_array(n, sizeof(*shown->cohort_names)),
		.period_names = mem_array(n, sizeof(*shown->period_names))};
	for (size_t c = 0; c < n; c++) {
		const struct cohort *cohort = &cohorts->cohorts[c];
		if (!cohort->all && view->cohorts == NULL && cohort->key < view->first_period)
			continue;
		shown->cohorts[shown->n_cohorts++] = cohort;
		if (cohort->n_cells > shown->n_periods)
			shown->n_periods = cohort->n_cells;
		for (int32_t k = 1; k < cohort->n_cells; k++)
			if (cohort->cells[k].complete && cohort->cells[k].rate > shown->most)
				shown->most = cohort->cells[k].rate;
	}
	shown->names = mem_array((size_t)shown->n_periods, sizeof(*shown->names));
	for (size_t c = 0; c < shown->n_cohorts; c++)
		name_cohort(shown, c);
	for (int32_t k = 0; k < shown->n_periods; k++)
		name_period(shown, k);
}

static void shown_release(struct shown *shown)
{
	mem_free(shown->cohorts);
	mem_free(shown->cohort_names);
	mem_free(shown->period_names);
	mem_free(shown->names);
	mem_free(shown->lines);
}

/* Without --by it is left out later. */
static struct text group_name(const struct retention_view *view, const struct cohort *cohort)
{
	return view->groups != NULL ? acquisition_text(view->groups, cohort->group) : TEXT("");
}

/* ---- charts ---- */

static const char *shown_period(const void *context, int32_t period)
{
	return ((const struct shown *)context)->names[period];
}

static void draw(const struct shown *shown)
{
	struct retention_line *lines = mem_array(shown->n_cohorts, sizeof(*lines));
	for (size_t c = 0; c < shown->n_cohorts; c++)
		lines[c] = (struct retention_line){shown->cohorts[c], shown->cohort_names[c],
			group_name(shown->view, shown->cohorts[c])};
	const struct retention_picture picture = {
		.lines = lines,
		.n_lines = shown->n_cohorts,
		.period_name = shown_period,
		.context = shown,
		.n_periods = shown->n_periods,
		.period_words = shown->view->period_words,
		.in_brackets = shown->view->brackets != NULL,
		.in_calendar = shown->view->cohorts == NULL,
	};
	retention_charts_draw(&picture);
	mem_free(lines);
}

/* ---- one row per cohort and period ---- */

struct line {
	size_t cohort; /* among those shown */
	int32_t period;
};

/* Period 0 is 1 everywhere: shades are for what comes after it, the deepest for the highest. What
 * as-of cuts has none, as it would look like a drop. */
static unsigned char shade_of(
	const struct shown *shown, const struct cohort *cohort, int32_t period)
{
	const struct cohort_cell *cell = &cohort->cells[period];
	if (period == 0 || !cell->complete || isnan(cell->rate) || shown->most <= 0)
		return 0;
	int shade = 1 + (int)(cell->rate / shown->most * TABLE_SHADES);
	return (unsigned char)(shade < TABLE_SHADES ? shade : TABLE_SHADES);
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct shown *shown = rows;
	const struct retention_view *view = shown->view;
	struct line line = shown->lines[row];
	const struct cohort *cohort = shown->cohorts[line.cohort];
	const struct cohort_cell *cell = &cohort->cells[line.period];
	struct cell all[N_COLUMNS] = {
		[COL_DEFINITION].text = text_of(view->definition),
		[COL_COHORT].text = shown->cohort_names[line.cohort],
		[COL_BY].text = group_name(view, cohort),
		[COL_COHORT_SIZE].count = cohort->size,
		[COL_ELIGIBLE].count = cell->eligible,
		[COL_ACTIVE].count = cell->active,
		[COL_RATE] = real_cell(cell->rate),
		[COL_LOW] = real_cell(cell->rate_interval.low),
		[COL_HIGH] = real_cell(cell->rate_interval.high),
		[COL_REVENUE] = {.empty = !view->has_money, .money = cell->revenue},
		[COL_REVENUE_RATE] = real_cell(cell->revenue_rate),
		[COL_GROSS_REVENUE_RATE] = real_cell(cell->gross_revenue_rate),
		[COL_COMPLETE].count = cell->complete,
	};
	all[COL_RATE].shade = shade_of(shown, cohort, line.period);
	if (view->brackets != NULL)
		all[COL_PERIOD].text = text_of(shown->names[line.period]);
	else
		all[COL_PERIOD].count = line.period;
	drop_by(view, N_COLUMNS, COL_BY, all, cells);
}

static size_t lay_out_lines(struct shown *shown)
{
	size_t n = 0;
	for (size_t c = 0; c < shown->n_cohorts; c++)
		n += (size_t)shown->cohorts[c]->n_cells;
	shown->lines = mem_array(n, sizeof(*shown->lines));
	n = 0;
	for (size_t c = 0; c < shown->n_cohorts; c++)
		for (int32_t k = 0; k < shown->cohorts[c]->n_cells; k++)
			shown->lines[n++] = (struct line){c, k};
	return n;
}

bool retention_write(
	const struct retention_view *view, const struct cohorts *cohorts, struct error *err)
{
	struct shown shown;
	struct column all[N_COLUMNS], chosen[N_COLUMNS];
	memcpy(all, retention_columns, sizeof(all));
	if (view->brackets != NULL)
		all[COL_PERIOD].kind = COLUMN_TEXT;
	size_t n_chosen = choose_columns(view, all, N_COLUMNS, COL_BY, chosen);
	shown_init(&shown, view, cohorts);
	size_t n_lines = lay_out_lines(&shown);
	draw(&shown);
	bool good =
		results_write(chosen, n_chosen, fill, &shown, n_lines, view->money_decimals, err);
	shown_release(&shown);
	return good;
}

void retention_draw(const struct retention_view *view, const struct cohorts *cohorts)
{
	struct shown shown;
	shown_init(&shown, view, cohorts);
	draw(&shown);
	shown_release(&shown);
}

/* ---- the triangle ---- */

static void fill_wide(const void *rows, size_t row, struct cell *cells)
{
	const struct shown *shown = rows;
	const struct cohort *cohort = shown->cohorts[row];
	const struct cell before[WIDE_RATES] = {
		[WIDE_DEFINITION].text = text_of(shown->view->definition),
		[WIDE_COHORT].text = shown->cohort_names[row],
		[WIDE_BY].text = group_name(shown->view, cohort),
		[WIDE_COHORT_SIZE].count = cohort->size,
	};
	drop_by(shown->view, WIDE_RATES, WIDE_BY, before, cells);
	struct cell *rates = cells + WIDE_RATES - (shown->view->groups == NULL);
	for (int32_t k = 0; k < shown->n_periods; k++) {
		if (k >= cohort->n_cells) {
			rates[k].empty = true;
			continue;
		}
		rates[k] = real_cell(cohort->cells[k].rate);
		rates[k].shade = shade_of(shown, cohort, k);
	}
}

bool retention_write_wide(
	const struct retention_view *view, const struct cohorts *cohorts, struct error *err)
{
	struct shown shown;
	shown_init(&shown, view, cohorts);
	draw(&shown);
	size_t n_periods = (size_t)shown.n_periods;
	struct column *chosen = mem_array(WIDE_RATES + n_periods, sizeof(*chosen));
	size_t n = choose_columns(view, retention_wide_columns, WIDE_RATES, WIDE_BY, chosen);
	for (size_t k = 0; k < n_periods; k++, n++) {
		chosen[n] = retention_wide_columns[WIDE_RATES];
		chosen[n].name = shown.names[k];
	}
	bool good = results_write(
		chosen, n, fill_wide, &shown, shown.n_cohorts, view->money_decimals, err);
	mem_free(chosen);
	shown_release(&shown);
	return good;
}

/* ---- the overview ---- */

struct named_period {
	struct overview_period numbers;
	char name[PERIOD_NAME_SIZE];
};

static void fill_overview(const void *rows, size_t row, struct cell *cells)
{
	const struct named_period *period = &((const struct named_period *)rows)[row];
	const struct overview_period *numbers = &period->numbers;
	const struct cell all[N_OVERVIEW_COLUMNS] = {
		{.text = text_of(period->name)},
		{.count = numbers->active},
		{.count = numbers->new_customers},
		{.count = numbers->retained},
		{.count = numbers->reactivated},
		{.count = numbers->lost},
		real_cell(numbers->retention_rate),
		real_cell(numbers->churn_rate),
		real_cell(numbers->repeat_rate),
		{.count = numbers->complete},
	};
	memcpy(cells, all, sizeof(all));
}

static void draw_overview(const struct named_period *periods, size_t n)
{
	struct overview_line *lines = mem_array(n, sizeof(*lines));
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct overview_line){text_of(periods[i].name), &periods[i].numbers};
	retention_charts_draw_overview(lines, n);
	mem_free(lines);
}

bool retention_write_overview(
	const struct retention_view *view, const struct overview *overview, struct error *err)
{
	struct named_period *periods = mem_array(overview->n_periods, sizeof(*periods));
	size_t n = 0;
	for (size_t i = 0; i < overview->n_periods; i++) {
		if (overview->periods[i].period < view->first_period)
			continue;
		periods[n].numbers = overview->periods[i];
		period_name(view->calendar, overview->periods[i].period, periods[n].name);
		n++;
	}
	draw_overview(periods, n);
	bool good = results_write(retention_overview_columns, N_OVERVIEW_COLUMNS, fill_overview,
		periods, n, view->money_decimals, err);
	mem_free(periods);
	return good;
}

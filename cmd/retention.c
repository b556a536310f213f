/* patron retention: cohorts by the time of their first purchase, and how many came back. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "analytics/acquisition.h"
#include "analytics/activity.h"
#include "analytics/cohorts.h"
#include "analytics/overview.h"
#include "analytics/periods.h"
#include "base/day.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/message.h"
#include "cmd/results.h"
#include "cmd/retention_charts.h"
#include "cmd/retention_tables.h"

/* ---- options ---- */

/* In the orders of enum period_unit and enum cohort_definition. */
static const char *const period_choices[] = {"day", "week", "month", "quarter", "year", NULL};
static const char *const definition_choices[] = {
	"on", "on-or-after", "full", "previous", "bracket", NULL};
static const char *const week_choices[] = {"monday", "sunday", NULL};

enum { NOT_GIVEN = -1 };

static int period = PERIOD_MONTH, week_starts, definition = NOT_GIVEN;
static int64_t window;
static double confidence = .95;
static bool confidence_given;
static const char *bracket_list, *cohort_by, *by;
static bool incomplete, wide, overview;
static struct option_day show_from;

static const struct option options[] = {
	{.name = "period",
		.kind = OPTION_CHOICE,
		.target = &period,
		.argument = "UNIT",
		.choices = period_choices,
		.help = "calendar periods: day, week (ISO 8601), month, quarter or year"},
	{.name = "week-starts",
		.kind = OPTION_CHOICE,
		.target = &week_starts,
		.argument = "DAY",
		.choices = week_choices,
		.help = "monday or sunday, with --period week"},
	{.name = "window",
		.kind = OPTION_INTEGER,
		.target = &window,
		.argument = "N",
		.least = 1,
		.most = DAY_LAST - DAY_FIRST,
		.plain_default = true,
		.help = "count windows of N days instead: window k is days kN to kN + N - 1 after"
			" the customer's first purchase; the cohort stays that of --period"},
	{.name = "definition",
		.kind = OPTION_CHOICE,
		.target = &definition,
		.argument = "WHAT",
		.choices = definition_choices,
		.plain_default = true,
		.help = "who is active: on (a purchase in the period; the default), on-or-after (in"
			" it or later), full (in every period up to it), previous (in it, of those"
			" with one in the period before), bracket (in the days of --brackets)"},
	{.name = "brackets",
		.kind = OPTION_TEXT,
		.target = &bracket_list,
		.argument = "A-B,...",
		.help = "days after the first purchase, inclusive: 1-7,8-30,31-60"},
	{.name = "cohort-by",
		.kind = OPTION_TEXT,
		.target = &cohort_by,
		.argument = "COL",
		.help = "cohorts are the values of this column on the day of the first purchase"
			" (several: the smallest by bytes), not its period"},
	{.name = "by",
		.kind = OPTION_TEXT,
		.target = &by,
		.argument = "COL",
		.help = "split every cohort by this column, read the same way"},
	{.name = "confidence",
		.kind = OPTION_REAL,
		.target = &confidence,
		.argument = "P",
		.least = .01,
		.most = .999999,
		.given = &confidence_given,
		.help = "of the intervals of the rates"},
	{.name = "incomplete",
		.kind = OPTION_FLAG,
		.target = &incomplete,
		.help = "show also periods that as-of cuts, which look like a drop"},
	{.name = "show-from",
		.kind = OPTION_DAY,
		.target = &show_from,
		.argument = "DATE",
		.help = "hide cohorts, or with --overview periods, that end before this day; no"
			" number changes"},
	{.name = "wide",
		.kind = OPTION_FLAG,
		.target = &wide,
		.help = "the rates as a triangle, a row per cohort, a column per period; on a"
			" terminal a heat map (without colour where NO_COLOR is set)"},
	{.name = "overview",
		.kind = OPTION_FLAG,
		.target = &overview,
		.help = "all customers by calendar period: active, new, retained, reactivated, "
			"lost"},
};

/* ---- brackets ---- */

struct brackets {
	struct day_bracket *all; /* in order */
	size_t n, capacity;
};

/* At most nine digits; no number is there when it returns false. */
static bool read_days(const char **at, int32_t *days)
{
	int n_digits = 0;
	for (*days = 0; is_digit(**at) && n_digits < 9; (*at)++, n_digits++)
		*days = *days * 10 + (**at - '0');
	return n_digits > 0;
}

/* "1-7" or "0" */
static bool read_bracket(const char **at, struct day_bracket *bracket)
{
	if (!read_days(at, &bracket->first))
		return false;
	bracket->last = bracket->first;
	if (**at != '-')
		return true;
	(*at)++;
	return read_days(at, &bracket->last) && bracket->last >= bracket->first;
}

static int compare_brackets(const void *a, const void *b)
{
	const struct day_bracket *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

/* A day in two brackets makes no table, whatever the data. */
static bool check_apart(const struct brackets *brackets, struct error *err)
{
	if (brackets_are_apart(brackets->all, brackets->n))
		return true;
	size_t i = 1;
	while (brackets->all[i].first > brackets->all[i - 1].last)
		i++;
	const struct day_bracket *one = &brackets->all[i - 1], *other = &brackets->all[i];
	return error_set(err, ERROR_DATA,
		"--brackets overlap: day %d lies in %d-%d and in %d-%d (a day belongs to one"
		" bracket)",
		other->first, one->first, one->last, other->first, other->last);
}

static bool read_brackets(struct brackets *brackets, struct error *err)
{
	const char *at = bracket_list;
	bool more = bracket_list != NULL;
	while (more) {
		struct day_bracket bracket;
		bool good = read_bracket(&at, &bracket) && (*at == ',' || *at == '\0');
		if (!good)
			return error_set(err, ERROR_USAGE,
				"--brackets must be days after the first purchase such as"
				" 1-7,8-30,31-60, not '%s'",
				bracket_list);
		brackets->all = mem_grow(brackets->all, &brackets->capacity, brackets->n + 1,
			sizeof(*brackets->all));
		brackets->all[brackets->n++] = bracket;
		more = *at++ == ',';
	}
	if (brackets->n > 1)
		qsort(brackets->all, brackets->n, sizeof(*brackets->all), compare_brackets);
	return brackets->n == 0 || check_apart(brackets, err);
}

/* ---- options that need, or exclude, each other ---- */

static bool settle_definition(struct error *err)
{
	if (definition == NOT_GIVEN)
		definition = bracket_list != NULL ? COHORT_BRACKET : COHORT_ON;
	bool in_brackets = definition == COHORT_BRACKET;
	if (in_brackets && bracket_list == NULL)
		return error_set(err, ERROR_USAGE,
			"--definition bracket needs --brackets, such as --brackets 1-7,8-30,31-60");
	if (!in_brackets && bracket_list != NULL)
		return error_set(err, ERROR_USAGE,
			"--brackets go with --definition bracket, not %s (leave one out)",
			definition_choices[definition]);
	if (in_brackets && window > 0)
		return error_set(err, ERROR_USAGE,
			"--window and --brackets exclude each other (both count days)");
	return true;
}

/* What makes no difference to the table asked for would be a misunderstanding. */
static bool check_overview(struct error *err)
{
	const struct {
		const char *name;
		bool given;
	} others[] = {
		{"--wide", wide},
		{"--window", window > 0},
		{"--definition", definition != NOT_GIVEN},
		{"--brackets", bracket_list != NULL},
		{"--cohort-by", cohort_by != NULL},
		{"--by", by != NULL},
		{"--confidence", confidence_given},
	};
	for (size_t i = 0; overview && i < COUNT_OF(others); i++)
		if (others[i].given)
			return error_set(err, ERROR_USAGE,
				"--overview counts all customers by calendar period: it and %s"
				" exclude each other",
				others[i].name);
	return true;
}

static bool check_options(struct error *err)
{
	if (week_starts != 0 && period != PERIOD_WEEK)
		return error_set(err, ERROR_USAGE, "--week-starts needs --period week");
	if (show_from.given && cohort_by != NULL)
		return error_set(err, ERROR_USAGE,
			"--show-from hides cohorts of earlier periods, but those of --cohort-by"
			" have none (leave one out)");
	if (wide && confidence_given)
		return error_set(err, ERROR_USAGE,
			"--confidence is of intervals, which --wide does not show (leave one out)");
	return check_overview(err) && settle_definition(err);
}

/* ---- reading ---- */

struct retention {
	const struct input *input;
	struct calendar calendar;
	struct brackets brackets;
	struct activity *activity;
	struct acquisition *cohorts, *groups; /* of --cohort-by and --by, or NULL */
	uint32_t n_customers;
	int32_t *first_day;
};

static bool is_by_day(void)
{
	return !overview && (window > 0 || definition == COHORT_BRACKET);
}

static void see_acquisition(struct acquisition *acquisition, const struct customers_rows *rows,
	const struct text *labels)
{
	const struct transactions *batch = rows->batch;
	for (size_t k = 0; acquisition != NULL && k < rows->n_rows; k++) {
		size_t i = rows->rows[k];
		if (batch->amounts[i] >= 0)
			acquisition_add(acquisition, rows->part, rows->customers[k], batch->days[i],
				labels[i]);
	}
}

enum { COHORT_LABEL, GROUP_LABEL };

enum { NO_DAY = INT32_MIN };

static void see(void *context, const struct customers_rows *rows)
{
	const struct retention *retention = context;
	const struct transactions *batch = rows->batch;
	bool by_day = is_by_day();
	int32_t day = NO_DAY, number = NO_DAY;
	for (size_t k = 0; k < rows->n_rows; k++) {
		size_t i = rows->rows[k];
		/* Exports mostly stand in the order of days: a period is found once for many rows.
		 */
		if (batch->days[i] != day) {
			day = batch->days[i];
			number = by_day ? day : period_of(retention->calendar, day);
		}
		activity_add(retention->activity, rows->part, rows->customers[k], number,
			batch->amounts[i]);
	}
	see_acquisition(retention->cohorts, rows, batch->labels[COHORT_LABEL]);
	see_acquisition(retention->groups, rows, batch->labels[GROUP_LABEL]);
}

static bool read_rows(
	struct retention *retention, const char *const *paths, size_t n_paths, struct error *err)
{
	const struct input_needs needs = {
		.single_events_only = true,
		.since_is_of_customers = true,
		.labels = {[COHORT_LABEL] = cohort_by, [GROUP_LABEL] = by},
		.observer = {see, retention},
	};
	retention->activity = activity_new(CUSTOMERS_PARTS);
	retention->cohorts = cohort_by != NULL ? acquisition_new(CUSTOMERS_PARTS) : NULL;
	retention->groups = by != NULL ? acquisition_new(CUSTOMERS_PARTS) : NULL;
	retention->input = input_load(paths, n_paths, &needs, err);
	return retention->input != NULL && input_check_customers(err);
}

static void finish(struct retention *retention)
{
	const struct input *input = retention->input;
	uint32_t n_of_parts[CUSTOMERS_PARTS];
	uint32_t n = customers_in_parts(input->customers, n_of_parts);
	activity_finish(retention->activity, n_of_parts, input_threads());
	if (retention->cohorts != NULL)
		acquisition_finish(retention->cohorts, n_of_parts);
	if (retention->groups != NULL)
		acquisition_finish(retention->groups, n_of_parts);
	retention->n_customers = n;
	retention->first_day = mem_array(n, sizeof(*retention->first_day));
	customers_first_purchases(input->customers, retention->first_day);
	for (uint32_t i = 0; i < n; i++)
		if (retention->first_day[i] < input->acquired_since)
			retention->first_day[i] = NOT_A_MEMBER;
}

static void retention_release(struct retention *retention)
{
	mem_free(retention->brackets.all);
	activity_free(retention->activity);
	acquisition_free(retention->cohorts);
	acquisition_free(retention->groups);
	mem_free(retention->first_day);
}

/* ---- what the data cannot tell ---- */

static int32_t first_purchase(const struct retention *retention)
{
	int32_t first = NOT_A_MEMBER;
	for (uint32_t i = 0; i < retention->n_customers; i++)
		if (retention->first_day[i] < first)
			first = retention->first_day[i];
	return first;
}

/* Customers from before the data look new in its first period. */
static void note_first_period(const struct retention *retention)
{
	struct calendar calendar = retention->calendar;
	int32_t first = period_of(calendar, first_purchase(retention));
	bool is_hidden = show_from.given && period_of(calendar, show_from.day) > first;
	if (first > period_of(calendar, retention->input->report.first_day) || is_hidden)
		return;
	char name[PERIOD_NAME_SIZE], next[DAY_TEXT_SIZE];
	period_name(calendar, first, name);
	day_write(period_first_day(calendar, first + 1), next);
	message_note("%s is the first %s of the data: customers from before it look new"
		     " (--since %s leaves its customers out%s%s%s)",
		name, period_choices[period], next, cohort_by == NULL ? ", --show-from " : "",
		cohort_by == NULL ? next : "", cohort_by == NULL ? " hides it" : "");
}

/* last: of the periods, or of those in which cohorts began. */
static void warn_of_all_hidden(const struct retention *retention, int32_t last, const char *what)
{
	struct calendar calendar = retention->calendar;
	char name[PERIOD_NAME_SIZE], from[DAY_TEXT_SIZE];
	if (show_from.given && period_of(calendar, show_from.day) > last)
		message_warning("--show-from %s hides every %s: the last is %s",
			day_write(show_from.day, from), what, period_name(calendar, last, name));
}

static int32_t last_cohort(const struct cohorts *cohorts)
{
	int32_t last = INT32_MIN;
	for (size_t c = 0; c < cohorts->n_cohorts; c++)
		if (!cohorts->cohorts[c].all && cohorts->cohorts[c].key > last)
			last = cohorts->cohorts[c].key;
	return last;
}

static bool fail_one_period(const struct retention *retention, struct error *err)
{
	const char *cure = definition == COHORT_BRACKET && !overview ? "nearer --brackets"
			   : is_by_day()                             ? "a shorter --window"
								     : "a shorter --period";
	bool looks_ahead = definition == COHORT_ON_OR_AFTER && !overview;
	char first[DAY_TEXT_SIZE], as_of[DAY_TEXT_SIZE];
	return error_set(err, ERROR_NUMBERS,
		"fewer than %s between the first purchase, %s, and as-of, %s (%s%s)",
		looks_ahead ? "three complete periods, which on-or-after needs,"
			    : "two complete periods",
		day_write(first_purchase(retention), first),
		day_write(retention->input->report.as_of, as_of), cure,
		incomplete ? "" : ", or --incomplete");
}

static bool fail_too_many_cells(const struct retention *retention, struct error *err)
{
	char first[DAY_TEXT_SIZE], as_of[DAY_TEXT_SIZE];
	return error_set(err, ERROR_NUMBERS,
		"more than %d cohorts and periods between the first purchase, %s, and as-of, %s (a"
		" mistyped date? else a longer --period or --window, or fewer cohorts)",
		COHORTS_MOST_CELLS, day_write(first_purchase(retention), first),
		day_write(retention->input->report.as_of, as_of));
}

/* ---- the run ---- */

static const char *period_words(void)
{
	static const char *const words[] = {"days after the first purchase",
		"weeks after that of the first purchase", "months after that of the first purchase",
		"quarters after that of the first purchase",
		"years after that of the first purchase"};
	static char windows[64];
	if (definition == COHORT_BRACKET)
		return words[PERIOD_DAY];
	if (window == 0)
		return words[period];
	snprintf(windows, sizeof(windows), "windows of %lld days after the first purchase",
		(long long)window);
	return windows;
}

static struct retention_view view_of(const struct retention *retention, struct buffer *words)
{
	buffer_string(words, definition_choices[definition]);
	if (window > 0)
		buffer_format(words, " %lldd", (long long)window);
	buffer_byte(words, '\0');
	return (struct retention_view){
		.definition = words->bytes,
		.period_words = period_words(),
		.calendar = retention->calendar,
		.brackets = retention->brackets.all,
		.n_brackets = retention->brackets.n,
		.cohorts = retention->cohorts,
		.groups = retention->groups,
		.first_period =
			show_from.given ? period_of(retention->calendar, show_from.day) : INT32_MIN,
		.has_money = retention->input->report.has_amounts,
		.money_decimals = retention->input->report.money_decimals,
	};
}

static bool tell_cohorts(
	const struct retention *retention, const struct retention_view *view, struct error *err)
{
	struct cohorts cohorts;
	const struct cohort_members members = {
		.first_day = retention->first_day,
		.label = view->cohorts != NULL ? acquisition_labels(view->cohorts) : NULL,
		.group = view->groups != NULL ? acquisition_labels(view->groups) : NULL,
		.n_customers = retention->n_customers,
	};
	const struct cohort_options asked = {
		.definition = (enum cohort_definition)definition,
		.calendar = retention->calendar,
		.window_days = (int32_t)window,
		.brackets = retention->brackets.all,
		.n_brackets = retention->brackets.n,
		.as_of = retention->input->report.as_of,
		.confidence = confidence,
		.incomplete = incomplete,
	};
	enum cohorts_status status = cohorts_build(&cohorts, retention->activity, &members, &asked);
	assert(status != COHORTS_NO_MEMBERS);
	bool good = status == COHORTS_OK;
	if (status == COHORTS_ONE_PERIOD)
		fail_one_period(retention, err);
	if (status == COHORTS_TOO_MANY_CELLS)
		fail_too_many_cells(retention, err);
	if (good) {
		note_first_period(retention);
		warn_of_all_hidden(retention, last_cohort(&cohorts), "cohort");
		good = wide ? retention_write_wide(view, &cohorts, err)
			    : retention_write(view, &cohorts, err);
	}
	cohorts_release(&cohorts);
	return good;
}

static bool tell_overview(
	const struct retention *retention, const struct retention_view *view, struct error *err)
{
	struct overview periods;
	enum overview_status status = overview_build(&periods, retention->activity,
		retention->first_day, retention->n_customers, retention->calendar,
		retention->input->report.as_of, incomplete);
	assert(status != OVERVIEW_NO_MEMBERS);
	bool good = status == OVERVIEW_OK || fail_one_period(retention, err);
	if (good) {
		note_first_period(retention);
		warn_of_all_hidden(
			retention, periods.periods[periods.n_periods - 1].period, "period");
		good = retention_write_overview(view, &periods, err);
	}
	overview_release(&periods);
	return good;
}

static bool check_columns(struct error *err)
{
	const struct command_table *table = &retention_tables[overview ? 2 : wide ? 1 : 0];
	return results_check(table->columns, table->n_columns, err);
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	struct retention retention = {.calendar = {(enum period_unit)period, week_starts != 0}};
	struct buffer words = {0};
	bool good = check_columns(err) && check_options(err) &&
		    read_brackets(&retention.brackets, err) &&
		    read_rows(&retention, paths, n_paths, err);
	if (good) {
		finish(&retention);
		const struct retention_view view = view_of(&retention, &words);
		good = overview ? tell_overview(&retention, &view, err)
				: tell_cohorts(&retention, &view, err);
	}
	buffer_release(&words);
	retention_release(&retention);
	return good;
}

static const struct option_group own_group = {"Options", options, COUNT_OF(options)};
static const struct option_group *const groups[] = {
	&own_group, &transaction_group, &input_group, &ordered_output_group};

const struct command retention_command = {
	.name = "retention",
	.summary = "cohorts of customers, and how many came back how much later",
	.description =
		"Puts customers who started together into a cohort and counts, period by period,"
		" how many of them were active and what of their spending stayed: one row per"
		" cohort and period, and all cohorts together, weighted. A cohort is the calendar"
		" month (--period) of the first purchase in the input. Period 0 is that of the"
		" first purchase. What active means is a matter of --definition, and every row"
		" says which one it shows. A purchase is a row with an amount of 0 or more;"
		" returns lower revenue.\n\n"
		"A period is complete when it ends on or before as-of; on-or-after needs one"
		" whole period after it as well. What is not complete is left out, as it would"
		" look like a drop. Without --as-of that is the last date read: a month without a"
		" sale on its last day is whole with --as-of that day.\n\n"
		"Customers from before the data look new in its first period. --since DATE leaves"
		" out the customers whose first purchase in the input lies before it, so that it"
		" is best run on an export that begins earlier.\n\n"
		"--overview counts by calendar period instead: active = new + retained +"
		" reactivated. Its retention_rate is retained / active in the period before; the"
		" (end - new) / start of contracts would count those who came back as well, and"
		" can exceed 1.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = retention_tables,
	.n_tables = N_RETENTION_TABLES,
	.charts = retention_charts,
	.n_charts = N_RETENTION_CHARTS,
	.examples = "patron retention sample-data/*.csv.gz --wide\n"
		    "patron retention sample-data/*.csv.gz --definition on-or-after --by channel\n"
		    "patron retention sample-data/*.csv.gz --window 30 --as-of 2024-12-31\n"
		    "patron retention sample-data/*.csv.gz --overview -f text",
	.run = run,
};

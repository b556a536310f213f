/* patron report: one page about the customers of an export, for people to read. */
#include <string.h>

#include "analytics/periods.h"
#include "base/mem.h"
#include "cmd/charts.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/manifest.h"
#include "cmd/report_sections.h"
#include "cmd/results.h"
#include "io/output.h"
#include "io/page.h"

/* ---- options ---- */

static const char *title, *currency = "";
static int language = REPORT_ENGLISH;
static int64_t seed = 1;

static const struct option options[] = {
	{.name = "title",
		.kind = OPTION_TEXT,
		.target = &title,
		.argument = "TEXT",
		.help = "what stands at the top (default: Customer report)"},
	{.name = "currency",
		.kind = OPTION_TEXT,
		.target = &currency,
		.argument = "TEXT",
		.help = "before amounts of money: EUR, ¥"},
	{.name = "lang",
		.kind = OPTION_CHOICE,
		.target = &language,
		.argument = "LANGUAGE",
		.choices = report_language_names,
		.help = "of the page: en, zh (Simplified Chinese)"},
	{.name = "seed",
		.kind = OPTION_INTEGER,
		.target = &seed,
		.argument = "N",
		.least = 0,
		.most = INT32_MAX,
		.help = "of the clusters"},
};

/* ---- reading ---- */

static const struct calendar months = {.unit = PERIOD_MONTH};

static void see(void *context, const struct customers_rows *rows)
{
	enum { NO_DAY = INT32_MIN };
	const struct report *report = context;
	const struct transactions *batch = rows->batch;
	int32_t day = NO_DAY, month = NO_DAY;
	for (size_t k = 0; k < rows->n_rows; k++) {
		size_t i = rows->rows[k];
		/* Exports mostly stand in the order of days. */
		if (batch->days[i] != day) {
			day = batch->days[i];
			month = period_of(months, day);
		}
		activity_add(
			report->months, rows->part, rows->customers[k], month, batch->amounts[i]);
	}
}

static bool load(struct report *report, const char *const *paths, size_t n_paths, struct error *err)
{
	const struct input_needs needs = {
		.amount = true,
		.orders = true,
		.customers = CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY,
		.single_events_only = true,
		.observer = {see, report},
	};
	struct transactions_settings settings;
	if (!input_settings(&needs, &settings, err))
		return false;
	if (settings.has_since)
		return error_set(err, ERROR_USAGE,
			"--since: cohorts and lifetimes need the whole past of the customers"
			" (leave it out; --until bounds the end)");
	report->months = activity_new(CUSTOMERS_PARTS);
	report->input = input_load(paths, n_paths, &needs, err);
	return report->input != NULL && input_check_customers(err);
}

/* What all sections share. */
static void finish(struct report *report)
{
	uint32_t n_of_parts[CUSTOMERS_PARTS];
	report->n_customers = customers_in_parts(report->input->customers, n_of_parts);
	activity_finish(report->months, n_of_parts, input_threads());
	report->first_day = mem_array(report->n_customers, sizeof(*report->first_day));
	customers_first_purchases(report->input->customers, report->first_day);
	report->rfm = (struct rfm_scores){.input = report->input,
		.bins = 5,
		.rules = rfm_standard_rules,
		.n_rules = rfm_n_standard_rules};
	rfm_scores_find(&report->rfm);
}

/* ---- the page ---- */

static const struct {
	const char *id, *title;
} sections[] = {
	{"headline", "Headline figures"},
	{"segments", "Segments"},
	{"retention", "Who comes back"},
	{"survival", "How long customers stay"},
	{"value", "What customers are worth"},
	{"clusters", "Clusters"},
	{"data", "The data"},
	{"columns", "What the words mean"},
};

static void write_contents(struct report *report)
{
	struct page_link links[sizeof(sections) / sizeof(*sections)];
	size_t n = sizeof(sections) / sizeof(*sections);
	report_end_sections(report);
	for (size_t i = 0; i < n; i++)
		links[i] = (struct page_link){
			sections[i].id, text_of(report_word(report, sections[i].title))};
	page_contents(&report->page, text_of(report_word(report, "Contents")), links, n);
}

/* "patron 0.1.0: patron report orders.csv" */
static void write_footer(struct report *report)
{
	struct buffer line = {0};
	buffer_string(&line, "patron " PATRON_VERSION ": ");
	manifest_command(&line);
	page_end(&report->page, buffer_as_text(&line));
	buffer_release(&line);
}

static void write_page(struct report *report)
{
	const char *name = title != NULL ? title : report_word(report, "Customer report");
	page_begin(&report->page, text_of(name), language == REPORT_CHINESE ? "zh-Hans" : "en");
	report_say(report, "As of {1}.",
		(const char *const[]){report_day(report, report->input->report.as_of), NULL});
	write_contents(report);
	report_headline(report);
	report_segments(report);
	report_retention(report);
	report_survival(report);
	report_value(report);
	report_clusters(report, (uint64_t)seed);
	report_data(report);
	report_definitions(report);
	write_footer(report);
}

static bool write_file(struct report *report, struct error *err)
{
	if (report->failed) {
		error_move(err, &report->err);
		return false;
	}
	struct output *output = output_open(results_path(), err);
	if (output == NULL)
		return false;
	bool good = report->workbook != NULL
			    ? workbook_write(report->workbook, output, err)
			    : output_write(output, report->page.bytes, report->page.length, err);
	if (good)
		return output_close(output, err);
	output_discard(output);
	return false;
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	struct report report = {.language = (enum report_language)language, .currency = currency};
	enum table_format format;
	if (!results_check_page(&format, err))
		return false;
	if (format == FORMAT_XLSX && (report.workbook = workbook_open(err)) == NULL)
		return false;
	if (format == FORMAT_HTML)
		charts_want_all();
	bool good = load(&report, paths, n_paths, err);
	if (good) {
		finish(&report);
		write_page(&report);
		good = write_file(&report, err);
	}
	report_release(&report);
	return good;
}

static const struct option_group own_group = {"Options", options, COUNT_OF(options)};
static const struct option_group *const groups[] = {
	&own_group, &transaction_group, &input_group, &page_output_group};

const struct command report_command = {
	.name = "report",
	.summary = "one page about the customers: figures, segments, retention, value, clusters",
	.description =
		"Reads transactions once and writes one HTML page that a mail can carry: headline"
		" figures, RFM segments with what to do for each, cohorts and retention curves,"
		" how long customers stay, what they are worth by the lifetime model that fits"
		" best, with its doubts, and k-means clusters, as many as the criteria of patron"
		" kmeans --scan suggest. Nothing is loaded from anywhere, and nothing runs in it.\n"
		"\n"
		"Every figure is that of the command of the same name with its usual options; where"
		" the data have no answer, the page says so in place of a number.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.examples = "patron report sample-data/*.csv.gz -o report.html\n"
		    "patron report sample-data/*.csv.gz --lang zh --currency ¥ -o report.html",
	.run = run,
};

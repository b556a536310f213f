/* patron check: what an export looks like to patron, and what is wrong with it. */
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "base/place.h"
#include "cmd/check_findings.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/message.h"
#include "cmd/results.h"

/* Rows that are searched for repeats: 24 bytes each. */
enum { MOST_SEARCHED = 10 * 1000 * 1000 };

enum { COL_TOPIC, COL_ITEM, COL_COUNT, COL_SHARE, COL_LEVEL, COL_DETAIL, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	{"topic", COLUMN_TEXT, "",
		"inputs, roles, rows, days, dates, customers, ids, returns, missing,"
		" duplicates or rejects"},
	{"item", COLUMN_TEXT, "", "what the line is about: a role, a shape, a column, a reason"},
	{"count", COLUMN_COUNT, "", "how many rows, days, customers, groups of ids"},
	{"pct", COLUMN_REAL, "%", "their share of all rows, days or customers"},
	{"level", COLUMN_TEXT, "",
		"error: a run rejects these rows; warning: look before you believe the figures;"
		" ok: looked for, not found; empty: a fact, neither good nor bad"},
	{"detail", COLUMN_TEXT, "", "in words, with the first example as file:line and the cure"},
};

/* ---- while reading ---- */

struct watching {
	struct check_facts facts;
	pthread_mutex_t lock; /* of the returns */
};

static void begin(void *context, const struct transactions_settings *settings)
{
	struct watching *watching = context;
	watching->facts.settings = settings;
	watching->facts.shapes = date_shapes_new(&settings->dates);
}

/* Rows of a batch that are data, side by side: their records, places and dates. */
struct data_rows {
	struct text *records, *dates;
	uint64_t *places;
	int32_t *days;
	size_t n_rows, n_days;
};

static struct data_rows data_rows_of(
	const struct transactions_view *view, const struct date_format *format)
{
	const struct csv_batch *csv = &view->batch->csv;
	int date = view->file->roles.of[ROLE_DATE];
	struct data_rows data = {.records = mem_array(csv->n_rows, sizeof(*data.records)),
		.dates = mem_array(csv->n_rows, sizeof(*data.dates)),
		.places = mem_array(csv->n_rows, sizeof(*data.places)),
		.days = mem_array(csv->n_rows, sizeof(*data.days))};
	for (size_t row = 0; row < csv->n_rows; row++) {
		if (view->is_header[row])
			continue;
		const struct csv_row *r = &csv->rows[row];
		size_t n = data.n_rows++;
		data.records[n] = (struct text){csv->text + r->start, r->length};
		data.places[n] = place_of(view->batch->file, csv->first_line + r->line);
		if (date == NO_COLUMN)
			continue;
		data.dates[n] = csv->columns[date][row];
		data.n_days += date_read(format, data.dates[n], &data.days[data.n_days]) == DATE_OK;
	}
	return data;
}

static void data_rows_release(struct data_rows *data)
{
	mem_free(data->records);
	mem_free(data->dates);
	mem_free(data->places);
	mem_free(data->days);
}

static void look(void *context, const struct transactions_view *view)
{
	struct watching *watching = context;
	const struct check_facts *facts = &watching->facts;
	struct data_rows data = data_rows_of(view, &facts->settings->dates);
	duplicates_add(facts->duplicates, data.records, data.places, data.n_rows);
	missing_cells_add(facts->missing, &view->file->header, &view->batch->csv, view->is_header,
		view->batch->file);
	if (view->file->roles.of[ROLE_DATE] != NO_COLUMN) {
		day_counts_add(facts->days, data.days, data.n_days);
		date_shapes_add(facts->shapes, data.dates, data.places, data.n_rows);
	}
	data_rows_release(&data);
}

static void take(void *context, const struct transactions *rows)
{
	struct watching *watching = context;
	int64_t n = 0;
	money_sum sum = 0;
	for (size_t i = 0; i < rows->n_rows; i++)
		if (rows->amounts[i] < 0) {
			sum += rows->amounts[i];
			n++;
		}
	pthread_mutex_lock(&watching->lock);
	watching->facts.n_returns += n;
	watching->facts.returns += sum;
	pthread_mutex_unlock(&watching->lock);
}

/* Those of a customers table, which has no dates of single rows. */
static void note_last_purchases(const struct input *input, struct day_counts *days)
{
	for (size_t i = 0; i < customers_count(input->customers); i++) {
		const struct customer customer = customers_get(input->customers, i);
		day_counts_add(days, &customer.last_purchase, 1);
	}
}

/* ---- the run ---- */

static void fill(const void *rows, size_t row, struct cell *cells)
{
	static const char *const levels[] = {[LEVEL_NONE] = "",
		[LEVEL_OK] = "ok",
		[LEVEL_WARNING] = "warning",
		[LEVEL_ERROR] = "error"};
	const struct finding *finding = &((const struct finding *)rows)[row];
	cells[COL_TOPIC].text = text_of(finding->topic);
	cells[COL_ITEM].text = text_of(finding->item);
	cells[COL_COUNT] = (struct cell){.empty = !finding->has_count, .count = finding->count};
	cells[COL_SHARE] = (struct cell){.empty = !finding->has_share, .real = finding->share_pct};
	cells[COL_LEVEL].text = text_of(levels[finding->level]);
	cells[COL_DETAIL].text = text_of(finding->detail);
}

static void warn_of_last_day(const struct check_facts *facts, const struct input *input)
{
	struct buffer words = {0};
	if (check_last_day(facts, input, &words))
		message_warning("the last day is %.*s", (int)words.length, words.bytes);
	buffer_release(&words);
}

static bool judge(const struct transactions_settings *settings, const struct accounting *counts,
	struct error *err)
{
	char bad[COUNT_WORDS_SIZE], all[COUNT_WORDS_SIZE];
	int64_t n = accounting_rejected(counts);
	if (n == 0)
		return true;
	return error_set(err, ERROR_DATA,
		settings->rejects != NULL ? "%s of %s rows are rejected; see %s"
					  : "%s of %s rows would be rejected (--rejects FILE sets"
					    " them aside)",
		count_words(n, bad), count_words(counts->rows, all), settings->rejects);
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	if (!results_check(columns, N_COLUMNS, err))
		return false;
	struct watching watching = {.facts = {.days = day_counts_new(),
					    .missing = missing_cells_new(),
					    .duplicates = duplicates_new(MOST_SEARCHED)}};
	struct check_facts *facts = &watching.facts;
	const struct input_watch watch = {
		.context = &watching, .begin = begin, .look = look, .take = take};
	const struct input_needs needs = {.amount = true, .orders = true, .watch = &watch};
	struct findings findings = {0};
	pthread_mutex_init(&watching.lock, NULL);
	const struct input *input = input_load(paths, n_paths, &needs, err);
	bool good = input != NULL;
	if (good && input->report.is_customers_table)
		note_last_purchases(input, facts->days);
	if (good) {
		check_findings(facts, input, input_threads(), &findings);
		good = results_write(columns, N_COLUMNS, fill, findings.rows, findings.n_rows,
			input->report.money_decimals, err);
	}
	if (good) {
		warn_of_last_day(facts, input);
		good = judge(facts->settings, &input->report.counts, err);
	}
	findings_release(&findings);
	date_shapes_free(facts->shapes);
	day_counts_free(facts->days);
	missing_cells_free(facts->missing);
	duplicates_free(facts->duplicates);
	pthread_mutex_destroy(&watching.lock);
	return good;
}

static const struct option_group *const groups[] = {
	&transaction_group, &input_group, &output_group};

static const struct command_table tables[] = {
	{"Columns", columns, N_COLUMNS},
};

const struct command check_command = {
	.name = "check",
	.summary = "what an export looks like, and what is wrong with it, before it is used",
	.description =
		"Reads an export with the options that a run would have, and tells what was"
		" understood: files, columns and their roles, rows, days, customers. It goes on"
		" past bad rows and tells, with the first example of each, what a run would"
		" reject and why; which shapes the dates have, and the --date-format that reads"
		" them all; and what a run would accept but an analyst should know of: a last day"
		" far beyond all others, ids that differ in case, blanks or zeros only, repeated"
		" rows, missing cells, words such as NULL.\n\n"
		"Exit 0 means that a run would accept every row; else the table is written all"
		" the same and the exit code is 3. A file that cannot be read to its end, or a"
		" column that is not there, is an error as in every command. --max-rejects does"
		" not end a check.\n\n"
		"Memory: that of patron customers, 41 bytes a customer to compare ids, and 24"
		" bytes for each of the first 10 million rows (240 MB) to find repeated ones."
		" Beyond 10 million rows these are sought among one row in 2, 4, 8, ..., chosen"
		" by the hash of the row, so that equal rows are looked at together; the table"
		" then says so.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.examples = "patron check sample-data/*.csv.gz\n"
		    "patron check export.csv --date-format %d/%m/%Y --delimiter ';'\n"
		    "patron check export.csv -f jsonl | grep '\"level\":\"error\"'",
	.run = run,
};

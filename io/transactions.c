#include "io/transactions.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/day.h"
#include "base/mem.h"
#include "io/binding.h"
#include "io/judge.h"
#include "io/kept_rows.h"
#include "io/outcome.h"
#include "io/output.h"
#include "io/plain_rows.h"
#include "io/record.h"

struct reading {
	const struct transactions_settings *settings;
	const struct transactions_client *client;
	struct transactions_report *report;
	void *taker; /* the client's context for rows */
	struct binding *bindings;
	const char *const *paths;
	size_t n_paths;
	struct output *rejects;
	bool has_as_of; /* customers tables: from the first row */
	struct kept_rows_store kept;
};

/* ---- the header ---- */

static bool accept_columns(struct reading *reading, size_t file, const char *name,
	const struct text *names, size_t n_names, struct error *err)
{
	const struct transactions_client *client = reading->client;
	const struct csv_fields *first = &reading->report->files[0].header;
	if (file == 0)
		return client->accept_columns(client->context, name, names, n_names, err);
	bool same = n_names == first->n_fields;
	for (size_t i = 0; same && i < n_names; i++)
		same = text_equal(names[i], first->fields[i]);
	return same || error_set(err, ERROR_DATA,
			       "%s: its columns are not those of %s (give files that have the same"
			       " columns, in the same order)",
			       name, source_name(reading->paths[0]));
}

static void start(struct reading *reading, const struct binding *binding)
{
	struct transactions_report *report = reading->report;
	report->is_customers_table = binding->is_customers_table;
	report->has_orders = binding->role[ROLE_ORDER] != NO_COLUMN;
	report->has_amounts =
		!binding->is_customers_table && binding->role[ROLE_AMOUNT] != NO_COLUMN;
	report->has_log_gaps = binding->customers[CUSTOMERS_LOG_GAPS] != -1;
	reading->taker = reading->client->start(reading->client->context, report);
}

static bool on_header(
	void *context, size_t file, const char *name, struct csv *csv, struct error *err)
{
	struct reading *reading = context;
	const struct transactions_settings *settings = reading->settings;
	struct binding *binding = &reading->bindings[file];
	struct input_file *input = &reading->report->files[file];
	size_t n_names;
	const struct text *names = csv_names(csv, &n_names);
	binding_take_header(binding, settings, csv, &input->header);
	input->delimiter = binding->delimiter;
	if (reading->client->look != NULL)
		binding_take_all(binding);
	if (settings->whole_rows && !accept_columns(reading, file, name, names, n_names, err))
		return false;
	if (!binding_find(binding, settings, names, name, &input->roles, err) ||
		!binding_agrees(
			binding, name, &reading->bindings[0], source_name(reading->paths[0]), err))
		return false;
	csv_bind(csv, binding->columns, binding->n_columns);
	if (file == 0)
		start(reading, binding);
	return true;
}

/* ---- one batch ---- */

/* Faults and rows in the order of the text, so that the first bad one is the first. Returns how
 * many rows were kept. */
static size_t judge_rows(struct record *record, struct kept_rows *kept)
{
	const struct csv_batch *csv = &record->batch->csv;
	bool plain = plain_rows_suffice(record->settings, record->binding);
	size_t n_kept = 0, fault = 0, row = 0;
	while (record->err->kind == ERROR_NONE) {
		size_t end = fault < csv->n_faults ? csv->faults[fault].before_row : csv->n_rows;
		if (plain && row < end) {
			size_t n = plain_rows(record, row, end, kept, n_kept);
			n_kept += n;
			row += n;
		}
		if (row < end) {
			enum verdict verdict = judge_row(record, row, kept, n_kept);
			kept->is_header[row++] = verdict == VERDICT_HEADER;
			n_kept += verdict == VERDICT_KEEP;
		} else if (fault < csv->n_faults) {
			judge_fault(record, &csv->faults[fault++]);
		} else {
			break;
		}
	}
	return n_kept;
}

static void show(
	const struct reading *reading, const struct reader_batch *batch, const bool *is_header)
{
	const struct transactions_view view = {
		batch, &reading->report->files[batch->file], is_header};
	if (reading->client->look != NULL)
		reading->client->look(reading->client->context, &view);
}

static void hand_over(const struct reading *reading, const struct binding *binding,
	const struct kept_rows *kept, size_t n_rows, struct outcome *outcome)
{
	const struct transactions_client *client = reading->client;
	struct transactions rows = {
		.n_rows = n_rows,
		.customers = kept->customers,
		.days = kept->days,
		.amounts = kept->amounts,
		.orders = binding->role[ROLE_ORDER] == NO_COLUMN ? NULL : kept->orders,
	};
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
		rows.labels[l] = kept->labels[l];
	if (n_rows == 0)
		return;
	if (reading->settings->whole_rows) {
		outcome->packed = client->pack_rows(reading->taker, kept->cells, n_rows);
		outcome->drop_rows = client->drop_rows;
	} else if (reading->settings->n_columns > 0) {
		client->take_cells(reading->taker, kept->cells, n_rows);
	} else if (binding->is_customers_table) {
		client->take_customers(reading->taker, kept->rows, n_rows);
	} else {
		client->take(reading->taker, &rows);
	}
}

static void *on_batch(void *context, const struct reader_batch *batch, struct error *err)
{
	struct reading *reading = context;
	struct outcome *outcome = mem_zeroed(1, sizeof(*outcome));
	const struct binding *binding = &reading->bindings[batch->file];
	struct kept_rows *kept =
		kept_rows_take(&reading->kept, reading->settings, binding, batch->csv.n_rows);
	struct record record = {.settings = reading->settings,
		.client = reading->client,
		.taker = reading->taker,
		.binding = binding,
		.batch = batch,
		.outcome = outcome,
		.err = err};
	size_t n = judge_rows(&record, kept);
	if (err->kind == ERROR_NONE)
		show(reading, batch, kept->is_header);
	outcome->counts.used = (int64_t)n;
	outcome->counts.blank_lines = batch->csv.n_blank_lines;
	hand_over(reading, binding, kept, n, outcome);
	kept_rows_give(&reading->kept, kept);
	return outcome;
}

/* ---- in order ---- */

static void forget(void *data)
{
	outcome_free(data);
}

static bool one_as_of(
	struct reading *reading, size_t file, const struct outcome *outcome, struct error *err)
{
	struct transactions_report *report = reading->report;
	char first[DAY_TEXT_SIZE], other[DAY_TEXT_SIZE];
	if (!outcome->has_as_of)
		return true;
	if (!reading->has_as_of)
		report->as_of = outcome->as_of;
	reading->has_as_of = true;
	if (report->as_of == outcome->as_of)
		return true;
	return error_set(err, ERROR_DATA,
		"%s: as_of %s, but %s in rows before (one table speaks of one day)",
		source_name(reading->paths[file]), day_write(outcome->as_of, other),
		day_write(report->as_of, first));
}

static bool within_max_rejects(const struct reading *reading, struct error *err)
{
	const struct transactions_settings *settings = reading->settings;
	int64_t n = accounting_rejected(&reading->report->counts);
	if (settings->keep_going || settings->max_rejects < 0 || n <= settings->max_rejects)
		return true;
	return error_set(err, ERROR_DATA,
		"more than %lld row%s rejected (--max-rejects); first %s; see %s",
		(long long)settings->max_rejects, plural((uint64_t)settings->max_rejects),
		reading->report->first_reject, settings->rejects);
}

static bool on_outcome(void *context, size_t file, void *data, struct error *err)
{
	struct reading *reading = context;
	struct outcome *outcome = data;
	if (outcome == NULL)
		return true;
	outcome_report(outcome, file, reading->report);
	bool good = one_as_of(reading, file, outcome, err);
	if (good && outcome->rejects.length > 0)
		good = output_write(
			reading->rejects, outcome->rejects.bytes, outcome->rejects.length, err);
	if (good && outcome->packed != NULL) {
		good = reading->client->keep_rows(reading->taker, outcome->packed, err);
		outcome->packed = NULL;
	}
	outcome_free(outcome);
	return good && within_max_rejects(reading, err);
}

static bool on_file_end(
	void *context, size_t file, const struct source_facts *facts, struct error *err)
{
	struct reading *reading = context;
	struct input_file *files = reading->report->files;
	files[file].compression = facts->compression;
	files[file].bytes = facts->bytes;
	files[file].crc = facts->crc;
	files[file].text_bytes = facts->text_bytes;
	files[file].text_crc = facts->text_crc;
	files[file].unchecked = facts->unchecked;
	reading->report->n_files = file + 1;
	/* Two days on which nothing was sold are two equal files, each a header: no harm. */
	for (size_t i = 0; i < file && files[file].rows > 0; i++)
		if (files[i].text_bytes == facts->text_bytes &&
			files[i].text_crc == facts->text_crc)
			return error_set(err, ERROR_DATA,
				"%s: the same %s as %s: one export given twice (leave one out)",
				files[file].name,
				files[i].bytes == facts->bytes && files[i].crc == facts->crc
					? "bytes"
					: "text",
				files[i].name);
	return true;
}

static void on_progress(void *context, int64_t bytes)
{
	const struct reading *reading = context;
	if (reading->client->progress != NULL)
		reading->client->progress(reading->client->context, bytes);
}

/* ---- the run ---- */

/* A name that is wrong, or there twice, is found before the hour that the other files take. */
static bool look_at_inputs(const char *const *paths, size_t n_paths, struct error *err)
{
	struct stat *stats = mem_zeroed(n_paths, sizeof(*stats));
	bool good = true;
	for (size_t i = 0; good && i < n_paths; i++) {
		bool is_stdin = strcmp(paths[i], "-") == 0;
		if ((is_stdin ? fstat(0, &stats[i]) : stat(paths[i], &stats[i])) != 0)
			good = error_set(err, ERROR_SYSTEM, "%s: cannot open: %s",
				source_name(paths[i]), strerror(errno));
		for (size_t j = 0; good && j < i; j++)
			if (stats[i].st_ino == stats[j].st_ino &&
				stats[i].st_dev == stats[j].st_dev)
				good = error_set(err, ERROR_USAGE,
					"%s: the same file as %s (give it once)",
					source_name(paths[i]), source_name(paths[j]));
	}
	mem_free(stats);
	return good;
}

static bool judge_run(const struct reading *reading, struct error *err)
{
	const struct transactions_report *report = reading->report;
	const struct transactions_settings *settings = reading->settings;
	int64_t rows = report->counts.rows, n = accounting_rejected(&report->counts);
	const char *name = source_name(reading->paths[0]);
	if (rows == 0)
		return error_set(err, ERROR_DATA, "%s%s: a header but no data row", name,
			reading->n_paths > 1 ? " and the others" : "");
	if (settings->keep_going)
		return true;
	if (n == rows)
		return error_set(err, ERROR_DATA, "every row was rejected (%lld); first %s; see %s",
			(long long)rows, report->first_reject, settings->rejects);
	if (settings->max_rejects_pct >= 0 &&
		(money_sum)n * 100 * MONEY_UNIT > (money_sum)settings->max_rejects_pct * rows)
		return error_set(err, ERROR_DATA,
			"%lld of %lld row%s rejected, more than %.8g%% (--max-rejects); first %s;"
			" see %s",
			(long long)n, (long long)rows, plural((uint64_t)rows),
			money_as_real(settings->max_rejects_pct), report->first_reject,
			settings->rejects);
	return true;
}

static void set_as_of(struct reading *reading)
{
	const struct transactions_settings *settings = reading->settings;
	struct transactions_report *report = reading->report;
	if (report->is_customers_table)
		return;
	report->as_of = settings->has_as_of   ? settings->as_of
			: settings->has_until ? settings->until
					      : report->last_day;
}

static bool same_as_of(const struct reading *reading, struct error *err)
{
	const struct transactions_settings *settings = reading->settings;
	char asked[DAY_TEXT_SIZE], table[DAY_TEXT_SIZE];
	if (!reading->report->is_customers_table || !settings->has_as_of ||
		settings->as_of == reading->report->as_of)
		return true;
	return error_set(err, ERROR_DATA,
		"--as-of %s, but the customers table speaks of %s"
		" (patron customers --as-of makes one of another day)",
		day_write(settings->as_of, asked), day_write(reading->report->as_of, table));
}

const struct text transactions_rejects_head = {"file,line,reason,record\n", 24};

static bool open_rejects(struct reading *reading, struct error *err)
{
	if (reading->settings->rejects == NULL)
		return true;
	reading->rejects = output_open(reading->settings->rejects, err);
	return reading->rejects != NULL &&
	       output_write(reading->rejects, transactions_rejects_head.at,
		       transactions_rejects_head.length, err);
}

/* The rejects are kept when the run fails too; the first failure is the one that is told. */
static bool close_rejects(struct reading *reading, bool good, struct error *err)
{
	struct error closing = {0};
	if (reading->rejects == NULL)
		return good;
	bool closed = output_close(reading->rejects, &closing);
	if (good && !closed)
		return error_move(err, &closing);
	error_release(&closing);
	return good;
}

static void reading_release(struct reading *reading)
{
	for (size_t i = 0; i < reading->n_paths; i++)
		binding_release(&reading->bindings[i]);
	mem_free(reading->bindings);
	kept_rows_release(&reading->kept);
}

bool transactions_read(const char *const *paths, size_t n_paths,
	const struct transactions_settings *settings, const struct transactions_client *client,
	struct transactions_report *report, struct error *err)
{
	*report = (struct transactions_report){
		.files = mem_zeroed(n_paths, sizeof(*report->files)), .n_paths = n_paths};
	for (size_t i = 0; i < n_paths; i++)
		report->files[i].name = source_name(paths[i]);
	struct reading reading = {.settings = settings,
		.client = client,
		.report = report,
		.bindings = mem_zeroed(n_paths, sizeof(*reading.bindings)),
		.paths = paths,
		.n_paths = n_paths};
	kept_rows_init(&reading.kept);
	const struct reader_client reader = {.context = &reading,
		.header = on_header,
		.digest = on_batch,
		.retire = on_outcome,
		.forget = forget,
		.file_end = on_file_end,
		.progress = on_progress};
	bool good = open_rejects(&reading, err) && look_at_inputs(paths, n_paths, err) &&
		    reader_run(paths, n_paths, &settings->reader, &reader, err) &&
		    judge_run(&reading, err) && same_as_of(&reading, err);
	good = close_rejects(&reading, good, err);
	set_as_of(&reading);
	reading_release(&reading);
	return good;
}

void transactions_report_release(struct transactions_report *report)
{
	for (size_t i = 0; i < report->n_paths; i++)
		csv_fields_release(&report->files[i].header);
	mem_free(report->files);
	mem_free(report->first_reject);
	for (int r = 0; r < N_REJECTS; r++)
		mem_free(report->first_by_reason[r]);
	*report = (struct transactions_report){0};
}

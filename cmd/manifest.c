#include "cmd/manifest.h"

#include "base/day.h"
#include "base/text.h"
#include "cmd/input.h"
#include "io/accounting.h"
#include "io/json.h"
#include "io/output.h"

static const char *const *arguments;
static size_t n_arguments;

static void string(struct buffer *json, const char *name, const char *value)
{
	buffer_format(json, "  \"%s\": ", name);
	json_text(json, text_of(value));
	buffer_string(json, ",\n");
}

static void day(struct buffer *json, const char *name, bool known, int32_t value)
{
	char room[DAY_TEXT_SIZE];
	if (known)
		buffer_format(json, "  \"%s\": \"%s\",\n", name, day_write(value, room));
	else
		buffer_format(json, "  \"%s\": null,\n", name);
}

static void write_files(struct buffer *json, const struct transactions_report *report)
{
	buffer_string(json, "  \"inputs\": [");
	for (size_t i = 0; i < report->n_files; i++) {
		const struct input_file *file = &report->files[i];
		buffer_format(json, "%s\n    {\"file\": ", i > 0 ? "," : "");
		json_text(json, text_of(file->name));
		buffer_format(json,
			", \"compression\": \"%s\"%s, \"bytes\": %lld, \"crc32\": \"%08x\","
			" \"rows\": %lld}",
			compression_name(file->compression),
			file->unchecked
				? ", \"checksum\": \"none: the content could not be verified\""
				: "",
			(long long)file->bytes, file->crc, (long long)file->rows);
	}
	buffer_format(json, "%s],\n", report->n_files > 0 ? "\n  " : "");
}

/* Only the reasons that occurred. */
static void write_reason(struct buffer *json, const char *name, int64_t n, bool *first)
{
	if (n == 0)
		return;
	buffer_format(json, "%s", *first ? "" : ", ");
	json_text(json, text_of(name));
	buffer_format(json, ": %lld", (long long)n);
	*first = false;
}

static void write_rows(struct buffer *json, const struct accounting *counts)
{
	bool first = true;
	buffer_format(json,
		"  \"rows\": {\n    \"read\": %lld,\n    \"used\": %lld,\n    \"filtered\": %lld,\n"
		"    \"filtered_by\": {",
		(long long)counts->rows, (long long)counts->used,
		(long long)accounting_filtered(counts));
	for (enum filter_reason r = 0; r < N_FILTERS; r++)
		write_reason(json, filter_name(r), counts->filtered[r], &first);
	buffer_format(json, "},\n    \"rejected\": %lld,\n    \"rejected_by\": {",
		(long long)accounting_rejected(counts));
	first = true;
	for (enum reject_reason r = 0; r < N_REJECTS; r++)
		write_reason(json, reject_name(r), counts->rejected[r], &first);
	buffer_format(json,
		"},\n    \"blank_lines\": %lld,\n    \"repeated_headers\": %lld\n  },\n",
		(long long)counts->blank_lines, (long long)counts->repeated_headers);
}

static void write_input(struct buffer *json, const struct input *input, bool done)
{
	const struct transactions_report *report = &input->report;
	day(json, "as_of", report->has_days, report->as_of);
	day(json, "first_day", report->has_days, report->first_day);
	day(json, "last_day", report->has_days, report->last_day);
	write_files(json, report);
	write_rows(json, &report->counts);
	if (!done || input->customers == NULL)
		return;
	char revenue[MONEY_TEXT_SIZE];
	money_write(-input->returns_only, report->money_decimals, revenue);
	buffer_format(json,
		"  \"customers\": %zu,\n"
		"  \"customers_with_returns_only\": {\"customers\": %zu, \"revenue\": %s},\n",
		customers_count(input->customers) - input->n_acquired_before, input->n_returns_only,
		revenue);
}

void manifest_set_command(const char *const *words, size_t n_words)
{
	arguments = words;
	n_arguments = n_words;
}

void manifest_command(struct buffer *line)
{
	for (size_t i = 0; i < n_arguments; i++)
		buffer_format(line, "%s%s", i > 0 ? " " : "", arguments[i]);
}

bool manifest_write(
	const char *path, const struct error *outcome, double seconds, struct error *err)
{
	struct buffer json = {0};
	bool done = outcome->kind == ERROR_NONE;
	buffer_string(&json, "{\n");
	string(&json, "status", done ? "done" : "failed");
	buffer_format(&json, "  \"exit_code\": %d,\n", (int)outcome->kind);
	if (!done)
		string(&json, "message", outcome->words);
	string(&json, "version", PATRON_VERSION);
	buffer_string(&json, "  \"command\": [");
	for (size_t i = 0; i < n_arguments; i++) {
		buffer_string(&json, i > 0 ? ", " : "");
		json_text(&json, text_of(arguments[i]));
	}
	buffer_string(&json, "],\n");
	if (input_loaded() != NULL)
		write_input(&json, input_loaded(), done);
	buffer_format(&json, "  \"seconds\": %.3f\n}\n", seconds);

	struct output *out = output_open(path, err);
	bool good = out != NULL && output_write(out, json.bytes, json.length, err);
	buffer_release(&json);
	if (out != NULL && !good)
		output_discard(out);
	return good && output_close(out, err);
}

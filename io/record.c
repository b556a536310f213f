#include "io/record.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "io/encoding.h"

static void csv_cell(struct buffer *line, struct text cell)
{
	buffer_byte(line, '"');
	while (cell.length > 0) {
		const char *quote = memchr(cell.at, '"', cell.length);
		size_t n = quote == NULL ? cell.length : (size_t)(quote + 1 - cell.at);
		buffer_bytes(line, cell.at, n);
		if (quote != NULL)
			buffer_byte(line, '"');
		cell = (struct text){cell.at + n, cell.length - n};
	}
	buffer_byte(line, '"');
}

enum verdict record_reject(struct record *record, enum reject_reason reason, struct buffer *words)
{
	struct outcome *outcome = record->outcome;
	outcome->counts.rejected[reason]++;
	if (record->settings->rejects == NULL && !record->settings->keep_going) {
		assert(words->bytes != NULL && words->length > 0);
		bool has_remark = words->bytes[words->length - 1] == ')';
		error_set(record->err, ERROR_DATA, "%s:%lld: %.*s%s", record->batch->name,
			(long long)record->line, (int)words->length, words->bytes,
			has_remark ? "" : " (--rejects FILE takes bad rows)");
	} else if (record->settings->rejects != NULL) {
		struct buffer *line = &outcome->rejects;
		csv_cell(line, text_of(record->batch->name));
		buffer_format(line, ",%lld,", (long long)record->line);
		csv_cell(line, buffer_as_text(words));
		buffer_byte(line, ',');
		csv_cell(line, record->text);
		buffer_byte(line, '\n');
	}
	if (outcome->first_by_reason[reason] == NULL) {
		struct buffer first = {0};
		buffer_format(&first, "%s:%lld: ", record->batch->name, (long long)record->line);
		buffer_text(&first, buffer_as_text(words));
		outcome->first_by_reason[reason] = mem_text(first.bytes, first.length);
		if (outcome->first_reject == NULL)
			outcome->first_reject = mem_text(first.bytes, first.length);
		buffer_release(&first);
	}
	buffer_release(words);
	return VERDICT_REJECTED;
}

enum verdict record_reject_with(struct record *record, enum reject_reason reason, const char *words)
{
	struct buffer all = {0};
	buffer_string(&all, words);
	return record_reject(record, reason, &all);
}

enum verdict record_reject_empty(
	struct record *record, enum reject_reason reason, enum role role, const char *other_cure)
{
	const struct binding *binding = record->binding;
	struct text name = binding->names->fields[binding->columns[binding->role[role]]];
	struct buffer words = {0};
	char room[TEXT_EXCERPT_SIZE];
	buffer_format(&words, "the %s is empty (--where '%s!=' leaves such rows out%s)",
		role_name(role), text_excerpt(name, room), other_cure);
	return record_reject(record, reason, &words);
}

enum verdict record_reject_fault(struct record *record, const struct csv_fault *fault)
{
	struct buffer words = {0};
	size_t bad, expected = record->binding->n_names;
	switch (fault->kind) {
	case CSV_SHORT:
	case CSV_LONG:
		buffer_format(&words, "%u field%s, expected %zu as in the header%s",
			fault->n_fields, plural(fault->n_fields), expected,
			fault->kind == CSV_LONG ? " (a delimiter in a field must be quoted)" : "");
		break;
	case CSV_STRAY_QUOTE:
		buffer_string(&words,
			"stray quote (quote the whole field, and write a quote inside it twice)");
		break;
	case CSV_NOT_UTF8:
		if (!utf8_valid(record->text.at, record->text.length, &bad))
			encoding_explain(
				record->text, bad, record->settings->reader.encoding, &words);
		break;
	}
	return record_reject(record, REJECT_FAULT + (enum reject_reason)fault->kind, &words);
}

/* The record at hand, and the three ways it can go: kept, filtered, rejected.
 *
 * A rejected record goes into the outcome's lines of the rejects file with its place and what is
 * wrong; without a rejects file, and unless bad rows are only counted, it ends the run: err is set.
 *
 *	struct record record = {settings, client, taker, binding, batch, outcome, err};
 *	record_at(&record, row->start, row->length, row->line);
 *	if (record_cell(&record, binding->role[ROLE_CUSTOMER], r).length == 0)
 *		return record_reject_empty(&record, REJECT_NO_CUSTOMER, ROLE_CUSTOMER, "");
 */
#ifndef IO_RECORD_H
#define IO_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "io/accounting.h"
#include "io/binding.h"
#include "io/outcome.h"
#include "io/reader.h"
#include "io/transactions.h"

/* One for each batch; text and line are those of its record at hand, good or faulty. */
struct record {
	const struct transactions_settings *settings;
	const struct transactions_client *client;
	void *taker; /* the client's context for rows */
	const struct binding *binding;
	const struct reader_batch *batch;
	struct outcome *outcome;
	struct error *err;
	struct text text; /* as it stood, without its line end */
	int64_t line;
};

enum verdict { VERDICT_KEEP, VERDICT_FILTERED, VERDICT_REJECTED, VERDICT_HEADER };

/* start, length and line as in struct csv_row. */
static inline void record_at(struct record *record, uint32_t start, uint32_t length, uint32_t line)
{
	const struct csv_batch *csv = &record->batch->csv;
	record->text = (struct text){csv->text + start, length};
	record->line = csv->first_line + line;
}

static inline struct text record_cell(const struct record *record, int column, size_t row)
{
	return record->batch->csv.columns[column][row];
}

static inline enum verdict record_filter(struct record *record, enum filter_reason reason)
{
	record->outcome->counts.filtered[reason]++;
	return VERDICT_FILTERED;
}

/* Rejects it with words, what is wrong and what was expected, which are released. Where they end
 * without a cure in parentheses, --rejects is named as one. Returns VERDICT_REJECTED. */
enum verdict record_reject(struct record *record, enum reject_reason reason, struct buffer *words);

/* The same, words being given as a string. */
enum verdict record_reject_with(
	struct record *record, enum reject_reason reason, const char *words);

/* The same for a role's cell that is empty; other_cure follows "(--where 'customer!=' leaves such
 * rows out". */
enum verdict record_reject_empty(
	struct record *record, enum reject_reason reason, enum role role, const char *other_cure);

/* The same for a record that could not be cut into the header's fields. */
enum verdict record_reject_fault(struct record *record, const struct csv_fault *fault);

#endif

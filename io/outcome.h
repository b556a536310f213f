/* What one batch of rows has to say beside the rows themselves: counts, days, rejects. Made on any
 * thread, and added to the report in the order of the text.
 *
 *	struct outcome *outcome = mem_zeroed(1, sizeof(*outcome));
 *	outcome_note_day(outcome, day);
 *	...
 *	outcome_report(outcome, file, report);
 *	outcome_free(outcome);
 */
#ifndef IO_OUTCOME_H
#define IO_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "io/accounting.h"
#include "io/transactions.h"

struct outcome {
	struct accounting counts;
	struct buffer rejects; /* lines of the rejects file */
	char *first_reject;
	char *first_by_reason[N_REJECTS];
	bool has_days, has_amounts, has_as_of;
	int32_t first_day, last_day, as_of;
	int decimals;
	void *packed; /* the client's, and how to give it up */
	void (*drop_rows)(void *packed);
};

/* A row's day, whether the row is used or filtered. */
static inline void outcome_note_day(struct outcome *outcome, int32_t day)
{
	if (!outcome->has_days || day < outcome->first_day)
		outcome->first_day = day;
	if (!outcome->has_days || day > outcome->last_day)
		outcome->last_day = day;
	outcome->has_days = true;
}

/* Adds it to the report. The words about first rejects move there; as_of, rejects and packed are
 * the caller's to use. */
void outcome_report(struct outcome *outcome, size_t file, struct transactions_report *report);

/* Drops packed too. */
void outcome_free(struct outcome *outcome);

#endif

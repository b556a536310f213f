/* The rules of transactions.h, for one record: kept, filtered, rejected, or the header again.
 *
 * They are applied in the order that is written there, so that a record falls where it first
 * should. plain_rows.h says the same of most rows, faster; what this file says is what holds.
 */
#ifndef IO_JUDGE_H
#define IO_JUDGE_H

#include <stddef.h>

#include "io/csv.h"
#include "io/kept_rows.h"
#include "io/record.h"

/* Judges a row of the batch and counts it. One that is kept stands at place n of kept afterwards;
 * for others what stands there means nothing. record->err is set when the run ends here. */
enum verdict judge_row(struct record *record, size_t row, struct kept_rows *kept, size_t n);

/* Rejects and counts what could not be cut into a row. */
void judge_fault(struct record *record, const struct csv_fault *fault);

/* Why rows of that day are filtered away; N_FILTERS when they are not. */
static inline enum filter_reason filter_of_day(
	const struct transactions_settings *settings, int32_t day)
{
	if (settings->has_since && day < settings->since)
		return FILTER_SINCE;
	if (settings->has_until && day > settings->until)
		return FILTER_UNTIL;
	if (settings->has_as_of && day > settings->as_of)
		return FILTER_AS_OF;
	return N_FILTERS;
}

#endif

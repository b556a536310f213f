/* Rows that are nothing but good, in a loop of their own: a third of the time of judge.h, which
 * looks at all others.
 *
 *	if (plain_rows_suffice(settings, binding))
 *		n = plain_rows(&record, row, end, kept, n_kept);
 */
#ifndef IO_PLAIN_ROWS_H
#define IO_PLAIN_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "io/kept_rows.h"
#include "io/record.h"

/* Whether rows may be only what plain_rows() understands: customer, day, amount and order, without
 * conditions, labels or amounts of two columns. */
bool plain_rows_suffice(
	const struct transactions_settings *settings, const struct binding *binding);

/* Keeps and counts rows of the batch, from row on, up to the first that is not plainly good, or up
 * to end; of each it says the same as judge_row(). Returns how many they are; they stand in kept
 * from place n on. The record at hand is left as it was. */
size_t plain_rows(struct record *record, size_t row, size_t end, struct kept_rows *kept, size_t n);

#endif

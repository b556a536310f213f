/* Purchases and returns as the readers hand them to the methods: columns of equal length. */
#ifndef BASE_TRANSACTIONS_H
#define BASE_TRANSACTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/money.h"
#include "base/text.h"

/* Columns that a command names beside those that all rows have. */
enum { TRANSACTIONS_LABELS = 2 };

/* Borrowed until the call that takes them returns. */
struct transactions {
	size_t n_rows;
	const struct text *customers;                   /* never empty */
	const int32_t *days;                            /* since 1970-01-01 */
	const money *amounts;                           /* negative: a return */
	const struct text *orders;                      /* NULL where there is no order column */
	const struct text *labels[TRANSACTIONS_LABELS]; /* NULL for one that was not named */
};

#endif

/* Every row accounted for: rows read = used + filtered + rejected, always.
 *
 * The counts of one batch are added to those of the run; reasons have names, which the manifest,
 * the rejects file and `patron check` share.
 */
#ifndef IO_ACCOUNTING_H
#define IO_ACCOUNTING_H

#include <stdint.h>

#include "io/amounts.h"
#include "io/csv.h"
#include "io/dates.h"

enum filter_reason {
	FILTER_WHERE,    /* --where */
	FILTER_SINCE,    /* before --since */
	FILTER_UNTIL,    /* after --until */
	FILTER_AS_OF,    /* after --as-of */
	FILTER_RETURNS,  /* --returns drop */
	FILTER_ACQUIRED, /* rows of customers acquired before --since */
	N_FILTERS,
};

enum reject_reason {
	REJECT_FAULT = 0,                                    /* and the csv_fault_kind */
	REJECT_DATE = REJECT_FAULT + CSV_NOT_UTF8 + 1,       /* and the date_status */
	REJECT_AMOUNT = REJECT_DATE + DATE_OUT_OF_RANGE + 1, /* and the amount_status */
	REJECT_NO_CUSTOMER = REJECT_AMOUNT + AMOUNT_INEXACT_PRODUCT + 1,
	REJECT_NO_ORDER,
	REJECT_RETURN,   /* --returns reject */
	REJECT_CUSTOMER, /* a row of a customers table that contradicts itself */
	REJECT_CELL,     /* a cell of any table that is not what its column should hold */
	N_REJECTS,
};

struct accounting {
	int64_t rows; /* records read, headers and blank lines not counted */
	int64_t used;
	int64_t filtered[N_FILTERS];
	int64_t rejected[N_REJECTS];
	int64_t blank_lines, repeated_headers;
};

void accounting_add(struct accounting *total, const struct accounting *part);
int64_t accounting_filtered(const struct accounting *counts);
int64_t accounting_rejected(const struct accounting *counts);

const char *filter_name(enum filter_reason reason);
const char *reject_name(enum reject_reason reason); /* "no such day", "row too short" */

#endif

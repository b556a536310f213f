/* One customer by its sufficient statistics: a row of the customers table. */
#ifndef BASE_CUSTOMER_H
#define BASE_CUSTOMER_H

#include <stdint.h>

#include "base/money.h"
#include "base/text.h"

/* A purchase is a row with an amount >= 0; a return, one below 0, is none. */
struct customer {
	struct text id;
	int32_t first_purchase, last_purchase; /* days since 1970-01-01 */
	int64_t orders;              /* distinct order ids with a purchase, else rows with one */
	int64_t purchase_days;       /* distinct days with a purchase */
	double log_gaps;             /* sum of ln(days between successive purchase days) */
	money_sum gross_revenue;     /* sum of the purchases */
	money_sum first_day_revenue; /* that of the first purchase day */
	money_sum returns;           /* sum of the returns, as a positive number */
};

#endif

/* How customers were acquired: what a column held on the day of each one's first purchase.
 *
 *	struct acquisition *channels = acquisition_new(CUSTOMERS_PARTS);
 *	acquisition_add(channels, part, customer, day, TEXT("web"));      every purchase, any order
 *	acquisition_finish(channels, n_customers_of_parts);
 *	uint32_t label = acquisition_labels(channels)[customer];
 *	... acquisition_text(channels, label)
 *	acquisition_free(channels);
 *
 * Where the first day holds several values it is the smallest by bytes (an empty one, if there is
 * one). Labels are numbered in the order of their bytes. Customers are in parts, numbered in each
 * from 0, and in one numbering in the end: see analytics/activity.h. One thread at a time may add
 * to a part. Memory: 8 bytes for each customer, and the distinct values.
 */
#ifndef ANALYTICS_ACQUISITION_H
#define ANALYTICS_ACQUISITION_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct acquisition;

struct acquisition *acquisition_new(size_t n_parts);

/* value is copied where it is new. */
void acquisition_add(struct acquisition *acquisition, size_t part, uint32_t customer, int32_t day,
	struct text value);

/* After the last purchase; one count of customers for each part, also of those without any. */
void acquisition_finish(struct acquisition *acquisition, const uint32_t *n_customers_of_parts);

/* Of each customer in the one numbering; of no meaning for one without a purchase. */
const uint32_t *acquisition_labels(const struct acquisition *acquisition);
struct text acquisition_text(const struct acquisition *acquisition, uint32_t label);

void acquisition_free(struct acquisition *acquisition); /* takes NULL */

#endif

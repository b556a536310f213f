/* Customers by tenths of a value, the highest first.
 *
 *	size_t *order = mem_array(n, sizeof(*order));
 *	tenths_order(order, value, n);
 *	for (size_t tenth = 0, i = 0; tenth < TENTHS; tenth++)
 *		for (; i < tenths_end(tenth, n); i++)
 *			... customer order[i] is in this tenth
 */
#ifndef ANALYTICS_TENTHS_H
#define ANALYTICS_TENTHS_H

#include <stddef.h>

enum { TENTHS = 10 };

/* order and value are n long; ties keep the order given. No NaN among the values. */
void tenths_order(size_t *order, const double *value, size_t n);

/* Where a tenth ends; they differ by one at most, and some are empty where n < 10. */
size_t tenths_end(size_t tenth, size_t n);

#endif

#include "analytics/tenths.h"

#include <stdlib.h>

#include "base/mem.h"

struct ranked {
	double value;
	size_t customer;
};

static int most_first(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;
	if (left->value != right->value)
		return left->value < right->value ? 1 : -1;
	return (left->customer > right->customer) - (left->customer < right->customer);
}

void tenths_order(size_t *order, const double *value, size_t n)
{
	struct ranked *ranked = mem_array(n, sizeof(*ranked));
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){value[i], i};
	if (n > 0)
		qsort(ranked, n, sizeof(*ranked), most_first);
	for (size_t i = 0; i < n; i++)
		order[i] = ranked[i].customer;
	mem_free(ranked);
}

size_t tenths_end(size_t tenth, size_t n)
{
	return (tenth + 1) * n / TENTHS;
}

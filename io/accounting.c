#include "io/accounting.h"

#include <assert.h>

void accounting_add(struct accounting *total, const struct accounting *part)
{
	total->rows += part->rows;
	total->used += part->used;
	for (int i = 0; i < N_FILTERS; i++)
		total->filtered[i] += part->filtered[i];
	for (int i = 0; i < N_REJECTS; i++)
		total->rejected[i] += part->rejected[i];
	total->blank_lines += part->blank_lines;
	total->repeated_headers += part->repeated_headers;
}

int64_t accounting_filtered(const struct accounting *counts)
{
	int64_t sum = 0;
	for (int i = 0; i < N_FILTERS; i++)
		sum += counts->filtered[i];
	return sum;
}

int64_t accounting_rejected(const struct accounting *counts)
{
	int64_t sum = 0;
	for (int i = 0; i < N_REJECTS; i++)
		sum += counts->rejected[i];
	return sum;
}

const char *filter_name(enum filter_reason reason)
{
	static const char *const names[] = {
		[FILTER_WHERE] = "where",
		[FILTER_SINCE] = "before since",
		[FILTER_UNTIL] = "after until",
		[FILTER_AS_OF] = "after as-of",
		[FILTER_RETURNS] = "returns dropped",
		[FILTER_ACQUIRED] = "acquired before since",
	};
	assert(reason < N_FILTERS);
	return names[reason];
}

const char *reject_name(enum reject_reason reason)
{
	static const char *const faults[] = {
		[CSV_SHORT] = "row too short",
		[CSV_LONG] = "row too long",
		[CSV_STRAY_QUOTE] = "stray quote",
		[CSV_NOT_UTF8] = "invalid bytes",
	};
	assert(reason < N_REJECTS);
	if (reason < REJECT_DATE)
		return faults[reason];
	if (reason < REJECT_AMOUNT)
		return date_reason((enum date_status)(reason - REJECT_DATE));
	if (reason < REJECT_NO_CUSTOMER)
		return amount_reason((enum amount_status)(reason - REJECT_AMOUNT));
	static const char *const others[] = {"customer empty", "order empty", "return",
		"customer row contradicts itself", "cell not as expected"};
	return others[reason - REJECT_NO_CUSTOMER];
}

#include "io/outcome.h"

#include "base/mem.h"

/* The words that came first stay; others are left where they are. */
static void move_first(char **first, char **words)
{
	if (*first != NULL)
		return;
	*first = *words;
	*words = NULL;
}

void outcome_report(struct outcome *outcome, size_t file, struct transactions_report *report)
{
	accounting_add(&report->counts, &outcome->counts);
	report->files[file].rows += outcome->counts.rows;
	if (outcome->has_days) {
		if (!report->has_days || outcome->first_day < report->first_day)
			report->first_day = outcome->first_day;
		if (!report->has_days || outcome->last_day > report->last_day)
			report->last_day = outcome->last_day;
		report->has_days = true;
	}
	if (outcome->decimals > report->money_decimals)
		report->money_decimals = outcome->decimals;
	if (outcome->has_amounts)
		report->has_amounts = true;
	move_first(&report->first_reject, &outcome->first_reject);
	for (int r = 0; r < N_REJECTS; r++)
		move_first(&report->first_by_reason[r], &outcome->first_by_reason[r]);
}

void outcome_free(struct outcome *outcome)
{
	if (outcome->packed != NULL)
		outcome->drop_rows(outcome->packed);
	buffer_release(&outcome->rejects);
	mem_free(outcome->first_reject);
	for (int r = 0; r < N_REJECTS; r++)
		mem_free(outcome->first_by_reason[r]);
	mem_free(outcome);
}

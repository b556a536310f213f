#include "io/plain_rows.h"

#include "base/load.h"
#include "io/judge.h"

/* Whether two dates are written alike, by two loads that may overlap; false for lengths that dates
 * seldom have. */
static inline bool same_date(struct text a, struct text b)
{
	return a.length == b.length && a.length >= 8 && a.length <= 16 &&
	       load8(a.at) == load8(b.at) &&
	       load8(a.at + a.length - 8) == load8(b.at + b.length - 8);
}

bool plain_rows_suffice(const struct transactions_settings *settings, const struct binding *binding)
{
	bool has_labels = false;
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
		has_labels |= binding->labels[l] != NO_COLUMN;
	return !binding->is_customers_table && binding->n_cells == 0 && settings->n_wheres == 0 &&
	       binding->amount_factor == NO_COLUMN && !has_labels;
}

/* Exports in the order of time mostly repeat the date before. */
size_t plain_rows(struct record *record, size_t row, size_t end, struct kept_rows *kept, size_t n)
{
	const struct binding *binding = record->binding;
	const struct transactions_settings *settings = record->settings;
	struct text *const *columns = record->batch->csv.columns;
	struct outcome *outcome = record->outcome;
	const int amount_column = binding->role[ROLE_AMOUNT];
	const int order_column = binding->role[ROLE_ORDER];
	const struct text *dates = columns[binding->role[ROLE_DATE]];
	const struct text *customers = columns[binding->role[ROLE_CUSTOMER]];
	const struct text *amounts = amount_column != NO_COLUMN ? columns[amount_column] : NULL;
	const struct text *orders = order_column != NO_COLUMN ? columns[order_column] : NULL;
	struct text date = {NULL, 0};
	int32_t day = 0;
	const size_t start = row;
	for (; row < end; row++, n++) {
		bool other_date = !same_date(dates[row], date);
		if (other_date && (date_read(&settings->dates, dates[row], &day) != DATE_OK ||
					  filter_of_day(settings, day) != N_FILTERS))
			break;
		struct amount amount = {0};
		if (amounts != NULL &&
			amount_read(&settings->amounts, amounts[row], &amount) != AMOUNT_OK)
			break;
		bool is_return = amount.value < 0 && settings->returns != RETURNS_NET;
		if (is_return || customers[row].length == 0 ||
			(orders != NULL && orders[row].length == 0))
			break;
		if (other_date) {
			date = dates[row];
			outcome_note_day(outcome, day);
		}
		if (amount.decimals > outcome->decimals)
			outcome->decimals = amount.decimals;
		kept->days[n] = day;
		kept->amounts[n] = amount.value;
		kept->customers[n] = customers[row];
		if (orders != NULL)
			kept->orders[n] = orders[row];
		kept->is_header[row] = false;
	}
	outcome->counts.rows += (int64_t)(row - start);
	return row - start;
}

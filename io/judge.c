#include "io/judge.h"

#include "base/day.h"
#include "io/customers_table.h"
#include "io/header_again.h"

static bool where_all_hold(const struct record *record, size_t row)
{
	for (size_t w = 0; w < record->settings->n_wheres; w++)
		if (!where_holds(&record->binding->conditions[w],
			    record_cell(record, record->binding->wheres[w], row)))
			return false;
	return true;
}

static enum verdict judge_amount(struct record *record, size_t row, money *amount)
{
	const struct binding *binding = record->binding;
	const struct transactions_settings *settings = record->settings;
	struct amount value = {0}, factor = {0};
	*amount = 0;
	if (binding->role[ROLE_AMOUNT] == NO_COLUMN)
		return VERDICT_KEEP;

	struct text cell = record_cell(record, binding->role[ROLE_AMOUNT], row), other = {0};
	struct buffer words = {0};
	enum amount_status status = amount_read(&settings->amounts, cell, &value);
	if (status == AMOUNT_OK && binding->amount_factor != NO_COLUMN) {
		other = record_cell(record, binding->amount_factor, row);
		status = amount_read(&settings->amounts, other, &factor);
		struct amount product = {0};
		if (status != AMOUNT_OK)
			cell = other;
		else if ((status = amount_product(value, factor, &product)) != AMOUNT_OK)
			amount_explain_product(cell, other, status, &words);
		value = product;
	}
	if (status != AMOUNT_OK) {
		if (words.length == 0)
			amount_explain(&settings->amounts, cell, &words);
		return record_reject(record, REJECT_AMOUNT + (enum reject_reason)status, &words);
	}
	if (value.decimals > record->outcome->decimals)
		record->outcome->decimals = value.decimals;
	*amount = value.value;
	return VERDICT_KEEP;
}

static enum verdict judge_return(struct record *record, money amount)
{
	if (amount >= 0 || record->settings->returns == RETURNS_NET)
		return VERDICT_KEEP;
	if (record->settings->returns == RETURNS_DROP)
		return record_filter(record, FILTER_RETURNS);
	return record_reject_with(record, REJECT_RETURN,
		"a negative amount (--returns net subtracts returns, --returns drop ignores them)");
}

static enum verdict judge_day(
	struct record *record, enum date_status status, struct text cell, int32_t day)
{
	const struct transactions_settings *settings = record->settings;
	if (status != DATE_OK) {
		struct buffer words = {0};
		date_explain(&settings->dates, cell, &words);
		return record_reject(record, REJECT_DATE + (enum reject_reason)status, &words);
	}
	enum filter_reason reason = filter_of_day(settings, day);
	return reason == N_FILTERS ? VERDICT_KEEP : record_filter(record, reason);
}

static enum verdict judge_labels(
	struct record *record, size_t row, struct kept_rows *kept, size_t n)
{
	const struct transactions_settings *settings = record->settings;
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++) {
		if (record->binding->labels[l] == NO_COLUMN)
			continue;
		struct buffer words = {0};
		struct text label = record_cell(record, record->binding->labels[l], row);
		if (settings->judge_label[l] != NULL && !settings->judge_label[l](label, &words))
			return record_reject(record, REJECT_CELL, &words);
		kept->labels[l][n] = label;
	}
	return VERDICT_KEEP;
}

static enum verdict judge_parts(struct record *record, size_t row, enum date_status status,
	int32_t day, struct kept_rows *kept, size_t n)
{
	const struct binding *binding = record->binding;
	struct text date = record_cell(record, binding->role[ROLE_DATE], row);
	if (!where_all_hold(record, row))
		return record_filter(record, FILTER_WHERE);
	enum verdict verdict = judge_day(record, status, date, day);
	if (verdict != VERDICT_KEEP)
		return verdict;
	kept->days[n] = day;
	kept->customers[n] = record_cell(record, binding->role[ROLE_CUSTOMER], row);
	if (kept->customers[n].length == 0)
		return record_reject_empty(record, REJECT_NO_CUSTOMER, ROLE_CUSTOMER, "");
	if (judge_amount(record, row, &kept->amounts[n]) != VERDICT_KEEP)
		return VERDICT_REJECTED;
	if (binding->role[ROLE_ORDER] != NO_COLUMN) {
		kept->orders[n] = record_cell(record, binding->role[ROLE_ORDER], row);
		if (kept->orders[n].length == 0)
			return record_reject_empty(record, REJECT_NO_ORDER, ROLE_ORDER,
				"; --order none makes an order of every row");
	}
	verdict = judge_return(record, kept->amounts[n]);
	return verdict == VERDICT_KEEP ? judge_labels(record, row, kept, n) : verdict;
}

/* It was counted as a row. */
static enum verdict skip_header(struct record *record)
{
	record->outcome->counts.repeated_headers++;
	record->outcome->counts.rows--;
	return VERDICT_HEADER;
}

static enum verdict judge_transaction(
	struct record *record, size_t row, struct kept_rows *kept, size_t n)
{
	struct text date = record_cell(record, record->binding->role[ROLE_DATE], row);
	int32_t day = 0;
	enum date_status status = date_read(&record->settings->dates, date, &day);
	if (status != DATE_OK && is_header_again(record))
		return skip_header(record);
	enum verdict verdict = judge_parts(record, row, status, day, kept, n);
	/* A row that is bad in any way must not move the day that the report speaks of. */
	if (status == DATE_OK && verdict != VERDICT_REJECTED)
		outcome_note_day(record->outcome, day);
	return verdict;
}

static bool judge_as_of(struct record *record, int32_t as_of)
{
	struct outcome *outcome = record->outcome;
	char first[DAY_TEXT_SIZE], other[DAY_TEXT_SIZE];
	if (!outcome->has_as_of) {
		outcome->has_as_of = true;
		outcome->as_of = as_of;
	}
	if (outcome->as_of == as_of)
		return true;
	return error_set(record->err, ERROR_DATA,
		"%s:%lld: as_of %s, but %s in rows before (one table speaks of one day)",
		record->batch->name, (long long)record->line, day_write(as_of, other),
		day_write(outcome->as_of, first));
}

static enum verdict judge_any_row(struct record *record, size_t row, struct text *kept)
{
	struct buffer words = {0};
	if (is_header_as_it_stood(record))
		return skip_header(record);
	if (!where_all_hold(record, row))
		return record_filter(record, FILTER_WHERE);
	for (size_t c = 0; c < record->binding->n_cells; c++)
		kept[c] = record_cell(record, record->binding->cells[c], row);
	if (record->client->judge_cells(record->taker, kept, &words))
		return VERDICT_KEEP;
	return record_reject(record, REJECT_CELL, &words);
}

static enum verdict judge_customers_row(struct record *record, size_t row, struct customer *kept)
{
	const struct binding *binding = record->binding;
	struct text cells[N_CUSTOMERS_COLUMNS];
	struct customers_row read;
	struct buffer words = {0};
	if (is_header_as_it_stood(record))
		return skip_header(record);
	if (!where_all_hold(record, row))
		return record_filter(record, FILTER_WHERE);
	for (int c = 0; c < N_CUSTOMERS_COLUMNS; c++)
		cells[c] = binding->customers[c] < 0
				   ? (struct text){NULL, 0}
				   : record_cell(record, binding->customers[c], row);
	if (!customers_table_row(cells, &read, &words))
		return record_reject(record, REJECT_CUSTOMER, &words);
	if (!judge_as_of(record, read.as_of)) {
		record->outcome->counts.rows--; /* it ends the run and is none of the rows read */
		return VERDICT_REJECTED;
	}
	outcome_note_day(record->outcome, read.customer.first_purchase);
	outcome_note_day(record->outcome, read.customer.last_purchase);
	if (read.has_amounts && record->settings->wishes[ROLE_AMOUNT].need != ROLE_UNUSED)
		record->outcome->has_amounts = true;
	if (read.decimals > record->outcome->decimals)
		record->outcome->decimals = read.decimals;
	*kept = read.customer;
	return VERDICT_KEEP;
}

enum verdict judge_row(struct record *record, size_t row, struct kept_rows *kept, size_t n)
{
	const struct csv_row *r = &record->batch->csv.rows[row];
	size_t n_cells = record->binding->n_cells;
	record_at(record, r->start, r->length, r->line);
	record->outcome->counts.rows++;
	if (n_cells > 0)
		return judge_any_row(record, row, &kept->cells[n * n_cells]);
	if (record->binding->is_customers_table)
		return judge_customers_row(record, row, &kept->rows[n]);
	return judge_transaction(record, row, kept, n);
}

void judge_fault(struct record *record, const struct csv_fault *fault)
{
	record_at(record, fault->start, fault->length, fault->line);
	record->outcome->counts.rows++;
	record_reject_fault(record, fault);
}

/* patron customers: one row per customer, the customer-by-sufficient-statistic table. */
#include "base/day.h"
#include "cmd/command.h"
#include "cmd/customers_charts.h"
#include "cmd/input.h"
#include "cmd/results.h"
#include "io/customers_table.h"

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct input *input = rows;
	const struct customer customer = customers_get(input->customers, row);
	bool no_money = !input->report.has_amounts;
	cells[CUSTOMERS_ID].text = customer.id;
	cells[CUSTOMERS_FIRST_PURCHASE].day = customer.first_purchase;
	cells[CUSTOMERS_LAST_PURCHASE].day = customer.last_purchase;
	cells[CUSTOMERS_ORDERS].count = customer.orders;
	cells[CUSTOMERS_PURCHASE_DAYS].count = customer.purchase_days;
	cells[CUSTOMERS_LOG_GAPS].real = customer.log_gaps;
	cells[CUSTOMERS_LOG_GAPS].empty =
		input->report.is_customers_table && !input->report.has_log_gaps;
	cells[CUSTOMERS_GROSS_REVENUE] =
		(struct cell){.empty = no_money, .money = customer.gross_revenue};
	cells[CUSTOMERS_FIRST_DAY_REVENUE] =
		(struct cell){.empty = no_money, .money = customer.first_day_revenue};
	cells[CUSTOMERS_RETURNS] = (struct cell){.empty = no_money, .money = customer.returns};
	cells[CUSTOMERS_REVENUE] = (struct cell){
		.empty = no_money, .money = customer.gross_revenue - customer.returns};
	cells[CUSTOMERS_AS_OF].day = input->report.as_of;
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	struct customers_watch watch;
	struct input_needs needs = {
		.amount = true,
		.orders = true,
		.customers = CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY,
	};
	if (!results_check(customers_columns, N_CUSTOMERS_COLUMNS, err))
		return false;
	needs.observer = customers_watch_begin(&watch);
	const struct input *input = input_load(paths, n_paths, &needs, err);
	customers_watch_end(&watch, input);
	return input != NULL && input_check_customers(err) &&
	       results_write(customers_columns, N_CUSTOMERS_COLUMNS, fill, input,
		       customers_count(input->customers), input->report.money_decimals, err);
}

static const struct option_group *const groups[] = {
	&transaction_group, &input_group, &output_group};

static const struct command_table tables[] = {
	{"Columns", customers_columns, N_CUSTOMERS_COLUMNS},
};

const struct command customers_command = {
	.name = "customers",
	.summary = "one row per customer: first and last purchase, orders, days, revenue",
	.description =
		"Reads transactions and writes one row per customer, sorted by customer id"
		" (bytewise): the statistics that the other commands compute from. They read this"
		" table wherever they read transactions, so a nightly job may make it once and"
		" share it.\n\n"
		"A purchase is a row with an amount of 0 or more; a negative amount is a return,"
		" which lowers revenue and is never a purchase. Customers with returns only are"
		" in no row; the manifest counts them. With --amount none the money columns stay"
		" empty.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.charts = customers_charts,
	.n_charts = N_CUSTOMERS_CHARTS,
	.examples =
		"patron customers sample-data/*.csv.gz -o customers.csv.gz\n"
		"patron customers sample-data/*.csv.gz --as-of 2024-12-31 --top 10 --by revenue\n"
		"patron customers sample-data/*.csv.gz --where 'channel = web' | patron rfm "
		"--summary",
	.run = run,
};

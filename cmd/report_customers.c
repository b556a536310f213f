/* patron report: what was read, the headline figures, and how long customers stay. */
#include <math.h>
#include <stdio.h>

#include "analytics/proportion.h"
#include "analytics/quantile.h"
#include "analytics/survival.h"
#include "base/mem.h"
#include "cmd/customers_charts.h"
#include "cmd/report_sections.h"
#include "cmd/survival_charts.h"

/* ---- the data ---- */

/* "12 no such day, 3 row too short" */
static const char *list_reasons(struct report *report, bool filtered)
{
	const struct accounting *counts = &report->input->report.counts;
	const int n_reasons = filtered ? (int)N_FILTERS : (int)N_REJECTS;
	struct buffer list = {0};
	for (int i = 0; i < n_reasons; i++) {
		int64_t n = filtered ? counts->filtered[i] : counts->rejected[i];
		const char *name = filtered ? filter_name((enum filter_reason)i)
					    : reject_name((enum reject_reason)i);
		if (n > 0)
			buffer_format(&list, "%s%s %s", list.length > 0 ? ", " : "",
				report_count(report, n), report_word(report, name));
	}
	buffer_byte(&list, '\0');
	const char *words = report_fill(report, "{1}", (const char *const[]){list.bytes, NULL});
	buffer_release(&list);
	return words;
}

enum { COL_FILE, COL_ROWS, COL_BYTES, COL_CRC };

static const struct column file_columns[] = {
	{"file", COLUMN_TEXT, "", "as it was given"},
	{"rows", COLUMN_COUNT, "", "records in it, without the header"},
	{"bytes", COLUMN_COUNT, "", "its size, compressed where it is"},
	{"CRC-32", COLUMN_TEXT, "", "its checksum, to tell it again"},
};

struct file_rows {
	const struct input_file *files;
	char (*crc)[16];
};

static void fill_file(const void *rows, size_t row, struct cell *cells)
{
	const struct file_rows *all = rows;
	const struct input_file *file = &all->files[row];
	cells[COL_FILE].text = text_of(file->name);
	cells[COL_ROWS].count = file->rows;
	cells[COL_BYTES].count = file->bytes;
	cells[COL_CRC].text = text_of(all->crc[row]);
}

static void write_files(struct report *report)
{
	const struct transactions_report *read = &report->input->report;
	struct file_rows rows = {read->files, mem_array(read->n_files, sizeof(*rows.crc))};
	for (size_t i = 0; i < read->n_files; i++)
		snprintf(rows.crc[i], sizeof(rows.crc[i]), "%08x", read->files[i].crc);
	report_table(report, "Files", file_columns, sizeof(file_columns) / sizeof(*file_columns),
		fill_file, &rows, read->n_files);
	mem_free(rows.crc);
}

void report_data(struct report *report)
{
	const struct transactions_report *read = &report->input->report;
	const struct accounting *counts = &read->counts;
	int64_t filtered = accounting_filtered(counts), rejected = accounting_rejected(counts);
	report_section(report, "data", "The data");
	report_say(report,
		"{1} {1|row was|rows were} read, from {2} to {3}, and {4} used. The report speaks"
		" of {5}, and nothing in it depends on the day it was made.",
		(const char *const[]){report_count(report, counts->rows),
			report_day(report, read->first_day), report_day(report, read->last_day),
			report_count(report, counts->used), report_day(report, read->as_of), NULL});
	if (filtered > 0)
		report_say(report, "Filtered out, as the options say: {1} {1|row|rows} ({2}).",
			(const char *const[]){
				report_count(report, filtered), list_reasons(report, true), NULL});
	if (rejected > 0)
		report_say(report, "Rejected as they could not be read: {1} {1|row|rows} ({2}).",
			(const char *const[]){
				report_count(report, rejected), list_reasons(report, false), NULL});
	if (report->input->n_returns_only > 0)
		report_say(report,
			"{1} {1|customer has|customers have} nothing but returns, and no place in"
			" what stands above.",
			(const char *const[]){
				report_count(report, (int64_t)report->input->n_returns_only),
				NULL});
	write_files(report);
}

/* ---- headline figures ---- */

struct headline {
	int64_t customers, active, new_ones, repeaters, orders;
	money_sum revenue, gross;
	double top_share; /* of net revenue; NaN where that is not positive, or customers are few */
};

static double share_of_top(const struct customers *customers, size_t n, money_sum revenue)
{
	double *sorted = mem_array(n, sizeof(*sorted)), top = 0;
	for (size_t i = 0; i < n; i++) {
		const struct customer customer = customers_get(customers, i);
		sorted[i] = money_as_real(customer.gross_revenue - customer.returns);
	}
	sort_reals(sorted, n);
	for (size_t i = n - (n + 9) / 10; i < n; i++)
		top += sorted[i];
	mem_free(sorted);
	return revenue > 0 ? top / money_as_real(revenue) : NAN;
}

static struct headline add_up(const struct report *report)
{
	const struct customers *customers = report->input->customers;
	int32_t as_of = report->input->report.as_of;
	size_t n = customers_count(customers);
	struct headline sum = {.customers = (int64_t)n};
	for (size_t i = 0; i < n; i++) {
		const struct customer customer = customers_get(customers, i);
		sum.active += as_of - customer.last_purchase < REPORT_LOST_DAYS;
		sum.new_ones += as_of - customer.first_purchase < REPORT_LOST_DAYS;
		sum.repeaters += customer.purchase_days > 1;
		sum.orders += customer.orders;
		sum.gross += customer.gross_revenue;
		sum.revenue += customer.gross_revenue - customer.returns;
	}
	sum.top_share = n < 10 ? NAN : share_of_top(customers, n, sum.revenue);
	return sum;
}

void report_headline(struct report *report)
{
	const struct headline sum = add_up(report);
	const char *customers = report_count(report, sum.customers);
	const char *active = report_count(report, sum.active);
	const char *repeat = report_share(report, (double)sum.repeaters, (double)sum.customers);
	const char *revenue = report_money(report, money_as_real(sum.revenue));
	const char *order = report_money(
		report, round(100 * money_as_real(sum.gross) / (double)sum.orders) / 100);
	const char *top = isnan(sum.top_share) ? "-" : report_share(report, sum.top_share, 1);
	const char *days = report_count(report, REPORT_LOST_DAYS);
	double n = (double)sum.customers, all = money_as_real(sum.revenue);
	double each = money_as_real(sum.gross) / (double)sum.orders;
	const struct report_figure figures[] = {
		{"customers", customers, n},
		{"active in the last 90 days", active, (double)sum.active},
		{"new in the last 90 days", report_count(report, sum.new_ones),
			(double)sum.new_ones},
		{"repeat rate", repeat, (double)sum.repeaters / n},
		{"net revenue", revenue, all},
		{"average order", order, each},
		{"revenue of the top tenth", top, sum.top_share},
	};
	report_section(report, "headline", "Headline figures");
	report_figures(report, figures, sizeof(figures) / sizeof(*figures));
	report_say(report,
		"Of {1} {1|customer|customers}, {2} ({3}) bought in the last {4} days, {5} of them "
		"for the first"
		" time. {6} of all customers have bought on more than one day.",
		(const char *const[]){customers, active,
			report_share(report, (double)sum.active, (double)sum.customers), days,
			report_count(report, sum.new_ones), repeat, NULL});
	report_say(report,
		"They brought {1}, returns subtracted; an order is worth {2} on average before"
		" returns.",
		(const char *const[]){revenue, order, NULL});
	if (report_short_days(report) > 0)
		report_say(report,
			"The data go back {1} {1|day|days} only: who is active or new they cannot"
			" tell yet.",
			(const char *const[]){
				report_count(report, report_short_days(report)), NULL});
	if (!isnan(sum.top_share))
		report_say(report,
			"The tenth of the customers with the most revenue brought {1} of it.",
			(const char *const[]){top, NULL});
	customers_charts_draw(
		report->months, report->first_day, report->n_customers, report->input);
	report_charts(report);
}

/* ---- how long customers stay ---- */

static const struct survival_point *point_at(const struct survival_curve *curve, double time)
{
	const struct survival_point *point = NULL;
	for (size_t i = 0; i < curve->n_points && curve->points[i].time <= time; i++)
		point = &curve->points[i];
	return point;
}

enum { COL_DAYS, COL_SURVIVAL, COL_LOW, COL_HIGH, N_CURVE_COLUMNS };
enum { CURVE_STEP = 90 };

static const struct column curve_columns[N_CURVE_COLUMNS] = {
	{"days", COLUMN_COUNT, "", "after the first purchase"},
	{"still customers, %", COLUMN_REAL, "", "not lost up to then"},
	{"low, %", COLUMN_REAL, "", "its interval, 95%"},
	{"high, %", COLUMN_REAL, "", "the upper end"},
};

static void fill_curve(const void *rows, size_t row, struct cell *cells)
{
	int64_t days = CURVE_STEP * (int64_t)(row + 1);
	const struct survival_point *point = point_at(rows, (double)days);
	cells[COL_DAYS].count = days;
	cells[COL_SURVIVAL].real = point != NULL ? 100 * point->survival : 100;
	cells[COL_LOW] = real_cell(point != NULL ? 100 * point->interval.low : NAN);
	cells[COL_HIGH] = real_cell(point != NULL ? 100 * point->interval.high : NAN);
}

static void tell_median(struct report *report, const struct survival_curve *curve)
{
	if (isnan(curve->median))
		report_say(report,
			"Fewer than half of the customers are known to be lost, so that"
			" the median is not known yet.",
			(const char *const[]){NULL});
	else
		report_say(report,
			"Half of the customers are lost {1} {1|day|days} after their first "
			"purchase.",
			(const char *const[]){report_real(report, curve->median, 6), NULL});
}

static void show_curve(struct report *report, const struct survival *survival)
{
	const struct survival_curve *curve = &survival->curves[0];
	double last = curve->points[curve->n_points - 1].time;
	const struct survival_point *year = last >= 365 ? point_at(curve, 365) : NULL;
	tell_median(report, curve);
	if (year != NULL)
		report_say(report, "After a year {1} are still customers.",
			(const char *const[]){report_share(report, year->survival, 1), NULL});
	survival_charts_draw(survival, (const struct text[]){TEXT("all customers")},
		"days after the first purchase");
	report_charts(report);
	report_table(report, "Still customers", curve_columns, N_CURVE_COLUMNS, fill_curve, curve,
		(size_t)last / CURVE_STEP);
}

void report_survival(struct report *report)
{
	const struct customers *customers = report->input->customers;
	size_t n = customers_count(customers);
	double *time = mem_array(n, sizeof(*time));
	bool *event = mem_array(n, sizeof(*event));
	for (size_t i = 0; i < n; i++) {
		const struct customer customer = customers_get(customers, i);
		struct lifetime life = lifetime_of(customer.first_purchase, customer.last_purchase,
			report->input->report.as_of, REPORT_LOST_DAYS);
		time[i] = life.days;
		event[i] = life.lost;
	}
	const struct survival_data data = {
		.time = time, .event = event, .n_rows = n, .n_groups = 1};
	struct survival survival;
	report_section(report, "survival", "How long customers stay");
	report_say(report,
		"A customer counts as lost {1} days after the last purchase. The curve (Kaplan and"
		" Meier) takes into account that of many customers the end is not known yet.",
		(const char *const[]){report_count(report, REPORT_LOST_DAYS), NULL});
	if (survival_fit(&survival, &data, SURVIVAL_LOG, normal_deviate(.95)) == SURVIVAL_OK) {
		if (survival.curves[0].events > 0) {
			show_curve(report, &survival);
		} else {
			report_say(report,
				"No customer is lost by this rule yet: the data are too short.",
				(const char *const[]){NULL});
		}
		survival_release(&survival);
	}
	mem_free(time);
	mem_free(event);
}

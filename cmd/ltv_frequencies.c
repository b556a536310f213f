/* patron ltv --frequencies: repeat purchases of customers, what was and what the model expects. */
#include "analytics/ltv_frequencies.h"

#include <stdio.h>

#include "base/text.h"
#include "cmd/input.h"
#include "cmd/ltv_charts.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

const struct column ltv_frequency_columns[N_LTV_FREQUENCY_COLUMNS] = {
	{"model", COLUMN_TEXT, "", "that was fitted"},
	{"repeats", COLUMN_TEXT, "",
		"purchases after the first, up to the end of the fit: 0 to 6 and 7+"},
	{"actual", COLUMN_COUNT, "customers", "who made so many"},
	{"expected", COLUMN_REAL, "customers",
		"the model's, knowing of each customer only the day of its first purchase"},
	{"actual_pct", COLUMN_REAL, "%", "of all customers"},
	{"expected_pct", COLUMN_REAL, "%", ""},
};

struct view {
	const char *model;
	double customers;
	struct ltv_frequency by_x[LTV_FREQUENCIES];
	char names[LTV_FREQUENCIES][LTV_FREQUENCY_NAME_SIZE];
};

void ltv_name_frequency(char name[LTV_FREQUENCY_NAME_SIZE], int x, int n)
{
	snprintf(name, LTV_FREQUENCY_NAME_SIZE, "%d%s", x, x + 1 == n ? "+" : "");
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct view *view = rows;
	const struct ltv_frequency *frequency = &view->by_x[row];
	cells[0].text = text_of(view->model);
	cells[1].text = text_of(view->names[row]);
	cells[2].count = (int64_t)frequency->actual;
	cells[3].real = frequency->expected;
	cells[4].real = 100 * frequency->actual / view->customers;
	cells[5].real = 100 * frequency->expected / view->customers;
}

bool ltv_write_frequencies(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err)
{
	const struct ltv_model *model = &estimate->fit.model;
	struct view view = {
		.model = ltv_family_name(model->family), .customers = base->rows.customers};
	for (int x = 0; x < LTV_FREQUENCIES; x++)
		ltv_name_frequency(view.names[x], x, LTV_FREQUENCIES);
	ltv_count_frequencies(view.by_x, &base->rows, model, input_threads());
	ltv_charts_draw_frequencies(view.by_x);
	return results_write(ltv_frequency_columns, N_LTV_FREQUENCY_COLUMNS, fill, &view,
		LTV_FREQUENCIES, 0, err);
}

/* patron ltv --holdout-from: fitted before a day, judged after it. */
#include <math.h>
#include <stdio.h>

#include "analytics/holdout.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/input.h"
#include "cmd/ltv_charts.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

const struct column ltv_holdout_columns[N_LTV_HOLDOUT_COLUMNS] = {
	{"model", COLUMN_TEXT, "", "whose forecast is judged"},
	{"measure", COLUMN_TEXT, "",
		"mae, rmse: mean absolute and root mean squared error, a customer; bias: expected /"
		" actual - 1; msle: mean of (ln(1 + actual) - ln(1 + expected))^2; lift: of each"
		" tenth of the customers, those first of whom most was expected; frequency: by"
		" repeat purchases before the holdout"},
	{"group", COLUMN_TEXT, "", "all; 1 to 10 of lift; 0 to 6 and 7+ of frequency"},
	{"customers", COLUMN_COUNT, "customers", "in the group"},
	{"actual", COLUMN_COUNT, "orders", "repeat purchases in the holdout"},
	{"expected", COLUMN_REAL, "orders", "what was expected of them"},
	{"actual_mean", COLUMN_REAL, "orders", "the same a customer"},
	{"expected_mean", COLUMN_REAL, "orders", ""},
	{"value", COLUMN_REAL, "",
		"of the measure; of lift: actual_mean over that of all, 1 being no better than"
		" chance"},
};

void ltv_judge(struct holdout *holdout, const struct ltv_base *base, const struct ltv_model *model)
{
	const struct ltv_outlook outlook = {
		.horizon = (base->input->report.as_of - base->as_of) / ltv_unit_days(base->unit),
		.order_factor = 1,
		.dropout_factor = 1,
	};
	struct ltv_score *scores = mem_array(base->rows.n_rows, sizeof(*scores));
	double *expected = mem_array(base->n, sizeof(*expected));
	ltv_score(model, &base->rows, &outlook, input_threads(), scores);
	for (size_t i = 0; i < base->n; i++)
		expected[i] = scores[base->rows.row_of[i]].orders.expected;
	holdout_measure(holdout, base->later, expected, base->x, base->n);
	mem_free(scores);
	mem_free(expected);
}

enum { N_MEASURES = 4, GROUP_SIZE = 8 };

struct view {
	const char *model;
	struct holdout holdout;
	char tenths[TENTHS][GROUP_SIZE];
	char frequencies[HOLDOUT_FREQUENCIES][LTV_FREQUENCY_NAME_SIZE];
};

static void fill_group(const struct holdout_group *group, double value, struct cell *cells)
{
	cells[3].count = (int64_t)group->customers;
	cells[4].count = (int64_t)group->actual;
	cells[5].real = group->expected;
	cells[6] = real_cell(group->customers > 0 ? group->actual / group->customers : NAN);
	cells[7] = real_cell(group->customers > 0 ? group->expected / group->customers : NAN);
	cells[8] = real_cell(isfinite(value) ? value : NAN);
}

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct view *view = rows;
	const struct holdout *holdout = &view->holdout;
	const struct {
		const char *name;
		double value;
	} measures[N_MEASURES] = {{"mae", holdout->mae}, {"rmse", holdout->rmse},
		{"bias", holdout->bias}, {"msle", holdout->msle}};
	cells[0].text = text_of(view->model);
	if (row < N_MEASURES) {
		cells[1].text = text_of(measures[row].name);
		cells[2].text = TEXT("all");
		fill_group(&holdout->all, measures[row].value, cells);
		return;
	}
	row -= N_MEASURES;
	if (row < TENTHS) {
		cells[1].text = TEXT("lift");
		cells[2].text = text_of(view->tenths[row]);
		fill_group(&holdout->tenths[row], holdout_lift(holdout, row), cells);
		return;
	}
	row -= TENTHS;
	cells[1].text = TEXT("frequency");
	cells[2].text = text_of(view->frequencies[row]);
	fill_group(&holdout->by_frequency[row], NAN, cells);
}

bool ltv_write_holdout(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err)
{
	struct view view = {.model = ltv_family_name(estimate->fit.model.family)};
	for (int i = 0; i < TENTHS; i++)
		snprintf(view.tenths[i], GROUP_SIZE, "%d", i + 1);
	for (int i = 0; i < HOLDOUT_FREQUENCIES; i++)
		ltv_name_frequency(view.frequencies[i], i, HOLDOUT_FREQUENCIES);
	ltv_judge(&view.holdout, base, &estimate->fit.model);
	ltv_charts_draw_holdout(&view.holdout);
	return results_write(ltv_holdout_columns, N_LTV_HOLDOUT_COLUMNS, fill, &view,
		N_MEASURES + TENTHS + HOLDOUT_FREQUENCIES, 0, err);
}

/* patron ltv --what-if: what clv would be if, from now on, customers spent, ordered or stayed more.
 */
#include "analytics/tenths.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/input.h"
#include "cmd/ltv_scores.h"
#include "cmd/ltv_tables.h"
#include "cmd/results.h"

const struct column ltv_what_if_columns[N_LTV_WHAT_IF_COLUMNS] = {
	{"tier", COLUMN_TEXT, "",
		"1 to 10, tenths of the customers by clv, the highest first; all"},
	{"customers", COLUMN_COUNT, "customers", "in it"},
	{"clv", COLUMN_REAL, "currency", "of all of them, as things are"},
	{"clv_after", COLUMN_REAL, "currency", "as things would be"},
	{"change_pct", COLUMN_REAL, "%", "100 (clv_after / clv - 1); empty where clv is 0"},
};

enum { TIER_NAME_SIZE = 4 };

struct tier {
	char name[TIER_NAME_SIZE];
	size_t customers;
	double clv, after;
};

static void fill(const void *rows, size_t row, struct cell *cells)
{
	const struct tier *tier = &((const struct tier *)rows)[row];
	cells[0].text = text_of(tier->name);
	cells[1].count = (int64_t)tier->customers;
	cells[2].real = tier->clv;
	cells[3].real = tier->after;
	cells[4] = real_cell(tier->clv > 0 ? 100 * (tier->after / tier->clv - 1) : NAN);
}

/* The last is all. */
static void add_up(struct tier tiers[TENTHS + 1], const double *clv, const double *after, size_t n)
{
	size_t *order = mem_array(n, sizeof(*order));
	tenths_order(order, clv, n);
	struct tier *all = &tiers[TENTHS];
	*all = (struct tier){.name = "all"};
	for (size_t t = 0, i = 0; t < TENTHS; t++) {
		struct tier *tier = &tiers[t];
		*tier = (struct tier){.customers = tenths_end(t, n) - i};
		snprintf(tier->name, TIER_NAME_SIZE, "%zu", t + 1);
		for (; i < tenths_end(t, n); i++) {
			tier->clv += clv[order[i]];
			tier->after += after[order[i]];
		}
		all->customers += tier->customers;
		all->clv += tier->clv;
		all->after += tier->after;
	}
	mem_free(order);
}

bool ltv_write_what_if(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err)
{
	struct ltv_scores scores = {0};
	struct tier tiers[TENTHS + 1];
	struct ltv_outlook outlook = ltv_outlook_of(asked, base->unit);
	outlook.order_factor = asked->order_factor;
	outlook.dropout_factor = asked->dropout_factor;
	if (!ltv_scores_init(&scores, base, base, estimate, asked, err)) {
		ltv_scores_release(&scores);
		return false;
	}
	struct ltv_score *changed = mem_array(base->rows.n_rows, sizeof(*changed));
	double *clv = mem_array(base->n, sizeof(*clv)), *after = mem_array(base->n, sizeof(*after));
	ltv_score(&estimate->fit.model, &base->rows, &outlook, input_threads(), changed);
	for (size_t i = 0; i < base->n; i++) {
		clv[i] = ltv_scores_of(&scores, i).clv;
		after[i] = asked->spend_factor * ltv_scores_what_if(&scores, i, changed).clv;
	}
	add_up(tiers, clv, after, base->n);
	mem_free(changed);
	mem_free(clv);
	mem_free(after);
	ltv_scores_release(&scores);
	return results_write(
		ltv_what_if_columns, N_LTV_WHAT_IF_COLUMNS, fill, tiers, TENTHS + 1, 0, err);
}

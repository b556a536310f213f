#include "cmd/ltv_scores.h"

#include <math.h>

#include "analytics/proportion.h"
#include "base/mem.h"
#include "cmd/input.h"
#include "cmd/message.h"

/* ---- the bootstrap ---- */

static bool draw(struct ltv_scores *scores, const struct ltv_base *fitted,
	const struct ltv_asked *asked, const struct ltv_outlook *outlook, struct error *err)
{
	const struct ltv_base *base = scores->base;
	struct gamma_gamma_rows spend;
	struct ltv_draws draws;
	size_t wanted = (size_t)asked->draws;
	if (scores->has_money && scores->estimate->spend.status == GAMMA_GAMMA_ALL_EQUAL)
		return error_set(err, ERROR_NUMBERS,
			"--ci bootstrap: every customer spends the same, so that spend cannot be"
			" fitted again (--ci delta, or --amount none)");
	gamma_gamma_rows_group(&spend, fitted->x, fitted->spend, fitted->n);
	ltv_bootstrap(&draws, wanted, (uint64_t)asked->seed, &scores->estimate->fit, &fitted->rows,
		scores->has_money ? &spend : NULL, input_threads());
	gamma_gamma_rows_release(&spend);
	size_t n = draws.n;
	if (n >= 2) {
		scores->drawn = mem_array(base->n, sizeof(*scores->drawn));
		ltv_draw_ranges(&draws, &base->rows, outlook, base->x, base->spend, base->n,
			asked->confidence, input_threads(), scores->drawn);
	}
	ltv_draws_release(&draws);
	if (n < 2)
		return error_set(err, ERROR_NUMBERS,
			"--ci bootstrap: %zu of %zu draws could be fitted (more draws or"
			" customers, or --ci delta)",
			n, wanted);
	if (n < wanted)
		message_warning("--ci bootstrap: %zu of %zu draws could not be fitted and are left"
				" out",
			wanted - n, wanted);
	return true;
}

/* ---- scores ---- */

static bool is_endless(const struct ltv_score *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(rows[i].orders.expected))
			return true;
	return false;
}

bool ltv_scores_init(struct ltv_scores *scores, const struct ltv_base *base,
	const struct ltv_base *fitted, const struct ltv_estimate *estimate,
	const struct ltv_asked *asked, struct error *err)
{
	struct ltv_outlook outlook = ltv_outlook_of(asked, base->unit);
	size_t n_rows = base->rows.n_rows;
	*scores = (struct ltv_scores){
		.base = base,
		.estimate = estimate,
		.has_money = base->has_amounts && estimate->has_spend,
		.kept = asked->net_of_returns ? 1 - estimate->return_rate : 1,
		.z = normal_deviate(asked->confidence),
		.rows = mem_array(n_rows, sizeof(*scores->rows)),
	};
	ltv_score(&estimate->fit.model, &base->rows, &outlook, input_threads(), scores->rows);
	scores->endless = is_endless(scores->rows, n_rows);
	if (asked->ranges == LTV_BOOTSTRAP)
		return draw(scores, fitted, asked, &outlook, err);
	if (asked->ranges == LTV_DELTA) {
		scores->errors = mem_array(n_rows, sizeof(*scores->errors));
		ltv_score_errors(
			&estimate->fit, &base->rows, &outlook, input_threads(), scores->errors);
	}
	return true;
}

static double margin_of(const struct ltv_base *base, size_t i)
{
	return base->margin != NULL ? base->margin[i] : base->mean_margin;
}

/* For x repeat purchases that say nothing of spend, as for none. */
static int32_t spend_count(const struct ltv_base *base, size_t i)
{
	return ltv_base_has_spend(base, i) ? base->x[i] : 0;
}

static double order_value(const struct ltv_scores *scores, size_t i)
{
	const struct ltv_base *base = scores->base;
	if (!scores->has_money)
		return NAN;
	return scores->kept * gamma_gamma_expected(&scores->estimate->spend.model,
				      spend_count(base, i), base->spend[i]);
}

static double limited(double value)
{
	return isfinite(value) ? value : NAN;
}

struct ltv_figures ltv_scores_what_if(
	const struct ltv_scores *scores, size_t i, const struct ltv_score *rows)
{
	const struct ltv_score *score = &rows[scores->base->rows.row_of[i]];
	double value = order_value(scores, i);
	return (struct ltv_figures){
		.p_alive = score->p_alive,
		.expected_orders = limited(score->orders.expected),
		.order_value = value,
		.revenue = limited(score->orders.expected * value),
		.clv = margin_of(scores->base, i) * score->orders.discounted * value,
	};
}

struct ltv_figures ltv_scores_of(const struct ltv_scores *scores, size_t i)
{
	return ltv_scores_what_if(scores, i, scores->rows);
}

/* ---- intervals ---- */

static struct ltv_range delta_range(const struct ltv_scores *scores, size_t i)
{
	const struct ltv_base *base = scores->base;
	uint32_t row = base->rows.row_of[i];
	const struct gamma_gamma_fit *spend = &scores->estimate->spend;
	double value = 0, log_error = 0;
	if (scores->has_money) {
		value = gamma_gamma_expected(&spend->model, spend_count(base, i), base->spend[i]);
		log_error =
			gamma_gamma_expected_log_error(spend, spend_count(base, i), base->spend[i]);
	}
	return ltv_delta_range(
		&scores->rows[row], &scores->errors[row], value, log_error, scores->z);
}

static void multiply(struct ltv_interval *interval, double factor)
{
	interval->low = limited(interval->low * factor);
	interval->high = limited(interval->high * factor);
}

struct ltv_range ltv_scores_range(const struct ltv_scores *scores, size_t i)
{
	struct ltv_range range = scores->drawn != NULL ? scores->drawn[i] : delta_range(scores, i);
	double kept = scores->has_money ? scores->kept : NAN;
	multiply(&range.expected_orders, 1);
	multiply(&range.order_value, kept);
	multiply(&range.revenue, kept);
	multiply(&range.clv, kept * margin_of(scores->base, i));
	return range;
}

void ltv_scores_release(struct ltv_scores *scores)
{
	mem_free(scores->rows);
	mem_free(scores->errors);
	mem_free(scores->drawn);
	*scores = (struct ltv_scores){0};
}

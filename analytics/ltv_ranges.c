#include "analytics/ltv_ranges.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "analytics/cholesky.h"
#include "analytics/chunks.h"
#include "analytics/quantile.h"
#include "analytics/random.h"
#include "base/mem.h"

/* Axes of the parameters' covariance, one standard error long: covariance = axes axes'. */
struct axes {
	size_t n;
	double axis[LTV_PARAMETERS][LTV_PARAMETERS]; /* [axis][parameter] */
};

static void set_axes(struct axes *axes, const struct ltv_fit *fit)
{
	size_t free[LTV_PARAMETERS] = {0}, n = 0;
	double factors[LTV_PARAMETERS * LTV_PARAMETERS];
	for (size_t i = 0; i < LTV_PARAMETERS; i++)
		if (ltv_parameter_has_error(fit, i))
			free[n++] = i;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			factors[i * n + j] = fit->log_covariance[free[i]][free[j]];
	*axes = (struct axes){.n = cholesky_factor(factors, n, 0)};
	for (size_t j = 0; j < axes->n; j++)
		for (size_t i = j; i < n; i++)
			axes->axis[j][free[i]] =
				(i == j ? 1 : factors[i * n + j]) * sqrt(factors[j * n + j]);
}

static struct ltv_model moved_along(
	const struct ltv_model *model, const double *axis, double distance)
{
	struct ltv_model moved = *model;
	for (size_t i = 0; i < LTV_PARAMETERS; i++)
		moved.parameters[i] *= exp(distance * axis[i]);
	return moved;
}

static double logit_change(double below, double above)
{
	if (below <= 0 || below >= 1 || above <= 0 || above >= 1)
		return 0;
	return log(above / (1 - above)) - log(below / (1 - below));
}

static double log_change(double below, double above)
{
	return below > 0 && above > 0 && isfinite(below) && isfinite(above) ? log(above / below)
									    : 0;
}

void ltv_score_errors(const struct ltv_fit *fit, const struct ltv_rows *rows,
	const struct ltv_outlook *outlook, unsigned threads, struct ltv_score_error *errors)
{
	const double step = .02; /* standard errors */
	struct axes axes;
	set_axes(&axes, fit);
	struct ltv_score *below = mem_array(rows->n_rows, 2 * sizeof(*below));
	struct ltv_score *above = below + rows->n_rows;
	memset(errors, 0, rows->n_rows * sizeof(*errors));
	for (size_t j = 0; j < axes.n; j++) {
		struct ltv_model low = moved_along(&fit->model, axes.axis[j], -step);
		struct ltv_model high = moved_along(&fit->model, axes.axis[j], step);
		ltv_score(&low, rows, outlook, threads, below);
		ltv_score(&high, rows, outlook, threads, above);
		for (size_t i = 0; i < rows->n_rows; i++) {
			double alive = logit_change(below[i].p_alive, above[i].p_alive);
			double expected =
				log_change(below[i].orders.expected, above[i].orders.expected);
			double discounted =
				log_change(below[i].orders.discounted, above[i].orders.discounted);
			errors[i].logit_alive += alive * alive;
			errors[i].log_expected += expected * expected;
			errors[i].log_discounted += discounted * discounted;
		}
	}
	for (size_t i = 0; i < rows->n_rows; i++) {
		errors[i].logit_alive = sqrt(errors[i].logit_alive) / (2 * step);
		errors[i].log_expected = sqrt(errors[i].log_expected) / (2 * step);
		errors[i].log_discounted = sqrt(errors[i].log_discounted) / (2 * step);
	}
	mem_free(below);
}

static struct ltv_interval around_log(double value, double reach)
{
	return (struct ltv_interval){value * exp(-reach), value * exp(reach)};
}

static struct ltv_interval around_logit(double p, double reach)
{
	if (p <= 0 || p >= 1)
		return (struct ltv_interval){p, p};
	double odds = p / (1 - p);
	return (struct ltv_interval){1 / (1 + exp(reach) / odds), 1 / (1 + exp(-reach) / odds)};
}

struct ltv_range ltv_delta_range(const struct ltv_score *score, const struct ltv_score_error *error,
	double value, double log_value_error, double z)
{
	const struct ltv_orders *orders = &score->orders;
	struct ltv_range range = {
		.p_alive = around_logit(score->p_alive, z * error->logit_alive),
		.expected_orders = around_log(orders->expected, z * error->log_expected),
	};
	if (value <= 0)
		return range;
	range.order_value = around_log(value, z * log_value_error);
	range.revenue = around_log(
		orders->expected * value, z * hypot(error->log_expected, log_value_error));
	range.clv = around_log(
		orders->discounted * value, z * hypot(error->log_discounted, log_value_error));
	return range;
}

/* Draws as many customers as there are, with replacement: how often each row. owner says whose row
 * the i-th customer is, in the order of the rows. */
static void resample(
	double *weight, size_t n_rows, const uint32_t *owner, size_t n, struct random *random)
{
	memset(weight, 0, n_rows * sizeof(*weight));
	for (size_t i = 0; i < n; i++)
		weight[owner[random_below(random, n)]]++;
}

static uint32_t *owners(const double *weight, size_t n_rows, size_t *n)
{
	double customers = 0;
	for (size_t i = 0; i < n_rows; i++)
		customers += weight[i];
	uint32_t *owner = mem_array((size_t)customers, sizeof(*owner));
	*n = 0;
	for (size_t i = 0; i < n_rows; i++)
		for (double k = 0; k < weight[i]; k++)
			owner[(*n)++] = (uint32_t)i;
	return owner;
}

/* From the fit; when that does not end well, from scratch. */
static bool refit(struct ltv_model *model, const struct ltv_fit *fit, const struct ltv_rows *rows,
	unsigned threads)
{
	struct ltv_fit again;
	if (ltv_fit_again(&again, rows, fit, threads) != LTV_FIT_OK)
		ltv_fit(&again, rows, fit->model.family, fit->model.k, threads);
	*model = again.model;
	return again.status == LTV_FIT_OK;
}

static bool refit_spend(
	struct gamma_gamma *model, const struct gamma_gamma_rows *rows, unsigned threads)
{
	struct gamma_gamma_fit fit;
	enum gamma_gamma_status status = gamma_gamma_fit(&fit, rows, threads);
	*model = fit.model;
	return status == GAMMA_GAMMA_OK;
}

void ltv_bootstrap(struct ltv_draws *draws, size_t n, uint64_t seed, const struct ltv_fit *fit,
	const struct ltv_rows *rows, const struct gamma_gamma_rows *spend_rows, unsigned threads)
{
	*draws = (struct ltv_draws){.models = mem_array(n, sizeof(*draws->models)),
		.spend = spend_rows != NULL ? mem_array(n, sizeof(*draws->spend)) : NULL};
	size_t n_customers, n_spenders = 0;
	uint32_t *owner = owners(rows->weight, rows->n_rows, &n_customers);
	uint32_t *spender = spend_rows == NULL
				    ? NULL
				    : owners(spend_rows->weight, spend_rows->n_rows, &n_spenders);
	size_t most = spend_rows != NULL && spend_rows->n_rows > rows->n_rows ? spend_rows->n_rows
									      : rows->n_rows;
	double *weight = mem_array(most, sizeof(*weight));
	for (size_t draw = 0; draw < n; draw++) {
		struct random random = random_stream(seed, draw);
		struct ltv_rows resampled;
		resample(weight, rows->n_rows, owner, n_customers, &random);
		ltv_rows_reweigh(&resampled, rows, weight);
		bool good = refit(&draws->models[draws->n], fit, &resampled, threads);
		ltv_rows_release(&resampled);
		if (good && spend_rows != NULL) {
			struct gamma_gamma_rows spenders;
			resample(weight, spend_rows->n_rows, spender, n_spenders, &random);
			gamma_gamma_rows_reweigh(&spenders, spend_rows, weight);
			good = refit_spend(&draws->spend[draws->n], &spenders, threads);
			gamma_gamma_rows_release(&spenders);
		}
		draws->n += good;
	}
	mem_free(weight);
	mem_free(owner);
	mem_free(spender);
}

void ltv_draws_release(struct ltv_draws *draws)
{
	mem_free(draws->models);
	mem_free(draws->spend);
	*draws = (struct ltv_draws){0};
}

/* Customers in the order of their rows: those of row i are order[start[i]..start[i + 1]). */
struct by_row {
	uint32_t *start, *order;
};

static struct by_row sort_by_row(const struct ltv_rows *rows, size_t n)
{
	struct by_row by_row = {
		mem_zeroed(rows->n_rows + 2, sizeof(uint32_t)), mem_array(n, sizeof(uint32_t))};
	uint32_t *next = by_row.start + 1; /* one ahead, so that it ends as the starts */
	for (size_t i = 0; i < n; i++)
		next[rows->row_of[i] + 1]++;
	for (size_t row = 1; row <= rows->n_rows; row++)
		next[row] += next[row - 1];
	for (size_t i = 0; i < n; i++)
		by_row.order[next[rows->row_of[i]]++] = (uint32_t)i;
	return by_row;
}

/* A stretch of the rows, scored under every draw. */
struct stretch {
	const struct ltv_draws *draws;
	const struct by_row *by_row;
	const int32_t *x;
	const double *spend;
	size_t first_row, n_rows;
	const struct ltv_score *scores; /* [draw][row of the stretch] */
	size_t tail;                    /* of TAIL_PARTS, on either side */
	struct ltv_range *ranges;
};

enum { TAIL_PARTS = 1000000 };
static const double beyond_all = 1e300;

/* Orders for ever may be infinite; between them and others there is nothing to interpolate. */
static double finite_or_infinite(double quantile)
{
	return quantile < beyond_all ? quantile : INFINITY;
}

static struct ltv_interval percentiles(const struct stretch *stretch, double *values)
{
	size_t n = stretch->draws->n;
	for (size_t d = 0; d < n; d++)
		values[d] = fmin(values[d], beyond_all * 1e6);
	sort_reals(values, n);
	return (struct ltv_interval){
		finite_or_infinite(quantile(values, n, stretch->tail, TAIL_PARTS)),
		finite_or_infinite(quantile(values, n, TAIL_PARTS - stretch->tail, TAIL_PARTS))};
}

/* The ranges of a row without amounts; values has room for one a draw. */
static struct ltv_range range_of_row(const struct stretch *stretch, size_t row, double *values)
{
	struct ltv_range range = {0};
	for (size_t d = 0; d < stretch->draws->n; d++)
		values[d] = stretch->scores[d * stretch->n_rows + row].p_alive;
	range.p_alive = percentiles(stretch, values);
	for (size_t d = 0; d < stretch->draws->n; d++)
		values[d] = stretch->scores[d * stretch->n_rows + row].orders.expected;
	range.expected_orders = percentiles(stretch, values);
	return range;
}

static void add_amounts(struct ltv_range *range, const struct stretch *stretch, size_t row,
	size_t customer, double *values)
{
	size_t n = stretch->draws->n;
	double *value = values + n;
	for (size_t d = 0; d < n; d++)
		value[d] = gamma_gamma_expected(&stretch->draws->spend[d],
			stretch->spend[customer] > 0 ? stretch->x[customer] : 0,
			stretch->spend[customer]);
	memcpy(values, value, n * sizeof(*values));
	range->order_value = percentiles(stretch, values);
	for (size_t d = 0; d < n; d++)
		values[d] = value[d] * stretch->scores[d * stretch->n_rows + row].orders.expected;
	range->revenue = percentiles(stretch, values);
	for (size_t d = 0; d < n; d++)
		values[d] = value[d] * stretch->scores[d * stretch->n_rows + row].orders.discounted;
	range->clv = percentiles(stretch, values);
}

static void range_rows(void *context, size_t chunk, size_t from, size_t to)
{
	(void)chunk;
	const struct stretch *stretch = context;
	const struct by_row *by_row = stretch->by_row;
	double *values = mem_array(stretch->draws->n, 2 * sizeof(*values));
	for (size_t row = from; row < to; row++) {
		struct ltv_range shared = range_of_row(stretch, row, values);
		size_t at = stretch->first_row + row;
		for (uint32_t k = by_row->start[at]; k < by_row->start[at + 1]; k++) {
			size_t customer = by_row->order[k];
			stretch->ranges[customer] = shared;
			if (stretch->draws->spend != NULL)
				add_amounts(
					&stretch->ranges[customer], stretch, row, customer, values);
		}
	}
	mem_free(values);
}

enum { STRETCH_BYTES = 64 << 20 };

void ltv_draw_ranges(const struct ltv_draws *draws, const struct ltv_rows *rows,
	const struct ltv_outlook *outlook, const int32_t *x, const double *spend, size_t n,
	double confidence, unsigned threads, struct ltv_range *ranges)
{
	assert(draws->n >= 2 && n == rows->n_customers);
	struct by_row by_row = sort_by_row(rows, n);
	size_t most = STRETCH_BYTES / (draws->n * sizeof(struct ltv_score)) + 1;
	if (most > rows->n_rows)
		most = rows->n_rows;
	struct ltv_score *scores = mem_array(most * draws->n, sizeof(*scores));
	double *weight = mem_array(rows->n_rows, sizeof(*weight));
	for (size_t first = 0; first < rows->n_rows; first += most) {
		size_t count = rows->n_rows - first < most ? rows->n_rows - first : most;
		memset(weight, 0, rows->n_rows * sizeof(*weight));
		for (size_t i = first; i < first + count; i++)
			weight[i] = rows->weight[i];
		struct ltv_rows part;
		ltv_rows_reweigh(&part, rows, weight);
		for (size_t d = 0; d < draws->n; d++)
			ltv_score(&draws->models[d], &part, outlook, threads, scores + d * count);
		ltv_rows_release(&part);
		struct stretch stretch = {draws, &by_row, x, spend, first, count, scores,
			(size_t)llround((1 - confidence) / 2 * TAIL_PARTS), ranges};
		chunks_run(range_rows, &stretch, count, threads);
	}
	mem_free(by_row.start);
	mem_free(by_row.order);
	mem_free(scores);
	mem_free(weight);
}

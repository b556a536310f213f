#include "analytics/ltv_model.h"

#include <math.h>

#include "analytics/bgnbd.h"
#include "analytics/chunks.h"
#include "analytics/nbd.h"
#include "analytics/pnbd.h"
#include "base/mem.h"

static const struct {
	const char *name;
	const char *parameters[LTV_PARAMETERS];
	size_t n_parameters;
	bool is_time[LTV_PARAMETERS];
	bool has_k;
} families[LTV_FAMILIES] = {
	[LTV_NBD] = {"nbd", {"r", "alpha"}, 2, {false, true}, false},
	[LTV_BGNBD] = {"bgnbd", {"r", "alpha", "a", "b"}, 4, {false, true}, false},
	[LTV_MBGNBD] = {"mbgnbd", {"r", "alpha", "a", "b"}, 4, {false, true}, false},
	[LTV_PNBD] = {"pnbd", {"r", "alpha", "s", "beta"}, 4, {false, true, false, true}, false},
	[LTV_BGCNBD] = {"bgcnbd", {"r", "alpha", "a", "b"}, 4, {false, true}, true},
	[LTV_MBGCNBD] = {"mbgcnbd", {"r", "alpha", "a", "b"}, 4, {false, true}, true},
};

const char *ltv_family_name(enum ltv_family family)
{
	return families[family].name;
}

bool ltv_family_has_k(enum ltv_family family)
{
	return families[family].has_k;
}

size_t ltv_n_parameters(enum ltv_family family)
{
	return families[family].n_parameters;
}

const char *ltv_parameter_name(enum ltv_family family, size_t i)
{
	return families[family].parameters[i];
}

bool ltv_parameter_is_time(enum ltv_family family, size_t i)
{
	return families[family].is_time[i];
}

bool ltv_model_is_valid(const struct ltv_model *model)
{
	if (model->k < 1 || model->k > (families[model->family].has_k ? BGNBD_MAX_K : 1))
		return false;
	for (size_t i = 0; i < families[model->family].n_parameters; i++) {
		double value = model->parameters[i];
		if (!isfinite(value) || value < 0 || (value == 0 && i != 2))
			return false;
	}
	return true;
}

static struct bgnbd_kind kind_of(enum ltv_family family, int k)
{
	return (struct bgnbd_kind){family == LTV_MBGNBD || family == LTV_MBGCNBD, k};
}

double ltv_log_likelihood_at(enum ltv_family family, int k, const struct ltv_rows *rows,
	const double *log_parameters, unsigned threads, double *gradient)
{
	switch (family) {
	case LTV_NBD:
		return nbd_log_likelihood(rows, log_parameters, gradient);
	case LTV_PNBD:
		return pnbd_log_likelihood(rows, log_parameters, threads, gradient);
	default:
		return bgnbd_log_likelihood(
			kind_of(family, k), rows, log_parameters, threads, gradient);
	}
}

double ltv_log_likelihood(
	const struct ltv_model *model, const struct ltv_rows *rows, unsigned threads)
{
	double log_parameters[LTV_PARAMETERS];
	for (size_t i = 0; i < families[model->family].n_parameters; i++)
		log_parameters[i] = log(model->parameters[i]); /* -inf where nobody drops out */
	bool nbd = model->family == LTV_PNBD && model->parameters[2] == 0;
	return ltv_log_likelihood_at(
		nbd ? LTV_NBD : model->family, model->k, rows, log_parameters, threads, NULL);
}

double ltv_probability(const struct ltv_model *model, int32_t x, double t)
{
	switch (model->family) {
	case LTV_NBD:
		return nbd_probability(model->parameters, x, t);
	case LTV_PNBD:
		return pnbd_probability(model->parameters, x, t);
	default:
		return bgnbd_probability(kind_of(model->family, model->k), model->parameters, x, t);
	}
}

/* All there is to say of a customer known to be alive; the rest is its probability. */
struct alive {
	struct ltv_orders by_stage[BGNBD_MAX_K];
};

static void orders_if_alive(const struct ltv_model *model, int32_t x, double T,
	const struct ltv_outlook *outlook, struct alive *alive)
{
	switch (model->family) {
	case LTV_NBD:
		alive->by_stage[0] = nbd_orders(model->parameters, x, T, outlook);
		break;
	case LTV_PNBD:
		alive->by_stage[0] = pnbd_orders_if_alive(model->parameters, x, T, outlook);
		break;
	default:
		bgnbd_orders_if_alive(kind_of(model->family, model->k), model->parameters, x, T,
			outlook, alive->by_stage);
	}
}

static double p_alive(
	const struct ltv_model *model, int32_t x, double t_x, double T, double *stage_weight)
{
	stage_weight[0] = 1;
	switch (model->family) {
	case LTV_NBD:
		return 1;
	case LTV_PNBD:
		return pnbd_p_alive(model->parameters, x, t_x, T);
	default:
		return bgnbd_p_alive(kind_of(model->family, model->k), model->parameters, x, t_x, T,
			stage_weight);
	}
}

double ltv_p_alive(const struct ltv_model *model, int32_t x, double t_x, double T)
{
	double stage_weight[BGNBD_MAX_K];
	return p_alive(model, x, t_x, T, stage_weight);
}

static struct ltv_orders mean_orders(const struct ltv_model *model, double probability,
	const double *stage_weight, const struct alive *alive)
{
	struct ltv_orders mean = {0, 0};
	for (int j = 0; j < model->k; j++) {
		double p = probability * stage_weight[j];
		if (p > 0) { /* 0 orders, not 0 times infinity */
			mean.expected += p * alive->by_stage[j].expected;
			mean.discounted += p * alive->by_stage[j].discounted;
		}
	}
	return mean;
}

struct ltv_orders ltv_orders(const struct ltv_model *model, int32_t x, double t_x, double T,
	const struct ltv_outlook *outlook)
{
	struct alive alive;
	double stage_weight[BGNBD_MAX_K], p = p_alive(model, x, t_x, T, stage_weight);
	orders_if_alive(model, x, T, outlook, &alive);
	return mean_orders(model, p, stage_weight, &alive);
}

struct work {
	const struct ltv_model *model;
	const struct ltv_rows *rows;
	const struct ltv_outlook *outlook;
	const double *p_alive; /* of each row, where there is a faster way than one by one */
	struct ltv_score *scores;
};

/* Rows alike in x and T lie together, and only their t_x tells them apart. */
static void score_rows(void *context, size_t chunk, size_t from, size_t to)
{
	(void)chunk;
	const struct work *work = context;
	const struct ltv_rows *rows = work->rows;
	struct alive alive;
	double stage_weight[BGNBD_MAX_K] = {1};
	for (size_t i = from; i < to; i++) {
		int32_t x = rows->counts[rows->count_of[i]];
		double t_x = rows->times[rows->recency_of[i]], T = rows->times[rows->age_of[i]];
		if (i == from || rows->age_pair[i] != rows->age_pair[i - 1])
			orders_if_alive(work->model, x, T, work->outlook, &alive);
		double p = work->p_alive != NULL ? work->p_alive[i]
						 : p_alive(work->model, x, t_x, T, stage_weight);
		work->scores[i].p_alive = p;
		work->scores[i].orders = mean_orders(work->model, p, stage_weight, &alive);
	}
}

void ltv_score(const struct ltv_model *model, const struct ltv_rows *rows,
	const struct ltv_outlook *outlook, unsigned threads, struct ltv_score *scores)
{
	double *alive = NULL;
	if (model->family == LTV_PNBD) {
		alive = mem_array(rows->n_rows, sizeof(*alive));
		pnbd_p_alive_of_rows(model->parameters, rows, threads, alive);
	}
	struct work work = {model, rows, outlook, alive, scores};
	chunks_run(score_rows, &work, rows->n_rows, threads);
	mem_free(alive);
}

#include "analytics/pnbd.h"

#include <math.h>
#include <stdbool.h>

#include "analytics/beta_fraction.h"
#include "analytics/chunks.h"
#include "analytics/nbd.h"
#include "analytics/powers.h"
#include "analytics/special.h"
#include "base/mem.h"

/* J and its derivatives, by the parameters or their logarithms. */
struct leaving {
	double j, by_r, by_log_alpha, by_log_s, by_log_beta;
};

static void set_fraction(struct beta_fraction *fraction, double R, double s, bool e_is_small)
{
	beta_fraction_reset(fraction, e_is_small ? R : s + 1, e_is_small ? s + 1 : R);
}

/* The fraction has been set for this R. */
static struct leaving leaving_at(
	struct beta_fraction *fraction, double R, double alpha, double s, double beta, double t)
{
	double e = (beta + t) / (alpha + t);
	struct beta_gradient f;
	beta_fraction_gradient(fraction, e <= 1 ? e : 1 / e, &f);
	double j = s / (R + s) * f.value * (e <= 1 ? 1 : 1 / e);
	double by_R = j * ((e <= 1 ? f.by_p : f.by_q) / f.value - 1 / (R + s));
	double by_s = j * ((e <= 1 ? f.by_q : f.by_p) / f.value - 1 / (R + s)) + j / s;
	double by_log_e = j * (e <= 1 ? f.by_log / f.value : -1 - f.by_log / f.value);
	return (struct leaving){
		j, by_R, -by_log_e * alpha / (alpha + t), s * by_s, by_log_e * beta / (beta + t)};
}

/* What the likelihood needs of each distinct time. */
struct moment {
	double alpha_elapsed, beta_elapsed; /* ln((alpha + t) / alpha) */
	double alpha_share, beta_share;     /* t / (alpha + t) */
};

struct sums {
	double value, by_r, by_log_alpha, by_s, by_log_beta, by_log_s;
};

struct work {
	const struct ltv_rows *rows;
	double r, alpha, s, beta;
	double *rising, *rising_slope; /* ln (r)_x, of each distinct count */
	struct moment *moments;
	struct leaving *leaving; /* of each pair of count and time */
	struct power *powers;    /* 1 / S(t), likewise */
	struct sums partial[CHUNKS];
};

static void make_moments(struct work *work)
{
	const struct ltv_rows *rows = work->rows;
	work->moments = mem_array(rows->n_times, sizeof(*work->moments));
	for (size_t i = 0; i < rows->n_times; i++) {
		double t = rows->times[i];
		work->moments[i] = (struct moment){log1p(t / work->alpha), log1p(t / work->beta),
			t / (work->alpha + t), t / (work->beta + t)};
	}
}

static void make_powers(struct work *work)
{
	const struct ltv_rows *rows = work->rows;
	work->powers = mem_array(rows->n_pairs, sizeof(*work->powers));
	for (size_t i = 0; i < rows->n_pairs; i++) {
		const struct moment *at = &work->moments[rows->pair_time[i]];
		double R = work->r + rows->counts[rows->pair_count[i]];
		work->powers[i] = power_of(R * at->alpha_elapsed + work->s * at->beta_elapsed);
	}
}

/* Pairs of one count lie together, and share a fraction. */
static void make_leaving(void *context, size_t chunk, size_t from, size_t to)
{
	(void)chunk;
	struct work *work = context;
	const struct ltv_rows *rows = work->rows;
	struct beta_fraction fraction = {0};
	for (size_t i = from; i < to; i++) {
		double R = work->r + rows->counts[rows->pair_count[i]];
		if (i == from || rows->pair_count[i] != rows->pair_count[i - 1])
			set_fraction(&fraction, R, work->s, work->beta <= work->alpha);
		work->leaving[i] = leaving_at(&fraction, R, work->alpha, work->s, work->beta,
			rows->times[rows->pair_time[i]]);
	}
	beta_fraction_release(&fraction);
}

/* One row: S(T) + I(t_x) - I(T) = S(t_x) (J(t_x) + v (1 - J(T))) with v = S(T) / S(t_x) <= 1. */
static void add_row(
	const struct work *work, size_t i, struct sums *sums, struct log_product *product)
{
	const struct ltv_rows *rows = work->rows;
	uint32_t c = rows->count_of[i];
	double w = rows->weight[i], R = work->r + rows->counts[c], s = work->s;
	const struct moment *m = &work->moments[rows->recency_of[i]];
	const struct moment *M = &work->moments[rows->age_of[i]];
	const struct leaving *l = &work->leaving[rows->recency_pair[i]];
	const struct leaving *L = &work->leaving[rows->age_pair[i]];
	double alpha_since = M->alpha_elapsed - m->alpha_elapsed;
	double beta_since = M->beta_elapsed - m->beta_elapsed;
	double v = power_quotient(
		work->powers[rows->recency_pair[i]], work->powers[rows->age_pair[i]]);
	double stay = v * (1 - L->j);
	double both = l->j + stay, by_both = w / both;
	log_product_add(product, both, w);
	sums->value += w * (work->rising[c] - R * m->alpha_elapsed - s * m->beta_elapsed);
	sums->by_r += w * (work->rising_slope[c] - m->alpha_elapsed) +
		      by_both * (l->by_r - v * L->by_r - stay * alpha_since);
	sums->by_log_alpha += w * R * m->alpha_share +
			      by_both * (l->by_log_alpha - v * L->by_log_alpha +
						stay * R * (M->alpha_share - m->alpha_share));
	sums->by_s += -w * m->beta_elapsed - by_both * stay * beta_since;
	sums->by_log_s += by_both * (l->by_log_s - v * L->by_log_s);
	sums->by_log_beta += w * s * m->beta_share +
			     by_both * (l->by_log_beta - v * L->by_log_beta +
					       stay * s * (M->beta_share - m->beta_share));
}

static void add_rows(void *context, size_t chunk, size_t from, size_t to)
{
	struct work *work = context;
	struct sums sums = {0};
	struct log_product product = LOG_PRODUCT_ONE;
	for (size_t i = from; i < to; i++)
		add_row(work, i, &sums, &product);
	sums.value += log_product_value(&product);
	work->partial[chunk] = sums;
}

double pnbd_log_likelihood(const struct ltv_rows *rows, const double log_parameters[4],
	unsigned threads, double gradient[4])
{
	struct work work = {.rows = rows,
		.r = exp(log_parameters[0]),
		.alpha = exp(log_parameters[1]),
		.s = exp(log_parameters[2]),
		.beta = exp(log_parameters[3])};
	work.rising = mem_array(rows->n_counts, 2 * sizeof(*work.rising));
	work.rising_slope = work.rising + rows->n_counts;
	special_log_rising(work.r, rows->counts, rows->n_counts, 1, work.rising, work.rising_slope);
	make_moments(&work);
	make_powers(&work);
	work.leaving = mem_array(rows->n_pairs, sizeof(*work.leaving));
	chunks_run(make_leaving, &work, rows->n_pairs, threads);
	chunks_run(add_rows, &work, rows->n_rows, threads);
	mem_free(work.rising);
	mem_free(work.moments);
	mem_free(work.powers);
	mem_free(work.leaving);

	struct sums sums = {0};
	for (size_t i = 0; i < CHUNKS; i++) {
		sums.value += work.partial[i].value;
		sums.by_r += work.partial[i].by_r;
		sums.by_log_alpha += work.partial[i].by_log_alpha;
		sums.by_s += work.partial[i].by_s;
		sums.by_log_s += work.partial[i].by_log_s;
		sums.by_log_beta += work.partial[i].by_log_beta;
	}
	if (gradient != NULL) {
		gradient[0] = work.r * sums.by_r;
		gradient[1] = sums.by_log_alpha - rows->purchases;
		gradient[2] = work.s * sums.by_s + sums.by_log_s;
		gradient[3] = sums.by_log_beta;
	}
	return sums.value - rows->purchases * log_parameters[1];
}

/* S(T) / (S(T) + I(t_x) - I(T)) */
static double alive_given(
	double j, double J, double R, double alpha, double s, double beta, double t_x, double T)
{
	double log_ratio =
		R * log1p((T - t_x) / (alpha + t_x)) + s * log1p((T - t_x) / (beta + t_x));
	return fmin(1, 1 / (1 - J + j * exp(log_ratio)));
}

double pnbd_p_alive(const double parameters[4], int32_t x, double t_x, double T)
{
	double R = parameters[0] + x, alpha = parameters[1], s = parameters[2],
	       beta = parameters[3];
	if (s == 0)
		return 1;
	struct beta_fraction fraction = {0};
	set_fraction(&fraction, R, s, beta <= alpha);
	double j = leaving_at(&fraction, R, alpha, s, beta, t_x).j;
	double J = leaving_at(&fraction, R, alpha, s, beta, T).j;
	beta_fraction_release(&fraction);
	return alive_given(j, J, R, alpha, s, beta, t_x, T);
}

void pnbd_p_alive_of_rows(
	const double parameters[4], const struct ltv_rows *rows, unsigned threads, double *p_alive)
{
	struct work work = {.rows = rows,
		.r = parameters[0],
		.alpha = parameters[1],
		.s = parameters[2],
		.beta = parameters[3]};
	for (size_t i = 0; i < rows->n_rows && work.s == 0; i++)
		p_alive[i] = 1;
	if (work.s == 0)
		return;
	work.leaving = mem_array(rows->n_pairs, sizeof(*work.leaving));
	chunks_run(make_leaving, &work, rows->n_pairs, threads);
	for (size_t i = 0; i < rows->n_rows; i++)
		p_alive[i] = alive_given(work.leaving[rows->recency_pair[i]].j,
			work.leaving[rows->age_pair[i]].j, work.r + rows->counts[rows->count_of[i]],
			work.alpha, work.s, work.beta, rows->times[rows->recency_of[i]],
			rows->times[rows->age_of[i]]);
	mem_free(work.leaving);
}

/* Integral from 0 to the horizon of e^(-discount t) (1 + t / rate)^-s dt, over y = ln(1 + t /
 * rate), in panels short enough for the discount to be smooth. */
static double discounted_time(double horizon, double discount, double s, double rate)
{
	double q = discount * rate, sum = 0;
	double end = fmin(log1p(horizon / rate), discount > 0 ? log1p(50 / q) : INFINITY);
	for (double from = 0, to; from < end; from = to) {
		to = fmin(end, from + fmin(1, 4 / (fabs(q) * exp(from))));
		for (int i = 0; i < SPECIAL_NODES; i++) {
			double y = from + (to - from) * special_node[i];
			sum += (to - from) * special_weight[i] * exp((1 - s) * y - q * expm1(y));
		}
	}
	return rate * sum;
}

struct ltv_orders pnbd_orders_if_alive(
	const double parameters[4], int32_t x, double T, const struct ltv_outlook *outlook)
{
	double orders_rate = outlook->order_factor * (parameters[0] + x) / (parameters[1] + T);
	double s = parameters[2], horizon = outlook->horizon, discount = outlook->discount;
	/* A rate mu g has mu's shape and 1 / g of its rate parameter. */
	double rate = (parameters[3] + T) / outlook->dropout_factor;
	if (s == 0 || isinf(rate))
		return nbd_orders(parameters, x, T, outlook);
	double time = isfinite(horizon) ? rate * special_decay(s - 1, log1p(horizon / rate))
		      : s > 1           ? rate / (s - 1)
					: INFINITY;
	double discounted = discount == 0 || (discount < 0 && isinf(horizon))
				    ? time
				    : discounted_time(horizon, discount, s, rate);
	return (struct ltv_orders){orders_rate * time, orders_rate * discounted};
}

/* Alive at t with x orders, or having left at u with x orders by then. */
double pnbd_probability(const double parameters[4], int32_t x, double t)
{
	double s = parameters[2], beta = parameters[3], unit = fmin(parameters[1], beta);
	double sum = nbd_probability(parameters, x, t) * exp(-s * log1p(t / beta));
	double end = log1p(t / unit);
	for (double from = 0, to; from < end; from = to) {
		to = fmin(end, from + .5);
		for (int i = 0; i < SPECIAL_NODES; i++) {
			double y = from + (to - from) * special_node[i], u = unit * expm1(y);
			sum += (to - from) * special_weight[i] * unit * exp(y) * s / beta *
			       exp(-(s + 1) * log1p(u / beta)) * nbd_probability(parameters, x, u);
		}
	}
	return sum;
}

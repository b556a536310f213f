#include "analytics/bgnbd.h"

#include <float.h>
#include <math.h>

#include "analytics/chunks.h"
#include "analytics/nbd.h"
#include "analytics/powers.h"
#include "analytics/special.h"
#include "base/mem.h"

/* Of having dropped out at the last purchase against not: p / (1 - p) given what was survived. */
static double log_odds(struct bgnbd_kind kind, double a, double b, int32_t x)
{
	int32_t n = bgnbd_survived(kind, x);
	return n == 0 || a == 0 ? -INFINITY : log(a) - log(b + (n - 1));
}

/* Q and its slopes; rho and w = (T - t_x) / (alpha + T) as above. */
struct stages {
	double sum;          /* Q */
	double by_rho, by_w; /* dQ / d rho, w dQ / dw */
	double term[BGNBD_MAX_K];
};

static void sum_stages(struct stages *stages, int k, double rho, double w)
{
	*stages = (struct stages){.sum = 1, .term = {1}};
	double slope = 0;
	for (int j = 1; j < k; j++) {
		stages->term[j] = stages->term[j - 1] * (rho + j - 1) / j * w;
		slope += 1 / (rho + j - 1);
		stages->sum += stages->term[j];
		stages->by_rho += stages->term[j] * slope;
		stages->by_w += stages->term[j] * j;
	}
}

/* What the likelihood needs of each distinct count and each distinct time. */
struct count_terms {
	double *rising, *rising_slope;        /* ln (r)_kx */
	double *beta, *beta_by_a, *beta_by_b; /* ln B(a, b + n) / B(a, b) */
	double *log_odds, *odds, *odds_by_b;
};

struct time_terms {
	double *elapsed; /* ln((alpha + t) / alpha) */
	double *share;   /* t / (alpha + t) = -d elapsed / d ln alpha */
};

struct sums {
	double value, by_r, by_log_alpha, by_a, by_log_a, by_b;
};

struct work {
	struct bgnbd_kind kind;
	const struct ltv_rows *rows;
	double r, alpha;
	struct count_terms count;
	struct time_terms time;
	struct power *powers; /* ((alpha + t) / alpha)^rho, of each pair of count and time */
	struct sums partial[CHUNKS];
};

static void make_count_terms(struct work *work, double a, double b)
{
	const struct ltv_rows *rows = work->rows;
	size_t n = rows->n_counts;
	double *room = mem_array(n, 10 * sizeof(*room));
	struct count_terms *terms = &work->count;
	*terms = (struct count_terms){room, room + n, room + 2 * n, room + 3 * n, room + 4 * n,
		room + 5 * n, room + 6 * n, room + 7 * n};
	special_log_rising(
		work->r, rows->counts, n, work->kind.k, terms->rising, terms->rising_slope);

	int32_t *n_survived = mem_array(n, sizeof(*n_survived));
	for (size_t i = 0; i < n; i++)
		n_survived[i] = bgnbd_survived(work->kind, rows->counts[i]);
	double *of_sum = room + 8 * n, *of_sum_slope = room + 9 * n;
	special_log_rising(b, n_survived, n, 1, terms->beta, terms->beta_by_b);
	special_log_rising(a + b, n_survived, n, 1, of_sum, of_sum_slope);
	for (size_t i = 0; i < n; i++) {
		terms->beta[i] -= of_sum[i];
		terms->beta_by_a[i] = -of_sum_slope[i];
		terms->beta_by_b[i] -= of_sum_slope[i];
		terms->log_odds[i] = log_odds(work->kind, a, b, rows->counts[i]);
		terms->odds[i] = exp(terms->log_odds[i]);
		terms->odds_by_b[i] = n_survived[i] > 0 ? -1 / (b + (n_survived[i] - 1)) : 0;
	}
	mem_free(n_survived);
}

static void make_time_terms(struct work *work)
{
	const struct ltv_rows *rows = work->rows;
	work->time.elapsed = mem_array(rows->n_times, 2 * sizeof(double));
	work->time.share = work->time.elapsed + rows->n_times;
	for (size_t i = 0; i < rows->n_times; i++) {
		work->time.elapsed[i] = log1p(rows->times[i] / work->alpha);
		work->time.share[i] = rows->times[i] / (work->alpha + rows->times[i]);
	}
}

/* ln L = ... - rho E_T + ln(Q + gone), with gone the odds times the powers of time. All but the
 * last logarithm depends on x and T alone. */
static void add_pairs(void *context, size_t chunk, size_t from, size_t to)
{
	struct work *work = context;
	const struct ltv_rows *rows = work->rows;
	struct sums sums = {0};
	for (size_t i = from; i < to; i++) {
		uint32_t c = rows->pair_count[i], age = rows->pair_time[i];
		double w = rows->pair_customers[i];
		double rho = work->r + (double)work->kind.k * rows->counts[c];
		double E_T = work->time.elapsed[age];
		work->powers[i] = power_of(rho * E_T);
		sums.value += w * (work->count.rising[c] + work->count.beta[c] - rho * E_T);
		sums.by_r += w * (work->count.rising_slope[c] - E_T);
		sums.by_log_alpha += w * rho * work->time.share[age];
		sums.by_a += w * work->count.beta_by_a[c];
		sums.by_b += w * work->count.beta_by_b[c];
	}
	work->partial[chunk] = sums;
}

/* The last logarithm of one row. */
static void add_row(
	const struct work *work, size_t i, struct sums *sums, struct log_product *product)
{
	const struct ltv_rows *rows = work->rows;
	uint32_t c = rows->count_of[i], recency = rows->recency_of[i], age = rows->age_of[i];
	double w = rows->weight[i], rho = work->r + (double)work->kind.k * rows->counts[c];
	double since = work->time.elapsed[age] - work->time.elapsed[recency];
	double share_since = work->time.share[age] - work->time.share[recency];
	double gone = work->count.odds[c] * power_quotient(work->powers[rows->age_pair[i]],
						    work->powers[rows->recency_pair[i]]);
	double both = 1 + gone;
	if (work->kind.k > 1) {
		struct stages stages;
		double gap = rows->times[age] - rows->times[recency];
		sum_stages(&stages, work->kind.k, rho, gap / (work->alpha + rows->times[age]));
		both = stages.sum + gone;
		sums->by_r += w / both * stages.by_rho;
		sums->by_log_alpha -= w / both * (1 - work->time.share[age]) * stages.by_w;
	}
	double w_gone = w;
	if (gone < INFINITY) {
		w_gone *= gone / both;
		log_product_add(product, both, w);
	} else {
		sums->value += w * (work->count.log_odds[c] + rho * since);
	}
	sums->by_r += w_gone * since;
	sums->by_log_alpha -= w_gone * rho * share_since;
	sums->by_log_a += w_gone;
	sums->by_b += w_gone * work->count.odds_by_b[c];
}

static void add_rows(void *context, size_t chunk, size_t from, size_t to)
{
	struct work *work = context;
	struct sums sums = work->partial[chunk];
	struct log_product product = LOG_PRODUCT_ONE;
	for (size_t i = from; i < to; i++)
		add_row(work, i, &sums, &product);
	sums.value += log_product_value(&product);
	work->partial[chunk] = sums;
}

double bgnbd_log_likelihood(struct bgnbd_kind kind, const struct ltv_rows *rows,
	const double log_parameters[4], unsigned threads, double gradient[4])
{
	double a = exp(log_parameters[2]), b = exp(log_parameters[3]);
	struct work work = {.kind = kind,
		.rows = rows,
		.r = exp(log_parameters[0]),
		.alpha = exp(log_parameters[1])};
	make_count_terms(&work, a, b);
	make_time_terms(&work);
	work.powers = mem_array(rows->n_pairs, sizeof(*work.powers));
	chunks_run(add_pairs, &work, rows->n_pairs, threads);
	chunks_run(add_rows, &work, rows->n_rows, threads);
	mem_free(work.count.rising);
	mem_free(work.time.elapsed);
	mem_free(work.powers);

	struct sums sums = {0};
	for (size_t i = 0; i < CHUNKS; i++) {
		sums.value += work.partial[i].value;
		sums.by_r += work.partial[i].by_r;
		sums.by_log_alpha += work.partial[i].by_log_alpha;
		sums.by_a += work.partial[i].by_a;
		sums.by_log_a += work.partial[i].by_log_a;
		sums.by_b += work.partial[i].by_b;
	}
	double stages = kind.k * rows->purchases;
	if (gradient != NULL) {
		gradient[0] = work.r * sums.by_r;
		gradient[1] = sums.by_log_alpha - stages;
		gradient[2] = a * sums.by_a + sums.by_log_a;
		gradient[3] = b * sums.by_b;
	}
	double value = sums.value - stages * log_parameters[1];
	if (kind.k > 1)
		value +=
			(kind.k - 1) * rows->log_gaps - rows->purchases * special_log_gamma(kind.k);
	return value;
}

double bgnbd_p_alive(struct bgnbd_kind kind, const double parameters[4], int32_t x, double t_x,
	double T, double *stage_weight)
{
	double alpha = parameters[1], rho = parameters[0] + (double)kind.k * x;
	struct stages stages;
	sum_stages(&stages, kind.k, rho, (T - t_x) / (alpha + T));
	if (stage_weight != NULL)
		for (int j = 0; j < kind.k; j++)
			stage_weight[j] = stages.term[j] / stages.sum;
	double gone = log_odds(kind, parameters[2], parameters[3], x) +
		      rho * log1p((T - t_x) / (alpha + t_x)) - log(stages.sum);
	return 1 / (1 + exp(gone));
}

static const double negligible = 1e-17; /* of a sum of positive terms */

/* P(N >= from) for the count of an NBD, summed upwards: a small tail keeps its digits. A long one
 * is 1 less the others. */
static double tail(const double parameters[2], int32_t from, double t)
{
	static const double most_mean = 100;
	double sum = 0;
	if (t > most_mean * parameters[1]) {
		for (int32_t n = 0; n < from; n++)
			sum += nbd_probability(parameters, n, t);
		return fmax(1 - sum, 0);
	}
	double p = nbd_probability(parameters, from, t);
	double w = t / (parameters[1] + t);
	for (double n = from;; n++) {
		sum += p;
		double ratio = (parameters[0] + n) / (n + 1) * w;
		p *= ratio;
		if (ratio < 1 && p <= fmax(negligible * sum * (1 - ratio), DBL_MIN))
			return sum;
	}
}

/* x purchases and alive, or the drop-out at the x-th one and the clock has run on. */
double bgnbd_probability(struct bgnbd_kind kind, const double parameters[4], int32_t x, double t)
{
	double a = parameters[2], b = parameters[3], stayed = 0; /* ln B(a, b + n) / B(a, b) */
	int32_t n = bgnbd_survived(kind, x);
	if (t <= 0) /* dropping out at the first purchase is no repeat either */
		return x == 0;
	for (int32_t i = 0; i < n; i++)
		stayed += log(b + i) - log(a + b + i);
	double here = 0;
	for (int32_t stage = kind.k * x; stage < kind.k * (x + 1); stage++)
		here += nbd_probability(parameters, stage, t);
	double gone = exp(stayed + log_odds(kind, a, b, x));
	return exp(stayed) * here + (gone > 0 ? gone * tail(parameters, kind.k * x, t) : 0);
}

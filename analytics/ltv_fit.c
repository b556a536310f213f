#include "analytics/ltv_fit.h"

#include <math.h>
#include <string.h>

#include "analytics/bgnbd.h"
#include "analytics/maximise.h"

/* Fits differ when their log-likelihoods do by this much; an edge as good as that is the answer. */
static const double same_likelihood = 5e-3;

/* An infinite parameter, as far as the likelihood can tell, and one that is 0; beta has to be
 * smaller still for drop-outs that happen at once or never. Logarithms, times in mean ages. */
static const double log_infinite = 16, log_zero = -16, log_at_once = -680;

/* Where the search inside goes; it is led back from beyond, and the edges are tried. */
struct box {
	double low[LTV_PARAMETERS], high[LTV_PARAMETERS];
};
static const struct box mixing_box = {{-14, -18, -16, -16}, {9, 12, 9, 9}};
static const struct box pareto_box = {{-14, -18, -12, -640}, {9, 12, 9, 12}};

/* All parameters, or those left free at an edge. Points are logarithms, times in mean ages. */
struct space {
	enum ltv_dropout dropout;
	bool rates_alike;
	bool certain;                        /* alike, and all that buy again leave then: p = 1 */
	size_t n_free, free[LTV_PARAMETERS]; /* which they are */
	double fixed[LTV_PARAMETERS];        /* the others */
};

struct search {
	const struct ltv_rows *rows;
	enum ltv_family family;
	int k;
	unsigned threads;
	double log_age;
	struct space space;
	int evaluations;
};

struct found {
	struct space space;
	struct maximum maximum;
	double point[LTV_PARAMETERS];
};

static void free_parameter(struct space *space, size_t parameter)
{
	space->free[space->n_free++] = parameter;
}

static struct space make_space(enum ltv_family family, enum ltv_dropout dropout, bool rates_alike)
{
	struct space space = {.dropout = dropout, .rates_alike = rates_alike};
	bool pareto = family == LTV_PNBD;
	if (rates_alike)
		space.fixed[0] = log_infinite;
	else
		free_parameter(&space, 0);
	free_parameter(&space, 1);
	if (ltv_n_parameters(family) == 2)
		return space;
	switch (dropout) {
	case LTV_DROPOUT_VARIES:
		free_parameter(&space, 2);
		free_parameter(&space, 3);
		break;
	case LTV_DROPOUT_NONE:
		space.fixed[2] = -INFINITY;
		break;
	case LTV_DROPOUT_ALIKE:
		space.fixed[pareto ? 2 : 3] = log_infinite;
		free_parameter(&space, pareto ? 3 : 2);
		break;
	case LTV_DROPOUT_ALL_OR_NOTHING:
		space.fixed[3] = pareto ? log_at_once : log_zero;
		free_parameter(&space, 2);
		break;
	}
	return space;
}

/* Only a BG family can have it: where customers may leave at once, it would mean that none buys
 * again. */
static struct space make_certain_space(enum ltv_family family, bool rates_alike)
{
	struct space space = make_space(family, LTV_DROPOUT_ALIKE, rates_alike);
	space.certain = true;
	space.n_free--;
	space.fixed[2] = 2 * log_infinite;
	return space;
}

static bool may_be_certain(enum ltv_family family)
{
	return family == LTV_BGNBD || family == LTV_BGCNBD;
}

static double log_unit(const struct search *search, size_t i)
{
	return ltv_parameter_is_time(search->family, i) ? search->log_age : 0;
}

static void point_of(const struct space *space, const double *free, double *point)
{
	memcpy(point, space->fixed, sizeof(space->fixed));
	for (size_t j = 0; j < space->n_free; j++)
		point[space->free[j]] = free[j];
}

/* The edges are as long as floating point is, for what is free there goes along with what is
 * infinite or 0. */
static double into_box(const struct search *search, size_t i, double value)
{
	const struct box *box = search->family == LTV_PNBD ? &pareto_box : &mixing_box;
	bool inside = search->space.dropout == LTV_DROPOUT_VARIES && !search->space.rates_alike;
	double reach = inside ? 0 : log_infinite;
	return fmin(fmax(value, box->low[i] - reach), box->high[i] + reach);
}

/* The log-likelihood inside the box; outside, that of the nearest point in it less a square of the
 * distance, so that nothing over- or underflows and the way back is plain. */
static double search_likelihood(const double *free, double *gradient, void *context)
{
	struct search *search = context;
	const struct space *space = &search->space;
	double point[LTV_PARAMETERS], slope[LTV_PARAMETERS], beyond[LTV_PARAMETERS] = {0};
	double weight = search->rows->customers, penalty = 0;
	point_of(space, free, point);
	for (size_t j = 0; j < space->n_free; j++) {
		size_t i = space->free[j];
		point[i] = into_box(search, i, point[i]);
		beyond[i] = free[j] - point[i];
		penalty += weight * beyond[i] * beyond[i];
	}
	for (size_t i = 0; i < LTV_PARAMETERS; i++)
		point[i] += log_unit(search, i);
	bool nbd = search->family == LTV_PNBD && space->dropout == LTV_DROPOUT_NONE;
	double value = ltv_log_likelihood_at(nbd ? LTV_NBD : search->family, search->k,
		search->rows, point, search->threads, slope);
	search->evaluations++;
	for (size_t j = 0; j < space->n_free; j++) {
		size_t i = space->free[j];
		gradient[j] = beyond[i] != 0 ? -2 * weight * beyond[i] : slope[i];
	}
	return value - penalty;
}

static void free_part(const struct space *space, const double *point, double *free)
{
	for (size_t j = 0; j < space->n_free; j++)
		free[j] = point[space->free[j]];
}

/* A maximum that leans on the side of the box is none. */
static void set_found(struct found *found, const struct search *search)
{
	const struct space *space = &found->space;
	point_of(space, found->maximum.point, found->point);
	for (size_t j = 0; j < space->n_free; j++) {
		double value = found->maximum.point[j];
		if (into_box(search, space->free[j], value) != value)
			found->maximum.converged = false;
	}
}

static void find_in(struct found *found, struct search *search, const struct space *space,
	const double *start, double (*hessian)[MAXIMISE_MOST])
{
	double free[LTV_PARAMETERS];
	found->space = search->space = *space;
	free_part(space, start, free);
	maximise(&found->maximum, search_likelihood, search, space->n_free, free, hessian);
	set_found(found, search);
}

static void find_patiently(struct found *found, struct search *search)
{
	double start[LTV_PARAMETERS];
	memcpy(start, found->maximum.point, sizeof(start));
	search->space = found->space;
	maximise_patiently(&found->maximum, search_likelihood, search, found->space.n_free, start);
	set_found(found, search);
}

/* Where to look for the maximum on the edge, given a point inside: what stays identified there, the
 * mean rate and the mean drop-out, is kept. */
static void project(
	const struct search *search, const struct space *space, const double *inside, double *start)
{
	memcpy(start, inside, LTV_PARAMETERS * sizeof(*start));
	if (space->rates_alike)
		start[1] = log_infinite + inside[1] - inside[0];
	bool pareto = search->family == LTV_PNBD;
	if (space->dropout == LTV_DROPOUT_ALIKE && pareto)
		start[3] = log_infinite + inside[3] - inside[2];
	else if (space->dropout == LTV_DROPOUT_ALIKE)
		start[2] = log_infinite + inside[2] - inside[3];
	else if (space->dropout == LTV_DROPOUT_ALL_OR_NOTHING && pareto)
		start[2] = log(fmax(.01, exp(inside[2]) * fmax(1, -inside[3])) / -log_at_once);
	else if (space->dropout == LTV_DROPOUT_ALL_OR_NOTHING)
		start[2] = log_zero + inside[2] - inside[3];
}

/* Whether an edge could be as good as what was found inside: where the search has run off, it shows
 * the way. */
static double log_strength(const struct search *search, const struct found *inside)
{
	const double *point = inside->point;
	return search->family == LTV_PNBD ? point[2] : log(exp(point[2]) + exp(point[3]));
}

static bool may_be_alike(const struct search *search, const struct found *inside)
{
	return log_strength(search, inside) > log(inside->maximum.converged ? 100 : 1);
}

static bool may_be_all_or_nothing(const struct search *search, const struct found *inside)
{
	return log_strength(search, inside) < log(inside->maximum.converged ? .01 : 1);
}

static bool rates_may_be_alike(const struct found *inside)
{
	return inside->point[0] > log(inside->maximum.converged ? 100 : 10);
}

/* The better of two: by likelihood, and where that is the same the one with fewer parameters. */
static void keep_better(struct found *best, const struct found *other)
{
	if (!other->maximum.converged)
		return;
	double gain = other->maximum.value - best->maximum.value;
	bool simpler = other->space.n_free < best->space.n_free;
	if (!best->maximum.converged || gain > same_likelihood ||
		(simpler && gain > -same_likelihood))
		*best = *other;
}

static void try_space(struct found *best, struct search *search, const struct found *inside,
	const struct space *space)
{
	double start[LTV_PARAMETERS];
	struct found found;
	project(search, space, inside->point, start);
	find_in(&found, search, space, start, NULL);
	keep_better(best, &found);
}

static void try_edge(struct found *best, struct search *search, const struct found *inside,
	enum ltv_dropout dropout, bool rates_alike)
{
	struct space space = make_space(search->family, dropout, rates_alike);
	try_space(best, search, inside, &space);
	if (dropout != LTV_DROPOUT_ALIKE || !may_be_certain(search->family) ||
		best->space.dropout == LTV_DROPOUT_ALIKE)
		return;
	space = make_certain_space(search->family, rates_alike);
	try_space(best, search, inside, &space);
}

/* The NBD is the edge of every edge: where it is as good as the inside, there is no more to find.
 * Where nothing has been found yet, it may lie where rates are alike too. */
static void try_edges(struct found *best, struct search *search, const struct found *inside)
{
	bool none = best->space.dropout == LTV_DROPOUT_NONE &&
		    best->maximum.value > inside->maximum.value - same_likelihood;
	bool may_be[] = {
		[LTV_DROPOUT_VARIES] = true,
		[LTV_DROPOUT_NONE] = none || !best->maximum.converged,
		[LTV_DROPOUT_ALIKE] = may_be_alike(search, inside),
		[LTV_DROPOUT_ALL_OR_NOTHING] = may_be_all_or_nothing(search, inside),
	};
	int first = LTV_DROPOUT_VARIES, last = LTV_DROPOUT_ALL_OR_NOTHING;
	if (none)
		first = last = LTV_DROPOUT_NONE;
	for (int dropout = first; dropout <= last; dropout++)
		if (may_be[dropout] && dropout >= LTV_DROPOUT_ALIKE)
			try_edge(best, search, inside, (enum ltv_dropout)dropout, false);
	for (int dropout = first; dropout <= last && rates_may_be_alike(inside); dropout++)
		if (may_be[dropout])
			try_edge(best, search, inside, (enum ltv_dropout)dropout, true);
}

/* Gamma rates with the mean of the data, and drop-out that is little or much, alike or not; in the
 * order r / r0, alpha / alpha0, then a, b or s, beta, where r0 and alpha0 are those of the NBD. */
enum { STARTS = 6 };
static const double mixing_starts[STARTS][LTV_PARAMETERS] = {{.7, .5, .8, 2.4}, {1, 1, .2, 4},
	{1.3, .8, 3, 9}, {1, .9, 2, 60}, {1.3, .8, .4, .4}, {2, 1.2, .01, .02}};
static const double pareto_starts[STARTS][LTV_PARAMETERS] = {{1.4, .9, .6, .4}, {1.1, 1, .2, .1},
	{1.4, .9, 1, 3}, {1, 1, 3, 20}, {2, .8, .5, 1}, {2, 1.2, .01, 1e-20}};

static void best_start(struct search *search, const double *nbd, double *best)
{
	double best_value = -INFINITY;
	search->space = make_space(search->family, LTV_DROPOUT_VARIES, false);
	for (size_t j = 0; j < STARTS; j++) {
		const double *factor =
			search->family == LTV_PNBD ? pareto_starts[j] : mixing_starts[j];
		double start[LTV_PARAMETERS];
		for (size_t i = 0; i < LTV_PARAMETERS; i++)
			start[i] = log(factor[i]) + (i < 2 ? nbd[i] : 0);
		struct maximum found;
		maximise_roughly(&found, search_likelihood, search, LTV_PARAMETERS, start);
		if (found.value > best_value) {
			best_value = found.value;
			memcpy(best, found.point, sizeof(found.point));
		}
	}
}

/* Starts are tried out on so many customers; what they find is carried to ever larger samples. */
enum { FIRST_SAMPLE = 3000, SAMPLE_GROWTH = 16 };

struct start {
	double point[LTV_PARAMETERS];
	bool curved; /* the Hessian of one customer is known */
	double hessian[MAXIMISE_MOST][MAXIMISE_MOST];
};

static void find_from(struct found *found, struct search *search, const struct space *space,
	const struct start *start)
{
	double hessian[MAXIMISE_MOST][MAXIMISE_MOST];
	for (size_t i = 0; i < MAXIMISE_MOST; i++)
		for (size_t j = 0; j < MAXIMISE_MOST; j++)
			hessian[i][j] = start->hessian[i][j] * search->rows->customers;
	find_in(found, search, space, start->point, start->curved ? hessian : NULL);
}

static void start_at(struct start *start, const struct found *found, double customers)
{
	memcpy(start->point, found->point, sizeof(start->point));
	start->curved = found->maximum.converged;
	for (size_t i = 0; i < MAXIMISE_MOST; i++)
		for (size_t j = 0; j < MAXIMISE_MOST; j++)
			start->hessian[i][j] = found->maximum.hessian[i][j] / customers;
}

static void find_start(struct start *start, const struct search *whole, const double *nbd)
{
	struct search search = *whole;
	*start = (struct start){0};
	if (whole->rows->customers < 2 * FIRST_SAMPLE)
		best_start(&search, nbd, start->point);
	for (size_t size = FIRST_SAMPLE; 2. * (double)size <= whole->rows->customers;
		size *= SAMPLE_GROWTH) {
		struct ltv_rows sample;
		struct found found;
		ltv_rows_sample(&sample, whole->rows, size);
		search.rows = &sample;
		if (size == FIRST_SAMPLE)
			best_start(&search, nbd, start->point);
		find_from(&found, &search, &search.space, start);
		start_at(start, &found, sample.customers);
		ltv_rows_release(&sample);
	}
}

static void find_nbd(struct found *found, const struct search *like)
{
	struct search search = *like;
	search.family = LTV_NBD;
	search.k = 1;
	double per_age = like->rows->purchases / like->rows->customers;
	double start[LTV_PARAMETERS] = {log(.5), log(.5 / per_age)};
	struct space inside = make_space(LTV_NBD, LTV_DROPOUT_VARIES, false);
	find_in(found, &search, &inside, start, NULL);
	if (rates_may_be_alike(found))
		try_edge(found, &search,
			&(const struct found){.point = {found->point[0], found->point[1]}},
			LTV_DROPOUT_VARIES, true);
}

/* Near start, or from several when it is NULL. */
static void find(struct found *found, struct search *search, const double *near)
{
	struct found nbd;
	find_nbd(&nbd, search);
	if (search->family == LTV_NBD) {
		*found = nbd;
		return;
	}
	struct start start = {0};
	if (near != NULL)
		memcpy(start.point, near, sizeof(start.point));
	else
		find_start(&start, search, nbd.point);
	struct space inside = make_space(search->family, LTV_DROPOUT_VARIES, false);
	struct found whole;
	find_from(&whole, search, &inside, &start);
	*found = whole;
	if (search->k > 1 || whole.maximum.value < nbd.maximum.value + 2 * same_likelihood)
		try_edge(found, search, &whole, LTV_DROPOUT_NONE, false);
	try_edges(found, search, &whole);
	if (whole.maximum.value > found->maximum.value + same_likelihood ||
		!found->maximum.converged) {
		find_patiently(&whole, search);
		keep_better(found, &whole);
	}
}

/* The number of stages with the best likelihood: from 1 up, until it has fallen twice. Each k
 * starts where the one before ended, with stages that much faster. */
static void find_k(struct found *best, struct search *search)
{
	find(best, search, NULL);
	struct found last = *best;
	int best_k = 1;
	for (int k = 2; k <= BGNBD_MAX_K && k <= best_k + 2; k++) {
		double near[LTV_PARAMETERS];
		memcpy(near, last.point, sizeof(near));
		near[1] += log((k - 1.) / k);
		search->k = k;
		bool inside = last.space.dropout == LTV_DROPOUT_VARIES && !last.space.rates_alike;
		find(&last, search, inside ? near : NULL);
		if (last.maximum.converged && last.maximum.value > best->maximum.value) {
			*best = last;
			best_k = k;
		}
	}
	search->k = best_k;
}

/* In the units of the rows, the edges as they are written: exactly 0 where nobody drops out. */
static void set_model(struct ltv_fit *fit, const struct search *search, const struct found *found)
{
	size_t n = ltv_n_parameters(search->family);
	fit->model = (struct ltv_model){.family = search->family, .k = search->k};
	for (size_t i = 0; i < n; i++)
		fit->model.parameters[i] = exp(found->point[i] + log_unit(search, i));
	const double *theta = fit->model.parameters;
	fit->dropout = found->space.dropout;
	fit->rates_alike = found->space.rates_alike;
	fit->rate_alike = fit->rates_alike ? search->k > 1 ? theta[0] / theta[1] / search->k
							   : theta[0] / theta[1]
					   : 0;
	if (fit->dropout == LTV_DROPOUT_ALIKE)
		fit->dropout_alike = search->family == LTV_PNBD ? theta[2] / theta[3]
								: theta[2] / (theta[2] + theta[3]);
}

static enum ltv_fit_status set_fit(
	struct ltv_fit *fit, const struct search *search, const struct found *found, bool k_counts)
{
	*fit = (struct ltv_fit){
		.status = LTV_FIT_NOT_CONVERGED, .evaluations = search->evaluations};
	double covariance[MAXIMISE_MOST][MAXIMISE_MOST];
	const struct space *space = &found->space;
	if (!found->maximum.converged ||
		!maximum_covariance(&found->maximum, space->n_free, covariance))
		return fit->status;
	set_model(fit, search, found);
	fit->log_likelihood = found->maximum.value;
	for (size_t i = 0; i < space->n_free; i++)
		for (size_t j = 0; j < space->n_free; j++)
			fit->log_covariance[space->free[i]][space->free[j]] = covariance[i][j];
	fit->n_parameters = ltv_n_parameters(search->family) + k_counts;
	fit->aic = 2 * (double)fit->n_parameters - 2 * fit->log_likelihood;
	fit->bic =
		(double)fit->n_parameters * log(search->rows->customers) - 2 * fit->log_likelihood;
	return fit->status = LTV_FIT_OK;
}

static enum ltv_fit_status look_at(const struct ltv_rows *rows, enum ltv_family family)
{
	if (rows->mean_age <= 0)
		return LTV_FIT_ONE_MOMENT;
	if (rows->repeaters < LTV_MIN_REPEATERS)
		return LTV_FIT_TOO_FEW_REPEATERS;
	return ltv_family_has_k(family) && !rows->has_log_gaps ? LTV_FIT_NO_LOG_GAPS : LTV_FIT_OK;
}

enum ltv_fit_status ltv_fit(struct ltv_fit *fit, const struct ltv_rows *rows,
	enum ltv_family family, int k, unsigned threads)
{
	*fit = (struct ltv_fit){.status = look_at(rows, family)};
	if (fit->status != LTV_FIT_OK)
		return fit->status;
	struct search search = {.rows = rows,
		.family = family,
		.k = k > 0 ? k : 1,
		.threads = threads,
		.log_age = log(rows->mean_age)};
	struct found found;
	bool search_k = ltv_family_has_k(family) && k == 0;
	if (search_k)
		find_k(&found, &search);
	else
		find(&found, &search, NULL);
	return set_fit(fit, &search, &found, search_k);
}

enum ltv_fit_status ltv_fit_again(struct ltv_fit *fit, const struct ltv_rows *rows,
	const struct ltv_fit *like, unsigned threads)
{
	*fit = (struct ltv_fit){.status = look_at(rows, like->model.family)};
	if (fit->status != LTV_FIT_OK)
		return fit->status;
	struct search search = {.rows = rows,
		.family = like->model.family,
		.k = like->model.k,
		.threads = threads,
		.log_age = log(rows->mean_age)};
	struct space space = make_space(search.family, like->dropout, like->rates_alike);
	if (like->dropout == LTV_DROPOUT_ALIKE && may_be_certain(search.family) &&
		!ltv_parameter_has_error(like, 2))
		space = make_certain_space(search.family, like->rates_alike);
	double start[LTV_PARAMETERS] = {0};
	for (size_t i = 0; i < ltv_n_parameters(search.family); i++)
		start[i] = log(like->model.parameters[i]) - log_unit(&search, i);
	struct found found;
	find_in(&found, &search, &space, start, NULL);
	return set_fit(fit, &search, &found, like->n_parameters > ltv_n_parameters(search.family));
}

bool ltv_parameter_has_error(const struct ltv_fit *fit, size_t i)
{
	return fit->log_covariance[i][i] > 0;
}

double ltv_standard_error(const struct ltv_fit *fit, size_t i)
{
	return fit->model.parameters[i] * sqrt(fit->log_covariance[i][i]);
}

struct ltv_interval ltv_parameter_interval(const struct ltv_fit *fit, size_t i, double z)
{
	double log_parameter = log(fit->model.parameters[i]);
	double reach = z * sqrt(fit->log_covariance[i][i]);
	return (struct ltv_interval){exp(log_parameter - reach), exp(log_parameter + reach)};
}

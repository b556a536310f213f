#include "cmd/rfm_scores.h"

#include <string.h>

#include "analytics/quantile.h"
#include "base/mem.h"
#include "base/parallel.h"

int64_t rfm_frequency_of(const struct rfm_scores *rfm, const struct customer *customer)
{
	return rfm->frequency == FREQUENCY_DAYS ? customer->purchase_days : customer->orders;
}

static money_sum revenue_of(const struct customer *customer)
{
	return customer->gross_revenue - customer->returns;
}

static double monetary_of(const struct rfm_scores *rfm, const struct customer *customer)
{
	double total = money_as_real(revenue_of(customer));
	return rfm->monetary == MONETARY_AVERAGE ? total / (double)rfm_frequency_of(rfm, customer)
						 : total;
}

/* ---- scores ---- */

enum { SLICE = 16384 }; /* customers to a piece of parallel work */

static size_t slice_end(const struct rfm_scores *rfm, size_t slice)
{
	size_t end = (slice + 1) * SLICE;
	return end < rfm->n ? end : rfm->n;
}

static void measure(void *context, size_t slice)
{
	struct rfm_scores *rfm = context;
	for (size_t i = slice * SLICE; i < slice_end(rfm, slice); i++) {
		const struct customer customer = customers_get(rfm->input->customers, i);
		rfm->values[RFM_RECENCY][i] = rfm->input->report.as_of - customer.last_purchase;
		rfm->values[RFM_FREQUENCY][i] = (double)rfm_frequency_of(rfm, &customer);
		rfm->values[RFM_MONETARY][i] = monetary_of(rfm, &customer);
	}
}

/* Totals as whole micro-units. Up to 2^51 of them the reals that were measured still say which;
 * beyond that the customers are asked again, which takes far longer. */
static double *micros_of(const struct rfm_scores *rfm)
{
	const double most = (double)((int64_t)1 << 51);
	double *micros = mem_array(rfm->n, sizeof(*micros));
	for (size_t i = 0; i < rfm->n; i++) {
		double value = rfm->values[RFM_MONETARY][i] * MONEY_UNIT;
		if (value > -most && value < most) {
			micros[i] = (double)(int64_t)(value < 0 ? value - .5 : value + .5);
		} else {
			const struct customer customer = customers_get(rfm->input->customers, i);
			micros[i] = (double)revenue_of(&customer);
		}
	}
	return micros;
}

/* Totals are cut as whole micro-units: see rfm_find_cuts(). */
static void find_cuts(void *context, size_t m)
{
	struct rfm_scores *rfm = context;
	bool is_total = m == RFM_MONETARY && rfm->monetary == MONETARY_TOTAL;
	if (rfm->has_cuts[m])
		return;
	double *micros = is_total ? micros_of(rfm) : NULL;
	rfm_find_cuts(is_total ? micros : rfm->values[m], rfm->n, rfm->bins,
		is_total ? MONEY_UNIT : 1, &rfm->scale.cuts[m]);
	mem_free(micros);
}

/* Rules are looked through once for each combination of scores, not for each customer. */
enum { MOST_SCORE = RFM_MOST_BINS };

struct segments {
	unsigned char of[MOST_SCORE + 1][MOST_SCORE + 1][MOST_SCORE + 1];
};

static void find_segments(const struct rfm_scores *rfm, struct segments *segments)
{
	for (int r = 1; r <= rfm->bins; r++)
		for (int f = 1; f <= rfm->bins; f++)
			for (int m = 0; m <= rfm->bins; m++)
				segments->of[r][f][m] = (unsigned char)rfm_segment(
					rfm->rules, rfm->n_rules, rfm->bins, r, f, m);
}

static void score(void *context, size_t slice)
{
	struct rfm_scores *rfm = context;
	const struct rfm_cuts *cuts = rfm->scale.cuts;
	struct segments segments;
	find_segments(rfm, &segments);
	for (size_t i = slice * SLICE; i < slice_end(rfm, slice); i++) {
		int scores[N_RFM_MEASURES] = {0};
		for (size_t m = 0; m < rfm->scale.n_measures; m++)
			scores[m] = rfm_score(&cuts[m], rfm->values[m][i]);
		scores[RFM_RECENCY] = rfm_reversed(&cuts[RFM_RECENCY], scores[RFM_RECENCY]);
		for (size_t m = 0; m < N_RFM_MEASURES; m++)
			rfm->scores[m][i] = (unsigned char)scores[m];
		rfm->segment[i] = segments.of[scores[RFM_RECENCY]][scores[RFM_FREQUENCY]]
					     [scores[RFM_MONETARY]];
	}
}

void rfm_scores_find(struct rfm_scores *rfm)
{
	rfm->n = customers_count(rfm->input->customers);
	rfm->has_money = rfm->input->report.has_amounts;
	rfm->scale.n_measures = rfm->has_money ? 3 : 2;
	size_t n_slices = (rfm->n + SLICE - 1) / SLICE;
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		rfm->values[m] = mem_array(rfm->n, sizeof(*rfm->values[m]));
		rfm->scores[m] = mem_array(rfm->n, 1);
	}
	rfm->segment = mem_array(rfm->n, 1);
	parallel_for(input_threads(), n_slices, measure, rfm);
	parallel_for(input_threads(), rfm->scale.n_measures, find_cuts, rfm);
	parallel_for(input_threads(), n_slices, score, rfm);
}

void rfm_scores_release(struct rfm_scores *rfm)
{
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		mem_free(rfm->values[m]);
		mem_free(rfm->scores[m]);
		rfm->values[m] = NULL;
		rfm->scores[m] = NULL;
	}
	mem_free(rfm->segment);
	rfm->segment = NULL;
}

/* ---- segments ---- */

/* Several rules may lead to one segment: it stands where the first does. */
static size_t first_of_name(const struct rfm_scores *rfm, size_t rule)
{
	for (size_t i = 0; i < rule; i++)
		if (strcmp(rfm->rules[i].segment, rfm->rules[rule].segment) == 0)
			return i;
	return rule;
}

/* The sums of every rule's customers. */
struct sums {
	size_t n;
	int64_t frequency;
	double monetary;
	money_sum revenue;
};

static void add_up(const struct rfm_scores *rfm, const size_t *first, struct sums *of_rule)
{
	for (size_t i = 0; i < rfm->n; i++) {
		const struct customer customer = customers_get(rfm->input->customers, i);
		struct sums *sums = &of_rule[first[rfm->segment[i]]];
		sums->n++;
		sums->frequency += rfm_frequency_of(rfm, &customer);
		sums->monetary += rfm->values[RFM_MONETARY][i];
		sums->revenue += revenue_of(&customer);
	}
}

static double recency_median(
	const struct rfm_scores *rfm, const size_t *first, size_t rule, double *scratch)
{
	size_t n = 0;
	for (size_t i = 0; i < rfm->n; i++)
		if (first[rfm->segment[i]] == rule)
			scratch[n++] = rfm->values[RFM_RECENCY][i];
	sort_reals(scratch, n);
	return quantile(scratch, n, 1, 2);
}

static struct rfm_segment summarise(const struct rfm_scores *rfm, const size_t *first, size_t rule,
	const struct sums *sums, double *scratch)
{
	double n = (double)sums->n;
	struct rfm_segment segment = {
		.name = rfm->rules[rule].segment,
		.customers = sums->n,
		.revenue = sums->revenue,
	};
	if (sums->n == 0)
		return segment;
	double total = money_as_real(sums->revenue);
	segment.means[RFM_RECENCY] = recency_median(rfm, first, rule, scratch);
	segment.means[RFM_FREQUENCY] = (double)sums->frequency / n;
	segment.means[RFM_MONETARY] =
		(rfm->monetary == MONETARY_TOTAL ? total : sums->monetary) / n;
	return segment;
}

size_t rfm_scores_summarise(const struct rfm_scores *rfm, struct rfm_segment *rows)
{
	struct sums *of_rule = mem_zeroed(rfm->n_rules, sizeof(*of_rule));
	size_t *first = mem_array(rfm->n_rules, sizeof(*first));
	double *scratch = mem_array(rfm->n, sizeof(*scratch));
	size_t n_segments = 0;
	for (size_t r = 0; r < rfm->n_rules; r++)
		first[r] = first_of_name(rfm, r);
	add_up(rfm, first, of_rule);
	for (size_t r = 0; r < rfm->n_rules; r++)
		if (first[r] == r)
			rows[n_segments++] = summarise(rfm, first, r, &of_rule[r], scratch);
	mem_free(of_rule);
	mem_free(first);
	mem_free(scratch);
	return n_segments;
}

struct rfm_picture rfm_scores_picture(const struct rfm_scores *rfm)
{
	return (struct rfm_picture){
		.customers = rfm->input->customers,
		.n = rfm->n,
		.bins = rfm->bins,
		.r = rfm->scores[RFM_RECENCY],
		.f = rfm->scores[RFM_FREQUENCY],
		.segment = rfm->segment,
		.rules = rfm->rules,
		.n_rules = rfm->n_rules,
		.has_money = rfm->has_money,
		.money_decimals = rfm->input->report.money_decimals,
	};
}

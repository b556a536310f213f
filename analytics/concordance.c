#include "analytics/concordance.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* How many rows were entered with a score below, equal and above; by a Fenwick tree over the
 * scores' ranks. */
struct counts {
	int64_t below, equal, above;
};

struct ranks {
	uint32_t *of;    /* of each row, from 1 */
	uint32_t n;      /* distinct scores */
	int64_t *tree;   /* tree[i]: rows with the ranks (i - lowest bit of i, i] */
	int64_t *equals; /* rows of each rank */
	int64_t entered;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static uint32_t rank_of(const double *distinct, uint32_t n, double score)
{
	uint32_t low = 0, high = n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (distinct[middle] < score)
			low = middle + 1;
		else
			high = middle;
	}
	return low + 1;
}

static struct ranks rank(const double *score, size_t n_rows)
{
	double *distinct = mem_array(n_rows, sizeof(*distinct));
	for (size_t i = 0; i < n_rows; i++)
		distinct[i] = score[i];
	qsort(distinct, n_rows, sizeof(*distinct), by_value);
	struct ranks ranks = {.of = mem_array(n_rows, sizeof(*ranks.of))};
	for (size_t i = 0; i < n_rows; i++)
		if (ranks.n == 0 || distinct[ranks.n - 1] != distinct[i])
			distinct[ranks.n++] = distinct[i];
	for (size_t i = 0; i < n_rows; i++)
		ranks.of[i] = rank_of(distinct, ranks.n, score[i]);
	ranks.tree = mem_zeroed((size_t)ranks.n + 1, sizeof(*ranks.tree));
	ranks.equals = mem_zeroed((size_t)ranks.n + 1, sizeof(*ranks.equals));
	mem_free(distinct);
	return ranks;
}

static void forget(struct ranks *ranks)
{
	for (uint32_t i = 0; i <= ranks->n; i++)
		ranks->tree[i] = ranks->equals[i] = 0;
	ranks->entered = 0;
}

static void enter(struct ranks *ranks, size_t row)
{
	for (uint32_t i = ranks->of[row]; i <= ranks->n; i += i & (~i + 1))
		ranks->tree[i]++;
	ranks->equals[ranks->of[row]]++;
	ranks->entered++;
}

static struct counts compare(const struct ranks *ranks, size_t row)
{
	struct counts counts = {.equal = ranks->equals[ranks->of[row]]};
	for (uint32_t i = ranks->of[row] - 1; i > 0; i &= i - 1)
		counts.below += ranks->tree[i];
	counts.above = ranks->entered - counts.below - counts.equal;
	return counts;
}

/* The rows of one time, begin to end. */
struct moment {
	size_t begin, end;
};

static struct moment moment_from(const double *time, size_t begin, size_t n_rows)
{
	size_t end = begin;
	while (end < n_rows && time[end] == time[begin])
		end++;
	return (struct moment){begin, end};
}

static struct moment moment_until(const double *time, size_t end)
{
	size_t begin = end;
	while (begin > 0 && time[begin - 1] == time[end - 1])
		begin--;
	return (struct moment){begin, end};
}

static void enter_all(struct ranks *ranks, struct moment moment, const bool *event, bool events)
{
	for (size_t i = moment.begin; i < moment.end; i++)
		if (event[i] == events)
			enter(ranks, i);
}

/* Each row's pairs with those who went after it; only rows with an event have any. */
static void pair_with_later(struct ranks *ranks, struct counts *pairs, const double *time,
	const bool *event, size_t n_rows)
{
	for (size_t end = n_rows; end > 0;) {
		struct moment now = moment_until(time, end);
		enter_all(ranks, now, event, false);
		for (size_t i = now.begin; i < now.end; i++)
			if (event[i])
				pairs[i] = compare(ranks, i);
		enter_all(ranks, now, event, true);
		end = now.begin;
	}
}

static void add_earlier(struct counts *pairs, struct counts earlier)
{
	/* The earlier one had the event: its higher score is what agrees. */
	pairs->below += earlier.above;
	pairs->equal += earlier.equal;
	pairs->above += earlier.below;
}

/* Each row's pairs with those who had their event before it. */
static void pair_with_earlier(struct ranks *ranks, struct counts *pairs, const double *time,
	const bool *event, size_t n_rows)
{
	for (size_t begin = 0; begin < n_rows;) {
		struct moment now = moment_from(time, begin, n_rows);
		for (size_t i = now.begin; i < now.end; i++)
			if (event[i])
				add_earlier(&pairs[i], compare(ranks, i));
		enter_all(ranks, now, event, true);
		for (size_t i = now.begin; i < now.end; i++)
			if (!event[i])
				add_earlier(&pairs[i], compare(ranks, i));
		begin = now.end;
	}
}

struct concordance concordance_of(
	const double *time, const bool *event, const double *score, size_t n_rows)
{
	struct ranks ranks = rank(score, n_rows);
	/* below: pairs that agree, above: that do not. */
	struct counts *pairs = mem_zeroed(n_rows, sizeof(*pairs));
	pair_with_later(&ranks, pairs, time, event, n_rows);
	struct concordance result = {.share = NAN, .se = NAN};
	for (size_t i = 0; i < n_rows; i++) {
		result.concordant += pairs[i].below;
		result.discordant += pairs[i].above;
		result.tied += pairs[i].equal;
	}
	int64_t n_pairs = result.concordant + result.discordant + result.tied;
	if (n_pairs > 0) {
		forget(&ranks);
		pair_with_earlier(&ranks, pairs, time, event, n_rows);
		double all = (double)n_pairs, sum = 0;
		result.share = ((double)result.concordant + (double)result.tied / 2) / all;
		for (size_t i = 0; i < n_rows; i++) {
			double own = (double)(pairs[i].below + pairs[i].equal + pairs[i].above);
			double excess = (double)pairs[i].below + (double)pairs[i].equal / 2 -
					result.share * own;
			sum += excess / all * (excess / all);
		}
		result.se = sqrt(sum);
	}
	mem_free(pairs);
	mem_free(ranks.of);
	mem_free(ranks.tree);
	mem_free(ranks.equals);
	return result;
}

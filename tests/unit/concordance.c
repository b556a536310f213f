/* Concordance, by its definition over all pairs; figures of models in tests/unit/cox.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/concordance.h"
#include "tests/unit/random.h"

enum { N = 300 };

struct rows {
	double time[N], score[N];
	bool event[N];
};

/* Sorted by time; times and scores with many ties. */
static struct rows draw(uint64_t seed, size_t n_scores)
{
	struct rows rows;
	double time = 0;
	for (size_t i = 0; i < N; i++) {
		time += random_below(&seed, 3) == 0;
		rows.time[i] = time;
		rows.event[i] = random_below(&seed, 2) == 0;
		rows.score[i] = (double)random_below(&seed, n_scores);
	}
	return rows;
}

/* What a pair adds to concordance: 1, 1/2 or 0; -1 when it does not count. */
static double agreement(const struct rows *rows, size_t first, size_t second)
{
	bool known = rows->event[first] &&
		     (rows->time[first] < rows->time[second] ||
			     (rows->time[first] == rows->time[second] && !rows->event[second]));
	if (!known)
		return -1;
	return rows->score[first] > rows->score[second]    ? 1
	       : rows->score[first] == rows->score[second] ? .5
							   : 0;
}

static void assert_as_defined(const struct rows *rows)
{
	int64_t n_pairs = 0, tied = 0;
	double agreed = 0, own[N] = {0}, own_pairs[N] = {0};
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++) {
			double agrees = agreement(rows, i, j);
			if (agrees < 0)
				continue;
			n_pairs++;
			tied += agrees == .5;
			agreed += agrees;
			own[i] += agrees, own[j] += agrees;
			own_pairs[i]++, own_pairs[j]++;
		}
	double share = agreed / (double)n_pairs, variance = 0;
	for (size_t i = 0; i < N; i++)
		variance += pow((own[i] - share * own_pairs[i]) / (double)n_pairs, 2);
	struct concordance c = concordance_of(rows->time, rows->event, rows->score, N);
	assert_int_equal(c.concordant + c.discordant + c.tied, n_pairs);
	assert_int_equal(c.tied, tied);
	assert_true(fabs(c.share - share) <= 1e-14);
	assert_true(fabs(c.se - sqrt(variance)) <= 1e-14);
}

static void every_pair_is_counted(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct rows few_scores = draw(seed, 4), many_scores = draw(seed, 10000);
		assert_as_defined(&few_scores);
		assert_as_defined(&many_scores);
	}
}

static void scores_turned_around_turn_the_share_around(void **state)
{
	(void)state;
	struct rows rows = draw(9, 50);
	struct concordance there = concordance_of(rows.time, rows.event, rows.score, N);
	for (size_t i = 0; i < N; i++)
		rows.score[i] = -rows.score[i];
	struct concordance back = concordance_of(rows.time, rows.event, rows.score, N);
	assert_int_equal(there.concordant, back.discordant);
	assert_int_equal(there.tied, back.tied);
	assert_true(fabs(there.share + back.share - 1) <= 1e-15);
}

static void scores_that_tell_all_or_nothing(void **state)
{
	(void)state;
	const double time[] = {1, 2, 3}, falling[] = {3, 2, 1}, same[] = {1, 1, 1};
	const bool event[] = {1, 1, 1}, none[] = {0, 0, 0};
	assert_true(concordance_of(time, event, falling, 3).share == 1);
	assert_true(concordance_of(time, event, same, 3).share == .5);
	assert_true(isnan(concordance_of(time, none, falling, 3).share));
	assert_true(isnan(concordance_of(time, event, falling, 1).share));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_is_counted),
		cmocka_unit_test(scores_turned_around_turn_the_share_around),
		cmocka_unit_test(scores_that_tell_all_or_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "analytics/ltv_frequencies.h"

#include <math.h>

#include "base/mem.h"
#include "base/parallel.h"

enum { LAST = LTV_FREQUENCIES - 1 };

struct work {
	const struct ltv_model *model;
	const double *times;
	double (*probability)[LAST]; /* at each time */
};

static void at_time(void *context, size_t time)
{
	const struct work *work = context;
	for (int32_t x = 0; x < LAST; x++)
		work->probability[time][x] = ltv_probability(work->model, x, work->times[time]);
}

/* The customers alike in x and T are a pair; those of one T are asked about once. */
void ltv_count_frequencies(struct ltv_frequency by_x[LTV_FREQUENCIES], const struct ltv_rows *rows,
	const struct ltv_model *model, unsigned threads)
{
	struct work work = {
		model, rows->times, mem_array(rows->n_times, sizeof(*work.probability))};
	parallel_for(threads, rows->n_times, at_time, &work);
	for (int i = 0; i < LTV_FREQUENCIES; i++)
		by_x[i] = (struct ltv_frequency){0, 0};
	for (size_t i = 0; i < rows->n_pairs; i++) {
		int32_t x = rows->counts[rows->pair_count[i]];
		const double *probability = work.probability[rows->pair_time[i]];
		by_x[x < LAST ? x : LAST].actual += rows->pair_customers[i];
		for (int32_t j = 0; j < LAST; j++)
			by_x[j].expected += rows->pair_customers[i] * probability[j];
	}
	by_x[LAST].expected = rows->customers;
	for (int j = 0; j < LAST; j++)
		by_x[LAST].expected = fmax(by_x[LAST].expected - by_x[j].expected, 0);
	mem_free(work.probability);
}

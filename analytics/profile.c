#include "analytics/profile.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "analytics/quantile.h"
#include "base/mem.h"
#include "base/parallel.h"

struct profiling {
	struct profile *profile;
	const double *rows;
	size_t n;
	const uint16_t *labels;
	size_t *starts; /* k: where each cluster's values begin among those sorted by cluster */
};

struct neumaier {
	double sum, lost;
};

static void add(struct neumaier *total, double value)
{
	double sum = total->sum + value;
	total->lost += fabs(total->sum) >= fabs(value) ? total->sum - sum + value
						       : value - sum + total->sum;
	total->sum = sum;
}

static double total_of(const double *sorted, size_t n)
{
	struct neumaier total = {0, 0};
	for (size_t i = 0; i < n; i++)
		add(&total, sorted[i]);
	return total.sum + total.lost;
}

/* The values of a column, those of a cluster side by side. */
static double *by_cluster(const struct profiling *profiling, size_t column)
{
	const struct profile *profile = profiling->profile;
	double *values = mem_array(profiling->n, sizeof(*values));
	size_t *next = mem_array(profile->k, sizeof(*next));
	memcpy(next, profiling->starts, profile->k * sizeof(*next));
	for (size_t i = 0; i < profiling->n; i++)
		values[next[profiling->labels[i]]++] =
			profiling->rows[i * profile->n_columns + column];
	mem_free(next);
	return values;
}

static void profile_column(void *context, size_t column)
{
	const struct profiling *profiling = context;
	struct profile *profile = profiling->profile;
	double *values = by_cluster(profiling, column);
	struct neumaier whole = {0, 0};
	for (size_t c = 0; c < profile->k; c++) {
		double *of_cluster = values + profiling->starts[c];
		size_t n = profile->sizes[c], cell = c * profile->n_columns + column;
		sort_reals(of_cluster, n);
		double total = total_of(of_cluster, n);
		profile->means[cell] = n > 0 ? total / (double)n : NAN;
		profile->medians[cell] = n > 0 ? quantile(of_cluster, n, 1, 2) : NAN;
		add(&whole, total);
	}
	profile->whole_means[column] = (whole.sum + whole.lost) / (double)profiling->n;
	mem_free(values);
}

void profile_init(struct profile *profile, const double *rows, size_t n, size_t n_columns,
	const uint16_t *labels, size_t k, unsigned n_threads)
{
	assert(n > 0);
	*profile = (struct profile){
		.k = k,
		.n_columns = n_columns,
		.sizes = mem_zeroed(k, sizeof(*profile->sizes)),
		.means = mem_array(k * n_columns, sizeof(*profile->means)),
		.medians = mem_array(k * n_columns, sizeof(*profile->medians)),
		.whole_means = mem_array(n_columns, sizeof(*profile->whole_means)),
	};
	struct profiling profiling = {
		profile, rows, n, labels, mem_zeroed(k, sizeof(*profiling.starts))};
	for (size_t i = 0; i < n; i++)
		profile->sizes[labels[i]]++;
	for (size_t c = 1; c < k; c++)
		profiling.starts[c] = profiling.starts[c - 1] + profile->sizes[c - 1];
	parallel_for(n_threads, n_columns, profile_column, &profiling);
	mem_free(profiling.starts);
}

void profile_release(struct profile *profile)
{
	mem_free(profile->sizes);
	mem_free(profile->means);
	mem_free(profile->medians);
	mem_free(profile->whole_means);
	*profile = (struct profile){0};
}

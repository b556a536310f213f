#include "analytics/day_counts.h"

#include <assert.h>
#include <pthread.h>

#include "base/day.h"
#include "base/mem.h"

enum { PAGE_DAYS = 512, N_PAGES = (DAY_LAST - DAY_FIRST) / PAGE_DAYS + 1 };

struct day_counts {
	pthread_mutex_t lock;
	int64_t rows;
	int64_t *pages[N_PAGES]; /* PAGE_DAYS counts each, or NULL */
};

void day_counts_add(struct day_counts *counts, const int32_t *days, size_t n)
{
	pthread_mutex_lock(&counts->lock);
	for (size_t i = 0; i < n; i++) {
		assert(days[i] >= DAY_FIRST && days[i] <= DAY_LAST);
		size_t day = (size_t)(days[i] - DAY_FIRST);
		int64_t **page = &counts->pages[day / PAGE_DAYS];
		if (*page == NULL)
			*page = mem_zeroed(PAGE_DAYS, sizeof(**page));
		(*page)[day % PAGE_DAYS]++;
	}
	counts->rows += (int64_t)n;
	pthread_mutex_unlock(&counts->lock);
}

/* The first day with a row from *day on; false when there is none. */
static bool next_day(const struct day_counts *counts, int32_t *day, int64_t *rows)
{
	for (size_t d = (size_t)(*day - DAY_FIRST); d / PAGE_DAYS < N_PAGES; d++) {
		const int64_t *page = counts->pages[d / PAGE_DAYS];
		if (page == NULL) {
			d |= PAGE_DAYS - 1;
		} else if (page[d % PAGE_DAYS] > 0) {
			*day = (int32_t)d + DAY_FIRST;
			*rows = page[d % PAGE_DAYS];
			return true;
		}
	}
	return false;
}

bool day_counts_span(const struct day_counts *counts, struct day_span *span)
{
	int32_t day = DAY_FIRST;
	int64_t rows;
	*span = (struct day_span){.rows = counts->rows};
	for (; next_day(counts, &day, &rows); day++) {
		if (span->days == 0) {
			span->first = span->second = span->last = day;
			span->rows_first = rows;
		}
		if (span->days == 1)
			span->second = day;
		if (day - span->last - 1 > span->gap_days) {
			span->gap_first = span->last + 1;
			span->gap_days = day - span->gap_first;
		}
		span->last = day;
		span->rows_last = rows;
		span->days++;
	}
	return span->days > 0;
}

/* The day of the row with this rank, from 0. */
static int32_t day_of_rank(const struct day_counts *counts, int64_t rank)
{
	int32_t day = DAY_FIRST;
	int64_t rows;
	for (int64_t before = 0; next_day(counts, &day, &rows); day++) {
		before += rows;
		if (rank < before)
			return day;
	}
	assert(false);
	return DAY_LAST;
}

double day_counts_quantile(const struct day_counts *counts, int64_t i, int64_t parts)
{
	assert(counts->rows > 0 && i >= 0 && i <= parts);
	int64_t last = counts->rows - 1;
	/* (n - 1) i / parts in whole numbers, without forming (n - 1) i. */
	int64_t below = last / parts * i + last % parts * i / parts;
	int64_t rest = last % parts * i % parts;
	double low = day_of_rank(counts, below);
	if (rest == 0)
		return low;
	double high = day_of_rank(counts, below + 1);
	return low + (high - low) * (double)rest / (double)parts;
}

int32_t day_counts_last_by(const struct day_counts *counts, double day, int64_t *n_after)
{
	int32_t last = DAY_FIRST, at = DAY_FIRST;
	int64_t rows;
	*n_after = counts->rows;
	for (; next_day(counts, &at, &rows) && at <= day; at++) {
		*n_after -= rows;
		last = at;
	}
	return last;
}

struct day_counts *day_counts_new(void)
{
	struct day_counts *counts = mem_zeroed(1, sizeof(*counts));
	pthread_mutex_init(&counts->lock, NULL);
	return counts;
}

void day_counts_free(struct day_counts *counts)
{
	if (counts == NULL)
		return;
	for (size_t p = 0; p < N_PAGES; p++)
		mem_free(counts->pages[p]);
	pthread_mutex_destroy(&counts->lock);
	mem_free(counts);
}

#include "analytics/ltv_rows.h"

#include <math.h>
#include <string.h>

#include "analytics/distinct.h"
#include "analytics/exact_sum.h"
#include "analytics/huge_pages.h"
#include "base/mem.h"

/* 10 for each of 2^31 purchases, and far beyond what a customer makes. */
static const double max_log_gaps = 3e10;

static void *large_array(size_t n, size_t size)
{
	void *array = mem_array(n, size);
	huge_pages(array, n * size);
	return array;
}

/* Of numbers that are not negative the bits sort as the numbers do. */
static uint64_t bits_of(double value)
{
	value += 0.; /* -0 becomes 0 */
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static double value_of(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static bool is_possible(int32_t x, double t_x, double T)
{
	return x >= 0 && t_x >= 0 && t_x <= T && isfinite(T) && (x > 0) == (t_x > 0);
}

struct keyed {
	uint64_t key;
	uint32_t customer;
};

enum { DIGIT_BITS = 11 };

/* By key, 11 bits at a time from the lowest; equal keys keep their order. The two arrays change
 * places; the sorted one is returned. */
static struct keyed *sort_keyed(struct keyed *items, struct keyed *room, size_t n, unsigned bits)
{
	for (unsigned shift = 0; shift < bits; shift += DIGIT_BITS) {
		size_t start[(1 << DIGIT_BITS) + 1] = {0};
		for (size_t i = 0; i < n; i++)
			start[(items[i].key >> shift & ((1 << DIGIT_BITS) - 1)) + 1]++;
		for (size_t digit = 1; digit <= 1 << DIGIT_BITS; digit++)
			start[digit] += start[digit - 1];
		for (size_t i = 0; i < n; i++)
			room[start[items[i].key >> shift & ((1 << DIGIT_BITS) - 1)]++] = items[i];
		struct keyed *sorted = room;
		room = items;
		items = sorted;
	}
	return items;
}

static unsigned bits_for(size_t n_values)
{
	unsigned bits = 0;
	while (n_values > (size_t)1 << bits)
		bits++;
	return bits;
}

struct codes {
	uint32_t *count, *recency, *age; /* of each customer; recency and age are one array */
};

static void codes_release(struct codes *codes)
{
	mem_free(codes->count);
	mem_free(codes->recency);
}

/* Distinct counts and times of the rows, and each customer's number among them. */
static struct codes code_customers(
	struct ltv_rows *rows, const int32_t *x, const double *t_x, const double *T, size_t n)
{
	struct codes codes = {
		.count = large_array(n, sizeof(uint32_t)),
		.recency = large_array(n, 2 * sizeof(uint32_t)),
	};
	codes.age = codes.recency + n;
	uint64_t *keys = large_array(n, 2 * sizeof(*keys));
	for (size_t i = 0; i < n; i++)
		keys[i] = (uint64_t)x[i];
	uint64_t *counts = number_distinct(keys, n, codes.count, &rows->n_counts);
	for (size_t i = 0; i < n; i++) {
		keys[i] = bits_of(t_x[i]);
		keys[n + i] = bits_of(T[i]);
	}
	uint64_t *times = number_distinct(keys, 2 * n, codes.recency, &rows->n_times);
	rows->counts = mem_array(rows->n_counts, sizeof(*rows->counts));
	for (size_t i = 0; i < rows->n_counts; i++)
		rows->counts[i] = (int32_t)counts[i];
	rows->times = mem_array(rows->n_times, sizeof(*rows->times));
	for (size_t i = 0; i < rows->n_times; i++)
		rows->times[i] = value_of(times[i]);
	mem_free(keys);
	mem_free(counts);
	mem_free(times);
	return codes;
}

/* Room for n rows; n_rows counts those added. */
static void allocate_rows(struct ltv_rows *rows, size_t n)
{
	rows->weight = large_array(n, sizeof(*rows->weight));
	rows->count_of = large_array(n, sizeof(*rows->count_of));
	rows->recency_of = large_array(n, sizeof(*rows->recency_of));
	rows->age_of = large_array(n, sizeof(*rows->age_of));
}

static void add_row(
	struct ltv_rows *rows, double weight, uint32_t count, uint32_t recency, uint32_t age)
{
	rows->weight[rows->n_rows] = weight;
	rows->count_of[rows->n_rows] = count;
	rows->recency_of[rows->n_rows] = recency;
	rows->age_of[rows->n_rows] = age;
	rows->n_rows++;
}

static void group_codes(struct ltv_rows *rows, const struct codes *codes, size_t n)
{
	unsigned time_bits = bits_for(rows->n_times);
	struct keyed *items = large_array(n, sizeof(*items)), *room = large_array(n, sizeof(*room));
	for (size_t i = 0; i < n; i++)
		items[i] = (struct keyed){
			(((uint64_t)codes->count[i] << time_bits | codes->age[i]) << time_bits) |
				codes->recency[i],
			(uint32_t)i};
	struct keyed *sorted = sort_keyed(items, room, n, bits_for(rows->n_counts) + 2 * time_bits);
	size_t n_rows = 0;
	for (size_t i = 0; i < n; i++)
		n_rows += i == 0 || sorted[i].key != sorted[i - 1].key;
	allocate_rows(rows, n_rows);
	rows->row_of = large_array(n, sizeof(*rows->row_of));
	uint64_t time_mask = ((uint64_t)1 << time_bits) - 1;
	for (size_t i = 0; i < n; i++) {
		uint64_t key = sorted[i].key;
		if (i == 0 || key != sorted[i - 1].key)
			add_row(rows, 0, (uint32_t)(key >> time_bits >> time_bits),
				(uint32_t)(key & time_mask),
				(uint32_t)(key >> time_bits & time_mask));
		rows->weight[rows->n_rows - 1]++;
		rows->row_of[sorted[i].customer] = (uint32_t)(rows->n_rows - 1);
	}
	mem_free(items);
	mem_free(room);
}

/* Rows of one count lie together, so one mark per time, of the count that last used it, tells
 * whether a pair has been seen. */
struct pair_finder {
	struct ltv_rows *rows;
	uint32_t *last_count; /* of each time: count + 1 */
	uint32_t *pair;       /* that it made */
	size_t capacity;
};

static uint32_t pair_of(struct pair_finder *finder, uint32_t count, uint32_t time)
{
	struct ltv_rows *rows = finder->rows;
	if (finder->last_count[time] == count + 1)
		return finder->pair[time];
	if (rows->n_pairs == finder->capacity) {
		finder->capacity = finder->capacity < 256 ? 512 : finder->capacity * 2;
		rows->pair_count =
			mem_resize(rows->pair_count, finder->capacity, sizeof(*rows->pair_count));
		rows->pair_time =
			mem_resize(rows->pair_time, finder->capacity, sizeof(*rows->pair_time));
	}
	rows->pair_count[rows->n_pairs] = count;
	rows->pair_time[rows->n_pairs] = time;
	finder->last_count[time] = count + 1;
	finder->pair[time] = (uint32_t)rows->n_pairs;
	return (uint32_t)rows->n_pairs++;
}

static void find_pairs(struct ltv_rows *rows)
{
	struct pair_finder finder = {
		.rows = rows,
		.last_count = mem_zeroed(rows->n_times, sizeof(uint32_t)),
		.pair = mem_array(rows->n_times, sizeof(uint32_t)),
	};
	rows->recency_pair = large_array(rows->n_rows, sizeof(*rows->recency_pair));
	rows->age_pair = large_array(rows->n_rows, sizeof(*rows->age_pair));
	for (size_t i = 0; i < rows->n_rows; i++) {
		rows->recency_pair[i] = pair_of(&finder, rows->count_of[i], rows->recency_of[i]);
		rows->age_pair[i] = pair_of(&finder, rows->count_of[i], rows->age_of[i]);
	}
	rows->pair_customers = mem_zeroed(rows->n_pairs, sizeof(*rows->pair_customers));
	for (size_t i = 0; i < rows->n_rows; i++)
		rows->pair_customers[rows->age_pair[i]] += rows->weight[i];
	mem_free(finder.last_count);
	mem_free(finder.pair);
}

static void add_up(struct ltv_rows *rows)
{
	double ages = 0;
	for (size_t i = 0; i < rows->n_rows; i++) {
		double x = rows->counts[rows->count_of[i]];
		rows->customers += rows->weight[i];
		rows->purchases += rows->weight[i] * x;
		rows->repeaters += x > 0 ? rows->weight[i] : 0;
		ages += rows->weight[i] * rows->times[rows->age_of[i]];
	}
	rows->mean_age = rows->customers > 0 ? ages / rows->customers : 0;
}

/* The order of the customers does not show in its last bit. */
static double sum_of_log_gaps(const double *log_gaps, size_t n)
{
	struct exact_grid grid = exact_grid(max_log_gaps, n);
	struct exact_sum sum = {0};
	for (size_t i = 0; i < n; i++)
		exact_add(&sum, grid, log_gaps[i]);
	return exact_value(sum);
}

enum ltv_rows_status ltv_rows_group(struct ltv_rows *rows, const int32_t *x, const double *t_x,
	const double *T, const double *log_gaps, size_t n, size_t *bad)
{
	*rows = (struct ltv_rows){0};
	if (n == 0)
		return LTV_ROWS_NONE;
	if (n > INT32_MAX)
		return LTV_ROWS_TOO_MANY;
	for (size_t i = 0; i < n; i++)
		if (!is_possible(x[i], t_x[i], T[i]) ||
			(log_gaps != NULL && !(fabs(log_gaps[i]) <= max_log_gaps))) {
			*bad = i;
			return LTV_ROWS_BAD;
		}
	struct codes codes = code_customers(rows, x, t_x, T, n);
	if (bits_for(rows->n_counts) + 2 * bits_for(rows->n_times) > 64) {
		codes_release(&codes);
		ltv_rows_release(rows);
		return LTV_ROWS_TOO_MANY;
	}
	group_codes(rows, &codes, n);
	codes_release(&codes);
	find_pairs(rows);
	add_up(rows);
	rows->n_customers = n;
	rows->has_log_gaps = log_gaps != NULL;
	rows->log_gaps = log_gaps != NULL ? sum_of_log_gaps(log_gaps, n) : 0;
	return LTV_ROWS_OK;
}

/* Each value's place among those that are used; 0 for the others. */
static void renumber(uint32_t *used, size_t n)
{
	uint32_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (used[i])
			used[i] = kept++;
}

void ltv_rows_reweigh(struct ltv_rows *rows, const struct ltv_rows *all, const double *weight)
{
	*rows = (struct ltv_rows){0};
	uint32_t *count = mem_zeroed(all->n_counts, sizeof(*count));
	uint32_t *time = mem_zeroed(all->n_times, sizeof(*time));
	for (size_t i = 0; i < all->n_rows; i++)
		if (weight[i] > 0)
			count[all->count_of[i]] = time[all->recency_of[i]] = time[all->age_of[i]] =
				1;
	rows->counts = mem_array(all->n_counts, sizeof(*rows->counts));
	for (size_t i = 0; i < all->n_counts; i++)
		if (count[i])
			rows->counts[rows->n_counts++] = all->counts[i];
	rows->times = mem_array(all->n_times, sizeof(*rows->times));
	for (size_t i = 0; i < all->n_times; i++)
		if (time[i])
			rows->times[rows->n_times++] = all->times[i];
	renumber(count, all->n_counts);
	renumber(time, all->n_times);
	allocate_rows(rows, all->n_rows);
	for (size_t i = 0; i < all->n_rows; i++)
		if (weight[i] > 0)
			add_row(rows, weight[i], count[all->count_of[i]], time[all->recency_of[i]],
				time[all->age_of[i]]);
	mem_free(count);
	mem_free(time);
	find_pairs(rows);
	add_up(rows);
	rows->has_log_gaps = all->has_log_gaps;
	if (all->purchases > 0)
		rows->log_gaps = all->log_gaps * (rows->purchases / all->purchases);
}

/* Every so many customers in the order of the rows: strata by x, T and t_x. */
void ltv_rows_sample(struct ltv_rows *sample, const struct ltv_rows *all, size_t n)
{
	double *weight = mem_array(all->n_rows, sizeof(*weight));
	double step = fmax(1, all->customers / (double)n), passed = 0;
	for (size_t i = 0; i < all->n_rows; i++) {
		double next = passed + all->weight[i];
		weight[i] = floor(next / step + .5) - floor(passed / step + .5);
		passed = next;
	}
	ltv_rows_reweigh(sample, all, weight);
	mem_free(weight);
}

void ltv_rows_release(struct ltv_rows *rows)
{
	mem_free(rows->weight);
	mem_free(rows->count_of);
	mem_free(rows->recency_of);
	mem_free(rows->age_of);
	mem_free(rows->recency_pair);
	mem_free(rows->age_pair);
	mem_free(rows->counts);
	mem_free(rows->times);
	mem_free(rows->pair_count);
	mem_free(rows->pair_time);
	mem_free(rows->pair_customers);
	mem_free(rows->row_of);
	*rows = (struct ltv_rows){0};
}

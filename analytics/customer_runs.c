#include "analytics/customer_runs.h"

#include "analytics/notes.h"
#include "base/mem.h"

/* All in one piece of memory, which the next batch gets again. */
static void take_room(struct customer_runs *runs, size_t n)
{
	runs->runs = mem_array(n, sizeof(*runs->runs) + 2 * sizeof(uint32_t) + 1);
	runs->order = (uint32_t *)(runs->runs + n);
	runs->found = runs->order + n;
	runs->part_of = (unsigned char *)(runs->found + n);
}

static inline bool join(struct customer_run *run, const struct customer_run *row)
{
	money sum;
	if (!customer_id_same(&run->id, &row->id) || run->order != row->order ||
		run->day != row->day || (run->amount < 0) != (row->amount < 0) ||
		__builtin_add_overflow(run->amount, row->amount, &sum))
		return false;
	run->amount = sum;
	run->n_rows++;
	return true;
}

static void join_rows(struct customer_runs *runs, const struct transactions *rows, bool with_orders,
	bool may_join)
{
	size_t n = 0;
	for (size_t i = 0; i < rows->n_rows; i++) {
		const struct customer_run row = {.id = customer_id_of(&rows->customers[i]),
			.order = with_orders ? order_key(rows->orders[i]) : 0,
			.amount = rows->amounts[i],
			.n_rows = 1,
			.day = rows->days[i]};
		if (n == 0 || !may_join || !join(&runs->runs[n - 1], &row))
			runs->runs[n++] = row;
	}
	runs->n_runs = n;
}

/* Hashed in a pass of their own: an id that has just been written would be waited for. */
static void part_runs(struct customer_runs *runs)
{
	size_t counts[CUSTOMERS_PARTS] = {0}, at = 0;
	for (size_t i = 0; i < runs->n_runs; i++) {
		uint64_t hash = customer_id_hash(&runs->runs[i].id);
		runs->runs[i].hash = (uint32_t)hash;
		runs->part_of[i] = (unsigned char)customer_part(hash);
		counts[runs->part_of[i]]++;
	}
	for (size_t p = 0; p < CUSTOMERS_PARTS; p++) {
		runs->begin[p] = at;
		at += counts[p];
		counts[p] = runs->begin[p];
	}
	runs->begin[CUSTOMERS_PARTS] = at;
	for (size_t i = 0; i < runs->n_runs; i++)
		runs->order[counts[runs->part_of[i]]++] = (uint32_t)i;
}

void customer_runs_make(struct customer_runs *runs, const struct transactions *rows,
	bool with_orders, bool may_join)
{
	take_room(runs, rows->n_rows);
	join_rows(runs, rows, with_orders, may_join);
	part_runs(runs);
}

void customer_runs_release(struct customer_runs *runs)
{
	mem_free(runs->runs);
}

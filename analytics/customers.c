#include "analytics/customers.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "analytics/customer_runs.h"
#include "analytics/customer_table.h"
#include "analytics/id_sort.h"
#include "analytics/logarithm.h"
#include "analytics/notes.h"
#include "base/mem.h"
#include "base/parallel.h"

enum {
	N_PARTS = CUSTOMERS_PARTS,
	CACHE_LINE = 64,
	SHORT_GAP = 400, /* days: few gaps between purchases are longer */
};

/* What only some commands need, beside the record. */
struct detail {
	money_sum returns, first_day_revenue;
	double log_gaps;
	int32_t last_day;       /* of the last purchase row, to note a day once */
	uint32_t purchase_days; /* when finished */
};

/* What a record has no room for, to be added to what it holds. */
struct excess {
	money_sum revenue;
	int64_t purchases;
};

struct part {
	_Alignas(CACHE_LINE) pthread_mutex_t lock;
	struct customer_table table;
	/* By the records' numbers; NULL where not needed. */
	struct detail *details;
	int64_t *n_rows;
	struct excess *excess;
	size_t n_beside, beside_capacity; /* elements of these three */
	struct notes orders, days;
	struct customer_id_arena duplicates;
	struct text duplicate;
	size_t n_with_purchase; /* when finished, and what follows */
	size_t n_returns_only;
	size_t first_sorted;
	money_sum returns_only;
};

struct customers {
	struct part parts[N_PARTS];
	struct customer_memory memory;
	struct id_reference
		*sorted; /* who is the part in the upper half, the record in the lower */
	size_t n_sorted;
	struct customers_observer observer; /* or none */
	unsigned needs;
	atomic_uint next_part;     /* where the next batch begins its round */
	double log_gap[SHORT_GAP]; /* the logarithm of a gap of that many days */
};

static inline struct customer_record *record_at(const struct part *part, size_t index)
{
	return customer_table_at(&part->table, index);
}

/* ---- beside the records ---- */

/* As many elements as there are records. */
static void fill_beside(struct part *part)
{
	for (; part->n_beside < part->table.n_records; part->n_beside++) {
		if (part->details != NULL)
			part->details[part->n_beside] = (struct detail){.last_day = INT32_MIN};
		if (part->n_rows != NULL)
			part->n_rows[part->n_beside] = 0;
		if (part->excess != NULL)
			part->excess[part->n_beside] = (struct excess){0, 0};
	}
}

static void grow_beside(const struct customers *customers, struct part *part)
{
	if (part->table.n_records > part->beside_capacity) {
		size_t n = part->beside_capacity = 2 * part->table.capacity;
		if (customers->needs & (CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY))
			part->details = mem_resize(part->details, n, sizeof(*part->details));
		if (customers->needs & CUSTOMERS_NEED_ROWS)
			part->n_rows = mem_resize(part->n_rows, n, sizeof(*part->n_rows));
		if (part->excess != NULL)
			part->excess = mem_resize(part->excess, n, sizeof(*part->excess));
	}
	fill_beside(part);
}

/* Of the part's records; after new ones were met. */
static inline void reach_beside(const struct customers *customers, struct part *part)
{
	if (part->n_beside < part->table.n_records)
		grow_beside(customers, part);
}

/* ---- sums beyond a record ---- */

/* Revenue has 64 bits in a record and purchases 32, which is all that an honest export needs: with
 * the 128 and 64 that they might take, a record would be a cache line instead of half a line, which
 * costs twice the memory and a tenth of the time of a run. What is beyond is carried over here. */
static struct excess *excess_at(struct part *part, uint32_t index)
{
	if (part->excess == NULL)
		part->excess = mem_zeroed(part->beside_capacity, sizeof(*part->excess));
	return &part->excess[index];
}

static money_sum revenue_of(const struct part *part, size_t index)
{
	money_sum carried = part->excess != NULL ? part->excess[index].revenue : 0;
	return carried + record_at(part, index)->revenue;
}

static int64_t purchases_of(const struct part *part, size_t index)
{
	int64_t carried = part->excess != NULL ? part->excess[index].purchases : 0;
	return carried + record_at(part, index)->purchases;
}

static inline void add_revenue(
	struct part *part, uint32_t index, struct customer_record *record, money amount)
{
	if (!__builtin_add_overflow(record->revenue, amount, &record->revenue))
		return;
	/* The sum wrapped around by 2^64. */
	money_sum turn = (money_sum)1 << 64;
	excess_at(part, index)->revenue += amount < 0 ? -turn : turn;
}

static inline void add_purchases(
	struct part *part, uint32_t index, struct customer_record *record, uint32_t n)
{
	if (__builtin_add_overflow(record->purchases, n, &record->purchases))
		excess_at(part, index)->purchases += (int64_t)1 << 32;
}

static void set_revenue(struct part *part, uint32_t index, money_sum revenue)
{
	money low = record_at(part, index)->revenue = (money)revenue;
	if (low != revenue || part->excess != NULL)
		excess_at(part, index)->revenue = revenue - low;
}

static void set_purchases(struct part *part, uint32_t index, int64_t purchases)
{
	uint32_t low = record_at(part, index)->purchases = (uint32_t)purchases;
	if (low != purchases || part->excess != NULL)
		excess_at(part, index)->purchases = purchases - low;
}

/* ---- adding rows ---- */

static void add_first_day(
	struct detail *detail, const struct customer_record *record, int32_t day, money amount)
{
	if (day < record->first_purchase)
		detail->first_day_revenue = amount;
	else if (day == record->first_purchase)
		detail->first_day_revenue += amount;
}

/* Rises with the day, also below 0. */
static inline uint64_t key_of_day(int32_t day)
{
	return (uint32_t)day + ((uint32_t)1 << 31);
}

static inline void add_run(const struct customers *customers, struct part *part, uint32_t index,
	const struct customer_run *run)
{
	struct customer_record *record = record_at(part, index);
	struct detail *detail = part->details != NULL ? &part->details[index] : NULL;
	add_revenue(part, index, record, run->amount);
	if (part->n_rows != NULL)
		part->n_rows[index] += run->n_rows;
	if (run->amount < 0) {
		if (detail != NULL)
			detail->returns -= run->amount;
		return;
	}
	if (detail != NULL && (customers->needs & CUSTOMERS_NEED_FIRST_DAY))
		add_first_day(detail, record, run->day, run->amount);
	if (detail != NULL && (customers->needs & CUSTOMERS_NEED_DAYS) &&
		detail->last_day != run->day) {
		detail->last_day = run->day;
		notes_add(&part->days, index, key_of_day(run->day), part->table.n_records);
	}
	if (customers->needs & CUSTOMERS_NEED_ORDERS)
		notes_add(&part->orders, index, run->order, part->table.n_records);
	add_purchases(part, index, record, run->n_rows);
	if (run->day < record->first_purchase)
		record->first_purchase = run->day;
	if (run->day > record->last_purchase)
		record->last_purchase = run->day;
}

/* Adds some runs of one part in three steps, so that nobody waits for memory: all their slots are
 * asked for; by the slots their records are; the records are used. */
static void add_some(struct customers *customers, struct part *part,
	const struct customer_run *runs, const uint32_t *order, uint32_t *found, size_t n)
{
	struct customer_table *table = &part->table;
	for (size_t k = 0; k < n; k++)
		customer_table_expect(table, runs[order[k]].hash);
	for (size_t k = 0; k < n; k++) {
		const struct customer_run *run = &runs[order[k]];
		found[k] = customer_table_guess(table, run->hash, &run->id);
		if (part->details != NULL)
			__builtin_prefetch(&part->details[found[k]], 1);
	}
	for (size_t k = 0; k < n; k++) {
		const struct customer_run *run = &runs[order[k]];
		if (!customer_table_is(table, found[k], &run->id))
			found[k] = customer_table_find(table, run->hash, &run->id);
		reach_beside(customers, part);
		add_run(customers, part, found[k], run);
	}
}

static void add_to_part(struct customers *customers, struct part *part, struct customer_runs *runs)
{
	enum { SOME = 64 };
	size_t p = (size_t)(part - customers->parts), end = runs->begin[p + 1];
	customer_table_reserve(&part->table, end - runs->begin[p]);
	for (size_t at = runs->begin[p]; at < end; at += SOME)
		add_some(customers, part, runs->runs, runs->order + at, runs->found + at,
			end - at < SOME ? end - at : SOME);
}

/* Where somebody looks on, each row is a run, and those of a part are numbers of rows. */
static void show_rows(const struct customers *customers, size_t part,
	const struct transactions *batch, const struct customer_runs *runs)
{
	size_t begin = runs->begin[part], n_rows = runs->begin[part + 1] - begin;
	const struct customers_rows rows = {
		part, batch, runs->order + begin, runs->found + begin, n_rows};
	if (customers->observer.see != NULL)
		customers->observer.see(customers->observer.context, &rows);
}

void customers_add(struct customers *customers, const struct transactions *rows)
{
	bool with_orders = (customers->needs & CUSTOMERS_NEED_ORDERS) != 0;
	assert(rows->orders != NULL || !with_orders);
	assert(rows->n_rows <= UINT32_MAX);
	struct customer_runs runs;
	customer_runs_make(&runs, rows, with_orders, customers->observer.see == NULL);
	/* Threads that begin at one part would wait for each other at every lock. */
	size_t first = atomic_fetch_add(&customers->next_part, N_PARTS / 2 + 1);
	for (size_t i = 0; i < N_PARTS; i++) {
		size_t p = (first + i) % N_PARTS;
		struct part *part = &customers->parts[p];
		if (runs.begin[p] == runs.begin[p + 1])
			continue;
		pthread_mutex_lock(&part->lock);
		add_to_part(customers, part, &runs);
		show_rows(customers, p, rows, &runs);
		pthread_mutex_unlock(&part->lock);
	}
	customer_runs_release(&runs);
}

static void note_duplicate(struct part *part, struct text id)
{
	if (part->duplicate.length == 0 || text_compare(id, part->duplicate) < 0)
		part->duplicate = customer_id_keep_text(&part->duplicates, id);
}

static void add_customer(const struct customers *customers, struct part *part, uint32_t hash,
	const struct customer_id *id, const struct customer *row)
{
	customer_table_reserve(&part->table, 1);
	size_t before = part->table.n_records;
	uint32_t index = customer_table_find(&part->table, hash, id);
	if (part->table.n_records == before) {
		note_duplicate(part, row->id);
		return;
	}
	reach_beside(customers, part);
	struct customer_record *record = record_at(part, index);
	if (part->n_rows != NULL)
		part->n_rows[index] = 1;
	set_revenue(part, index, row->gross_revenue - row->returns);
	set_purchases(part, index, row->orders);
	record->first_purchase = row->first_purchase;
	record->last_purchase = row->last_purchase;
	part->details[index] = (struct detail){.returns = row->returns,
		.first_day_revenue = row->first_day_revenue,
		.log_gaps = row->log_gaps,
		.purchase_days = (uint32_t)row->purchase_days};
}

void customers_add_rows(struct customers *customers, const struct customer *rows, size_t n_rows)
{
	assert((customers->needs | CUSTOMERS_NEED_ROWS) ==
		(CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY | CUSTOMERS_NEED_ROWS));
	for (size_t i = 0; i < n_rows; i++) {
		struct customer_id id = customer_id_of(&rows[i].id);
		uint64_t hash = customer_id_hash(&id);
		struct part *part = &customers->parts[customer_part(hash)];
		pthread_mutex_lock(&part->lock);
		add_customer(customers, part, (uint32_t)hash, &id, &rows[i]);
		pthread_mutex_unlock(&part->lock);
	}
}

/* ---- counting what is distinct ---- */

static void count_orders(struct part *part)
{
	size_t n = part->table.n_records;
	uint64_t *n_orders = mem_array(n, sizeof(*n_orders));
	notes_count(&part->orders, n, n_orders);
	for (size_t r = 0; r < n; r++)
		set_purchases(part, (uint32_t)r, (int64_t)n_orders[r]);
	mem_free(n_orders);
}

static double log_of_gap(const struct customers *customers, uint64_t days)
{
	return days < SHORT_GAP ? customers->log_gap[days] : logarithm((double)days);
}

static void count_days(const struct customers *customers, struct part *part)
{
	size_t *places = mem_array(part->table.n_records + 1, sizeof(*places));
	uint64_t *days = notes_settle(&part->days, part->table.n_records, places);
	for (size_t r = 0; r < part->table.n_records; r++) {
		struct detail *detail = &part->details[r];
		detail->purchase_days = (uint32_t)(places[r + 1] - places[r]);
		for (size_t i = places[r] + 1; i < places[r + 1]; i++)
			detail->log_gaps += log_of_gap(customers, days[i] - days[i - 1]);
	}
	mem_free(days);
	mem_free(places);
}

static void finish_part(void *context, size_t p)
{
	struct customers *customers = context;
	struct part *part = &customers->parts[p];
	if (part->orders.blocks != NULL)
		count_orders(part);
	if (part->days.blocks != NULL)
		count_days(customers, part);
	for (size_t r = 0; r < part->table.n_records; r++) {
		if (purchases_of(part, r) > 0) {
			part->n_with_purchase++;
		} else {
			part->n_returns_only++;
			part->returns_only -= revenue_of(part, r);
		}
	}
}

/* ---- sorting by id ---- */

static const struct customer_record *record_of(const struct customers *customers, uint64_t who)
{
	return record_at(&customers->parts[who >> 32], (uint32_t)who);
}

static const struct detail *detail_of(const struct customers *customers, uint64_t who)
{
	const struct detail *details = customers->parts[who >> 32].details;
	return details != NULL ? &details[(uint32_t)who] : NULL;
}

static struct text id_of(const void *context, uint64_t who)
{
	const struct customers *customers = context;
	return customer_id_text(&record_of(customers, who)->id);
}

static void list_part(void *context, size_t p)
{
	struct customers *customers = context;
	const struct part *part = &customers->parts[p];
	struct id_reference *next = customers->sorted + part->first_sorted;
	for (size_t r = 0; r < part->table.n_records; r++)
		if (purchases_of(part, r) > 0)
			(next++)->who = (uint64_t)p << 32 | r;
}

void customers_finish(struct customers *customers, unsigned n_threads)
{
	customer_memory_free_slots(&customers->memory);
	for (size_t days = 1; days < SHORT_GAP; days++)
		customers->log_gap[days] = logarithm((double)days);
	parallel_for(n_threads, N_PARTS, finish_part, customers);
	for (size_t p = 0; p < N_PARTS; p++) {
		customers->parts[p].first_sorted = customers->n_sorted;
		customers->n_sorted += customers->parts[p].n_with_purchase;
	}
	customers->sorted = mem_array(customers->n_sorted, sizeof(*customers->sorted));
	parallel_for(n_threads, N_PARTS, list_part, customers);
	id_sort(customers->sorted, customers->n_sorted, id_of, customers, n_threads);
}

/* ---- results ---- */

size_t customers_count(const struct customers *customers)
{
	return customers->n_sorted;
}

struct customer customers_get(const struct customers *customers, size_t i)
{
	assert(i < customers->n_sorted);
	/* Records lie where they were first met; whoever goes through them in order of ids waits
	 * for memory at each, unless the ones to come are asked for in time. */
	enum { AHEAD = 32 };
	if (i + AHEAD < customers->n_sorted) {
		uint64_t ahead = customers->sorted[i + AHEAD].who;
		__builtin_prefetch(record_of(customers, ahead));
		if (customers->parts[ahead >> 32].details != NULL)
			__builtin_prefetch(detail_of(customers, ahead));
	}
	uint64_t who = customers->sorted[i].who;
	const struct part *part = &customers->parts[who >> 32];
	const struct customer_record *record = record_at(part, (uint32_t)who);
	const struct detail *detail = detail_of(customers, who);
	struct customer customer = {
		.id = customer_id_text(&record->id),
		.first_purchase = record->first_purchase,
		.last_purchase = record->last_purchase,
		.orders = purchases_of(part, (uint32_t)who),
		.gross_revenue = revenue_of(part, (uint32_t)who),
	};
	if (detail != NULL) {
		customer.gross_revenue += detail->returns;
		customer.returns = detail->returns;
		customer.purchase_days = detail->purchase_days;
		customer.log_gaps = detail->log_gaps;
		customer.first_day_revenue = detail->first_day_revenue;
	}
	return customer;
}

uint32_t customers_in_parts(
	const struct customers *customers, uint32_t n_customers[CUSTOMERS_PARTS])
{
	uint32_t n = 0;
	for (size_t p = 0; p < N_PARTS; p++) {
		assert(customers->parts[p].table.n_records <= UINT32_MAX - n);
		n_customers[p] = (uint32_t)customers->parts[p].table.n_records;
		n += n_customers[p];
	}
	return n;
}

void customers_first_purchases(const struct customers *customers, int32_t *days)
{
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->table.n_records; r++)
			*days++ = record_at(part, r)->first_purchase;
	}
}

struct customers_before customers_before(const struct customers *customers, int32_t day)
{
	struct customers_before before = {0, 0};
	assert(customers->needs & CUSTOMERS_NEED_ROWS);
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->table.n_records; r++) {
			bool is_before = record_at(part, r)->first_purchase < day;
			before.n_customers += is_before;
			before.n_rows += is_before ? part->n_rows[r] : 0;
		}
	}
	return before;
}

size_t customers_returns_only(const struct customers *customers, money_sum *returns)
{
	size_t n = 0;
	*returns = 0;
	for (size_t p = 0; p < N_PARTS; p++) {
		n += customers->parts[p].n_returns_only;
		*returns += customers->parts[p].returns_only;
	}
	return n;
}

void customers_ids(const struct customers *customers, struct text *ids)
{
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->table.n_records; r++)
			*ids++ = customer_id_text(&record_at(part, r)->id);
	}
}

struct text customers_duplicate(const struct customers *customers)
{
	struct text first = {NULL, 0};
	for (size_t p = 0; p < N_PARTS; p++) {
		struct text id = customers->parts[p].duplicate;
		if (id.length > 0 && (first.length == 0 || text_compare(id, first) < 0))
			first = id;
	}
	return first;
}

struct customers *customers_new(unsigned needs)
{
	struct customers *customers = mem_aligned(1, sizeof(*customers), CACHE_LINE);
	memset(customers, 0, sizeof(*customers));
	customers->needs = needs;
	customer_memory_init(&customers->memory, N_PARTS);
	for (size_t p = 0; p < N_PARTS; p++) {
		customer_table_init(&customers->parts[p].table, &customers->memory, p);
		pthread_mutex_init(&customers->parts[p].lock, NULL);
		customers->parts[p].orders.wide = true;
	}
	return customers;
}

void customers_observe(struct customers *customers, struct customers_observer observer)
{
	customers->observer = observer;
}

void customers_free(struct customers *customers)
{
	if (customers == NULL)
		return;
	for (size_t p = 0; p < N_PARTS; p++) {
		struct part *part = &customers->parts[p];
		pthread_mutex_destroy(&part->lock);
		customer_table_release(&part->table);
		mem_free(part->details);
		mem_free(part->n_rows);
		mem_free(part->excess);
		notes_release(&part->orders);
		notes_release(&part->days);
		customer_id_arena_release(&part->duplicates);
	}
	customer_memory_release(&customers->memory);
	mem_free(customers->sorted);
	mem_free(customers);
}

#include "analytics/customers.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analytics/huge_pages.h"
#include "analytics/id_sort.h"
#include "analytics/notes.h"
#include "base/mem.h"
#include "base/parallel.h"

enum { N_PARTS = CUSTOMERS_PARTS, PART_SHIFT = 64 - 4 };
enum { INLINE_ID = 12, FIRST_SLOTS = 256, CHUNK = 64 * 1024 };

/* An id: up to 12 bytes here, zeros behind them, else in the part's arena. */
struct id {
	uint32_t length;
	union {
		char bytes[INLINE_ID];
		struct {
			char start[4]; /* the first bytes, to tell most apart without the rest */
			unsigned char at[8]; /* a pointer, unaligned */
		};
	};
};

/* All that a row of most commands touches, in one cache line. */
enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20, CHUNK_RECORDS = 4096 };
enum { BLOCK_CHUNKS = HUGE_PAGE / CACHE_LINE / CHUNK_RECORDS };
struct record {
	money_sum revenue;   /* net */
	uint64_t last_order; /* of the last purchase row, to note an order once; 0: none */
	int64_t purchases;   /* rows; distinct orders when finished */
	int32_t first_purchase, last_purchase;
	struct id id;
};
_Static_assert(sizeof(struct record) == CACHE_LINE, "a record is a cache line");

/* What only some commands need, beside the record. */
struct detail {
	money_sum returns, first_day_revenue;
	double log_gaps;
	int32_t last_day;       /* of the last purchase row, to note a day once */
	uint32_t purchase_days; /* when finished */
};

struct chunk {
	struct chunk *next;
	size_t used, size;
	char bytes[];
};

struct part {
	pthread_mutex_t lock;
	/* Open addressing, 2^k slots of 4 bytes: the record's number plus 1 (0: free) in the low
	 * k bits, as the place has the low k bits of the hash; above it the hash's other bits. */
	uint32_t *slots;
	size_t n_slots;
	struct record **chunks; /* record_at(); the first one is smaller while it is the only one */
	size_t n_records, capacity;
	struct detail *details; /* NULL unless needed, and so are the rows */
	int64_t *n_rows;
	size_t details_capacity;
	struct notes orders, days;
	struct chunk *ids;
	size_t n_with_purchase; /* when finished, and the next two */
	size_t n_returns_only;
	money_sum returns_only;
	struct text duplicate;
};

/* The slots of all parts that have 2^k each, side by side, so that they lie in few huge pages. */
struct slot_block {
	uint32_t *slots;
	unsigned n_left; /* parts that have outgrown it: the last one frees it */
};

struct customers {
	unsigned needs;
	struct slot_block slot_blocks[32]; /* by k */
	/* Records never move: to double an array of 64 MB costs more for memory that is new to the
	 * process, and for copying, than all insertions. */
	struct record **blocks;
	size_t n_chunks, blocks_capacity;
	pthread_mutex_t memory_lock;        /* of slot_blocks and blocks */
	struct customers_observer observer; /* or none */
	atomic_uint next_part;              /* where the next batch begins its round */
	struct part parts[N_PARTS];
	struct id_reference
		*sorted; /* who is the part in the upper half, the record in the lower */
	size_t n_sorted;
};

/* ---- ids ---- */

static inline struct record *record_at(const struct part *part, size_t index)
{
	return &part->chunks[index / CHUNK_RECORDS][index % CHUNK_RECORDS];
}

static struct text id_text(const struct id *id)
{
	const char *at = id->bytes;
	if (id->length > INLINE_ID)
		memcpy(&at, id->at, sizeof(at));
	return (struct text){at, id->length};
}

static inline uint64_t load8(const char *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static inline uint64_t load4(const char *at)
{
	uint32_t word;
	memcpy(&word, at, sizeof(word));
	return le32toh(word);
}

/* An id as it stands in a batch. Up to 12 bytes by two loads that may overlap, where a call of
 * memcpy() would take longer than all that follows. */
static inline struct id id_of_text(struct text text)
{
	struct id id = {.length = (uint32_t)text.length};
	size_t n = text.length;
	uint64_t low;
	uint32_t high = 0;
	assert(n > 0 && n <= UINT32_MAX);
	if (n > INLINE_ID) {
		memcpy(id.start, text.at, sizeof(id.start));
		memcpy(id.at, &text.at, sizeof(text.at));
		return id;
	}
	if (n >= 8) {
		low = load8(text.at);
		high = (uint32_t)(load8(text.at + n - 8) >> 1 >> (8 * (16 - n) - 1));
	} else if (n >= 4) {
		low = load4(text.at) | load4(text.at + n - 4) << 8 * (n - 4);
	} else {
		const unsigned char *at = (const unsigned char *)text.at;
		low = at[0] | (uint64_t)at[n / 2] << 8 * (n / 2) |
		      (uint64_t)at[n - 1] << 8 * (n - 1);
	}
	low = htole64(low);
	high = htole32(high);
	memcpy(id.bytes, &low, sizeof(low));
	memcpy(id.bytes + sizeof(low), &high, sizeof(high));
	return id;
}

static inline bool same_id(const struct id *a, const struct id *b)
{
	uint64_t x[2], y[2];
	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	if (x[0] == y[0] && x[1] == y[1])
		return true;
	return x[0] == y[0] && a->length > INLINE_ID &&
	       memcmp(id_text(a).at, id_text(b).at, a->length) == 0;
}

static uint64_t hash_of(const struct id *id)
{
	struct text text = id_text(id);
	return id->length <= INLINE_ID ? XXH3_64bits(id, sizeof(*id))
				       : XXH3_64bits(text.at, text.length);
}

static char *arena_take(struct part *part, size_t size)
{
	struct chunk *chunk = part->ids;
	if (chunk == NULL || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK ? size : CHUNK;
		chunk = mem_array(sizeof(*chunk) + room, 1);
		chunk->next = part->ids;
		chunk->used = 0;
		chunk->size = room;
		part->ids = chunk;
	}
	char *at = chunk->bytes + chunk->used;
	chunk->used += size;
	return at;
}

/* The same id, whatever becomes of the batch. */
static struct id keep_id(struct part *part, const struct id *id)
{
	struct id kept = *id;
	if (id->length > INLINE_ID) {
		char *at = arena_take(part, id->length);
		memcpy(at, id_text(id).at, id->length);
		memcpy(kept.at, &at, sizeof(at));
	}
	return kept;
}

/* ---- finding a record ---- */

/* The slot of a record with these bits of the hash, at or after a place; else a free one. */
static inline uint32_t *probe(const struct part *part, uint32_t hash, size_t at)
{
	uint32_t mask = (uint32_t)(part->n_slots - 1), bits = hash & ~mask;
	while (part->slots[at] != 0 && (part->slots[at] & ~mask) != bits)
		at = (at + 1) & mask;
	return &part->slots[at];
}

/* A part's slots, 2^k of them, all free. Slots that take some huge pages together cost a tenth less
 * time to look up than in small ones. */
static uint32_t *take_slots(struct customers *customers, const struct part *part, size_t n_slots)
{
	struct slot_block *block = &customers->slot_blocks[__builtin_ctzll(n_slots)];
	size_t size = n_slots * sizeof(uint32_t);
	pthread_mutex_lock(&customers->memory_lock);
	if (block->slots == NULL) {
		size_t all = N_PARTS * size;
		block->slots =
			mem_aligned(N_PARTS, size, all >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE);
		huge_pages(block->slots, all);
	}
	pthread_mutex_unlock(&customers->memory_lock);
	uint32_t *slots = block->slots + (size_t)(part - customers->parts) * n_slots;
	memset(slots, 0, size);
	return slots;
}

static void leave_slots(struct customers *customers, size_t n_slots)
{
	if (n_slots == 0)
		return;
	struct slot_block *block = &customers->slot_blocks[__builtin_ctzll(n_slots)];
	pthread_mutex_lock(&customers->memory_lock);
	if (++block->n_left == N_PARTS) {
		mem_free(block->slots);
		block->slots = NULL;
	}
	pthread_mutex_unlock(&customers->memory_lock);
}

/* The hashes are made again from the records, one after the other: that costs less than the memory
 * that slots with whole hashes take from the processor's cache. */
static void grow_slots(struct customers *customers, struct part *part)
{
	assert(part->n_slots < (size_t)1 << 31);
	leave_slots(customers, part->n_slots);
	part->n_slots = part->n_slots == 0 ? FIRST_SLOTS : part->n_slots * 2;
	part->slots = take_slots(customers, part, part->n_slots);
	uint32_t mask = (uint32_t)(part->n_slots - 1);
	for (size_t i = 0; i < part->n_records; i++) {
		uint32_t hash = (uint32_t)hash_of(&record_at(part, i)->id);
		size_t at = hash & mask;
		while (part->slots[at] != 0)
			at = (at + 1) & mask;
		part->slots[at] = (hash & ~mask) | (uint32_t)(i + 1);
	}
}

static void free_slots(struct customers *customers)
{
	for (size_t k = 0; k < sizeof(customers->slot_blocks) / sizeof(struct slot_block); k++) {
		mem_free(customers->slot_blocks[k].slots);
		customers->slot_blocks[k].slots = NULL;
	}
}

/* Whether more is kept of a customer than the record. */
static bool has_details(const struct customers *customers)
{
	return (customers->needs & (CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY)) != 0;
}

/* Room for a chunk of records, out of a block of some chunks that is one huge page. */
static struct record *take_chunk(struct customers *customers)
{

	pthread_mutex_lock(&customers->memory_lock);
	if (customers->n_chunks % BLOCK_CHUNKS == 0) {
		size_t n_blocks = customers->n_chunks / BLOCK_CHUNKS;
		customers->blocks = mem_grow(customers->blocks, &customers->blocks_capacity,
			n_blocks + 1, sizeof(*customers->blocks));
		customers->blocks[n_blocks] = mem_aligned(1, HUGE_PAGE, HUGE_PAGE);
		huge_pages(customers->blocks[n_blocks], HUGE_PAGE);
	}
	size_t n = customers->n_chunks++;
	struct record *records =
		customers->blocks[n / BLOCK_CHUNKS] + n % BLOCK_CHUNKS * CHUNK_RECORDS;
	pthread_mutex_unlock(&customers->memory_lock);
	return records;
}

static void grow_first_chunk(struct customers *customers, struct part *part)
{
	struct record *small = part->capacity == 0 ? NULL : part->chunks[0];
	size_t capacity = part->capacity == 0 ? 64 : 2 * part->capacity;
	part->chunks = mem_resize(part->chunks, 1, sizeof(*part->chunks));
	part->chunks[0] = capacity == CHUNK_RECORDS
				  ? take_chunk(customers)
				  : mem_aligned(capacity, sizeof(struct record), CACHE_LINE);
	if (small != NULL)
		memcpy(part->chunks[0], small, part->capacity * sizeof(*small));
	mem_free(small);
	part->capacity = capacity;
}

static void grow_records(struct customers *customers, struct part *part)
{
	if (part->n_records < part->capacity)
		return;
	assert(part->n_records < UINT32_MAX / 2);
	if (part->capacity < CHUNK_RECORDS) {
		grow_first_chunk(customers, part);
	} else {
		size_t n_chunks = part->capacity / CHUNK_RECORDS;
		part->chunks = mem_resize(part->chunks, n_chunks + 1, sizeof(*part->chunks));
		part->chunks[n_chunks] = take_chunk(customers);
		part->capacity += CHUNK_RECORDS;
	}
	if (part->capacity <= part->details_capacity)
		return;
	part->details_capacity = 2 * part->capacity;
	if (has_details(customers))
		part->details =
			mem_resize(part->details, part->details_capacity, sizeof(*part->details));
	if (customers->needs & CUSTOMERS_NEED_ROWS)
		part->n_rows =
			mem_resize(part->n_rows, part->details_capacity, sizeof(*part->n_rows));
}

/* Makes the record of a slot that is free. */
static uint32_t new_record(struct customers *customers, struct part *part, uint32_t *slot,
	uint32_t hash, const struct id *id)
{
	grow_records(customers, part);
	size_t index = part->n_records++;
	*record_at(part, index) = (struct record){
		.first_purchase = INT32_MAX, .last_purchase = INT32_MIN, .id = keep_id(part, id)};
	if (part->details != NULL)
		part->details[index] = (struct detail){.last_day = INT32_MIN};
	if (part->n_rows != NULL)
		part->n_rows[index] = 0;
	*slot = (hash & ~(uint32_t)(part->n_slots - 1)) | (uint32_t)(index + 1);
	return (uint32_t)index;
}

static inline uint32_t index_in(const struct part *part, uint32_t slot)
{
	return (slot & (uint32_t)(part->n_slots - 1)) - 1;
}

/* The record of an id, made when it is not there yet. */
static uint32_t find(
	struct customers *customers, struct part *part, uint32_t hash, const struct id *id)
{
	size_t mask = part->n_slots - 1, at = hash & mask;
	for (;;) {
		uint32_t *slot = probe(part, hash, at);
		if (*slot == 0)
			return new_record(customers, part, slot, hash, id);
		uint32_t index = index_in(part, *slot);
		if (same_id(&record_at(part, index)->id, id))
			return index;
		at = ((size_t)(slot - part->slots) + 1) & mask;
	}
}

static void reserve_slots(struct customers *customers, struct part *part, size_t more)
{
	while ((part->n_records + more) * 8 > part->n_slots * 5)
		grow_slots(customers, part);
}

/* ---- adding rows ---- */

/* Rows of one customer, order and day that stand one after the other in a batch, as the lines of an
 * order do: they are looked up once. What lies in five arrays, and behind two pointers, is brought
 * together while rows are still gone through in their own order; by part each run is a leap. */
struct run {
	struct id id;
	uint64_t order; /* its key, or 0 where orders do not matter */
	money amount;   /* of all its rows, which are purchases or are returns */
	uint32_t n_rows;
	int32_t day;
	uint32_t hash;
};

/* The runs of one batch, by part: order[begin[p] .. begin[p + 1]) are those of part p, and found
 * their records. */
struct parted {
	struct run *runs;
	size_t n_runs;
	uint32_t *order, *found;
	unsigned char *part_of;
	size_t begin[N_PARTS + 1];
};

static inline bool join(struct run *run, const struct run *row)
{
	money sum;
	if (!same_id(&run->id, &row->id) || run->order != row->order || run->day != row->day ||
		(run->amount < 0) != (row->amount < 0) ||
		__builtin_add_overflow(run->amount, row->amount, &sum))
		return false;
	run->amount = sum;
	run->n_rows++;
	return true;
}

/* An observer is shown single rows: each is a run then. */
static void make_runs(
	const struct customers *customers, const struct transactions *rows, struct parted *parted)
{
	bool with_orders = (customers->needs & CUSTOMERS_NEED_ORDERS) != 0;
	bool may_join = customers->observer.see == NULL;
	struct run *runs = parted->runs;
	size_t n = 0;
	for (size_t i = 0; i < rows->n_rows; i++) {
		const struct run row = {.id = id_of_text(rows->customers[i]),
			.order = with_orders ? order_key(rows->orders[i]) : 0,
			.amount = rows->amounts[i],
			.n_rows = 1,
			.day = rows->days[i]};
		if (n == 0 || !may_join || !join(&runs[n - 1], &row))
			runs[n++] = row;
	}
	parted->n_runs = n;
}

static void part_runs(struct parted *parted)
{
	size_t counts[N_PARTS] = {0}, at = 0;
	for (size_t i = 0; i < parted->n_runs; i++) {
		uint64_t hash = hash_of(&parted->runs[i].id);
		parted->runs[i].hash = (uint32_t)hash;
		parted->part_of[i] = (unsigned char)(hash >> PART_SHIFT);
		counts[parted->part_of[i]]++;
	}
	for (size_t p = 0; p < N_PARTS; p++) {
		parted->begin[p] = at;
		at += counts[p];
		counts[p] = parted->begin[p];
	}
	parted->begin[N_PARTS] = at;
	for (size_t i = 0; i < parted->n_runs; i++)
		parted->order[counts[parted->part_of[i]]++] = (uint32_t)i;
}

static void take_room(struct parted *parted, size_t n)
{
	parted->runs = mem_array(n, sizeof(*parted->runs) + 2 * sizeof(uint32_t) + 1);
	parted->order = (uint32_t *)(parted->runs + n);
	parted->found = parted->order + n;
	parted->part_of = (unsigned char *)(parted->found + n);
}

static void add_first_day(
	struct detail *detail, const struct record *record, int32_t day, money amount)
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

static inline void add_run(
	const struct customers *customers, struct part *part, uint32_t index, const struct run *run)
{
	struct record *record = record_at(part, index);
	record->revenue += run->amount;
	if (part->n_rows != NULL)
		part->n_rows[index] += run->n_rows;
	if (run->amount < 0) {
		if (part->details != NULL)
			part->details[index].returns -= run->amount;
		return;
	}
	if (customers->needs & CUSTOMERS_NEED_FIRST_DAY)
		add_first_day(&part->details[index], record, run->day, run->amount);
	if ((customers->needs & CUSTOMERS_NEED_DAYS) && part->details[index].last_day != run->day) {
		part->details[index].last_day = run->day;
		notes_add(&part->days, index, key_of_day(run->day), part->n_records);
	}
	if ((customers->needs & CUSTOMERS_NEED_ORDERS) && record->last_order != run->order) {
		record->last_order = run->order;
		notes_add(&part->orders, index, run->order, part->n_records);
	}
	record->purchases += run->n_rows;
	if (run->day < record->first_purchase)
		record->first_purchase = run->day;
	if (run->day > record->last_purchase)
		record->last_purchase = run->day;
}

/* By its slot alone, which is right but for two ids with the same bits of the hash. */
static inline uint32_t guess_record(
	struct customers *customers, struct part *part, const struct run *run)
{
	uint32_t *slot = probe(part, run->hash, run->hash & (part->n_slots - 1));
	uint32_t index = *slot == 0 ? new_record(customers, part, slot, run->hash, &run->id)
				    : index_in(part, *slot);
	__builtin_prefetch(record_at(part, index), 1);
	if (part->details != NULL)
		__builtin_prefetch(&part->details[index], 1);
	return index;
}

/* Adds some runs of one part in three steps, so that nobody waits for memory: all their slots are
 * asked for; by the slots their records are; the records are used. */
static void add_some(struct customers *customers, struct part *part, const struct run *runs,
	const uint32_t *order, uint32_t *found, size_t n)
{
	size_t mask = part->n_slots - 1;
	for (size_t k = 0; k < n; k++)
		__builtin_prefetch(&part->slots[runs[order[k]].hash & mask]);
	for (size_t k = 0; k < n; k++)
		found[k] = guess_record(customers, part, &runs[order[k]]);
	for (size_t k = 0; k < n; k++) {
		const struct run *run = &runs[order[k]];
		if (!same_id(&record_at(part, found[k])->id, &run->id))
			found[k] = find(customers, part, run->hash, &run->id);
		add_run(customers, part, found[k], run);
	}
}

static void add_to_part(
	struct customers *customers, struct part *part, struct parted *parted, size_t p)
{
	enum { SOME = 64 };
	size_t end = parted->begin[p + 1];
	reserve_slots(customers, part, end - parted->begin[p]);
	for (size_t at = parted->begin[p]; at < end; at += SOME)
		add_some(customers, part, parted->runs, parted->order + at, parted->found + at,
			end - at < SOME ? end - at : SOME);
}

static void show_rows(const struct customers *customers, size_t part,
	const struct transactions *batch, const struct parted *parted)
{
	size_t begin = parted->begin[part], n_rows = parted->begin[part + 1] - begin;
	const struct customers_rows rows = {
		part, batch, parted->order + begin, parted->found + begin, n_rows};
	if (customers->observer.see != NULL)
		customers->observer.see(customers->observer.context, &rows);
}

void customers_add(struct customers *customers, const struct transactions *rows)
{
	assert(rows->orders != NULL || !(customers->needs & CUSTOMERS_NEED_ORDERS));
	assert(rows->n_rows <= UINT32_MAX);
	struct parted parted;
	take_room(&parted, rows->n_rows);
	make_runs(customers, rows, &parted);
	part_runs(&parted);
	/* Threads that begin at one part would wait for each other at every lock. */
	size_t first = atomic_fetch_add(&customers->next_part, N_PARTS / 2 + 1);
	for (size_t i = 0; i < N_PARTS; i++) {
		size_t p = (first + i) % N_PARTS;
		struct part *part = &customers->parts[p];
		if (parted.begin[p] == parted.begin[p + 1])
			continue;
		pthread_mutex_lock(&part->lock);
		add_to_part(customers, part, &parted, p);
		show_rows(customers, p, rows, &parted);
		pthread_mutex_unlock(&part->lock);
	}
	mem_free(parted.runs);
}

static void note_duplicate(struct part *part, struct text id)
{
	if (part->duplicate.length == 0 || text_compare(id, part->duplicate) < 0)
		part->duplicate = id;
}

static void add_customer(struct customers *customers, struct part *part, const struct id *id,
	const struct customer *row)
{
	reserve_slots(customers, part, 1);
	size_t before = part->n_records;
	uint32_t index = find(customers, part, (uint32_t)hash_of(id), id);
	struct record *record = record_at(part, index);
	if (part->n_records == before) {
		char *at = arena_take(part, row->id.length);
		memcpy(at, row->id.at, row->id.length);
		note_duplicate(part, (struct text){at, row->id.length});
		return;
	}
	if (part->n_rows != NULL)
		part->n_rows[index] = 1;
	record->revenue = row->gross_revenue - row->returns;
	record->purchases = row->orders;
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
		struct id id = id_of_text(rows[i].id);
		struct part *part = &customers->parts[hash_of(&id) >> PART_SHIFT];
		pthread_mutex_lock(&part->lock);
		add_customer(customers, part, &id, &rows[i]);
		pthread_mutex_unlock(&part->lock);
	}
}

/* ---- counting what is distinct ---- */

static void count_orders(struct part *part)
{
	size_t *places = mem_array(part->n_records + 1, sizeof(*places));
	mem_free(notes_settle(&part->orders, part->n_records, places));
	for (size_t r = 0; r < part->n_records; r++)
		record_at(part, r)->purchases = (int64_t)(places[r + 1] - places[r]);
	mem_free(places);
}

static void count_days(struct part *part)
{
	size_t *places = mem_array(part->n_records + 1, sizeof(*places));
	uint64_t *days = notes_settle(&part->days, part->n_records, places);
	for (size_t r = 0; r < part->n_records; r++) {
		struct detail *detail = &part->details[r];
		detail->purchase_days = (uint32_t)(places[r + 1] - places[r]);
		for (size_t i = places[r] + 1; i < places[r + 1]; i++)
			detail->log_gaps += log((double)(days[i] - days[i - 1]));
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
		count_days(part);
	for (size_t r = 0; r < part->n_records; r++) {
		if (record_at(part, r)->purchases > 0) {
			part->n_with_purchase++;
		} else {
			part->n_returns_only++;
			part->returns_only -= record_at(part, r)->revenue;
		}
	}
}

/* ---- sorting by id ---- */

static const struct record *record_of(const struct customers *customers, uint64_t who)
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
	return id_text(&record_of(customers, who)->id);
}

void customers_finish(struct customers *customers, unsigned n_threads)
{
	free_slots(customers);
	parallel_for(n_threads, N_PARTS, finish_part, customers);
	for (size_t p = 0; p < N_PARTS; p++)
		customers->n_sorted += customers->parts[p].n_with_purchase;
	customers->sorted = mem_array(customers->n_sorted, sizeof(*customers->sorted));
	size_t n = 0;
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->n_records; r++)
			if (record_at(part, r)->purchases > 0)
				customers->sorted[n++].who = (uint64_t)p << 32 | r;
	}
	id_sort(customers->sorted, n, id_of, customers, n_threads);
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
	enum { AHEAD = 12 };
	if (i + AHEAD < customers->n_sorted) {
		uint64_t ahead = customers->sorted[i + AHEAD].who;
		__builtin_prefetch(record_of(customers, ahead));
		if (customers->parts[ahead >> 32].details != NULL)
			__builtin_prefetch(detail_of(customers, ahead));
	}
	const struct record *record = record_of(customers, customers->sorted[i].who);
	const struct detail *detail = detail_of(customers, customers->sorted[i].who);
	struct customer customer = {
		.id = id_text(&record->id),
		.first_purchase = record->first_purchase,
		.last_purchase = record->last_purchase,
		.orders = record->purchases,
		.gross_revenue = record->revenue,
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
		assert(customers->parts[p].n_records <= UINT32_MAX - n);
		n_customers[p] = (uint32_t)customers->parts[p].n_records;
		n += n_customers[p];
	}
	return n;
}

void customers_first_purchases(const struct customers *customers, int32_t *days)
{
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->n_records; r++)
			*days++ = record_at(part, r)->first_purchase;
	}
}

struct customers_before customers_before(const struct customers *customers, int32_t day)
{
	struct customers_before before = {0, 0};
	assert(customers->needs & CUSTOMERS_NEED_ROWS);
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->n_records; r++) {
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
		for (size_t r = 0; r < part->n_records; r++)
			*ids++ = id_text(&record_at(part, r)->id);
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
	struct customers *customers = mem_zeroed(1, sizeof(*customers));
	customers->needs = needs;
	pthread_mutex_init(&customers->memory_lock, NULL);
	for (size_t p = 0; p < N_PARTS; p++) {
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
		if (part->capacity < CHUNK_RECORDS && part->capacity > 0)
			mem_free(part->chunks[0]);
		mem_free(part->chunks);
		mem_free(part->details);
		mem_free(part->n_rows);
		notes_release(&part->orders);
		notes_release(&part->days);
		for (struct chunk *chunk = part->ids, *next; chunk != NULL; chunk = next) {
			next = chunk->next;
			mem_free(chunk);
		}
	}
	free_slots(customers);
	for (size_t i = 0; i * BLOCK_CHUNKS < customers->n_chunks; i++)
		mem_free(customers->blocks[i]);
	mem_free(customers->blocks);
	pthread_mutex_destroy(&customers->memory_lock);
	mem_free(customers->sorted);
	mem_free(customers);
}

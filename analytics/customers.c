#include "analytics/customers.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "analytics/huge_pages.h"
#include "base/mem.h"
#include "base/parallel.h"

enum { N_PARTS = CUSTOMERS_PARTS, PART_SHIFT = 64 - 5 };
enum { INLINE_ID = 12, FIRST_SLOTS = 256, CHUNK = 64 * 1024 };

/* An id: up to 12 bytes here, else in the part's arena. */
struct id {
	uint32_t length;
	union {
		char bytes[INLINE_ID];
		struct {
			char start[4]; /* the same first bytes, to tell most apart without the rest
					*/
			unsigned char at[8]; /* a pointer, unaligned */
		};
	};
};

/* All that a row of most commands touches, in one cache line. */
enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };
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

struct slot {
	uint32_t tag;   /* the hash's low half, which also places it */
	uint32_t index; /* of the record, plus 1; 0: free */
};

struct order_note {
	uint64_t order;
	uint32_t index;
};

struct day_note {
	uint32_t index;
	int32_t day;
};

struct chunk {
	struct chunk *next;
	size_t used, size;
	char bytes[];
};

struct part {
	pthread_mutex_t lock;
	struct slot *slots;
	size_t n_slots;
	struct record *records;
	struct detail *details; /* NULL unless needed, and so are the rows */
	int64_t *n_rows;
	size_t n_records, capacity;
	struct order_note *orders;
	size_t n_orders, orders_capacity;
	struct day_note *days;
	size_t n_days, days_capacity;
	struct chunk *ids;
	size_t n_with_purchase; /* when finished, and the next two */
	size_t n_returns_only;
	money_sum returns_only;
	struct text duplicate;
};

struct reference {
	uint64_t prefix; /* the id's first 8 bytes, big-endian: compares as the bytes do */
	const struct record *record;
	const struct detail *detail;
};

struct customers {
	unsigned needs;
	struct customers_observer observer; /* or none */
	struct part parts[N_PARTS];
	struct reference *sorted;
	size_t n_sorted;
};

/* ---- ids ---- */

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
	return word;
}

static inline uint32_t load4(const char *at)
{
	uint32_t word;
	memcpy(&word, at, sizeof(word));
	return word;
}

/* n from 1 to INLINE_ID bytes by two loads that may overlap, where a call of memcmp() would take
 * as long as all else that a row asks of its record. */
static inline bool same_bytes(const char *a, const char *b, size_t n)
{
	if (n >= 8)
		return load8(a) == load8(b) && load8(a + n - 8) == load8(b + n - 8);
	if (n >= 4)
		return load4(a) == load4(b) && load4(a + n - 4) == load4(b + n - 4);
	return a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1];
}

static bool id_is(const struct id *id, struct text text)
{
	if (id->length != text.length)
		return false;
	if (id->length <= INLINE_ID)
		return same_bytes(id->bytes, text.at, text.length);
	return memcmp(id->start, text.at, sizeof(id->start)) == 0 &&
	       memcmp(id_text(id).at, text.at, text.length) == 0;
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

static void id_set(struct part *part, struct id *id, struct text text)
{
	assert(text.length <= UINT32_MAX);
	id->length = (uint32_t)text.length;
	memset(id->bytes, 0, sizeof(id->bytes));
	if (text.length <= INLINE_ID) {
		memcpy(id->bytes, text.at, text.length);
		return;
	}
	char *at = arena_take(part, text.length);
	memcpy(at, text.at, text.length);
	memcpy(id->start, text.at, sizeof(id->start));
	memcpy(id->at, &at, sizeof(at));
}

/* ---- finding a record ---- */

static uint64_t hash_of(struct text id)
{
	return XXH3_64bits(id.at, id.length);
}

static void grow_slots(struct part *part)
{
	size_t n_slots = part->n_slots == 0 ? FIRST_SLOTS : part->n_slots * 2;
	struct slot *slots = mem_zeroed(n_slots, sizeof(*slots));
	for (size_t i = 0; i < part->n_slots; i++) {
		struct slot slot = part->slots[i];
		if (slot.index == 0)
			continue;
		size_t at = slot.tag & (n_slots - 1);
		while (slots[at].index != 0)
			at = (at + 1) & (n_slots - 1);
		slots[at] = slot;
	}
	mem_free(part->slots);
	part->slots = slots;
	part->n_slots = n_slots;
}

/* Whether more is kept of a customer than the record. */
static bool has_details(const struct customers *customers)
{
	return (customers->needs & (CUSTOMERS_NEED_DAYS | CUSTOMERS_NEED_FIRST_DAY)) != 0;
}

/* Not by realloc(), which would let records straddle cache lines. */
static void grow_records(const struct customers *customers, struct part *part)
{
	if (part->n_records < part->capacity)
		return;
	assert(part->n_records < UINT32_MAX / 2);
	size_t capacity = part->capacity == 0 ? 64 : 2 * part->capacity;
	size_t size = capacity * sizeof(struct record);
	struct record *records = mem_aligned(
		capacity, sizeof(struct record), size >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE);
	huge_pages(records, size);
	if (part->n_records > 0)
		memcpy(records, part->records, part->n_records * sizeof(*records));
	mem_free(part->records);
	part->records = records;
	if (has_details(customers))
		part->details = mem_resize(part->details, capacity, sizeof(*part->details));
	if (customers->needs & CUSTOMERS_NEED_ROWS)
		part->n_rows = mem_resize(part->n_rows, capacity, sizeof(*part->n_rows));
	part->capacity = capacity;
}

static uint32_t new_record(const struct customers *customers, struct part *part, struct text id)
{
	grow_records(customers, part);
	size_t index = part->n_records++;
	struct record *record = &part->records[index];
	*record = (struct record){.first_purchase = INT32_MAX, .last_purchase = INT32_MIN};
	id_set(part, &record->id, id);
	if (part->details != NULL)
		part->details[index] = (struct detail){.last_day = INT32_MIN};
	if (part->n_rows != NULL)
		part->n_rows[index] = 0;
	return (uint32_t)index;
}

/* The slot with this tag at or after a place, or a free one. */
static struct slot *probe(const struct part *part, uint32_t tag, size_t at)
{
	while (part->slots[at].index != 0 && part->slots[at].tag != tag)
		at = (at + 1) & (part->n_slots - 1);
	return &part->slots[at];
}

/* The record of an id, made when it is not there yet. */
static uint32_t find(
	const struct customers *customers, struct part *part, uint32_t tag, struct text id)
{
	size_t mask = part->n_slots - 1, at = tag & mask;
	for (;;) {
		struct slot *slot = probe(part, tag, at);
		if (slot->index == 0) {
			uint32_t index = new_record(customers, part, id);
			*slot = (struct slot){tag, index + 1};
			return index;
		}
		if (id_is(&part->records[slot->index - 1].id, id))
			return slot->index - 1;
		at = ((size_t)(slot - part->slots) + 1) & mask;
	}
}

/* ---- notes of what is to be counted once ---- */

static int compare_orders(const void *a, const void *b)
{
	uint64_t x = ((const struct order_note *)a)->order,
		 y = ((const struct order_note *)b)->order;
	return (x > y) - (x < y);
}

static int compare_days(const void *a, const void *b)
{
	int32_t x = ((const struct day_note *)a)->day, y = ((const struct day_note *)b)->day;
	return (x > y) - (x < y);
}

/* Most customers have a handful of notes: by insertion, which calls nobody. */
enum { HANDFUL = 16 };

static void sort_orders(struct order_note *notes, size_t n)
{
	if (n > HANDFUL) {
		qsort(notes, n, sizeof(*notes), compare_orders);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct order_note note = notes[i];
		size_t j = i;
		for (; j > 0 && notes[j - 1].order > note.order; j--)
			notes[j] = notes[j - 1];
		notes[j] = note;
	}
}

static void sort_days(struct day_note *notes, size_t n)
{
	if (n > HANDFUL) {
		qsort(notes, n, sizeof(*notes), compare_days);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct day_note note = notes[i];
		size_t j = i;
		for (; j > 0 && notes[j - 1].day > note.day; j--)
			notes[j] = notes[j - 1];
		notes[j] = note;
	}
}

/* Where each record's notes begin, when they are laid out by record; has n_records + 1 places. */
static size_t *note_places(const struct part *part, const uint32_t *index, size_t stride, size_t n)
{
	size_t *places = mem_zeroed(part->n_records + 1, sizeof(*places));
	const char *at = (const char *)index;
	for (size_t i = 0; i < n; i++, at += stride)
		places[*(const uint32_t *)at + 1]++;
	for (size_t r = 0; r < part->n_records; r++)
		places[r + 1] += places[r];
	return places;
}

/* Leaves each note once, laid out by record and sorted. */
static void squeeze_orders(struct part *part)
{
	size_t *places = note_places(
		part, &part->orders[0].index, sizeof(struct order_note), part->n_orders);
	struct order_note *sorted = mem_array(part->n_orders, sizeof(*sorted));
	size_t *next = mem_array(part->n_records, sizeof(*next));
	memcpy(next, places, part->n_records * sizeof(*next));
	for (size_t i = 0; i < part->n_orders; i++)
		sorted[next[part->orders[i].index]++] = part->orders[i];
	part->n_orders = 0;
	for (size_t r = 0; r < part->n_records; r++) {
		struct order_note *notes = sorted + places[r];
		size_t n = places[r + 1] - places[r];
		sort_orders(notes, n);
		for (size_t i = 0; i < n; i++)
			if (i == 0 || notes[i].order != notes[i - 1].order)
				part->orders[part->n_orders++] = notes[i];
	}
	mem_free(next);
	mem_free(sorted);
	mem_free(places);
}

static void squeeze_days(struct part *part)
{
	size_t *places =
		note_places(part, &part->days[0].index, sizeof(struct day_note), part->n_days);
	struct day_note *sorted = mem_array(part->n_days, sizeof(*sorted));
	size_t *next = mem_array(part->n_records, sizeof(*next));
	memcpy(next, places, part->n_records * sizeof(*next));
	for (size_t i = 0; i < part->n_days; i++)
		sorted[next[part->days[i].index]++] = part->days[i];
	part->n_days = 0;
	for (size_t r = 0; r < part->n_records; r++) {
		struct day_note *notes = sorted + places[r];
		size_t n = places[r + 1] - places[r];
		sort_days(notes, n);
		for (size_t i = 0; i < n; i++)
			if (i == 0 || notes[i].day != notes[i - 1].day)
				part->days[part->n_days++] = notes[i];
	}
	mem_free(next);
	mem_free(sorted);
	mem_free(places);
}

/* Orders that come again and again, among others, must not fill the memory with rows: a long list
 * is squeezed before it grows, and grows only when most of it is distinct. */
enum { LONG_LIST = 1 << 18 };

static void reserve_order(struct part *part)
{
	if (part->n_orders < part->orders_capacity)
		return;
	if (part->n_orders >= LONG_LIST)
		squeeze_orders(part);
	if (part->n_orders >= part->orders_capacity / 2)
		part->orders = mem_grow(part->orders, &part->orders_capacity,
			part->orders_capacity + 1, sizeof(*part->orders));
}

static void reserve_day(struct part *part)
{
	if (part->n_days < part->days_capacity)
		return;
	if (part->n_days >= LONG_LIST)
		squeeze_days(part);
	if (part->n_days >= part->days_capacity / 2)
		part->days = mem_grow(part->days, &part->days_capacity, part->days_capacity + 1,
			sizeof(*part->days));
}

/* ---- adding rows ---- */

/* The rows of one batch, by part: order[begin[p] .. begin[p + 1]) are those of part p. */
struct parted {
	uint64_t *hashes;
	uint32_t *order, *found;
	size_t begin[N_PARTS + 1];
};

static void part_rows(const struct text *ids, size_t n, struct parted *parted)
{
	size_t counts[N_PARTS] = {0};
	parted->hashes = mem_array(n, sizeof(*parted->hashes) + 2 * sizeof(uint32_t));
	parted->order = (uint32_t *)(parted->hashes + n);
	parted->found = parted->order + n;
	for (size_t i = 0; i < n; i++) {
		parted->hashes[i] = hash_of(ids[i]);
		counts[parted->hashes[i] >> PART_SHIFT]++;
	}
	size_t at = 0;
	for (size_t p = 0; p < N_PARTS; p++) {
		parted->begin[p] = at;
		at += counts[p];
		counts[p] = parted->begin[p];
	}
	parted->begin[N_PARTS] = at;
	for (size_t i = 0; i < n; i++)
		parted->order[counts[parted->hashes[i] >> PART_SHIFT]++] = (uint32_t)i;
}

static void reserve_slots(struct part *part, size_t more)
{
	while ((part->n_records + more) * 8 > part->n_slots * 5)
		grow_slots(part);
}

/* Finds the records of rows begin to end in three passes, so that the misses of each overlap: the
 * slots are fetched, then by their tags alone the records, and only then are ids compared. */
static void find_rows(const struct customers *customers, struct part *part, const struct text *ids,
	struct parted *parted, size_t begin, size_t end)
{
	reserve_slots(part, end - begin);
	size_t mask = part->n_slots - 1;
	for (size_t k = begin; k < end; k++)
		__builtin_prefetch(&part->slots[(uint32_t)parted->hashes[parted->order[k]] & mask]);
	for (size_t k = begin; k < end; k++) {
		size_t i = parted->order[k];
		uint32_t tag = (uint32_t)parted->hashes[i];
		struct slot *slot = probe(part, tag, tag & mask);
		if (slot->index == 0)
			*slot = (struct slot){tag, new_record(customers, part, ids[i]) + 1};
		parted->found[k] = slot->index - 1;
		__builtin_prefetch(&part->records[slot->index - 1]);
		if (part->details != NULL)
			__builtin_prefetch(&part->details[slot->index - 1]);
	}
	for (size_t k = begin; k < end; k++) {
		size_t i = parted->order[k];
		/* Two ids with one tag: rare, and settled by their bytes. */
		if (!id_is(&part->records[parted->found[k]].id, ids[i]))
			parted->found[k] =
				find(customers, part, (uint32_t)parted->hashes[i], ids[i]);
	}
}

static void note_order(struct part *part, uint32_t index, struct text order)
{
	/* 0 stands for no order yet; the hash 0 shares 1's fate. */
	uint64_t key = XXH3_64bits(order.at, order.length);
	key += key == 0;
	if (part->records[index].last_order == key)
		return;
	part->records[index].last_order = key;
	reserve_order(part);
	part->orders[part->n_orders++] = (struct order_note){key, index};
}

static void note_day(struct part *part, uint32_t index, int32_t day)
{
	if (part->details[index].last_day == day)
		return;
	part->details[index].last_day = day;
	reserve_day(part);
	part->days[part->n_days++] = (struct day_note){index, day};
}

static void add_first_day(
	struct detail *detail, const struct record *record, int32_t day, money amount)
{
	if (day < record->first_purchase)
		detail->first_day_revenue = amount;
	else if (day == record->first_purchase)
		detail->first_day_revenue += amount;
}

static void add_row(const struct customers *customers, struct part *part, uint32_t index,
	const struct transactions *rows, size_t i)
{
	struct record *record = &part->records[index];
	money amount = rows->amounts[i];
	int32_t day = rows->days[i];
	record->revenue += amount;
	if (part->n_rows != NULL)
		part->n_rows[index]++;
	if (amount < 0) {
		if (part->details != NULL)
			part->details[index].returns -= amount;
		return;
	}
	if (customers->needs & CUSTOMERS_NEED_FIRST_DAY)
		add_first_day(&part->details[index], record, day, amount);
	if (customers->needs & CUSTOMERS_NEED_DAYS)
		note_day(part, index, day);
	if (customers->needs & CUSTOMERS_NEED_ORDERS)
		note_order(part, index, rows->orders[i]);
	record->purchases++;
	if (day < record->first_purchase)
		record->first_purchase = day;
	if (day > record->last_purchase)
		record->last_purchase = day;
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
	part_rows(rows->customers, rows->n_rows, &parted);
	for (size_t p = 0; p < N_PARTS; p++) {
		struct part *part = &customers->parts[p];
		size_t begin = parted.begin[p], end = parted.begin[p + 1];
		if (begin == end)
			continue;
		pthread_mutex_lock(&part->lock);
		find_rows(customers, part, rows->customers, &parted, begin, end);
		for (size_t k = begin; k < end; k++)
			add_row(customers, part, parted.found[k], rows, parted.order[k]);
		show_rows(customers, p, rows, &parted);
		pthread_mutex_unlock(&part->lock);
	}
	mem_free(parted.hashes);
}

static void note_duplicate(struct part *part, struct text id)
{
	if (part->duplicate.length == 0 || text_compare(id, part->duplicate) < 0)
		part->duplicate = id;
}

static void add_customer(const struct customers *customers, struct part *part, uint32_t tag,
	const struct customer *row)
{
	reserve_slots(part, 1);
	size_t before = part->n_records;
	uint32_t index = find(customers, part, tag, row->id);
	struct record *record = &part->records[index];
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
		uint64_t hash = hash_of(rows[i].id);
		struct part *part = &customers->parts[hash >> PART_SHIFT];
		pthread_mutex_lock(&part->lock);
		add_customer(customers, part, (uint32_t)hash, &rows[i]);
		pthread_mutex_unlock(&part->lock);
	}
}

/* ---- counting what is distinct ---- */

static void count_orders(struct part *part)
{
	squeeze_orders(part);
	for (size_t r = 0; r < part->n_records; r++)
		part->records[r].purchases = 0;
	for (size_t i = 0; i < part->n_orders; i++)
		part->records[part->orders[i].index].purchases++;
}

static void count_days(struct part *part)
{
	squeeze_days(part);
	for (size_t i = 0; i < part->n_days; i++) {
		const struct day_note *note = &part->days[i];
		struct detail *detail = &part->details[note->index];
		detail->purchase_days++;
		if (i > 0 && note[-1].index == note->index)
			detail->log_gaps += log(note->day - note[-1].day);
	}
}

static void finish_part(void *context, size_t p)
{
	struct customers *customers = context;
	struct part *part = &customers->parts[p];
	mem_free(part->slots);
	part->slots = NULL;
	if (part->n_orders > 0)
		count_orders(part);
	mem_free(part->orders);
	part->orders = NULL;
	if (part->n_days > 0)
		count_days(part);
	mem_free(part->days);
	part->days = NULL;
	for (size_t r = 0; r < part->n_records; r++) {
		if (part->records[r].purchases > 0) {
			part->n_with_purchase++;
		} else {
			part->n_returns_only++;
			part->returns_only -= part->records[r].revenue;
		}
	}
}

/* ---- sorting by id ---- */

static uint64_t prefix_of(struct text id)
{
	unsigned char bytes[8] = {0};
	memcpy(bytes, id.at, id.length < 8 ? id.length : 8);
	uint64_t prefix = 0;
	for (int i = 0; i < 8; i++)
		prefix = prefix << 8 | bytes[i];
	return prefix;
}

static int compare_ids(const void *a, const void *b)
{
	const struct reference *x = a, *y = b;
	return text_compare(id_text(&x->record->id), id_text(&y->record->id));
}

/* Sorts by prefix, a byte at a time from the last to the first, leaving out the bytes that are the
 * same in all: ids such as C00012345 differ in few. */
static void sort_by_prefix(struct reference *references, size_t n)
{
	struct reference *from = references, *to = mem_array(n, sizeof(*to)), *other = to;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t counts[256] = {0}, at = 0;
		for (size_t i = 0; i < n; i++)
			counts[from[i].prefix >> shift & 0xFF]++;
		if (counts[from[0].prefix >> shift & 0xFF] == n)
			continue;
		for (int b = 0; b < 256; b++) {
			size_t count = counts[b];
			counts[b] = at;
			at += count;
		}
		for (size_t i = 0; i < n; i++)
			to[counts[from[i].prefix >> shift & 0xFF]++] = from[i];
		struct reference *swap = from;
		from = to;
		to = swap;
	}
	if (from != references)
		memcpy(references, from, n * sizeof(*references));
	mem_free(other);
}

/* Runs with one prefix are settled by the whole ids. */
static void sort_references(struct reference *references, size_t n)
{
	if (n < 2)
		return;
	sort_by_prefix(references, n);
	for (size_t begin = 0, end; begin < n; begin = end) {
		end = begin + 1;
		while (end < n && references[end].prefix == references[begin].prefix)
			end++;
		if (end - begin > 1)
			qsort(references + begin, end - begin, sizeof(*references), compare_ids);
	}
}

void customers_finish(struct customers *customers, unsigned n_threads)
{
	parallel_for(n_threads, N_PARTS, finish_part, customers);
	for (size_t p = 0; p < N_PARTS; p++)
		customers->n_sorted += customers->parts[p].n_with_purchase;
	customers->sorted = mem_array(customers->n_sorted, sizeof(*customers->sorted));
	size_t n = 0;
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->n_records; r++)
			if (part->records[r].purchases > 0)
				customers->sorted[n++] = (struct reference){
					prefix_of(id_text(&part->records[r].id)), &part->records[r],
					part->details != NULL ? &part->details[r] : NULL};
	}
	sort_references(customers->sorted, customers->n_sorted);
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
		__builtin_prefetch(customers->sorted[i + AHEAD].record);
		if (customers->sorted[i + AHEAD].detail != NULL)
			__builtin_prefetch(customers->sorted[i + AHEAD].detail);
	}
	const struct record *record = customers->sorted[i].record;
	const struct detail *detail = customers->sorted[i].detail;
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
			*days++ = part->records[r].first_purchase;
	}
}

struct customers_before customers_before(const struct customers *customers, int32_t day)
{
	struct customers_before before = {0, 0};
	assert(customers->needs & CUSTOMERS_NEED_ROWS);
	for (size_t p = 0; p < N_PARTS; p++) {
		const struct part *part = &customers->parts[p];
		for (size_t r = 0; r < part->n_records; r++) {
			bool is_before = part->records[r].first_purchase < day;
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
			*ids++ = id_text(&part->records[r].id);
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
	for (size_t p = 0; p < N_PARTS; p++)
		pthread_mutex_init(&customers->parts[p].lock, NULL);
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
		mem_free(part->slots);
		mem_free(part->records);
		mem_free(part->details);
		mem_free(part->n_rows);
		mem_free(part->orders);
		mem_free(part->days);
		for (struct chunk *chunk = part->ids, *next; chunk != NULL; chunk = next) {
			next = chunk->next;
			mem_free(chunk);
		}
	}
	mem_free(customers->sorted);
	mem_free(customers);
}

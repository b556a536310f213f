#include "analytics/notes.h"

#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"

/* ---- keys ---- */

uint64_t order_key(struct text id)
{
	uint64_t key = 0;
	if (id.length == sizeof(key))
		memcpy(&key, id.at, sizeof(key));
	else if (id.length < sizeof(key))
		memcpy(&key, id.at, id.length);
	/* An id that ends in NUL would be the same as one without it. */
	bool is_itself = id.length > 0 && id.length <= sizeof(key) && id.at[id.length - 1] != '\0';
	if (!is_itself)
		key = XXH3_64bits(id.at, id.length);
	key = be64toh(key);
	return key + (key == 0);
}

/* ---- sorting those of one customer ---- */

/* Most have a handful: by insertion, which calls nobody, and is through at once where they are in
 * order. */
enum { HANDFUL = 16 };

static int compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int compare_days(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static void sort_keys(uint64_t *keys, size_t n)
{
	size_t i = 1;
	while (i < n && keys[i - 1] <= keys[i])
		i++;
	if (i < n && n > HANDFUL) {
		qsort(keys, n, sizeof(*keys), compare_keys);
		return;
	}
	for (; i < n; i++) {
		uint64_t key = keys[i];
		size_t j = i;
		for (; j > 0 && keys[j - 1] > key; j--)
			keys[j] = keys[j - 1];
		keys[j] = key;
	}
}

static void sort_days(int32_t *days, size_t n)
{
	size_t i = 1;
	while (i < n && days[i - 1] <= days[i])
		i++;
	if (i < n && n > HANDFUL) {
		qsort(days, n, sizeof(*days), compare_days);
		return;
	}
	for (; i < n; i++) {
		int32_t day = days[i];
		size_t j = i;
		for (; j > 0 && days[j - 1] > day; j--)
			days[j] = days[j - 1];
		days[j] = day;
	}
}

/* ---- all notes by customer ---- */

/* From how many notes each has (at its number plus 1) to where they begin. */
static void sum_up(size_t *places, size_t n_customers)
{
	for (size_t c = 0; c < n_customers; c++)
		places[c + 1] += places[c];
}

/* Both return the keys, sorted for each customer; those of c then end at places[c], where those of
 * c + 1 begin. */
static uint64_t *sorted_keys(const struct order_notes *notes, size_t n_customers, size_t *places)
{
	uint64_t *keys = mem_array(notes->n, sizeof(*keys));
	for (size_t i = 0; i < notes->n; i++)
		places[notes->notes[i].customer + 1]++;
	sum_up(places, n_customers);
	for (size_t i = 0; i < notes->n; i++)
		memcpy(&keys[places[notes->notes[i].customer]++], notes->notes[i].key,
			sizeof(*keys));
	for (size_t c = 0, begin = 0; c < n_customers; begin = places[c++])
		sort_keys(keys + begin, places[c] - begin);
	return keys;
}

static int32_t *sorted_days(const struct day_notes *notes, size_t n_customers, size_t *places)
{
	int32_t *days = mem_array(notes->n, sizeof(*days));
	for (size_t i = 0; i < notes->n; i++)
		places[notes->notes[i].customer + 1]++;
	sum_up(places, n_customers);
	for (size_t i = 0; i < notes->n; i++)
		days[places[notes->notes[i].customer]++] = notes->notes[i].day;
	for (size_t c = 0, begin = 0; c < n_customers; begin = places[c++])
		sort_days(days + begin, places[c] - begin);
	return days;
}

/* Leaves each note once. */
static void squeeze_orders(struct order_notes *notes, size_t n_customers)
{
	size_t *places = mem_zeroed(n_customers + 1, sizeof(*places));
	uint64_t *keys = sorted_keys(notes, n_customers, places);
	notes->n = 0;
	for (size_t c = 0, i = 0; c < n_customers; c++)
		for (size_t begin = i; i < places[c]; i++) {
			if (i > begin && keys[i] == keys[i - 1])
				continue;
			struct order_note *note = &notes->notes[notes->n++];
			memcpy(note->key, &keys[i], sizeof(note->key));
			note->customer = (uint32_t)c;
		}
	mem_free(keys);
	mem_free(places);
}

void day_notes_sort(struct day_notes *notes, size_t n_customers)
{
	size_t *places = mem_zeroed(n_customers + 1, sizeof(*places));
	int32_t *days = sorted_days(notes, n_customers, places);
	notes->n = 0;
	for (size_t c = 0, i = 0; c < n_customers; c++)
		for (size_t begin = i; i < places[c]; i++)
			if (i == begin || days[i] != days[i - 1])
				notes->notes[notes->n++] = (struct day_note){(uint32_t)c, days[i]};
	mem_free(days);
	mem_free(places);
}

void order_notes_count(const struct order_notes *notes, size_t n_customers, uint32_t *counts)
{
	size_t *places = mem_zeroed(n_customers + 1, sizeof(*places));
	uint64_t *keys = sorted_keys(notes, n_customers, places);
	for (size_t c = 0, i = 0; c < n_customers; c++) {
		counts[c] = 0;
		for (size_t begin = i; i < places[c]; i++)
			counts[c] += i == begin || keys[i] != keys[i - 1];
	}
	mem_free(keys);
	mem_free(places);
}

/* ---- noting ---- */

enum { LONG_LIST = 1 << 18 };

void order_note(struct order_notes *notes, uint32_t customer, uint64_t key, size_t n_customers)
{
	if (notes->n == notes->capacity) {
		if (notes->n >= LONG_LIST)
			squeeze_orders(notes, n_customers);
		if (notes->n >= notes->capacity / 2)
			notes->notes = mem_grow(notes->notes, &notes->capacity, notes->capacity + 1,
				sizeof(*notes->notes));
	}
	struct order_note *note = &notes->notes[notes->n++];
	memcpy(note->key, &key, sizeof(note->key));
	note->customer = customer;
}

void day_note(struct day_notes *notes, uint32_t customer, int32_t day, size_t n_customers)
{
	if (notes->n == notes->capacity) {
		if (notes->n >= LONG_LIST)
			day_notes_sort(notes, n_customers);
		if (notes->n >= notes->capacity / 2)
			notes->notes = mem_grow(notes->notes, &notes->capacity, notes->capacity + 1,
				sizeof(*notes->notes));
	}
	notes->notes[notes->n++] = (struct day_note){customer, day};
}

void order_notes_release(struct order_notes *notes)
{
	mem_free(notes->notes);
	*notes = (struct order_notes){0};
}

void day_notes_release(struct day_notes *notes)
{
	mem_free(notes->notes);
	*notes = (struct day_notes){0};
}

/* A customer's id in 12 bytes, to be compared and hashed without a look elsewhere.
 *
 *	struct customer_id id = customer_id_of(&batch->customers[i]);
 *	uint64_t hash = customer_id_hash(&id);
 *	record->id = customer_id_keep(&arena, &id);     lives as long as the arena
 *	struct text text = customer_id_text(&record->id);
 *
 * Up to 11 bytes stand in it, zeros behind them, and the last byte is how many. Of a longer id it
 * holds where its text is, and 24 bits of its length, which tell most others apart.
 */
#ifndef ANALYTICS_CUSTOMER_ID_H
#define ANALYTICS_CUSTOMER_ID_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/load.h"
#include "base/text.h"

enum { CUSTOMER_ID_INLINE = 11, CUSTOMER_ID_LONG = 0xFF };

struct customer_id {
	unsigned char bytes[CUSTOMER_ID_INLINE + 1];
};

/* Where ids too long to stand in 12 bytes are kept. Begins as zeros. */
struct customer_id_arena {
	struct customer_id_chunk *newest;
};

void customer_id_arena_release(struct customer_id_arena *arena);

/* The bytes again, for as long as the arena lives. */
struct text customer_id_keep_text(struct customer_id_arena *arena, struct text text);

/* The same id, whatever becomes of the text that it was made of. */
struct customer_id customer_id_keep(struct customer_id_arena *arena, const struct customer_id *id);

/* text, never empty, is to live as long as the id. Short ones by two loads that may overlap, where
 * a call of memcpy() would take longer than all that follows. */
static inline struct customer_id customer_id_of(const struct text *text)
{
	struct customer_id id;
	const unsigned char *at = (const unsigned char *)text->at;
	size_t n = text->length;
	uint64_t low;
	uint32_t high = 0, tail = (uint32_t)n;
	assert(n > 0);
	if (n > CUSTOMER_ID_INLINE) {
		memcpy(id.bytes, &text, sizeof(text));
		high = htole32((uint32_t)n & 0xFFFFFF);
		memcpy(id.bytes + 8, &high, sizeof(high));
		id.bytes[CUSTOMER_ID_INLINE] = CUSTOMER_ID_LONG;
		return id;
	}
	if (n >= 8) {
		low = load8(at);
		high = (uint32_t)(load8(at + n - 8) >> 1 >> (8 * (16 - n) - 1));
	} else if (n >= 4) {
		low = load4(at) | (uint64_t)load4(at + n - 4) << 8 * (n - 4);
	} else {
		low = at[0] | (uint64_t)at[n / 2] << 8 * (n / 2) |
		      (uint64_t)at[n - 1] << 8 * (n - 1);
	}
	low = htole64(low);
	high = htole32(high | tail << 24);
	memcpy(id.bytes, &low, sizeof(low));
	memcpy(id.bytes + sizeof(low), &high, sizeof(high));
	return id;
}

/* Of a short id the text is in the id itself, and lives as long. */
static inline struct text customer_id_text(const struct customer_id *id)
{
	size_t length = id->bytes[CUSTOMER_ID_INLINE];
	if (length != CUSTOMER_ID_LONG)
		return (struct text){(const char *)id->bytes, length};
	const struct text *text;
	memcpy(&text, id->bytes, sizeof(text));
	return *text;
}

static inline uint64_t customer_id_hash(const struct customer_id *id)
{
	if (id->bytes[CUSTOMER_ID_INLINE] != CUSTOMER_ID_LONG)
		return XXH3_64bits(id->bytes, sizeof(id->bytes));
	struct text text = customer_id_text(id);
	return XXH3_64bits(text.at, text.length);
}

static inline bool customer_id_same(const struct customer_id *a, const struct customer_id *b)
{
	if (load4(a->bytes + 8) != load4(b->bytes + 8))
		return false;
	if (load8(a->bytes) == load8(b->bytes))
		return true;
	return a->bytes[CUSTOMER_ID_INLINE] == CUSTOMER_ID_LONG &&
	       text_equal(customer_id_text(a), customer_id_text(b));
}

#endif

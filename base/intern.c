#include "base/intern.h"

#include <assert.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"

struct interned {
	uint64_t hash;
	char *at; /* owned */
	size_t length;
};

static struct text text_at(const struct interned *interned)
{
	return (struct text){interned->at, interned->length};
}

/* The slot of a text, or the free one where it would go. */
static size_t find(const struct intern *intern, uint64_t hash, struct text text)
{
	size_t mask = intern->n_slots - 1, at = hash & mask;
	for (; intern->slots[at] != 0; at = (at + 1) & mask) {
		const struct interned *interned = &intern->texts[intern->slots[at] - 1];
		if (interned->hash == hash && text_equal(text_at(interned), text))
			break;
	}
	return at;
}

/* Keeps at least half of the slots free. */
static void grow(struct intern *intern)
{
	enum { FIRST_SLOTS = 16 };
	if (intern->n_texts * 2 < intern->n_slots)
		return;
	intern->n_slots = intern->n_slots == 0 ? FIRST_SLOTS : intern->n_slots * 2;
	mem_free(intern->slots);
	intern->slots = mem_zeroed(intern->n_slots, sizeof(*intern->slots));
	for (size_t i = 0; i < intern->n_texts; i++) {
		const struct interned *interned = &intern->texts[i];
		intern->slots[find(intern, interned->hash, text_at(interned))] = (uint32_t)i + 1;
	}
}

uint32_t intern_number(struct intern *intern, struct text text)
{
	uint64_t hash = XXH3_64bits(text.at, text.length);
	grow(intern);
	size_t slot = find(intern, hash, text);
	if (intern->slots[slot] == 0) {
		assert(intern->n_texts < UINT32_MAX);
		intern->texts = mem_grow(intern->texts, &intern->capacity, intern->n_texts + 1,
			sizeof(*intern->texts));
		intern->texts[intern->n_texts++] =
			(struct interned){hash, mem_text(text.at, text.length), text.length};
		intern->slots[slot] = (uint32_t)intern->n_texts;
	}
	return intern->slots[slot] - 1;
}

struct text intern_text(const struct intern *intern, uint32_t number)
{
	assert(number < intern->n_texts);
	return text_at(&intern->texts[number]);
}

size_t intern_count(const struct intern *intern)
{
	return intern->n_texts;
}

void intern_release(struct intern *intern)
{
	for (size_t i = 0; i < intern->n_texts; i++)
		mem_free(intern->texts[i].at);
	mem_free(intern->texts);
	mem_free(intern->slots);
	*intern = (struct intern){0};
}

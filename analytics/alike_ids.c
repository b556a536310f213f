#include "analytics/alike_ids.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/parallel.h"

/* ---- what is left of an id ---- */

static bool is_ascii(struct text id)
{
	for (size_t i = 0; i < id.length; i++)
		if ((unsigned char)id.at[i] >= 0x80)
			return false;
	return true;
}

static bool is_blank(utf8proc_int32_t codepoint)
{
	return codepoint <= ' ' || utf8proc_category(codepoint) == UTF8PROC_CATEGORY_ZS;
}

static void fold_ascii(struct text id, struct buffer *folded)
{
	for (size_t i = 0; i < id.length; i++) {
		char c = id.at[i];
		if (c > ' ')
			buffer_byte(folded, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
}

/* False when it is not UTF-8. */
static bool fold_unicode(struct text id, struct buffer *folded)
{
	const utf8proc_option_t options =
		UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)id.at;
	utf8proc_ssize_t length = (utf8proc_ssize_t)id.length;
	utf8proc_ssize_t n = utf8proc_decompose(bytes, length, NULL, 0, options);
	if (n < 0)
		return false;
	utf8proc_int32_t *codepoints = mem_array((size_t)n, sizeof(*codepoints));
	utf8proc_decompose(bytes, length, codepoints, n, options);
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		utf8proc_uint8_t character[4];
		if (!is_blank(codepoints[i]))
			buffer_bytes(folded, character,
				(size_t)utf8proc_encode_char(codepoints[i], character));
	}
	mem_free(codepoints);
	return true;
}

/* Where the digits of a whole number end, zeros behind a point being none; 0: it is no number. */
static size_t whole_part(struct text id)
{
	size_t digits = 0, end;
	while (digits < id.length && is_digit(id.at[digits]))
		digits++;
	for (end = digits + 1; end < id.length && id.at[end] == '0'; end++)
		;
	bool has_zeros = end == id.length && end > digits + 1 && id.at[digits] == '.';
	return digits == id.length || has_zeros ? digits : 0;
}

static struct text fold_number(struct text id)
{
	size_t end = whole_part(id), start = 0;
	while (start + 1 < end && id.at[start] == '0')
		start++;
	return end == 0 ? id : (struct text){id.at + start, end - start};
}

static uint64_t hash_of(struct text id, enum alike_rule rule, struct buffer *folded)
{
	if (rule == ALIKE_NUMBERS) {
		id = fold_number(id);
		return XXH3_64bits(id.at, id.length);
	}
	folded->length = 0;
	if (is_ascii(id))
		fold_ascii(id, folded);
	else if (!fold_unicode(id, folded))
		buffer_text(folded, id);
	return XXH3_64bits(folded->bytes, folded->length);
}

/* ---- which of them are the same ---- */

struct search {
	const struct text *ids;
	size_t n_ids;
	enum alike_rule rule;
	uint64_t *hashes;
	unsigned char *is_alike;
};

enum { SLICE = 16384 }; /* ids to a piece of parallel work */

static void hash_slice(void *context, size_t slice)
{
	struct search *search = context;
	struct buffer folded = {0};
	size_t end = (slice + 1) * SLICE;
	for (size_t i = slice * SLICE; i < end && i < search->n_ids; i++)
		search->hashes[i] = hash_of(search->ids[i], search->rule, &folded);
	buffer_release(&folded);
}

/* Marks every id whose hash another one has. Open addressing: a slot holds the number of the first
 * id with a hash, and 1; at most half are taken. Returns how many are marked. */
static size_t mark_alike(struct search *search)
{
	size_t n_slots = 16, n_alike = 0;
	while (n_slots < 2 * search->n_ids)
		n_slots *= 2;
	assert(search->n_ids < UINT32_MAX);
	uint32_t *slots = mem_zeroed(n_slots, sizeof(*slots));
	for (size_t i = 0; i < search->n_ids; i++) {
		uint64_t hash = search->hashes[i];
		size_t at = hash & (n_slots - 1);
		while (slots[at] != 0 && search->hashes[slots[at] - 1] != hash)
			at = (at + 1) & (n_slots - 1);
		if (slots[at] == 0) {
			slots[at] = (uint32_t)i + 1;
			continue;
		}
		n_alike += search->is_alike[slots[at] - 1] ? 1 : 2;
		search->is_alike[slots[at] - 1] = search->is_alike[i] = 1;
	}
	mem_free(slots);
	return n_alike;
}

/* ---- the groups ---- */

struct member {
	uint64_t hash;
	struct text id;
};

static int by_group(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return text_compare(x->id, y->id);
}

static void note_example(struct alike_ids *alike, struct text first, struct text second)
{
	size_t at = alike->n_examples;
	while (at > 0 && text_compare(first, alike->examples[at - 1][0]) < 0)
		at--;
	if (at == ALIKE_EXAMPLES)
		return;
	if (alike->n_examples < ALIKE_EXAMPLES)
		alike->n_examples++;
	memmove(&alike->examples[at + 1], &alike->examples[at],
		(alike->n_examples - at - 1) * sizeof(alike->examples[0]));
	alike->examples[at][0] = first;
	alike->examples[at][1] = second;
}

static struct alike_ids find_groups(const struct search *search, size_t n_alike)
{
	struct alike_ids alike = {.ids = n_alike};
	struct member *members = mem_array(n_alike, sizeof(*members));
	size_t n = 0;
	for (size_t i = 0; i < search->n_ids; i++)
		if (search->is_alike[i])
			members[n++] = (struct member){search->hashes[i], search->ids[i]};
	if (n > 0)
		qsort(members, n, sizeof(*members), by_group);
	for (size_t i = 1; i < n; i++) {
		bool is_second = members[i].hash == members[i - 1].hash &&
				 (i == 1 || members[i].hash != members[i - 2].hash);
		if (!is_second)
			continue;
		alike.groups++;
		note_example(&alike, members[i - 1].id, members[i].id);
	}
	mem_free(members);
	return alike;
}

struct alike_ids alike_ids_find(
	const struct text *ids, size_t n_ids, enum alike_rule rule, unsigned n_threads)
{
	struct search search = {.ids = ids,
		.n_ids = n_ids,
		.rule = rule,
		.hashes = mem_array(n_ids, sizeof(*search.hashes)),
		.is_alike = mem_zeroed(n_ids, 1)};
	parallel_for(n_threads, (n_ids + SLICE - 1) / SLICE, hash_slice, &search);
	size_t n_alike = mark_alike(&search);
	struct alike_ids alike = find_groups(&search, n_alike);
	mem_free(search.hashes);
	mem_free(search.is_alike);
	return alike;
}

#include "analytics/customer_id.h"

#include <stddef.h>

#include "base/mem.h"

enum { CHUNK = 64 * 1024 };

struct customer_id_chunk {
	struct customer_id_chunk *next;
	size_t used, size;
	char bytes[];
};

static void *take(struct customer_id_arena *arena, size_t size)
{
	size_t aligned = (size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
	struct customer_id_chunk *chunk = arena->newest;
	if (chunk == NULL || chunk->size - chunk->used < aligned) {
		size_t room = aligned > CHUNK ? aligned : CHUNK;
		chunk = mem_array(sizeof(*chunk) + room, 1);
		chunk->next = arena->newest;
		chunk->used = 0;
		chunk->size = room;
		arena->newest = chunk;
	}
	char *at = chunk->bytes + chunk->used;
	chunk->used += aligned;
	return at;
}

void customer_id_arena_release(struct customer_id_arena *arena)
{
	for (struct customer_id_chunk *chunk = arena->newest, *next; chunk != NULL; chunk = next) {
		next = chunk->next;
		mem_free(chunk);
	}
	arena->newest = NULL;
}

struct text customer_id_keep_text(struct customer_id_arena *arena, struct text text)
{
	char *at = take(arena, text.length);
	memcpy(at, text.at, text.length);
	return (struct text){at, text.length};
}

struct customer_id customer_id_keep(struct customer_id_arena *arena, const struct customer_id *id)
{
	struct text text = customer_id_text(id);
	if (text.length <= CUSTOMER_ID_INLINE)
		return *id;
	struct text *kept = take(arena, sizeof(*kept) + text.length);
	char *bytes = (char *)(kept + 1);
	memcpy(bytes, text.at, text.length);
	*kept = (struct text){bytes, text.length};
	return customer_id_of(kept);
}

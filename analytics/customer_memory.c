#include "analytics/customer_memory.h"

#include "analytics/huge_pages.h"
#include "base/mem.h"

enum { CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };
enum { BLOCK_CHUNKS = HUGE_PAGE / (int)sizeof(struct customer_record) / CUSTOMER_CHUNK };

void customer_memory_init(struct customer_memory *memory, size_t n_parts)
{
	*memory = (struct customer_memory){.n_parts = n_parts};
	pthread_mutex_init(&memory->lock, NULL);
}

uint32_t *customer_memory_slots(struct customer_memory *memory, size_t part, size_t n_slots)
{
	struct customer_slots *all = &memory->slots[__builtin_ctzll(n_slots)];
	size_t size = n_slots * sizeof(uint32_t);
	pthread_mutex_lock(&memory->lock);
	if (all->slots == NULL) {
		size_t size_of_all = memory->n_parts * size;
		all->slots = mem_aligned(
			memory->n_parts, size, size_of_all >= HUGE_PAGE ? HUGE_PAGE : CACHE_LINE);
		huge_pages(all->slots, size_of_all);
	}
	pthread_mutex_unlock(&memory->lock);
	uint32_t *slots = all->slots + part * n_slots;
	memset(slots, 0, size);
	return slots;
}

void customer_memory_leave_slots(struct customer_memory *memory, size_t n_slots)
{
	if (n_slots == 0)
		return;
	struct customer_slots *all = &memory->slots[__builtin_ctzll(n_slots)];
	pthread_mutex_lock(&memory->lock);
	if (++all->n_left == memory->n_parts) {
		mem_free(all->slots);
		all->slots = NULL;
	}
	pthread_mutex_unlock(&memory->lock);
}

void customer_memory_free_slots(struct customer_memory *memory)
{
	for (size_t k = 0; k < sizeof(memory->slots) / sizeof(memory->slots[0]); k++) {
		mem_free(memory->slots[k].slots);
		memory->slots[k].slots = NULL;
	}
}

/* Some chunks are one huge page. */
struct customer_record *customer_memory_chunk(struct customer_memory *memory)
{
	pthread_mutex_lock(&memory->lock);
	if (memory->n_chunks % BLOCK_CHUNKS == 0) {
		size_t n_blocks = memory->n_chunks / BLOCK_CHUNKS;
		memory->blocks = mem_grow(memory->blocks, &memory->blocks_capacity, n_blocks + 1,
			sizeof(*memory->blocks));
		memory->blocks[n_blocks] = mem_aligned(1, HUGE_PAGE, HUGE_PAGE);
		huge_pages(memory->blocks[n_blocks], HUGE_PAGE);
	}
	size_t n = memory->n_chunks++;
	struct customer_record *records =
		memory->blocks[n / BLOCK_CHUNKS] + n % BLOCK_CHUNKS * CUSTOMER_CHUNK;
	pthread_mutex_unlock(&memory->lock);
	return records;
}

void customer_memory_release(struct customer_memory *memory)
{
	customer_memory_free_slots(memory);
	for (size_t i = 0; i * BLOCK_CHUNKS < memory->n_chunks; i++)
		mem_free(memory->blocks[i]);
	mem_free(memory->blocks);
	pthread_mutex_destroy(&memory->lock);
}

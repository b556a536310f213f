#include "analytics/chunks.h"

#include "base/parallel.h"

enum { MIN_ITEMS_PER_THREAD = 512 };

struct run {
	chunks_work *work;
	void *context;
	size_t n_items;
};

/* Chunks differ by one item at most. */
static size_t chunk_start(size_t n_items, size_t chunk)
{
	size_t extra = n_items % CHUNKS;
	return n_items / CHUNKS * chunk + (chunk < extra ? chunk : extra);
}

static void run_chunk(void *context, size_t chunk)
{
	const struct run *run = context;
	run->work(run->context, chunk, chunk_start(run->n_items, chunk),
		chunk_start(run->n_items, chunk + 1));
}

void chunks_run(chunks_work *work, void *context, size_t n_items, unsigned threads)
{
	struct run run = {work, context, n_items};
	size_t useful = n_items / MIN_ITEMS_PER_THREAD;
	parallel_for(threads < useful ? threads : (unsigned)useful, CHUNKS, run_chunk, &run);
}

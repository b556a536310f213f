#include "io/blocks.h"

#include <pthread.h>

#include "base/mem.h"

struct slot {
	struct buffer bytes;
	bool made;
};

/* Block b is in slot b % n_slots from when it is claimed until it is taken; so claimed never runs
 * ahead of taken by more than n_slots. */
struct crew {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t n_blocks, claimed, taken;
	bool stopped;
	struct slot *slots;
	size_t n_slots;
	block_make *make;
	void *job;
};

static bool can_claim(const struct crew *crew)
{
	return crew->claimed < crew->n_blocks && crew->claimed - crew->taken < crew->n_slots;
}

/* Called, and returns, with the mutex locked. */
static void make_next(struct crew *crew)
{
	size_t block = crew->claimed++;
	struct slot *slot = &crew->slots[block % crew->n_slots];
	pthread_mutex_unlock(&crew->mutex);
	/* A buffer of the thread's own: slots are neighbours in one cache line, for which threads
	 * that write into them, a length with every cell, would wait more than they write. */
	struct buffer bytes = slot->bytes;
	crew->make(crew->job, block, &bytes);
	slot->bytes = bytes;
	pthread_mutex_lock(&crew->mutex);
	slot->made = true;
	pthread_cond_broadcast(&crew->changed);
}

static void *help(void *argument)
{
	struct crew *crew = argument;
	pthread_mutex_lock(&crew->mutex);
	while (!crew->stopped && crew->claimed < crew->n_blocks) {
		if (can_claim(crew))
			make_next(crew);
		else
			pthread_cond_wait(&crew->changed, &crew->mutex);
	}
	pthread_mutex_unlock(&crew->mutex);
	return NULL;
}

/* Called, and returns, with the mutex locked. */
static bool take_next(struct crew *crew, struct slot *slot, block_take *take, struct error *err)
{
	pthread_mutex_unlock(&crew->mutex);
	bool done = take(crew->job, buffer_as_text(&slot->bytes), err);
	pthread_mutex_lock(&crew->mutex);
	slot->bytes.length = 0;
	slot->made = false;
	crew->taken++;
	pthread_cond_broadcast(&crew->changed);
	return done;
}

static bool lead(struct crew *crew, block_take *take, struct error *err)
{
	bool done = true;
	pthread_mutex_lock(&crew->mutex);
	while (done && crew->taken < crew->n_blocks) {
		struct slot *slot = &crew->slots[crew->taken % crew->n_slots];
		if (slot->made)
			done = take_next(crew, slot, take, err);
		else if (can_claim(crew))
			make_next(crew);
		else
			pthread_cond_wait(&crew->changed, &crew->mutex);
	}
	crew->stopped = true;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->mutex);
	return done;
}

bool blocks_run(size_t n_blocks, unsigned threads, block_make *make, block_take *take, void *job,
	struct error *err)
{
	size_t n_helpers = threads > 1 ? threads - 1 : 0;
	if (n_helpers >= n_blocks)
		n_helpers = n_blocks > 0 ? n_blocks - 1 : 0;
	struct crew crew = {
		.n_blocks = n_blocks, .n_slots = 2 * n_helpers + 1, .make = make, .job = job};
	pthread_mutex_init(&crew.mutex, NULL);
	pthread_cond_init(&crew.changed, NULL);
	crew.slots = mem_zeroed(crew.n_slots, sizeof(*crew.slots));
	pthread_t *helpers = mem_array(n_helpers, sizeof(*helpers));

	size_t n_started = 0;
	while (n_started < n_helpers && pthread_create(&helpers[n_started], NULL, help, &crew) == 0)
		n_started++;
	bool done = lead(&crew, take, err);
	for (size_t i = 0; i < n_started; i++)
		pthread_join(helpers[i], NULL);

	for (size_t i = 0; i < crew.n_slots; i++)
		buffer_release(&crew.slots[i].bytes);
	mem_free(helpers);
	mem_free(crew.slots);
	pthread_cond_destroy(&crew.changed);
	pthread_mutex_destroy(&crew.mutex);
	return done;
}

#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"

struct loop {
	atomic_size_t next;
	size_t n;
	void (*work)(void *context, size_t i);
	void *context;
};

static void *run(void *data)
{
	struct loop *loop = data;
	for (size_t i; (i = atomic_fetch_add(&loop->next, 1)) < loop->n;)
		loop->work(loop->context, i);
	return NULL;
}

void parallel_for(
	unsigned n_threads, size_t n, void (*work)(void *context, size_t i), void *context)
{
	struct loop loop = {.n = n, .work = work, .context = context};
	size_t wanted = n_threads < n ? n_threads : n;
	size_t started = 0, others = wanted > 1 ? wanted - 1 : 0;
	pthread_t *threads = mem_array(others, sizeof(*threads));
	while (started < others && pthread_create(&threads[started], NULL, run, &loop) == 0)
		started++;
	run(&loop);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	mem_free(threads);
}

#include "base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/mem.h"

enum { LOOKS = 1500 };

struct member {
	struct crew *crew;
	size_t number;
	pthread_t thread;
};

struct crew {
	size_t n_members; /* besides the caller */
	struct member *members;
	void (*work)(void *context, size_t number);
	void *context;
	bool is_over;
	atomic_uint n_calls;
	atomic_size_t n_busy;
	pthread_mutex_t lock;
	pthread_cond_t called, done;
};

static void rest(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	sched_yield();
#endif
}

/* Waits until there was another call than the ones before. */
static void wait_for_call(struct crew *crew, unsigned n_before)
{
	for (int i = 0; i < LOOKS; i++, rest())
		if (atomic_load(&crew->n_calls) != n_before)
			return;
	pthread_mutex_lock(&crew->lock);
	while (atomic_load(&crew->n_calls) == n_before)
		pthread_cond_wait(&crew->called, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

static void wait_for_all(struct crew *crew)
{
	for (int i = 0; i < LOOKS; i++, rest())
		if (atomic_load(&crew->n_busy) == 0)
			return;
	pthread_mutex_lock(&crew->lock);
	while (atomic_load(&crew->n_busy) > 0)
		pthread_cond_wait(&crew->done, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

static void report(struct crew *crew)
{
	if (atomic_fetch_sub(&crew->n_busy, 1) > 1)
		return;
	pthread_mutex_lock(&crew->lock);
	pthread_cond_signal(&crew->done);
	pthread_mutex_unlock(&crew->lock);
}

static void *serve(void *data)
{
	const struct member *member = data;
	struct crew *crew = member->crew;
	for (unsigned n_calls = 0;; n_calls++) {
		wait_for_call(crew, n_calls);
		if (crew->is_over)
			return NULL;
		crew->work(crew->context, member->number);
		report(crew);
	}
}

static void call(struct crew *crew)
{
	atomic_store(&crew->n_busy, crew->n_members);
	pthread_mutex_lock(&crew->lock);
	atomic_fetch_add(&crew->n_calls, 1);
	pthread_cond_broadcast(&crew->called);
	pthread_mutex_unlock(&crew->lock);
}

struct crew *crew_start(unsigned n_threads)
{
	size_t n_wanted = n_threads > 1 ? n_threads - 1 : 0;
	struct crew *crew = mem_zeroed(1, sizeof(*crew));
	crew->members = mem_array(n_wanted, sizeof(*crew->members));
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->called, NULL);
	pthread_cond_init(&crew->done, NULL);
	for (; crew->n_members < n_wanted; crew->n_members++) {
		struct member *member = &crew->members[crew->n_members];
		member->crew = crew;
		member->number = crew->n_members + 1;
		if (pthread_create(&member->thread, NULL, serve, member) != 0)
			break;
	}
	return crew;
}

void crew_run(struct crew *crew, void (*work)(void *context, size_t number), void *context)
{
	crew->work = work;
	crew->context = context;
	if (crew->n_members > 0)
		call(crew);
	work(context, 0);
	wait_for_all(crew);
}

struct loop {
	atomic_size_t next;
	size_t n;
	void (*work)(void *context, size_t i);
	void *context;
};

static void take_some(void *context, size_t number)
{
	struct loop *loop = context;
	(void)number;
	for (size_t i; (i = atomic_fetch_add(&loop->next, 1)) < loop->n;)
		loop->work(loop->context, i);
}

void crew_for(struct crew *crew, size_t n, void (*work)(void *context, size_t i), void *context)
{
	struct loop loop = {.n = n, .work = work, .context = context};
	crew_run(crew, take_some, &loop);
}

void crew_end(struct crew *crew)
{
	if (crew == NULL)
		return;
	crew->is_over = true;
	call(crew);
	for (size_t i = 0; i < crew->n_members; i++)
		pthread_join(crew->members[i].thread, NULL);
	pthread_cond_destroy(&crew->done);
	pthread_cond_destroy(&crew->called);
	pthread_mutex_destroy(&crew->lock);
	mem_free(crew->members);
	mem_free(crew);
}

/* Threads that are called again and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/crew.h"

enum { MOST = 4, CALLS = 3000 };

struct counts {
	size_t by_number[MOST]; /* each thread's own */
	atomic_size_t all;
};

static void count(void *context, size_t number)
{
	struct counts *counts = context;
	counts->by_number[number]++;
	atomic_fetch_add(&counts->all, 1);
}

static void doze(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static void doze_and_count(void *context, size_t number)
{
	if (number > 0)
		doze();
	count(context, number);
}

/* When a call returns, all have done their part of it, and none does it twice. */
static void all_are_called_each_time(void **state)
{
	(void)state;
	for (unsigned n_threads = 0; n_threads <= MOST; n_threads++) {
		size_t n = n_threads > 0 ? n_threads : 1;
		struct counts counts = {0};
		struct crew *crew = crew_start(n_threads);
		for (size_t i = 1; i <= CALLS; i++) {
			crew_run(crew, count, &counts);
			assert_int_equal(atomic_load(&counts.all), i * n);
			for (size_t number = 0; number < n; number++)
				assert_int_equal(counts.by_number[number], i);
		}
		crew_end(crew);
	}
}

static void note(void *context, size_t i)
{
	((unsigned char *)context)[i]++;
}

static void each_number_is_worked_on_once(void **state)
{
	(void)state;
	struct crew *crew = crew_start(MOST);
	for (size_t n = 0; n < CALLS; n += 1 + n / 10) {
		unsigned char notes[CALLS] = {0};
		crew_for(crew, n, note, notes);
		for (size_t i = 0; i < CALLS; i++)
			assert_int_equal(notes[i], i < n);
	}
	crew_end(crew);
}

/* Longer than any of them looks for the other. */
static void who_sleeps_is_woken(void **state)
{
	(void)state;
	struct counts counts = {0};
	struct crew *crew = crew_start(MOST);
	for (size_t i = 1; i <= 20; i++) {
		doze();
		crew_run(crew, doze_and_count, &counts);
		assert_int_equal(atomic_load(&counts.all), i * MOST);
	}
	crew_end(crew);
}

static void one_that_is_never_called_ends(void **state)
{
	(void)state;
	crew_end(crew_start(MOST));
	crew_end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_called_each_time),
		cmocka_unit_test(each_number_is_worked_on_once),
		cmocka_unit_test(who_sleeps_is_woken),
		cmocka_unit_test(one_that_is_never_called_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

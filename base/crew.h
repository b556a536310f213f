/* Threads that are called again and again, for work so short that starting threads for it would
 * weigh.
 *
 *	static void do_some(void *context, size_t number) { ... }     takes tasks, while there are
 *
 *	struct crew *crew = crew_start(n_threads);
 *	for (...)
 *		crew_run(crew, do_some, context);
 *	crew_end(crew);
 *
 * Starting and joining a thread takes 0.1 ms and more; a call of a crew that waits takes a few
 * microseconds. Who waits, for a call or for the end of one, looks for it for some 50 microseconds
 * and then sleeps.
 */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stddef.h>

/* Of n_threads, the caller included; fewer where they cannot be had. */
struct crew *crew_start(unsigned n_threads);

/* Each thread of the crew calls work(context, number) once, number from 0 to below n_threads: the
 * caller is 0, and 0 is always called. Returns when all have. */
void crew_run(struct crew *crew, void (*work)(void *context, size_t number), void *context);

/* work(context, i) for each i below n, as parallel_for() does (base/parallel.h). */
void crew_for(struct crew *crew, size_t n, void (*work)(void *context, size_t i), void *context);

void crew_end(struct crew *crew); /* takes NULL */

#endif

/* --memory-limit SIZE: a run that would take more ends with advice, before the system ends it. */
#ifndef CMD_MEMORY_LIMIT_H
#define CMD_MEMORY_LIMIT_H

#include <stdint.h>

/* Less than that is not enough to begin with. */
enum { MEMORY_LIMIT_LEAST = 16 << 20 };

/* What the memory of a command grows with, and what makes it less, for the advice: "it grows with
 * customers (allow more, keep fewer rows with --where)". */
struct memory_use {
	const char *grows_with;
	const char *cure; /* or NULL: there is none but to allow more */
};

/* 0: no limit. The advice also names --threads, where there are several, and --max-field,
 * longest_record, where a record of that length could take all of it. */
void memory_limit_set(
	int64_t bytes, int64_t longest_record, unsigned n_threads, const struct memory_use *use);

#endif

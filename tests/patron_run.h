/* A run of the whole program on files in memory.
 *
 *	struct patron_input input = {.n_tables = 1};
 *	input.tables[0] = TEXT("customer,day\nC1,2024-01-02\n");
 *	const char *words[] = {"customers", "--manifest=" PATRON_RUN_MANIFEST};
 *	struct patron_outcome outcome = patron_run(words, 2, &input);
 *	patron_outcome_release(&outcome);
 *
 * A command may keep what it likes until the process ends, so that a run has a process of its own:
 * a child. To search for inputs that takes too long; a program linked with libmarked.a, in which
 * patron's variables lie together, runs it where it is instead: the variables are as they were at
 * the start before each run, and what it allocated and opened is given back after it.
 */
#ifndef TESTS_PATRON_RUN_H
#define TESTS_PATRON_RUN_H

#include <stddef.h>

#include "base/text.h"

/* Where a run finds its other file, and where it leaves a manifest. */
#define PATRON_RUN_FILE "/dev/fd/9"
#define PATRON_RUN_MANIFEST "/dev/fd/10"

enum { PATRON_RUN_MOST_WORDS = 48, PATRON_RUN_MOST_TABLES = 3 };

struct patron_input {
	struct text tables[PATRON_RUN_MOST_TABLES]; /* one is standard input, more are operands */
	size_t n_tables;
	struct text file; /* rules, cuts, a model */
};

struct patron_outcome {
	int code; /* what it exited with; minus the signal that ended it */
	struct buffer out, err, manifest;
};

/* Words begin with the command's name; at most PATRON_RUN_MOST_WORDS. */
struct patron_outcome patron_run(
	const char *const *words, size_t n_words, const struct patron_input *input);

void patron_outcome_release(struct patron_outcome *outcome);

#endif

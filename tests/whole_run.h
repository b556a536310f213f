/* The whole program as a fuzz target has it: a command runs in a child process, since it may keep
 * what it likes until the process ends, and is held to what every command promises.
 *
 *	struct whole_run run = {.input = table, .words = words, .n_words = n};
 *	whole_run_check(&run);
 *
 * Held to: the exit code is 0, 2, 3 or 4; with another than 0 there is no output, and one line says
 * why; no number is printed that is none; rows read are rows used, filtered and rejected; the rows
 * in another order, on other threads, give the same report.
 *
 * What the child covers counts for libFuzzer as if it had run here.
 */
#ifndef TESTS_WHOLE_RUN_H
#define TESTS_WHOLE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Where a run finds struct whole_run's file. */
#define WHOLE_RUN_FILE "/dev/fd/9"

enum { WHOLE_RUN_MOST_WORDS = 32 };

struct whole_run {
	struct text input;      /* standard input */
	struct text turned;     /* the same rows in another order; at NULL: there is none */
	struct text file;       /* rules, cuts, a model */
	bool rows_pass_through; /* lines come out in the order of the rows */
	const char *words[WHOLE_RUN_MOST_WORDS]; /* "rfm", "--bins=3" */
	size_t n_words;
};

/* Aborts where a promise is broken, with the command and what it wrote. */
void whole_run_check(const struct whole_run *run);

#endif

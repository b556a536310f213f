/* The whole program as a fuzz target has it: a command is run and held to what every command
 * promises.
 *
 *	struct whole_run run = {.words = {"rfm", "--bins=3"}, .n_words = 2};
 *	run.input = (struct patron_input){.tables = {table}, .n_tables = 1};
 *	whole_run_check(&run, NULL);
 *
 * Held to: the exit code is 0, 2, 3 or 4; with another than 0 there is no output, and one line says
 * why; no number is printed that is none; rows read are rows used, filtered and rejected; the rows
 * on other threads, and in another order, give the same report.
 */
#ifndef TESTS_WHOLE_RUN_H
#define TESTS_WHOLE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "tests/patron_run.h"

struct whole_run {
	const char *words[PATRON_RUN_MOST_WORDS]; /* "rfm", "--bins=3" */
	size_t n_words;
	struct patron_input input;
	struct patron_input again; /* the same rows for a run on other threads; no tables: none */
	bool is_turned;            /* they are in another order */
	bool order_matters;        /* of the rows, to the report */
	bool rows_pass_through;    /* lines come out in the order of the rows */
	bool reports_bad_data;     /* exit 3 leaves a report all the same */
};

/* Aborts where a promise is broken, with the command and what it wrote. Appends to report, where it
 * is not NULL, what a run wrote that exits with 0. */
void whole_run_check(const struct whole_run *run, struct buffer *report);

/* Says what is broken, with the command and what it was given and wrote, and aborts. */
_Noreturn void whole_run_broken(
	const struct whole_run *run, const struct patron_outcome *outcome, const char *what);

#endif

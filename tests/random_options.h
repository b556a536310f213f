/* Options from the bytes of a fuzz input: those that most commands have are listed once, for all
 * targets. */
#ifndef TESTS_RANDOM_OPTIONS_H
#define TESTS_RANDOM_OPTIONS_H

#include "tests/draws.h"
#include "tests/whole_run.h"

/* Adds words behind the command's name: some of those that all commands have, where this one has
 * them, and of the command's own, a list ended by NULL. */
void random_options(struct draws *draws, const char *const *options, struct whole_run *run);

#endif

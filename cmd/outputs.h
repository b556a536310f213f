/* What a run writes, looked at before it reads anything: a report that would replace the export it
 * was made from, two outputs in one file, and a folder that is not there, are found out while
 * nothing is lost. */
#ifndef CMD_OUTPUTS_H
#define CMD_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cmd/options.h"

/* Of the options that are marked so, and the operands, which are files to read. ERROR_USAGE, also
 * where standard input would be read twice; an option whose file clashes with another is taken
 * back, so that nothing is written there. ERROR_SYSTEM where a file cannot be made. */
bool outputs_check(const struct option_group *const *groups, size_t n_groups,
	const char *const *operands, size_t n_operands, struct error *err);

/* Whether two paths name one file, also one that is not there yet: the same name in the same
 * folder, however it is written. */
bool outputs_are_one(const char *a, const char *b);

#endif

/* The manifest: what a run read and what became of each row, as JSON. */
#ifndef CMD_MANIFEST_H
#define CMD_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Writes it to path, for a run that ended in outcome (kind ERROR_NONE: done). */
bool manifest_write(const char *path, const char *const *arguments, size_t n_arguments,
	const struct error *outcome, double seconds, struct error *err);

#endif

/* The manifest: what a run read and what became of each row, as JSON. */
#ifndef CMD_MANIFEST_H
#define CMD_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* The words of the command line; they live as long as the program. */
void manifest_set_command(const char *const *words, size_t n_words);

/* As they were given, with blanks between them. */
void manifest_command(struct buffer *line);

/* Writes it to path, for a run that ended in outcome (kind ERROR_NONE: done). */
bool manifest_write(
	const char *path, const struct error *outcome, double seconds, struct error *err);

#endif

/* The progress line on standard error: how much was read, how fast, and how long it takes yet. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "cmd/options.h"

enum progress_when {
	PROGRESS_AUTO,   /* on a terminal, for runs over a second, unless -q */
	PROGRESS_ALWAYS, /* elsewhere too: a line each second */
	PROGRESS_NEVER,
};

/* Of these files, "-" being standard input; of a pipe nobody knows how long it is. */
void progress_start(const char *const *paths, size_t n_paths, enum progress_when when);
/* One thread at a time; the bytes are those of the files, as they are stored. */
void progress_show(void *context, int64_t bytes);
void progress_end(void);

#endif

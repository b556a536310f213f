/* --memory-limit SIZE: a run that would take more ends with advice, before the system ends it. */
#ifndef CMD_MEMORY_LIMIT_H
#define CMD_MEMORY_LIMIT_H

#include <stdbool.h>

#include "base/error.h"

/* text is a whole number with K, M, G or T (1024 each) or none; NULL: no limit. ERROR_USAGE. */
bool memory_limit_set(const char *text, struct error *err);

#endif

/* --memory-limit SIZE: a run that would take more ends with advice, before the system ends it. */
#ifndef CMD_MEMORY_LIMIT_H
#define CMD_MEMORY_LIMIT_H

#include <stdint.h>

/* Less than that is not enough to begin with. */
enum { MEMORY_LIMIT_LEAST = 16 << 20 };

/* 0: no limit. The advice names --max-field, longest_record, where a record of that length could
 * take all of it. */
void memory_limit_set(int64_t bytes, int64_t longest_record);

#endif

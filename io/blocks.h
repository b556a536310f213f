/* Blocks of bytes that are made on several threads and taken in order by the one that called.
 *
 *	static void make(void *job, size_t block, struct buffer *bytes) { ... }
 *	static bool take(void *job, struct text bytes, struct error *err) { ... }
 *
 *	if (!blocks_run(n_blocks, threads, make, take, &job, err)) ...
 *
 * The calling thread makes blocks too while there are none to take, so that threads is the number
 * of all; fewer can be had without harm, and no more than a few blocks are in memory.
 */
#ifndef IO_BLOCKS_H
#define IO_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Appends block number block to bytes, which is empty. Called from several threads. */
typedef void block_make(void *job, size_t block, struct buffer *bytes);
/* False, with err set, ends the run. */
typedef bool block_take(void *job, struct text bytes, struct error *err);

bool blocks_run(size_t n_blocks, unsigned threads, block_make *make, block_take *take, void *job,
	struct error *err);

#endif

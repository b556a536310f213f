/* Many inputs -> batches of records, on several threads.
 *
 * Each file goes through two stages that keep its order, fill (read, decompress, convert) and scan
 * (cut into records); what a client then does with a batch, digest, may run on any thread and in
 * any order. Threads have no fixed job: each fills when a slab is wanted that nobody fills yet,
 * else takes the most advanced step that is ready, so that one .gz keeps one thread inflating while
 * others digest, and of many files as many inflate side by side as those others can follow. With
 * one thread the steps simply alternate in the caller's.
 *
 * What a digest has to say in order (rejected rows, the first error, counts) it returns as an
 * outcome, and retire() is given the outcomes in the order of the text, one at a time. So the first
 * error is the same with any number of threads: the run ends with the error that stands first.
 *
 *	struct reader_client client = {&state, on_header, on_batch, on_outcome, on_file_end};
 *	if (!reader_run(paths, n_paths, &settings, &client, err)) ...
 */
#ifndef IO_READER_H
#define IO_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/csv.h"
#include "io/source.h"

struct reader_settings {
	const char *encoding; /* NULL: UTF-8 */
	struct csv_dialect dialect;
	unsigned threads; /* at least 1 */
};

struct reader_batch {
	size_t file;
	const char *name; /* of the file, for messages */
	struct csv_batch csv;
};

struct reader_client {
	void *context;

	/* Looks at a file's header and binds columns with csv_bind(). One call at a time; that for
	 * the first file comes before all other calls. */
	bool (*header)(
		void *context, size_t file, const char *name, struct csv *csv, struct error *err);

	/* Uses a batch; any thread, any order. Returns what retire() is to get (or NULL); an error
	 * set in err ends the run when its turn comes. */
	void *(*digest)(void *context, const struct reader_batch *batch, struct error *err);

	/* Takes an outcome; in the order of files and text, one call at a time. Called for every
	 * batch up to the one whose error ends the run, that one included. */
	bool (*retire)(void *context, size_t file, void *outcome, struct error *err);

	/* Frees an outcome that will not be retired. */
	void (*forget)(void *outcome);

	/* A file is through; in order. */
	bool (*file_end)(
		void *context, size_t file, const struct source_facts *facts, struct error *err);

	/* How much of the inputs was read; now and then, from any thread. May be NULL. */
	void (*progress)(void *context, int64_t bytes);
};

/* Reads all files in order, "-" being standard input. False with the error that stands first. */
bool reader_run(const char *const *paths, size_t n_paths, const struct reader_settings *settings,
	const struct reader_client *client, struct error *err);

#endif

#include "io/reader.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "io/raw.h"

/* A slab is a block of text with headroom before it, so that the record cut in two by the end of
 * the slab before can be put in front without moving the block. With 128 KiB the
 * text, its columns and the rows made of it stay in half a megabyte of second-level cache (4 % less
 * processor time than with 256 KiB; 64 KiB gains no more). */
enum { HEADROOM = 64 * 1024, BLOCK = 128 * 1024 };

/* A file is filled as many slabs ahead as the first says; a thread that has nothing to do is woken
 * for two at once. To wake one takes 10 to 20 us, during which the thread that inflates does not:
 * of zlib's 1.7 s for 10 million rows .09 s, when each slab woke one. */
enum { MOST_FILLED = 4, WORTH_WAKING = 2 };

struct slab {
	struct slab *next;
	char *bytes; /* HEADROOM + BLOCK */
	size_t length;
	bool at_end; /* no text follows in the file */
	struct error error;
};

struct outcome {
	struct outcome *next;
	bool done;
	void *result;
	struct error error;
};

struct job {
	struct job *next;
	struct slab *slab;
	struct buffer long_text; /* instead of the slab when a record is longer than its headroom */
	struct reader_batch batch;
	struct outcome *outcome;
};

struct file {
	const char *path, *name;
	struct source *source;
	struct csv *csv;
	struct source_facts facts;
	struct slab *filled, **filled_end;
	size_t n_filled;
	bool filling, scanning; /* one thread is at it */
	bool all_filled, all_scanned;
	bool has_header;     /* the scanning thread's */
	bool header_known;   /* the same for all, under the lock */
	struct buffer carry; /* the record that the last slab cut in two */
	size_t scan_when;    /* the carry's length from which scanning again is worth it */
	struct outcome *outcomes, **outcomes_end;
};

struct reader {
	const struct reader_settings *settings;
	const struct reader_client *client;
	struct error *err;
	struct file *files;
	size_t n_files;
	size_t first;      /* the file whose outcomes are being retired */
	size_t files_stop; /* an error was met in this file: those from it on are left alone */
	bool retiring, finished, failed;
	unsigned n_waiting;             /* threads that found nothing to do */
	struct job *ready, **ready_end; /* scanned, to digest */
	size_t n_jobs;                  /* ready or being digested */
	struct slab *spare_slabs;
	struct job *spare_jobs;
	int64_t bytes;
	pthread_mutex_t lock;
	pthread_mutex_t header_lock; /* one header() at a time */
	pthread_cond_t changed;
};

/* ---- what to do next; all under the lock ---- */

/* The first file that is wanted, in their order, of those among which at most n_unfilled are not
 * filled to their end; no other before the header of the first is known. */
static struct file *open_file(
	struct reader *reader, size_t n_unfilled, bool (*wanted)(const struct file *))
{
	size_t end = reader->first + reader->settings->threads;
	if (end > reader->n_files)
		end = reader->n_files;
	for (size_t i = reader->first; i < end && n_unfilled > 0; i++) {
		struct file *file = &reader->files[i];
		if (i > reader->files_stop || (i > 0 && !reader->files[0].header_known))
			return NULL;
		if (wanted(file))
			return file;
		n_unfilled -= !file->all_filled;
	}
	return NULL;
}

static bool can_scan(const struct file *file)
{
	return file->filled != NULL && !file->scanning && !file->all_scanned;
}

static bool can_fill(const struct file *file)
{
	return !file->filling && !file->all_filled && !file->all_scanned &&
	       file->n_filled < MOST_FILLED;
}

/* How many files are filled side by side. Inflating is less than half of all work, so half of the
 * threads keep the others busy; and rows in the order of the files are less work than rows of
 * several files by turns, as the orders of a customer then rise (four files on two threads: 3 %
 * less time than with two of them side by side). Only converting takes longer than what follows. */
static size_t n_side_by_side(const struct reader_settings *settings)
{
	return settings->encoding != NULL ? settings->threads : (settings->threads + 1) / 2;
}

static struct file *file_to_fill(struct reader *reader)
{
	return open_file(reader, n_side_by_side(reader->settings), can_fill);
}

static struct file *file_to_scan(struct reader *reader)
{
	size_t threads = reader->settings->threads;
	return reader->n_jobs < 2 * threads + 2 ? open_file(reader, threads, can_scan) : NULL;
}

static bool can_retire(const struct reader *reader)
{
	if (reader->retiring || reader->finished)
		return false;
	const struct file *file = &reader->files[reader->first];
	return file->outcomes != NULL ? file->outcomes->done : file->all_scanned;
}

enum step { STEP_NONE, STEP_FILL, STEP_SCAN, STEP_DIGEST, STEP_RETIRE };

/* Filling goes first, up to MOST_FILLED slabs ahead: it is the one step that cannot be divided
 * among threads, so where inflating takes longest (zlib) it must never pause. Then comes the most
 * advanced step. A single thread takes each slab to its end before the next, while its text is in
 * the cache. *file: the one to fill or to scan. */
static enum step next_step(struct reader *reader, struct file **file)
{
	struct file *to_fill = file_to_fill(reader);
	*file = to_fill;
	if (to_fill != NULL && reader->settings->threads > 1)
		return STEP_FILL;
	if (can_retire(reader))
		return STEP_RETIRE;
	if (reader->ready != NULL)
		return STEP_DIGEST;
	*file = file_to_scan(reader);
	if (*file != NULL)
		return STEP_SCAN;
	*file = to_fill;
	return to_fill != NULL ? STEP_FILL : STEP_NONE;
}

/* Lets go of the lock to do a step that is taken, and wakes a thread if there is another to take.
 * Whoever made it possible takes a step itself, and so comes by here. */
static void begin_step(struct reader *reader)
{
	struct file *file;
	bool wake = false;
	if (reader->n_waiting > 0) {
		enum step left = next_step(reader, &file);
		bool few = left == STEP_SCAN && !file->all_filled && file->n_filled < WORTH_WAKING;
		wake = left != STEP_NONE && !few;
	}
	pthread_mutex_unlock(&reader->lock);
	if (wake)
		pthread_cond_signal(&reader->changed);
}

/* ---- fill: read and decompress one block ---- */

static struct slab *take_slab(struct reader *reader)
{
	struct slab *slab = reader->spare_slabs;
	if (slab != NULL) {
		reader->spare_slabs = slab->next;
	} else {
		slab = mem_zeroed(1, sizeof(*slab));
		slab->bytes = mem_aligned(HEADROOM + BLOCK, 1, RAW_ALIGNMENT);
	}
	slab->next = NULL;
	slab->length = 0;
	slab->at_end = false;
	return slab;
}

static void fill_slab(struct reader *reader, struct file *file, struct slab *slab)
{
	if (file->source == NULL)
		file->source = source_open(file->path, reader->settings->encoding, &slab->error);
	bool good = file->source != NULL && source_read(file->source, slab->bytes + HEADROOM, BLOCK,
						    &slab->length, &slab->error);
	slab->at_end = !good || slab->length < BLOCK;
}

static void fill_step(struct reader *reader, struct file *file)
{
	struct slab *slab = take_slab(reader);
	file->filling = true;
	int64_t before = file->facts.bytes;
	begin_step(reader);

	fill_slab(reader, file, slab);
	struct source_facts facts = file->facts;
	if (file->source != NULL)
		facts = source_facts(file->source);
	if (slab->at_end) {
		source_close(file->source);
		file->source = NULL;
	}

	pthread_mutex_lock(&reader->lock);
	file->facts = facts;
	reader->bytes += facts.bytes - before;
	file->filling = false;
	file->all_filled = slab->at_end;
	file->n_filled++;
	*file->filled_end = slab;
	file->filled_end = &slab->next;
}

/* ---- scan: cut one slab into records ---- */

static struct job *take_job(struct reader *reader)
{
	struct job *job = reader->spare_jobs;
	if (job != NULL)
		reader->spare_jobs = job->next;
	else
		job = mem_zeroed(1, sizeof(*job));
	job->next = NULL;
	return job;
}

/* The text to scan: the carry and the slab, joined in the slab's headroom where it fits, in a
 * buffer of its own where a record is longer than that. */
static struct text join_text(struct file *file, struct job *job)
{
	struct slab *slab = job->slab;
	size_t carried = file->carry.length;
	if (carried <= HEADROOM) {
		char *start = slab->bytes + HEADROOM - carried;
		if (carried > 0)
			memcpy(start, file->carry.bytes, carried);
		file->carry.length = 0;
		return (struct text){start, carried + slab->length};
	}
	buffer_bytes(&file->carry, slab->bytes + HEADROOM, slab->length);
	struct buffer swap = job->long_text;
	job->long_text = file->carry;
	file->carry = swap;
	file->carry.length = 0;
	return buffer_as_text(&job->long_text);
}

static bool read_header(
	struct reader *reader, struct file *file, struct text *text, bool at_end, struct error *err)
{
	size_t used;
	if (file->csv == NULL)
		file->csv = csv_open(file->name, reader->settings->dialect);
	if (!csv_header(file->csv, *text, at_end, &used, err))
		return false;
	if (used == 0)
		return true;
	const struct reader_client *client = reader->client;
	size_t index = (size_t)(file - reader->files);
	pthread_mutex_lock(&reader->header_lock);
	bool good = client->header(client->context, index, file->name, file->csv, err);
	pthread_mutex_unlock(&reader->header_lock);
	if (!good)
		return false;
	file->has_header = true;
	text->at += used;
	text->length -= used;
	return true;
}

static bool scan_text(struct reader *reader, struct file *file, struct job *job, struct error *err)
{
	struct slab *slab = job->slab;
	if (slab->error.kind != ERROR_NONE)
		return error_move(err, &slab->error);
	struct text text = join_text(file, job);
	size_t used = 0;
	if (!file->has_header && !read_header(reader, file, &text, slab->at_end, err))
		return false;
	if (file->has_header &&
		!csv_scan(file->csv, text, slab->at_end, &job->batch.csv, &used, err))
		return false;
	/* A record that grows over many slabs is scanned again only when it has doubled. */
	file->scan_when = used == 0 ? 2 * text.length : 0;
	if (used < text.length)
		buffer_bytes(&file->carry, text.at + used, text.length - used);
	return true;
}

/* A long record: only keeps the slab's text until there is enough to scan again. */
static bool only_carry(struct file *file, struct slab *slab)
{
	if (slab->at_end || slab->error.kind != ERROR_NONE || file->carry.length <= HEADROOM ||
		file->carry.length + slab->length >= file->scan_when)
		return false;
	buffer_bytes(&file->carry, slab->bytes + HEADROOM, slab->length);
	return true;
}

static void stop_after(struct reader *reader, const struct file *file)
{
	size_t index = (size_t)(file - reader->files);
	if (index < reader->files_stop)
		reader->files_stop = index;
}

static void give_back(struct reader *reader, struct job *job)
{
	job->slab->next = reader->spare_slabs;
	reader->spare_slabs = job->slab;
	job->slab = NULL;
	job->next = reader->spare_jobs;
	reader->spare_jobs = job;
}

static void scan_step(struct reader *reader, struct file *file)
{
	struct job *job = take_job(reader);
	struct slab *slab = job->slab = file->filled;
	file->filled = slab->next;
	if (file->filled == NULL)
		file->filled_end = &file->filled;
	file->n_filled--;
	file->scanning = true;
	reader->n_jobs++;
	begin_step(reader);

	struct outcome *outcome = mem_zeroed(1, sizeof(*outcome));
	job->outcome = outcome;
	job->batch.file = (size_t)(file - reader->files);
	job->batch.name = file->name;
	job->batch.csv.n_rows = job->batch.csv.n_faults = 0;
	job->batch.csv.n_blank_lines = 0;
	bool carried = only_carry(file, slab);
	bool good = carried || scan_text(reader, file, job, &outcome->error);
	bool digestible = good && !carried && file->has_header;

	pthread_mutex_lock(&reader->lock);
	file->scanning = false;
	file->header_known = file->has_header;
	file->all_scanned = slab->at_end || !good;
	*file->outcomes_end = outcome;
	file->outcomes_end = &outcome->next;
	if (digestible) {
		*reader->ready_end = job;
		reader->ready_end = &job->next;
		return;
	}
	outcome->done = true;
	if (!good)
		stop_after(reader, file);
	reader->n_jobs--;
	give_back(reader, job);
}

/* ---- digest: what the client does with a batch ---- */

static void digest_step(struct reader *reader)
{
	struct job *job = reader->ready;
	reader->ready = job->next;
	if (reader->ready == NULL)
		reader->ready_end = &reader->ready;
	begin_step(reader);

	const struct reader_client *client = reader->client;
	struct outcome *outcome = job->outcome;
	outcome->result = client->digest(client->context, &job->batch, &outcome->error);

	pthread_mutex_lock(&reader->lock);
	outcome->done = true;
	if (outcome->error.kind != ERROR_NONE)
		stop_after(reader, &reader->files[job->batch.file]);
	reader->n_jobs--;
	give_back(reader, job);
}

/* ---- retire: outcomes in order ---- */

static void finish(struct reader *reader, bool good)
{
	reader->finished = true;
	reader->failed = !good;
}

/* Retires the first outcome of the first file, or ends that file. */
static void retire_step(struct reader *reader)
{
	struct file *file = &reader->files[reader->first];
	struct outcome *outcome = file->outcomes;
	const struct reader_client *client = reader->client;
	size_t index = reader->first;
	int64_t bytes = reader->bytes;
	if (outcome != NULL) {
		file->outcomes = outcome->next;
		if (file->outcomes == NULL)
			file->outcomes_end = &file->outcomes;
	}
	reader->retiring = true;
	begin_step(reader);

	bool good;
	if (outcome != NULL) {
		good = client->retire(client->context, index, outcome->result, reader->err);
		if (good && outcome->error.kind != ERROR_NONE)
			good = error_move(reader->err, &outcome->error);
		error_release(&outcome->error);
		mem_free(outcome);
		if (client->progress != NULL)
			client->progress(client->context, bytes);
	} else {
		good = client->file_end(client->context, index, &file->facts, reader->err);
	}

	pthread_mutex_lock(&reader->lock);
	reader->retiring = false;
	if (outcome == NULL)
		reader->first++;
	if (!good || reader->first == reader->n_files)
		finish(reader, good);
}

/* ---- the threads ---- */

static void wait_for_work(struct reader *reader)
{
	reader->n_waiting++;
	pthread_cond_wait(&reader->changed, &reader->lock);
	reader->n_waiting--;
}

static void take_step(struct reader *reader)
{
	struct file *file;
	switch (next_step(reader, &file)) {
	case STEP_FILL:
		fill_step(reader, file);
		break;
	case STEP_SCAN:
		scan_step(reader, file);
		break;
	case STEP_DIGEST:
		digest_step(reader);
		break;
	case STEP_RETIRE:
		retire_step(reader);
		break;
	case STEP_NONE:
		wait_for_work(reader);
		break;
	}
}

static void *work(void *data)
{
	struct reader *reader = data;
	pthread_mutex_lock(&reader->lock);
	while (!reader->finished)
		take_step(reader);
	pthread_cond_broadcast(&reader->changed);
	pthread_mutex_unlock(&reader->lock);
	return NULL;
}

static void run_threads(struct reader *reader)
{
	unsigned wanted = reader->settings->threads - 1, started = 0;
	pthread_t *threads = mem_array(wanted, sizeof(*threads));
	/* With fewer threads than asked the result is the same, only later. */
	while (started < wanted && pthread_create(&threads[started], NULL, work, reader) == 0)
		started++;
	work(reader);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	mem_free(threads);
}

static void file_release(struct reader *reader, struct file *file)
{
	source_close(file->source);
	csv_close(file->csv);
	buffer_release(&file->carry);
	for (struct outcome *outcome = file->outcomes, *next; outcome != NULL; outcome = next) {
		next = outcome->next;
		if (outcome->result != NULL)
			reader->client->forget(outcome->result);
		error_release(&outcome->error);
		mem_free(outcome);
	}
	for (struct slab *slab = file->filled, *next; slab != NULL; slab = next) {
		next = slab->next;
		slab->next = reader->spare_slabs;
		reader->spare_slabs = slab;
	}
}

static void jobs_release(struct job *jobs)
{
	for (struct job *job = jobs, *next; job != NULL; job = next) {
		next = job->next;
		if (job->slab != NULL) {
			error_release(&job->slab->error);
			mem_free(job->slab->bytes);
			mem_free(job->slab);
		}
		buffer_release(&job->long_text);
		csv_batch_release(&job->batch.csv);
		mem_free(job);
	}
}

static void reader_release(struct reader *reader)
{
	for (size_t i = 0; i < reader->n_files; i++)
		file_release(reader, &reader->files[i]);
	jobs_release(reader->ready);
	jobs_release(reader->spare_jobs);
	for (struct slab *slab = reader->spare_slabs, *next; slab != NULL; slab = next) {
		next = slab->next;
		error_release(&slab->error);
		mem_free(slab->bytes);
		mem_free(slab);
	}
	mem_free(reader->files);
	pthread_mutex_destroy(&reader->lock);
	pthread_mutex_destroy(&reader->header_lock);
	pthread_cond_destroy(&reader->changed);
}

bool reader_run(const char *const *paths, size_t n_paths, const struct reader_settings *settings,
	const struct reader_client *client, struct error *err)
{
	assert(n_paths > 0 && settings->threads > 0);
	struct reader reader = {
		.settings = settings,
		.client = client,
		.err = err,
		.files = mem_zeroed(n_paths, sizeof(*reader.files)),
		.n_files = n_paths,
		.files_stop = n_paths,
	};
	reader.ready_end = &reader.ready;
	for (size_t i = 0; i < n_paths; i++) {
		struct file *file = &reader.files[i];
		file->path = paths[i];
		file->name = source_name(paths[i]);
		file->filled_end = &file->filled;
		file->outcomes_end = &file->outcomes;
	}
	pthread_mutex_init(&reader.lock, NULL);
	pthread_mutex_init(&reader.header_lock, NULL);
	pthread_cond_init(&reader.changed, NULL);
	run_threads(&reader);
	bool good = !reader.failed;
	reader_release(&reader);
	return good;
}

/* The files that runs leave for other runs, or that people write: the first byte says which (the
 * rules and the cuts of rfm, a model of kmeans, one of ltv), the rest is the file.
 *
 * Held to: what is refused is so as data, with words that name the file; what is read can be
 * written, is then read again, and written again it is the same.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "cmd/kmeans_model.h"
#include "cmd/ltv_model_file.h"
#include "cmd/rfm_files.h"
#include "tests/memory_file.h"

/* Reads the file at a path; with save not NULL, writes what it read there. */
typedef bool use_file(const char *path, const char *save, struct error *err);

static void close_saved(struct table *table)
{
	struct error err = {0};
	assert(table != NULL);
	bool closed = table_close(table, &err);
	assert(closed);
}

static bool use_rules(const char *path, const char *save, struct error *err)
{
	struct rfm_rules rules;
	bool good = rfm_rules_read(path, &rules, err);
	for (int score = 1; good && score <= 5; score++)
		assert(rfm_segment(rules.rules, rules.n_rules, 5, score, score, score) <
			rules.n_rules);
	(void)save;
	rfm_rules_release(&rules);
	return good;
}

static bool use_cuts(const char *path, const char *save, struct error *err)
{
	struct rfm_scale scale = {.definitions = {"days", "orders", "total"}};
	if (!rfm_cuts_read(path, &scale, err))
		return false;
	scale.n_measures = scale.cuts[RFM_MONETARY].n_cuts > 0 ? 3 : 2;
	for (size_t m = 0; m < scale.n_measures; m++)
		assert(rfm_score(&scale.cuts[m], 1) <= (int)scale.cuts[m].n_cuts + 1);
	if (save != NULL)
		close_saved(rfm_cuts_open(save, &scale, err));
	return true;
}

static bool use_clustering(const char *path, const char *save, struct error *err)
{
	struct kmeans_model model;
	bool good = kmeans_model_read(&model, path, err);
	if (good && save != NULL)
		close_saved(kmeans_model_open(save, &model, err));
	kmeans_model_release(&model);
	return good;
}

static bool use_lifetimes(const char *path, const char *save, struct error *err)
{
	struct ltv_estimate estimate;
	if (!ltv_model_file_read(path, &estimate, err))
		return false;
	assert(ltv_model_is_valid(&estimate.fit.model));
	if (save != NULL)
		close_saved(ltv_model_file_open(save, &estimate, err));
	return true;
}

static void check_refusal(const struct error *err, const char *path)
{
	assert(err->kind == ERROR_DATA);
	assert(strncmp(err->words, path, strlen(path)) == 0);
}

/* The bytes that came of reading what is given. */
static struct buffer save_again(use_file *use, int from, int to, struct text bytes)
{
	char from_path[MEMORY_FILE_PATH], to_path[MEMORY_FILE_PATH];
	struct error err = {0};
	memory_file_fill(from, bytes);
	memory_file_fill(to, TEXT(""));
	bool good = use(memory_file_path(from, from_path), memory_file_path(to, to_path), &err);
	assert(good);
	return memory_file_take(to);
}

static void check_saved(use_file *use, int from, int to, struct text bytes)
{
	struct buffer saved = save_again(use, from, to, bytes);
	struct buffer again = save_again(use, from, to, buffer_as_text(&saved));
	assert(text_equal(buffer_as_text(&saved), buffer_as_text(&again)));
	buffer_release(&saved);
	buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static use_file *const uses[] = {use_rules, use_cuts, use_clustering, use_lifetimes};
	static int from = -1, to;
	char path[MEMORY_FILE_PATH];
	if (size == 0)
		return 0;
	if (from < 0) {
		from = memory_file();
		to = memory_file();
	}
	use_file *use = uses[data[0] % 4];
	struct text bytes = {(const char *)data + 1, size - 1};
	struct error err = {0};
	memory_file_fill(from, bytes);
	if (!use(memory_file_path(from, path), NULL, &err))
		check_refusal(&err, path);
	else if (use != use_rules)
		check_saved(use, from, to, bytes);
	error_release(&err);
	return 0;
}

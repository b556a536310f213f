#include "tests/whole_run.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

/* ---- what it is held to ---- */

static void show(const char *what, struct text bytes)
{
	enum { MOST = 20000 };
	fprintf(stderr, "---- %s\n", what);
	fwrite(bytes.at, 1, bytes.length < MOST ? bytes.length : MOST, stderr);
	fprintf(stderr, "\n");
}

void whole_run_broken(
	const struct whole_run *run, const struct patron_outcome *outcome, const char *what)
{
	fprintf(stderr, "broken: %s\npatron", what);
	for (size_t i = 0; i < run->n_words; i++)
		fprintf(stderr, " '%s'", run->words[i]);
	fprintf(stderr, "\nexit %d\n", outcome->code);
	for (size_t i = 0; i < run->input.n_tables; i++)
		show("table", run->input.tables[i]);
	show(PATRON_RUN_FILE, run->input.file);
	show("standard output", buffer_as_text(&outcome->out));
	show("standard error", buffer_as_text(&outcome->err));
	abort();
}

static bool is_of_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

/* A word of its own: the program's "nan" or "inf", which no input has. */
static bool has_word(const struct buffer *bytes, const char *word)
{
	size_t length = strlen(word);
	for (size_t i = 0; i + length <= bytes->length; i++)
		if (memcmp(bytes->bytes + i, word, length) == 0 &&
			(i == 0 || !is_of_word(bytes->bytes[i - 1])) &&
			(i + length == bytes->length || !is_of_word(bytes->bytes[i + length])))
			return true;
	return false;
}

/* Lines that are neither warnings nor notes. */
static size_t count_errors(const struct buffer *words)
{
	size_t n = 0;
	for (size_t at = 0; at < words->length;) {
		const char *line = words->bytes + at;
		const char *end = memchr(line, '\n', words->length - at);
		size_t length = end == NULL ? words->length - at : (size_t)(end - line);
		bool is_remark = memmem(line, length, ": warning: ", 11) != NULL ||
				 memmem(line, length, ": note: ", 8) != NULL;
		n += !is_remark;
		at += length + 1;
	}
	return n;
}

static bool has_odd_byte(const struct buffer *words)
{
	for (size_t i = 0; i < words->length; i++) {
		unsigned char byte = (unsigned char)words->bytes[i];
		if ((byte < 0x20 && byte != '\n') || byte == 0x7F)
			return true;
	}
	return false;
}

static long long figure(const struct buffer *manifest, const char *name)
{
	struct buffer text = {0};
	buffer_text(&text, buffer_as_text(manifest));
	buffer_byte(&text, '\0');
	const char *at = strstr(text.bytes, name);
	long long value = at != NULL ? strtoll(at + strlen(name), NULL, 10) : 0;
	buffer_release(&text);
	return value;
}

static bool adds_up(const struct buffer *manifest)
{
	return figure(manifest, "    \"read\": ") ==
	       figure(manifest, "    \"used\": ") + figure(manifest, "    \"filtered\": ") +
		       figure(manifest, "    \"rejected\": ");
}

static void check_outcome(const struct whole_run *run, const struct patron_outcome *outcome)
{
	int code = outcome->code;
	/* Nothing fails here but what was asked and what was given: no exit 1. */
	if (code != ERROR_NONE && code != ERROR_USAGE && code != ERROR_DATA &&
		code != ERROR_NUMBERS)
		whole_run_broken(run, outcome, "the exit code");
	if (count_errors(&outcome->err) != (code != 0))
		whole_run_broken(run, outcome, "how many lines say why it failed");
	if (has_odd_byte(&outcome->err))
		whole_run_broken(run, outcome, "a control character in a message");
	bool may_report = code == 0 || (code == ERROR_DATA && run->reports_bad_data);
	if (!may_report && outcome->out.length > 0)
		whole_run_broken(run, outcome, "output of a run that failed");
	if (has_word(&outcome->out, "nan") || has_word(&outcome->out, "inf"))
		whole_run_broken(run, outcome, "a number that is none");
	if (!adds_up(&outcome->manifest))
		whole_run_broken(run, outcome, "rows read are not used, filtered and rejected");
}

static int compare_lines(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* The last row of JSON has none at its end. */
static struct text without_comma(struct text line)
{
	line = text_trim(line);
	if (line.length > 0 && line.at[line.length - 1] == ',')
		line.length--;
	return line;
}

static void sort_lines(struct buffer *bytes)
{
	struct text *lines = mem_array(bytes->length + 1, sizeof(*lines));
	size_t n = 0;
	for (size_t at = 0; at < bytes->length;) {
		const char *end = memchr(bytes->bytes + at, '\n', bytes->length - at);
		size_t length =
			end == NULL ? bytes->length - at : (size_t)(end + 1 - (bytes->bytes + at));
		lines[n++] = without_comma((struct text){bytes->bytes + at, length});
		at += length;
	}
	qsort(lines, n, sizeof(*lines), compare_lines);
	struct buffer sorted = {0};
	for (size_t i = 0; i < n; i++) {
		buffer_text(&sorted, lines[i]);
		buffer_byte(&sorted, '\n');
	}
	mem_free(lines);
	buffer_release(bytes);
	*bytes = sorted;
}

static bool same(const struct buffer *a, const struct buffer *b)
{
	return text_equal(buffer_as_text(a), buffer_as_text(b));
}

/* A page tells its command line. */
static void without_word(struct buffer *page, const char *word)
{
	char *at = page->length > 0 ? memmem(page->bytes, page->length, word, strlen(word)) : NULL;
	if (at == NULL)
		return;
	const char *behind = at + strlen(word);
	memmove(at, behind, page->length - (size_t)(behind - page->bytes));
	page->length -= strlen(word);
}

/* With the rows as they were, a run that fails says the same too. */
static void check_again(const struct whole_run *run, struct patron_outcome *outcome)
{
	struct whole_run again = *run;
	assert(again.n_words < PATRON_RUN_MOST_WORDS);
	again.words[again.n_words++] = "--threads=3";
	struct patron_outcome other = patron_run(again.words, again.n_words, &run->again);
	without_word(&other.out, " --threads=3");
	if (run->is_turned && run->rows_pass_through) {
		sort_lines(&outcome->out);
		sort_lines(&other.out);
	}
	if (other.code != outcome->code || !same(&outcome->out, &other.out) ||
		(!run->is_turned && !same(&outcome->err, &other.err))) {
		for (size_t i = 0; i < run->again.n_tables; i++)
			show("the other run was given", run->again.tables[i]);
		show("and said", buffer_as_text(&other.err));
		show("and gave", buffer_as_text(&other.out));
		whole_run_broken(run, outcome, "another order or other threads, another report");
	}
	patron_outcome_release(&other);
}

/* The first of rows that come as they came are others when they come in another order. */
static bool can_be_turned(const struct whole_run *run)
{
	for (size_t i = 0; i < run->n_words; i++)
		if (run->rows_pass_through && strncmp(run->words[i], "--top", 5) == 0)
			return false;
	return true;
}

void whole_run_check(const struct whole_run *run, struct buffer *report)
{
	struct whole_run told = *run;
	assert(told.n_words + 2 <= PATRON_RUN_MOST_WORDS);
	told.words[told.n_words++] = "--manifest=" PATRON_RUN_MANIFEST;
	struct patron_outcome outcome = patron_run(told.words, told.n_words, &run->input);
	check_outcome(&told, &outcome);
	if (report != NULL && outcome.code == 0)
		buffer_text(report, buffer_as_text(&outcome.out));
	bool is_again = run->again.n_tables > 0;
	if (is_again && (!run->is_turned || (outcome.code == 0 && can_be_turned(run))))
		check_again(&told, &outcome);
	patron_outcome_release(&outcome);
}

#include "tests/whole_run.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "tests/memory_file.h"

/* cmd/main.c's main */
int patron_main(int n_arguments, char **arguments);

enum { MOST_SECONDS = 60, FILE_DESCRIPTOR = 9, MANIFEST_DESCRIPTOR = 10 };

/* ---- what is covered ---- */

/* The counters of clang's -fsanitize=fuzzer, which the linker puts between these; elsewhere there
 * are none. */
#ifdef __ELF__
extern uint8_t counters_begin[] __asm__("__start___sancov_cntrs") __attribute__((weak));
extern uint8_t counters_end[] __asm__("__stop___sancov_cntrs") __attribute__((weak));
#else
static uint8_t *const counters_begin, *const counters_end;
#endif

static uint8_t *shared_counters;

static size_t n_counters(void)
{
	return (size_t)((uintptr_t)counters_end - (uintptr_t)counters_begin);
}

static void share_counters(void)
{
	if (n_counters() == 0 || shared_counters != NULL)
		return;
	shared_counters =
		mmap(NULL, n_counters(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(shared_counters != MAP_FAILED);
}

static void copy_counters(uint8_t *to, const uint8_t *from)
{
	if (shared_counters != NULL)
		memcpy(to, from, n_counters());
}

/* ---- one run ---- */

struct outcome {
	int status; /* of waitpid() */
	struct buffer out, err, manifest;
};

/* The files of a run, in memory, which every run writes anew. */
static struct {
	int in, file, out, err, manifest;
} files = {-1, -1, -1, -1, -1};

/* Beyond the descriptors that a run finds them at. */
static int make_file(void)
{
	int fd = memory_file();
	int beyond = fcntl(fd, F_DUPFD_CLOEXEC, MANIFEST_DESCRIPTOR + 1);
	assert(beyond >= 0);
	close(fd);
	return beyond;
}

static void make_files(void)
{
	if (files.in >= 0)
		return;
	files.in = make_file();
	files.file = make_file();
	files.out = make_file();
	files.err = make_file();
	files.manifest = make_file();
}

static _Noreturn void be_patron(const struct whole_run *run)
{
	static char name[] = "patron";
	char *words[WHOLE_RUN_MOST_WORDS + 4] = {name};
	for (size_t i = 0; i < run->n_words; i++)
		words[1 + i] = mem_text(run->words[i], strlen(run->words[i]));
	if (dup2(files.in, STDIN_FILENO) < 0 || dup2(files.out, STDOUT_FILENO) < 0 ||
		dup2(files.err, STDERR_FILENO) < 0 || dup2(files.file, FILE_DESCRIPTOR) < 0 ||
		dup2(files.manifest, MANIFEST_DESCRIPTOR) < 0)
		abort();
	/* Of the processor's time, since the whole machine may stand still. */
	setrlimit(RLIMIT_CPU, &(struct rlimit){MOST_SECONDS, MOST_SECONDS});
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	int code = patron_main((int)run->n_words + 1, words);
	fflush(NULL);
	copy_counters(shared_counters, counters_begin);
	_exit(code);
}

static struct outcome run_once(const struct whole_run *run, struct text input)
{
	memory_file_fill(files.in, input);
	memory_file_fill(files.file, run->file);
	memory_file_fill(files.out, TEXT(""));
	memory_file_fill(files.err, TEXT(""));
	memory_file_fill(files.manifest, TEXT(""));
	copy_counters(shared_counters, counters_begin);
	fflush(NULL);
	pid_t child = fork();
	assert(child >= 0);
	if (child == 0)
		be_patron(run);
	struct outcome outcome = {0};
	while (waitpid(child, &outcome.status, 0) < 0)
		assert(errno == EINTR);
	copy_counters(counters_begin, shared_counters);
	outcome.out = memory_file_take(files.out);
	outcome.err = memory_file_take(files.err);
	outcome.manifest = memory_file_take(files.manifest);
	return outcome;
}

static void outcome_release(struct outcome *outcome)
{
	buffer_release(&outcome->out);
	buffer_release(&outcome->err);
	buffer_release(&outcome->manifest);
}

/* ---- what it is held to ---- */

static void show(const char *what, const struct buffer *bytes)
{
	enum { MOST = 20000 };
	fprintf(stderr, "---- %s\n%.*s\n", what, (int)(bytes->length < MOST ? bytes->length : MOST),
		bytes->length > 0 ? bytes->bytes : "");
}

static _Noreturn void broken(
	const struct whole_run *run, const struct outcome *outcome, const char *what)
{
	fprintf(stderr, "broken: %s\npatron", what);
	for (size_t i = 0; i < run->n_words; i++)
		fprintf(stderr, " '%s'", run->words[i]);
	fprintf(stderr, "\nexit %d, signal %d\n",
		WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : -1,
		WIFSIGNALED(outcome->status) ? WTERMSIG(outcome->status) : 0);
	struct buffer input = {(char *)(uintptr_t)run->input.at, run->input.length, 0};
	struct buffer file = {(char *)(uintptr_t)run->file.at, run->file.length, 0};
	show("standard input", &input);
	show(WHOLE_RUN_FILE, &file);
	show("standard output", &outcome->out);
	show("standard error", &outcome->err);
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

static void check_outcome(const struct whole_run *run, const struct outcome *outcome)
{
	int code = WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : -1;
	/* Nothing fails here but what was asked and what was given: no exit 1. */
	if (code != ERROR_NONE && code != ERROR_USAGE && code != ERROR_DATA &&
		code != ERROR_NUMBERS)
		broken(run, outcome, "the exit code");
	if (count_errors(&outcome->err) != (code != 0))
		broken(run, outcome, "how many lines say why it failed");
	if (has_odd_byte(&outcome->err))
		broken(run, outcome, "a control character in a message");
	if (code != 0 && outcome->out.length > 0)
		broken(run, outcome, "output of a run that failed");
	if (has_word(&outcome->out, "nan") || has_word(&outcome->out, "inf"))
		broken(run, outcome, "a number that is none");
	if (!adds_up(&outcome->manifest))
		broken(run, outcome, "rows read are not used, filtered and rejected");
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

static void check_turned(const struct whole_run *run, struct outcome *outcome)
{
	struct whole_run again = *run;
	assert(again.n_words < WHOLE_RUN_MOST_WORDS);
	again.words[again.n_words++] = "--threads=3";
	struct outcome other = run_once(&again, run->turned);
	if (run->rows_pass_through) {
		sort_lines(&outcome->out);
		sort_lines(&other.out);
	}
	if (other.status != outcome->status ||
		!text_equal(buffer_as_text(&outcome->out), buffer_as_text(&other.out))) {
		show("turned round, it was given",
			&(struct buffer){(char *)(uintptr_t)run->turned.at, run->turned.length, 0});
		show("and said", &other.err);
		show("and gave", &other.out);
		broken(run, outcome, "rows in another order give another report");
	}
	outcome_release(&other);
}

/* The first of rows that come as they came are others when they come in another order. */
static bool can_be_turned(const struct whole_run *run)
{
	for (size_t i = 0; i < run->n_words; i++)
		if (run->rows_pass_through && strncmp(run->words[i], "--top", 5) == 0)
			return false;
	return run->turned.at != NULL;
}

void whole_run_check(const struct whole_run *run)
{
	make_files();
	share_counters();
	struct whole_run told = *run;
	assert(told.n_words + 3 <= WHOLE_RUN_MOST_WORDS);
	told.words[told.n_words++] = "--manifest=/dev/fd/10";
	struct outcome outcome = run_once(&told, run->input);
	check_outcome(&told, &outcome);
	if (can_be_turned(run) && WEXITSTATUS(outcome.status) == 0)
		check_turned(&told, &outcome);
	outcome_release(&outcome);
}

#include "tests/patron_run.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/memory_file.h"

/* cmd/main.c's main */
int patron_main(int n_arguments, char **arguments);

/* The descriptors that a run finds its files at; the files themselves lie beyond them all. */
enum { FILE_AT = 9, MANIFEST_AT = 10, TABLES_AT = 11, FILES_FROM = 100, MOST_SECONDS = 60 };

/* ---- the files ---- */

static struct {
	int out, err, file, manifest;
	int tables[PATRON_RUN_MOST_TABLES];
	int standard[3]; /* the descriptors of this process */
} files;

static int beyond(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, FILES_FROM);
	assert(copy >= 0);
	return copy;
}

static int make_file(void)
{
	int fd = memory_file();
	int copy = beyond(fd);
	close(fd);
	return copy;
}

static void make_files(void)
{
	if (files.out != 0)
		return;
	files.out = make_file();
	files.err = make_file();
	files.file = make_file();
	files.manifest = make_file();
	for (int i = 0; i < PATRON_RUN_MOST_TABLES; i++)
		files.tables[i] = make_file();
	for (int i = 0; i < 3; i++)
		files.standard[i] = beyond(i);
}

static void fill_files(const struct patron_input *input)
{
	memory_file_fill(files.out, TEXT(""));
	memory_file_fill(files.err, TEXT(""));
	memory_file_fill(files.manifest, TEXT(""));
	memory_file_fill(files.file, input->file);
	assert(input->n_tables <= PATRON_RUN_MOST_TABLES);
	memory_file_fill(files.tables[0], TEXT(""));
	for (size_t i = 0; i < input->n_tables; i++)
		memory_file_fill(files.tables[i], input->tables[i]);
}

static void put(int fd, int at)
{
	if (dup2(fd, at) < 0)
		abort();
}

static void put_files(void)
{
	put(files.tables[0], STDIN_FILENO);
	put(files.out, STDOUT_FILENO);
	put(files.err, STDERR_FILENO);
	put(files.file, FILE_AT);
	put(files.manifest, MANIFEST_AT);
	for (int i = 0; i < PATRON_RUN_MOST_TABLES; i++)
		put(files.tables[i], TABLES_AT + i);
}

/* ---- a run in this process ---- */

/* Where the linker puts what the Makefile has marked; NULL in other programs. */
extern char data_begin[] __asm__("__start_patron_data") __attribute__((weak));
extern char data_end[] __asm__("__stop_patron_data") __attribute__((weak));
extern char bss_begin[] __asm__("__start_patron_bss") __attribute__((weak));
extern char bss_end[] __asm__("__stop_patron_bss") __attribute__((weak));

/* Word by word: the address sanitizer has its guards between variables, which memcpy() would see.
 */
__attribute__((no_sanitize("address", "undefined"))) static void copy_words(
	char *to, const char *from, const char *end)
{
	volatile uint64_t *words = (volatile uint64_t *)(void *)to;
	for (; end - from >= 8; from += 8)
		*words++ = *(const volatile uint64_t *)(const void *)from;
	for (volatile char *rest = (volatile char *)words; from < end;)
		*rest++ = *from++;
}

static void restore_variables(void)
{
	static char *data, *bss;
	if (data == NULL) {
		data = malloc((size_t)(data_end - data_begin) + 1);
		bss = malloc((size_t)(bss_end - bss_begin) + 1);
		assert(data != NULL && bss != NULL);
		copy_words(data, data_begin, data_end);
		copy_words(bss, bss_begin, bss_end);
	}
	copy_words(data_begin, data, data + (data_end - data_begin));
	copy_words(bss_begin, bss, bss + (bss_end - bss_begin));
}

/* What patron allocates: the program is linked with --wrap for these. */
static struct {
	pthread_mutex_t lock;
	bool is_on;
	void **blocks;
	size_t n, capacity;
} allocated = {.lock = PTHREAD_MUTEX_INITIALIZER};

void *__real_malloc(size_t size) __attribute__((weak));
void *__real_calloc(size_t count, size_t size) __attribute__((weak));
void *__real_realloc(void *block, size_t size) __attribute__((weak));
int __real_posix_memalign(void **block, size_t alignment, size_t size) __attribute__((weak));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
int __wrap_posix_memalign(void **block, size_t alignment, size_t size);
int __sanitizer_get_ownership(const volatile void *block) __attribute__((weak));

static void *note(void *block)
{
	pthread_mutex_lock(&allocated.lock);
	if (allocated.is_on && allocated.n == allocated.capacity) {
		allocated.capacity = allocated.capacity * 2 + 1024;
		allocated.blocks = __real_realloc(
			allocated.blocks, allocated.capacity * sizeof(*allocated.blocks));
		assert(allocated.blocks != NULL);
	}
	if (allocated.is_on)
		allocated.blocks[allocated.n++] = block;
	pthread_mutex_unlock(&allocated.lock);
	return block;
}

void *__wrap_malloc(size_t size)
{
	return note(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return note(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
	return note(__real_realloc(block, size));
}

int __wrap_posix_memalign(void **block, size_t alignment, size_t size)
{
	int status = __real_posix_memalign(block, alignment, size);
	if (status == 0)
		note(*block);
	return status;
}

/* A block that was freed is not used again so soon: the address sanitizer keeps it a while. */
static void free_allocated(void)
{
	for (size_t i = 0; i < allocated.n; i++)
		if (__sanitizer_get_ownership(allocated.blocks[i]))
			free(allocated.blocks[i]);
	allocated.n = 0;
}

static int run_here(char **words, size_t n_words)
{
	int first = dup(STDIN_FILENO);
	close(first);
	put_files();
	restore_variables();
	allocated.is_on = true;
	int code = patron_main((int)n_words, words);
	allocated.is_on = false;
	fflush(NULL);
	free_allocated();
	for (int i = 0; i < 3; i++)
		put(files.standard[i], i);
	for (int fd = first; fd < FILES_FROM; fd++)
		close(fd);
	return code;
}

/* ---- a run in a child ---- */

static _Noreturn void be_patron(char **words, size_t n_words)
{
	put_files();
	/* Of the processor's time, since the whole machine may stand still. */
	setrlimit(RLIMIT_CPU, &(struct rlimit){MOST_SECONDS, MOST_SECONDS});
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	int code = patron_main((int)n_words, words);
	fflush(NULL);
	_exit(code);
}

static int run_in_child(char **words, size_t n_words)
{
	fflush(NULL);
	pid_t child = fork();
	assert(child >= 0);
	if (child == 0)
		be_patron(words, n_words);
	int status;
	while (waitpid(child, &status, 0) < 0)
		assert(errno == EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct patron_outcome patron_run(
	const char *const *words, size_t n_words, const struct patron_input *input)
{
	enum { MOST = PATRON_RUN_MOST_WORDS + PATRON_RUN_MOST_TABLES + 1 };
	static char name[] = "patron";
	static char operands[PATRON_RUN_MOST_TABLES][MEMORY_FILE_PATH];
	char *all[MOST + 1] = {name};
	size_t n = 1;
	assert(n_words <= PATRON_RUN_MOST_WORDS);
	make_files();
	fill_files(input);
	for (size_t i = 0; i < n_words; i++)
		all[n++] = (char *)(uintptr_t)words[i];
	for (size_t i = 0; input->n_tables > 1 && i < input->n_tables; i++)
		all[n++] = (char *)(uintptr_t)memory_file_path(TABLES_AT + (int)i, operands[i]);
	struct patron_outcome outcome = {0};
	outcome.code = bss_begin != NULL ? run_here(all, n) : run_in_child(all, n);
	outcome.out = memory_file_take(files.out);
	outcome.err = memory_file_take(files.err);
	outcome.manifest = memory_file_take(files.manifest);
	return outcome;
}

void patron_outcome_release(struct patron_outcome *outcome)
{
	buffer_release(&outcome->out);
	buffer_release(&outcome->err);
	buffer_release(&outcome->manifest);
}

/* Torture runs: every command of a list, once as it is, then again for every call that can fail,
 * with that call failing.
 *
 *	cd EMPTY-FOLDER && torture [-n MOST] COMMANDS
 *
 * COMMANDS holds one command line of patron in each line, of words without blanks or quotes in
 * them; "< FILE" at the end is its standard input, a number before it the most faults of each kind
 * that are tried, where a run is dear; "system" before it leaves out the faults of GSL's functions,
 * where the output has more digits than two ways to one optimum share. It runs in the folder, which
 * is emptied before each run; a command writes there, and reads from elsewhere (../in/orders.csv).
 * -n MOST: of a kind of fault no more than so many in each command. Where not all are tried, they
 * are spread evenly over the calls, the first and the last among them. For each command, and for
 * each kind of fault in the end, is printed how many were tried of how many there are.
 *
 * Every run has to end as the clean run did, to the byte, or with exit 1, one message, and no
 * report that is not whole: each file is what it was before, or what the clean run made; a manifest
 * says "failed"; the rejects and standard output may have begun. Faults that are harmless have to
 * leave no trace; those of GSL's functions may also end with exit 4. A crash, a leak (the program
 * is built with sanitizers), 30 seconds of processor time or 10 minutes in all, a file that nobody
 * asked for: all are failures. Files are told apart by name: manifest..., rejects..., all others
 * are reports.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/torture/faults.h"

enum {
	MOST_WORDS = 64,
	MOST_FILES = 16,
	HANG_CPU_SECONDS = 30,
	HANG_SECONDS = 600,
	SANITIZER_EXIT = 99,
	MOST_SHOWN = 30
};

/* What lay there last night. Only what begins so may be replaced by rejects. */
static const char old_report[] = "file,line,reason,record\n";

struct command {
	const char *line;
	char *words[MOST_WORDS + 1]; /* "patron" first */
	int n_words;
	const char *input;
	long most; /* faults of a kind; -1: all */
	bool system_alone;
};

struct file {
	char *name;
	struct buffer bytes;
};

struct outcome {
	int status; /* of waitpid() */
	struct buffer out, err;
	struct file files[MOST_FILES];
	size_t n_files;
};

static long n_faults[N_FAULTS], n_calls[N_FAULTS], n_runs, n_failed;
static long most = -1;

/* ---- the sanitizers ---- */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the sanitizers' names */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "exitcode=99:allocator_may_return_null=1:handle_abort=0";
}

/* No memory ends the program where it stands, by design: what it held then is not lost. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return faults_planned() == FAULT_MEMORY && faults_fired();
}

int __real_main(int n_arguments, char **arguments);
int __wrap_main(int n_arguments, char **arguments);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

/* ---- what is in the folder ---- */

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void read_all(int fd, struct buffer *bytes)
{
	char room[65536];
	ssize_t got;
	if (lseek(fd, 0, SEEK_SET) != 0)
		die("lseek");
	while ((got = read(fd, room, sizeof(room))) > 0)
		buffer_bytes(bytes, room, (size_t)got);
	close(fd);
}

static void write_file(const char *name, const char *bytes, size_t length)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		die(name);
	close(fd);
}

static bool is_entry(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static void empty_folder(void)
{
	DIR *folder = opendir(".");
	if (folder == NULL)
		die(".");
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
		if (is_entry(entry->d_name) && unlink(entry->d_name) != 0)
			die(entry->d_name);
	closedir(folder);
}

/* The time a run took is in its manifest, and never the same. */
static void drop_seconds(struct buffer *bytes)
{
	static const char name[] = "  \"seconds\"";
	char *at = bytes->length > 0 ? memmem(bytes->bytes, bytes->length, name, sizeof(name) - 1)
				     : NULL;
	if (at == NULL)
		return;
	char *end = memchr(at, '\n', bytes->length - (size_t)(at - bytes->bytes));
	size_t rest = end == NULL ? 0 : bytes->length - (size_t)(end + 1 - bytes->bytes);
	if (rest > 0)
		memmove(at, end + 1, rest);
	bytes->length = (size_t)(at - bytes->bytes) + rest;
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static void look_at_folder(struct outcome *outcome)
{
	DIR *folder = opendir(".");
	if (folder == NULL)
		die(".");
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (!is_entry(entry->d_name) || outcome->n_files == MOST_FILES)
			continue;
		struct file *file = &outcome->files[outcome->n_files++];
		file->name = mem_text(entry->d_name, strlen(entry->d_name));
		int fd = open(file->name, O_RDONLY);
		if (fd < 0)
			die(file->name);
		read_all(fd, &file->bytes);
		if (begins(file->name, "manifest"))
			drop_seconds(&file->bytes);
	}
	closedir(folder);
}

static void outcome_release(struct outcome *outcome)
{
	buffer_release(&outcome->out);
	buffer_release(&outcome->err);
	for (size_t i = 0; i < outcome->n_files; i++) {
		mem_free(outcome->files[i].name);
		buffer_release(&outcome->files[i].bytes);
	}
	*outcome = (struct outcome){0};
}

/* ---- one run ---- */

static int memory_file(const char *name)
{
	int fd = memfd_create(name, 0);
	if (fd < 0)
		die("memfd_create");
	return fd;
}

static _Noreturn void be_patron(const struct command *command, int out, int err)
{
	const char *input = command->input != NULL ? command->input : "/dev/null";
	int in = open(input, O_RDONLY);
	if (in < 0)
		die(input);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		die("dup2");
	close(in);
	close(out);
	close(err);
	/* A machine that is busy with others, or asleep, makes a run slow but not wrong. */
	setitimer(ITIMER_PROF, &(struct itimerval){.it_value.tv_sec = HANG_CPU_SECONDS}, NULL);
	alarm(HANG_SECONDS);
	char *words[MOST_WORDS + 1];
	memcpy(words, command->words, sizeof(words));
	faults_arm(true);
	int code = __real_main(command->n_words, words);
	exit(code);
}

static struct outcome run(const struct command *command)
{
	struct outcome outcome = {0};
	int out = memory_file("out"), err = memory_file("err");
	fflush(NULL);
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		be_patron(command, out, err);
	while (waitpid(child, &outcome.status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	faults_arm(false);
	read_all(out, &outcome.out);
	read_all(err, &outcome.err);
	look_at_folder(&outcome);
	return outcome;
}

/* ---- how a run has to end ---- */

static bool same_bytes(const struct buffer *a, const struct buffer *b)
{
	return text_equal(buffer_as_text(a), buffer_as_text(b));
}

static const struct file *find_file(const struct outcome *outcome, const char *name)
{
	for (size_t i = 0; i < outcome->n_files; i++)
		if (strcmp(outcome->files[i].name, name) == 0)
			return &outcome->files[i];
	return NULL;
}

/* As the clean run ended? Then NULL, else what differs. */
static const char *differs(const struct outcome *clean, const struct outcome *outcome)
{
	if (outcome->status != clean->status)
		return "the exit code";
	if (!same_bytes(&outcome->out, &clean->out))
		return "standard output";
	if (!same_bytes(&outcome->err, &clean->err))
		return "the messages";
	if (outcome->n_files != clean->n_files)
		return "which files there are";
	for (size_t i = 0; i < clean->n_files; i++) {
		const struct file *file = find_file(outcome, clean->files[i].name);
		if (file == NULL || !same_bytes(&file->bytes, &clean->files[i].bytes))
			return "a file";
	}
	return NULL;
}

static bool is_one_message(const struct buffer *words)
{
	static const char start[] = "patron";
	return words->length > sizeof(start) &&
	       memcmp(words->bytes, start, sizeof(start) - 1) == 0 &&
	       memchr(words->bytes, '\n', words->length) == words->bytes + words->length - 1;
}

static bool is_whole_manifest(const struct buffer *bytes)
{
	static const char failed[] = "\"status\": \"failed\"";
	return bytes->length > 2 && memcmp(bytes->bytes + bytes->length - 2, "}\n", 2) == 0 &&
	       memmem(bytes->bytes, bytes->length, failed, sizeof(failed) - 1) != NULL;
}

static const char *wrong_file(const struct outcome *clean, const struct file *file, bool had_old)
{
	const struct file *same = find_file(clean, file->name);
	bool is_old = text_equal(buffer_as_text(&file->bytes), TEXT(old_report));
	if (same == NULL)
		return "it left a file that nobody asked for";
	if (same_bytes(&file->bytes, &same->bytes) || (had_old && is_old))
		return NULL;
	if (begins(file->name, "manifest"))
		return is_whole_manifest(&file->bytes) ? NULL : "the manifest is not whole";
	/* Packed, as they may be, they cannot be told to be whole from here. */
	if (begins(file->name, "rejects"))
		return NULL;
	return "a report is neither the old one nor the new one";
}

/* A run that failed: exit 1, one line, nothing half-done. */
static const char *wrong_failure(
	const struct outcome *clean, const struct outcome *outcome, bool had_old)
{
	if (!WIFEXITED(outcome->status))
		return WTERMSIG(outcome->status) == SIGALRM || WTERMSIG(outcome->status) == SIGPROF
			       ? "it hangs"
			       : "it crashed";
	if (WEXITSTATUS(outcome->status) == SANITIZER_EXIT)
		return "a sanitizer's finding";
	/* A run that fails by itself keeps its own reason, whatever fails after it. */
	bool as_clean = outcome->status == clean->status && same_bytes(&outcome->err, &clean->err);
	bool no_answer = fault_kinds[faults_planned()].is_of_numbers &&
			 WEXITSTATUS(outcome->status) == ERROR_NUMBERS;
	if (WEXITSTATUS(outcome->status) != 1 && !as_clean && !no_answer)
		return "the exit code is neither that of the clean run nor 1";
	if (!is_one_message(&outcome->err))
		return "other than one message";
	struct text out = buffer_as_text(&outcome->out), begun = buffer_as_text(&clean->out);
	if (begun.length > out.length)
		begun.length = out.length;
	if (!text_equal(out, begun))
		return "standard output is not a beginning of the clean run's";
	for (size_t i = 0; i < outcome->n_files; i++) {
		const char *wrong = wrong_file(clean, &outcome->files[i], had_old);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

static const char *judge(const struct outcome *clean, const struct outcome *outcome, bool had_old)
{
	const char *difference = differs(clean, outcome);
	if (difference == NULL)
		return NULL;
	if (!faults_fired())
		return "without a fault it differs from the clean run";
	if (fault_kinds[faults_planned()].is_harmless)
		return "a harmless fault made a difference";
	if (outcome->status == clean->status && WEXITSTATUS(clean->status) == 0)
		return "exit 0, but not the clean run's bytes";
	return wrong_failure(clean, outcome, had_old);
}

static void show(const char *wrong, const char *line, const struct outcome *outcome, long n)
{
	n_failed++;
	if (n_failed > MOST_SHOWN)
		return;
	printf("not ok %s: %s fault %ld: %s\n", line, fault_kinds[faults_planned()].name, n, wrong);
	printf("  exit %d, signal %d\n",
		WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : -1,
		WIFSIGNALED(outcome->status) ? WTERMSIG(outcome->status) : 0);
	for (size_t i = 0; i < outcome->n_files; i++)
		printf("  file %s, %zu bytes\n", outcome->files[i].name,
			outcome->files[i].bytes.length);
	struct text words = buffer_as_text(&outcome->err);
	printf("%.*s\n", (int)(words.length < 3000 ? words.length : 3000), words.at);
}

/* ---- all faults of one command ---- */

static void put_old_reports(const struct outcome *clean)
{
	for (size_t i = 0; i < clean->n_files; i++)
		write_file(clean->files[i].name, old_report, sizeof(old_report) - 1);
}

static void run_with_fault(
	const struct command *command, const struct outcome *clean, enum fault kind, long n)
{
	/* Every second run finds the reports of last night. */
	bool has_old = n % 2 == 0;
	empty_folder();
	if (has_old)
		put_old_reports(clean);
	faults_plan(kind, n);
	struct outcome outcome = run(command);
	n_runs++;
	n_faults[kind] += faults_fired();
	const char *wrong = judge(clean, &outcome, has_old);
	if (wrong != NULL)
		show(wrong, command->line, &outcome, n);
	outcome_release(&outcome);
}

/* What is there already takes other calls than what is not: the larger count holds. */
static void count_calls(const struct command *command, const struct outcome *clean, long *counts)
{
	for (int old = 0; old < 2; old++) {
		empty_folder();
		if (old)
			put_old_reports(clean);
		faults_plan(FAULT_MEMORY, 0);
		struct outcome outcome = run(command);
		const char *difference = differs(clean, &outcome);
		if (difference != NULL) {
			show(difference, command->line, &outcome, 0);
			for (size_t i = 0; i < clean->n_files; i++)
				printf("  clean file %s, %zu bytes\n", clean->files[i].name,
					clean->files[i].bytes.length);
		}
		outcome_release(&outcome);
		for (int kind = 0; kind < N_FAULTS; kind++)
			if (faults_count(kind) > counts[kind])
				counts[kind] = faults_count(kind);
	}
}

/* n calls of the kind were made. Of calls that work in the numbers, which may be millions, the 1st,
 * 2nd, 10th, 100th and the last; of others all, or the first, the last and some between. */
static void run_with_faults(
	const struct command *command, const struct outcome *clean, enum fault kind, long n)
{
	static const long some[] = {1, 2, 10, 100};
	if (fault_kinds[kind].is_of_numbers && command->system_alone)
		return;
	if (fault_kinds[kind].is_of_numbers) {
		for (size_t i = 0; i < sizeof(some) / sizeof(some[0]) && some[i] < n; i++)
			run_with_fault(command, clean, kind, some[i]);
		if (n > 0)
			run_with_fault(command, clean, kind, n);
		return;
	}
	long tried = n;
	if (most >= 0 && most < tried)
		tried = most;
	if (command->most >= 0 && command->most < tried)
		tried = command->most;
	for (long i = 0; i < tried; i++)
		run_with_fault(command, clean, kind, tried > 1 ? 1 + i * (n - 1) / (tried - 1) : 1);
}

static void torture(const struct command *command)
{
	long counts[N_FAULTS] = {0}, before = n_runs, all = 0;
	empty_folder();
	faults_plan(FAULT_MEMORY, 0);
	struct outcome clean = run(command);
	if (!WIFEXITED(clean.status) || WEXITSTATUS(clean.status) == SANITIZER_EXIT)
		show("the clean run fails", command->line, &clean, 0);
	count_calls(command, &clean, counts);
	for (int kind = 0; kind < N_FAULTS; kind++) {
		run_with_faults(command, &clean, kind, counts[kind]);
		n_calls[kind] += counts[kind];
		all += counts[kind];
	}
	printf("%6ld of %6ld  %s\n", n_runs - before, all, command->line);
	fflush(stdout);
	outcome_release(&clean);
	empty_folder();
}

/* ---- the list of commands ---- */

/* Cuts copy, which the words then point into. */
static struct command parse(const char *line, char *copy)
{
	static char name[] = "patron";
	struct command command = {.line = line, .words = {name}, .n_words = 1, .most = -1};
	char *rest = NULL;
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
		word = strtok_r(NULL, " ", &rest)) {
		if (command.n_words == 1 && word[0] >= '0' && word[0] <= '9')
			command.most = strtol(word, NULL, 10);
		else if (command.n_words == 1 && strcmp(word, "system") == 0)
			command.system_alone = true;
		else if (strcmp(word, "<") == 0)
			command.input = strtok_r(NULL, " ", &rest);
		else if (command.n_words < MOST_WORDS)
			command.words[command.n_words++] = word;
	}
	return command;
}

/* Cuts the list into lines. It is read whole before the first fork: a child that ends would set the
 * place in a file that its parent reads. */
static void torture_all(char *list)
{
	char *rest = NULL;
	for (char *line = strtok_r(list, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] == '#')
			continue;
		char *copy = mem_text(line, strlen(line));
		struct command command = parse(line, copy);
		torture(&command);
		mem_free(copy);
	}
}

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
int __wrap_main(int n_arguments, char **arguments)
{
	int at = 1;
	if (n_arguments > 2 && strcmp(arguments[1], "-n") == 0) {
		most = strtol(arguments[2], NULL, 10);
		at = 3;
	}
	if (at + 1 != n_arguments) {
		fprintf(stderr, "usage: torture [-n MOST] COMMANDS\n");
		return 2;
	}
	int fd = open(arguments[at], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(arguments[at]);
	struct buffer list = {0};
	read_all(fd, &list);
	buffer_byte(&list, '\0');
	/* A crash that is looked for leaves no core in the folder. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	faults_share();
	torture_all(list.bytes);
	buffer_release(&list);

	long total = 0, all = 0;
	for (int kind = 0; kind < N_FAULTS; kind++) {
		total += n_faults[kind];
		all += n_calls[kind];
	}
	printf("%ld faults injected of %ld:", total, all);
	for (int kind = 0; kind < N_FAULTS; kind++)
		printf("%s %s %ld of %ld", kind > 0 ? "," : "", fault_kinds[kind].name,
			n_faults[kind], n_calls[kind]);
	printf("\n%ld passed, %ld failed\n", n_runs - (n_failed < n_runs ? n_failed : n_runs),
		n_failed);
	return n_failed > 0;
}

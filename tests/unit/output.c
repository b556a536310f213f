/* Files: whole or not there. Every test works in a folder of its own under $TMPDIR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/output.h"

static int enter_folder(void **state)
{
	const char *top = getenv("TMPDIR");
	struct buffer folder = {0};
	buffer_format(&folder, "%s/patron-output-XXXXXX", top != NULL ? top : "/tmp");
	buffer_byte(&folder, '\0');
	if (mkdtemp(folder.bytes) == NULL || chdir(folder.bytes) != 0)
		return -1;
	*state = folder.bytes;
	return 0;
}

static int leave_folder(void **state)
{
	char *folder = *state;
	DIR *dir = opendir(".");
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove(entry->d_name);
	closedir(dir);
	int status = chdir("/") != 0 || rmdir(folder) != 0;
	mem_free(folder);
	return status;
}

static int n_entries(void)
{
	int n = -2; /* . and .. */
	DIR *dir = opendir(".");
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static struct text file_bytes(const char *path, struct buffer *room)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	room->length = 0;
	for (int c; (c = getc(file)) != EOF;)
		buffer_byte(room, (char)c);
	fclose(file);
	return buffer_as_text(room);
}

static void assert_file(const char *path, const char *bytes)
{
	struct buffer room = {0};
	file_bytes(path, &room);
	assert_int_equal(room.length, strlen(bytes));
	assert_memory_equal(room.bytes, bytes, room.length);
	buffer_release(&room);
}

static void write_file(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	fputs(bytes, file);
	fclose(file);
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static struct output *open_output(const char *path)
{
	struct error err = {0};
	struct output *out = output_open(path, &err);
	if (out == NULL)
		fail_msg("%s", err.words);
	return out;
}

static void write_output(const char *path, const void *bytes, size_t n)
{
	struct error err = {0};
	struct output *out = open_output(path);
	assert_true(output_write(out, bytes, n, &err));
	assert_true(output_close(out, &err));
	assert_int_equal(err.kind, ERROR_NONE);
}

static void assert_refused(const char *path, enum error_kind kind, const char *words)
{
	struct error err = {0};
	assert_null(output_open(path, &err));
	assert_int_equal(err.kind, kind);
	assert_string_equal(err.words, words);
	error_release(&err);
}

static void test_new_file(void **state)
{
	(void)state;
	mode_t umask_before = umask(027);
	struct error err = {0};
	struct output *out = open_output("report.csv");
	assert_true(output_write(out, "a,b\n", 4, &err));
	assert_int_equal(access("report.csv", F_OK), -1); /* not before it is complete */
	assert_int_equal(n_entries(), 1);
	assert_true(output_write(out, "1,2\n", 4, &err));
	assert_true(output_close(out, &err));
	umask(umask_before);
	assert_file("report.csv", "a,b\n1,2\n");
	assert_int_equal(mode_of("report.csv"), 0640);
	assert_int_equal(n_entries(), 1);
}

static void test_empty_file(void **state)
{
	(void)state;
	write_output("empty", "", 0);
	assert_file("empty", "");
}

static void test_replaced_file_keeps_mode(void **state)
{
	(void)state;
	write_file("report.csv", "old");
	assert_int_equal(chmod("report.csv", 0604), 0);
	write_output("report.csv", "new", 3);
	assert_file("report.csv", "new");
	assert_int_equal(mode_of("report.csv"), 0604);
	assert_int_equal(n_entries(), 1);
}

static void test_discard_leaves_nothing(void **state)
{
	(void)state;
	struct error err = {0};
	write_file("report.csv", "old");
	struct output *out = open_output("report.csv");
	assert_true(output_write(out, "new", 3, &err));
	output_discard(out);
	output_discard(open_output("other.csv.gz"));
	output_discard(NULL);
	assert_file("report.csv", "old");
	assert_int_equal(n_entries(), 1);
}

static void test_symbolic_link_is_replaced(void **state)
{
	(void)state;
	write_file("victim", "untouched");
	assert_int_equal(chmod("victim", 0600), 0);
	assert_int_equal(symlink("victim", "report.csv"), 0);
	write_output("report.csv", "new", 3);
	struct stat st;
	assert_int_equal(lstat("report.csv", &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_file("report.csv", "new");
	assert_file("victim", "untouched");
}

static void test_names_that_cannot_be(void **state)
{
	(void)state;
	assert_int_equal(mkdir("folder", 0777), 0);
	write_file("file", "");
	assert_refused("no/such/report.csv", ERROR_SYSTEM,
		"no/such/report.csv: no folder 'no/such' (make it first)");
	assert_refused("file/report.csv", ERROR_SYSTEM,
		"file/report.csv: cannot make a file in folder 'file': Not a directory");
	assert_refused("folder", ERROR_SYSTEM, "folder: cannot write: it names a folder");
	assert_refused("folder/", ERROR_SYSTEM, "folder/: cannot write: it names a folder");
	assert_refused("", ERROR_USAGE, "the name of the output is empty");
	assert_int_equal(n_entries(), 2);
}

static void test_write_protected(void **state)
{
	(void)state;
	write_file("report.csv", "old");
	assert_int_equal(chmod("report.csv", 0444), 0);
	assert_int_equal(chmod(".", 0777), 0);
	uid_t root = geteuid();
	if (root == 0)
		assert_int_equal(seteuid(65534), 0); /* root may write anything */
	assert_refused("report.csv", ERROR_SYSTEM,
		"report.csv: cannot open for writing: Permission denied");
	assert_int_equal(seteuid(root), 0);
	assert_file("report.csv", "old");
}

/* Bytes of every size around the 256 KiB that are held back. */
static void test_large_writes(void **state)
{
	(void)state;
	enum { SIZE = 1000000 };
	char *bytes = mem_array(SIZE, 1);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)('0' + i * i % 71);
	static const size_t steps[] = {1, 4095, 262143, 262144, 262145, 600000};
	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		struct error err = {0};
		struct output *out = open_output("big");
		for (size_t at = 0; at < SIZE; at += steps[s])
			assert_true(output_write(out, bytes + at,
				SIZE - at < steps[s] ? SIZE - at : steps[s], &err));
		assert_true(output_close(out, &err));
		struct buffer room = {0};
		file_bytes("big", &room);
		assert_int_equal(room.length, SIZE);
		assert_memory_equal(room.bytes, bytes, SIZE);
		buffer_release(&room);
	}
	mem_free(bytes);
}

static void test_gzip(void **state)
{
	(void)state;
	enum { SIZE = 1500000 };
	char *bytes = mem_array(SIZE, 1), *back = mem_array(SIZE + 1, 1);
	uint32_t x = 1; /* noise, so that the packed bytes overflow what is held */
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
	write_output("a.csv.gz", bytes, SIZE);
	struct error err = {0};
	struct output *out = open_output("B.CSV.GZ");
	for (size_t at = 0; at < SIZE; at += 1000)
		assert_true(output_write(out, bytes + at, 1000, &err));
	assert_true(output_close(out, &err));

	gzFile file = gzopen("a.csv.gz", "rb");
	assert_non_null(file);
	assert_int_equal(gzread(file, back, SIZE + 1), SIZE);
	assert_memory_equal(back, bytes, SIZE);
	assert_int_equal(gzclose(file), Z_OK);

	struct buffer a = {0}, b = {0};
	file_bytes("a.csv.gz", &a);
	file_bytes("B.CSV.GZ", &b);
	assert_true(text_equal(buffer_as_text(&a), buffer_as_text(&b)));
	assert_int_equal(a.bytes[0], '\x1f');
	assert_memory_equal(a.bytes + 3, "\0\0\0\0\0", 5); /* no name and no time, RFC 1952 */
	buffer_release(&a);
	buffer_release(&b);
	mem_free(bytes);
	mem_free(back);
}

static void test_empty_gzip(void **state)
{
	(void)state;
	char back;
	write_output("empty.gz", "", 0);
	gzFile file = gzopen("empty.gz", "rb");
	assert_int_equal(gzread(file, &back, 1), 0);
	assert_int_equal(gzdirect(file), 0);
	assert_int_equal(gzclose(file), Z_OK);
}

static void test_full_disk(void **state)
{
	(void)state;
	struct error err = {0};
	struct output *out = open_output("/dev/full");
	assert_true(output_write(out, "a", 1, &err)); /* held back */
	assert_false(output_close(out, &err));
	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_string_equal(err.words, "/dev/full: cannot write: No space left on device");
	error_release(&err);

	char *bytes = mem_zeroed(1, 300000);
	out = open_output("/dev/full");
	assert_false(output_write(out, bytes, 300000, &err));
	error_release(&err);
	assert_false(output_write(out, "a", 1, &err)); /* once failed, always failing */
	assert_false(output_close(out, &err));
	assert_string_equal(err.words, "/dev/full: cannot write: No space left on device");
	error_release(&err);
	mem_free(bytes);
}

/* The limit on the size of a file stands for a disk that fills up in the middle of a report. */
static void test_full_disk_keeps_old_report(void **state)
{
	(void)state;
	struct error err = {0};
	write_file("report.csv", "old");
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit before, small;
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 400000;
	char *bytes = mem_zeroed(1, 300000);
	struct output *out = open_output("report.csv");
	setrlimit(RLIMIT_FSIZE, &small);
	assert_true(output_write(out, bytes, 300000, &err));
	assert_false(output_write(out, bytes, 300000, &err));
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_string_equal(err.words, "report.csv: cannot write: File too large");
	error_release(&err);
	assert_false(output_close(out, &err));
	error_release(&err);
	mem_free(bytes);
	assert_file("report.csv", "old");
	assert_int_equal(n_entries(), 1);
}

/* Runs act with standard output at fd, and gives the old one back. */
static void with_stdout(int fd, void act(struct error *), struct error *err)
{
	fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	act(err);
	dup2(kept, STDOUT_FILENO);
	close(kept);
}

static void write_in_two_ways(struct error *err)
{
	static const char *const names[] = {NULL, "-", "/dev/stdout", "/dev/fd/1"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct output *out = output_open(names[i], err);
		if (out == NULL || !output_write(out, "line\n", 5, err) || !output_close(out, err))
			return;
	}
}

static void test_standard_output(void **state)
{
	(void)state;
	struct error err = {0};
	write_file("log", "begun\n");
	with_stdout(open("log", O_WRONLY | O_APPEND), write_in_two_ways, &err);
	assert_int_equal(err.kind, ERROR_NONE);
	assert_file("log", "begun\nline\nline\nline\nline\n");

	with_stdout(open("/dev/full", O_WRONLY), write_in_two_ways, &err);
	assert_string_equal(err.words, "standard output: cannot write: No space left on device");
	error_release(&err);
}

static void test_fifo_is_written_straight(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("pipe", 0666), 0);
	int reader = open("pipe", O_RDONLY | O_NONBLOCK);
	write_output("pipe", "through", 7);
	char back[16];
	assert_int_equal(read(reader, back, sizeof(back)), 7);
	close(reader);
	struct stat st;
	assert_int_equal(lstat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
}

/* A small pipe whose reader is slow, with signals in between: short writes, EAGAIN and EINTR. */
static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void test_slow_reader(void **state)
{
	(void)state;
	enum { SIZE = 3000000 };
	struct error err = {0};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		char part[5000];
		size_t total = 0;
		bool right = true;
		for (ssize_t n; (n = read(ends[0], part, sizeof(part))) > 0;)
			for (ssize_t i = 0; i < n; i++)
				right = right && part[i] == (char)(total++ % 251);
		_exit(right && total == SIZE ? 0 : 1);
	}
	close(ends[0]);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	struct sigaction act = {.sa_handler = on_alarm}, before;
	sigaction(SIGALRM, &act, &before); /* without SA_RESTART */
	ualarm(500, 500);
	char *bytes = mem_array(SIZE, 1);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (char)(i % 251);
	char path[32];
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
	struct output *out = open_output(path);
	for (size_t at = 0; at < SIZE; at += 100000)
		assert_true(output_write(out, bytes + at, 100000, &err));
	assert_true(output_close(out, &err));
	signal(SIGALRM, SIG_IGN); /* the last may be on its way, in valgrind */
	ualarm(0, 0);
	sigaction(SIGALRM, &before, NULL);
	close(ends[1]);
	int status;
	waitpid(child, &status, 0);
	assert_int_equal(status, 0);
	mem_free(bytes);
}

/* What runs in a child, since the process ends by it or the flag stays set. */
static int status_of(void act(void))
{
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		act();
		_exit(99);
	}
	int status;
	waitpid(child, &status, 0);
	return status;
}

static void write_into_closed_pipe(void)
{
	struct error err = {0};
	int ends[2];
	signal(SIGPIPE, SIG_IGN);
	if (pipe(ends) != 0)
		_exit(1);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[0]);
	struct output *out = output_open(NULL, &err);
	bool held = output_write(out, "a", 1, &err);
	_exit(held && !output_close(out, &err) && err.kind == ERROR_PIPE ? 0 : 2);
}

/* Only the reader of the report may leave early: of rejects, say, none may be lost. */
static void test_closed_pipe_elsewhere_is_a_failure(void **state)
{
	(void)state;
	struct error err = {0};
	char path[32];
	int ends[2];
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
	struct output *out = output_open(path, &err);
	assert_true(output_write(out, "a", 1, &err)); /* held back */
	assert_false(output_close(out, &err));
	assert_int_equal(err.kind, ERROR_SYSTEM);
	close(ends[1]);
	signal(SIGPIPE, SIG_DFL);
	error_release(&err);
}

static void test_closed_pipe_can_be_told(void **state)
{
	(void)state;
	assert_int_equal(status_of(write_into_closed_pipe), 0);
}

static void on_term(int signal_number)
{
	output_unlink_temporaries();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void end_by_signal(void)
{
	struct error err = {0};
	signal(SIGTERM, on_term);
	output_open("first.csv", &err);
	struct output *done = output_open("done.csv", &err);
	output_open("second.csv.gz", &err);
	if (!output_close(done, &err) || n_entries() != 3)
		_exit(1);
	raise(SIGTERM);
}

static void test_signal_removes_temporaries(void **state)
{
	(void)state;
	int status = status_of(end_by_signal);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(n_entries(), 1);
	assert_file("done.csv", "");
}

static struct output *volatile left_open[2]; /* still reachable when the leak checker looks */

static void end_by_exit(void)
{
	struct error err = {0};
	struct output *discarded = output_open("discarded.csv", &err);
	left_open[0] = output_open("left.csv", &err);
	output_discard(discarded);
	left_open[1] = output_open("left-too.csv", &err); /* in the place of the discarded one */
	exit(n_entries() == 2 ? 0 : 1);
}

static void test_exit_removes_temporaries(void **state)
{
	(void)state;
	assert_int_equal(status_of(end_by_exit), 0);
	assert_int_equal(n_entries(), 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_new_file),
		IN_FOLDER(test_empty_file),
		IN_FOLDER(test_replaced_file_keeps_mode),
		IN_FOLDER(test_discard_leaves_nothing),
		IN_FOLDER(test_symbolic_link_is_replaced),
		IN_FOLDER(test_names_that_cannot_be),
		IN_FOLDER(test_write_protected),
		IN_FOLDER(test_large_writes),
		IN_FOLDER(test_gzip),
		IN_FOLDER(test_empty_gzip),
		IN_FOLDER(test_full_disk),
		IN_FOLDER(test_full_disk_keeps_old_report),
		IN_FOLDER(test_standard_output),
		IN_FOLDER(test_fifo_is_written_straight),
		IN_FOLDER(test_slow_reader),
		IN_FOLDER(test_closed_pipe_can_be_told),
		IN_FOLDER(test_closed_pipe_elsewhere_is_a_failure),
		IN_FOLDER(test_signal_removes_temporaries),
		IN_FOLDER(test_exit_removes_temporaries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

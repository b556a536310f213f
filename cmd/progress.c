#include "cmd/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd/message.h"

static struct timespec started, last_shown;
static int64_t bytes_in_all; /* 0 when a pipe is among the inputs */
static bool is_wanted, is_terminal, is_shown;

static double seconds_since(const struct timespec *then)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static int64_t size_of(const char *const *paths, size_t n_paths)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n_paths; i++) {
		struct stat st;
		bool is_file = strcmp(paths[i], "-") != 0 && stat(paths[i], &st) == 0 &&
			       S_ISREG(st.st_mode);
		if (!is_file)
			return 0;
		sum += st.st_size;
	}
	return sum;
}

void progress_start(const char *const *paths, size_t n_paths, enum progress_when when)
{
	bytes_in_all = size_of(paths, n_paths);
	is_terminal = isatty(STDERR_FILENO);
	is_wanted = when == PROGRESS_ALWAYS ||
		    (when == PROGRESS_AUTO && is_terminal && !message_is_quiet());
	clock_gettime(CLOCK_MONOTONIC, &started);
	last_shown = started;
}

enum { TIME_SIZE = 32, LINE_SIZE = 128 };

static const char *time_left(double seconds, char room[TIME_SIZE])
{
	long s = (long)(seconds + .5);
	if (s < 100)
		snprintf(room, TIME_SIZE, "%ld s", s);
	else if (s < 3600)
		snprintf(room, TIME_SIZE, "%ld min %ld s", s / 60, s % 60);
	else
		snprintf(room, TIME_SIZE, "%ld h %ld min", s / 3600, s % 3600 / 60);
	return room;
}

/* Files that are read while they grow are longer than they were. A narrow terminal does without the
 * rate. */
static void write_line(char line[LINE_SIZE], int64_t bytes, bool is_narrow)
{
	char left[TIME_SIZE];
	double megabytes = (double)bytes / 1e6, rate = megabytes / seconds_since(&started);
	double all = (double)bytes_in_all / 1e6;
	if (all >= megabytes && rate > 0 && is_narrow)
		snprintf(line, LINE_SIZE, "%.0f of %.0f MB, %s left", megabytes, all,
			time_left((all - megabytes) / rate, left));
	else if (all >= megabytes && rate > 0)
		snprintf(line, LINE_SIZE, "read %.0f of %.0f MB, %.0f MB/s, %s left", megabytes,
			all, rate, time_left((all - megabytes) / rate, left));
	else
		snprintf(line, LINE_SIZE, "read %.1f MB, %.1f MB/s", megabytes, rate);
}

/* A line that is wider than the terminal would leave its front behind. */
static void write_fitting_line(char line[LINE_SIZE], int64_t bytes)
{
	struct winsize window;
	bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
	write_line(line, bytes, false);
	if (is_known && window.ws_col <= strlen(line))
		write_line(line, bytes, true);
	if (is_known && window.ws_col <= strlen(line))
		line[window.ws_col - 1] = '\0';
}

void progress_show(void *context, int64_t bytes)
{
	(void)context;
	double pause = is_terminal ? .1 : 1;
	if (!is_wanted || seconds_since(&started) < 1 || seconds_since(&last_shown) < pause)
		return;
	clock_gettime(CLOCK_MONOTONIC, &last_shown);
	char line[LINE_SIZE];
	if (is_terminal) {
		write_fitting_line(line, bytes);
		fprintf(stderr, "\r\033[K%s", line);
		is_shown = true;
	} else {
		write_line(line, bytes, false);
		message_progress(line);
	}
}

void progress_end(void)
{
	if (is_shown)
		fputs("\r\033[K", stderr);
	is_shown = false;
}

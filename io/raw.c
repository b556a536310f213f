#include "io/raw.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/crc.h"

enum { WINDOW = 256 * 1024 };

/* A slow device, or a pipe whose writer is late, may be interrupted. */
static int open_to_read(const char *path)
{
	int fd;
	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return fd;
}

bool raw_open(struct raw *raw, const char *path, const char *name, struct error *err)
{
	*raw = (struct raw){.name = name, .fd = STDIN_FILENO};
	if (strcmp(path, "-") != 0) {
		raw->fd = open_to_read(path);
		if (raw->fd < 0) {
			error_set(err, ERROR_SYSTEM, "%s: cannot open: %s", name, strerror(errno));
			raw->fd = STDIN_FILENO;
			return false;
		}
	}
	struct stat st;
	bool is_known = fstat(raw->fd, &st) == 0;
	if (is_known && S_ISDIR(st.st_mode)) {
		raw_release(raw);
		if (strcmp(path, "-") == 0)
			return error_set(err, ERROR_SYSTEM,
				"%s: is a folder, not a file (name the files in it)", name);
		return error_set(err, ERROR_SYSTEM,
			"%s: is a folder, not a file (name the files in it: %s/*.csv.gz)", name,
			path);
	}
	raw->is_file = is_known && S_ISREG(st.st_mode);
	if (raw->is_file) {
		raw->file_size = st.st_size;
		raw->changed = st.st_mtim;
	}
	/* Advice only: where it is not taken, reading is a little slower. */
	(void)posix_fadvise(raw->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	raw->room = mem_aligned(RAW_ALIGNMENT + WINDOW, 1, RAW_ALIGNMENT);
	raw->bytes = raw->room + RAW_ALIGNMENT;
	memset(raw->bytes - RAW_KEPT, 0, RAW_KEPT);
	return true;
}

/* At the end: is the file still the one that was opened? An export that is still being written, or
 * is replaced in place, would give rows of both. */
static bool is_unchanged(const struct raw *raw, struct error *err)
{
	struct stat st;
	if (!raw->is_file || fstat(raw->fd, &st) != 0 ||
		(st.st_size == raw->file_size && st.st_mtim.tv_sec == raw->changed.tv_sec &&
			st.st_mtim.tv_nsec == raw->changed.tv_nsec))
		return true;
	if (st.st_size == raw->file_size)
		return error_set(err, ERROR_SYSTEM,
			"%s: was written to while it was read (run again when it is complete)",
			raw->name);
	return error_set(err, ERROR_SYSTEM,
		"%s: went from %lld to %lld bytes while it was read (run again when it is"
		" complete)",
		raw->name, (long long)raw->file_size, (long long)st.st_size);
}

static bool read_once(
	struct raw *raw, void *room, size_t capacity, size_t *length, struct error *err)
{
	ssize_t got;
	*length = 0;
	do
		got = read(raw->fd, room, capacity);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set(
			err, ERROR_SYSTEM, "%s: cannot read: %s", raw->name, strerror(errno));
	*length = (size_t)got;
	raw->crc = crc_update(raw->crc, room, *length);
	raw->size += got;
	raw->at_end = got == 0;
	return !raw->at_end || is_unchanged(raw, err);
}

static bool read_more(struct raw *raw, struct error *err)
{
	size_t length;
	if (!read_once(raw, raw->bytes + raw->end, WINDOW - raw->end, &length, err))
		return false;
	raw->end += length;
	return true;
}

bool raw_read(struct raw *raw, char *room, size_t capacity, size_t *length, struct error *err)
{
	assert(raw->position == raw->end);
	*length = 0;
	return raw->at_end || read_once(raw, room, capacity, length, err);
}

bool raw_fill(struct raw *raw, struct error *err)
{
	if (raw->position < raw->end || raw->at_end)
		return true;
	unsigned char *window = raw->room + RAW_ALIGNMENT;
	memmove(window - RAW_KEPT, raw->bytes + raw->end - RAW_KEPT, RAW_KEPT);
	raw->bytes = window;
	raw->position = raw->end = 0;
	return read_more(raw, err);
}

bool raw_peek(struct raw *raw, size_t n, struct error *err)
{
	assert(raw->position == 0 && n <= WINDOW);
	while (raw->end < n && !raw->at_end)
		if (!read_more(raw, err))
			return false;
	return true;
}

bool raw_byte(struct raw *raw, unsigned char *byte, bool *got, struct error *err)
{
	if (!raw_fill(raw, err))
		return false;
	*got = raw->position < raw->end;
	if (*got)
		*byte = raw->bytes[raw->position++];
	return true;
}

void raw_unread(struct raw *raw, size_t n)
{
	assert(n <= RAW_KEPT);
	if (n <= raw->position) {
		raw->position -= n;
		return;
	}
	/* Into the window before, whose last bytes stand in front of this one. */
	size_t before = n - raw->position;
	raw->bytes -= before;
	raw->end += before;
	raw->position = 0;
}

void raw_release(struct raw *raw)
{
	if (raw->fd > STDIN_FILENO)
		close(raw->fd);
	mem_free(raw->room);
	*raw = (struct raw){0};
}

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

bool raw_open(struct raw *raw, const char *path, const char *name, struct error *err)
{
	*raw = (struct raw){.name = name, .fd = STDIN_FILENO};
	if (strcmp(path, "-") != 0) {
		raw->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (raw->fd < 0) {
			error_set(err, ERROR_SYSTEM, "%s: cannot open: %s", name, strerror(errno));
			raw->fd = STDIN_FILENO;
			return false;
		}
	}
	struct stat st;
	if (fstat(raw->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		raw_release(raw);
		return error_set(err, ERROR_SYSTEM,
			"%s: is a folder, not a file (name the files in it: %s/*.csv.gz)", name,
			path);
	}
	/* Advice only: where it is not taken, reading is a little slower. */
	(void)posix_fadvise(raw->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	raw->bytes = mem_array(WINDOW, 1);
	return true;
}

/* Reads once, behind what the window has. */
static bool read_more(struct raw *raw, struct error *err)
{
	ssize_t got;
	do
		got = read(raw->fd, raw->bytes + raw->end, WINDOW - raw->end);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set(
			err, ERROR_SYSTEM, "%s: cannot read: %s", raw->name, strerror(errno));
	raw->crc = crc_update(raw->crc, raw->bytes + raw->end, (size_t)got);
	raw->end += (size_t)got;
	raw->size += got;
	raw->at_end = got == 0;
	return true;
}

bool raw_fill(struct raw *raw, struct error *err)
{
	if (raw->position < raw->end || raw->at_end)
		return true;
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

void raw_release(struct raw *raw)
{
	if (raw->fd > STDIN_FILENO)
		close(raw->fd);
	mem_free(raw->bytes);
	*raw = (struct raw){0};
}

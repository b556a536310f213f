#include "io/output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/text.h"

enum { HELD_SIZE = 256 * 1024, WRITEBACK_SIZE = 4 << 20 };

/* A file that exists under a random name. The list only grows, and its nodes are used again.
 * Whoever takes the name out of its node, by exchange, may go on with it, so that a signal handler
 * never meets a name that is being freed. */
struct temporary {
	_Atomic(char *) name;
	struct temporary *next;
};

struct output {
	char *name;                  /* the path as given, or "standard output" */
	char *temporary_name;        /* NULL when written straight */
	struct temporary *temporary; /* where that name is registered */
	int fd;
	int failure; /* errno of the first failure; 0 while there is none */
	bool is_stdout;
	bool compressed; /* by packer, into held */
	bool is_complete;
	unsigned char *held; /* HELD_SIZE bytes, of which n_held wait to be written */
	size_t n_held;
	size_t n_sent, n_begun; /* bytes written, and those of them that the disk was told of */
	z_stream packer;
};

static _Atomic(struct temporary *) temporaries;

void output_unlink_temporaries(void)
{
	int kept = errno;
	for (struct temporary *t = atomic_load(&temporaries); t != NULL; t = t->next) {
		char *name = atomic_exchange(&t->name, NULL);
		if (name != NULL)
			unlink(name);
	}
	errno = kept;
}

static void unlink_at_exit(void)
{
	atexit(output_unlink_temporaries);
}

static struct temporary *register_temporary(char *name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, unlink_at_exit);
	for (struct temporary *t = atomic_load(&temporaries); t != NULL; t = t->next) {
		char *none = NULL;
		if (atomic_compare_exchange_strong(&t->name, &none, name))
			return t;
	}
	struct temporary *t = mem_zeroed(1, sizeof(*t));
	atomic_init(&t->name, name);
	t->next = atomic_load(&temporaries);
	while (!atomic_compare_exchange_weak(&temporaries, &t->next, t))
		;
	return t;
}

/* A name that the handler has taken is left to it: the process is about to end. */
static void forget_temporary(struct output *out)
{
	if (atomic_exchange(&out->temporary->name, NULL) != NULL)
		mem_free(out->temporary_name);
	out->temporary_name = NULL;
}

static bool fail(struct output *out, struct error *err)
{
	if (out->failure == 0)
		out->failure = errno;
	enum error_kind kind = out->is_stdout && out->failure == EPIPE ? ERROR_PIPE : ERROR_SYSTEM;
	return error_set(err, kind, "%s: cannot write: %s", out->name, strerror(out->failure));
}

static bool fail_open(const char *path, struct error *err)
{
	return error_set(
		err, ERROR_SYSTEM, "%s: cannot open for writing: %s", path, strerror(errno));
}

/* The path up to and with its last slash; "" for a name in the current folder. */
static struct text folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return (struct text){path, slash != NULL ? (size_t)(slash - path) + 1 : 0};
}

/* A folder that was removed while somebody worked in it: its name may lead to another by now. */
static bool is_working_folder_gone(void)
{
	char room[PATH_MAX];
	return getcwd(room, sizeof(room)) == NULL && errno == ENOENT;
}

static bool fail_folder(const char *path, struct error *err)
{
	int reason = errno;
	struct text folder = folder_of(path);
	if (folder.length == 0)
		folder = TEXT(".");
	else if (folder.length > 1)
		folder.length--;
	if (reason == ENOENT && path[0] != '/' && is_working_folder_gone())
		return error_set(err, ERROR_SYSTEM,
			"%s: the working folder is gone (cd to one that is there)", path);
	if (reason == ENOENT)
		return error_set(err, ERROR_SYSTEM, "%s: no folder '%.*s' (make it first)", path,
			(int)folder.length, folder.at);
	return error_set(err, ERROR_SYSTEM, "%s: cannot make a file in folder '%.*s': %s", path,
		(int)folder.length, folder.at, strerror(reason));
}

/* The descriptor a path stands for, or -1. Opening /dev/stdout anew would start at the front of
 * a file that the shell appends to. */
static int descriptor_of(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	if (path == NULL || strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t length = strlen(folders[i]);
		if (strncmp(path, folders[i], length) != 0)
			continue;
		size_t n_digits = strspn(path + length, "0123456789");
		if (n_digits > 0 && n_digits < 8 && path[length + n_digits] == '\0')
			return (int)strtol(path + length, NULL, 10);
	}
	return -1;
}

static int open_to_write(const char *path, int flags, mode_t mode)
{
	int fd;
	do
		fd = open(path, flags | O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

static bool open_temporary(struct output *out, const char *path, mode_t mode, struct error *err)
{
	struct text folder = folder_of(path);
	do {
		uint64_t bits;
		if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
			return fail_folder(path, err);
		struct buffer name = {0};
		buffer_text(&name, folder);
		buffer_format(&name, ".patron-%016llx.tmp", (unsigned long long)bits);
		buffer_byte(&name, '\0');
		/* Known before it exists, so that no signal can find it unknown. */
		out->temporary_name = name.bytes;
		out->temporary = register_temporary(name.bytes);
		out->fd = open_to_write(name.bytes, O_CREAT | O_EXCL, mode);
		if (out->fd < 0) {
			int reason = errno;
			forget_temporary(out);
			errno = reason;
		}
	} while (out->fd < 0 && errno == EEXIST);
	return out->fd >= 0 || fail_folder(path, err);
}

/* The owner first: changing it takes mode bits away. Who may not give a file away keeps it. */
static bool keep_mode(struct output *out, const struct stat *old, struct error *err)
{
	struct stat new;
	if (fstat(out->fd, &new) != 0)
		return fail(out, err);
	if (new.st_uid != old->st_uid || new.st_gid != old->st_gid) {
		bool given = fchown(out->fd, old->st_uid, old->st_gid) == 0 ||
			     fchown(out->fd, (uid_t)-1, old->st_gid) == 0;
		(void)given;
	}
	return fchmod(out->fd, old->st_mode & 0777) == 0 || fail(out, err);
}

enum target {
	TARGET_NEW,  /* nothing is there, or a link, which is replaced */
	TARGET_FILE, /* a regular file */
	TARGET_DEVICE,
};

static bool find_target(const char *path, enum target *target, struct stat *old, struct error *err)
{
	bool exists = lstat(path, old) == 0;
	if (!exists && errno != ENOENT)
		return fail_folder(path, err);
	if (path[0] == '\0')
		return error_set(err, ERROR_USAGE, "the name of the output is empty");
	if ((exists && S_ISDIR(old->st_mode)) || path[strlen(path) - 1] == '/')
		return error_set(err, ERROR_SYSTEM, "%s: cannot write: it names a folder", path);
	bool is_regular = exists && S_ISREG(old->st_mode);
	if (is_regular && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
		return fail_open(path, err);
	*target = is_regular                         ? TARGET_FILE
		  : !exists || S_ISLNK(old->st_mode) ? TARGET_NEW
						     : TARGET_DEVICE;
	return true;
}

static bool open_path(struct output *out, const char *path, struct error *err)
{
	struct stat old = {0};
	enum target target = TARGET_NEW;
	if (!find_target(path, &target, &old, err))
		return false;
	switch (target) {
	case TARGET_NEW:
		return open_temporary(out, path, 0666, err);
	case TARGET_FILE:
		/* Nobody else may open it before it has the mode of the old one. */
		return open_temporary(out, path, 0600, err) && keep_mode(out, &old, err);
	case TARGET_DEVICE:
		out->fd = open_to_write(path, 0, 0);
		return out->fd >= 0 || fail_open(path, err);
	}
	return false;
}

bool output_check(const char *path, struct error *err)
{
	struct stat old = {0};
	enum target target = TARGET_NEW;
	if (descriptor_of(path) >= 0)
		return true;
	if (!find_target(path, &target, &old, err))
		return false;
	if (target == TARGET_DEVICE)
		return true;
	struct text folder = folder_of(path);
	char *name = folder.length > 0 ? mem_text(folder.at, folder.length) : mem_text(".", 1);
	bool good =
		faccessat(AT_FDCWD, name, W_OK | X_OK, AT_EACCESS) == 0 || fail_folder(path, err);
	mem_free(name);
	return good;
}

static voidpf packer_memory(voidpf unused, uInt count, uInt size)
{
	(void)unused;
	return mem_zeroed(count, size);
}

static void packer_free(voidpf unused, voidpf memory)
{
	(void)unused;
	mem_free(memory);
}

static void packer_init(z_stream *packer)
{
	/* Level 4 takes half the time of level 6 for csv that is a twentieth larger. */
	enum { LEVEL = 4, GZIP_WRAPPER = 16, USUAL_MEMORY = 8 };
	packer->zalloc = packer_memory;
	packer->zfree = packer_free;
	/* The header that zlib writes by itself holds no time and no name. */
	int status = deflateInit2(packer, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP_WRAPPER, USUAL_MEMORY,
		Z_DEFAULT_STRATEGY);
	assert(status == Z_OK);
}

static bool ends_in_gz(const char *path)
{
	struct text text = text_of(path);
	return text.length >= 3 &&
	       text_equal_ignoring_case((struct text){text.at + text.length - 3, 3}, TEXT(".gz"));
}

/* Frees the output and, unless it was renamed, the file under its random name. */
static void release(struct output *out)
{
	if (out->fd >= 0)
		close(out->fd);
	if (out->temporary_name != NULL) {
		unlink(out->temporary_name);
		forget_temporary(out);
	}
	if (out->compressed)
		deflateEnd(&out->packer);
	mem_free(out->held);
	mem_free(out->name);
	mem_free(out);
}

struct output *output_open(const char *path, struct error *err)
{
	struct output *out = mem_zeroed(1, sizeof(*out));
	bool is_stdout = path == NULL || strcmp(path, "-") == 0;
	struct text name = is_stdout ? TEXT("standard output") : text_of(path);
	out->name = mem_text(name.at, name.length);
	out->held = mem_array(HELD_SIZE, 1);
	out->fd = -1;

	int descriptor = descriptor_of(path);
	bool opened;
	out->is_stdout = descriptor == STDOUT_FILENO;
	if (descriptor >= 0) {
		/* A descriptor of our own, so that close() can report what it has to report. */
		out->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		opened = out->fd >= 0 || fail_open(out->name, err);
	} else {
		opened = open_path(out, path, err);
	}
	if (!opened) {
		release(out);
		return NULL;
	}
	out->compressed = !is_stdout && ends_in_gz(path);
	if (out->compressed)
		packer_init(&out->packer);
	return out;
}

bool output_is_terminal(const struct output *out)
{
	return isatty(out->fd);
}

/* Lets the disk begin with what is there while the rest is still being made, so that fsync() has
 * little left to wait for. A wish: what cannot be written is seen by fsync(). */
static void begin_writeback(struct output *out)
{
#ifdef SYNC_FILE_RANGE_WRITE
	size_t n = out->n_sent - out->n_begun;
	if (out->temporary_name == NULL || n < WRITEBACK_SIZE)
		return;
	sync_file_range(out->fd, (off_t)out->n_begun, (off_t)n, SYNC_FILE_RANGE_WRITE);
	out->n_begun = out->n_sent;
#else
	(void)out;
#endif
}

static bool send_bytes(struct output *out, const unsigned char *bytes, size_t n, struct error *err)
{
	out->n_sent += n;
	while (n > 0) {
		ssize_t sent = write(out->fd, bytes, n);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			/* Whoever shares the descriptor made it non-blocking. */
			struct pollfd wait = {.fd = out->fd, .events = POLLOUT};
			if (poll(&wait, 1, -1) < 0 && errno != EINTR)
				return fail(out, err);
			continue;
		}
		if (sent < 0)
			return fail(out, err);
		bytes += sent;
		n -= (size_t)sent;
	}
	begin_writeback(out);
	return true;
}

static bool send_held(struct output *out, struct error *err)
{
	size_t n = out->n_held;
	out->n_held = 0;
	return send_bytes(out, out->held, n, err);
}

static bool hold(struct output *out, const unsigned char *bytes, size_t n, struct error *err)
{
	if (n > HELD_SIZE - out->n_held && !send_held(out, err))
		return false;
	if (n >= HELD_SIZE)
		return send_bytes(out, bytes, n, err);
	memcpy(out->held + out->n_held, bytes, n);
	out->n_held += n;
	return true;
}

/* Packs at most UINT_MAX bytes into held, which is sent whenever it is full; Z_FINISH goes on
 * until the trailer is in held. */
static bool pack(
	struct output *out, const unsigned char *bytes, size_t n, int flush, struct error *err)
{
	z_stream *packer = &out->packer;
	packer->next_in = (z_const Bytef *)bytes;
	packer->avail_in = (uInt)n;
	for (;;) {
		packer->next_out = out->held + out->n_held;
		packer->avail_out = (uInt)(HELD_SIZE - out->n_held);
		int status = deflate(packer, flush);
		assert(status != Z_STREAM_ERROR);
		out->n_held = HELD_SIZE - packer->avail_out;
		if (flush == Z_FINISH ? status == Z_STREAM_END : packer->avail_out > 0)
			return true;
		if (!send_held(out, err))
			return false;
	}
}

bool output_write(struct output *out, const void *bytes, size_t n, struct error *err)
{
	enum { PACK_MOST = 1 << 30 };
	const unsigned char *at = bytes;
	assert(!out->is_complete);
	if (out->failure != 0)
		return fail(out, err);
	if (n == 0)
		return true;
	if (!out->compressed)
		return hold(out, at, n, err);
	while (n > 0) {
		size_t part = n < PACK_MOST ? n : PACK_MOST;
		if (!pack(out, at, part, Z_NO_FLUSH, err))
			return false;
		at += part;
		n -= part;
	}
	return true;
}

/* Some file systems cannot sync and say so. */
static bool sync_file(struct output *out, struct error *err)
{
	int status;
	do
		status = fsync(out->fd);
	while (status != 0 && errno == EINTR);
	return status == 0 || errno == EINVAL || errno == ENOSYS || fail(out, err);
}

/* After EINTR Linux has closed the descriptor all the same. */
static bool close_file(struct output *out, struct error *err)
{
	int fd = out->fd;
	out->fd = -1;
	return close(fd) == 0 || errno == EINTR || fail(out, err);
}

static bool rename_into_place(struct output *out, struct error *err)
{
	if (rename(out->temporary_name, out->name) != 0)
		return fail(out, err);
	forget_temporary(out);
	return true;
}

bool output_complete(struct output *out, struct error *err)
{
	if (out->failure != 0)
		return fail(out, err);
	if (out->is_complete)
		return true;
	if (out->compressed && !pack(out, NULL, 0, Z_FINISH, err))
		return false;
	out->is_complete =
		send_held(out, err) && (out->temporary_name == NULL || sync_file(out, err));
	return out->is_complete;
}

bool output_close(struct output *out, struct error *err)
{
	bool done = output_complete(out, err) && close_file(out, err) &&
		    (out->temporary_name == NULL || rename_into_place(out, err));
	release(out);
	return done;
}

void output_discard(struct output *out)
{
	if (out != NULL)
		release(out);
}

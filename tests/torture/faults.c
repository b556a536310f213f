#include "tests/torture/faults.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>
#include <iconv.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

const struct fault_kind fault_kinds[N_FAULTS] = {
	[FAULT_MEMORY] = {.name = "memory"},
	[FAULT_OPEN] = {.name = "open"},
	[FAULT_OPEN_INTERRUPTED] = {.name = "open interrupted", .is_harmless = true},
	[FAULT_READ] = {.name = "read"},
	[FAULT_READ_INTERRUPTED] = {.name = "read interrupted", .is_harmless = true},
	[FAULT_READ_SHORT] = {.name = "read short", .is_harmless = true},
	[FAULT_WRITE] = {.name = "write"},
	[FAULT_WRITE_INTERRUPTED] = {.name = "write interrupted", .is_harmless = true},
	[FAULT_WRITE_SHORT] = {.name = "write short", .is_harmless = true},
	[FAULT_WRITE_BLOCKED] = {.name = "write blocked", .is_harmless = true},
	[FAULT_CLOSE] = {.name = "close"},
	[FAULT_CLOSE_INTERRUPTED] = {.name = "close interrupted", .is_harmless = true},
	[FAULT_SYNC] = {.name = "fsync"},
	[FAULT_SYNC_INTERRUPTED] = {.name = "fsync interrupted", .is_harmless = true},
	[FAULT_RENAME] = {.name = "rename"},
	[FAULT_THREAD] = {.name = "thread", .is_harmless = true},
	[FAULT_STAT] = {.name = "stat"},
	[FAULT_DESCRIPTOR] = {.name = "fcntl"},
	[FAULT_RANDOM] = {.name = "getrandom"},
	[FAULT_MODE] = {.name = "fchmod"},
	[FAULT_ADVICE] = {.name = "advice", .is_harmless = true},
	[FAULT_ICONV] = {.name = "iconv_open"},
	[FAULT_SPECIAL] = {.name = "special function", .is_of_numbers = true},
	[FAULT_MINIMIZER] = {.name = "minimizer", .is_of_numbers = true},
};

static struct shared {
	atomic_long calls[N_FAULTS];
	enum fault kind;
	long at;
	atomic_bool armed, fired;
} * shared;

void faults_share(void)
{
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert(shared != MAP_FAILED);
}

void faults_plan(enum fault kind, long at)
{
	for (int i = 0; i < N_FAULTS; i++)
		atomic_store(&shared->calls[i], 0);
	shared->kind = kind;
	shared->at = at;
	atomic_store(&shared->fired, false);
}

void faults_arm(bool armed)
{
	atomic_store(&shared->armed, armed);
}

enum fault faults_planned(void)
{
	return shared->kind;
}

long faults_count(enum fault kind)
{
	return atomic_load(&shared->calls[kind]);
}

bool faults_fired(void)
{
	return atomic_load(&shared->fired);
}

/* Whether this call, one of its kind, is the one that fails; errno is then the reason. */
static bool strikes(enum fault kind, int reason)
{
	if (shared == NULL || !atomic_load(&shared->armed))
		return false;
	long n = atomic_fetch_add(&shared->calls[kind], 1) + 1;
	if (shared->kind != kind || shared->at != n)
		return false;
	atomic_store(&shared->fired, true);
	errno = reason;
	return true;
}

/* ---- what the linker puts in place of the functions ---- */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): --wrap gives the names. */

#define WRAP(result, name, ...)            \
	result __real_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__)

WRAP(void *, malloc, size_t size)
{
	return strikes(FAULT_MEMORY, ENOMEM) ? NULL : __real_malloc(size);
}

WRAP(void *, calloc, size_t count, size_t size)
{
	return strikes(FAULT_MEMORY, ENOMEM) ? NULL : __real_calloc(count, size);
}

WRAP(void *, realloc, void *memory, size_t size)
{
	return strikes(FAULT_MEMORY, ENOMEM) ? NULL : __real_realloc(memory, size);
}

WRAP(int, posix_memalign, void **memory, size_t alignment, size_t size)
{
	return strikes(FAULT_MEMORY, ENOMEM) ? ENOMEM
					     : __real_posix_memalign(memory, alignment, size);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	if (flags & O_CREAT) {
		va_list more;
		va_start(more, flags);
		mode = va_arg(more, mode_t);
		va_end(more);
	}
	if (strikes(FAULT_OPEN, EMFILE) || strikes(FAULT_OPEN_INTERRUPTED, EINTR))
		return -1;
	return __real_open(path, flags, mode);
}

WRAP(ssize_t, read, int fd, void *room, size_t n)
{
	if (strikes(FAULT_READ, EIO) || strikes(FAULT_READ_INTERRUPTED, EINTR))
		return -1;
	return __real_read(fd, room, n > 1 && strikes(FAULT_READ_SHORT, 0) ? 1 : n);
}

WRAP(ssize_t, write, int fd, const void *bytes, size_t n)
{
	if (strikes(FAULT_WRITE, ENOSPC) || strikes(FAULT_WRITE_INTERRUPTED, EINTR) ||
		strikes(FAULT_WRITE_BLOCKED, EAGAIN))
		return -1;
	return __real_write(fd, bytes, n > 1 && strikes(FAULT_WRITE_SHORT, 0) ? 1 : n);
}

WRAP(int, close, int fd)
{
	int status = __real_close(fd);
	return strikes(FAULT_CLOSE, EIO) || strikes(FAULT_CLOSE_INTERRUPTED, EINTR) ? -1 : status;
}

WRAP(int, fsync, int fd)
{
	if (strikes(FAULT_SYNC, EIO) || strikes(FAULT_SYNC_INTERRUPTED, EINTR))
		return -1;
	return __real_fsync(fd);
}

WRAP(int, rename, const char *from, const char *to)
{
	return strikes(FAULT_RENAME, EACCES) ? -1 : __real_rename(from, to);
}

WRAP(int, pthread_create, pthread_t *thread, const pthread_attr_t *attributes,
	void *(*start)(void *), void *context)
{
	return strikes(FAULT_THREAD, EAGAIN)
		       ? EAGAIN
		       : __real_pthread_create(thread, attributes, start, context);
}

WRAP(int, stat, const char *path, struct stat *st)
{
	return strikes(FAULT_STAT, EIO) ? -1 : __real_stat(path, st);
}

WRAP(int, lstat, const char *path, struct stat *st)
{
	return strikes(FAULT_STAT, EIO) ? -1 : __real_lstat(path, st);
}

WRAP(int, fstat, int fd, struct stat *st)
{
	return strikes(FAULT_STAT, EIO) ? -1 : __real_fstat(fd, st);
}

/* Of patron's calls of fcntl() each has an int after the command, or nothing. */
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
	va_list more;
	va_start(more, command);
	int argument = command == F_GETFD ? 0 : va_arg(more, int);
	va_end(more);
	if (strikes(FAULT_DESCRIPTOR, EMFILE))
		return -1;
	return __real_fcntl(fd, command, argument);
}

WRAP(ssize_t, getrandom, void *room, size_t n, unsigned flags)
{
	return strikes(FAULT_RANDOM, ENOSYS) ? -1 : __real_getrandom(room, n, flags);
}

WRAP(int, fchmod, int fd, mode_t mode)
{
	return strikes(FAULT_MODE, EPERM) ? -1 : __real_fchmod(fd, mode);
}

WRAP(int, posix_fadvise, int fd, off_t from, off_t length, int advice)
{
	return strikes(FAULT_ADVICE, EINVAL) ? EINVAL
					     : __real_posix_fadvise(fd, from, length, advice);
}

WRAP(int, madvise, void *memory, size_t length, int advice)
{
	return strikes(FAULT_ADVICE, EINVAL) ? -1 : __real_madvise(memory, length, advice);
}

WRAP(iconv_t, iconv_open, const char *to, const char *from)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): what iconv_open() gives when it fails */
	return strikes(FAULT_ICONV, EMFILE) ? (iconv_t)-1 : __real_iconv_open(to, from);
}

/* ---- GSL's statuses ---- */

WRAP(int, gsl_sf_psi_e, double x, gsl_sf_result *result)
{
	return strikes(FAULT_SPECIAL, 0) ? GSL_EDOM : __real_gsl_sf_psi_e(x, result);
}

WRAP(int, gsl_sf_lnbeta_e, double a, double b, gsl_sf_result *result)
{
	return strikes(FAULT_SPECIAL, 0) ? GSL_EDOM : __real_gsl_sf_lnbeta_e(a, b, result);
}

WRAP(int, gsl_multimin_fdfminimizer_iterate, gsl_multimin_fdfminimizer *minimizer)
{
	return strikes(FAULT_MINIMIZER, 0) ? GSL_ENOPROG
					   : __real_gsl_multimin_fdfminimizer_iterate(minimizer);
}

WRAP(int, gsl_multimin_fminimizer_iterate, gsl_multimin_fminimizer *minimizer)
{
	return strikes(FAULT_MINIMIZER, 0) ? GSL_ENOPROG
					   : __real_gsl_multimin_fminimizer_iterate(minimizer);
}

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

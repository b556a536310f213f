/* Files without a name or a disk, for tests that read and write them thousands of times.
 *
 *	int fd = memory_file();
 *	memory_file_fill(fd, TEXT("customer,day\n"));
 *	read_it(memory_file_path(fd, path));
 *	struct buffer bytes = memory_file_take(fd);
 */
#ifndef TESTS_MEMORY_FILE_H
#define TESTS_MEMORY_FILE_H

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"

static inline int memory_file(void)
{
#ifdef __linux__
	int fd = memfd_create("test", MFD_CLOEXEC);
#else
	FILE *file = tmpfile();
	int fd = file != NULL ? fileno(file) : -1;
#endif
	assert(fd >= 0);
	return fd;
}

enum { MEMORY_FILE_PATH = 32 };

static inline const char *memory_file_path(int fd, char room[MEMORY_FILE_PATH])
{
	snprintf(room, MEMORY_FILE_PATH, "/dev/fd/%d", fd);
	return room;
}

/* It then holds these bytes, and is read and written from its front. */
static inline void memory_file_fill(int fd, struct text bytes)
{
	int emptied = ftruncate(fd, 0);
	assert(emptied == 0);
	ssize_t written = pwrite(fd, bytes.at, bytes.length, 0);
	assert(written == (ssize_t)bytes.length);
	off_t front = lseek(fd, 0, SEEK_SET);
	assert(front == 0);
}

static inline struct buffer memory_file_take(int fd)
{
	struct buffer bytes = {0};
	off_t length = lseek(fd, 0, SEEK_END);
	assert(length >= 0);
	buffer_reserve(&bytes, (size_t)length);
	ssize_t got = pread(fd, bytes.bytes, (size_t)length, 0);
	assert(got == length);
	bytes.length = (size_t)length;
	return bytes;
}

#endif

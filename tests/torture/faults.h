/* Faults on purpose: the n-th call of a kind fails, in a program that is linked with the linker's
 * --wrap for every function that faults.c takes the place of.
 *
 *	faults_plan(FAULT_READ, 3);	the third read() fails
 *	faults_arm(true);
 *	... the program runs ...
 *	faults_arm(false);
 *	if (faults_fired()) ...
 *
 * The counts lie in memory that a process shares with those it forks, so that a driver reads what
 * happened in its child. Calls from libraries that are linked statically are counted too.
 */
#ifndef TESTS_TORTURE_FAULTS_H
#define TESTS_TORTURE_FAULTS_H

#include <stdbool.h>

enum fault {
	FAULT_MEMORY, /* malloc, calloc, realloc, posix_memalign: none is left */
	FAULT_OPEN,
	FAULT_OPEN_INTERRUPTED,
	FAULT_READ,
	FAULT_READ_INTERRUPTED,
	FAULT_READ_SHORT, /* one byte */
	FAULT_WRITE,
	FAULT_WRITE_INTERRUPTED,
	FAULT_WRITE_SHORT,
	FAULT_WRITE_BLOCKED, /* a descriptor that somebody made non-blocking */
	FAULT_CLOSE,         /* it is closed all the same, as on Linux */
	FAULT_CLOSE_INTERRUPTED,
	FAULT_SYNC,
	FAULT_SYNC_INTERRUPTED,
	FAULT_RENAME,
	FAULT_THREAD,
	FAULT_STAT,
	FAULT_DESCRIPTOR, /* fcntl */
	FAULT_RANDOM,     /* getrandom */
	FAULT_MODE,       /* fchmod */
	FAULT_ADVICE,     /* posix_fadvise, madvise */
	FAULT_ICONV,      /* iconv_open */
	FAULT_SPECIAL,    /* GSL's special functions: no value */
	FAULT_MINIMIZER,  /* GSL's minimizers: no start, no step */
	N_FAULTS
};

/* What messages call it; whether a run must get over it as if nothing had happened; and whether it
 * may also end without an answer in the numbers (exit 4), instead of with exit 1. */
extern const struct fault_kind {
	const char *name;
	bool is_harmless, is_of_numbers;
} fault_kinds[N_FAULTS];

/* Once, before the first fork. */
void faults_share(void);

/* Sets all counts to 0. at 0: nothing fails, calls are only counted. */
void faults_plan(enum fault kind, long at);
void faults_arm(bool armed);

enum fault faults_planned(void);
long faults_count(enum fault kind); /* calls since faults_plan() */
bool faults_fired(void);

#endif

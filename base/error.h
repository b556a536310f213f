/* A failure as a value: the exit code it ends in, and one line of words.
 *
 * Functions that can fail take a struct error as their last argument and return false:
 *
 *	if (!source_read(source, &block, err))
 *		return false;
 *	...
 *	return error_set(err, ERROR_DATA, "%s:%lld: short row", name, line);
 *
 * The words are lowercase, without a full stop, and name the place, what is wrong and the cure.
 * Only cmd/ prints them, with control characters made harmless.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/* The exit codes of the program; promise 4 in the manual. */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_SYSTEM = 1, /* a file that cannot be opened, read or written, memory, threads */
	ERROR_USAGE = 2,  /* the command line */
	ERROR_DATA = 3,   /* a missing column, a bad row, damaged input, no data row */
	ERROR_NUMBERS =
		4,  /* no answer in the numbers: a model cannot be fitted, too few customers */
	ERROR_PIPE, /* no exit code: the reader of standard output has seen enough, which ends the
		       program early, but done and without a word */
};

struct error {
	enum error_kind kind;
	char *words; /* owned; NULL while kind is ERROR_NONE */
};

/* Sets err, replacing what it held, and returns false, so that a caller can return it. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Moves a failure from one struct to another; from is left empty. Returns false. */
bool error_move(struct error *to, struct error *from);

void error_release(struct error *err);

#endif

/* Options as data: an array of them, each pointing at the variable it sets, gives parsing, help,
 * the manual page, the catalogue and shell completions.
 *
 *	static int64_t bins = 5;
 *	static const struct option options[] = {
 *		{.name = "bins", .kind = OPTION_INTEGER, .target = &bins, .argument = "N",
 *			.least = 2, .most = 10, .help = "scores from 1 to N"},
 *	};
 *
 * The value that a variable holds before parsing is the default that help prints.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum option_kind {
	OPTION_FLAG,    /* bool: set to true */
	OPTION_TEXT,    /* const char *: the argument */
	OPTION_LIST,    /* struct option_list: every argument */
	OPTION_INTEGER, /* int64_t, least to most */
	OPTION_SIZE,    /* int64_t: bytes, given as 500, 64K, 32M, 2G */
	OPTION_REAL,    /* double, least to most */
	OPTION_DAY,     /* struct option_day: YYYY-MM-DD */
	OPTION_CHOICE,  /* int: the place in choices */
};

struct option_list {
	const char **items;
	size_t n_items, capacity;
};

struct option_day {
	bool given;
	int32_t day;
};

/* What an OPTION_TEXT names, so that nothing is written over what is read: see cmd/outputs.h. */
enum option_writes {
	WRITES_NOTHING,
	WRITES_FILE,
	WRITES_REPORT, /* NULL: standard output */
};

struct option {
	char letter;      /* 0: long only */
	const char *name; /* without the dashes */
	enum option_kind kind;
	void *target;
	const char *argument;       /* what help calls it; NULL for flags */
	double least, most;         /* of numbers and sizes; most 0: no bound above */
	const char *const *choices; /* of OPTION_CHOICE, ended by NULL */
	const char *help;
	bool plain_default; /* help does not print the value: it means "not given" */
	/* Of an OPTION_TEXT whose argument may be left out: the value it then has, and which words
	 * behind it are its argument. NULL for all others. */
	const char *without;
	bool (*takes)(const char *word);
	enum option_writes writes;
	bool reads; /* an OPTION_TEXT that names a file to read: nothing is written over it */
	/* Becomes true with the option, where its value alone does not tell that it was there; or
	 * NULL. */
	bool *given;
};

struct option_group {
	const char *title; /* "Input options" */
	const struct option *options;
	size_t n_options;
};

/* Options that a command has not, though others have: what is said instead of "unknown option", as
 * "--since is about transactions (patron rfm --since ... FILE | patron kmeans)": about, then before
 * and after the option once more. group NULL: there are none. */
struct option_refusal {
	const struct option_group *group;
	const char *about, *before, *after;
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Sets the targets from arguments; what is no option goes to operands, which has room for
 * n_arguments. ERROR_USAGE, with the nearest name for an unknown option. *help is set by --help. */
bool options_parse(const struct option_group *const *groups, size_t n_groups,
	const struct option_refusal *refusal, const char *const *arguments, size_t n_arguments,
	const char **operands, size_t *n_operands, bool *help, struct error *err);

/* The default as help prints it, into room; "" when there is none to print. */
enum { OPTION_DEFAULT_SIZE = 64 };
const char *option_default(const struct option *option, char room[OPTION_DEFAULT_SIZE]);

#endif

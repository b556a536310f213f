/* A command declares itself as data, beside its code: what it is called, its options, the columns
 * of the tables it writes. main.c lists them all. */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cmd/options.h"
#include "io/table.h"

struct command_table {
	const char *title; /* "Columns", "Columns with --summary" */
	const struct column *columns;
	size_t n_columns;
};

/* A chart that the command draws for html and svg. */
struct chart {
	const char *name;
	const struct column
		*tables[4]; /* drawn with these tables, by their columns; none: with all */
	const char *meaning;
};

struct command {
	const char *name;
	const char *summary;     /* one line, lowercase, no full stop */
	const char *description; /* paragraphs of whole sentences, each a line, "" between */
	const char *operands;    /* "[FILE]...", or "" when it takes none */
	const struct option_group *const *groups;
	size_t n_groups;
	struct option_refusal refusal; /* of options of others that users may well try here */
	const struct command_table *tables;
	size_t n_tables;
	const struct chart *charts; /* the main one of each table first; NULL: none */
	size_t n_charts;
	const char *examples; /* lines "patron ..." */
	/* Does the work. False with err set; its kind is the exit code. */
	bool (*run)(const char *const *operands, size_t n_operands, struct error *err);
};

extern const struct command *const commands[];
extern const size_t n_commands;

extern const struct command check_command, completions_command, customers_command, kmeans_command,
	ltv_command, report_command, retention_command, rfm_command, simulate_command,
	survival_command;

#endif

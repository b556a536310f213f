/* What patron kmeans speaks of: the rows of any table, as numbers in some of its columns, and with
 * all their cells as they stood, in the order in which they stood.
 */
#ifndef CMD_KMEANS_ROWS_H
#define CMD_KMEANS_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/money.h"
#include "base/text.h"

/* Names from the command line, "a,b,c" or "a=2,b=0.5". */
struct kmeans_names {
	char **names;
	double *numbers; /* of each; NULL where there are none */
	size_t n;
};

/* Splits an option's words; NULL are no names. ERROR_USAGE for an empty name, one that is there
 * twice, and, with numbers, one that is not from 1e-6 to 1e6. */
bool kmeans_names_split(struct kmeans_names *names, const char *option, const char *words,
	bool with_numbers, struct error *err);
void kmeans_names_release(struct kmeans_names *names);

/* What the options want of the columns. */
struct kmeans_wish {
	struct kmeans_names features; /* none: those of an rfm or a customers table */
	struct kmeans_names logs;
	bool logs_all;
	struct kmeans_names weights;
	const char *id;    /* or NULL */
	const char *model; /* the file that names the features; NULL: the user does */
	bool by_name;      /* a model will be saved, which finds the features by their names */
	bool keep_cells;   /* all cells go with the rows */
	bool keep_money;   /* what is in a column revenue or monetary, where there is one */
};

struct kmeans_feature {
	char *name;
	size_t column;
	size_t as_of; /* a customers table's recency: days from column to this one */
	bool is_recency;
	bool log;
	double weight;
};

/* Rows that were read together. */
struct kmeans_chunk {
	struct kmeans_chunk *next;
	size_t n_rows;
	double *values;      /* n_rows x n_features */
	money *money;        /* n_rows; NULL: not all are amounts */
	int money_decimals;  /* the most seen */
	struct buffer cells; /* for kmeans_cells_of() */
};

struct kmeans_rows {
	const struct kmeans_wish *wish;
	char **columns; /* the names of the table's columns */
	size_t n_columns;
	struct kmeans_feature *features;
	size_t n_features;
	int id, money;      /* columns, or NO_COLUMN */
	bool is_no_money;   /* not all cells of that column are amounts */
	double *values;     /* n_rows x n_features */
	money *all_money;   /* n_rows; NULL: there is none, or not all are amounts */
	int money_decimals; /* the most seen */
	size_t n_rows;
	struct kmeans_chunk *chunks, **chunks_end;
	size_t values_capacity, money_capacity;
};

/* Takes chunks in the order of the rows, and owns them; instead of gathering them. */
struct kmeans_sink {
	void *context;
	bool (*begin)(void *context, const struct kmeans_rows *rows, struct error *err);
	bool (*take)(void *context, struct kmeans_chunk *chunk, struct error *err);
};

/* Reads all. With a sink (else NULL) rows hold the columns alone. ERROR_DATA for columns that are
 * not there, bad cells and the like; ERROR_NUMBERS when no row is left. */
bool kmeans_rows_read(struct kmeans_rows *rows, const char *const *paths, size_t n_paths,
	const struct kmeans_wish *wish, const struct kmeans_sink *sink, struct error *err);

/* The feature that a word from the command line names, as column_find() finds columns: by its name,
 * else ignoring the case of A-Z, else by its column's number from 1; n_features: none. */
size_t kmeans_feature_find(const struct kmeans_rows *rows, struct text word);

/* The cells of a chunk, n_rows x n_columns; they point into it. Free with mem_free(). */
struct text *kmeans_cells_of(const struct kmeans_chunk *chunk, size_t n_columns);

void kmeans_chunk_free(struct kmeans_chunk *chunk);

/* Idempotent on zeroed memory. */
void kmeans_rows_release(struct kmeans_rows *rows);

#endif

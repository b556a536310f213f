/* Inputs -> typed rows: customer, day, amount, order; every other row accounted for.
 *
 * Reads exports of transactions, and the customers table, told apart by the first header; or, when
 * settings name columns, those of any table. Good rows go to the client in columns, from any thread
 * and in any order; a bad row stops the run with file, line, what is wrong and the cure, unless
 * settings name a rejects file, which then takes it.
 *
 * A row is judged in this order, and counted where it first falls: its form (too short, too long,
 * stray quote, bytes that are no UTF-8) - where - date - since, until, as-of - customer - amount -
 * order - returns - labels. So a row that is filtered away needs no good amount.
 *
 *	struct transactions_client client = {&state, on_start, on_rows, on_customers, NULL};
 *	struct transactions_report report;
 *	if (!transactions_read(paths, n_paths, &settings, &client, &report, err)) ...
 *	transactions_report_release(&report);
 */
#ifndef IO_TRANSACTIONS_H
#define IO_TRANSACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/customer.h"
#include "base/error.h"
#include "base/transactions.h"
#include "io/accounting.h"
#include "io/amounts.h"
#include "io/dates.h"
#include "io/reader.h"
#include "io/roles.h"
#include "io/where.h"

enum returns_policy { RETURNS_NET, RETURNS_DROP, RETURNS_REJECT };

/* The first line of a rejects file. */
extern const struct text transactions_rejects_head;

struct transactions_settings {
	struct reader_settings reader;
	struct role_wish wishes[N_ROLES];
	struct date_format dates;
	struct amount_format amounts;
	/* Columns, as column_find() takes them, whose texts go with the rows; only together with
	 * single_events_only. */
	const char *labels[TRANSACTIONS_LABELS];
	/* Judges the text of each, where it is not NULL: false with what is wrong in words. */
	bool (*judge_label[TRANSACTIONS_LABELS])(struct text label, struct buffer *words);
	/* Any table: its columns that the client wants, as column_find() takes them; no roles. */
	const char *const *columns;
	size_t n_columns;
	bool whole_rows; /* any table, all of its columns; those of every file are the first's */
	const struct where *wheres;
	size_t n_wheres;
	bool has_since, has_until, has_as_of;
	int32_t since, until, as_of; /* days */
	enum returns_policy returns;
	const char *rejects;     /* a path, or NULL: the first bad row ends the run */
	int64_t max_rejects;     /* -1: no bound */
	money max_rejects_pct;   /* of the rows read, in micro-units; -1: no bound */
	bool single_events_only; /* a customers table is an error */
	bool keep_going;         /* bad rows are counted, also without a rejects file, unbounded */
};

struct input_file {
	const char *name; /* the path, borrowed; <stdin> */
	enum compression compression;
	int64_t bytes;
	uint32_t crc;
	int64_t text_bytes; /* when not compressed, as is text_crc */
	uint32_t text_crc;
	bool unchecked; /* compressed without a checksum */
	int64_t rows;
	char delimiter;
	struct csv_fields header;  /* the names of its columns */
	struct role_columns roles; /* transactions: which of them plays which part */
};

struct transactions_report {
	struct accounting counts;
	struct input_file *files; /* one for each path; the first n_files were read to their end */
	size_t n_files, n_paths;
	bool is_customers_table;
	bool has_amounts;            /* there is an amount column; customers tables: not empty */
	bool has_orders;             /* there is an order column */
	bool has_log_gaps;           /* customers tables: the column is there */
	bool has_days;               /* a valid date was read */
	int32_t first_day, last_day; /* of all rows but the rejected ones, filtered or not */
	int32_t as_of;               /* when has_days */
	int money_decimals;          /* the most seen, 0 to 6 */
	char *first_reject;          /* the first rejected row's place and words, or NULL */
	char *first_by_reason[N_REJECTS]; /* the same of each reason */
};

/* All cells of a batch, filtered and bad rows too: for looking at an export as such. */
struct transactions_view {
	const struct reader_batch *batch; /* csv.columns[place] for each place in the header */
	const struct input_file *file;    /* its header and roles */
	const bool *is_header;            /* of each row: the header again, no data */
};

struct transactions_client {
	void *context;
	/* The first header is known: report says of what kind the input is. Returns the context of
	 * the two calls below, which come after it. */
	void *(*start)(void *context, const struct transactions_report *report);
	void (*take)(void *context, const struct transactions *rows);
	/* Rows of a customers table: ids are borrowed until it returns. */
	void (*take_customers)(void *context, const struct customer *rows, size_t n_rows);
	/* Rows of any table: judges the cells of one, in the order of settings.columns; false with
	 * what is wrong in words. Then takes the good ones, row-major; borrowed until it returns.
	 * Both from any thread. */
	bool (*judge_cells)(void *context, const struct text *cells, struct buffer *words);
	void (*take_cells)(void *context, const struct text *cells, size_t n_rows);
	/* With settings.whole_rows. Looks at the columns, before all others. */
	bool (*accept_columns)(void *context, const char *file, const struct text *names,
		size_t n_names, struct error *err);
	/* Instead of take_cells(): makes of a batch's good rows what is to be kept of them, from
	 * any thread; that is then kept in the order of the rows, one call at a time, or dropped.
	 */
	void *(*pack_rows)(void *context, const struct text *cells, size_t n_rows);
	bool (*keep_rows)(void *context, void *packed, struct error *err);
	void (*drop_rows)(void *packed);
	void (*progress)(void *context, int64_t bytes); /* may be NULL */
	/* NULL, or called with every batch once its rows are judged, from any thread; all columns
	 * are then cut out. Not called for a batch that ends the run. */
	void (*look)(void *context, const struct transactions_view *view);
};

/* report is filled also when the run fails, as far as it came. Errors: those of the reader;
 * ERROR_DATA for a bad row, a missing column, rejects over the bound, every row rejected, no row
 * at all, a file given twice. */
bool transactions_read(const char *const *paths, size_t n_paths,
	const struct transactions_settings *settings, const struct transactions_client *client,
	struct transactions_report *report, struct error *err);

void transactions_report_release(struct transactions_report *report);

#endif

/* Text -> records: CSV as RFC 4180 has it and libcsv reads it in strict mode, in batches.
 *
 * A caller hands over slabs of text, each beginning where a record begins; a batch comes back: the
 * rows of the slab, of each row only the columns that are bound, cut out and unquoted. The record
 * that the slab's end cuts in two is left for the next slab:
 *
 *	csv_header(csv, text, at_end, &used, err);      the names, once
 *	csv_bind(csv, columns, n_columns);
 *	csv_scan(csv, text, at_end, batch, &used, err); then text + used opens the next slab
 *
 * The rules, all libcsv's: blanks and tabs around an unquoted field are dropped, inside quotes
 * kept; CR, LF and CRLF end a record; empty and blank lines are no rows and are counted. Beyond
 * them: a row whose number of fields is not the header's is a fault, not padding; a stray quote
 * makes a fault of the text up to the next line feed; a row that is not UTF-8 is a fault. A quote
 * that is still open at the end, or a record longer than max_record, is an error (ERROR_DATA) that
 * names the line where the record began.
 *
 * Lines: each line feed ends one, and so does a CR that ends a record without one.
 */
#ifndef IO_CSV_H
#define IO_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* Defaults: 16 MiB; and as many columns as a sheet of Excel has. */
enum { CSV_MAX_RECORD = 16 * 1024 * 1024, CSV_MAX_COLUMNS = 16384 };

struct csv_dialect {
	char delimiter;     /* 0: told by the header: ',' or, when it has none, ';', tab or '|' */
	size_t max_record;  /* bytes */
	size_t max_columns; /* of a header; 0: no bound */
};

struct csv_row {
	uint32_t start, length; /* the record as it stood, in the slab, without its line end */
	uint32_t line;          /* after batch.first_line */
};

enum csv_fault_kind { CSV_SHORT, CSV_LONG, CSV_STRAY_QUOTE, CSV_NOT_UTF8 };

struct csv_fault {
	enum csv_fault_kind kind;
	size_t before_row; /* the fault stands before this row of the batch */
	uint32_t start, length, line;
	uint32_t n_fields; /* of CSV_SHORT and CSV_LONG */
};

struct csv_batch {
	const char *text;      /* the slab; the caller's, as long as the batch is used */
	struct text **columns; /* columns[b][row]: bound column b; they point into text or arena */
	struct csv_row *rows;
	size_t n_rows, rows_capacity, n_columns;
	struct csv_fault *faults; /* in the order of the text */
	size_t n_faults, faults_capacity;
	int64_t first_line, n_blank_lines;
	char *arena; /* fields that had doubled quotes, or came through libcsv */
	size_t arena_length, arena_capacity;
};

struct csv;

/* How records are found: "libcsv" for every record, or one of scan_ways(), which leave to libcsv
 * what they cannot decide. A diagnostic: the results are the same. False when there is no such way
 * on this machine. Before csv_open(). */
bool csv_choose_scan(const char *way);

/* name is what messages call the file and must outlive csv. */
struct csv *csv_open(const char *name, struct csv_dialect dialect);

/* Reads the header, the first record that is not blank. *used 0 without an error means that text
 * does not hold it whole: call again with more. Errors: ERROR_DATA for an empty file, a file that
 * is not text, a header that is not UTF-8, not CSV or too wide. */
bool csv_header(struct csv *csv, struct text text, bool at_end, size_t *used, struct error *err);

/* After the header: the names, in order; valid until csv_close(). */
const struct text *csv_names(const struct csv *csv, size_t *n_names);
char csv_delimiter(const struct csv *csv);
struct text csv_header_record(const struct csv *csv); /* as it stood */

/* The columns to cut out, as 0-based places in the header, in any order. */
void csv_bind(struct csv *csv, const size_t *columns, size_t n_columns);

/* Reads all whole records of text. *used 0 without an error: not one record ends in it. */
bool csv_scan(struct csv *csv, struct text text, bool at_end, struct csv_batch *batch, size_t *used,
	struct error *err);

/* All fields of one record as it stood, for the few that need more than the bound ones; valid until
 * the next call. Thread-safe: state is the caller's. */
struct csv_fields {
	struct text *fields;
	size_t n_fields, capacity;
	struct buffer bytes;
};
void csv_split(struct text record, char delimiter, struct csv_fields *fields);
void csv_fields_release(struct csv_fields *fields);

void csv_batch_release(struct csv_batch *batch);
void csv_close(struct csv *csv); /* takes NULL */

#endif

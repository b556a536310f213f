/* What the CSV reader makes of a text, as text: for the unit test and the fuzz target, which
 * compare the ways to read. */
#ifndef TESTS_CSV_DUMP_H
#define TESTS_CSV_DUMP_H

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/csv.h"

static void dump_text(struct buffer *dump, struct text text)
{
	buffer_byte(dump, '[');
	buffer_text(dump, text);
	buffer_byte(dump, ']');
}

static void dump_fault(struct buffer *dump, const struct csv_batch *batch, size_t i)
{
	const struct csv_fault *fault = &batch->faults[i];
	buffer_format(dump, "fault %d line %lld fields %u ", (int)fault->kind,
		(long long)(batch->first_line + fault->line),
		fault->kind <= CSV_LONG ? fault->n_fields : 0);
	dump_text(dump, (struct text){batch->text + fault->start, fault->length});
	buffer_byte(dump, '\n');
}

static void dump_batch(struct buffer *dump, const struct csv_batch *batch, int64_t *blank_lines)
{
	size_t fault = 0;
	for (size_t row = 0; row <= batch->n_rows; row++) {
		while (fault < batch->n_faults && batch->faults[fault].before_row == row)
			dump_fault(dump, batch, fault++);
		if (row == batch->n_rows)
			break;
		buffer_format(
			dump, "line %lld ", (long long)(batch->first_line + batch->rows[row].line));
		dump_text(dump, (struct text){batch->text + batch->rows[row].start,
					batch->rows[row].length});
		for (size_t b = 0; b < batch->n_columns; b++)
			dump_text(dump, batch->columns[b][row]);
		buffer_byte(dump, '\n');
	}
	*blank_lines += batch->n_blank_lines;
}

/* Reads the header, binds all columns; the names are dumped. The reader too sees the header in its
 * first quarter of a megabyte, so the whole text is at hand. */
static bool dump_header(
	struct csv *csv, struct text text, struct buffer *dump, size_t *used, struct error *err)
{
	size_t n_names;
	if (!csv_header(csv, text, true, used, err))
		return false;
	const struct text *names = csv_names(csv, &n_names);
	size_t *columns = mem_array(n_names, sizeof(*columns));
	for (size_t i = 0; i < n_names; i++) {
		columns[i] = i;
		dump_text(dump, names[i]);
	}
	csv_bind(csv, columns, n_names);
	mem_free(columns);
	buffer_format(dump, " delimiter %d\n", csv_delimiter(csv));
	return true;
}

/* Scans one slab; what is left of it stays in it. The text ends where its memory does, so that a
 * sanitizer sees reads beyond it. */
static bool dump_slab(struct csv *csv, struct buffer *slab, bool at_end, struct csv_batch *batch,
	struct buffer *dump, int64_t *blank_lines, struct error *err)
{
	size_t used = 0;
	char *exact = mem_array(slab->length, 1);
	if (slab->length > 0)
		memcpy(exact, slab->bytes, slab->length);
	bool good = csv_scan(csv, (struct text){exact, slab->length}, at_end, batch, &used, err);
	if (good) {
		dump_batch(dump, batch, blank_lines);
		slab->length -= used;
		memmove(slab->bytes, slab->bytes + used, slab->length);
	}
	mem_free(exact);
	return good;
}

/* Reads text in slabs that grow by piece bytes, as the reader does; way: see csv_choose_scan(). */
static void dump_csv(struct text text, const char *way, size_t piece, struct buffer *dump)
{
	struct csv_dialect dialect = {.max_record = 4096};
	struct csv_batch batch = {0};
	struct buffer slab = {0};
	struct error err = {0};
	int64_t blank_lines = 0;
	size_t at;
	bool good = csv_choose_scan(way), at_end = false;
	assert(good);
	struct csv *csv = csv_open("x", dialect);
	good = dump_header(csv, text, dump, &at, &err);
	while (good && !at_end) {
		size_t length = text.length - at < piece ? text.length - at : piece;
		at_end = at + length == text.length;
		buffer_bytes(&slab, text.at + at, length);
		buffer_reserve(&slab, 1);
		at += length;
		good = dump_slab(csv, &slab, at_end, &batch, dump, &blank_lines, &err);
	}
	/* What went before an error in one slab is not handed out, so only the error is compared.
	 */
	if (!good)
		dump->length = 0;
	if (good)
		buffer_format(dump, "blank %lld\n", (long long)blank_lines);
	else
		buffer_format(dump, "error %s\n", err.words);
	error_release(&err);
	csv_batch_release(&batch);
	csv_close(csv);
	buffer_release(&slab);
}

#endif

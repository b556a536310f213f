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

/* Reads the header, binds all columns; the names are dumped. */
static bool dump_header(struct csv *csv, struct buffer *text, bool at_end, struct buffer *dump,
	bool *known, struct error *err)
{
	size_t used, n_names;
	if (!csv_header(csv, buffer_as_text(text), at_end, &used, err))
		return false;
	if (used == 0)
		return true;
	const struct text *names = csv_names(csv, &n_names);
	size_t *columns = mem_array(n_names, sizeof(*columns));
	for (size_t i = 0; i < n_names; i++) {
		columns[i] = i;
		dump_text(dump, names[i]);
	}
	csv_bind(csv, columns, n_names);
	mem_free(columns);
	buffer_format(dump, " delimiter %d\n", csv_delimiter(csv));
	text->length -= used;
	memmove(text->bytes, text->bytes + used, text->length);
	*known = true;
	return true;
}

/* Reads text in slabs that grow by piece bytes, as the reader does; way: see csv_choose_scan(). */
static void dump_csv(struct text text, const char *way, size_t piece, struct buffer *dump)
{
	struct csv_dialect dialect = {0, 4096};
	struct csv_batch batch = {0};
	struct buffer slab = {0};
	struct error err = {0};
	int64_t blank_lines = 0;
	bool known = false, good = csv_choose_scan(way);
	assert(good);
	struct csv *csv = csv_open("x", dialect);
	for (size_t at = 0; good;) {
		size_t length = text.length - at < piece ? text.length - at : piece;
		bool at_end = at + length == text.length;
		buffer_bytes(&slab, text.at + at, length);
		at += length;
		/* Text ends where its memory does, so that a sanitizer sees reads beyond it. */
		char *exact = mem_text(slab.bytes != NULL ? slab.bytes : "", slab.length);
		if (!known)
			good = dump_header(csv, &slab, at_end, dump, &known, &err);
		if (good && known) {
			size_t used = 0;
			mem_free(exact);
			exact = mem_array(slab.length, 1);
			if (slab.length > 0)
				memcpy(exact, slab.bytes, slab.length);
			good = csv_scan(csv, (struct text){exact, slab.length}, at_end, &batch,
				&used, &err);
			if (good) {
				dump_batch(dump, &batch, &blank_lines);
				slab.length -= used;
				memmove(slab.bytes, slab.bytes + used, slab.length);
			}
		}
		mem_free(exact);
		if (at_end)
			break;
	}
	/* What went before an error in one slab is not handed out, so only the error is compared.
	 */
	if (!good) {
		dump->length = 0;
		buffer_format(dump, "error %s\n", err.words);
	} else {
		buffer_format(dump, "blank %lld\n", (long long)blank_lines);
	}
	error_release(&err);
	csv_batch_release(&batch);
	csv_close(csv);
	buffer_release(&slab);
}

#endif

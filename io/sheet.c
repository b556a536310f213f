#include "io/sheet.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "io/csv.h"
#include "io/roles.h"
#include "io/source.h"

enum { MOST_BYTES = 64 * 1024 * 1024 };

static bool read_all(const char *path, struct buffer *text, struct error *err)
{
	enum { PIECE = 64 * 1024 };
	struct source *source = source_open(path, NULL, err);
	bool good = source != NULL;
	for (size_t length = 1; good && length > 0;) {
		buffer_reserve(text, PIECE);
		good = source_read(source, text->bytes + text->length, PIECE, &length, err);
		text->length += good ? length : 0;
		if (good && text->length > MOST_BYTES)
			good = error_set(err, ERROR_DATA, "%s: is over 64 MiB: not a small table",
				source_name(path));
	}
	source_close(source);
	return good;
}

static bool bind(struct sheet *sheet, struct csv *csv, const char *const *names, size_t n_names,
	struct error *err)
{
	size_t n_there;
	const struct text *there = csv_names(csv, &n_there);
	size_t *columns = mem_array(n_names, sizeof(*columns));
	bool good = true;
	for (size_t i = 0; good && i < n_names; i++) {
		int place;
		good = column_find(there, n_there, sheet->name, text_of(names[i]), &place, err);
		columns[i] = good ? (size_t)place : 0;
	}
	if (good)
		csv_bind(csv, columns, n_names);
	mem_free(columns);
	return good;
}

static bool refuse_fault(
	const struct sheet *sheet, const struct csv_batch *batch, struct error *err)
{
	static const char *const words[] = {
		[CSV_SHORT] = "the row has fewer fields than the header",
		[CSV_LONG] = "the row has more fields than the header",
		[CSV_STRAY_QUOTE] = "stray quote",
		[CSV_NOT_UTF8] = "bytes that are no UTF-8",
	};
	const struct csv_fault *fault = &batch->faults[0];
	return error_set(err, ERROR_DATA, "%s:%lld: %s", sheet->name,
		(long long)(batch->first_line + fault->line), words[fault->kind]);
}

/* The batch's cells point into text or the batch's arena; the sheet keeps bytes of its own. */
static void keep_rows(struct sheet *sheet, const struct csv_batch *batch)
{
	struct buffer bytes = {0};
	sheet->n_rows = batch->n_rows;
	sheet->cells = mem_array(sheet->n_rows * sheet->n_columns, sizeof(*sheet->cells));
	sheet->lines = mem_array(sheet->n_rows, sizeof(*sheet->lines));
	for (size_t row = 0; row < sheet->n_rows; row++) {
		sheet->lines[row] = batch->first_line + batch->rows[row].line;
		for (size_t c = 0; c < sheet->n_columns; c++) {
			struct text cell = batch->columns[c][row];
			sheet->cells[row * sheet->n_columns + c].length = cell.length;
			buffer_text(&bytes, cell);
		}
	}
	sheet->bytes = bytes.bytes;
	const char *at = bytes.bytes;
	for (size_t i = 0; i < sheet->n_rows * sheet->n_columns; i++) {
		sheet->cells[i].at = at != NULL ? at : "";
		at += sheet->cells[i].length;
	}
}

bool sheet_read(struct sheet *sheet, const char *path, const char *const *names, size_t n_names,
	struct error *err)
{
	*sheet = (struct sheet){.name = source_name(path), .n_columns = n_names};
	struct buffer text = {0};
	struct csv_batch batch = {0};
	struct csv *csv = csv_open(sheet->name, (struct csv_dialect){.max_record = MOST_BYTES});
	size_t header = 0, used = 0;
	bool good = read_all(path, &text, err) &&
		    csv_header(csv, buffer_as_text(&text), true, &header, err) &&
		    bind(sheet, csv, names, n_names, err) &&
		    csv_scan(csv, (struct text){text.bytes + header, text.length - header}, true,
			    &batch, &used, err);
	if (good && batch.n_faults > 0)
		good = refuse_fault(sheet, &batch, err);
	if (good)
		keep_rows(sheet, &batch);
	csv_batch_release(&batch);
	csv_close(csv);
	buffer_release(&text);
	return good;
}

struct text sheet_cell(const struct sheet *sheet, size_t row, size_t column)
{
	assert(row < sheet->n_rows && column < sheet->n_columns);
	return sheet->cells[row * sheet->n_columns + column];
}

void sheet_release(struct sheet *sheet)
{
	mem_free(sheet->cells);
	mem_free(sheet->lines);
	mem_free(sheet->bytes);
	*sheet = (struct sheet){0};
}

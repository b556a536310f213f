#include "io/table.h"

#include <assert.h>
#include <math.h>

#include "base/mem.h"
#include "io/blocks.h"
#include "io/output.h"
#include "io/table_writer.h"
#include "io/workbook.h"

static const struct {
	const char *name;
	enum table_format format;
} names[] = {
	{"auto", FORMAT_AUTO},
	{"text", FORMAT_TEXT},
	{"csv", FORMAT_CSV},
	{"tsv", FORMAT_TSV},
	{"json", FORMAT_JSON},
	{"jsonl", FORMAT_JSONL},
	{"md", FORMAT_MD},
	{"html", FORMAT_HTML},
	{"svg", FORMAT_SVG},
	{"xlsx", FORMAT_XLSX},
};

static const struct {
	const char *ending;
	enum table_format format;
} endings[] = {
	{".csv", FORMAT_CSV},
	{".tsv", FORMAT_TSV},
	{".json", FORMAT_JSON},
	{".jsonl", FORMAT_JSONL},
	{".md", FORMAT_MD},
	{".txt", FORMAT_TEXT},
	{".html", FORMAT_HTML},
	{".htm", FORMAT_HTML},
	{".svg", FORMAT_SVG},
	{".xlsx", FORMAT_XLSX},
};

struct table {
	struct table_sheet sheet;
	const char *name;
	struct output *output;
	const struct row_writer *writer; /* NULL when the rows are gathered */
	struct gathering *gathering;
	struct workbook *workbook; /* NULL but for xlsx */
	struct workbook_sheet *workbook_sheet;
	struct ranking *ranking;       /* NULL without by */
	uint64_t n_wanted;             /* of the rows that are still to come */
	uint64_t n_written, n_offered; /* with those beyond top */
	unsigned threads;
	struct buffer key_bytes;
	struct text *keys;             /* in key_bytes */
	struct buffer bytes;           /* of rows that come in small numbers */
	const struct table_page *page; /* of html, whose rows are kept */
	struct buffer kept;
	struct cell *cells;
	bool is_complete;
};

bool table_format_of(struct text name, enum table_format *format)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(name, text_of(names[i].name))) {
			*format = names[i].format;
			return true;
		}
	return false;
}

struct cell real_cell(double value)
{
	if (isnan(value))
		return (struct cell){.empty = true};
	return (struct cell){.real = value};
}

static bool cut_ending(struct text *path, const char *ending)
{
	struct text wanted = text_of(ending);
	if (path->length <= wanted.length)
		return false;
	size_t start = path->length - wanted.length;
	if (!text_equal_ignoring_case((struct text){path->at + start, wanted.length}, wanted))
		return false;
	path->length = start;
	return true;
}

enum table_format table_format_of_path(const char *path)
{
	struct text name = text_of(path != NULL ? path : "");
	cut_ending(&name, ".gz");
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (cut_ending(&name, endings[i].ending))
			return endings[i].format;
	return FORMAT_AUTO;
}

static enum table_format format_for(const struct table_style *style, const struct output *output)
{
	enum table_format format = style->format;
	if (format == FORMAT_AUTO)
		format = table_format_of_path(style->path);
	if (format == FORMAT_AUTO)
		format = output_is_terminal(output) ? FORMAT_TEXT : FORMAT_CSV;
	return format;
}

bool table_check_ending(const char *path, struct error *err)
{
	static const char *const others[] = {
		".xls", ".ods", ".parquet", ".pdf", ".zst", ".xz", ".bz2", ".zip"};
	struct text name = text_of(path != NULL ? path : "");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (cut_ending(&name, others[i]))
			return error_set(err, ERROR_USAGE,
				"%s: cannot write %s (endings that say the format are .csv .tsv "
				".json"
				" .jsonl .md .txt .html .svg .xlsx, each also with .gz; or give "
				"--format)",
				path, others[i]);
	return true;
}

static const struct row_writer *row_writer_of(enum table_format format)
{
	switch (format) {
	case FORMAT_CSV:
		return &csv_writer;
	case FORMAT_TSV:
		return &tsv_writer;
	case FORMAT_JSON:
		return &json_writer;
	case FORMAT_JSONL:
		return &jsonl_writer;
	case FORMAT_HTML:
		return &html_writer;
	case FORMAT_AUTO:
	case FORMAT_TEXT:
	case FORMAT_MD:
	case FORMAT_SVG:
	case FORMAT_XLSX:
		break;
	}
	return NULL;
}

static int column_named(
	struct text name, const struct column *columns, size_t n_columns, bool ignoring_case)
{
	for (size_t i = 0; i < n_columns; i++) {
		struct text other = text_of(columns[i].name);
		if (ignoring_case ? text_equal_ignoring_case(name, other) : text_equal(name, other))
			return (int)i;
	}
	return -1;
}

static bool fail_column(
	struct text name, const struct column *columns, size_t n_columns, struct error *err)
{
	struct text *all = mem_array(n_columns, sizeof(*all));
	struct buffer list = {0};
	for (size_t i = 0; i < n_columns; i++) {
		all[i] = text_of(columns[i].name);
		if (i > 0)
			buffer_text(&list, TEXT(", "));
		buffer_text(&list, all[i]);
	}
	buffer_byte(&list, '\0');
	char excerpt[TEXT_EXCERPT_SIZE];
	text_excerpt(name, excerpt);
	int nearest = text_nearest(name, all, n_columns);
	if (nearest >= 0)
		error_set(err, ERROR_USAGE, "--by: no column '%s'; nearest is '%s' (columns: %s)",
			excerpt, columns[nearest].name, list.bytes);
	else
		error_set(err, ERROR_USAGE, "--by: no column '%s' (columns: %s)", excerpt,
			list.bytes);
	buffer_release(&list);
	mem_free(all);
	return false;
}

static bool find_column(const char *name, const struct column *columns, size_t n_columns,
	size_t *index, struct error *err)
{
	int found = column_named(text_of(name), columns, n_columns, false);
	if (found < 0)
		found = column_named(text_of(name), columns, n_columns, true);
	if (found < 0)
		return fail_column(text_of(name), columns, n_columns, err);
	*index = (size_t)found;
	return true;
}

bool table_has_column(
	const char *name, const struct column *columns, size_t n_columns, struct error *err)
{
	size_t index;
	return find_column(name, columns, n_columns, &index, err);
}

static bool put(struct table *table, struct text bytes, struct error *err)
{
	if (table->page == NULL)
		return output_write(table->output, bytes.at, bytes.length, err);
	buffer_text(&table->kept, bytes);
	return true;
}

static bool write_bytes(struct table *table, struct error *err)
{
	bool done = table->bytes.length == 0 || put(table, buffer_as_text(&table->bytes), err);
	table->bytes.length = 0;
	return done;
}

static void make_keys(struct table *table)
{
	size_t n_columns = table->sheet.n_columns;
	table->keys = mem_array(n_columns, sizeof(*table->keys));
	for (size_t i = 0; i < n_columns; i++) {
		size_t start = table->key_bytes.length;
		table->writer->key(&table->key_bytes, table->sheet.columns, i);
		table->keys[i].length = table->key_bytes.length - start;
	}
	const char *at = table->key_bytes.bytes;
	for (size_t i = 0; i < n_columns; at += table->keys[i++].length)
		table->keys[i].at = at;
	table->sheet.keys = table->keys;
}

static void table_release(struct table *table)
{
	gathering_release(table->gathering);
	workbook_free(table->workbook);
	ranking_release(table->ranking);
	buffer_release(&table->key_bytes);
	mem_free(table->keys);
	buffer_release(&table->bytes);
	buffer_release(&table->kept);
	mem_free(table->cells);
	mem_free(table);
}

static struct table_sheet sheet_of(const struct table_style *style, enum table_format format,
	const struct column *columns, size_t n_columns)
{
	bool for_people = format == FORMAT_TEXT || format == FORMAT_MD || format == FORMAT_HTML;
	int usual_digits = for_people ? 4 : REAL_SHORTEST;
	return (struct table_sheet){
		.columns = columns,
		.n_columns = n_columns,
		.digits = style->digits != -1 ? style->digits : usual_digits,
		.padded_digits = for_people,
		.money_decimals = style->money_decimals,
		.decimal = style->decimal,
		.thousands = style->thousands,
		.line_width = style->line_width,
		.excel_safe = style->excel_safe,
		.fits = style->fits && style->line_width > 0 && format == FORMAT_TEXT,
		.colour = style->colour && format == FORMAT_TEXT,
	};
}

/* Later, because only then the decimals of money are known, and with them its format. */
static bool has_sheet(struct table *table, struct error *err)
{
	if (table->workbook_sheet == NULL)
		table->workbook_sheet =
			workbook_add(table->workbook, table->name, &table->sheet, err);
	return table->workbook_sheet != NULL;
}

static bool write_head(struct table *table, enum table_format format, struct error *err)
{
	if (format == FORMAT_XLSX) {
		table->workbook = workbook_open(err);
		return table->workbook != NULL;
	}
	table->writer = row_writer_of(format);
	if (table->writer == NULL) {
		table->gathering = gathering_open(
			format == FORMAT_MD ? &md_writer : &text_writer, &table->sheet);
		return true;
	}
	if (table->writer->key != NULL)
		make_keys(table);
	if (table->writer->head != NULL)
		table->writer->head(&table->bytes, &table->sheet);
	return write_bytes(table, err);
}

struct table *table_open(const struct table_style *style, const struct column *columns,
	size_t n_columns, struct error *err)
{
	assert(n_columns > 0 && style->format != FORMAT_SVG);
	size_t by = 0;
	if (style->by != NULL && !find_column(style->by, columns, n_columns, &by, err))
		return NULL;
	struct output *output = output_open(style->path, err);
	if (output == NULL)
		return NULL;

	enum table_format format = format_for(style, output);
	struct table *table = mem_zeroed(1, sizeof(*table));
	table->output = output;
	table->sheet = sheet_of(style, format, columns, n_columns);
	table->cells = mem_array(n_columns, sizeof(*table->cells));
	table->page = format == FORMAT_HTML ? style->page : NULL;
	table->n_wanted = format == FORMAT_HTML ? HTML_ROWS : UINT64_MAX;
	if (style->top >= 0)
		table->n_wanted = (uint64_t)style->top;
	table->threads = style->threads;
	table->name = style->name != NULL ? style->name : "table";
	if (style->by != NULL)
		table->ranking = ranking_open(&table->sheet, by, table->n_wanted);
	if (!write_head(table, format, err)) {
		table_discard(table);
		return NULL;
	}
	return table;
}

void table_set_money_decimals(struct table *table, int decimals)
{
	assert(table->n_written == 0);
	table->sheet.money_decimals = decimals;
}

struct row_job {
	struct table *table;
	table_fill *fill;
	const void *rows;
	size_t n_rows, rows_a_block;
};

static void write_rows(
	const struct row_job *job, size_t from, size_t to, struct cell *cells, struct buffer *bytes)
{
	const struct table *table = job->table;
	for (size_t row = from; row < to; row++) {
		fill_cells(&table->sheet, job->fill, job->rows, row, cells);
		table->writer->row(bytes, &table->sheet, cells, table->n_written + row);
	}
}

static void make_block(void *argument, size_t block, struct buffer *bytes)
{
	const struct row_job *job = argument;
	struct cell *cells = mem_array(job->table->sheet.n_columns, sizeof(*cells));
	size_t from = block * job->rows_a_block, to = from + job->rows_a_block;
	write_rows(job, from, to < job->n_rows ? to : job->n_rows, cells, bytes);
	mem_free(cells);
}

static bool take_block(void *argument, struct text bytes, struct error *err)
{
	const struct row_job *job = argument;
	return put(job->table, bytes, err);
}

static bool emit(
	struct table *table, table_fill *fill, const void *rows, size_t n_rows, struct error *err)
{
	bool done = true;
	if (table->workbook != NULL) {
		done = has_sheet(table, err) &&
		       workbook_rows(table->workbook_sheet, fill, rows, n_rows, err);
	} else if (table->gathering != NULL) {
		gathering_rows(table->gathering, fill, rows, n_rows, table->threads);
	} else {
		struct row_job job = {table, fill, rows, n_rows, rows_per_block(&table->sheet)};
		size_t n_blocks = (n_rows + job.rows_a_block - 1) / job.rows_a_block;
		if (n_blocks == 1) {
			write_rows(&job, 0, n_rows, table->cells, &table->bytes);
			done = write_bytes(table, err);
		} else {
			done = blocks_run(
				n_blocks, table->threads, make_block, take_block, &job, err);
		}
	}
	table->n_written += n_rows;
	return done;
}

bool table_rows(
	struct table *table, table_fill *fill, const void *rows, size_t n_rows, struct error *err)
{
	table->n_offered += n_rows;
	if (table->ranking != NULL) {
		ranking_rows(table->ranking, fill, rows, n_rows);
		return true;
	}
	if (n_rows > table->n_wanted)
		n_rows = (size_t)table->n_wanted;
	table->n_wanted -= n_rows;
	return n_rows == 0 || emit(table, fill, rows, n_rows, err);
}

static bool write_page(struct table *table, struct error *err)
{
	struct buffer page = {0};
	html_write(&page, &table->sheet, table->page, buffer_as_text(&table->kept),
		table->n_written, table->n_offered);
	bool done = output_write(table->output, page.bytes, page.length, err);
	buffer_release(&page);
	return done;
}

static bool write_end(struct table *table, struct error *err)
{
	if (table->page != NULL)
		return write_page(table, err);
	if (table->workbook != NULL)
		return has_sheet(table, err) && workbook_write(table->workbook, table->output, err);
	if (table->gathering != NULL)
		return gathering_write(table->gathering, table->threads, table->output, err);
	if (table->writer->tail != NULL)
		table->writer->tail(&table->bytes, &table->sheet);
	return write_bytes(table, err);
}

bool table_complete(struct table *table, struct error *err)
{
	if (table->is_complete)
		return true;
	if (table->ranking != NULL) {
		size_t n_rows = ranking_sort(table->ranking);
		if (n_rows > 0 && !emit(table, ranking_fill, table->ranking, n_rows, err))
			return false;
	}
	table->is_complete = write_end(table, err) && output_complete(table->output, err);
	return table->is_complete;
}

bool table_close(struct table *table, struct error *err)
{
	bool done = table_complete(table, err);
	if (done)
		done = output_close(table->output, err);
	else
		output_discard(table->output);
	table_release(table);
	return done;
}

void table_discard(struct table *table)
{
	if (table == NULL)
		return;
	output_discard(table->output);
	table_release(table);
}

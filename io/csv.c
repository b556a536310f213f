#include "io/csv.h"

#include <assert.h>
#include <csv.h>
#include <string.h>

#include "base/mem.h"
#include "io/encoding.h"
#include "io/scan.h"

struct csv {
	const char *name;
	struct csv_dialect dialect;
	struct csv_parser parser;
	struct scan *scan;        /* NULL: libcsv reads every record */
	struct csv_fields fields; /* of the record that libcsv read last */
	struct csv_fields header;
	char *header_record;
	size_t header_length;
	size_t *bound;
	size_t n_bound;
	int64_t line; /* of the next record */
};

/* ---- libcsv: one record at a time, with its extent and lines ---- */

enum record_kind {
	RECORD_ROW,
	RECORD_BLANK, /* an empty or blank line */
	RECORD_STRAY, /* a stray quote; the text up to the next line feed is taken */
	RECORD_CUT,   /* the text ends before the record does, and is not the last */
	RECORD_OPEN,  /* the same, of the last text, inside quotes */
};

struct record {
	enum record_kind kind;
	size_t used;   /* with its line end */
	size_t length; /* without */
	uint32_t lines;
};

struct collector {
	struct csv_fields *fields;
	bool row_ended;
};

/* libcsv asks for a little more each time, which a field of many megabytes would pay with as many
 * moves: it gets the next power of two. */
static void *grow_for_libcsv(void *memory, size_t size)
{
	size_t room = 4096;
	while (room < size)
		room *= 2;
	return mem_resize(memory, room, 1);
}

static void parser_start(struct csv_parser *parser, char delimiter)
{
	int status = csv_init(parser, CSV_STRICT | CSV_STRICT_FINI);
	assert(status == 0);
	csv_set_delim(parser, (unsigned char)delimiter);
	csv_set_realloc_func(parser, grow_for_libcsv);
	csv_set_free_func(parser, mem_free);
	csv_set_blk_size(parser, 4096);
}

static void parser_restart(struct csv_parser *parser)
{
	char delimiter = (char)csv_get_delim(parser);
	csv_free(parser);
	parser_start(parser, delimiter);
}

/* While a record grows, a field's text is its length alone: the bytes may still move. */
static void on_field(void *bytes, size_t length, void *data)
{
	struct csv_fields *fields = ((struct collector *)data)->fields;
	fields->fields = mem_grow(
		fields->fields, &fields->capacity, fields->n_fields + 1, sizeof(*fields->fields));
	fields->fields[fields->n_fields++] = (struct text){NULL, length};
	buffer_bytes(&fields->bytes, bytes, length);
}

static void on_row(int line_end, void *data)
{
	(void)line_end;
	((struct collector *)data)->row_ended = true;
}

static void settle_fields(struct csv_fields *fields)
{
	const char *at = fields->bytes.bytes != NULL ? fields->bytes.bytes : "";
	for (size_t i = 0; i < fields->n_fields; i++) {
		fields->fields[i].at = at;
		at += fields->fields[i].length;
	}
}

/* The place of the first CR or LF, or text.length. */
static size_t find_line_end(struct text text)
{
	const char *lf = memchr(text.at, '\n', text.length);
	size_t length = lf != NULL ? (size_t)(lf - text.at) : text.length;
	const char *cr = memchr(text.at, '\r', length);
	return cr != NULL ? (size_t)(cr - text.at) : length;
}

static bool is_blank_byte(char c, char delimiter)
{
	return (c == ' ' || c == '\t') && c != delimiter;
}

static bool is_blank(struct text text, char delimiter)
{
	for (size_t i = 0; i < text.length; i++)
		if (!is_blank_byte(text.at[i], delimiter))
			return false;
	return true;
}

/* A line ends at text.at[end], with CR or LF; CRLF is one end. */
static struct record end_at(
	enum record_kind kind, struct text text, size_t end, bool at_end, uint32_t lines)
{
	size_t used = end + 1;
	if (text.at[end] == '\r') {
		if (used == text.length && !at_end)
			return (struct record){.kind = RECORD_CUT};
		if (used < text.length && text.at[used] == '\n')
			used++;
	}
	return (struct record){kind, used, end, lines + 1};
}

/* From the stray quote, or whatever follows a closing one, up to the next line feed. */
static struct record skip_stray(struct text text, size_t stray, bool at_end, uint32_t lines)
{
	const char *lf = memchr(text.at + stray, '\n', text.length - stray);
	if (lf == NULL && !at_end)
		return (struct record){.kind = RECORD_CUT};
	size_t end = lf != NULL ? (size_t)(lf - text.at) : text.length;
	size_t length = end > 0 && text.at[end - 1] == '\r' ? end - 1 : end;
	return (struct record){RECORD_STRAY, end + (lf != NULL), length, lines + 1};
}

static struct record end_of_text(struct csv_parser *parser, struct text text, bool at_end,
	uint32_t lines, struct collector *collector)
{
	if (!at_end)
		return (struct record){.kind = RECORD_CUT};
	if (is_blank(text, (char)csv_get_delim(parser)))
		return (struct record){RECORD_BLANK, text.length, text.length, 1};
	if (csv_fini(parser, on_field, on_row, collector) != 0)
		return (struct record){.kind = RECORD_OPEN};
	return (struct record){RECORD_ROW, text.length, text.length, lines + 1};
}

/* libcsv is fed up to one line end at a time, so that it ends at most one row a call and the row's
 * extent is known. */
static struct record feed_record(
	struct csv_parser *parser, struct text text, bool at_end, struct collector *collector)
{
	char delimiter = (char)csv_get_delim(parser);
	uint32_t lines = 0;
	for (size_t at = 0; at < text.length;) {
		struct text rest = {text.at + at, text.length - at};
		size_t end = find_line_end(rest);
		size_t piece = end < rest.length ? end + 1 : end;
		size_t got = csv_parse(parser, rest.at, piece, on_field, on_row, collector);
		if (got < piece)
			return skip_stray(text, at + got, at_end, lines);
		if (end == rest.length)
			break;
		if (collector->row_ended)
			return end_at(RECORD_ROW, text, at + end, at_end, lines);
		if (at == 0 && is_blank((struct text){text.at, end}, delimiter))
			return end_at(RECORD_BLANK, text, end, at_end, 0);
		lines += rest.at[end] == '\n'; /* inside quotes */
		at += piece;
	}
	return end_of_text(parser, text, at_end, lines, collector);
}

static struct record read_record(
	struct csv_parser *parser, struct text text, bool at_end, struct csv_fields *fields)
{
	fields->n_fields = 0;
	fields->bytes.length = 0;
	struct collector collector = {fields, false};
	struct record record = feed_record(parser, text, at_end, &collector);
	settle_fields(fields);
	if (record.kind == RECORD_STRAY || record.kind == RECORD_CUT || record.kind == RECORD_OPEN)
		parser_restart(parser);
	return record;
}

void csv_split(struct text record, char delimiter, struct csv_fields *fields)
{
	struct csv_parser parser;
	parser_start(&parser, delimiter);
	(void)read_record(&parser, record, true, fields);
	csv_free(&parser);
}

void csv_fields_release(struct csv_fields *fields)
{
	mem_free(fields->fields);
	buffer_release(&fields->bytes);
	*fields = (struct csv_fields){0};
}

/* ---- the header ---- */

static bool libcsv_only;

bool csv_choose_scan(const char *way)
{
	libcsv_only = strcmp(way, "libcsv") == 0;
	return libcsv_only || scan_choose(way);
}

struct csv *csv_open(const char *name, struct csv_dialect dialect)
{
	struct csv *csv = mem_zeroed(1, sizeof(*csv));
	csv->name = name;
	csv->dialect = dialect;
	csv->line = 1;
	parser_start(&csv->parser, dialect.delimiter != 0 ? dialect.delimiter : ',');
	return csv;
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	csv_free(&csv->parser);
	scan_close(csv->scan);
	csv_fields_release(&csv->fields);
	csv_fields_release(&csv->header);
	mem_free(csv->header_record);
	mem_free(csv->bound);
	mem_free(csv);
}

const struct text *csv_names(const struct csv *csv, size_t *n_names)
{
	*n_names = csv->header.n_fields;
	return csv->header.fields;
}

char csv_delimiter(const struct csv *csv)
{
	return csv->dialect.delimiter;
}

struct text csv_header_record(const struct csv *csv)
{
	return (struct text){csv->header_record, csv->header_length};
}

/* The line in which the quote that is still open opened. No quote of the text is stray, so each one
 * opens, closes, or is half of a doubled one, which leaves the field open. */
static int64_t line_of_open_quote(const struct csv *csv, struct text text)
{
	int64_t line = csv->line, opened = csv->line;
	bool inside = false;
	for (size_t i = 0; i < text.length; i++) {
		line += text.at[i] == '\n';
		if (text.at[i] != '"')
			continue;
		bool doubled = inside && i + 1 < text.length && text.at[i + 1] == '"';
		if (doubled) {
			i++;
			continue;
		}
		inside = !inside;
		if (inside)
			opened = line;
	}
	return inside ? opened : 0;
}

static bool too_long(const struct csv *csv, struct text text, struct error *err)
{
	int64_t opened = line_of_open_quote(csv, text);
	if (opened > 0)
		return error_set(err, ERROR_DATA,
			"%s:%lld: a quote opened here is not closed within %zu bytes"
			" (close it; or raise --max-field)",
			csv->name, (long long)opened, csv->dialect.max_record);
	return error_set(err, ERROR_DATA,
		"%s:%lld: the record is longer than %zu bytes (is this a text file?"
		" if so, raise --max-field)",
		csv->name, (long long)csv->line, csv->dialect.max_record);
}

static bool left_open(const struct csv *csv, struct text text, struct error *err)
{
	return error_set(err, ERROR_DATA,
		"%s:%lld: a quote opened here is not closed before the end of the file"
		" (a quote inside quotes is written twice)",
		csv->name, (long long)line_of_open_quote(csv, text));
}

/* The delimiter that the header shows: a comma, else the first of the others that divides it. */
static struct record read_header_record(
	struct csv *csv, struct text text, bool at_end, char *delimiter)
{
	static const char candidates[] = {',', ';', '\t', '|'};
	if (csv->dialect.delimiter != 0) {
		*delimiter = csv->dialect.delimiter;
		return read_record(&csv->parser, text, at_end, &csv->header);
	}
	struct record record = {.kind = RECORD_CUT};
	for (size_t i = 0; i < sizeof(candidates); i++) {
		*delimiter = candidates[i];
		csv_set_delim(&csv->parser, (unsigned char)candidates[i]);
		record = read_record(&csv->parser, text, at_end, &csv->header);
		bool divided = record.kind == RECORD_ROW && csv->header.n_fields > 1;
		if (divided || record.kind == RECORD_BLANK || record.kind == RECORD_CUT)
			return record;
	}
	*delimiter = ',';
	csv_set_delim(&csv->parser, ',');
	return read_record(&csv->parser, text, at_end, &csv->header);
}

static bool refuse_header(
	const struct csv *csv, struct text text, enum record_kind kind, struct error *err)
{
	if (kind == RECORD_OPEN)
		return left_open(csv, text, err);
	if (kind == RECORD_STRAY)
		return error_set(err, ERROR_DATA,
			"%s:%lld: a stray quote in the header (quote the whole field, and double"
			" quotes inside it)",
			csv->name, (long long)csv->line);
	return too_long(csv, text, err);
}

static bool check_is_text(const struct csv *csv, struct text text, struct error *err)
{
	if (text.length > 0 && memchr(text.at, '\0', text.length) != NULL)
		return error_set(err, ERROR_DATA,
			"%s: is not text (a binary file? text in UTF-16 needs --encoding UTF-16)",
			csv->name);
	return true;
}

static bool check_header_utf8(const struct csv *csv, struct text header, struct error *err)
{
	size_t bad;
	struct buffer words = {0};
	if (utf8_valid(header.at, header.length, &bad))
		return true;
	encoding_explain(header, bad, NULL, &words);
	error_set(err, ERROR_DATA, "%s:%lld: %.*s", csv->name, (long long)csv->line,
		(int)words.length, words.bytes);
	buffer_release(&words);
	return false;
}

static void keep_header(
	struct csv *csv, struct text header, char delimiter, const struct record *record)
{
	csv->line += record->lines;
	csv->dialect.delimiter = delimiter;
	if (!libcsv_only)
		csv->scan = scan_open(delimiter);
	csv->header_record = mem_text(header.at, header.length);
	csv->header_length = header.length;
}

/* Every column costs memory, and a million of them is most often a wrong delimiter. */
static bool is_narrow_enough(const struct csv *csv, struct error *err)
{
	size_t n = csv->header.n_fields, most = csv->dialect.max_columns;
	return most == 0 || n <= most ||
	       error_set(err, ERROR_DATA,
		       "%s: the header has %zu columns, more than %zu (is '%c' the right"
		       " --delimiter? if so, raise --max-columns)",
		       csv->name, n, most, csv_delimiter(csv));
}

bool csv_header(struct csv *csv, struct text text, bool at_end, size_t *used, struct error *err)
{
	*used = 0;
	csv->line = 1; /* blank lines of a text that was too short are met again */
	for (size_t at = 0; at < text.length;) {
		struct text rest = {text.at + at, text.length - at};
		char delimiter;
		struct record record = read_header_record(csv, rest, at_end, &delimiter);
		bool is_cut = record.kind == RECORD_CUT || record.kind == RECORD_OPEN;
		struct text header = {rest.at, is_cut ? rest.length : record.length};
		if (!check_is_text(csv, header, err))
			return false;
		if (record.kind == RECORD_CUT && rest.length <= csv->dialect.max_record)
			return true;
		if (record.kind != RECORD_ROW && record.kind != RECORD_BLANK)
			return refuse_header(csv, rest, record.kind, err);
		at += record.used;
		if (record.kind == RECORD_ROW) {
			if (!check_header_utf8(csv, header, err))
				return false;
			keep_header(csv, header, delimiter, &record);
			*used = at;
			return is_narrow_enough(csv, err);
		}
		csv->line += record.lines;
	}
	return !at_end || error_set(err, ERROR_DATA,
				  "%s: is empty (expected a header line and rows)", csv->name);
}

void csv_bind(struct csv *csv, const size_t *columns, size_t n_columns)
{
	mem_free(csv->bound);
	csv->bound = mem_array(n_columns, sizeof(*csv->bound));
	csv->n_bound = n_columns;
	for (size_t b = 0; b < n_columns; b++) {
		assert(columns[b] < csv->header.n_fields);
		csv->bound[b] = columns[b];
	}
}

/* ---- batches ---- */

static void batch_start(struct csv_batch *batch, const struct csv *csv, struct text text)
{
	if (batch->n_columns != csv->n_bound) {
		csv_batch_release(batch);
		batch->n_columns = csv->n_bound;
		batch->columns = mem_zeroed(csv->n_bound, sizeof(*batch->columns));
	}
	batch->text = text.at;
	batch->n_rows = batch->n_faults = 0;
	batch->n_blank_lines = 0;
	batch->first_line = csv->line;
	batch->arena_length = 0;
	/* No field is longer than its record, so the arena never grows under its readers. */
	batch->arena = mem_grow(batch->arena, &batch->arena_capacity, text.length, 1);
}

static void batch_reserve_rows(struct csv_batch *batch, size_t more)
{
	if (batch->n_rows + more <= batch->rows_capacity)
		return;
	batch->rows = mem_grow(batch->rows, &batch->rows_capacity, batch->n_rows + more + 1024,
		sizeof(*batch->rows));
	for (size_t b = 0; b < batch->n_columns; b++)
		batch->columns[b] = mem_resize(
			batch->columns[b], batch->rows_capacity, sizeof(*batch->columns[b]));
}

static void batch_fault(struct csv_batch *batch, struct csv_fault fault)
{
	batch->faults = mem_grow(batch->faults, &batch->faults_capacity, batch->n_faults + 1,
		sizeof(*batch->faults));
	fault.before_row = batch->n_rows;
	batch->faults[batch->n_faults++] = fault;
}

static struct text batch_keep(struct csv_batch *batch, struct text text)
{
	assert(batch->arena_length + text.length <= batch->arena_capacity);
	char *at = batch->arena + batch->arena_length;
	if (text.length > 0)
		memcpy(at, text.at, text.length);
	batch->arena_length += text.length;
	return (struct text){at, text.length};
}

static struct text halve_quotes(struct csv_batch *batch, struct text inner)
{
	assert(batch->arena_length + inner.length <= batch->arena_capacity);
	char *at = batch->arena + batch->arena_length, *to = at;
	for (size_t i = 0; i < inner.length; i++) {
		*to++ = inner.at[i];
		i += inner.at[i] == '"';
	}
	batch->arena_length += (size_t)(to - at);
	return (struct text){at, (size_t)(to - at)};
}

void csv_batch_release(struct csv_batch *batch)
{
	for (size_t b = 0; b < batch->n_columns; b++)
		mem_free(batch->columns[b]);
	mem_free(batch->columns);
	mem_free(batch->rows);
	mem_free(batch->faults);
	mem_free(batch->arena);
	*batch = (struct csv_batch){0};
}

static void keep_record(
	struct csv *csv, struct csv_batch *batch, size_t start, const struct record *record)
{
	struct csv_fault place = {
		.start = (uint32_t)start,
		.length = (uint32_t)record->length,
		.line = (uint32_t)(csv->line - batch->first_line),
		.n_fields = (uint32_t)csv->fields.n_fields,
	};
	if (record->kind == RECORD_STRAY) {
		place.kind = CSV_STRAY_QUOTE;
		batch_fault(batch, place);
		return;
	}
	if (!utf8_valid(batch->text + start, record->length, NULL)) {
		place.kind = CSV_NOT_UTF8;
		batch_fault(batch, place);
		return;
	}
	if (csv->fields.n_fields != csv->header.n_fields) {
		place.kind = csv->fields.n_fields < csv->header.n_fields ? CSV_SHORT : CSV_LONG;
		batch_fault(batch, place);
		return;
	}
	batch_reserve_rows(batch, 1);
	batch->rows[batch->n_rows] = (struct csv_row){place.start, place.length, place.line};
	for (size_t b = 0; b < csv->n_bound; b++)
		batch->columns[b][batch->n_rows] =
			batch_keep(batch, csv->fields.fields[csv->bound[b]]);
	batch->n_rows++;
}

/* ---- records that the scan decided ---- */

/* A field between two separators, as libcsv has it: without the blanks around it, or without its
 * quotes, doubled ones halved. */
static struct text cut_edges(
	struct csv_batch *batch, const char *from, const char *to, char delimiter)
{
	if (from == to)
		return (struct text){from, 0};
	if (*from == '"') {
		struct text inner = {from + 1, (size_t)(to - from) - 2};
		return memchr(inner.at, '"', inner.length) != NULL ? halve_quotes(batch, inner)
								   : inner;
	}
	while (from < to && is_blank_byte(*from, delimiter))
		from++;
	while (from < to && is_blank_byte(to[-1], delimiter))
		to--;
	return (struct text){from, (size_t)(to - from)};
}

/* Blanks, tabs and quotes are below '#', nearly all else that a field begins or ends with above. */
static inline struct text cut_field(
	struct csv_batch *batch, const char *from, const char *to, char delimiter)
{
	if (from < to && (unsigned char)*from > '"' && (unsigned char)to[-1] > '"')
		return (struct text){from, (size_t)(to - from)};
	return cut_edges(batch, from, to, delimiter);
}

/* The fields of the record that begins at start are between separators first to last. */
static void keep_fields(struct csv *csv, struct csv_batch *batch, uint32_t start, uint32_t length,
	const uint32_t *first)
{
	batch_reserve_rows(batch, 1);
	size_t row = batch->n_rows++;
	batch->rows[row] =
		(struct csv_row){start, length, (uint32_t)(csv->line - batch->first_line)};
	size_t last = csv->header.n_fields - 1;
	for (size_t b = 0; b < csv->n_bound; b++) {
		size_t column = csv->bound[b];
		uint32_t from = column == 0 ? start : first[column - 1] + 1;
		uint32_t to = column == last ? start + length : first[column];
		batch->columns[b][row] = cut_field(
			batch, batch->text + from, batch->text + to, csv->dialect.delimiter);
	}
}

static void keep_scanned_record(struct csv *csv, struct csv_batch *batch, struct text record,
	const uint32_t *first, size_t n_fields)
{
	uint32_t start = (uint32_t)(record.at - batch->text);
	if (n_fields == 1 && is_blank(record, csv->dialect.delimiter)) {
		batch->n_blank_lines++;
		return;
	}
	struct csv_fault fault = {.start = start,
		.length = (uint32_t)record.length,
		.line = (uint32_t)(csv->line - batch->first_line),
		.n_fields = (uint32_t)n_fields};
	if (csv->scan->has_wide && !utf8_valid(record.at, record.length, NULL))
		fault.kind = CSV_NOT_UTF8;
	else if (n_fields < csv->header.n_fields)
		fault.kind = CSV_SHORT;
	else if (n_fields > csv->header.n_fields)
		fault.kind = CSV_LONG;
	else {
		keep_fields(csv, batch, start, (uint32_t)record.length, first);
		return;
	}
	batch_fault(batch, fault);
}

static int64_t count_line_feeds(struct text text)
{
	int64_t n = 0;
	for (size_t i = 0; i < text.length; i++)
		n += text.at[i] == '\n';
	return n;
}

/* Records that end in a line feed each, all with as many fields as the header and nothing else to
 * look at: a column at a time, without a branch that depends on the text but for what stands at the
 * edges of fields. */
static bool is_regular(const struct csv *csv, struct text text, size_t begin)
{
	const struct scan *scan = csv->scan;
	size_t n_fields = csv->header.n_fields;
	struct text all = {text.at + begin, scan->end - begin};
	if (n_fields < 2 || scan->n_separators != scan->n_records * n_fields ||
		scan->has_line_feeds || all.length > csv->dialect.max_record)
		return false;
	/* There are as many line feeds as records: if one ends every record, no other is left. */
	for (size_t s = n_fields - 1; s < scan->n_separators; s += n_fields)
		if (text.at[scan->separators[s]] != '\n')
			return false;
	return !scan->has_wide || utf8_valid(all.at, all.length, NULL);
}

static void keep_column(struct csv *csv, struct csv_batch *batch, size_t b)
{
	size_t n_records = csv->scan->n_records, n_fields = csv->header.n_fields;
	size_t column = csv->bound[b];
	const struct csv_row *rows = batch->rows + batch->n_rows;
	struct text *cells = batch->columns[b] + batch->n_rows;
	const uint32_t *separator = csv->scan->separators + column;
	char delimiter = csv->dialect.delimiter;
	for (size_t r = 0; r < n_records; r++, separator += n_fields) {
		uint32_t from = column == 0 ? rows[r].start : separator[-1] + 1;
		uint32_t to = column == n_fields - 1 ? rows[r].start + rows[r].length : *separator;
		cells[r] = cut_field(batch, batch->text + from, batch->text + to, delimiter);
	}
}

static void keep_regular(struct csv *csv, struct csv_batch *batch, struct text text, uint32_t begin)
{
	size_t n_records = csv->scan->n_records, n_fields = csv->header.n_fields;
	const uint32_t *separator = csv->scan->separators + n_fields - 1;
	uint32_t line = (uint32_t)(csv->line - batch->first_line);
	batch_reserve_rows(batch, n_records);
	struct csv_row *rows = batch->rows + batch->n_rows;
	for (size_t r = 0; r < n_records; r++, separator += n_fields) {
		uint32_t has_return = *separator > begin && text.at[*separator - 1] == '\r';
		rows[r] = (struct csv_row){
			begin, *separator - begin - has_return, line + (uint32_t)r};
		begin = *separator + 1;
	}
	for (size_t b = 0; b < csv->n_bound; b++)
		keep_column(csv, batch, b);
	batch->n_rows += n_records;
	csv->line += (int64_t)n_records;
}

static bool keep_one_by_one(
	struct csv *csv, struct csv_batch *batch, struct text text, size_t begin, struct error *err)
{
	struct scan *scan = csv->scan;
	size_t first = 0;
	scan_find_ends(scan, text);
	for (size_t r = 0; r < scan->n_records; r++) {
		size_t last = scan->ends[r], end = scan->separators[last];
		struct text record = {text.at + begin, end - begin};
		if (record.length > 0 && record.at[record.length - 1] == '\r')
			record.length--;
		if (record.length > csv->dialect.max_record)
			return too_long(csv, record, err);
		keep_scanned_record(csv, batch, record, scan->separators + first, last - first + 1);
		csv->line += 1;
		if (scan->has_line_feeds)
			csv->line += count_line_feeds(record);
		begin = end + 1;
		first = last + 1;
	}
	return true;
}

static bool keep_scanned(
	struct csv *csv, struct csv_batch *batch, struct text text, size_t begin, struct error *err)
{
	if (csv->scan->n_records == 0)
		return true;
	if (!is_regular(csv, text, begin))
		return keep_one_by_one(csv, batch, text, begin, err);
	keep_regular(csv, batch, text, (uint32_t)begin);
	return true;
}

/* ---- a slab ---- */

/* Reads the one record at *at with libcsv; *cut: it does not end in the text. */
static bool keep_by_libcsv(struct csv *csv, struct csv_batch *batch, struct text text, bool at_end,
	size_t *at, bool *cut, struct error *err)
{
	struct text rest = {text.at + *at, text.length - *at};
	struct record record = read_record(&csv->parser, rest, at_end, &csv->fields);
	*cut = record.kind == RECORD_CUT;
	if (record.kind == RECORD_OPEN)
		return left_open(csv, rest, err);
	if ((*cut ? rest.length : record.length) > csv->dialect.max_record)
		return too_long(csv, rest, err);
	if (*cut)
		return true;
	if (record.kind == RECORD_BLANK)
		batch->n_blank_lines++;
	else
		keep_record(csv, batch, *at, &record);
	csv->line += record.lines;
	*at += record.used;
	return true;
}

bool csv_scan(struct csv *csv, struct text text, bool at_end, struct csv_batch *batch, size_t *used,
	struct error *err)
{
	assert(text.length <= UINT32_MAX);
	batch_start(batch, csv, text);
	bool cut = false;
	for (*used = 0; *used < text.length && !cut;) {
		if (csv->scan != NULL) {
			size_t begin = *used;
			scan_text(csv->scan, text, begin);
			*used = csv->scan->end;
			if (!keep_scanned(csv, batch, text, begin, err))
				return false;
			/* What is left is libcsv's when the scan cannot decide it, and when the
			 * file ends without a line feed; else it waits for more text. */
			bool is_last = csv->scan->n_records == 0;
			if (!csv->scan->undecided && (!is_last || *used == text.length))
				continue;
		}
		if (!keep_by_libcsv(csv, batch, text, at_end, used, &cut, err))
			return false;
	}
	return true;
}

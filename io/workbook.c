#include "io/workbook.h"

#include <assert.h>

#include "base/mem.h"

#ifdef HAVE_XLSX
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/day.h"
#include "io/archive.h"
#include "io/real.h"
#include "io/shown.h"

/* What a column's cells had, for its width and its colours. */
struct sheet_column {
	lxw_format *format;
	size_t width;
	bool is_shaded;
	struct {
		double value;
		unsigned shade;
	} least, greatest; /* of the shaded cells */
	bool has_negative;
};

struct workbook_sheet {
	lxw_worksheet *page;
	const struct table_sheet *table;
	struct sheet_column *columns;
	uint32_t n_rows;
	lxw_format *head[2]; /* to the left, to the right */
	struct cell *cells;
	struct buffer text; /* of a cell, with a NUL at its end */
	struct workbook_sheet *next;
};

struct workbook {
	FILE *scratch; /* has no name: it is gone with the process */
	lxw_workbook *book;
	struct workbook_sheet *sheets;
};

static bool fail_scratch(struct error *err)
{
	return error_set(err, ERROR_SYSTEM,
		"cannot put the workbook together in TMPDIR or /tmp: %s (make room there)",
		errno != 0 ? strerror(errno) : "a part is not whole");
}

/* The time of making is the first that a zip file can have, not the clock's. */
static void set_properties(lxw_workbook *book)
{
	enum { YEAR_1980 = 315532800 };
	lxw_doc_properties properties = {.created = YEAR_1980, .author = "patron"};
	workbook_set_properties(book, &properties);
}

/* A file without a name where libxlsxwriter keeps its own; tmpfile() heeds no TMPDIR. */
static FILE *unnamed_in(const char *folder)
{
	struct buffer path = {0};
	buffer_format(&path, "%s/patron.XXXXXX", folder);
	buffer_byte(&path, '\0');
	int file = mkostemp(path.bytes, O_CLOEXEC);
	FILE *scratch = file < 0 ? NULL : fdopen(file, "w+b");
	if (file >= 0)
		unlink(path.bytes);
	if (file >= 0 && scratch == NULL)
		close(file);
	buffer_release(&path);
	return scratch;
}

static FILE *unnamed(void)
{
	const char *asked = getenv("TMPDIR");
	FILE *scratch = asked != NULL && asked[0] != '\0' ? unnamed_in(asked) : NULL;
	return scratch != NULL ? scratch : unnamed_in("/tmp");
}

struct workbook *workbook_open(struct error *err)
{
	FILE *scratch = unnamed();
	if (scratch == NULL) {
		fail_scratch(err);
		return NULL;
	}
	char path[32];
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(scratch));
	lxw_workbook_options options = {.constant_memory = LXW_TRUE};
	lxw_workbook *book = workbook_new_opt(path, &options);
	if (book == NULL) {
		fclose(scratch);
		fail_scratch(err);
		return NULL;
	}
	set_properties(book);
	struct workbook *workbook = mem_zeroed(1, sizeof(*workbook));
	workbook->scratch = scratch;
	workbook->book = book;
	return workbook;
}

/* ---- formats ---- */

static lxw_format *cell_format(lxw_workbook *book, const struct table_sheet *table, size_t column)
{
	static const char zeros[] = "000000";
	char decimals[32];
	const struct column *of = &table->columns[column];
	lxw_format *format = workbook_add_format(book);
	switch (of->kind) {
	case COLUMN_TEXT: /* stays text when it is edited */
		format_set_num_format(format, "@");
		break;
	case COLUMN_DAY:
		format_set_num_format(format, "yyyy-mm-dd");
		break;
	case COLUMN_COUNT:
		format_set_num_format(format, "#,##0");
		break;
	case COLUMN_MONEY:
		snprintf(decimals, sizeof(decimals), "#,##0%s%.*s",
			table->money_decimals > 0 ? "." : "", table->money_decimals, zeros);
		format_set_num_format(format, decimals);
		break;
	case COLUMN_REAL:
		if (strcmp(of->unit, "share") == 0)
			format_set_num_format(format, "0.0%");
		else if (strcmp(of->unit, "%") == 0)
			format_set_num_format(format, "0.00");
		break;
	case COLUMN_WRITTEN:
		break;
	}
	return format;
}

static lxw_format *head_format(lxw_workbook *book, uint8_t side)
{
	lxw_format *format = workbook_add_format(book);
	format_set_bold(format);
	format_set_bottom(format, LXW_BORDER_THIN);
	format_set_align(format, side);
	return format;
}

/* ---- text ---- */

/* A place of the text that XML cannot hold, or that a reader would take for such a place; returns
 * how many bytes it has, or 0. ECMA-376, 22.9.2.19: written _xHHHH_. */
static size_t unfit_character(struct text text, size_t i, unsigned *code)
{
	unsigned char c = (unsigned char)text.at[i];
	size_t rest = text.length - i;
	*code = c;
	if (c < ' ' && c != '\t' && c != '\n')
		return 1;
	if (c == 0xEF && rest >= 3 && memcmp(text.at + i, "\xEF\xBF", 2) == 0 &&
		(unsigned char)text.at[i + 2] >= 0xBE) {
		*code = 0xFF40U + (unsigned char)text.at[i + 2];
		return 3;
	}
	bool is_escape = c == '_' && rest >= 7 && text.at[i + 1] == 'x' && text.at[i + 6] == '_';
	for (size_t k = 2; is_escape && k < 6; k++)
		is_escape = strchr("0123456789abcdefABCDEF", text.at[i + k]) != NULL &&
			    text.at[i + k] != '\0';
	return is_escape ? 1 : 0;
}

static const char *in_xml(struct buffer *room, struct text text)
{
	room->length = 0;
	for (size_t i = 0; i < text.length;) {
		unsigned code;
		size_t length = unfit_character(text, i, &code);
		if (length == 0)
			buffer_byte(room, text.at[i++]);
		else
			buffer_format(room, "_x%04X_", code);
		i += length;
	}
	buffer_byte(room, '\0');
	return room->bytes;
}

/* ---- cells ---- */

/* Days since 1899-12-30; a spreadsheet's year 1900 has a 29 February, so that all agree only from
 * March on. */
enum { EPOCH = 25569, FIRST_DATE = 61 };

static lxw_error write_text(
	struct workbook_sheet *sheet, lxw_row_t row, size_t column, struct text text)
{
	return worksheet_write_string(sheet->page, row, (lxw_col_t)column,
		in_xml(&sheet->text, text), sheet->columns[column].format);
}

static double number_of(const struct table_sheet *table, size_t column, const struct cell *cell)
{
	char room[CELL_ROOM];
	switch (table->columns[column].kind) {
	case COLUMN_DAY:
		return cell->day + EPOCH;
	case COLUMN_COUNT:
		return (double)cell->count;
	case COLUMN_MONEY:
		return money_as_real(cell->money);
	case COLUMN_REAL:
		if (table->digits == REAL_SHORTEST)
			return cell->real;
		room[real_write(cell->real, table->digits, room)] = '\0';
		return strtod(room, NULL);
	case COLUMN_WRITTEN:
		return written_value(table, cell);
	case COLUMN_TEXT:
		break;
	}
	return 0;
}

static lxw_error write_cell(
	struct workbook_sheet *sheet, lxw_row_t row, size_t column, const struct cell *cell)
{
	const struct table_sheet *table = sheet->table;
	enum column_kind kind = table->columns[column].kind;
	char room[DAY_TEXT_SIZE];
	if (kind == COLUMN_TEXT)
		return write_text(sheet, row, column, cell->text);
	if (kind == COLUMN_DAY && cell->day + EPOCH < FIRST_DATE)
		return write_text(sheet, row, column, text_of(day_write(cell->day, room)));
	return worksheet_write_number(sheet->page, row, (lxw_col_t)column,
		number_of(table, column, cell), sheet->columns[column].format);
}

/* As people see it: reals with four digits, thousands parted. */
static size_t width_of(const struct table_sheet *table, size_t column, const struct cell *cell)
{
	enum column_kind kind = table->columns[column].kind;
	char room[CELL_ROOM];
	if (kind_has_text(kind))
		return shown_width(cell->text);
	if (kind == COLUMN_REAL)
		return real_write_padded(cell->real, 4, room);
	size_t width = cell_write(room, table, kind, cell);
	return kind == COLUMN_DAY ? width : width + (width - 1) / 3;
}

static void see_cell(struct workbook_sheet *sheet, size_t column, const struct cell *cell)
{
	struct sheet_column *seen = &sheet->columns[column];
	size_t width = width_of(sheet->table, column, cell);
	if (width > seen->width)
		seen->width = width;
	if (sheet->table->columns[column].kind == COLUMN_TEXT)
		return;
	double value = number_of(sheet->table, column, cell);
	seen->has_negative |= value < 0;
	if (cell->shade == 0)
		return;
	if (!seen->is_shaded || value < seen->least.value) {
		seen->least.value = value;
		seen->least.shade = cell->shade;
	}
	if (!seen->is_shaded || value > seen->greatest.value) {
		seen->greatest.value = value;
		seen->greatest.shade = cell->shade;
	}
	seen->is_shaded = true;
}

static bool check(struct workbook_sheet *sheet, lxw_error status, size_t column, struct error *err)
{
	if (status == LXW_NO_ERROR)
		return true;
	if (status == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
		return error_set(err, ERROR_NUMBERS,
			"row %u, column '%s': a text is longer than the 32,767 characters that a"
			" cell of xlsx holds (-f csv has no bound)",
			sheet->n_rows + 1, sheet->table->columns[column].name);
	return error_set(err, ERROR_SYSTEM, "cannot write the workbook: %s", lxw_strerror(status));
}

static bool is_blank(const struct table_sheet *table, size_t column, const struct cell *cell)
{
	bool has_text = kind_has_text(table->columns[column].kind);
	return cell->empty || (has_text && cell->text.length == 0);
}

static bool write_row(struct workbook_sheet *sheet, struct error *err)
{
	for (size_t i = 0; i < sheet->table->n_columns; i++) {
		if (is_blank(sheet->table, i, &sheet->cells[i]))
			continue;
		lxw_error status = write_cell(sheet, sheet->n_rows + 1, i, &sheet->cells[i]);
		if (!check(sheet, status, i, err))
			return false;
		see_cell(sheet, i, &sheet->cells[i]);
	}
	sheet->n_rows++;
	return true;
}

bool workbook_rows(struct workbook_sheet *sheet, table_fill *fill, const void *rows, size_t n_rows,
	struct error *err)
{
	enum { MOST_ROWS = LXW_ROW_MAX - 1 };
	if (n_rows > MOST_ROWS - sheet->n_rows)
		return error_set(err, ERROR_NUMBERS,
			"%llu rows are more than the 1,048,575 of a sheet (-f csv has no bound;"
			" or --top)",
			(unsigned long long)sheet->n_rows + n_rows);
	for (size_t row = 0; row < n_rows; row++) {
		fill_cells(sheet->table, fill, rows, row, sheet->cells);
		if (!write_row(sheet, err))
			return false;
	}
	return true;
}

/* ---- sheets ---- */

static bool write_head(struct workbook_sheet *sheet, struct error *err)
{
	const struct table_sheet *table = sheet->table;
	for (size_t i = 0; i < table->n_columns; i++) {
		struct text name = text_of(table->columns[i].name);
		sheet->columns[i].width = shown_width(name);
		lxw_error status = worksheet_write_string(sheet->page, 0, (lxw_col_t)i,
			in_xml(&sheet->text, name),
			sheet->head[kind_is_number(table->columns[i].kind)]);
		if (!check(sheet, status, i, err))
			return false;
	}
	worksheet_freeze_panes(sheet->page, 1, 0);
	return true;
}

struct workbook_sheet *workbook_add(struct workbook *workbook, const char *name,
	const struct table_sheet *table, struct error *err)
{
	if (table->n_columns > LXW_COL_MAX) {
		error_set(err, ERROR_NUMBERS,
			"%zu columns are more than the 16,384 of a sheet (-f csv has no bound)",
			table->n_columns);
		return NULL;
	}
	lxw_worksheet *page = workbook_add_worksheet(workbook->book, name);
	assert(page != NULL);
	struct workbook_sheet *sheet = mem_zeroed(1, sizeof(*sheet));
	*sheet = (struct workbook_sheet){
		.page = page,
		.table = table,
		.columns = mem_zeroed(table->n_columns, sizeof(*sheet->columns)),
		.head = {head_format(workbook->book, LXW_ALIGN_LEFT),
			head_format(workbook->book, LXW_ALIGN_RIGHT)},
		.cells = mem_array(table->n_columns, sizeof(*sheet->cells)),
		.next = workbook->sheets,
	};
	workbook->sheets = sheet;
	for (size_t i = 0; i < table->n_columns; i++)
		sheet->columns[i].format = cell_format(workbook->book, table, i);
	return write_head(sheet, err) ? sheet : NULL;
}

/* ---- colours ---- */

enum { PALE = 0xE3F4F2, DEEP = 0x4DB6AC };

static void add_scale(struct workbook_sheet *sheet, size_t from, size_t to)
{
	struct sheet_column all = sheet->columns[from];
	for (size_t i = from + 1; i < to; i++) {
		const struct sheet_column *one = &sheet->columns[i];
		if (one->least.value < all.least.value)
			all.least = one->least;
		if (one->greatest.value > all.greatest.value)
			all.greatest = one->greatest;
	}
	bool is_reversed = all.least.shade > all.greatest.shade;
	lxw_conditional_format scale = {
		.type = LXW_CONDITIONAL_2_COLOR_SCALE,
		.min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
		.max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
		.min_value = all.least.value,
		.max_value = all.greatest.value,
		.min_color = is_reversed ? DEEP : PALE,
		.max_color = is_reversed ? PALE : DEEP,
	};
	if (all.least.value < all.greatest.value)
		worksheet_conditional_format_range(sheet->page, 1, (lxw_col_t)from, sheet->n_rows,
			(lxw_col_t)(to - 1), &scale);
}

static void add_scales(struct workbook_sheet *sheet)
{
	const struct column *columns = sheet->table->columns;
	size_t n = sheet->table->n_columns;
	for (size_t i = 0, end; i < n; i = end) {
		end = i + 1;
		if (!sheet->columns[i].is_shaded)
			continue;
		while (end < n && sheet->columns[end].is_shaded &&
			strcmp(columns[end].meaning, columns[i].meaning) == 0)
			end++;
		add_scale(sheet, i, end);
	}
}

static void add_bars(struct workbook_sheet *sheet)
{
	lxw_conditional_format bar = {
		.type = LXW_CONDITIONAL_DATA_BAR,
		.data_bar_2010 = LXW_TRUE,
		.bar_solid = LXW_TRUE,
		.bar_color = DEEP,
		.min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
		.min_value = 0,
	};
	for (size_t i = 0; i < sheet->table->n_columns; i++)
		if (column_is_share(&sheet->table->columns[i]) && !sheet->columns[i].has_negative)
			worksheet_conditional_format_range(
				sheet->page, 1, (lxw_col_t)i, sheet->n_rows, (lxw_col_t)i, &bar);
}

static void finish_sheet(struct workbook_sheet *sheet)
{
	enum { ROOM = 2, WIDEST = 60 }; /* in characters */
	for (size_t i = 0; i < sheet->table->n_columns; i++) {
		size_t width = sheet->columns[i].width + ROOM;
		worksheet_set_column(sheet->page, (lxw_col_t)i, (lxw_col_t)i,
			(double)(width < WIDEST ? width : WIDEST), NULL);
	}
	if (sheet->n_rows == 0)
		return;
	add_scales(sheet);
	add_bars(sheet);
}

/* ---- the file ---- */

/* The library tells its failures to standard error itself; what they are is told by our own. */
static lxw_error close_silently(lxw_workbook *book)
{
	int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (kept >= 0 && nowhere >= 0)
		dup2(nowhere, STDERR_FILENO);
	lxw_error status = workbook_close(book);
	int reason = errno;
	if (kept >= 0 && nowhere >= 0)
		dup2(kept, STDERR_FILENO);
	if (kept >= 0)
		close(kept);
	if (nowhere >= 0)
		close(nowhere);
	errno = reason;
	return status;
}

static bool copy(FILE *from, struct output *output, struct error *err)
{
	enum { BLOCK = 256 * 1024 };
	char *bytes = mem_array(BLOCK, 1);
	size_t n;
	bool good = true;
	rewind(from);
	while (good && (n = fread(bytes, 1, BLOCK, from)) > 0)
		good = output_write(output, bytes, n, err);
	mem_free(bytes);
	return good && (!ferror(from) || fail_scratch(err));
}

bool workbook_write(struct workbook *workbook, struct output *output, struct error *err)
{
	for (struct workbook_sheet *sheet = workbook->sheets; sheet != NULL; sheet = sheet->next)
		finish_sheet(sheet);
	errno = 0;
	lxw_error status = close_silently(workbook->book);
	workbook->book = NULL;
	if (status != LXW_NO_ERROR)
		return fail_scratch(err);
	return (archive_is_whole(workbook->scratch) || fail_scratch(err)) &&
	       copy(workbook->scratch, output, err);
}

void workbook_free(struct workbook *workbook)
{
	if (workbook == NULL)
		return;
	while (workbook->sheets != NULL) {
		struct workbook_sheet *sheet = workbook->sheets;
		workbook->sheets = sheet->next;
		mem_free(sheet->columns);
		mem_free(sheet->cells);
		buffer_release(&sheet->text);
		mem_free(sheet);
	}
	if (workbook->book != NULL)
		lxw_workbook_free(workbook->book);
	fclose(workbook->scratch);
	mem_free(workbook);
}

const char *workbook_library(void)
{
	return "libxlsxwriter " LXW_VERSION;
}

#else

struct workbook *workbook_open(struct error *err)
{
	error_set(err, ERROR_SYSTEM, "this build writes no xlsx");
	return NULL;
}

struct workbook_sheet *workbook_add(struct workbook *workbook, const char *name,
	const struct table_sheet *table, struct error *err)
{
	(void)workbook, (void)name, (void)table, (void)err;
	return NULL;
}

bool workbook_rows(struct workbook_sheet *sheet, table_fill *fill, const void *rows, size_t n_rows,
	struct error *err)
{
	(void)sheet, (void)fill, (void)rows, (void)n_rows, (void)err;
	return false;
}

bool workbook_write(struct workbook *workbook, struct output *output, struct error *err)
{
	(void)workbook, (void)output, (void)err;
	return false;
}

void workbook_free(struct workbook *workbook)
{
	assert(workbook == NULL);
}

const char *workbook_library(void)
{
	return NULL;
}

#endif

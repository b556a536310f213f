/* Inside io/table: what its writers share.
 *
 * A row writer turns a row into bytes by itself (csv, tsv, json, jsonl). An aligned writer (text,
 * md) first turns cells into texts; lines are laid out when the widths of all are known. Writers
 * hold no state, so that blocks of rows can be written on several threads.
 */
#ifndef IO_TABLE_WRITER_H
#define IO_TABLE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "io/output.h"
#include "io/real.h"
#include "io/table.h"

struct table_sheet {
	const struct column *columns;
	size_t n_columns;
	int digits;         /* REAL_SHORTEST, or how many */
	bool padded_digits; /* with zeros at the end, for people */
	int money_decimals;
	char decimal;
	struct text thousands;
	size_t line_width;       /* 0: no bound */
	bool excel_safe;         /* csv */
	bool fits;               /* lines are made no wider than that, and shares have bars */
	bool colour;             /* shades are kept */
	const struct text *keys; /* what stands before the cells, when the writer has it */
};

struct row_writer {
	void (*head)(struct buffer *bytes, const struct table_sheet *sheet);
	/* number counts the rows from 0. */
	void (*row)(struct buffer *bytes, const struct table_sheet *sheet, const struct cell *cells,
		uint64_t number);
	void (*tail)(struct buffer *bytes, const struct table_sheet *sheet);
	/* For sheet.keys, so that names are not escaped anew in every row; or NULL. */
	void (*key)(struct buffer *bytes, const struct column *columns, size_t column);
};

/* A line is n_columns texts that follow each other, with their lengths in bytes; shades and shares
 * are those of the cells, or NULL. */
struct aligned_cells {
	const char *texts;
	const uint32_t *lengths;
	const unsigned char *shades;
	const float *shares;
};

/* How the columns stand on lines. Where a line does not hold them all, the table is parted into
 * panels, one below the other, each with the key columns before its own. */
struct layout {
	size_t *widths;      /* of every column, with its bar */
	size_t *bars;        /* of them, how much is the bar and the blank before it; 0: no bar */
	float *largest;      /* share of the column, which has the longest bar */
	size_t gap;          /* blanks between columns */
	size_t n_head_lines; /* that the longest name takes */
	size_t n_keys;
	size_t *ends; /* of each panel, the column after its last; the first begins with the keys */
	size_t n_panels;
	bool has_sentences; /* in the last column: they find their place below, if need be */
};

/* From the widths that the names and the cells take; the shares are the largest of each column,
 * below 0 where there can be no bars. */
void layout_init(struct layout *layout, const struct table_sheet *sheet, const size_t *name_widths,
	const size_t *cell_widths, const float *largest);
void layout_release(struct layout *layout);
/* Part of a name that is wider than its column: it is broken after underscores. Of n_lines lines,
 * the names stand on the last. */
struct text layout_name_line(struct text name, size_t width, size_t line, size_t n_lines);

typedef void aligned_line(struct buffer *bytes, const struct table_sheet *sheet,
	const struct layout *layout, size_t panel, struct aligned_cells cells);

struct aligned_writer {
	void (*text)(struct buffer *bytes, struct text text);
	const char *empty; /* what an empty cell shows */
	size_t least_width;
	aligned_line *head; /* of the names */
	aligned_line *row;
};

extern const struct row_writer csv_writer, tsv_writer, json_writer, jsonl_writer, html_writer;
extern const struct aligned_writer text_writer, md_writer;

/* Writes a cell that is neither empty nor text into room for CELL_ROOM bytes; returns its length.
 */
enum { CELL_ROOM = 48 };
size_t cell_write(char *room, const struct table_sheet *sheet, enum column_kind kind,
	const struct cell *cell);

/* Money, counts, reals and written numbers: what stands to the right. */
bool kind_is_number(enum column_kind kind);

/* Whose cells are texts. */
static inline bool kind_has_text(enum column_kind kind)
{
	return kind == COLUMN_TEXT || kind == COLUMN_WRITTEN;
}

/* The number that a written one is. */
double written_value(const struct table_sheet *sheet, const struct cell *cell);

/* Shares of a whole: reals in %. */
bool column_is_share(const struct column *column);

/* Blanks before or after the text, up to width columns. */
enum side { SIDE_LEFT, SIDE_RIGHT };
void write_aligned(struct buffer *bytes, struct text text, size_t width, enum side side);

/* The whole page around the rows that html_writer wrote: n_shown of n_rows. */
void html_write(struct buffer *bytes, const struct table_sheet *sheet,
	const struct table_page *page, struct text rows, uint64_t n_shown, uint64_t n_rows);

/* Rows that one thread writes at a time. */
size_t rows_per_block(const struct table_sheet *sheet);

/* The cells come to fill() all zero. */
void fill_cells(const struct table_sheet *sheet, table_fill *fill, const void *rows, size_t row,
	struct cell *cells);

/* The rows of an aligned table, as the texts of their cells, until the last is known. */
struct gathering;

struct gathering *gathering_open(
	const struct aligned_writer *writer, const struct table_sheet *sheet);
void gathering_rows(struct gathering *gathering, table_fill *fill, const void *rows, size_t n_rows,
	unsigned threads);
bool gathering_write(
	struct gathering *gathering, unsigned threads, struct output *output, struct error *err);
void gathering_release(struct gathering *gathering); /* takes NULL */

/* The first rows in the order of one column, at most limit of them: largest first, text in
 * ascending order, empty cells last; ties by the first column, ascending, then as they came. */
struct ranking;

struct ranking *ranking_open(const struct table_sheet *sheet, size_t by, uint64_t limit);
void ranking_rows(struct ranking *ranking, table_fill *fill, const void *rows, size_t n_rows);
/* Puts them in order and says how many there are; ranking_fill() then takes the ranking as rows. */
size_t ranking_sort(struct ranking *ranking);
table_fill ranking_fill;
void ranking_release(struct ranking *ranking); /* takes NULL */

#endif

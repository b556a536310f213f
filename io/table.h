/* Results -> a table on a file or on standard output.
 *
 * A command describes its columns as data and hands over rows by number; the table asks for the
 * cells of a row when it writes it. So a writer may go over the rows twice (text and md find the
 * widths first), sort and cut them (--top, --by), or format them on several threads, and nobody
 * copies the results.
 *
 *	static const struct column columns[] = {
 *		{"customer", COLUMN_TEXT, "", "the customer's id"},
 *		{"orders", COLUMN_COUNT, "orders", "distinct orders"},
 *	};
 *	static void fill(const void *rows, size_t row, struct cell *cells) { ... }
 *
 *	struct table *table = table_open(&style, columns, 2, err);
 *	if (table == NULL)
 *		return false;
 *	if (!table_rows(table, fill, rows, n_rows, err)) {
 *		table_discard(table);
 *		return false;
 *	}
 *	return table_close(table, err);
 *
 * Streams of unknown length call table_rows() again and again; text and md then keep the cells'
 * texts until the end, csv, tsv, json and jsonl write as they go. html is a page with a title,
 * charts and the table; it holds the first HTML_ROWS rows and says of how many, unless top asks for
 * more: a page of a million rows opens in no browser.
 *
 * csv is RFC 4180 with LF line ends and quotes where they are needed: around a delimiter, a quote,
 * CR, LF, and blanks at an end, which readers drop. tsv writes tab, line feed, carriage return and
 * backslash inside a text as \t \n \r \\. json is an array of objects, one a line; jsonl the
 * objects alone; an empty cell is null. csv that is safe for spreadsheets begins with a byte order
 * mark, and a text that one would take for a formula has an apostrophe before it: where the text,
 * or what follows a semicolon, tab or line end in it, begins with = + - @, a tab, CR or LF, or one
 * of the four signs in full width; but a text that is a negative number stays one. text and md show
 * control characters as question marks and align by the columns that characters take on a terminal;
 * an empty cell is a dash in text. Shades make a heat map of text, and are nothing anywhere else.
 *
 * xlsx is a workbook with one sheet: see io/workbook.h.
 *
 * A text table that is to fit a terminal breaks long names after underscores, then shortens texts
 * (never numbers or days) with an ellipsis, and at last goes on below: each part has the first
 * columns again. Columns of shares have small bars where there is room.
 */
#ifndef IO_TABLE_H
#define IO_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/money.h"
#include "base/text.h"

enum column_kind {
	COLUMN_TEXT,
	COLUMN_DAY,     /* days since 1970-01-01, written YYYY-MM-DD */
	COLUMN_COUNT,   /* whole numbers */
	COLUMN_MONEY,   /* micro-units, written with style.money_decimals */
	COLUMN_REAL,    /* doubles; NaN is a bug of the caller, an unknown value is an empty cell */
	COLUMN_WRITTEN, /* texts that are numbers, as an input wrote them with style.decimal and
			   style.thousands: 28.60; json, jsonl and xlsx hold the double that each is
			 */
};

struct column {
	const char *name;
	enum column_kind kind;
	const char *unit; /* "" where there is none; reals in "%" are shares of a whole */
	const char *meaning;
};

enum { TABLE_SHADES = 9 }; /* of a heat map, from 1, the palest */

struct cell {
	bool empty;          /* an empty field in csv, null in json */
	unsigned char shade; /* of the ground; 0: none */
	union {
		struct text text; /* borrowed until the call that took the row returns */
		int32_t day;
		int64_t count;
		money_sum money;
		double real;
	};
};

/* What the methods do not know they call NaN: an empty cell. */
struct cell real_cell(double value);

enum table_format {
	FORMAT_AUTO, /* from the ending of path; else text on a terminal, csv otherwise */
	FORMAT_TEXT,
	FORMAT_CSV,
	FORMAT_TSV,
	FORMAT_JSON,
	FORMAT_JSONL,
	FORMAT_MD,
	FORMAT_HTML,
	FORMAT_SVG, /* a chart: see io/plot.h; no table is opened with it */
	FORMAT_XLSX,
};

enum { HTML_ROWS = 1000 };

struct plot;

/* What an html page says around its table; borrowed until the table is closed. */
struct table_page {
	const char *title, *lead, *caption, *footer;
	struct plot *const *plots;
	size_t n_plots;
};

struct table_style {
	enum table_format format;
	const char *name;      /* what the rows are about, for the sheet of xlsx */
	const char *path;      /* NULL or "-": standard output; an ending .gz compresses */
	int digits;            /* significant digits of reals, 1 to 17; -1: shortest that reads back
				  the same in csv, tsv, json and jsonl, 4 in text, md and html */
	int money_decimals;    /* 0 to 6 */
	char decimal;          /* of written numbers: '.' or ',' */
	struct text thousands; /* in them; length 0: no separator */
	bool colour;           /* shades are shown, in text */
	int64_t top;           /* only the first top rows; -1: all */
	const char *by;        /* the column to sort by; NULL: rows as they come */
	unsigned threads;      /* for formatting; the bytes are the same for any number */
	size_t line_width; /* text: a last column that is text is wrapped at blanks so that lines
			      are no wider, if there is room for words; 0: as wide as they are */
	bool excel_safe;   /* csv: no text is a formula to a spreadsheet */
	bool fits;         /* text: all lines are made no wider, and shares have bars */
	const struct table_page *page; /* html: what stands around the table */
};

/* By its name in the options: auto, text, csv, tsv, json, jsonl, md, html, svg, xlsx. */
bool table_format_of(struct text name, enum table_format *format);

/* From the ending of a path; FORMAT_AUTO where it says nothing. NULL is standard output. */
enum table_format table_format_of_path(const char *path);

/* ERROR_USAGE for a path whose ending promises a format that is not written, such as .xlsx: a
 * workbook that holds CSV opens nowhere. NULL is standard output. */
bool table_check_ending(const char *path, struct error *err);

/* Sets cells[0..n_columns) of the row, which are all zero; must be safe to call from several
 * threads. */
typedef void table_fill(const void *rows, size_t row, struct cell *cells);

struct table;

/* NULL, with err set, when the file cannot be made, or by names no column (ERROR_USAGE, with the
 * nearest name). The columns must outlive the table.
 *
 * By a column, numbers and days stand in descending order, text in ascending order, bytewise,
 * empty cells last; ties are broken by the first column, ascending, then by the order in which the
 * rows came. No more than top rows are held. */
struct table *table_open(const struct table_style *style, const struct column *columns,
	size_t n_columns, struct error *err);

/* For a table that is opened, so that a wrong name fails early, before the input has shown how
 * many decimals its money has. Comes before the first rows. */
void table_set_money_decimals(struct table *table, int decimals);

/* Whether --by can name it; ERROR_USAGE, as table_open() has it. */
bool table_has_column(
	const char *name, const struct column *columns, size_t n_columns, struct error *err);

bool table_rows(
	struct table *table, table_fill *fill, const void *rows, size_t n_rows, struct error *err);
/* Puts every byte on the disk, so that table_close() has only to give it its place: for a table
 * that is to be there only with another one. No rows after it. */
bool table_complete(struct table *table, struct error *err);
/* Completes the output and puts it in its place; frees the table also when it fails. */
bool table_close(struct table *table, struct error *err);
/* Gives up: nothing is left of a file. Takes NULL. */
void table_discard(struct table *table);

#endif

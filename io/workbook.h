/* Tables as sheets of a spreadsheet (.xlsx: ECMA-376), through libxlsxwriter. A build without that
 * has these too: workbook_open() then fails and says so.
 *
 *	struct workbook *workbook = workbook_open(err);
 *	struct workbook_sheet *sheet = workbook_add(workbook, "rfm", &table_sheet, err);
 *	bool good = sheet != NULL && workbook_rows(sheet, fill, rows, n_rows, err) &&
 *		    workbook_write(workbook, output, err);
 *	workbook_free(workbook);
 *
 * Cells have types: days are dates, counts, money and reals are numbers with a format, text is text
 * whatever it looks like, so that 00042 keeps its zeros and =1+1 is no formula. Numbers have the 15
 * to 16 digits that spreadsheets keep; days before March 1900, which spreadsheets do not agree on,
 * are text. The header stays when the rows scroll; columns are as wide as their cells; where cells
 * have shades, their columns get a colour scale from the least to the greatest of them, the other
 * way round where the palest is the greatest; adjacent columns with one meaning share a scale.
 * Shares have bars.
 *
 * The same tables give the same bytes. The sheets wait on the disk, in TMPDIR or /tmp, until
 * workbook_write(), which looks whether every part is whole: the library does not say when that
 * disk was full.
 */
#ifndef IO_WORKBOOK_H
#define IO_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/output.h"
#include "io/table.h"
#include "io/table_writer.h"

struct workbook;
struct workbook_sheet;

/* ERROR_SYSTEM, also where the library is not built in. */
struct workbook *workbook_open(struct error *err);

/* One more sheet, which belongs to the workbook; the name has at most 31 characters, none of them
 * []:*?/\. ERROR_NUMBERS for more columns than the 16,384 of a sheet. */
struct workbook_sheet *workbook_add(struct workbook *workbook, const char *name,
	const struct table_sheet *table, struct error *err);

/* ERROR_NUMBERS for more rows than the 1,048,575 that a sheet has below its header, and for a text
 * of more than 32,767 characters, the most that a cell holds. */
bool workbook_rows(struct workbook_sheet *sheet, table_fill *fill, const void *rows, size_t n_rows,
	struct error *err);

/* Puts it together; nothing comes after. Everything is ERROR_SYSTEM. */
bool workbook_write(struct workbook *workbook, struct output *output, struct error *err);
void workbook_free(struct workbook *workbook); /* takes NULL */

const char *workbook_library(void); /* name and version, or NULL when it is not built in */

#endif

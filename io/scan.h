/* The fast path of the CSV reader: finds delimiters and line feeds outside quotes, 64 bytes at a
 * time.
 *
 * What it promises: every record it returns is one that libcsv reads the same way, with the same
 * fields, but for the blanks around unquoted fields and the doubled quotes inside quoted ones,
 * which the caller trims and halves. It stops before a record that it cannot decide: a quote that
 * neither opens nor closes a whole field, a CR that is not followed by LF. That record is libcsv's,
 * and the scan goes on after it.
 *
 *	struct scan *scan = scan_open(',');
 *	scan_text(scan, text, begin);
 *	scan_find_ends(scan, text);
 *	for (size_t r = 0; r < scan->n_records; r++)
 *		... separators[r == 0 ? 0 : ends[r - 1] + 1] to separators[ends[r]] ...
 *	begin = scan->end;                 if (scan->undecided) libcsv reads the record there
 *
 * How, and what each trick bought (10 million rows, 774 MB, of 3.5 s on one thread): one comparison
 * a byte class gives a 64-bit mask of its places (AVX2, NEON, or plain C with 8 bytes at a time);
 * the places inside quotes are the prefix sums modulo 2 of the quotes, one carry-less
 * multiplication by -1; all that is wrong about quotes is a few shifts and ands away, so quoted
 * fields cost no branch. Where records end is not noted but counted, as regular records have their
 * line feeds at regular places: no branch depends on it. bench/RESULTS.md has the figures.
 */
#ifndef IO_SCAN_H
#define IO_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct scan {
	uint32_t *separators; /* places in the text of delimiters and line feeds outside quotes */
	uint32_t *ends; /* of each record: the index in separators of its line feed; see below */
	size_t n_separators, n_records; /* the last separator is the last record's line feed */
	size_t end;          /* behind the last record's line feed; begin when there is none */
	bool undecided;      /* the record at end is libcsv's to read */
	bool has_line_feeds; /* inside quotes */
	bool has_wide;       /* perhaps bytes over 127; false: none */
	char delimiter;
};

struct scan *scan_open(char delimiter);

/* Scans from begin, a record's start, for some tens of kilobytes, up to the end of the text, or to
 * a record it cannot decide. n_records 0 and not undecided: no record ends in what is left. */
void scan_text(struct scan *scan, struct text text, size_t begin);

/* Sets ends, for records that need not have the same number of fields. */
void scan_find_ends(struct scan *scan, struct text text);

void scan_close(struct scan *scan); /* takes NULL */

/* The ways to scan on this machine, best first, by name; NULL at the end. */
const char *const *scan_ways(void);

/* Takes another way than the best: a diagnostic, the results are the same. False when there is no
 * such way here. Before scan_open(). */
bool scan_choose(const char *way);
const char *scan_way(void);

#endif

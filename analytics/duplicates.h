/* Rows that are byte for byte equal to one before them: how many, and the first.
 *
 *	struct duplicates *duplicates = duplicates_new(10 * 1000 * 1000);
 *	duplicates_add(duplicates, rows, places, n);      any thread, any order, again and again
 *	struct duplicates_found found = duplicates_finish(duplicates, n_threads);
 *	... found.repeats rows, the first at found.first_repeat, equal to that at found.repeated
 *	duplicates_free(duplicates);
 *
 * Rows are told apart by the 128-bit XXH3 hash of their bytes: among n different rows two are taken
 * for one with a probability below n^2 / 2^129. Memory: 24 bytes a row that is looked at, at most
 * most of them. When there are more, the hash decides which are looked at, one in 2, 4, 8, ...:
 * then equal rows are looked at all together or not at all, so that the share of repeats among
 * those looked at estimates that among all rows. Nothing depends on the order of the rows.
 */
#ifndef ANALYTICS_DUPLICATES_H
#define ANALYTICS_DUPLICATES_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct duplicates;

struct duplicates_found {
	int64_t rows;          /* looked at */
	int64_t one_in;        /* of so many rows one is looked at; 1: all are */
	int64_t repeats;       /* of those looked at: rows that are equal to an earlier one */
	int64_t groups;        /* different rows that have repeats */
	uint64_t first_repeat; /* its place, when repeats > 0 */
	uint64_t repeated;     /* the place of the first row that is equal to it */
};

struct duplicates *duplicates_new(size_t most);

/* Thread-safe. places: see base/place.h. */
void duplicates_add(
	struct duplicates *duplicates, const struct text *rows, const uint64_t *places, size_t n);

/* Nothing may be added after it. */
struct duplicates_found duplicates_finish(struct duplicates *duplicates, unsigned n_threads);

void duplicates_free(struct duplicates *duplicates); /* takes NULL */

#endif

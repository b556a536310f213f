/* Ids that are most likely one customer's, written in two ways.
 *
 *	struct alike_ids alike = alike_ids_find(ids, n_ids, ALIKE_LETTERS, n_threads);
 *	... alike.groups 1, alike.ids 2, alike.examples[0] "Ab 12" and "ab12"
 *
 * ALIKE_LETTERS: the same but for case, blanks, invisible characters, and the forms of a letter
 * (full width, composed or not): NFKC_Casefold of the Unicode standard, blanks left out.
 * ALIKE_NUMBERS: whole numbers that are the same but for zeros in front, or .0 behind, as
 * spreadsheets leave and add them: 00042, 42, 42.0.
 *
 * Ids must differ from each other; their order does not matter. They are compared by 64-bit hashes
 * of what is left: among n ids two are taken for alike with a probability below n^2 / 2^65. Memory:
 * at most 25 bytes an id, given back at the end.
 */
#ifndef ANALYTICS_ALIKE_IDS_H
#define ANALYTICS_ALIKE_IDS_H

#include <stddef.h>

#include "base/text.h"

enum alike_rule { ALIKE_LETTERS, ALIKE_NUMBERS };

enum { ALIKE_EXAMPLES = 3 };

struct alike_ids {
	size_t groups; /* of two and more ids that are alike */
	size_t ids;    /* in these groups */
	size_t n_examples;
	/* The first two ids of a group, bytewise; the groups with the first such. Borrowed from
	 * ids. */
	struct text examples[ALIKE_EXAMPLES][2];
};

struct alike_ids alike_ids_find(
	const struct text *ids, size_t n_ids, enum alike_rule rule, unsigned n_threads);

#endif

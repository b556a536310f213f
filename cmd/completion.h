/* What may stand at a place of the command line, for the shells: see cmd/completions.c.
 *
 *	patron completions words -- 3 rfm --customer '' orders.csv.gz
 *
 * says what the third word behind "patron" may be: lines of a word, a tab and what it means. The
 * line ":files" says that names of files may stand there too. All of it comes from the tables of
 * options and columns, and the names of columns from the header of a file that the command line
 * names. */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

#include <stddef.h>

#include "base/text.h"

/* place counts the words from 1; it may be one more than there are. */
void completion_words(struct buffer *out, const char *const *words, size_t n_words, size_t place);

#endif

/* The forms in which exports come: in several files, one of them compressed, with another delimiter
 * and a decimal comma, in another encoding. A table of UTF-8 and commas is put into such a form,
 * which the bytes of a fuzz input choose.
 *
 *	struct table_form form = table_form_draw(&draws);
 *	n_words += table_form_words(&form, words + n_words);
 *	struct table_files files;
 *	table_form_make(&form, table, false, &files);
 *	... files.input.tables ...
 *	table_files_release(&files);
 */
#ifndef TESTS_TABLE_FORM_H
#define TESTS_TABLE_FORM_H

#include <stdbool.h>

#include "base/text.h"
#include "tests/draws.h"
#include "tests/patron_run.h"

struct table_form {
	size_t n_files;
	unsigned shares[PATRON_RUN_MOST_TABLES]; /* of the rows; the last file has the rest */
	size_t zipped;                           /* which file is; n_files: none */
	char delimiter;                          /* 0: a comma, and no option */
	bool with_mark, decimal_comma;
	const char *encoding; /* NULL: UTF-8, and no option */
};

/* Half of them are plain: one file, with no option. */
struct table_form table_form_draw(struct draws *draws);

/* The options that tell patron of the form, at most 3 words. Returns how many. */
enum { TABLE_FORM_MOST_WORDS = 3 };
size_t table_form_words(const struct table_form *form, const char **words);

struct table_files {
	struct patron_input input;
	struct buffer bytes[PATRON_RUN_MOST_TABLES];
};

/* Each file begins with the table's header. Turned: the table is another with its rows in the other
 * order, and is cut so that each file has the rows it had. Rows end with a line feed. */
void table_form_make(
	const struct table_form *form, struct text table, bool turned, struct table_files *files);

void table_files_release(struct table_files *files);

#endif

/* The words of `patron report` in each language. */
#ifndef CMD_REPORT_WORDS_H
#define CMD_REPORT_WORDS_H

#include "base/text.h"

enum report_language { REPORT_ENGLISH, REPORT_CHINESE, REPORT_LANGUAGES };
extern const char *const report_language_names[REPORT_LANGUAGES + 1]; /* en, zh; ended by NULL */

/* As they are where the table does not have them. */
const char *report_words_in(enum report_language language, const char *english);

/* The same for a line whose values are already in it: one {1} in the table stands for whatever is
 * there. */
void report_words_of_line(enum report_language language, const char *english, struct buffer *line);

#endif

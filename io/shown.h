/* Text on a terminal: how wide it is, and without what could steer the terminal.
 *
 *	shown_width(TEXT("客户 A"))                6: Chinese characters take two columns
 *	shown_cut(TEXT("客户编号"), 5)             客户
 *	shown_write(&line, TEXT("a\033[31m"))     a?[31m
 *
 * Control characters, line and paragraph separators, the marks that change the direction of
 * writing, and bytes that are not UTF-8 are shown as one question mark each; combining marks take
 * no column. Widths are those of utf8proc.
 *
 * Messages, in which a file's name must still be found, spell them out: cmd/message.h.
 */
#ifndef IO_SHOWN_H
#define IO_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The first character of a text that is not empty. */
struct shown_character {
	size_t length;     /* in bytes, at least 1 */
	size_t columns;    /* 0 to 2 */
	int32_t codepoint; /* negative: a byte that is not UTF-8 */
	bool harmless;     /* else it is shown as a question mark */
};

struct shown_character shown_first(struct text text);

void shown_write(struct buffer *buffer, struct text text);
size_t shown_width(struct text text);

/* The longest part from the front that fits; never half a character, nor a base without its marks.
 */
struct text shown_cut(struct text text, size_t columns);

#endif

/* Text encodings: whether bytes are UTF-8, and other encodings turned into it.
 *
 *	size_t bad;
 *	if (!utf8_valid(record.at, record.length, &bad))
 *		encoding_explain(record, bad, NULL, &words); (* "byte 0xE9 at column 14 is ..." *)
 */
#ifndef IO_ENCODING_H
#define IO_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Whether the bytes are UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing beyond
 * U+10FFFF, no character cut short. When not, *bad (where not NULL) is the offset of the first
 * byte of the first sequence that is not. ASCII goes 32 bytes at a time. */
bool utf8_valid(const char *bytes, size_t n, size_t *bad);

/* Bytes of the character at the start of text; 0 when there is none or it is not UTF-8. */
size_t utf8_length(struct text text);

size_t utf8_wide_blank_length(struct text text); /* of the next, for characters beyond ASCII */

/* Bytes of the blank at the start of text, 0 when there is none: blank, tab, no-break blanks
 * U+00A0 and U+202F, thin blank U+2009. */
static inline size_t utf8_blank_length(struct text text)
{
	if (text.length == 0)
		return 0;
	if (text.at[0] == ' ' || text.at[0] == '\t')
		return 1;
	return (unsigned char)text.at[0] < 0x80 ? 0 : utf8_wide_blank_length(text);
}

#endif

/* Text encodings: whether bytes are UTF-8, and other encodings turned into it.
 *
 *	size_t bad;
 *	if (!utf8_valid(record.at, record.length, &bad))
 *		encoding_explain(record, bad, NULL, &words); (* "byte 0xE9 at column 14 is ..." *)
 *
 *	struct encoding *encoding = encoding_open("GB18030", err);
 *	while (a piece was read)
 *		encoding_convert(encoding, piece, length, at_end, &utf8);
 *	encoding_close(encoding);
 *
 * Any encoding that iconv knows will do, also one whose second bytes look like delimiters or line
 * ends, as it is converted before anything is cut. Pieces may end inside a character.
 *
 * What is not of the encoding does not stop the conversion: a byte that no UTF-8 has in its place
 * stands in for it, so that the record it is in becomes a bad row with its line. That is the byte
 * itself where it is 0x80 or more and the first of a run, else 0xFF.
 */
#ifndef IO_ENCODING_H
#define IO_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* Whether the bytes are UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing beyond
 * U+10FFFF, no character cut short. When not, *bad (where not NULL) is the offset of the first
 * byte of the first sequence that is not. Long texts go 32 bytes at a time: io/utf8_blocks.h. */
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

struct encoding;

/* NULL, with ERROR_USAGE and examples, when iconv does not know the name; with ERROR_SYSTEM when it
 * knows it and fails all the same. UTF-16 and UTF-32 take
 * their byte order from the byte order mark; without one, from where the zeros of the first
 * character are; at last, little-endian. */
struct encoding *encoding_open(const char *name, struct error *err);

/* Appends the UTF-8 of the next n bytes; is_last: none come after them. A byte order mark at the
 * start is dropped. Allocates nothing once out is large enough. */
void encoding_convert(
	struct encoding *encoding, const char *bytes, size_t n, bool is_last, struct buffer *out);

void encoding_close(struct encoding *encoding); /* takes NULL */

/* The --encoding that a byte order mark at the start asks for: "UTF-16LE", "UTF-16BE", "UTF-32LE",
 * "UTF-32BE", or NULL. */
const char *encoding_guess_bom(const char *bytes, size_t n);

/* Appends what is wrong at record.at[bad], which utf8_valid() found, and the --encoding that may be
 * meant: "byte 0xE9 at column 14 is not UTF-8 (use --encoding windows-1252 or latin1?)". Columns
 * are characters of the line, from 1. encoding: what the text was converted from, NULL for none. */
void encoding_explain(struct text record, size_t bad, const char *encoding, struct buffer *words);

#endif

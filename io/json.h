/* JSON text, RFC 8259: quoted, and valid UTF-8 whatever the bytes are.
 *
 *	json_text(&line, TEXT("a \"quote\"\n"))    "a \"quote\"\n"
 *
 * A byte that is not UTF-8 becomes U+FFFD; everything that is stays as it is, but for quotes,
 * backslashes and the control characters below U+0020. Numbers are those of io/digits and io/real.
 */
#ifndef IO_JSON_H
#define IO_JSON_H

#include "base/text.h"

void json_text(struct buffer *buffer, struct text text);

#endif

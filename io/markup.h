/* Text inside HTML, SVG and their attributes: what has a meaning there is escaped, so that data is
 * shown as it stands and never obeyed.
 *
 *	markup_text(&page, TEXT("<script>"));       &lt;script&gt;
 *
 * What could not be shown (control characters, marks that turn the direction of writing, bytes
 * that are not UTF-8) is a question mark, as in tables on a terminal: XML allows most of them in no
 * form.
 */
#ifndef IO_MARKUP_H
#define IO_MARKUP_H

#include "base/text.h"

void markup_text(struct buffer *bytes, struct text text);

#endif

#include "io/markup.h"

#include <stdbool.h>

#include "io/shown.h"

/* U+FFFE and U+FFFF are no characters, and XML takes them for an error. */
static bool is_no_character(struct text text, size_t i)
{
	return text.length - i >= 3 && (unsigned char)text.at[i] == 0xEF &&
	       (unsigned char)text.at[i + 1] == 0xBF && (unsigned char)text.at[i + 2] >= 0xBE;
}

/* What stands for the character at i, and how long that is in the text; NULL: itself. */
static const char *entity_at(struct text text, size_t i, size_t *length)
{
	*length = 1;
	switch (text.at[i]) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		*length = 3;
		return is_no_character(text, i) ? "?" : NULL;
	}
}

void markup_text(struct buffer *bytes, struct text text)
{
	size_t written = 0;
	for (size_t i = 0; i < text.length; i++) {
		size_t length;
		const char *entity = entity_at(text, i, &length);
		if (entity == NULL)
			continue;
		shown_write(bytes, (struct text){text.at + written, i - written});
		buffer_string(bytes, entity);
		i += length - 1;
		written = i + 1;
	}
	if (written < text.length)
		shown_write(bytes, (struct text){text.at + written, text.length - written});
}

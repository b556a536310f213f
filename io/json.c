#include "io/json.h"

#include <utf8proc.h>

static void write_control(struct buffer *buffer, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	switch (c) {
	case '\n':
		buffer_text(buffer, TEXT("\\n"));
		return;
	case '\r':
		buffer_text(buffer, TEXT("\\r"));
		return;
	case '\t':
		buffer_text(buffer, TEXT("\\t"));
		return;
	default:
		buffer_text(buffer, TEXT("\\u00"));
		buffer_byte(buffer, hex[c >> 4]);
		buffer_byte(buffer, hex[c & 15]);
	}
}

/* Bytes from the front that stand for themselves. */
static size_t plain_run(struct text text)
{
	size_t n = 0;
	while (n < text.length) {
		unsigned char c = (unsigned char)text.at[n];
		if (c < ' ' || c == '"' || c == '\\')
			break;
		utf8proc_ssize_t length = 1;
		utf8proc_int32_t codepoint;
		if (c >= 0x80)
			length = utf8proc_iterate((const utf8proc_uint8_t *)text.at + n,
				(utf8proc_ssize_t)(text.length - n), &codepoint);
		if (length <= 0)
			break;
		n += (size_t)length;
	}
	return n;
}

void json_text(struct buffer *buffer, struct text text)
{
	buffer_byte(buffer, '"');
	for (;;) {
		size_t run = plain_run(text);
		buffer_bytes(buffer, text.at, run);
		if (run == text.length)
			break;
		unsigned char c = (unsigned char)text.at[run];
		if (c < ' ') {
			write_control(buffer, c);
		} else if (c < 0x80) {
			buffer_byte(buffer, '\\');
			buffer_byte(buffer, (char)c);
		} else {
			buffer_text(buffer, TEXT("\xEF\xBF\xBD"));
		}
		text = (struct text){text.at + run + 1, text.length - run - 1};
	}
	buffer_byte(buffer, '"');
}

#include "io/shown.h"

#include <utf8proc.h>

static bool is_ascii_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* What reorders the characters around it: the property Bidi_Control of Unicode. */
static bool turns_writing(utf8proc_int32_t codepoint)
{
	return codepoint == 0x061C || codepoint == 0x200E || codepoint == 0x200F ||
	       (codepoint >= 0x202A && codepoint <= 0x202E) ||
	       (codepoint >= 0x2066 && codepoint <= 0x2069);
}

static bool is_harmless(utf8proc_int32_t codepoint)
{
	utf8proc_category_t category = utf8proc_category(codepoint);
	return category != UTF8PROC_CATEGORY_CC && category != UTF8PROC_CATEGORY_ZL &&
	       category != UTF8PROC_CATEGORY_ZP && !turns_writing(codepoint);
}

struct shown_character shown_first(struct text text)
{
	if (is_ascii_printable(text.at[0]))
		return (struct shown_character){1, 1, text.at[0], true};
	utf8proc_int32_t codepoint;
	utf8proc_ssize_t length = utf8proc_iterate(
		(const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.length, &codepoint);
	if (length <= 0)
		return (struct shown_character){1, 1, -1, false};
	if (!is_harmless(codepoint))
		return (struct shown_character){(size_t)length, 1, codepoint, false};
	int columns = utf8proc_charwidth(codepoint);
	return (struct shown_character){
		(size_t)length, columns > 0 ? (size_t)columns : 0, codepoint, true};
}

static size_t printable_run(struct text text)
{
	size_t n = 0;
	while (n < text.length && is_ascii_printable(text.at[n]))
		n++;
	return n;
}

static struct text rest_of(struct text text, size_t from)
{
	return from == 0 ? text : (struct text){text.at + from, text.length - from};
}

void shown_write(struct buffer *buffer, struct text text)
{
	while (text.length > 0) {
		size_t run = printable_run(text);
		buffer_bytes(buffer, text.at, run);
		text = rest_of(text, run);
		if (text.length == 0)
			return;
		struct shown_character c = shown_first(text);
		if (c.harmless)
			buffer_bytes(buffer, text.at, c.length);
		else
			buffer_byte(buffer, '?');
		text = rest_of(text, c.length);
	}
}

size_t shown_width(struct text text)
{
	size_t columns = printable_run(text);
	text = rest_of(text, columns);
	while (text.length > 0) {
		struct shown_character c = shown_first(text);
		columns += c.columns;
		text = rest_of(text, c.length);
	}
	return columns;
}

struct text shown_cut(struct text text, size_t columns)
{
	size_t n = 0;
	while (n < text.length) {
		struct shown_character c = shown_first(rest_of(text, n));
		if (c.columns > columns)
			break;
		columns -= c.columns;
		n += c.length;
	}
	return (struct text){text.at, n};
}

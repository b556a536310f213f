#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct text text_of(const char *string)
{
	return (struct text){string, strlen(string)};
}

bool text_equal(struct text a, struct text b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_ignoring_case(struct text a, struct text b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

int text_compare(struct text a, struct text b)
{
	size_t shared = a.length < b.length ? a.length : b.length;
	int order = shared > 0 ? memcmp(a.at, b.at, shared) : 0;
	if (order != 0)
		return order;
	return (a.length > b.length) - (a.length < b.length);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text text)
{
	while (text.length > 0 && is_blank(text.at[0])) {
		text.at++;
		text.length--;
	}
	while (text.length > 0 && is_blank(text.at[text.length - 1]))
		text.length--;
	return text;
}

enum { DISTANCE_MAX_LENGTH = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t text_distance(struct text a, struct text b)
{
	if (a.length > DISTANCE_MAX_LENGTH || b.length > DISTANCE_MAX_LENGTH)
		return text_equal_ignoring_case(a, b) ? 0 : a.length + b.length;
	/* rows[i % 3] holds the distances of a's first i bytes to every prefix of b. */
	size_t rows[3][DISTANCE_MAX_LENGTH + 1];
	for (size_t j = 0; j <= b.length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			char x = lower(a.at[i - 1]), y = lower(b.at[j - 1]);
			row[j] =
				least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.at[j - 2]) && y == lower(a.at[i - 2]))
				row[j] = least(row[j], above2[j - 2] + 1);
		}
	}
	return rows[a.length % 3][b.length];
}

int text_nearest(struct text wanted, const struct text *names, size_t n_names)
{
	int nearest = -1;
	size_t best = wanted.length / 3 + 2;
	for (size_t i = 0; i < n_names; i++) {
		size_t distance = text_distance(wanted, names[i]);
		if (distance < best && distance < names[i].length) {
			best = distance;
			nearest = (int)i;
		}
	}
	return nearest;
}

const char *text_excerpt(struct text value, char *room)
{
	enum { MOST = 60 };
	size_t length = value.length;
	if (length > MOST) {
		length = MOST;
		while (length > 0 && ((unsigned char)value.at[length] & 0xC0) == 0x80)
			length--;
	}
	if (length > 0)
		memcpy(room, value.at, length);
	/* A NUL in the data would end the message early. */
	for (size_t i = 0; i < length; i++)
		if (room[i] == '\0')
			room[i] = '?';
	snprintf(room + length, TEXT_EXCERPT_SIZE - length, "%s", value.length > MOST ? "..." : "");
	return room;
}

void buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t needed;
	bool overflow = __builtin_add_overflow(buffer->length, more, &needed);
	assert(!overflow);
	buffer->bytes = mem_grow(buffer->bytes, &buffer->capacity, needed, 1);
}

void buffer_bytes(struct buffer *buffer, const void *bytes, size_t length)
{
	if (length == 0)
		return;
	buffer_reserve(buffer, length);
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
}

void buffer_text(struct buffer *buffer, struct text text)
{
	buffer_bytes(buffer, text.at, text.length);
}

void buffer_string(struct buffer *buffer, const char *string)
{
	buffer_bytes(buffer, string, strlen(string));
}

void buffer_byte(struct buffer *buffer, char byte)
{
	buffer_bytes(buffer, &byte, 1);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	assert(length >= 0);
	buffer_reserve(buffer, (size_t)length + 1);
	vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, again);
	va_end(again);
	buffer->length += (size_t)length;
}

struct text buffer_as_text(const struct buffer *buffer)
{
	return (struct text){buffer->bytes, buffer->length};
}

void buffer_release(struct buffer *buffer)
{
	mem_free(buffer->bytes);
	*buffer = (struct buffer){0};
}

/* Text: a run of bytes that is borrowed, not owned, and need not end in NUL; and a buffer that
 * grows, which owns what it holds.
 *
 *	struct buffer line = {0};
 *	buffer_text(&line, TEXT("customer"));
 *	buffer_format(&line, ",%d", score);
 *	buffer_release(&line);
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const char *at;
	size_t length;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/* ASCII only, in any locale. */
static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What a counted noun ends in: "1 row", "2 rows". */
static inline const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

struct text text_of(const char *string);
bool text_equal(struct text a, struct text b);
bool text_equal_ignoring_case(struct text a, struct text b); /* A-Z only, in any locale */
int text_compare(struct text a, struct text b);              /* bytewise; a prefix comes first */
struct text text_trim(struct text text); /* without blanks, tabs, CR and LF at both ends */

/* Fewest insertions, deletions, replacements and swaps of neighbours from a to b, ignoring ASCII
 * case: Damerau-Levenshtein (optimal string alignment). For "nearest is ..." in messages. */
size_t text_distance(struct text a, struct text b);

/* The nearest of the names, or -1 when none is near enough to be a slip of the keyboard. */
int text_nearest(struct text wanted, const struct text *names, size_t n_names);

/* A value as messages quote it: cut after 60 bytes, never inside a UTF-8 character, then "...".
 * room holds TEXT_EXCERPT_SIZE bytes; returns room. */
enum { TEXT_EXCERPT_SIZE = 68 };
const char *text_excerpt(struct text value, char *room);

struct buffer {
	char *bytes; /* no NUL at the end */
	size_t length, capacity;
};

void buffer_reserve(struct buffer *buffer, size_t more);
void buffer_bytes(struct buffer *buffer, const void *bytes, size_t length);
void buffer_text(struct buffer *buffer, struct text text);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_byte(struct buffer *buffer, char byte);
void buffer_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct text buffer_as_text(const struct buffer *buffer); /* valid until the buffer changes */
void buffer_release(struct buffer *buffer);

#endif

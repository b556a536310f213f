/* Choices drawn from the bytes of a fuzz input, so that any bytes become a stream, a table or a
 * command line, and a small change of them a small change of it. After the last byte come zeros.
 *
 *	struct draws draws = draws_of(data, size);
 *	unsigned level = draw_below(&draws, 10);
 *	while (draws_left(&draws) > 0) ...
 */
#ifndef TESTS_DRAWS_H
#define TESTS_DRAWS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct draws {
	const uint8_t *at, *end;
};

static inline struct draws draws_of(const uint8_t *bytes, size_t length)
{
	return (struct draws){bytes, bytes + length};
}

static inline size_t draws_left(const struct draws *draws)
{
	return (size_t)(draws->end - draws->at);
}

/* 0 to 255 */
static inline unsigned draw_byte(struct draws *draws)
{
	return draws->at < draws->end ? *draws->at++ : 0;
}

/* 0 to 65535 */
static inline unsigned draw_number(struct draws *draws)
{
	unsigned low = draw_byte(draws);
	return low | draw_byte(draws) << 8;
}

/* 0 to n - 1, n from 1 to 256 */
static inline unsigned draw_below(struct draws *draws, size_t n)
{
	assert(n >= 1 && n <= 256);
	return draw_byte(draws) % (unsigned)n;
}

/* The next bytes as they are, fewer at the end. */
static inline struct text draw_text(struct draws *draws, size_t length)
{
	size_t left = draws_left(draws);
	struct text text = {(const char *)draws->at, length < left ? length : left};
	draws->at += text.length;
	return text;
}

#endif

#include "io/encoding.h"

#include <stdint.h>
#include <string.h>

static const unsigned char *skip_ascii(const unsigned char *at, const unsigned char *end)
{
	const uint64_t high = 0x8080808080808080;
	while (end - at >= 32) {
		uint64_t word[4];
		memcpy(word, at, sizeof(word));
		if ((word[0] | word[1] | word[2] | word[3]) & high)
			break;
		at += 32;
	}
	while (end - at >= 8) {
		uint64_t word;
		memcpy(&word, at, sizeof(word));
		if (word & high)
			break;
		at += 8;
	}
	while (at < end && *at < 0x80)
		at++;
	return at;
}

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/* Table 3-7 of the Unicode Standard: the lead byte says how many follow, and four of the leads
 * narrow the second byte (no overlong form, no surrogate, nothing beyond U+10FFFF). */
static size_t sequence_length(const unsigned char *at, const unsigned char *end)
{
	size_t left = (size_t)(end - at);
	unsigned char lead = at[0];
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2 || lead > 0xF4 || left < 2 || !is_continuation(at[1]))
		return 0;
	if (lead < 0xE0)
		return 2;
	if (left < 3 || !is_continuation(at[2]))
		return 0;
	if (lead < 0xF0)
		return (lead == 0xE0 && at[1] < 0xA0) || (lead == 0xED && at[1] > 0x9F) ? 0 : 3;
	if (left < 4 || !is_continuation(at[3]))
		return 0;
	return (lead == 0xF0 && at[1] < 0x90) || (lead == 0xF4 && at[1] > 0x8F) ? 0 : 4;
}

bool utf8_valid(const char *bytes, size_t n, size_t *bad)
{
	const unsigned char *start = (const unsigned char *)bytes, *at = start, *end = start + n;
	for (;;) {
		at = skip_ascii(at, end);
		if (at == end)
			return true;
		/* Text that is not ASCII seldom stands alone. */
		while (at < end && *at >= 0x80) {
			size_t length = sequence_length(at, end);
			if (length == 0) {
				if (bad != NULL)
					*bad = (size_t)(at - start);
				return false;
			}
			at += length;
		}
	}
}

size_t utf8_length(struct text text)
{
	const unsigned char *at = (const unsigned char *)text.at;
	return text.length == 0 ? 0 : sequence_length(at, at + text.length);
}

size_t utf8_wide_blank_length(struct text text)
{
	static const struct text blanks[] = {{"\u00A0", 2}, {"\u202F", 3}, {"\u2009", 3}};
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++)
		if (text.length >= blanks[i].length &&
			memcmp(text.at, blanks[i].at, blanks[i].length) == 0)
			return blanks[i].length;
	return 0;
}

#include "io/grouped.h"

#include <string.h>

#include "io/encoding.h"

static bool begins(struct text text, struct text with)
{
	return text.length >= with.length && memcmp(text.at, with.at, with.length) == 0;
}

size_t grouped_separator(struct text separator, struct text text)
{
	static const struct text typographic_apostrophe = {"\u2019", 3};
	if (separator.length == 0 || text.length == 0)
		return 0;
	if (begins(text, separator))
		return separator.length;
	if (utf8_blank_length(separator) > 0)
		return utf8_blank_length(text);
	if (separator.at[0] == '\'' && begins(text, typographic_apostrophe))
		return typographic_apostrophe.length;
	return 0;
}

static struct text rest_of(struct text text, size_t from)
{
	return (struct text){text.at + from, text.length - from};
}

static size_t count_digits(struct text text)
{
	size_t n = 0;
	while (n < text.length && is_digit(text.at[n]))
		n++;
	return n;
}

bool grouped_plain(
	struct text separator, struct text number, char room[GROUPED_ROOM], struct text *plain)
{
	*plain = number;
	if (separator.length == 0)
		return true;
	size_t sign = number.length > 0 && (number.at[0] == '-' || number.at[0] == '+');
	size_t first = count_digits(rest_of(number, sign)), at = sign + first, length;
	if (grouped_separator(separator, rest_of(number, at)) == 0)
		return true;
	if (first < 1 || first > 3 || number.at[sign] == '0' || number.length > GROUPED_ROOM)
		return false;
	size_t n = at;
	memcpy(room, number.at, n);
	while ((length = grouped_separator(separator, rest_of(number, at))) > 0) {
		struct text group = rest_of(number, at + length);
		if (count_digits(group) != 3)
			return false;
		memcpy(room + n, group.at, 3);
		n += 3;
		at += length + 3;
	}
	memcpy(room + n, number.at + at, number.length - at);
	*plain = (struct text){room, n + number.length - at};
	return true;
}

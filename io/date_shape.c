#include <string.h>

#include "io/date_parts.h"
#include "io/dates.h"
#include "io/encoding.h"

/* Names what the cursor stands on and moves behind it. fraction: after the seconds of a time. */
static struct text shape_of_part(struct cursor *cursor, bool fraction, char *room)
{
	size_t digits = cursor_count_digits(*cursor);
	if (digits > 0) {
		size_t n = fraction ? 1 : digits < 2 ? 2 : digits;
		cursor->at += digits;
		n = n < DATE_SHAPE_SIZE ? n : DATE_SHAPE_SIZE;
		memset(room, 'N', n);
		return (struct text){room, n};
	}
	if (cursor_skip_blanks(cursor))
		return TEXT(" ");
	if (is_letter(*cursor->at)) {
		const char *start = cursor->at;
		int month;
		bool is_month = cursor_read_month(cursor, &month);
		size_t known = (size_t)(cursor->at - start);
		while (cursor->at < cursor->end && is_letter(*cursor->at))
			cursor->at++;
		size_t length = (size_t)(cursor->at - start);
		if (is_month && known == length)
			return TEXT("Mon");
		struct text word = {start, length};
		if (text_equal_ignoring_case(word, TEXT("am")) ||
			text_equal_ignoring_case(word, TEXT("pm")))
			return TEXT("AM");
		if (length == 1 || text_equal(word, TEXT("UTC")))
			return word;
		return TEXT("A");
	}
	struct text character = {cursor->at, utf8_length(cursor_rest(*cursor))};
	if (character.length == 0 || (unsigned char)*cursor->at < ' ') {
		cursor->at++;
		return TEXT("?");
	}
	cursor->at += character.length;
	return character;
}

/* Turns the Ns of an ISO 8601 date, and of the time after it, into what they stand for. */
static void name_iso_fields(char *shape)
{
	static const char letters[] = "YYYYMMDDHHMMSS";
	enum { OF_DATE = 8, OF_TIME = 14 };
	size_t named = 0, at = 0;
	for (; named < OF_DATE; at++)
		if (shape[at] == 'N')
			shape[at] = letters[named++];
	if (shape[at] == '\0')
		return;
	for (at++; shape[at] == 'N' || shape[at] == ':'; at++)
		if (shape[at] == 'N' && named < OF_TIME)
			shape[at] = letters[named++];
}

const char *date_shape(struct text value, char *room)
{
	enum { DOTS = 3 };
	struct cursor cursor = cursor_of(value);
	size_t length = 0;
	int colons = 0;
	while (cursor.at < cursor.end) {
		char digits[DATE_SHAPE_SIZE];
		char before = length > 0 ? room[length - 1] : '\0';
		bool fraction = colons == 2 && (before == '.' || before == ',');
		struct text part = shape_of_part(&cursor, fraction, digits);
		if (length + part.length + DOTS >= DATE_SHAPE_SIZE) {
			memset(room + length, '.', DOTS);
			length += DOTS;
			break;
		}
		memcpy(room + length, part.at, part.length);
		length += part.length;
		colons += part.length == 1 && part.at[0] == ':';
	}
	room[length] = '\0';

	struct date_format iso;
	struct error ignored = {0};
	int32_t day;
	date_format_compile(&iso, NULL, &ignored);
	enum date_status status = date_read(&iso, value, &day);
	if (status != DATE_EMPTY && status != DATE_SHAPE)
		name_iso_fields(room);
	return room;
}

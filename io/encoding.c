#include "io/encoding.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/load.h"
#include "base/mem.h"
#include "io/utf8_blocks.h"

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
		uint64_t word = load8(at);
		if (word & high)
			return at + __builtin_ctzll(word & high) / 8;
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
	if (utf8_blocks_valid(bytes, n))
		return true;
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

/* ---- other encodings ---- */

enum { CARRY_SIZE = 64 };

struct encoding {
	iconv_t iconv;
	iconv_t other_order; /* while that is open: iconv is for the little-endian one */
	size_t unit;         /* bytes that a character has at least: 4 of UTF-32, 2 of UTF-16 */
	bool order_is_open;  /* the byte order is still to be told from the first unit */
	bool started;        /* some UTF-8 is out, so that a mark is no byte order mark */
	bool after_bad;      /* the last byte out stands for a bad one */
	size_t n_carried;
	char carried[CARRY_SIZE]; /* the start of a character whose rest is in the next piece */
};

static const char examples[] = "for example GB18030, Big5, Shift_JIS, EUC-KR, UTF-16, latin1, "
			       "windows-1252; iconv -l lists all";

/* A static program has only those encodings whose modules it finds and can load, at best. */
#ifdef PATRON_STATIC
enum { IS_STATIC = true };
#else
enum { IS_STATIC = false };
#endif

/* A slash would bring //IGNORE and //TRANSLIT, which drop and change text; "" and "char" are the
 * locale's encoding. */
static bool is_name(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL &&
	       !text_equal_ignoring_case(text_of(name), TEXT("char"));
}

static size_t unit_of(const char *name, bool *order_is_open)
{
	static const struct {
		const char *name;
		size_t unit;
		bool order_is_open;
	} wide[] = {{"UTF-16", 2, true}, {"UTF16", 2, true}, {"UCS-2", 2, true}, {"UCS2", 2, true},
		{"UTF-32", 4, true}, {"UTF32", 4, true}, {"UCS-4", 4, true}, {"UCS4", 4, true},
		{"UTF-16LE", 2, false}, {"UTF16LE", 2, false}, {"UCS-2LE", 2, false},
		{"UTF-16BE", 2, false}, {"UTF16BE", 2, false}, {"UCS-2BE", 2, false},
		{"UTF-32LE", 4, false}, {"UTF32LE", 4, false}, {"UCS-4LE", 4, false},
		{"UTF-32BE", 4, false}, {"UTF32BE", 4, false}, {"UCS-4BE", 4, false}};
	*order_is_open = false;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (!text_equal_ignoring_case(text_of(name), text_of(wide[i].name)))
			continue;
		*order_is_open = wide[i].order_is_open;
		return wide[i].unit;
	}
	return 1;
}

static bool open_iconv(iconv_t *iconv, const char *name)
{
	*iconv = iconv_open("UTF-8", name);
	return (intptr_t)*iconv != -1;
}

/* Both byte orders are opened at once, so that what follows cannot fail. */
static bool open_orders(struct encoding *encoding)
{
	static const char *const names[2][2] = {{"UTF-16LE", "UTF-16BE"}, {"UTF-32LE", "UTF-32BE"}};
	const char *const *orders = names[encoding->unit == 4];
	if (!open_iconv(&encoding->iconv, orders[0]))
		return false;
	if (open_iconv(&encoding->other_order, orders[1]))
		return true;
	int reason = errno;
	iconv_close(encoding->iconv);
	errno = reason;
	return false;
}

struct encoding *encoding_open(const char *name, struct error *err)
{
	struct encoding *encoding = mem_zeroed(1, sizeof(*encoding));
	encoding->unit = unit_of(name, &encoding->order_is_open);
	errno = EINVAL;
	if (is_name(name) && (encoding->order_is_open ? open_orders(encoding)
						      : open_iconv(&encoding->iconv, name)))
		return encoding;
	if (errno == EINVAL && IS_STATIC && is_name(name))
		error_set(err, ERROR_USAGE,
			"--encoding '%s' is not in this static build (use the dynamic one, or"
			" iconv -f %s -t UTF-8 FILE | patron ...)",
			name, name);
	else if (errno == EINVAL)
		error_set(err, ERROR_USAGE, "--encoding '%s' is not known (%s)", name, examples);
	else
		error_set(err, ERROR_SYSTEM, "--encoding '%s': cannot start its conversion: %s",
			name, strerror(errno));
	mem_free(encoding);
	return NULL;
}

void encoding_close(struct encoding *encoding)
{
	if (encoding == NULL)
		return;
	iconv_close(encoding->iconv);
	if (encoding->order_is_open)
		iconv_close(encoding->other_order);
	mem_free(encoding);
}

/* The mark says it; without one, the first character of a table is ASCII, so that its zeros say it.
 * The answer of iconv would depend on the machine. */
static bool is_big_endian(const char *bytes, size_t unit)
{
	assert(unit == 2 || unit == 4);
	if ((unsigned char)bytes[unit - 2] == 0xFE && (unsigned char)bytes[unit - 1] == 0xFF)
		return true;
	return bytes[0] == '\0' && bytes[unit - 1] != '\0';
}

static void settle_order(struct encoding *encoding, const char *bytes)
{
	if (is_big_endian(bytes, encoding->unit)) {
		iconv_close(encoding->iconv);
		encoding->iconv = encoding->other_order;
	} else {
		iconv_close(encoding->other_order);
	}
	encoding->order_is_open = false;
}

static void put_bad(struct encoding *encoding, char byte, struct buffer *out)
{
	/* Two bad bytes in a row could make a character, a run of the second cannot. */
	bool as_it_is = encoding->unit == 1 && (unsigned char)byte >= 0x80 && !encoding->after_bad;
	buffer_byte(out, as_it_is ? byte : '\xFF');
	encoding->after_bad = encoding->started = true;
}

static void note_output(struct encoding *encoding, struct buffer *out, size_t before)
{
	static const char mark[] = "\xEF\xBB\xBF";
	enum { MARK = 3 };
	size_t added = out->length - before;
	if (added == 0)
		return;
	encoding->after_bad = false;
	if (!encoding->started && added >= MARK && memcmp(out->bytes + before, mark, MARK) == 0) {
		memmove(out->bytes + before, out->bytes + before + MARK, added - MARK);
		out->length -= MARK;
	}
	encoding->started = true;
}

/* Converts as much as can be; returns how much of it was used. What is left is the start of a
 * character. */
static size_t convert(struct encoding *encoding, const char *bytes, size_t n, struct buffer *out)
{
	char *in = (char *)bytes; /* iconv does not write to it */
	size_t left = n;
	while (left > 0) {
		size_t before = out->length;
		buffer_reserve(out, left + left / 2 + 16);
		char *to = out->bytes + before;
		size_t room = out->capacity - before;
		size_t status = iconv(encoding->iconv, &in, &left, &to, &room);
		int reason = status == (size_t)-1 ? errno : 0;
		out->length = (size_t)(to - out->bytes);
		note_output(encoding, out, before);
		if (reason == EINVAL)
			break;
		if (reason == EILSEQ && left >= encoding->unit) {
			put_bad(encoding, *in, out);
			in += encoding->unit;
			left -= encoding->unit;
		} else if (reason == EILSEQ) {
			break;
		}
	}
	return n - left;
}

static void carry(struct encoding *encoding, const char *bytes, size_t n)
{
	assert(n <= CARRY_SIZE - encoding->n_carried);
	if (n > 0)
		memcpy(encoding->carried + encoding->n_carried, bytes, n);
	encoding->n_carried += n;
}

static void drop_carried(struct encoding *encoding, size_t n)
{
	encoding->n_carried -= n;
	memmove(encoding->carried, encoding->carried + n, encoding->n_carried);
}

/* Converts the character that the last piece ended in, with as much of this one as it needs;
 * returns how much that was. */
static size_t finish_carried(
	struct encoding *encoding, const char *bytes, size_t n, struct buffer *out)
{
	size_t taken = 0;
	while (encoding->n_carried > 0 && taken < n) {
		size_t of_old = encoding->n_carried, more = CARRY_SIZE - of_old;
		if (more > n - taken)
			more = n - taken;
		carry(encoding, bytes + taken, more);
		size_t used = convert(encoding, encoding->carried, encoding->n_carried, out);
		if (used >= of_old) {
			encoding->n_carried = 0;
			return taken + used - of_old;
		}
		taken += more;
		drop_carried(encoding, used);
		if (encoding->n_carried == CARRY_SIZE) { /* no character is that long */
			put_bad(encoding, encoding->carried[0], out);
			drop_carried(encoding, 1);
		}
	}
	return taken;
}

/* What iconv holds back until it has seen the next character, and what is no whole one. */
static void finish(struct encoding *encoding, struct buffer *out)
{
	enum { MOST_HELD = 64 };
	size_t before = out->length;
	buffer_reserve(out, MOST_HELD);
	char *to = out->bytes + before;
	size_t room = out->capacity - before;
	iconv(encoding->iconv, NULL, NULL, &to, &room);
	out->length = (size_t)(to - out->bytes);
	note_output(encoding, out, before);
	for (size_t i = 0; i < encoding->n_carried; i++)
		put_bad(encoding, encoding->carried[i], out);
	encoding->n_carried = 0;
}

/* Whether the byte order is known by now. */
static bool find_order(struct encoding *encoding, const char *bytes, size_t n)
{
	char first[4];
	size_t unit = encoding->unit, carried = encoding->n_carried;
	if (!encoding->order_is_open)
		return true;
	if (carried + n < unit)
		return false;
	for (size_t i = 0; i < unit; i++)
		first[i] = i < carried ? encoding->carried[i] : bytes[i - carried];
	settle_order(encoding, first);
	return true;
}

void encoding_convert(
	struct encoding *encoding, const char *bytes, size_t n, bool is_last, struct buffer *out)
{
	if (!find_order(encoding, bytes, n)) {
		carry(encoding, bytes, n);
	} else if (n > 0) {
		size_t used = finish_carried(encoding, bytes, n, out);
		used += convert(encoding, bytes + used, n - used, out);
		carry(encoding, bytes + used, n - used);
	}
	if (is_last)
		finish(encoding, out);
}

const char *encoding_guess_bom(const char *bytes, size_t n)
{
	static const struct {
		struct text mark;
		const char *name;
	} marks[] = {{{"\xFF\xFE\0\0", 4}, "UTF-32LE"}, {{"\0\0\xFE\xFF", 4}, "UTF-32BE"},
		{{"\xFF\xFE", 2}, "UTF-16LE"}, {{"\xFE\xFF", 2}, "UTF-16BE"}};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (n >= marks[i].mark.length &&
			memcmp(bytes, marks[i].mark.at, marks[i].mark.length) == 0)
			return marks[i].name;
	return NULL;
}

/* ---- words ---- */

/* In a European text letters beyond ASCII mostly stand alone, in a Chinese, Japanese or Korean one
 * they come in pairs. */
static const char *likely_encodings(struct text rest)
{
	size_t longest = 0, run = 0;
	bool any_alone = false;
	for (size_t i = 0; i <= rest.length; i++) {
		if (i < rest.length && rest.at[i] == '\0')
			return "UTF-16";
		if (i < rest.length && (unsigned char)rest.at[i] >= 0x80) {
			run++;
			continue;
		}
		longest = run > longest ? run : longest;
		any_alone = any_alone || run == 1;
		run = 0;
	}
	if (any_alone)
		return "latin1 or windows-1252";
	return longest >= 4 ? "GB18030, Big5 or Shift_JIS" : "latin1, windows-1252 or GB18030";
}

/* The characters of the line before at[n], which are UTF-8, and one. */
static size_t column_of(const char *at, size_t n)
{
	size_t column = 1;
	for (size_t i = 0; i < n; i++) {
		if (at[i] == '\n')
			column = 1;
		else if (!is_continuation((unsigned char)at[i]))
			column++;
	}
	return column;
}

void encoding_explain(struct text record, size_t bad, const char *encoding, struct buffer *words)
{
	unsigned char byte = (unsigned char)record.at[bad];
	size_t column = column_of(record.at, bad);
	struct text rest = {record.at + bad, record.length - bad};
	if (encoding == NULL)
		buffer_format(words, "byte 0x%02X at column %zu is not UTF-8 (use --encoding %s?)",
			byte, column, likely_encodings(rest));
	else if (byte == 0xFF)
		buffer_format(words, "bytes at column %zu are not %s (another --encoding?)", column,
			encoding);
	else
		buffer_format(words, "byte 0x%02X at column %zu is not %s (another --encoding?)",
			byte, column, encoding);
}

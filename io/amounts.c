#include "io/amounts.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/load.h"
#include "io/encoding.h"
#include "io/grouped.h"

static const int64_t power_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

static char point_of(const struct amount_format *format)
{
	return format->decimal_comma ? ',' : '.';
}

/* ---- the format ---- */

static bool thousands_fit(struct text thousands)
{
	return thousands.length > 0 && utf8_length(thousands) == thousands.length &&
	       !is_digit(thousands.at[0]) && strchr("+-()", thousands.at[0]) == NULL;
}

static bool currency_sign_fits(struct text sign)
{
	for (size_t i = 0; i < sign.length; i++)
		if (is_digit(sign.at[i]) || strchr("+-()", sign.at[i]) != NULL)
			return false;
	return sign.length > 0 && sign.at[0] != '.' && sign.at[0] != ',';
}

bool amount_format_make(struct amount_format *format, bool decimal_comma, const char *thousands,
	const char *currency_sign, struct error *err)
{
	*format = (struct amount_format){.decimal_comma = decimal_comma};
	if (thousands != NULL)
		format->thousands = text_of(thousands);
	if (currency_sign != NULL)
		format->currency_sign = text_trim(text_of(currency_sign));
	if (thousands != NULL && !thousands_fit(format->thousands))
		return error_set(err, ERROR_USAGE,
			"--thousands must be one character, not a digit or a sign, not '%s'",
			thousands);
	if (thousands != NULL && thousands[0] == point_of(format))
		return error_set(err, ERROR_USAGE, "--thousands '%s' is also the decimal %s",
			thousands,
			decimal_comma ? "comma" : "point (use --decimal-comma with it?)");
	if (currency_sign != NULL && !currency_sign_fits(format->currency_sign))
		return error_set(err, ERROR_USAGE,
			"--currency-sign must be text without digits or signs, such as '$' or "
			"'EUR', not '%s'",
			currency_sign);
	if (thousands != NULL && text_equal(format->thousands, format->currency_sign))
		return error_set(err, ERROR_USAGE, "--thousands and --currency-sign are both '%s'",
			thousands);
	return true;
}

/* ---- reading ---- */

struct cursor {
	const char *at, *end;
};

static struct text rest_of(struct cursor cursor)
{
	return (struct text){cursor.at, (size_t)(cursor.end - cursor.at)};
}

static bool starts_with(struct cursor cursor, struct text text)
{
	return text.length > 0 && rest_of(cursor).length >= text.length && *cursor.at == *text.at &&
	       memcmp(cursor.at, text.at, text.length) == 0;
}

static bool skip_text(struct cursor *cursor, struct text text)
{
	if (!starts_with(*cursor, text))
		return false;
	cursor->at += text.length;
	return true;
}

static void skip_blanks(struct cursor *cursor)
{
	for (size_t n; (n = utf8_blank_length(rest_of(*cursor))) > 0;)
		cursor->at += n;
}

static bool at_digit(struct cursor cursor)
{
	return cursor.at < cursor.end && is_digit(*cursor.at);
}

/* Bytes of the thousands separator that the cursor stands on, 0 when it does not. */
static size_t separator_length(const struct amount_format *format, struct cursor cursor)
{
	return grouped_separator(format->thousands, rest_of(cursor));
}

static bool at_separator(const struct amount_format *format, struct cursor cursor)
{
	size_t length = separator_length(format, cursor);
	cursor.at += length;
	return length > 0 && at_digit(cursor);
}

/* An amount in parts, while it is read. */
struct parts {
	bool has_sign, negative, parenthesis, has_currency;
	bool grouped_badly;
	bool ends_in_point;
	size_t n_digits, n_decimals;
	uint64_t whole; /* saturated: what has more digits than fit is an overflow */
	uint64_t fraction;
};

static bool skip_sign(struct cursor *cursor, struct parts *parts)
{
	static const struct text minus = {"\u2212", 3};
	if (parts->has_sign || parts->parenthesis)
		return false;
	if (skip_text(cursor, TEXT("-")) || skip_text(cursor, minus))
		parts->negative = true;
	else if (!skip_text(cursor, TEXT("+")))
		return false;
	parts->has_sign = true;
	return true;
}

static bool skip_currency(
	const struct amount_format *format, struct cursor *cursor, struct parts *parts)
{
	if (parts->has_currency || !skip_text(cursor, format->currency_sign))
		return false;
	parts->has_currency = true;
	return true;
}

static void read_before(
	const struct amount_format *format, struct cursor *cursor, struct parts *parts)
{
	for (;;) {
		skip_blanks(cursor);
		if (!parts->has_sign && !parts->parenthesis && skip_text(cursor, TEXT("(")))
			parts->parenthesis = parts->negative = true;
		else if (!skip_sign(cursor, parts) && !skip_currency(format, cursor, parts))
			return;
	}
}

static void read_whole(
	const struct amount_format *format, struct cursor *cursor, struct parts *parts)
{
	const uint64_t most = UINT64_MAX / 10 - 1;
	size_t in_group = 0;
	bool grouped = false, from_zero = starts_with(*cursor, TEXT("0"));
	for (;;) {
		for (in_group = 0; at_digit(*cursor); cursor->at++, in_group++)
			parts->whole = parts->whole > most
					       ? UINT64_MAX
					       : parts->whole * 10 + (uint64_t)(*cursor->at - '0');
		parts->n_digits += in_group;
		bool more = in_group > 0 && at_separator(format, *cursor);
		/* 0,123 is more likely a decimal comma than 123. */
		if (grouped ? in_group != 3 : more && (in_group > 3 || from_zero))
			parts->grouped_badly = true;
		if (!more)
			return;
		cursor->at += separator_length(format, *cursor);
		grouped = true;
	}
}

static void read_decimals(
	const struct amount_format *format, struct cursor *cursor, struct parts *parts)
{
	if (cursor->at == cursor->end || *cursor->at != point_of(format))
		return;
	cursor->at++;
	parts->ends_in_point = !at_digit(*cursor);
	for (; at_digit(*cursor); cursor->at++, parts->n_decimals++)
		if (parts->n_decimals < MONEY_MAX_DECIMALS)
			parts->fraction = parts->fraction * 10 + (uint64_t)(*cursor->at - '0');
	parts->n_digits += parts->n_decimals;
}

/* False when the parenthesis stays open. 5.- is five whole francs in Switzerland, so no minus
 * follows a bare point. */
static bool read_after(
	const struct amount_format *format, struct cursor *cursor, struct parts *parts)
{
	bool open = parts->parenthesis;
	for (;;) {
		skip_blanks(cursor);
		if (open && skip_text(cursor, TEXT(")")))
			open = false;
		else if (!parts->ends_in_point && !starts_with(*cursor, TEXT("+")) &&
			 skip_sign(cursor, parts))
			;
		else if (!skip_currency(format, cursor, parts))
			return !open;
	}
}

static enum amount_status assemble(const struct parts *parts, struct amount *amount)
{
	uint64_t micros, fraction;
	if (__builtin_mul_overflow(parts->whole, (uint64_t)MONEY_UNIT, &micros))
		return AMOUNT_OVERFLOW;
	if (parts->n_decimals > MONEY_MAX_DECIMALS)
		return AMOUNT_TOO_MANY_DECIMALS;
	fraction = parts->fraction *
		   (uint64_t)power_of_ten[MONEY_MAX_DECIMALS - (int)parts->n_decimals];
	if (__builtin_add_overflow(micros, fraction, &micros) || micros > INT64_MAX)
		return AMOUNT_OVERFLOW;
	amount->value = parts->negative ? -(money)micros : (money)micros;
	amount->decimals = (int)parts->n_decimals;
	return AMOUNT_OK;
}

/* The whole grammar; AMOUNT_OTHER for what is not of it. */
static enum amount_status read_parts(
	const struct amount_format *format, struct text value, struct amount *amount)
{
	struct cursor cursor = {value.at, value.at + value.length};
	struct parts parts = {0};
	read_before(format, &cursor, &parts);
	read_whole(format, &cursor, &parts);
	read_decimals(format, &cursor, &parts);
	bool group_of_decimals = at_separator(format, cursor);
	bool closed = read_after(format, &cursor, &parts);
	if (parts.n_digits == 0 || !closed)
		return AMOUNT_OTHER;
	if (group_of_decimals)
		return AMOUNT_BAD_GROUPING;
	if (cursor.at < cursor.end)
		return AMOUNT_OTHER;
	return parts.grouped_badly ? AMOUNT_BAD_GROUPING : assemble(&parts, amount);
}

/* [-]digits.dd of one to five digits before the point, as nearly all amounts are, without a branch
 * for each byte (half the time of read_quickly()); false leaves the value to that. The bytes are
 * brought to the upper end of a word, the point is taken out, zeros are put before them, and three
 * multiplications add up eight digits, pairs at a time. */
static bool read_hundredths(char point, struct text value, struct amount *amount)
{
	bool negative = value.length > 0 && *value.at == '-';
	const char *at = value.at + negative;
	size_t n = value.length - negative;
	if (n < 4 || n > 8)
		return false;
	uint64_t low = load4(at), high = load4(at + n - 4);
	uint64_t word = low << 8 * (8 - n) | high << 32;
	uint64_t digits = (word & 0x000000FFFFFFFFFF) << 8 | (word & 0xFFFF000000000000) |
			  (0x3030303030303030 & (((uint64_t)1 << 8 * (9 - n)) - 1));
	uint64_t not_digits = ((digits + 0x4646464646464646) | (digits - 0x3030303030303030)) &
			      0x8080808080808080;
	if ((char)(word >> 40) != point || not_digits != 0)
		return false;
	digits = (digits & 0x0F0F0F0F0F0F0F0F) * (10 << 8 | 1) >> 8;
	digits = (digits & 0x00FF00FF00FF00FF) * (100 << 16 | 1) >> 16;
	digits = (digits & 0x0000FFFF0000FFFF) * ((uint64_t)10000 << 32 | 1) >> 32;
	money micros = (money)digits * (MONEY_UNIT / 100);
	*amount = (struct amount){.value = negative ? -micros : micros, .decimals = 2};
	return true;
}

/* [-]digits[.decimals] of at most twelve digits before the point; false leaves the value to
 * read_parts(). */
static bool read_quickly(char point, struct text value, struct amount *amount)
{
	enum { MOST_DIGITS = 12 };
	const char *at = value.at, *end = at + value.length;
	bool negative = at < end && *at == '-';
	at += negative;
	const char *start = at;
	unsigned digit;
	int64_t whole = 0, fraction = 0;
	for (; at < end && (digit = (unsigned char)*at - (unsigned)'0') <= 9; at++)
		whole = (int64_t)((uint64_t)whole * 10 + digit);
	if (at == start || at - start > MOST_DIGITS)
		return false;
	int decimals = 0;
	if (at < end) {
		if (*at != point || end - at < 2 || end - at > MONEY_MAX_DECIMALS + 1)
			return false;
		for (at++; at < end && (digit = (unsigned char)*at - (unsigned)'0') <= 9; at++)
			fraction = fraction * 10 + digit, decimals++;
		if (at < end)
			return false;
	}
	money micros = whole * MONEY_UNIT + fraction * power_of_ten[MONEY_MAX_DECIMALS - decimals];
	*amount = (struct amount){.value = negative ? -micros : micros, .decimals = decimals};
	return true;
}

/* ---- what a value that is not read looks like ---- */

static bool is_word_for_nothing(struct text value)
{
	static const char *const words[] = {"nan", "na", "n/a", "#n/a", "inf", "infinity", "null",
		"none", "nil", "nat", "-", "--", ".", "\\N", "#value!", "#ref!", "#div/0!", "#num!",
		"#name?", "\u2013", "\u2014"};
	if (value.length > 1 && (value.at[0] == '-' || value.at[0] == '+') && value.at[1] != '-')
		value = (struct text){value.at + 1, value.length - 1};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_equal_ignoring_case(value, text_of(words[i])))
			return true;
	return false;
}

/* Digits, then e or E, then a whole number. */
static bool is_scientific(const struct amount_format *format, struct text value)
{
	struct amount_format bare = {.decimal_comma = format->decimal_comma};
	struct amount ignored;
	for (size_t i = 1; i + 1 < value.length; i++) {
		if (value.at[i] != 'e' && value.at[i] != 'E')
			continue;
		struct text mantissa = {value.at, i};
		struct cursor exponent = {value.at + i + 1, value.at + value.length};
		if (!skip_text(&exponent, TEXT("-")))
			skip_text(&exponent, TEXT("+"));
		bool has_digits = at_digit(exponent);
		while (at_digit(exponent))
			exponent.at++;
		enum amount_status status = read_parts(&bare, mantissa, &ignored);
		return has_digits && exponent.at == exponent.end && is_digit(value.at[i - 1]) &&
		       (status == AMOUNT_OK || status == AMOUNT_TOO_MANY_DECIMALS);
	}
	return false;
}

static bool is_currency_name(struct text text)
{
	static const char *const names[] = {"kr", "Fr", "Fr.", "Rs", "Rs.", "RM", "Rp", "Ft", "R",
		"S/", "Lei", "lei", "zl", "Bs", "Bs."};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(text, text_of(names[i])))
			return true;
	if (text.length != 3)
		return false;
	for (size_t i = 0; i < text.length; i++)
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	return true; /* EUR */
}

/* Any other word beside a number is more likely a mistake than a currency. */
static bool is_likely_currency(struct text text)
{
	enum { MOST_BYTES = 12 };
	bool has_sign = false;
	for (size_t i = 0; i < text.length; i++)
		has_sign = has_sign || text.at[i] == '$' || (unsigned char)text.at[i] >= 0x80;
	return is_currency_name(text) ||
	       (has_sign && text.length <= MOST_BYTES && currency_sign_fits(text) &&
		       utf8_valid(text.at, text.length, NULL));
}

/* Bytes of the blank, sign or parenthesis that the cursor stands on. */
static size_t frame_length(struct cursor cursor)
{
	if (cursor.at < cursor.end && strchr("+-()", *cursor.at) != NULL && *cursor.at != '\0')
		return 1;
	return utf8_blank_length(rest_of(cursor));
}

/* What stands between the frame at the cursor and the next of it, or the next digit. */
static struct text word_at(struct cursor cursor)
{
	for (size_t n; (n = frame_length(cursor)) > 0;)
		cursor.at += n;
	const char *start = cursor.at;
	while (cursor.at < cursor.end && !is_digit(*cursor.at) && frame_length(cursor) == 0)
		cursor.at++;
	return (struct text){start, (size_t)(cursor.at - start)};
}

/* The currency sign before or after the digits of the value; length 0 when there is none. */
static struct text find_currency(struct text value)
{
	struct cursor cursor = {value.at, value.at + value.length};
	struct text before = word_at(cursor);
	for (size_t i = 0; i < value.length; i++)
		if (is_digit(value.at[i]))
			cursor.at = value.at + i + 1;
	struct text after = word_at(cursor);
	/* $.50 has a decimal point, Rs.50 has not. */
	if (before.length > 1 && strchr(".,", before.at[before.length - 1]) != NULL &&
		!is_currency_name(before))
		before.length--;
	if (is_likely_currency(before))
		return before;
	return is_likely_currency(after) ? after : (struct text){0};
}

static bool reads(const struct amount_format *format, struct text value)
{
	struct amount ignored;
	return read_parts(format, value, &ignored) == AMOUNT_OK;
}

/* Sets a thousands separator that lets the format read the value. */
static bool find_thousands(struct amount_format *format, struct text value)
{
	static const struct text separators[] = {{",", 1}, {".", 1}, {" ", 1}, {"'", 1}, {"_", 1}};
	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++) {
		format->thousands = separators[i];
		if (separators[i].at[0] != point_of(format) && reads(format, value))
			return true;
	}
	return false;
}

enum { MOST_CURES = 2 };

/* Other separators with which the format reads the value: 1,234 may be thousands or decimals, and
 * both are found; else the change that is least. */
static size_t find_separators(
	const struct amount_format *format, struct text value, struct amount_format *cures)
{
	size_t n = 0;
	struct amount_format grouped = *format, flipped = *format;
	flipped.decimal_comma = !format->decimal_comma;
	if (flipped.thousands.length > 0 && flipped.thousands.at[0] == point_of(&flipped))
		flipped.thousands = (struct text){0};
	if (find_thousands(&grouped, value))
		cures[n++] = grouped;
	if (reads(&flipped, value) || (n == 0 && find_thousands(&flipped, value)))
		cures[n++] = flipped;
	return n;
}

/* Formats that read a value which this one does not, at most MOST_CURES. */
static size_t find_cures(
	const struct amount_format *format, struct text value, struct amount_format *cures)
{
	size_t n = find_separators(format, value, cures);
	struct amount_format with_sign = *format;
	with_sign.currency_sign = find_currency(value);
	if (n > 0 || with_sign.currency_sign.length == 0)
		return n;
	if (!reads(&with_sign, value))
		return find_separators(&with_sign, value, cures);
	cures[0] = with_sign;
	return 1;
}

static enum amount_status classify(const struct amount_format *format, struct text value)
{
	struct amount_format cures[MOST_CURES];
	value = text_trim(value);
	if (value.length == 0)
		return AMOUNT_EMPTY;
	if (is_word_for_nothing(value))
		return AMOUNT_NOT_A_NUMBER;
	if (is_scientific(format, value))
		return AMOUNT_SCIENTIFIC;
	if (find_cures(format, value, cures) == 0)
		return AMOUNT_OTHER;
	if (!text_equal(cures[0].currency_sign, format->currency_sign))
		return AMOUNT_CURRENCY;
	if (cures[0].decimal_comma == format->decimal_comma)
		return AMOUNT_THOUSANDS;
	return cures[0].decimal_comma ? AMOUNT_DECIMAL_COMMA : AMOUNT_DECIMAL_POINT;
}

enum amount_status amount_read(
	const struct amount_format *format, struct text value, struct amount *amount)
{
	char point = point_of(format);
	if (read_hundredths(point, value, amount) || read_quickly(point, value, amount))
		return AMOUNT_OK;
	enum amount_status status = read_parts(format, value, amount);
	return status == AMOUNT_OTHER ? classify(format, value) : status;
}

enum amount_status amount_product(struct amount a, struct amount b, struct amount *product)
{
	money_sum exact = (money_sum)a.value * b.value;
	if (exact % MONEY_UNIT != 0)
		return AMOUNT_INEXACT_PRODUCT;
	exact /= MONEY_UNIT;
	if (exact > INT64_MAX || exact < -INT64_MAX)
		return AMOUNT_OVERFLOW;
	int decimals = a.decimals + b.decimals;
	product->value = (money)exact;
	product->decimals = decimals < MONEY_MAX_DECIMALS ? decimals : MONEY_MAX_DECIMALS;
	return AMOUNT_OK;
}

/* ---- words ---- */

const char *amount_reason(enum amount_status status)
{
	switch (status) {
	case AMOUNT_OK:
		return "good amount";
	case AMOUNT_EMPTY:
		return "amount empty";
	case AMOUNT_NOT_A_NUMBER:
		return "amount a word for a missing number";
	case AMOUNT_SCIENTIFIC:
		return "amount in scientific notation";
	case AMOUNT_TOO_MANY_DECIMALS:
		return "amount with more than six decimals";
	case AMOUNT_OVERFLOW:
		return "amount too large";
	case AMOUNT_BAD_GROUPING:
		return "amount not grouped in thousands";
	case AMOUNT_DECIMAL_COMMA:
		return "amount with a decimal comma";
	case AMOUNT_DECIMAL_POINT:
		return "amount with a decimal point";
	case AMOUNT_THOUSANDS:
		return "amount with a thousands separator";
	case AMOUNT_CURRENCY:
		return "amount with a currency sign";
	case AMOUNT_OTHER:
		return "amount not a number";
	case AMOUNT_INEXACT_PRODUCT:
		return "product of amounts with more than six decimals";
	}
	assert(false);
	return "";
}

/* As a shell takes it. */
static void append_argument(struct buffer *words, struct text argument)
{
	bool bare = argument.length == 1 && strchr(",._", argument.at[0]) != NULL;
	const char *quote = bare ? "" : argument.at[0] == '\'' ? "\"" : "'";
	buffer_string(words, quote);
	buffer_text(words, argument);
	buffer_string(words, quote);
}

static void append_options(const struct amount_format *from, const struct amount_format *to,
	bool first, struct buffer *words)
{
	const char *joint = first ? "use " : "";
	if (to->decimal_comma && !from->decimal_comma) {
		buffer_format(words, "%s--decimal-comma", joint);
		joint = " and ";
	}
	if (to->thousands.length > 0 && !text_equal(to->thousands, from->thousands)) {
		buffer_format(words, "%s--thousands ", joint);
		append_argument(words, to->thousands);
		joint = " and ";
	}
	if (!text_equal(to->currency_sign, from->currency_sign)) {
		buffer_format(words, "%s--currency-sign ", joint);
		append_argument(words, to->currency_sign);
		joint = " and ";
	}
	joint = strcmp(joint, " and ") == 0 ? " without" : "leave out";
	if (from->decimal_comma && !to->decimal_comma) {
		buffer_format(words, "%s --decimal-comma", joint);
		joint = " and";
	}
	if (from->thousands.length > 0 && to->thousands.length == 0)
		buffer_format(words, "%s --thousands", joint);
}

static void append_cures(
	const struct amount_format *format, struct text value, struct buffer *words)
{
	struct amount_format cures[MOST_CURES];
	size_t n = find_cures(format, value, cures);
	if (n == 0)
		return;
	buffer_string(words, " (");
	for (size_t i = 0; i < n; i++) {
		buffer_string(words, i > 0 ? " or " : "");
		append_options(format, &cures[i], i == 0, words);
	}
	buffer_string(words, "?)");
}

void amount_explain(const struct amount_format *format, struct text value, struct buffer *words)
{
	char excerpt[TEXT_EXCERPT_SIZE];
	struct amount amount;
	enum amount_status status = amount_read(format, value, &amount);
	if (status == AMOUNT_EMPTY) {
		buffer_string(words, "amount is empty");
		return;
	}
	buffer_format(words, "amount '%s' ", text_excerpt(text_trim(value), excerpt));
	if (status == AMOUNT_SCIENTIFIC) {
		buffer_string(words, "is in scientific notation (export it with all its digits)");
	} else if (status == AMOUNT_TOO_MANY_DECIMALS) {
		buffer_string(words, "has more than six decimals (round it in the export)");
	} else if (status == AMOUNT_OVERFLOW) {
		buffer_string(words, "is too large (up to 9223372036854.775807)");
	} else if (status == AMOUNT_BAD_GROUPING) {
		buffer_string(words, "is not grouped in thousands");
		append_cures(format, value, words);
	} else if (status == AMOUNT_CURRENCY && format->currency_sign.length > 0) {
		buffer_format(words, "has another currency sign than '%.*s'",
			(int)format->currency_sign.length, format->currency_sign.at);
	} else if (status != AMOUNT_OK) {
		buffer_string(words, "is not a number");
		append_cures(format, value, words);
	}
}

void amount_explain_product(
	struct text a, struct text b, enum amount_status status, struct buffer *words)
{
	char first[TEXT_EXCERPT_SIZE], second[TEXT_EXCERPT_SIZE];
	buffer_format(words, "amount '%s' times '%s' %s", text_excerpt(text_trim(a), first),
		text_excerpt(text_trim(b), second),
		status == AMOUNT_OVERFLOW
			? "is too large (up to 9223372036854.775807)"
			: "has more than six decimals (round them in the export)");
}

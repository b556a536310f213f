/* Amounts of money as exports write them -> exact micro-units (base/money.h).
 *
 * A format is made once and then only read, so that any number of threads may share it;
 * amount_read() allocates nothing and takes a few nanoseconds for -123.45.
 *
 *	struct amount_format format;
 *	if (!amount_format_make(&format, false, ",", "$", err))
 *		return false;
 *	struct amount amount;
 *	enum amount_status status = amount_read(&format, TEXT("$1,234.56-"), &amount);
 *	(* AMOUNT_OK, amount.value -1234560000, amount.decimals 2 *)
 *	if (status != AMOUNT_OK)
 *		amount_explain(&format, value, &words);
 *
 * Read are digits with up to six decimals (.5 and 5. too), a sign before them, a minus after
 * them or parentheses around them, the currency sign before or after, with blanks between these
 * parts. Groups by the thousands separator have exactly three digits, and the first does not begin
 * with 0, so that neither 1,23 nor 0,123 is taken for 123. Blanks are blank, tab, U+00A0, U+202F
 * and U+2009; a blank as the thousands separator stands for any of them, an apostrophe also for
 * U+2019.
 */
#ifndef IO_AMOUNTS_H
#define IO_AMOUNTS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/money.h"
#include "base/text.h"

enum amount_status {
	AMOUNT_OK,
	AMOUNT_EMPTY,             /* nothing, or blanks only */
	AMOUNT_NOT_A_NUMBER,      /* NaN, NA, inf, null, - */
	AMOUNT_SCIENTIFIC,        /* 1e5 */
	AMOUNT_TOO_MANY_DECIMALS, /* more than six */
	AMOUNT_OVERFLOW,          /* beyond 9223372036854.775807 */
	AMOUNT_BAD_GROUPING,      /* 12,50 where the comma separates thousands */
	AMOUNT_DECIMAL_COMMA,     /* 12,50 without --decimal-comma */
	AMOUNT_DECIMAL_POINT,     /* 12.50 with --decimal-comma */
	AMOUNT_THOUSANDS,         /* 1,234.56 without --thousands */
	AMOUNT_CURRENCY,          /* $12 without --currency-sign, or with another one */
	AMOUNT_OTHER,             /* twelve */
	AMOUNT_INEXACT_PRODUCT,   /* of amount_product(): not a whole number of micro-units */
};

struct amount_format {
	bool decimal_comma;
	struct text thousands;     /* one UTF-8 character; length 0: no separator */
	struct text currency_sign; /* length 0: none */
};

struct amount {
	money value;
	int decimals; /* as written, 0 to 6 */
};

/* From the values of --decimal-comma, --thousands and --currency-sign (NULL where not given),
 * which must outlive the format. ERROR_USAGE when they cannot be told apart from digits, signs or
 * each other. */
bool amount_format_make(struct amount_format *format, bool decimal_comma, const char *thousands,
	const char *currency_sign, struct error *err);

/* *amount is set when the status is AMOUNT_OK. */
enum amount_status amount_read(
	const struct amount_format *format, struct text value, struct amount *amount);

/* a times b, exactly, as --amount 'Quantity*UnitPrice' has it; decimals are those of both, at most
 * six. AMOUNT_OK, AMOUNT_OVERFLOW or AMOUNT_INEXACT_PRODUCT. */
enum amount_status amount_product(struct amount a, struct amount b, struct amount *product);

/* The reason in a few words that do not hold the value, to count bad rows by: "amount empty". */
const char *amount_reason(enum amount_status status);

/* Appends what is wrong with a value that amount_read() refuses, and the option that would read it:
 * "amount '12,50' is not a number (use --decimal-comma?)". */
void amount_explain(const struct amount_format *format, struct text value, struct buffer *words);

/* The same for two values, both good, whose product is not. */
void amount_explain_product(
	struct text a, struct text b, enum amount_status status, struct buffer *words);

#endif

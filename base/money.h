/* Money is exact: a count of millionths (micro-units) of whatever the currency is.
 *
 * One amount fits 64 bits (up to 9,223,372,036,854.775807); sums of amounts have 128 bits, so that
 * no number of rows can overflow them and their order never matters.
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

typedef int64_t money;
__extension__ typedef __int128 money_sum;

enum { MONEY_UNIT = 1000000, MONEY_MAX_DECIMALS = 6, MONEY_TEXT_SIZE = 48 };

/* Writes value with exactly decimals digits after the point (0 to 6; no point for 0), and a NUL,
 * into room; returns the length. Digits beyond decimals are rounded half away from zero; callers
 * pass the largest number of decimals seen in the input, so that none are. */
size_t money_write(money_sum value, int decimals, char *room);

/* Reads what money_write() writes: digits with a minus before them or not, a point and one to six
 * decimals or neither; up to 30 digits in all. False for anything else. Amounts of an export have
 * many more forms: see io/amounts.h. */
bool money_read(struct text text, money_sum *value, int *decimals);

/* The nearest double, in units: micros / 1e6. */
double money_as_real(money_sum value);

#endif

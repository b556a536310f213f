/* Whole numbers and money as decimal text, fast: a table of a million rows has ten million of
 * them. They write into room without a NUL and return the length.
 *
 *	char room[DIGITS_ROOM];
 *	size_t n = digits_write(20240229, room);
 */
#ifndef IO_DIGITS_H
#define IO_DIGITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/money.h"

enum { DIGITS_ROOM = MONEY_TEXT_SIZE };

size_t digits_count(uint64_t value);        /* 1 for 0 */
uint64_t digits_power_of_ten(int exponent); /* 0 to 19 */

size_t digits_write(uint64_t value, char *room);
size_t digits_write_signed(int64_t value, char *room);

/* As money_write(), whose rounding it keeps; quick where the value fits 64 bits. */
size_t digits_write_money(money_sum value, int decimals, char *room);

#endif

#include "io/digits.h"

#include <assert.h>
#include <string.h>

static const uint64_t powers[] = {1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u,
	100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u, 10000000000000u,
	100000000000000u, 1000000000000000u, 10000000000000000u, 100000000000000000u,
	1000000000000000000u, 10000000000000000000u};

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
			    "25262728293031323334353637383940414243444546474849"
			    "50515253545556575859606162636465666768697071727374"
			    "75767778798081828384858687888990919293949596979899";

size_t digits_count(uint64_t value)
{
	/* 1233 / 4096 is just above log10(2), so that the guess is right or one too large. */
	size_t guess = (size_t)(64 - __builtin_clzll(value | 1)) * 1233 >> 12;
	return guess + (value >= powers[guess]) + (value == 0);
}

uint64_t digits_power_of_ten(int exponent)
{
	assert(exponent >= 0 && exponent < (int)(sizeof(powers) / sizeof(powers[0])));
	return powers[exponent];
}

/* The last n digits of value, with leading zeros. */
static void write_padded(uint64_t value, size_t n, char *room)
{
	for (; n >= 2; n -= 2, value /= 100)
		memcpy(room + n - 2, pairs + value % 100 * 2, 2);
	if (n == 1)
		room[0] = (char)('0' + value % 10);
}

size_t digits_write(uint64_t value, char *room)
{
	/* Scores, counts and days: most numbers of most tables. */
	if (value < 10) {
		room[0] = (char)('0' + value);
		return 1;
	}
	if (value < 100) {
		memcpy(room, pairs + value * 2, 2);
		return 2;
	}
	size_t n = digits_count(value);
	write_padded(value, n, room);
	return n;
}

static uint64_t magnitude_of(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

size_t digits_write_signed(int64_t value, char *room)
{
	room[0] = '-';
	return (size_t)(value < 0) + digits_write(magnitude_of(value), room + (value < 0));
}

/* Inline, so that numbers of decimals that are written out are divided by constants. */
static inline size_t write_money(bool negative, uint64_t micros, int decimals, char *room)
{
	uint64_t unit = powers[decimals], step = powers[MONEY_MAX_DECIMALS - decimals];
	uint64_t rest = (micros + step / 2) / step;
	size_t n = 0;
	if (negative && rest != 0)
		room[n++] = '-';
	n += digits_write(rest / unit, room + n);
	if (decimals > 0) {
		room[n++] = '.';
		write_padded(rest % unit, (size_t)decimals, room + n);
		n += (size_t)decimals;
	}
	return n;
}

size_t digits_write_money(money_sum value, int decimals, char *room)
{
	assert(decimals >= 0 && decimals <= MONEY_MAX_DECIMALS);
	if (value < INT64_MIN || value > INT64_MAX)
		return money_write(value, decimals, room);
	uint64_t micros = magnitude_of((int64_t)value);
	switch (decimals) {
	case 0:
		return write_money(value < 0, micros, 0, room);
	case 2:
		return write_money(value < 0, micros, 2, room);
	default:
		return write_money(value < 0, micros, decimals, room);
	}
}

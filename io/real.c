#include "io/real.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/digits.h"

__extension__ typedef unsigned __int128 wide;

/* From the largest double down to one digit, and from the least up to 17 digits. */
enum { POWER_LEAST = -308, POWER_MOST = 340 };

/* powers_of_ten[k - POWER_LEAST] is the least whole number >= 10^k / 2^(e - 127), where e is
 * floor(log2(10^k)): the first 128 bits of 10^k, rounded up. */
static wide powers_of_ten[POWER_MOST - POWER_LEAST + 1];

/* A whole number of many bits, least limb first, for making the table. */
enum { N_LIMBS = 16 };

/* The first 128 bits, rounded up; more: something lies below the last limb. */
static wide first_128_bits(const uint64_t *limbs, bool more)
{
	int top = N_LIMBS - 1;
	while (limbs[top] == 0)
		top--;
	int shift = __builtin_clzll(limbs[top]);
	uint64_t part[3]; /* the first three limbs; those below the lowest one are zero */
	for (int i = 0; i < 3; i++)
		part[i] = top >= i ? limbs[top - i] : 0;
	more = more || part[2] << shift != 0;
	for (int i = 0; i < top - 2; i++)
		more = more || limbs[i] != 0;
	wide bits = (wide)part[0] << 64 | part[1];
	if (shift > 0)
		bits = bits << shift | part[2] >> (64 - shift);
	return bits + more;
}

/* Powers of two do not change the first bits, so 10^k is 5^k, and 10^-k is 2^1023 / 5^k, whose
 * floor has 307 bits or more. */
static void make_powers_of_ten(void)
{
	uint64_t limbs[N_LIMBS] = {1};
	for (int k = 0; k <= POWER_MOST; k++) {
		powers_of_ten[k - POWER_LEAST] = first_128_bits(limbs, false);
		wide carry = 0;
		for (int i = 0; i < N_LIMBS; i++) {
			carry += (wide)limbs[i] * 5;
			limbs[i] = (uint64_t)carry;
			carry >>= 64;
		}
	}
	memset(limbs, 0, sizeof(limbs));
	limbs[N_LIMBS - 1] = (uint64_t)1 << 63;
	for (int k = -1; k >= POWER_LEAST; k--) {
		wide rest = 0;
		for (int i = N_LIMBS - 1; i >= 0; i--) {
			rest = rest << 64 | limbs[i];
			limbs[i] = (uint64_t)(rest / 5);
			rest %= 5;
		}
		/* 5^-k never ends in binary. */
		powers_of_ten[k - POWER_LEAST] = first_128_bits(limbs, true);
	}
}

static wide power_of_ten(int k)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_powers_of_ten);
	assert(k >= POWER_LEAST && k <= POWER_MOST);
	return powers_of_ten[k - POWER_LEAST];
}

/* floor(log2(10^k)) for |k| <= 1233, floor(log10(2^q)) and floor(log10(3/4 2^q)) for |q| <= 1500;
 * the factors are log2(10) 2^19, log10(2) 2^22 and log10(3/4) 2^22 (Giulietti, section 8). */
static int floor_log2_of_power_of_ten(int k)
{
	return k * 1741647 >> 19;
}

static int floor_log10_of_power_of_two(int q)
{
	return q * 1262611 >> 22;
}

static int floor_log10_of_three_quarters(int q)
{
	return (q * 1262611 - 524031) >> 22;
}

/* value = significand 2^exponent */
struct binary {
	uint64_t significand;
	int exponent;
	bool after_gap; /* the double below is only half as far as the one above */
};

/* value = digits 10^exponent */
struct decimal {
	uint64_t digits;
	int exponent;
};

static struct binary binary_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
	int exponent = (int)(bits >> 52 & 0x7ff);
	if (exponent == 0)
		return (struct binary){.significand = fraction, .exponent = -1074};
	return (struct binary){
		.significand = fraction | (uint64_t)1 << 52,
		.exponent = exponent - 1075,
		.after_gap = fraction == 0 && exponent > 1,
	};
}

/* floor(g c / 2^128) with the lowest bit set when the product is not that exactly; g is rounded
 * up, so that a remainder of 1 is none. */
static uint64_t product_to_odd(wide g, uint64_t c)
{
	wide low = (wide)(uint64_t)g * c;
	wide high = (wide)(uint64_t)(g >> 64) * c + (low >> 64);
	return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* Schubfach. With k so that 10^k is less wide than the interval of reals that read as value, that
 * interval holds at least one multiple of 10^k and at most one of 10^(k+1). The interval and the
 * value are scaled by 4 10^-k: below, value and above in quarters of 10^k. */
static struct decimal shortest(double real)
{
	struct binary v = binary_of(real);
	int k = v.after_gap ? floor_log10_of_three_quarters(v.exponent)
			    : floor_log10_of_power_of_two(v.exponent);
	int h = v.exponent + floor_log2_of_power_of_ten(-k) + 1;
	wide g = power_of_ten(-k);
	uint64_t odd = v.significand & 1; /* the ends belong to the interval when it is even */
	uint64_t c = 4 * v.significand;
	uint64_t below = product_to_odd(g, (c - 2 + v.after_gap) << h) + odd;
	uint64_t value = product_to_odd(g, c << h);
	uint64_t above = product_to_odd(g, (c + 2) << h) - odd;

	uint64_t s = value / 4, tens = s / 10;
	if (s >= 10) {
		bool lower = below <= 40 * tens, upper = 40 * tens + 40 <= above;
		if (lower != upper)
			return (struct decimal){tens + upper, k + 1};
	}
	bool lower = below <= 4 * s, upper = 4 * s + 4 <= above;
	if (lower != upper)
		return (struct decimal){s + upper, k};
	bool up = value > 4 * s + 2 || (value == 4 * s + 2 && (s & 1) != 0);
	return (struct decimal){s + up, k};
}

/* Exactly, by the C library: for the few values that lie too near to a tie. */
static struct decimal rounded_slowly(double value, int n_digits)
{
	char room[REAL_ROOM + REAL_MAX_DIGITS];
	snprintf(room, sizeof(room), "%.*e", n_digits - 1, value);
	struct decimal d = {0, 0};
	const char *at = room;
	for (; *at != 'e'; at++)
		if (is_digit(*at))
			d.digits = d.digits * 10 + (uint64_t)(*at - '0');
	bool negative = at[1] == '-';
	for (at += 2; *at != '\0'; at++)
		d.exponent = d.exponent * 10 + (*at - '0');
	d.exponent = (negative ? -d.exponent : d.exponent) - (n_digits - 1);
	return d;
}

/* To n_digits significant digits: value 10^-k is taken as y 2^-shift, where y has 126 bits or more
 * and is off by less than 2. */
static struct decimal rounded(double value, int n_digits)
{
	struct binary v = binary_of(value);
	int zeros = __builtin_clzll(v.significand);
	uint64_t c = v.significand << zeros;
	int exponent = v.exponent - zeros;
	int k = floor_log10_of_power_of_two(exponent + 63) - n_digits + 1;
	for (;; k++) { /* twice at most: the logarithm may be one too small */
		wide g = power_of_ten(-k);
		wide y = (wide)c * (uint64_t)(g >> 64) + ((wide)c * (uint64_t)g >> 64);
		int shift = 63 - exponent - floor_log2_of_power_of_ten(-k);
		assert(shift >= 64 && shift < 128);
		uint64_t m = (uint64_t)(y >> shift);
		if (m >= digits_power_of_ten(n_digits))
			continue;
		wide half = (wide)1 << (shift - 1), rest = y - ((wide)m << shift);
		if (rest + 2 >= half && rest <= half + 2)
			return rounded_slowly(value, n_digits);
		m += rest > half;
		if (m == digits_power_of_ten(n_digits))
			return (struct decimal){m / 10, k + 1};
		return (struct decimal){m, k};
	}
}

static struct decimal without_zeros_at_end(struct decimal d)
{
	while (d.digits % 10 == 0) {
		d.digits /= 10;
		d.exponent++;
	}
	return d;
}

static size_t write_exponent(int exponent, char *room)
{
	room[0] = 'e';
	return 1 + digits_write_signed(exponent, room + 1);
}

static size_t write_zeros(size_t n, char *room)
{
	memset(room, '0', n);
	return n;
}

/* The point goes where the exponent says, when that takes few zeros. */
static size_t lay_out(struct decimal d, char *room)
{
	char digits[DIGITS_ROOM];
	size_t n_digits = digits_write(d.digits, digits), n = 0;
	int leading = d.exponent + (int)n_digits - 1; /* the exponent of the first digit */
	size_t n_whole = n_digits;                    /* digits before the point */
	bool has_exponent = leading < -6 || leading >= 21;
	if (has_exponent) {
		n_whole = 1;
	} else if (leading < 0) {
		n_whole = 0;
		memcpy(room, "0.", 2);
		n = 2 + write_zeros((size_t)(-1 - leading), room + 2);
	} else if (d.exponent < 0) {
		n_whole = (size_t)leading + 1;
	}
	memcpy(room + n, digits, n_whole);
	n += n_whole;
	if (n_whole > 0 && n_whole < n_digits)
		room[n++] = '.';
	memcpy(room + n, digits + n_whole, n_digits - n_whole);
	n += n_digits - n_whole;
	if (has_exponent)
		n += write_exponent(leading, room + n);
	else if (d.exponent > 0)
		n += write_zeros((size_t)d.exponent, room + n);
	return n;
}

static const double whole_below = 9007199254740992.0; /* 2^53: from here on all are whole */

static struct decimal significant(double value, int digits)
{
	if (value >= whole_below && value < 1e21)
		return shortest(value);
	int n_whole = value >= 1 && value < whole_below ? (int)digits_count((uint64_t)value) : 0;
	return rounded(value, digits > n_whole ? digits : n_whole);
}

static size_t write_real(double value, int digits, bool padded, char *room)
{
	assert(isfinite(value));
	assert(digits == REAL_SHORTEST || (digits >= 1 && digits <= REAL_MAX_DIGITS));
	size_t n = 0;
	if (value < 0) {
		room[n++] = '-';
		value = -value;
	}
	bool small = value < whole_below;
	if (value == 0 || (!padded && small && value == (double)(uint64_t)value))
		return n + digits_write((uint64_t)value, room + n);
	struct decimal d = digits == REAL_SHORTEST ? shortest(value) : significant(value, digits);
	return n + lay_out(padded ? d : without_zeros_at_end(d), room + n);
}

size_t real_write(double value, int digits, char *room)
{
	return write_real(value, digits, false, room);
}

size_t real_write_padded(double value, int digits, char *room)
{
	return write_real(value, digits, true, room);
}

bool real_read(struct text text, char decimal, double *value)
{
	enum { LONGEST = 400 };
	char room[LONGEST + 1], *end;
	if (text.length == 0 || text.length > LONGEST)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];
		if (c == '\0' || strchr("0123456789+-eE", c) == NULL) {
			if (c != decimal)
				return false;
			c = '.';
		}
		room[i] = c;
	}
	room[text.length] = '\0';
	*value = strtod(room, &end);
	return *end == '\0' && isfinite(*value);
}

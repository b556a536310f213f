#include "base/money.h"

#include <assert.h>
#include <math.h>

__extension__ typedef unsigned __int128 magnitude;

size_t money_write(money_sum value, int decimals, char *room)
{
	assert(decimals >= 0 && decimals <= MONEY_MAX_DECIMALS);
	bool negative = value < 0;
	magnitude rest = negative ? -(magnitude)value : (magnitude)value;
	magnitude step = 1;
	for (int i = decimals; i < MONEY_MAX_DECIMALS; i++)
		step *= 10;
	rest = (rest + step / 2) / step;
	negative = negative && rest != 0;

	char reversed[MONEY_TEXT_SIZE];
	size_t n = 0;
	for (int digits = 0; rest > 0 || digits <= decimals; digits++) {
		if (digits == decimals && decimals > 0)
			reversed[n++] = '.';
		reversed[n++] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	}
	if (negative)
		reversed[n++] = '-';
	for (size_t i = 0; i < n; i++)
		room[i] = reversed[n - 1 - i];
	room[n] = '\0';
	return n;
}

bool money_read(struct text text, money_sum *value, int *decimals)
{
	enum { MOST_DIGITS = 30 };
	bool negative = text.length > 0 && text.at[0] == '-';
	int n_digits = 0, n_decimals = -1; /* -1 before the point */
	*value = 0;
	for (size_t i = negative; i < text.length; i++) {
		if (text.at[i] == '.' && n_decimals < 0 && n_digits > 0) {
			n_decimals = 0;
			continue;
		}
		if (text.at[i] < '0' || text.at[i] > '9' || ++n_digits > MOST_DIGITS)
			return false;
		*value = *value * 10 + (text.at[i] - '0');
		n_decimals += n_decimals >= 0;
	}
	*decimals = n_decimals > 0 ? n_decimals : 0;
	if (n_digits == 0 || n_decimals == 0 || n_decimals > MONEY_MAX_DECIMALS)
		return false;
	for (int i = *decimals; i < MONEY_MAX_DECIMALS; i++)
		*value *= 10;
	if (negative)
		*value = -*value;
	return true;
}

/* Beyond 2^53 the sum itself is no double, and to round it before dividing would be to round twice:
 * the quotient is made with 60 bits or more, the last of which tells whether anything was left. */
static double large_as_real(money_sum value)
{
	magnitude rest = value < 0 ? -(magnitude)value : (magnitude)value;
	int shift = 0;
	while (rest >> 79 == 0) {
		rest <<= 1;
		shift++;
	}
	magnitude quotient = rest / MONEY_UNIT | (rest % MONEY_UNIT != 0);
	double real = ldexp((double)quotient, -shift);
	return value < 0 ? -real : real;
}

double money_as_real(money_sum value)
{
	const money_sum exact = (money_sum)1 << 53;
	return value >= -exact && value <= exact ? (double)value / MONEY_UNIT
						 : large_as_real(value);
}

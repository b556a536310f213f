#include "io/plot_scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/real.h"

struct range range_empty(void)
{
	return (struct range){INFINITY, -INFINITY};
}

void range_take(struct range *range, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i]))
			continue;
		range->low = fmin(range->low, values[i]);
		range->high = fmax(range->high, values[i]);
	}
}

/* A tick cannot be told from the next where the step is lost in the digits of a double. */
static const double finest = 1e-12;

/* So that low < high, by enough, and neither so great that their difference is infinite. */
static struct range widened(struct range range)
{
	static const double greatest = 1e300;
	if (!(range.low <= range.high))
		return (struct range){0, 1};
	range.low = fmin(fmax(range.low, -greatest), greatest);
	range.high = fmin(fmax(range.high, -greatest), greatest);
	double magnitude = fmax(fabs(range.low), fabs(range.high));
	if (magnitude < 1e-300)
		return (struct range){0, 1};
	if (range.high - range.low > finest * magnitude)
		return range;
	if (range.low > 0)
		range.low = 0;
	else
		range.high = 0;
	return range;
}

/* 1, 2 or 5 times a power of ten, not below the least. */
static double nice_step(double least)
{
	double power = pow(10, floor(log10(least)));
	double share = least / power;
	static const double slack = 1e-9;
	if (share <= 1 + slack)
		return power;
	if (share <= 2 + slack)
		return 2 * power;
	return share <= 5 + slack ? 5 * power : 10 * power;
}

static double step_for(const struct range *range, int most, bool whole)
{
	int n_steps = most > 2 ? most - 1 : 1;
	double step = nice_step((range->high - range->low) / n_steps);
	return whole && step < 1 ? 1 : step;
}

struct ticks ticks_over(struct range *range, int most, bool whole)
{
	static const double slack = 1e-9;
	*range = widened(*range);
	double step = step_for(range, most, whole);
	double first = floor(range->low / step + slack), last = ceil(range->high / step - slack);
	if (last <= first)
		last = first + 1;
	*range = (struct range){first * step, last * step};
	return (struct ticks){first * step, step, (int)(last - first) + 1};
}

struct ticks ticks_inside(const struct range *range, int most, bool whole)
{
	static const double slack = 1e-9;
	struct range wide = widened(*range);
	double step = step_for(&wide, most, whole);
	double first = ceil(wide.low / step - slack), last = floor(wide.high / step + slack);
	return (struct ticks){first * step, step, last >= first ? (int)(last - first) + 1 : 0};
}

/* The multiple nearest to the sum, so that 0.1 + 0.2 reads 0.3 and nothing reads -0. */
double ticks_at(const struct ticks *ticks, int i)
{
	double multiple = round(ticks->first / ticks->step) + i;
	return multiple == 0 ? 0 : multiple * ticks->step;
}

double plot_scale_at(const struct plot_scale *scale, double value)
{
	double share = (value - scale->low) / (scale->high - scale->low);
	return scale->from + share * (scale->to - scale->from);
}

/* ---- numbers ---- */

/* Commas between the thousands of what stands before the point. */
static size_t group_thousands(const char *digits, char room[PLOT_NUMBER_ROOM])
{
	size_t sign = digits[0] == '-' ? 1 : 0, whole = sign + strspn(digits + sign, "0123456789");
	size_t n = 0;
	for (size_t i = 0; digits[i] != '\0' && n + 2 < PLOT_NUMBER_ROOM; i++) {
		if (i > sign && i < whole && (whole - i) % 3 == 0)
			room[n++] = ',';
		room[n++] = digits[i];
	}
	room[n] = '\0';
	return n;
}

static bool is_zero(const char *digits)
{
	return strpbrk(digits, "123456789") == NULL;
}

/* Fixed decimals; beyond 21 digits an exponent, as elsewhere. */
static size_t write_fixed(double value, int decimals, char room[PLOT_NUMBER_ROOM])
{
	char digits[PLOT_NUMBER_ROOM];
	if (fabs(value) >= 1e21) {
		size_t n = real_write(value, 3, room);
		room[n] = '\0';
		return n;
	}
	snprintf(digits, sizeof(digits), "%.*f", decimals, value);
	const char *from = digits[0] == '-' && is_zero(digits) ? digits + 1 : digits;
	return group_thousands(from, room);
}

struct thousands {
	double unit;
	const char *suffix;
};

/* Of numbers up to magnitude, where those below least keep their zeros. */
static struct thousands thousands_of(double magnitude, double least)
{
	static const struct thousands all[] = {{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}};
	for (size_t i = 0; magnitude >= least && i < sizeof(all) / sizeof(all[0]); i++)
		if (magnitude >= all[i].unit && magnitude < 1e18)
			return all[i];
	return (struct thousands){1, ""};
}

/* How many decimals tell multiples of the step apart. */
static int decimals_of(double step)
{
	int decimals = 0;
	for (double rest = step; decimals < 12 && fabs(rest - round(rest)) > 1e-6 * rest;
		rest *= 10)
		decimals++;
	return decimals;
}

size_t plot_tick_write(
	double value, const struct ticks *ticks, enum plot_unit unit, char room[PLOT_NUMBER_ROOM])
{
	if (value == 0) {
		memcpy(room, "0%", 3);
		room[unit == PLOT_SHARE ? 2 : 1] = '\0';
		return strlen(room);
	}
	if (unit == PLOT_SHARE) {
		size_t n = write_fixed(100 * value, decimals_of(100 * ticks->step), room);
		memcpy(room + n, "%", 2);
		return n + 1;
	}
	double last = ticks_at(ticks, ticks->n - 1);
	struct thousands thousands =
		thousands_of(fmax(fabs(ticks_at(ticks, 0)), fabs(last)), 10000);
	if (ticks->step < 1e-6 && ticks->step > 0) {
		size_t n = real_write(value, 3, room);
		room[n] = '\0';
		return n;
	}
	size_t n = write_fixed(
		value / thousands.unit, decimals_of(ticks->step / thousands.unit), room);
	memcpy(room + n, thousands.suffix, strlen(thousands.suffix) + 1);
	return n + strlen(thousands.suffix);
}

size_t plot_number_write(
	double value, enum plot_unit unit, int decimals, char room[PLOT_NUMBER_ROOM])
{
	enum { DIGITS = 4 };
	char digits[PLOT_NUMBER_ROOM];
	size_t n;
	if (!isfinite(value)) {
		memcpy(room, "-", 2);
		return 1;
	}
	switch (unit) {
	case PLOT_COUNT:
		return write_fixed(value, 0, room);
	case PLOT_MONEY:
		return write_fixed(value, decimals, room);
	case PLOT_SHARE:
		n = write_fixed(100 * value, 1, room);
		memcpy(room + n, "%", 2);
		return n + 1;
	case PLOT_REAL:
		n = real_write(value, DIGITS, digits);
		digits[n] = '\0';
		return group_thousands(digits, room);
	}
	room[0] = '\0';
	return 0;
}

size_t plot_short_write(double value, enum plot_unit unit, char room[PLOT_NUMBER_ROOM])
{
	if (unit == PLOT_SHARE) {
		bool is_fine = value != 0 && fabs(value) < .00995;
		size_t n = write_fixed(100 * value, is_fine ? 1 : 0, room);
		memcpy(room + n, "%", 2);
		return n + 1;
	}
	struct thousands thousands = thousands_of(fabs(value), 1000);
	double shown = value / thousands.unit;
	size_t n;
	if (thousands.unit > 1 || unit != PLOT_COUNT) {
		double size = fabs(shown);
		int decimals = shown == round(shown) ? 0
			       : size >= 99.95       ? 0
			       : size >= 9.995       ? 1
						     : 2;
		n = write_fixed(shown, decimals, room);
	} else {
		n = write_fixed(shown, 0, room);
	}
	memcpy(room + n, thousands.suffix, strlen(thousands.suffix) + 1);
	return n + strlen(thousands.suffix);
}

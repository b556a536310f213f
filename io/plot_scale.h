/* Where a number stands on a chart: scales, ticks, and how numbers read there.
 *
 *	struct range range = range_empty();
 *	range_take(&range, values, n);                      3.2 ... 97
 *	struct ticks ticks = ticks_over(&range, 6, false);  0, 20, 40, 60, 80, 100
 *	struct plot_scale x = {range.low, range.high, 40, 700};  range is now 0 ... 100
 *	plot_scale_at(&x, 50)                                    370
 *
 * Ticks stand at multiples of 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for
 * graph labels", Graphics Gems). Nothing here fails: values that are not finite are passed over, a
 * range without any is 0 to 1, one of a single value goes on to 0, and one too fine for doubles to
 * tell its ticks apart is taken as a single value.
 */
#ifndef IO_PLOT_SCALE_H
#define IO_PLOT_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/* From the least to the greatest of values; empty: low > high. */
struct range {
	double low, high;
};

struct range range_empty(void);
void range_take(struct range *range, const double *values, size_t n);

/* First, first + step, ...: n of them. */
struct ticks {
	double first, step;
	int n;
};

/* About most ticks, at least two, that cover the range, which becomes that from the first to the
 * last. whole: of things that are counted, never at fractions. */
struct ticks ticks_over(struct range *range, int most, bool whole);
double ticks_at(const struct ticks *ticks, int i);

/* The same ticks for a range that keeps its ends: those that lie inside. */
struct ticks ticks_inside(const struct range *range, int most, bool whole);

/* Linear, from data to pixels; from may be greater than to (upwards). */
struct plot_scale {
	double low, high; /* of the data; low < high */
	double from, to;
};

double plot_scale_at(const struct plot_scale *scale, double value);

enum plot_unit {
	PLOT_REAL,
	PLOT_COUNT, /* things: 12,345 */
	PLOT_SHARE, /* 0.25 reads 25% */
	PLOT_MONEY, /* with the decimals of the currency */
};

enum { PLOT_NUMBER_ROOM = 64 };

/* On an axis: short, and alike for all ticks of it: 0, 250k, 500k; 1.2M, 3B, 5T. Writes a text with
 * NUL; returns its length. */
size_t plot_tick_write(
	double value, const struct ticks *ticks, enum plot_unit unit, char room[PLOT_NUMBER_ROOM]);

/* Where a value is told: with every digit that counts; - where there is none. decimals is for
 * money. */
size_t plot_number_write(
	double value, enum plot_unit unit, int decimals, char room[PLOT_NUMBER_ROOM]);

/* In a cell that has little room: three significant digits, of shares whole percents. */
size_t plot_short_write(double value, enum plot_unit unit, char room[PLOT_NUMBER_ROOM]);

#endif

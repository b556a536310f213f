#include "analytics/quantile.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* A number that sorts as the double does: IEEE 754 orders by magnitude within a sign, so the
 * negatives are turned over. */
static uint64_t key_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double value_of(uint64_t key)
{
	double value;
	uint64_t bits = key >> 63 ? key & ~((uint64_t)1 << 63) : ~key;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

void sort_reals(double *values, size_t n)
{
	if (n < 2)
		return;
	uint64_t *keys = mem_array(n, sizeof(*keys)), *other = mem_array(n, sizeof(*other));
	for (size_t i = 0; i < n; i++)
		keys[i] = key_of(values[i]);
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t counts[256] = {0}, at = 0;
		for (size_t i = 0; i < n; i++)
			counts[keys[i] >> shift & 0xFF]++;
		/* A byte that is the same in all, as most are in whole numbers, sorts nothing. */
		if (counts[keys[0] >> shift & 0xFF] == n)
			continue;
		for (int b = 0; b < 256; b++) {
			size_t count = counts[b];
			counts[b] = at;
			at += count;
		}
		for (size_t i = 0; i < n; i++)
			other[counts[keys[i] >> shift & 0xFF]++] = keys[i];
		uint64_t *swap = keys;
		keys = other;
		other = swap;
	}
	for (size_t i = 0; i < n; i++)
		values[i] = value_of(keys[i]);
	mem_free(keys);
	mem_free(other);
}

double quantile(const double *sorted, size_t n, size_t i, size_t parts)
{
	assert(n > 0 && parts > 0 && i <= parts);
	size_t place = (n - 1) * i / parts, rest = (n - 1) * i % parts;
	if (rest == 0)
		return sorted[place];
	double low = sorted[place], high = sorted[place + 1];
	if (low == high)
		return low;
	/* Of whole numbers the weighted sum is exact, so that 2 and 9 give 4.8, not 4.8 and a bit.
	 */
	double value = (low * (double)(parts - rest) + high * (double)rest) / (double)parts;
	return value < low ? low : value > high ? high : value;
}

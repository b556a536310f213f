/* Likelihoods of many rows without an exponential and a logarithm for each.
 *
 *	struct power now = power_of(shape * ln_T), then = power_of(shape * ln_t);
 *	struct log_product product = LOG_PRODUCT_ONE;
 *	log_product_add(&product, 1 + odds * power_quotient(now, then), weight);
 *	... log_product_value(&product)
 *
 * A power is e^x for any finite x, as a fraction and an exponent, so that it neither over- nor
 * underflows; a few thousand of them make the quotients of all rows. A log product is the sum of
 * weight * ln(value): values of weight 1 are multiplied, and the logarithm is taken where the
 * product grows out of bounds. Both are as exact as the terms they replace.
 */
#ifndef ANALYTICS_POWERS_H
#define ANALYTICS_POWERS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

struct power {
	double fraction, exponent; /* about 1 to 2; of 2, whole */
};

static inline struct power power_of(double x)
{
	double binary = x * 1.4426950408889634; /* 1 / ln 2 */
	double exponent = floor(binary);
	return (struct power){exp2(binary - exponent), exponent};
}

/* 0 or infinite from 2^-1000 and 2^1000 on. */
static inline double power_quotient(struct power above, struct power below)
{
	double exponent = above.exponent - below.exponent;
	if (!(fabs(exponent) < 1000))
		return exponent > 0 ? INFINITY : 0;
	uint64_t bits = (uint64_t)(1023 + (int)exponent) << 52;
	double scale;
	memcpy(&scale, &bits, sizeof(scale));
	return above.fraction / below.fraction * scale;
}

struct log_product {
	double sum, product;
};

#define LOG_PRODUCT_ONE ((struct log_product){0, 1})

static inline void log_product_add(struct log_product *log_product, double value, double weight)
{
	static const double small = 0x1p-500, large = 0x1p500;
	if (weight != 1 || !(value > small && value < large)) {
		log_product->sum += weight * log(value);
		return;
	}
	log_product->product *= value;
	if (log_product->product > small && log_product->product < large)
		return;
	log_product->sum += log(log_product->product);
	log_product->product = 1;
}

static inline double log_product_value(const struct log_product *log_product)
{
	return log_product->sum + log(log_product->product);
}

#endif

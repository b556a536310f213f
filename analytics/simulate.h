/* Transactions of a shop with known parameters, drawn from a seed, in the order of their days.
 *
 *	struct simulate_options options = SIMULATE_DEFAULTS;
 *	options.customers = 2000;
 *	struct simulate *shop;
 *	if (simulate_open(&shop, &options) != SIMULATE_OK)
 *		...
 *	struct simulated_row rows[4096];
 *	for (size_t n; (n = simulate_next(shop, rows, 4096)) > 0;)
 *		... simulate_product(rows[0].product) ...
 *	simulate_close(shop);
 *
 * The model. Every customer makes a first order at a time spread evenly over from..acquired_until.
 * After that it orders at random at its own rate lambda ~ Gamma(r, rate alpha), in orders a week,
 * and after each repeat order it leaves for ever with its own probability p ~ Beta(a, b): the
 * BG/NBD model of Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing
 * Science 24(2). An order is worth Gamma(p, rate nu), and the customer's nu ~ Gamma(q, rate v):
 * the Gamma-Gamma model of Fader, Hardie and Lee 2005, "RFM and CLV", Journal of Marketing
 * Research 42(4); the mean over all customers is p v / (q - 1), where q > 1.
 *
 * Time is continuous and a day is its whole part, so a customer may order twice on one day. An
 * order has 1 + Poisson(lines - 1) lines, at most SIMULATE_MAX_LINES, and its value is split over
 * them to the cent: the amounts of its rows add up to it, and in every row quantity * unit_price
 * is the amount. A share of the orders, returns, has one of its lines come back 1 to 30 days
 * later: a row of its own under the same order number, with quantity and amount negative.
 *
 * Sizes. With customers alone, the rows are as many as those customers make. With rows alone, the
 * customers are as many as it takes to fill them. With both, lambda is multiplied, and p divided,
 * by the factor that fills them: customers then stay as long as they did (lambda p, the rate at
 * which they leave, is kept) and only order more often, or less. Either way exactly so many rows
 * come out; the few that are over (of the last customer, or one in ten thousand) are left out of
 * the earliest orders that can spare some.
 *
 * Memory is 48 bytes a customer, a few a day, and 64 a return under way; it does not grow with the
 * rows. Finding the customers or the factor takes one pass, or about four, over all orders first.
 *
 * The seed. Each customer, and each of its orders, has a stream of random numbers of its own
 * (analytics/random.h) that feeds GSL's distributions; it starts from the seed and the customer's
 * number. So a customer's days do not depend on the other customers, nor on how much it spends,
 * and the same options give the same rows wherever logarithms and powers do: C libraries may
 * differ in their last bit, which reaches a day or a cent less than once in a thousand million
 * rows.
 */
#ifndef ANALYTICS_SIMULATE_H
#define ANALYTICS_SIMULATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/money.h"

enum {
	SIMULATE_MAX_CUSTOMERS = 1000000000,
	SIMULATE_MAX_ROWS = 1000000000,
	SIMULATE_MAX_LINES = 64, /* in one order */
};

struct simulate_options {
	uint64_t seed;
	int64_t customers; /* 1 to SIMULATE_MAX_CUSTOMERS; 0: as rows asks */
	int64_t rows;      /* 1 to SIMULATE_MAX_ROWS; 0: as customers make */
	int32_t from, until;
	int32_t acquired_until; /* the last day of a first order, from..until */
	double r, alpha, a, b;  /* BG/NBD, alpha in weeks; all above 0 */
	double p, q, v;         /* Gamma-Gamma; all above 0 */
	double lines;           /* mean lines an order, 1 to SIMULATE_MAX_LINES / 2 */
	double returns;         /* share of the orders, 0 to 1 */
	double quoted;          /* share of the lines whose product CSV has to quote, 0 to 1 */
};

/* 1,000 customers over 2023 and 2024 with the purchases and the spend that Fader, Hardie and Lee
 * 2005 estimate for CDNOW; 2.5 lines an order, 2 % returned, 2 % quoted. A macro, so that it can
 * initialise what options point at. */
#define SIMULATE_DEFAULTS                                                                         \
	{                                                                                         \
		.seed = 1, .customers = 1000, .from = 19358, /* 2023-01-01 */                     \
			.until = 20088,                      /* 2024-12-31 */                     \
			.acquired_until = 20088,             /* likewise */                       \
			.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426, .p = 6.25, .q = 3.74, \
		.v = 15.44, .lines = 2.5, .returns = 0.02, .quoted = 0.02,                        \
	}

enum simulate_status {
	SIMULATE_OK,
	SIMULATE_NO_SIZE,       /* neither customers nor rows */
	SIMULATE_BAD_PERIOD,    /* not from <= acquired_until <= until */
	SIMULATE_BAD_PARAMETER, /* outside the bounds above, or not finite */
	SIMULATE_TOO_FEW_ROWS,  /* the customers' first orders alone are more */
	SIMULATE_TOO_MANY_ROWS, /* however often these customers ordered, they would not fill them
				 */
};

struct simulated_row {
	int64_t order; /* 1, 2, ... as they are made; a return bears that of its order */
	money unit_price, amount;
	uint32_t customer; /* 1, 2, ...; in no order of time */
	int32_t day;
	int32_t quantity; /* negative in a return */
	uint8_t line;     /* 1, 2, ... in its order; a return bears that of its line */
	uint8_t product;  /* for simulate_product() */
	uint8_t channel;  /* for simulate_channel() */
	uint8_t region;   /* for simulate_region(); the same in all rows of a customer */
};

struct simulate;

/* Sets *simulate only when it returns SIMULATE_OK. */
enum simulate_status simulate_open(
	struct simulate **simulate, const struct simulate_options *options);

/* The next rows, by day; within a day returns come before orders. room is at least
 * SIMULATE_MAX_LINES; fewer rows than fit may come, 0 only at the end. */
size_t simulate_next(struct simulate *simulate, struct simulated_row *rows, size_t room);

/* As given, or as found from the rows. */
int64_t simulate_customers(const struct simulate *simulate);

/* Takes NULL. */
void simulate_close(struct simulate *simulate);

/* Names, in UTF-8. */
const char *simulate_product(uint8_t product);
const char *simulate_channel(uint8_t channel);
const char *simulate_region(uint8_t region);

#endif

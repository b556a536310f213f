/* What is asked about a customer's future, and what a lifetime model answers. */
#ifndef ANALYTICS_LTV_OUTLOOK_H
#define ANALYTICS_LTV_OUTLOOK_H

struct ltv_outlook {
	double horizon;  /* in the unit of the times; INFINITY: for ever */
	double discount; /* continuous rate per unit: an order at t counts e^(-discount t) */
	/* What if, from now on: every customer's purchase rate, and its rate or probability of
	 * dropping out, are multiplied by these. 1 and 1 is the model as fitted. */
	double order_factor, dropout_factor;
};

/* Both are INFINITY where the mean over the population is: for ever without a discount, unless the
 * drop-out is heavy enough. */
struct ltv_orders {
	double expected;   /* orders up to the horizon */
	double discounted; /* the same, each order counted e^(-discount t) */
};

#endif

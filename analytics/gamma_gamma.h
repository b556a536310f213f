/* Gamma-Gamma: what a customer spends per order, from what it has spent.
 *
 *	struct gamma_gamma_rows rows;
 *	gamma_gamma_rows_group(&rows, repeats, spend, n);
 *	struct gamma_gamma_fit fit;
 *	if (gamma_gamma_fit(&fit, &rows, threads) == GAMMA_GAMMA_OK)
 *		... gamma_gamma_expected(&fit.model, 2, 22.35)
 *	gamma_gamma_rows_release(&rows);
 *
 * An order is worth Gamma(p, rate nu), and nu ~ Gamma(q, rate v) differs between customers; how
 * much is spent does not depend on how often. With m the mean of x repeat orders,
 *
 *	L = Gamma(p x + q) / (Gamma(p x) Gamma(q)) (1 - w)^q w^(p x) / m,   w = m x / (v + m x)
 *	E[M | x, m] = p (v + m x) / (p x + q - 1),   p v / (q - 1) over all customers
 *
 * so a customer's expected value lies between its own mean and that of all, the nearer to its own
 * the more orders there are. p and q have no unit, v is money. The mean of the first order, which
 * tends to differ, is no part of m.
 *
 * Fader, Hardie and Lee 2005, "RFM and CLV: using iso-value curves for customer base analysis", J.
 * of Marketing Research 42(4); Fader and Hardie 2013, "The gamma-gamma model of monetary value".
 */
#ifndef ANALYTICS_GAMMA_GAMMA_H
#define ANALYTICS_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GAMMA_GAMMA_PARAMETERS = 3, GAMMA_GAMMA_MIN_CUSTOMERS = 10 };

/* Customers with repeat orders of positive mean value; those alike are one row. In the order of x,
 * then m. */
struct gamma_gamma_rows {
	size_t n_rows;
	double *weight, *total, *log_total; /* customers; m x and its logarithm */
	uint32_t *count_of;                 /* the row's x: counts[count_of[i]] */
	size_t n_counts;
	int32_t *counts;

	double customers;
	double mean;        /* of m, over customers */
	double log_spend;   /* sum of ln m, over customers */
	double correlation; /* Pearson's, of x and m; 0 where one of them does not vary */
	bool all_equal;     /* m of all is the same, but for a thousandth (standard deviation) */
	size_t n_once, n_not_positive; /* left out: x = 0; m <= 0 or not finite */
};

/* x and spend, m, are n long. */
void gamma_gamma_rows_group(
	struct gamma_gamma_rows *rows, const int32_t *x, const double *spend, size_t n);
void gamma_gamma_rows_release(struct gamma_gamma_rows *rows);

/* The same rows with other weights, n_rows long; rows of weight 0 are left out. */
void gamma_gamma_rows_reweigh(
	struct gamma_gamma_rows *rows, const struct gamma_gamma_rows *all, const double *weight);

struct gamma_gamma {
	double p, q, v;
	double fallback; /* where the model's mean is infinite: the mean of m over customers */
};

/* The expected value of an order of a customer; x = 0: the mean over customers. Always positive and
 * finite: with q <= 1 the mean over customers does not exist, and a customer who bought once gets
 * fallback; where p x + q <= 1 its own mean, if that is positive. A spend below 0 counts as 0. */
double gamma_gamma_expected(const struct gamma_gamma *model, int32_t x, double spend);

/* log_parameters are ln p, ln q, ln v; gradient is by these, or NULL. */
double gamma_gamma_log_likelihood(const struct gamma_gamma_rows *rows,
	const double log_parameters[3], unsigned threads, double gradient[3]);

enum gamma_gamma_status {
	GAMMA_GAMMA_OK,        /* at an edge too */
	GAMMA_GAMMA_TOO_FEW,   /* fewer than GAMMA_GAMMA_MIN_CUSTOMERS */
	GAMMA_GAMMA_ALL_EQUAL, /* every customer spends the same: there is nothing to fit, and
				  model.fallback, which is set, is the answer */
	GAMMA_GAMMA_NOT_CONVERGED,
};

enum gamma_gamma_edge {
	GAMMA_GAMMA_INSIDE,
	GAMMA_GAMMA_CUSTOMERS_ALIKE, /* q and v infinite: customers do not differ in what they spend
				      */
	GAMMA_GAMMA_ORDERS_ALIKE, /* p infinite, v 0: all orders of a customer are worth the same */
};

struct gamma_gamma_fit {
	enum gamma_gamma_status status;
	struct gamma_gamma model;
	double log_likelihood, aic, bic;
	enum gamma_gamma_edge edge;
	bool has_mean; /* q > 1; if not, spend varies so much between customers that its mean is
			  infinite */
	double log_covariance[3][3]; /* of ln p, ln q, ln v; 0 for what is fixed at an edge */
};

/* Returns fit->status. */
enum gamma_gamma_status gamma_gamma_fit(
	struct gamma_gamma_fit *fit, const struct gamma_gamma_rows *rows, unsigned threads);

/* The standard error of ln gamma_gamma_expected(), by the delta method; 0 where that is no function
 * of the parameters. */
double gamma_gamma_expected_log_error(const struct gamma_gamma_fit *fit, int32_t x, double spend);

#endif

/* A lifetime model with its parameters, whichever of the families it is, and what it says.
 *
 *	struct ltv_model model = {LTV_BGNBD, 1, {.243, 4.414, .793, 2.426}};
 *	struct ltv_outlook year = {.horizon = 52, .discount = log(1.1) / 52,
 *		.order_factor = 1, .dropout_factor = 1};
 *	struct ltv_orders orders = ltv_orders(&model, 2, 30.43, 38.86, &year);
 *
 * Times, x, t_x and T are as in ltv_rows.h, in the unit the model was fitted in; the formulas and
 * their sources stand in nbd.h, bgnbd.h and pnbd.h. A customer acquired now has x, t_x and T all 0.
 */
#ifndef ANALYTICS_LTV_MODEL_H
#define ANALYTICS_LTV_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/ltv_outlook.h"
#include "analytics/ltv_rows.h"

enum ltv_family {
	LTV_NBD,
	LTV_BGNBD,
	LTV_MBGNBD,
	LTV_PNBD,
	LTV_BGCNBD,
	LTV_MBGCNBD,
};
enum { LTV_FAMILIES = 6, LTV_PARAMETERS = 4 };

struct ltv_model {
	enum ltv_family family;
	int k; /* of the CNBD-k families, up to BGNBD_MAX_K; 1 in the others */
	double parameters[LTV_PARAMETERS]; /* in the order of their names */
};

const char *ltv_family_name(enum ltv_family family); /* nbd, bgnbd, ... */
bool ltv_family_has_k(enum ltv_family family);
size_t ltv_n_parameters(enum ltv_family family); /* 2 or 4, without k */
const char *ltv_parameter_name(enum ltv_family family, size_t i);
bool ltv_parameter_is_time(
	enum ltv_family family, size_t i); /* alpha and beta scale with the unit */

/* Every parameter finite and more than 0 (a and s: also 0, nobody drops out), and k possible. */
bool ltv_model_is_valid(const struct ltv_model *model);

/* The log-likelihood at any logarithms of the parameters; gradient is by these, or NULL. */
double ltv_log_likelihood_at(enum ltv_family family, int k, const struct ltv_rows *rows,
	const double *log_parameters, unsigned threads, double *gradient);
double ltv_log_likelihood(
	const struct ltv_model *model, const struct ltv_rows *rows, unsigned threads);

/* Of x repeat orders in a time t after the first, knowing nothing else of the customer. */
double ltv_probability(const struct ltv_model *model, int32_t x, double t);

double ltv_p_alive(const struct ltv_model *model, int32_t x, double t_x, double T);

/* Expected after T, of a customer of whom it is not known whether it is alive. */
struct ltv_orders ltv_orders(const struct ltv_model *model, int32_t x, double t_x, double T,
	const struct ltv_outlook *outlook);

struct ltv_score {
	double p_alive;
	struct ltv_orders orders;
};

/* p_alive and orders of each row; scores is rows->n_rows long. */
void ltv_score(const struct ltv_model *model, const struct ltv_rows *rows,
	const struct ltv_outlook *outlook, unsigned threads, struct ltv_score *scores);

#endif

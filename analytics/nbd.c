#include "analytics/nbd.h"

#include <math.h>

#include "analytics/special.h"
#include "base/mem.h"

double nbd_log_likelihood(
	const struct ltv_rows *rows, const double log_parameters[2], double gradient[2])
{
	double r = exp(log_parameters[0]), alpha = exp(log_parameters[1]);
	double *rising = mem_array(rows->n_counts, 2 * sizeof(*rising));
	double *rising_slope = rising + rows->n_counts;
	double *elapsed = mem_array(rows->n_times, sizeof(*elapsed)); /* ln((alpha + t) / alpha) */
	special_log_rising(r, rows->counts, rows->n_counts, 1, rising, rising_slope);
	for (size_t i = 0; i < rows->n_times; i++)
		elapsed[i] = log1p(rows->times[i] / alpha);

	double sum = 0, by_r = 0, by_log_alpha = 0;
	for (size_t i = 0; i < rows->n_pairs; i++) {
		uint32_t count = rows->pair_count[i], age = rows->pair_time[i];
		double x = rows->counts[count], T = rows->times[age];
		double w = rows->pair_customers[i];
		sum += w * (rising[count] - (r + x) * elapsed[age]);
		by_r += w * (rising_slope[count] - elapsed[age]);
		by_log_alpha += w * ((r + x) * T / (alpha + T));
	}
	mem_free(rising);
	mem_free(elapsed);
	if (gradient != NULL) {
		gradient[0] = r * by_r;
		gradient[1] = by_log_alpha - rows->purchases;
	}
	return sum - rows->purchases * log_parameters[1];
}

struct ltv_orders nbd_orders(
	const double parameters[2], int32_t x, double T, const struct ltv_outlook *outlook)
{
	double rate = outlook->order_factor * (parameters[0] + x) / (parameters[1] + T);
	if (isinf(outlook->horizon))
		return (struct ltv_orders){
			INFINITY, outlook->discount > 0 ? rate / outlook->discount : INFINITY};
	return (struct ltv_orders){
		rate * outlook->horizon, rate * special_decay(outlook->discount, outlook->horizon)};
}

/* (r)_x / x! (alpha / (alpha + t))^r (t / (alpha + t))^x */
double nbd_probability(const double parameters[2], int32_t x, double t)
{
	double r = parameters[0], alpha = parameters[1], rising;
	if (t <= 0)
		return x == 0;
	special_log_rising(r, &x, 1, 1, &rising, NULL);
	return exp(
		rising - special_log_gamma(x + 1.) - r * log1p(t / alpha) - x * log1p(alpha / t));
}

/* Times the fit of a lifetime model:
 *
 *	ltv_fit make N FILE              writes N simulated customers
 *	ltv_fit FILE MODEL THREADS       prints: seconds, CPU seconds, rows, log-likelihood
 *
 * FILE holds x, t_x and T of each customer as doubles, times in weeks of whole days. MODEL is nbd,
 * bgnbd, mbgnbd, pnbd or all. The clock runs from the arrays in memory to parameters with standard
 * errors: grouping customers who are alike, starting points, the search, the Hessian; not reading.
 * Customers are drawn from the BG/NBD model with the parameters of Fader, Hardie and Lee 2005 and
 * have been seen for up to three years.
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analytics/ltv_fit.h"
#include "base/mem.h"

struct customers {
	size_t n;
	int32_t *x;
	double *t_x, *T;
};

/* The days with a purchase, for two purchases of one day are one. */
static void draw_customer(gsl_rng *rng, double customer[3])
{
	double T = 1 + (double)gsl_rng_uniform_int(rng, 1095), last = 0, x = 0;
	double rate = gsl_ran_gamma(rng, .243, 1 / 4.414) / 7, p = gsl_ran_beta(rng, .793, 2.426);
	for (double t = gsl_rng_uniform(rng); (t += gsl_ran_exponential(rng, 1) / rate) < T + 1;) {
		if (floor(t) > last)
			x++;
		last = floor(t);
		if (gsl_rng_uniform(rng) < p)
			break;
	}
	customer[0] = x;
	customer[1] = last / 7;
	customer[2] = T / 7;
}

static int make(size_t n, const char *path)
{
	FILE *file = fopen(path, "wb");
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	bool written = file != NULL;
	for (size_t i = 0; i < n && written; i++) {
		double customer[3];
		draw_customer(rng, customer);
		written = fwrite(customer, sizeof(customer), 1, file) == 1;
	}
	gsl_rng_free(rng);
	if (!written || fclose(file) != 0) {
		perror(path);
		return 1;
	}
	return 0;
}

static struct customers read_customers(const char *path)
{
	FILE *file = fopen(path, "rb");
	double customer[3];
	if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		exit(1);
	}
	struct customers customers = {.n = (size_t)ftell(file) / sizeof(customer)};
	rewind(file);
	customers.x = mem_array(customers.n, sizeof(*customers.x));
	customers.t_x = mem_array(customers.n, sizeof(*customers.t_x));
	customers.T = mem_array(customers.n, sizeof(*customers.T));
	for (size_t i = 0; i < customers.n; i++) {
		if (fread(customer, sizeof(customer), 1, file) != 1) {
			perror(path);
			exit(1);
		}
		customers.x[i] = (int32_t)customer[0];
		customers.t_x[i] = customer[1];
		customers.T[i] = customer[2];
	}
	fclose(file);
	return customers;
}

static double now(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int n_arguments, char **arguments)
{
	gsl_set_error_handler_off();
	if (n_arguments != 4)
		return 2;
	if (strcmp(arguments[1], "make") == 0)
		return make(strtoul(arguments[2], NULL, 10), arguments[3]);
	struct customers customers = read_customers(arguments[1]);
	unsigned threads = (unsigned)strtoul(arguments[3], NULL, 10);
	bool all = strcmp(arguments[2], "all") == 0;

	double start = now(CLOCK_MONOTONIC), cpu_start = now(CLOCK_PROCESS_CPUTIME_ID);
	double log_likelihood = 0;
	struct ltv_rows rows;
	size_t bad;
	if (ltv_rows_group(&rows, customers.x, customers.t_x, customers.T, NULL, customers.n,
		    &bad) != LTV_ROWS_OK)
		return 1;
	for (enum ltv_family family = LTV_NBD; family <= LTV_PNBD; family++) {
		struct ltv_fit fit;
		if (!all && strcmp(arguments[2], ltv_family_name(family)) != 0)
			continue;
		if (ltv_fit(&fit, &rows, family, 0, threads) != LTV_FIT_OK)
			return 1;
		log_likelihood = fit.log_likelihood;
	}
	printf("%.6f %.6f %zu %.9f\n", now(CLOCK_MONOTONIC) - start,
		now(CLOCK_PROCESS_CPUTIME_ID) - cpu_start, rows.n_rows, log_likelihood);
	ltv_rows_release(&rows);
	mem_free(customers.x);
	mem_free(customers.t_x);
	mem_free(customers.T);
	return 0;
}

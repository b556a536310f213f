/* Alias tables: draws from a few outcomes with given weights, one random number a draw.
 *
 *	gsl_ran_discrete_t *table = alias_table(weights, n);
 *	size_t k = gsl_ran_discrete(&rng, table);
 *	alias_free(table);
 *
 * The table is the one of gsl_ran_discrete_preproc(), to the bit, which does not look whether it
 * was given the memory that it works in. Walker 1977, ACM Transactions on Mathematical Software
 * 3(3).
 */
#ifndef ANALYTICS_ALIAS_H
#define ANALYTICS_ALIAS_H

#include <gsl/gsl_randist.h>
#include <stddef.h>

/* n weights >= 0, at least one of them > 0. */
gsl_ran_discrete_t *alias_table(const double *weights, size_t n);
void alias_free(gsl_ran_discrete_t *table); /* takes NULL */

#endif

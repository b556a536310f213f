/* Columns of a table -> the terms of a regression: a column of numbers is one term, a column of
 * text one for each of its values but the first. */
#ifndef CMD_SURVIVAL_TERMS_H
#define CMD_SURVIVAL_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cmd/survival_rows.h"

struct survival_terms {
	char **names; /* "age", "contract=One year" */
	size_t n_terms, capacity;
	double *x; /* n_rows by n_terms, row-major */
	double *time;
	bool *event;
	size_t n_rows, n_left_out; /* rows that lack no covariate, and the others */
};

/* The first value of a text column, bytewise, is the base. ERROR_NUMBERS for no row that is whole,
 * a column with one value, too many terms. */
bool survival_terms_make(
	struct survival_terms *terms, const struct survival_rows *rows, struct error *err);

/* Idempotent on zeroed memory. */
void survival_terms_release(struct survival_terms *terms);

#endif

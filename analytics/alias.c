#include "analytics/alias.h"

#include "base/mem.h"

/* Outcomes that are less, or more, likely than 1 / n: the last one in is the first one out. */
struct stack {
	size_t *outcomes;
	size_t n;
};

static void push(struct stack *stack, size_t outcome)
{
	stack->outcomes[stack->n++] = outcome;
}

static size_t pop(struct stack *stack)
{
	return stack->outcomes[--stack->n];
}

static void stand_alone(gsl_ran_discrete_t *table, size_t outcome)
{
	table->A[outcome] = outcome;
	table->F[outcome] = 1;
}

/* Every small outcome is filled up to 1 / n by a part of a big one, which is small or big after. */
static void fill_up(
	gsl_ran_discrete_t *table, double *shares, struct stack *small, struct stack *big)
{
	double mean = 1 / (double)table->K;
	while (small->n > 0 && big->n > 0) {
		size_t s = pop(small), b = pop(big);
		table->A[s] = b;
		table->F[s] = (double)table->K * shares[s];
		shares[b] -= mean - shares[s];
		if (shares[b] < mean)
			push(small, b);
		else if (shares[b] > mean)
			push(big, b);
		else
			stand_alone(table, b);
	}
	while (small->n > 0)
		stand_alone(table, pop(small));
	while (big->n > 0)
		stand_alone(table, pop(big));
}

gsl_ran_discrete_t *alias_table(const double *weights, size_t n)
{
	gsl_ran_discrete_t *table = mem_zeroed(1, sizeof(*table));
	table->K = n;
	table->A = mem_array(n, sizeof(*table->A));
	table->F = mem_array(n, sizeof(*table->F));
	double *shares = mem_array(n, sizeof(*shares)), sum = 0;
	struct stack small = {mem_array(n, sizeof(size_t)), 0};
	struct stack big = {mem_array(n, sizeof(size_t)), 0};
	for (size_t k = 0; k < n; k++)
		sum += weights[k];
	for (size_t k = 0; k < n; k++) {
		shares[k] = weights[k] / sum;
		push(shares[k] < 1 / (double)n ? &small : &big, k);
	}
	fill_up(table, shares, &small, &big);
	/* The draw compares with the whole random number, not with its part behind the point. */
	for (size_t k = 0; k < n; k++)
		table->F[k] = (table->F[k] + (double)k) / (double)n;
	mem_free(shares);
	mem_free(small.outcomes);
	mem_free(big.outcomes);
	return table;
}

void alias_free(gsl_ran_discrete_t *table)
{
	if (table == NULL)
		return;
	mem_free(table->A);
	mem_free(table->F);
	mem_free(table);
}

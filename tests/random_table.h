/* Tables from the bytes of a fuzz input: rows of a few columns, most of them as they should be,
 * some with a cell that is odd. */
#ifndef TESTS_RANDOM_TABLE_H
#define TESTS_RANDOM_TABLE_H

#include <stdbool.h>

#include "base/text.h"
#include "tests/draws.h"
#include "tests/whole_run.h"

struct random_table {
	struct buffer text;   /* CSV */
	struct buffer turned; /* with the rows in the other order */
	bool orderly;         /* the order of the rows should make no difference */
};

/* customer,day,amount,order,channel,margin: an export. */
void random_transactions(struct draws *draws, struct random_table *table);

/* What `patron customers` writes. */
void random_customers(struct draws *draws, struct random_table *table);

/* id,x,y,z,group,time,event: any table of numbers. */
void random_numbers(struct draws *draws, struct random_table *table);

/* Adds words: some of the command's options, a list ended by NULL, and of those that all have. */
void random_options(struct draws *draws, const char *const *options, struct whole_run *run);

/* whole_run_check() with the table as input, which is released. */
void whole_run_check_table(struct whole_run *run, struct random_table *table);

#endif

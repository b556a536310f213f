/* Tables from the bytes of a fuzz input: rows of a few columns, most of them as they should be,
 * some with a cell that is odd. */
#ifndef TESTS_RANDOM_TABLE_H
#define TESTS_RANDOM_TABLE_H

#include <stdbool.h>

#include "base/text.h"
#include "tests/draws.h"
#include "tests/table_form.h"
#include "tests/whole_run.h"

struct random_table {
	struct buffer text;     /* CSV */
	struct buffer turned;   /* with the rows in the other order */
	bool orderly;           /* the order of the rows should make no difference */
	struct table_form form; /* in which it is given to a command */
};

/* customer,day,amount,order,channel,margin: an export. */
void random_transactions(struct draws *draws, struct random_table *table);

/* What `patron customers` writes. */
void random_customers(struct draws *draws, struct random_table *table);

/* The one or the other. */
void random_purchases(struct draws *draws, struct random_table *table, bool of_customers);

/* id,x,y,z,group,time,event: any table of numbers. */
void random_numbers(struct draws *draws, struct random_table *table);

/* whole_run_check() with the table as input, in its form and, where order makes no difference,
 * turned round; releases the table. Adds the words of the form. */
void whole_run_check_table(
	struct whole_run *run, struct random_table *table, struct buffer *report);

#endif

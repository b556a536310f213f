/* What patron survival speaks of: rows with a time, an event and perhaps a group, from any table or
 * from purchases. */
#ifndef CMD_SURVIVAL_ROWS_H
#define CMD_SURVIVAL_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/intern.h"
#include "base/text.h"

/* Times and covariates are at most this, on either side of 0: squares and areas of larger ones
 * would be beyond what a number holds. */
#define SURVIVAL_LARGEST 1e100

/* The columns of a table, as the user named them. */
struct survival_columns {
	const char *time, *event;
	const char *event_value; /* NULL: 0/1, true/false or yes/no */
	const char *group;       /* or NULL */
	const char **covariates;
	size_t n_covariates;
};

/* Cells of one column: each is the number of its text. */
struct survival_cells {
	const char *column;
	struct intern values;
	uint32_t *of_row;
	size_t capacity;
};

struct survival_rows {
	double *time;
	bool *event;
	uint32_t *group; /* below n_groups; NULL: all in group 0 */
	size_t n_rows;
	struct text *groups; /* their names, sorted bytewise */
	uint32_t n_groups;
	struct survival_cells *covariates;
	size_t n_covariates;
	size_t n_without_group;    /* left out */
	struct survival_cells own; /* of the groups */
	size_t capacity;
};

/* From a table. ERROR_DATA for a time that is none, an event column with a third value, and the
 * like; rows whose group is empty are left out and counted. */
bool survival_rows_of_table(struct survival_rows *rows, const char *const *paths, size_t n_paths,
	const struct survival_columns *columns, struct error *err);

/* From transactions or a customers table: see lifetime_of() in analytics/survival.h. */
bool survival_rows_of_customers(struct survival_rows *rows, const char *const *paths,
	size_t n_paths, int32_t churn_after, struct error *err);

/* Idempotent on zeroed memory. */
void survival_rows_release(struct survival_rows *rows);

/* Numbers of the texts in bytewise order; free with mem_free(). */
uint32_t *sorted_numbers(const struct intern *texts);

#endif

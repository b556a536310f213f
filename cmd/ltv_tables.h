/* The tables of `patron ltv`: their columns, and what writes each of them. */
#ifndef CMD_LTV_TABLES_H
#define CMD_LTV_TABLES_H

#include <stdbool.h>

#include "analytics/holdout.h"
#include "base/error.h"
#include "cmd/ltv_base.h"
#include "cmd/ltv_estimate.h"
#include "cmd/ltv_options.h"
#include "io/table.h"

enum {
	N_LTV_CUSTOMER_COLUMNS = 10,
	N_LTV_RANGE_COLUMNS = 10,
	N_LTV_PARAM_COLUMNS = 6,
	N_LTV_COMPARE_COLUMNS = 23,
	N_LTV_HOLDOUT_COLUMNS = 9,
	N_LTV_TRACKING_COLUMNS = 6,
	N_LTV_FREQUENCY_COLUMNS = 6,
	N_LTV_NEW_COLUMNS = 5,
	N_LTV_NEW_RANGE_COLUMNS = 8,
	N_LTV_WHAT_IF_COLUMNS = 5,
};

/* The ranges stand behind the others, where they are asked for. */
extern const struct column ltv_customer_columns[N_LTV_CUSTOMER_COLUMNS + N_LTV_RANGE_COLUMNS];
extern const struct column ltv_param_columns[N_LTV_PARAM_COLUMNS];
extern const struct column ltv_compare_columns[N_LTV_COMPARE_COLUMNS];
extern const struct column ltv_holdout_columns[N_LTV_HOLDOUT_COLUMNS];
extern const struct column ltv_tracking_columns[N_LTV_TRACKING_COLUMNS];
extern const struct column ltv_frequency_columns[N_LTV_FREQUENCY_COLUMNS];
extern const struct column ltv_new_columns[N_LTV_NEW_COLUMNS + N_LTV_NEW_RANGE_COLUMNS];
extern const struct column ltv_what_if_columns[N_LTV_WHAT_IF_COLUMNS];

/* One row per customer. */
bool ltv_write_customers(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err);

bool ltv_write_params(
	const struct ltv_asked *asked, const struct ltv_estimate *estimate, struct error *err);

/* The models of estimate->all. */
bool ltv_write_compare(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err);

/* For a base with a holdout. */
bool ltv_write_holdout(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err);
void ltv_judge(struct holdout *holdout, const struct ltv_base *base, const struct ltv_model *model);

/* For a base with activity. */
bool ltv_write_tracking(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err);

bool ltv_write_frequencies(
	const struct ltv_base *base, const struct ltv_estimate *estimate, struct error *err);

/* 0, 1, 2, ...; the last of n stands for all beyond it too: "7+". */
enum { LTV_FREQUENCY_NAME_SIZE = 16 };
void ltv_name_frequency(char name[LTV_FREQUENCY_NAME_SIZE], int x, int n);

/* One row: a customer acquired on as-of. */
bool ltv_write_new_customer(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err);

/* For a base with amounts, and an estimate with spend. */
bool ltv_write_what_if(const struct ltv_asked *asked, const struct ltv_base *base,
	const struct ltv_estimate *estimate, struct error *err);

#endif

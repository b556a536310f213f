/* What `patron ltv` is asked for: its options, and their values once they have been judged.
 *
 *	if (!ltv_options_judge(&asked, err))
 *		return false;
 *	... asked.table, ltv_outlook_of(&asked, unit)
 */
#ifndef CMD_LTV_OPTIONS_H
#define CMD_LTV_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/ltv_model.h"
#include "base/error.h"
#include "cmd/options.h"

enum ltv_unit { LTV_DAY, LTV_WEEK, LTV_MONTH, LTV_YEAR, LTV_UNITS };
extern const char *const ltv_unit_names[]; /* day, week, ...; ended by NULL */
double ltv_unit_days(enum ltv_unit unit);

/* Which table is written. */
enum ltv_table {
	LTV_CUSTOMERS,
	LTV_PARAMS,
	LTV_COMPARE,
	LTV_HOLDOUT,
	LTV_TRACKING,
	LTV_FREQUENCY,
	LTV_NEW_CUSTOMER,
	LTV_WHAT_IF,
};

enum ltv_ranges { LTV_NO_RANGES, LTV_DELTA, LTV_BOOTSTRAP };

struct ltv_asked {
	enum ltv_table table;
	bool has_holdout;
	int32_t holdout_from;   /* a day */
	bool any_family;        /* --model auto */
	enum ltv_family family; /* of --model, else */
	const char *model_file; /* or NULL */
	const char *model_out;  /* or NULL */
	bool has_unit;
	enum ltv_unit unit;        /* week without --unit */
	double horizon_days;       /* INFINITY: for ever */
	const char *horizon_words; /* as given */
	double discount;           /* a year's, as a share, unless discount_per_unit >= 0 */
	double discount_per_unit;  /* continuous; negative: not given */
	double margin;             /* of revenue */
	const char *margin_column; /* or NULL */
	bool net_of_returns;
	double spend_factor, order_factor, dropout_factor; /* of --what-if */
	enum ltv_ranges ranges;
	int64_t draws, seed; /* of the bootstrap */
	double confidence;
};

extern const struct option_group ltv_option_group;

/* ERROR_USAGE for a value that is none, and for options that exclude each other. */
bool ltv_options_judge(struct ltv_asked *asked, struct error *err);

/* Whether the table has money in it. */
bool ltv_table_has_money(enum ltv_table table);

/* In the unit of the model; as things are, not what if. */
struct ltv_outlook ltv_outlook_of(const struct ltv_asked *asked, enum ltv_unit model_unit);

#endif

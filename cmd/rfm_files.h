/* The two small tables that `patron rfm` reads and writes: cuts, so that next month's scores mean
 * the same, and rules, which name the segments. */
#ifndef CMD_RFM_FILES_H
#define CMD_RFM_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/rfm.h"
#include "base/error.h"
#include "io/table.h"

enum rfm_measure { RFM_RECENCY, RFM_FREQUENCY, RFM_MONETARY, N_RFM_MEASURES };

struct rfm_scale {
	const char *definitions[N_RFM_MEASURES]; /* "days"; "orders"; "total" */
	struct rfm_cuts cuts[N_RFM_MEASURES];
	size_t n_measures; /* 2 when there is no money */
};

/* Columns measure, definition, cut, value; no rows of monetary when there was no money. ERROR_DATA
 * when the file's definitions are others than scale's (its cuts would mean something else), or it
 * does not hold ascending cuts for each. */
bool rfm_cuts_read(const char *path, struct rfm_scale *scale, struct error *err);

/* The cuts as a complete table, to be closed when the scores are out; NULL with err set. */
struct table *rfm_cuts_open(const char *path, const struct rfm_scale *scale, struct error *err);

/* Columns segment, r, f, m; a range is 4-5, 3 or empty (all). ERROR_DATA when some scores have no
 * rule. To be released also when this fails. */
enum { RFM_MOST_RULES = 255 };
struct rfm_rules {
	struct rfm_rule *rules;
	size_t n_rules;
};
bool rfm_rules_read(const char *path, struct rfm_rules *rules, struct error *err);
void rfm_rules_release(struct rfm_rules *rules);

#endif

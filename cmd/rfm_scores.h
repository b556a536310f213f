/* The scores and segments of customers that were read: what `patron rfm` and the report share.
 *
 *	struct rfm_scores rfm = {.input = input, .bins = 5,
 *		.rules = rfm_standard_rules, .n_rules = rfm_n_standard_rules};
 *	rfm_scores_find(&rfm);
 *	... rfm.scores[RFM_RECENCY][i], rfm.rules[rfm.segment[i]].segment
 *	rfm_scores_release(&rfm);
 */
#ifndef CMD_RFM_SCORES_H
#define CMD_RFM_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/rfm.h"
#include "base/money.h"
#include "cmd/input.h"
#include "cmd/rfm_charts.h"
#include "cmd/rfm_files.h"
#include "cmd/rfm_summary.h"

enum rfm_frequency { FREQUENCY_ORDERS, FREQUENCY_DAYS, FREQUENCY_ROWS };
enum rfm_monetary { MONETARY_TOTAL, MONETARY_AVERAGE };

struct rfm_scores {
	const struct input *input;
	enum rfm_frequency frequency;
	enum rfm_monetary monetary;
	int bins;
	bool has_cuts[N_RFM_MEASURES]; /* in scale; the others are found */
	struct rfm_scale scale;        /* n_measures is set by rfm_scores_find() */
	const struct rfm_rule *rules;
	size_t n_rules;

	/* Found; of each customer, in the order of input->customers. */
	size_t n;
	bool has_money;
	double *values[N_RFM_MEASURES]; /* in units */
	unsigned char *scores[N_RFM_MEASURES], *segment;
};

void rfm_scores_find(struct rfm_scores *rfm);

int64_t rfm_frequency_of(const struct rfm_scores *rfm, const struct customer *customer);

/* One row per segment that has a name of its own; rows has room for n_rules. Returns how many. */
size_t rfm_scores_summarise(const struct rfm_scores *rfm, struct rfm_segment *rows);

/* For the charts; borrowed from the scores. */
struct rfm_picture rfm_scores_picture(const struct rfm_scores *rfm);

/* What was found; idempotent on zeroed memory. */
void rfm_scores_release(struct rfm_scores *rfm);

#endif

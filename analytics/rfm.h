/* RFM: recency, frequency and monetary value as scores from 1 to n_bins (Hughes 1994, "Strategic
 * Database Marketing"), and the segments that combinations of scores fall into.
 *
 *	struct rfm_cuts cuts;
 *	rfm_find_cuts(values, n, 5, 1, &cuts);
 *	int score = rfm_score(&cuts, values[i]);           5: the largest values
 *	int r = rfm_reversed(&cuts, rfm_score(&cuts, recency_days));
 *
 * The cuts are the 1/n, 2/n, ... quantiles (type 7) over the customers; a score is 1 + the number
 * of cuts strictly below the value. So equal values always get equal scores, and a score may stay
 * without customers: see rfm_cut_repeats(). The R package rfm adds 1 to each quantile and
 * scores lower <= v < upper, which on whole numbers is the same but for quantiles that fall between
 * two of them.
 */
#ifndef ANALYTICS_RFM_H
#define ANALYTICS_RFM_H

#include <stdbool.h>
#include <stddef.h>

enum { RFM_LEAST_BINS = 2, RFM_MOST_BINS = 10 };

struct rfm_cuts {
	size_t n_cuts;                  /* scores go from 1 to n_cuts + 1 */
	double cuts[RFM_MOST_BINS - 1]; /* ascending */
};

/* From n >= 1 values, counted in parts of unit (1e6 for money in micro-units, else 1): the cuts
 * are in units. */
void rfm_find_cuts(const double *values, size_t n, int n_bins, double unit, struct rfm_cuts *cuts);

int rfm_score(const struct rfm_cuts *cuts, double value);

/* The score where small is good, as with recency: n_bins + 1 - score. */
int rfm_reversed(const struct rfm_cuts *cuts, int score);

/* Whether the cut at place i >= 1 equals the one before it: the score i + 1 is then never given
 * (before it is reversed). */
bool rfm_cut_repeats(const struct rfm_cuts *cuts, size_t i);

/* ---- segments ---- */

struct rfm_range {
	int least, most; /* of the scores 1 to 5, both inclusive */
};

struct rfm_rule {
	const char *segment;
	struct rfm_range r, f, m;
};

extern const struct rfm_rule rfm_standard_rules[];
extern const size_t rfm_n_standard_rules;

/* The first rule that takes the scores, or n_rules. m 0: there is no money, and rules are looked up
 * by r and f alone. Scores of other than 5 bins are looked up as ceil(5 score / n_bins). */
size_t rfm_segment(const struct rfm_rule *rules, size_t n_rules, int n_bins, int r, int f, int m);

/* Whether each of the 125 combinations has a rule; if not, the first that has none. */
bool rfm_rules_complete(const struct rfm_rule *rules, size_t n_rules, int missing[3]);

#endif

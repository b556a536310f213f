/* How many customers made 0, 1, 2, ... repeat purchases, and how many a lifetime model expects to
 * have made so many: whether the model describes the data that it was fitted on.
 *
 *	struct ltv_frequency by_x[LTV_FREQUENCIES];
 *	ltv_count_frequencies(by_x, &rows, &model, threads);
 *	... by_x[0].expected of by_x[0].actual customers never came back
 *
 * expected is the sum over customers of P(X(T) = x), T their time since the first purchase. Both
 * columns add up to the customers. The figure 2 of Fader, Hardie and Lee 2005; BTYD's
 * PlotFrequencyInCalibration.
 */
#ifndef ANALYTICS_LTV_FREQUENCIES_H
#define ANALYTICS_LTV_FREQUENCIES_H

#include "analytics/ltv_model.h"
#include "analytics/ltv_rows.h"

enum { LTV_FREQUENCIES = 8 }; /* 0 to 6, and 7 and more */

struct ltv_frequency {
	double actual, expected; /* customers */
};

void ltv_count_frequencies(struct ltv_frequency by_x[LTV_FREQUENCIES], const struct ltv_rows *rows,
	const struct ltv_model *model, unsigned threads);

#endif

/* The charts of patron rfm: customers and revenue by recency and frequency score, and by segment.
 */
#ifndef CMD_RFM_CHARTS_H
#define CMD_RFM_CHARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/customers.h"
#include "analytics/rfm.h"
#include "cmd/command.h"

enum { N_RFM_CHARTS = 3 };
extern const struct chart rfm_charts[N_RFM_CHARTS];

/* What rfm computed. */
struct rfm_picture {
	const struct customers *customers;
	size_t n;
	int bins;
	const unsigned char *r, *f, *segment; /* of each customer; segment is a rule's number */
	const struct rfm_rule *rules;
	size_t n_rules;
	bool has_money;
	int money_decimals;
};

/* Those that are wanted. */
void rfm_charts_draw(const struct rfm_picture *picture);

#endif

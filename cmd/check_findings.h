/* What `patron check` found out about an input, and the rows that tell it. */
#ifndef CMD_CHECK_FINDINGS_H
#define CMD_CHECK_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/day_counts.h"
#include "analytics/duplicates.h"
#include "base/money.h"
#include "cmd/input.h"
#include "io/date_shapes.h"
#include "io/missing_cells.h"

/* Gathered while the input was read. */
struct check_facts {
	const struct transactions_settings *settings;
	struct date_shapes *shapes;
	struct day_counts *days;
	struct missing_cells *missing;
	struct duplicates *duplicates;
	int64_t n_returns; /* rows with a negative amount that are used, and their sum */
	money_sum returns;
};

/* LEVEL_OK: looked for and not found; LEVEL_NONE: a fact that is neither good nor bad. */
enum finding_level { LEVEL_NONE, LEVEL_OK, LEVEL_WARNING, LEVEL_ERROR };

/* A row of the table. */
struct finding {
	const char *topic;
	char *item;
	bool has_count, has_share;
	int64_t count;
	double share_pct;
	enum finding_level level;
	char *detail;
};

struct findings {
	struct finding *rows;
	size_t n_rows, capacity;
};

/* Whether the last date, and with it as-of, looks like a typing error: it lies more than 30 days
 * after the 99.9 % point of all dates. Appends the date, and then why it does and the cure. */
bool check_last_day(
	const struct check_facts *facts, const struct input *input, struct buffer *words);

/* Appends the rows, in the order in which an analyst asks. */
void check_findings(struct check_facts *facts, const struct input *input, unsigned n_threads,
	struct findings *findings);

void findings_release(struct findings *findings);

/* "1,234,567"; room holds COUNT_WORDS_SIZE bytes and is returned. */
enum { COUNT_WORDS_SIZE = 32 };
const char *count_words(int64_t count, char *room);

#endif

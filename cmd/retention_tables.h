/* The three tables of patron retention: one row per cohort and period, the triangle, the overview.
 */
#ifndef CMD_RETENTION_TABLES_H
#define CMD_RETENTION_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/acquisition.h"
#include "analytics/cohorts.h"
#include "analytics/overview.h"
#include "analytics/periods.h"
#include "base/error.h"
#include "cmd/command.h"

enum {
	N_RETENTION_TABLES = 3,
	N_RETENTION_COLUMNS = 14,
	N_WIDE_COLUMNS = 5,
	N_OVERVIEW_COLUMNS = 10
};
extern const struct column retention_wide_columns[N_WIDE_COLUMNS];
extern const struct column retention_columns[N_RETENTION_COLUMNS];
extern const struct column retention_overview_columns[N_OVERVIEW_COLUMNS];
extern const struct command_table retention_tables[N_RETENTION_TABLES]; /* the first has a row per
									   cohort and period */

/* How numbers are called and which of them are shown. */
struct retention_view {
	const char *definition;
	const char *period_words; /* what is counted: "months after the first purchase" */
	struct calendar calendar;
	const struct day_bracket *brackets; /* NULL: periods are counted */
	size_t n_brackets;
	const struct acquisition *cohorts; /* what cohorts are called; NULL: periods of calendar */
	const struct acquisition *groups;  /* of --by; NULL: there are none */
	int32_t first_period;              /* calendar periods before it are hidden */
	bool has_money;
	int money_decimals;
};

/* The charts alone. */
void retention_draw(const struct retention_view *view, const struct cohorts *cohorts);

bool retention_write(
	const struct retention_view *view, const struct cohorts *cohorts, struct error *err);
bool retention_write_wide(
	const struct retention_view *view, const struct cohorts *cohorts, struct error *err);
bool retention_write_overview(
	const struct retention_view *view, const struct overview *overview, struct error *err);

#endif

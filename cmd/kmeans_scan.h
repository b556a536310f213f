/* patron kmeans --scan: one row for each number of clusters. */
#ifndef CMD_KMEANS_SCAN_H
#define CMD_KMEANS_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/k_scan.h"
#include "base/error.h"
#include "cmd/kmeans_fit.h"
#include "io/table.h"

enum { N_KMEANS_SCAN_COLUMNS = 11 };
extern const struct column kmeans_scan_columns[N_KMEANS_SCAN_COLUMNS];

/* In the order of enum k_criterion. */
extern const char *const kmeans_criteria[N_K_CRITERIA];

struct kmeans_range {
	size_t from, to;
};

/* "2..10". ERROR_USAGE. */
bool kmeans_range_parse(struct kmeans_range *range, const char *words, struct error *err);

/* Of fit, only the points are used; sample is the most rows for the costly figures. */
bool kmeans_scan_write(const struct kmeans_fit *fit, const struct kmeans_settings *settings,
	const struct kmeans_range *range, size_t sample, struct error *err);

#endif

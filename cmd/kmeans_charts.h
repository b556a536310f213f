/* The charts of patron kmeans: what clusters are like, where they lie, and how many there may be.
 * Each is drawn where it is wanted. */
#ifndef CMD_KMEANS_CHARTS_H
#define CMD_KMEANS_CHARTS_H

#include <stddef.h>

#include "analytics/k_scan.h"
#include "cmd/command.h"
#include "cmd/kmeans_fit.h"

enum { N_KMEANS_CHARTS = 5 };
extern const struct chart kmeans_charts[N_KMEANS_CHARTS];

/* The columns of the rows with their clusters, after those of the input. */
enum { N_KMEANS_ADDED_COLUMNS = 2 };
extern const struct column kmeans_added_columns[N_KMEANS_ADDED_COLUMNS];

/* Of clusters that are fitted or assigned. */
void kmeans_charts_draw(const struct kmeans_fit *fit);
void kmeans_charts_draw_scan(const struct k_scan_row *rows, size_t n);

#endif

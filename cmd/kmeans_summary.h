/* patron kmeans --summary: one row for each cluster. */
#ifndef CMD_KMEANS_SUMMARY_H
#define CMD_KMEANS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cmd/kmeans_fit.h"
#include "cmd/kmeans_model.h"
#include "cmd/kmeans_rows.h"
#include "io/table.h"

/* Those of features named FEATURE_mean and the like. */
enum { N_KMEANS_SUMMARY_COLUMNS = 16 };
extern const struct column kmeans_summary_columns[N_KMEANS_SUMMARY_COLUMNS];

struct kmeans_summary {
	const struct kmeans_rows *rows; /* with their values */
	const struct kmeans_fit *fit;
	const struct kmeans_model *before; /* drift is against it; or NULL */
	bool with_silhouette;
	size_t sample; /* the most rows from which silhouettes are computed */
	uint64_t seed;
};

bool kmeans_summary_write(const struct kmeans_summary *summary, struct error *err);

#endif

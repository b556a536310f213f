/* A saved clustering, as CSV: what makes tomorrow's labels mean what they mean today.
 *
 *	cluster,feature,centre,size,inertia,scale,log,weight,shift,spread,clusters
 *	1,recency_days,-0.513,812,402.25,zscore,no,1,64.2,51.7,4
 *	1,frequency,1.27,812,402.25,zscore,yes,1,1.31,0.62,4
 *	2,...
 *
 * One row for each cluster and feature. A feature x, or log(1 + x), became
 * weight * (x - shift) / spread, and centre is in that unit; size and inertia are of the cluster
 * when the model was made, and stand in each of its rows; clusters is how many there are, so that a
 * file that was cut off is known wherever the cut went. Numbers read back the same.
 */
#ifndef CMD_KMEANS_MODEL_H
#define CMD_KMEANS_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "analytics/scale.h"
#include "base/error.h"
#include "io/table.h"

struct kmeans_model {
	size_t k, n_features;
	char **features;
	enum scale_kind kind;
	struct scale scale;
	double *centres;  /* k x n_features */
	double *sizes;    /* k */
	double *inertias; /* k */
};

/* In the order of enum scale_kind, ended by NULL. */
extern const char *const scale_names[];

/* ERROR_SYSTEM; ERROR_DATA for a file that is no such model. */
bool kmeans_model_read(struct kmeans_model *model, const char *path, struct error *err);

/* Writes it, but for giving it its place: table_close() does that. NULL with err set. */
struct table *kmeans_model_open(
	const char *path, const struct kmeans_model *model, struct error *err);

/* Idempotent on zeroed memory. */
void kmeans_model_release(struct kmeans_model *model);

#endif

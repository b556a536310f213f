/* The rows of patron kmeans as points, and the clusters of these. */
#ifndef CMD_KMEANS_FIT_H
#define CMD_KMEANS_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/kmeans.h"
#include "analytics/points.h"
#include "analytics/scale.h"
#include "base/error.h"
#include "cmd/kmeans_model.h"
#include "cmd/kmeans_rows.h"

struct kmeans_settings {
	enum scale_kind scale;
	struct kmeans_options fit; /* k 0: that of a model */
	bool accept_unconverged;
	const char *order_by; /* FEATURE, FEATURE:asc or FEATURE:desc, or NULL */
	bool samples;         /* rows will be drawn, or gone through by place: points in order */
};

struct kmeans_fit {
	struct kmeans_rows *rows;
	size_t n_features; /* those that are not the same in every row */
	size_t *features;  /* of each, its number in rows->features */
	enum scale_kind kind;
	struct scale scale; /* n_features */
	struct points points;
	double *values; /* of the rows, scaled, where points borrow them; or NULL */
	struct kmeans kmeans;
	double *inertias; /* of each cluster */
	bool has_points;
};

/* Scales the rows: their values become useless, unless keep_values. With a model (else NULL), as it
 * does. ERROR_NUMBERS where that cannot be. */
bool kmeans_fit_points(struct kmeans_fit *fit, struct kmeans_rows *rows,
	const struct kmeans_settings *settings, const struct kmeans_model *model, bool keep_values,
	struct error *err);

/* Clusters them, from the centres of a model if there is one. ERROR_NUMBERS when that does not
 * converge, or there are fewer distinct points than clusters. */
bool kmeans_fit_clusters(struct kmeans_fit *fit, const struct kmeans_settings *settings,
	const struct kmeans_model *init, struct error *err);

/* Or puts each with the nearest centre of a model. */
void kmeans_fit_assign(struct kmeans_fit *fit, const struct kmeans_model *model);

/* How to cluster: fit.tolerance depends on how many points there are. */
struct kmeans_options kmeans_fit_options(
	const struct kmeans_fit *fit, const struct kmeans_settings *settings);

/* By row, both for mem_free(). Distances are in scaled units. */
uint16_t *kmeans_fit_labels(const struct kmeans_fit *fit);
double *kmeans_fit_distances(const struct kmeans_fit *fit);

/* As a model, saved but for giving it its place: see kmeans_model_open(). */
struct table *kmeans_fit_save(const struct kmeans_fit *fit, const char *path, struct error *err);

/* Idempotent on zeroed memory. */
void kmeans_fit_release(struct kmeans_fit *fit);

#endif

#include "analytics/seeding.h"

#include <math.h>

#include "analytics/distance.h"
#include "analytics/huge_pages.h"
#include "base/crew.h"
#include "base/mem.h"

enum { BLOCKS_PER_TASK = 64 };

/* Of more points than these blocks hold, those of so many blocks judge the trials. */
enum { MAX_JUDGES = POINTS_FEW / POINTS_BLOCK };

struct seeding {
	const struct points *points;
	const double *weights; /* by place */
	double *nearest;       /* by place: the squared distance to the nearest centre so far */
	double *sums;          /* by block: of nearest, weighted */
	size_t n_trials;
	double *trials;     /* n_trials x n_dims: the points tried as the next centre */
	size_t n_judges;    /* blocks whose points judge the trials */
	double *trial_sums; /* n_trials x n_judges: what sums would become */
	const double *centre;
};

static size_t n_tasks(size_t n_blocks)
{
	return (n_blocks + BLOCKS_PER_TASK - 1) / BLOCKS_PER_TASK;
}

/* Places of the last block that hold no point of their own count as centres, so that they weigh
 * nothing. */
static void clear(void *context, size_t task)
{
	struct seeding *seeding = context;
	size_t end = (task + 1) * BLOCKS_PER_TASK;
	for (size_t block = task * BLOCKS_PER_TASK;
		block < end && block < seeding->points->n_blocks; block++) {
		size_t n = points_in_block(seeding->points, block);
		for (size_t i = 0; i < POINTS_BLOCK; i++)
			seeding->nearest[block * POINTS_BLOCK + i] = i < n ? INFINITY : 0;
	}
}

/* What each trial would leave, block by block, of the blocks that judge. They are taken at equal
 * distances: the first ones would lack the points far out, which have any hash where others have
 * small ones (analytics/thinned.h). */
static void try_centres(void *context, size_t task)
{
	struct seeding *seeding = context;
	const struct points *points = seeding->points;
	size_t n_dims = points->n_dims, n_judges = seeding->n_judges;
	size_t end = (task + 1) * BLOCKS_PER_TASK;
	for (size_t judge = task * BLOCKS_PER_TASK; judge < end && judge < n_judges; judge++) {
		size_t block = judge * points->n_blocks / n_judges;
		for (size_t t = 0; t < seeding->n_trials; t++)
			seeding->trial_sums[t * n_judges + judge] = distance_sum_of_smaller(
				points_block(points, block), n_dims, seeding->trials + t * n_dims,
				seeding->weights + block * POINTS_BLOCK,
				seeding->nearest + block * POINTS_BLOCK);
	}
}

static void take_centre(void *context, size_t task)
{
	struct seeding *seeding = context;
	const struct points *points = seeding->points;
	size_t end = (task + 1) * BLOCKS_PER_TASK;
	for (size_t block = task * BLOCKS_PER_TASK; block < end && block < points->n_blocks;
		block++)
		seeding->sums[block] = distance_keep_smaller(points_block(points, block),
			points->n_dims, seeding->centre, seeding->weights + block * POINTS_BLOCK,
			seeding->nearest + block * POINTS_BLOCK);
}

static double total(const double *sums, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += sums[i];
	return sum;
}

/* The place where the running weighted sum of nearest passes a mark below the total of sums.
 * Rounding may let the mark pass the end of the blocks, or of a block: the last place with a weight
 * is taken. */
static size_t place_at(const struct seeding *seeding, double mark)
{
	size_t block = 0, heavy = 0;
	double before = 0;
	for (; block < seeding->points->n_blocks; block++) {
		if (seeding->sums[block] > 0)
			heavy = block;
		if (before + seeding->sums[block] > mark)
			break;
		before += seeding->sums[block];
	}
	const double *nearest = seeding->nearest + heavy * POINTS_BLOCK;
	const double *weights = seeding->weights + heavy * POINTS_BLOCK;
	size_t lane = 0;
	for (size_t i = 0; i < POINTS_BLOCK; i++) {
		if (nearest[i] > 0)
			lane = i;
		before += nearest[i] * weights[i];
		if (before > mark && nearest[i] > 0)
			break;
	}
	return heavy * POINTS_BLOCK + lane;
}

/* A place by its weight: a light one is often turned down, and another drawn. */
static size_t draw_place(const struct thinned *thinned, struct random *random)
{
	size_t place;
	do
		place = random_below(random, thinned->points->n);
	while (thinned->weights[place] < thinned->heaviest &&
		random_uniform(random) * thinned->heaviest >= thinned->weights[place]);
	return place;
}

static void draw_trials(struct seeding *seeding, struct random *random)
{
	const struct points *points = seeding->points;
	double sum = total(seeding->sums, points->n_blocks);
	for (size_t t = 0; t < seeding->n_trials; t++)
		points_get(points, place_at(seeding, random_uniform(random) * sum),
			seeding->trials + t * points->n_dims);
}

/* The trial that leaves the smallest sum, the first of several. */
static const double *best_trial(struct seeding *seeding, struct crew *crew)
{
	size_t best = 0;
	double smallest = INFINITY;
	crew_for(crew, n_tasks(seeding->n_judges), try_centres, seeding);
	for (size_t t = 0; t < seeding->n_trials; t++) {
		double sum = total(seeding->trial_sums + t * seeding->n_judges, seeding->n_judges);
		if (sum < smallest) {
			smallest = sum;
			best = t;
		}
	}
	return seeding->trials + best * seeding->points->n_dims;
}

static void take(struct seeding *seeding, struct crew *crew, const double *trial, double *centre)
{
	for (size_t j = 0; j < seeding->points->n_dims; j++)
		centre[j] = trial[j];
	seeding->centre = centre;
	crew_for(crew, n_tasks(seeding->points->n_blocks), take_centre, seeding);
}

void seeding_choose(const struct thinned *thinned, size_t k, struct random *random,
	struct crew *crew, double *centres)
{
	const struct points *points = thinned->points;
	size_t n_dims = points->n_dims, n_trials = 2 + (size_t)log((double)k);
	size_t n_judges = points->n_blocks < MAX_JUDGES ? points->n_blocks : MAX_JUDGES;
	struct seeding seeding = {
		.points = points,
		.weights = thinned->weights,
		.nearest = mem_array(points->n_blocks * POINTS_BLOCK, sizeof(double)),
		.sums = mem_array(points->n_blocks, sizeof(double)),
		.n_trials = n_trials,
		.trials = mem_array(n_trials * n_dims, sizeof(double)),
		.n_judges = n_judges,
		.trial_sums = mem_array(n_trials * n_judges, sizeof(double)),
	};
	huge_pages(seeding.nearest, points->n_blocks * POINTS_BLOCK * sizeof(double));
	crew_for(crew, n_tasks(points->n_blocks), clear, &seeding);
	points_get(points, draw_place(thinned, random), seeding.trials);
	take(&seeding, crew, seeding.trials, centres);
	for (size_t c = 1; c < k; c++) {
		draw_trials(&seeding, random);
		take(&seeding, crew, best_trial(&seeding, crew), centres + c * n_dims);
	}
	mem_free(seeding.nearest);
	mem_free(seeding.sums);
	mem_free(seeding.trials);
	mem_free(seeding.trial_sums);
}

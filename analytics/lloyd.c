#include "analytics/lloyd.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analytics/distance.h"
#include "analytics/huge_pages.h"
#include "base/mem.h"
#include "base/parallel.h"

enum { BLOCKS_PER_TASK = 64, UNLABELLED = UINT16_MAX };

/* A hand takes tasks of a round until there are no more, and keeps what changed by its doing. */
struct lloyd_hand {
	struct lloyd *lloyd;
	struct exact_sum *sums; /* k x n_dims: what came less what went */
	ptrdiff_t *sizes;       /* k */
	size_t n_moved;
	uint32_t *places; /* of a task, those to look at */
	double *room;     /* for nearest_of() */
};

static size_t n_tasks(const struct points *points)
{
	return (points->n_blocks + BLOCKS_PER_TASK - 1) / BLOCKS_PER_TASK;
}

static size_t task_end(const struct points *points, size_t task)
{
	size_t end = (task + 1) * BLOCKS_PER_TASK;
	return end < points->n_blocks ? end : points->n_blocks;
}

/* ---- assigning ----------------------------------------------------------------------- */

/* A point goes from one cluster to another, or comes to its first. */
static void move(struct lloyd_hand *hand, size_t place, uint16_t from, uint16_t to)
{
	const struct lloyd *lloyd = hand->lloyd;
	size_t n_dims = lloyd->points->n_dims;
	const double *point = points_at(lloyd->points, place);
	struct exact_sum *gains = hand->sums + to * n_dims;
	for (size_t j = 0; j < n_dims; j++)
		exact_add(&gains[j], lloyd->grids[j], point[j * POINTS_LANES]);
	hand->sizes[to]++;
	hand->n_moved++;
	if (from == UNLABELLED)
		return;
	struct exact_sum *loses = hand->sums + from * n_dims;
	for (size_t j = 0; j < n_dims; j++)
		exact_subtract(&loses[j], lloyd->grids[j], point[j * POINTS_LANES]);
	hand->sizes[from]--;
}

static void settle(struct lloyd_hand *hand, size_t place, uint16_t label, float slack)
{
	struct lloyd *lloyd = hand->lloyd;
	/* Rounded down by more than the conversion can round up. */
	lloyd->holds[place] = (float)((lloyd->drift + (double)slack) * (1 - 0x1p-22));
	uint16_t *current = &lloyd->result.labels[place];
	if (*current == label)
		return;
	move(hand, place, *current, label);
	*current = label;
}

/* Lists the places of a task that the drift has reached. */
static size_t list_open(const struct lloyd *lloyd, size_t task, uint32_t *places)
{
	size_t first = task * BLOCKS_PER_TASK * POINTS_BLOCK;
	size_t end = task_end(lloyd->points, task) * POINTS_BLOCK, n = 0;
	for (size_t place = first; place < end; place++) {
		places[n] = (uint32_t)place;
		n += lloyd->holds[place] <= lloyd->drift_at_most;
	}
	return n;
}

static void assign_task(struct lloyd_hand *hand, size_t task)
{
	struct lloyd *lloyd = hand->lloyd;
	uint16_t labels[POINTS_BLOCK];
	float slack[POINTS_BLOCK];
	size_t n_open = list_open(lloyd, task, hand->places);
	for (size_t first = 0; first < n_open; first += POINTS_BLOCK) {
		const uint32_t *places = hand->places + first;
		size_t n = n_open - first < POINTS_BLOCK ? n_open - first : POINTS_BLOCK;
		nearest_of(&lloyd->nearest, places, n, hand->room, labels, slack);
		for (size_t i = 0; i < n; i++)
			settle(hand, places[i], labels[i], slack[i]);
	}
}

static void assign_tasks(void *context, size_t number)
{
	struct lloyd *lloyd = context;
	for (size_t task; (task = atomic_fetch_add(&lloyd->next_task, 1)) < n_tasks(lloyd->points);)
		assign_task(&lloyd->hands[number], task);
}

/* Adds up what the hands did; returns how many points moved. */
static size_t join_hands(struct lloyd *lloyd)
{
	size_t n_moved = 0, k = lloyd->result.k, n_sums = k * lloyd->points->n_dims;
	for (unsigned i = 0; i < lloyd->n_hands; i++) {
		struct lloyd_hand *hand = &lloyd->hands[i];
		for (size_t j = 0; j < n_sums; j++)
			exact_join(&lloyd->sums[j], hand->sums[j]);
		for (size_t c = 0; c < k; c++)
			lloyd->result.sizes[c] += (size_t)hand->sizes[c];
		n_moved += hand->n_moved;
		memset(hand->sums, 0, n_sums * sizeof(*hand->sums));
		memset(hand->sizes, 0, k * sizeof(*hand->sizes));
		hand->n_moved = 0;
	}
	return n_moved;
}

static size_t assign(struct lloyd *lloyd)
{
	lloyd->drift_at_most = (float)(lloyd->drift * (1 + 0x1p-22));
	nearest_set_centres(&lloyd->nearest, lloyd->result.centres);
	atomic_store(&lloyd->next_task, 0);
	parallel_for(lloyd->n_hands, lloyd->n_hands, assign_tasks, lloyd);
	return join_hands(lloyd);
}

/* ---- clusters that lost all their points --------------------------------------------- */

/* The squares of the distances of all points to their centres, by place. */
static double *squares_of(const struct lloyd *lloyd)
{
	const struct points *points = lloyd->points;
	double *squares = mem_array(points->n, sizeof(*squares));
	for (size_t place = 0; place < points->n; place++)
		squares[place] = distance_square(points_at(points, place), points->n_dims,
			lloyd->result.centres + lloyd->result.labels[place] * points->n_dims);
	return squares;
}

static void take_farthest(struct lloyd *lloyd, uint16_t cluster, double *squares)
{
	const struct points *points = lloyd->points;
	size_t farthest = 0;
	double largest = 0;
	for (size_t place = 0; place < points->n; place++)
		if (squares[place] > largest &&
			lloyd->result.sizes[lloyd->result.labels[place]] > 1) {
			largest = squares[place];
			farthest = place;
		}
	if (largest == 0)
		return;
	/* Neither it nor one just like it, which would stand beside it, is taken again. */
	for (size_t place = farthest; place < points->n && squares[place] == largest; place++)
		squares[place] = 0;
	settle(&lloyd->hands[0], farthest, cluster, -INFINITY);
	join_hands(lloyd);
}

/* An emptied cluster takes the point farthest from its centre, so that k is kept. */
static void fill_emptied(struct lloyd *lloyd)
{
	double *squares = NULL;
	for (size_t c = 0; c < lloyd->result.k; c++)
		if (lloyd->result.sizes[c] == 0) {
			if (squares == NULL)
				squares = squares_of(lloyd);
			take_farthest(lloyd, (uint16_t)c, squares);
		}
	mem_free(squares);
}

/* ---- rounds - ------------------------------------------------------------------------ */

/* Moves each centre to the mean of its points; returns the sum of the squares of the moves. */
static double recentre(struct lloyd *lloyd)
{
	size_t n_dims = lloyd->points->n_dims;
	double longest = 0, sum = 0;
	for (size_t c = 0; c < lloyd->result.k; c++) {
		double *centre = lloyd->result.centres + c * n_dims, square = 0;
		if (lloyd->result.sizes[c] == 0)
			continue;
		for (size_t j = 0; j < n_dims; j++) {
			double mean = exact_value(lloyd->sums[c * n_dims + j]) /
				      (double)lloyd->result.sizes[c];
			square += (mean - centre[j]) * (mean - centre[j]);
			centre[j] = mean;
		}
		longest = fmax(longest, square);
		sum += square;
	}
	lloyd->drift += sqrt(longest) * lloyd->view->scale * (1 + 0x1p-40);
	lloyd->result.n_rounds++;
	return sum;
}

static void weigh_task(void *context, size_t task)
{
	struct lloyd *lloyd = context;
	const struct points *points = lloyd->points;
	double inertia = 0;
	for (size_t block = task * BLOCKS_PER_TASK; block < task_end(points, task); block++) {
		const uint16_t *labels = lloyd->result.labels + block * POINTS_BLOCK;
		size_t n = points_in_block(points, block);
		for (size_t i = 0; i < n; i++)
			inertia += distance_square(points_at(points, block * POINTS_BLOCK + i),
				points->n_dims, lloyd->result.centres + labels[i] * points->n_dims);
	}
	lloyd->task_inertias[task] = inertia;
}

static void weigh(struct lloyd *lloyd)
{
	parallel_for(lloyd->n_hands, n_tasks(lloyd->points), weigh_task, lloyd);
	lloyd->result.inertia = 0;
	for (size_t task = 0; task < n_tasks(lloyd->points); task++)
		lloyd->result.inertia += lloyd->task_inertias[task];
}

/* ---- exchanges ----------------------------------------------------------------------- */

/* The mean of the points of a cluster, counting what hand has not handed over yet. */
static size_t mean_of(
	const struct lloyd *lloyd, const struct lloyd_hand *hand, size_t cluster, double *mean)
{
	size_t n_dims = lloyd->points->n_dims;
	size_t size = lloyd->result.sizes[cluster] + (size_t)hand->sizes[cluster];
	for (size_t j = 0; j < n_dims; j++) {
		struct exact_sum sum = lloyd->sums[cluster * n_dims + j];
		exact_join(&sum, hand->sums[cluster * n_dims + j]);
		mean[j] = exact_value(sum) / (double)size;
	}
	return size;
}

/* The cluster that gains least by taking the point. */
static uint16_t best_taker(const double *point, size_t n_dims, const double *means,
	const size_t *sizes, size_t k, uint16_t from, double *gain)
{
	uint16_t best = from;
	*gain = INFINITY;
	for (size_t c = 0; c < k; c++) {
		double n = (double)sizes[c];
		double gains = distance_square(point, n_dims, means + c * n_dims) * (n / (n + 1));
		if (c != from && gains < *gain) {
			*gain = gains;
			best = (uint16_t)c;
		}
	}
	return best;
}

/* Goes through the points once; returns how many moved. */
static size_t exchange(struct lloyd *lloyd)
{
	size_t k = lloyd->result.k, n_dims = lloyd->points->n_dims;
	struct lloyd_hand *hand = &lloyd->hands[0];
	double *means = mem_array(k * n_dims, sizeof(*means));
	size_t *sizes = mem_array(k, sizeof(*sizes));
	for (size_t c = 0; c < k; c++)
		sizes[c] = mean_of(lloyd, hand, c, means + c * n_dims);
	for (size_t place = 0; place < lloyd->points->n; place++) {
		uint16_t from = lloyd->result.labels[place];
		double n = (double)sizes[from], gain;
		if (sizes[from] < 2)
			continue;
		const double *point = points_at(lloyd->points, place);
		double loss = distance_square(point, n_dims, means + from * n_dims) * (n / (n - 1));
		uint16_t to = best_taker(point, n_dims, means, sizes, k, from, &gain);
		if (gain >= loss * (1 - 0x1p-40)) /* what rounding could feign is no reason */
			continue;
		settle(hand, place, to, -INFINITY);
		sizes[from] = mean_of(lloyd, hand, from, means + from * n_dims);
		sizes[to] = mean_of(lloyd, hand, to, means + to * n_dims);
	}
	mem_free(means);
	mem_free(sizes);
	return join_hands(lloyd);
}

/* ---- the search ---------------------------------------------------------------------- */

static void clear(struct lloyd *lloyd)
{
	size_t n_places = lloyd->points->n_blocks * POINTS_BLOCK, k = lloyd->result.k;
	for (size_t i = 0; i < n_places; i++) {
		lloyd->result.labels[i] = UNLABELLED;
		lloyd->holds[i] = i < lloyd->points->n ? -INFINITY : INFINITY;
	}
	memset(lloyd->sums, 0, k * lloyd->points->n_dims * sizeof(*lloyd->sums));
	memset(lloyd->result.sizes, 0, k * sizeof(*lloyd->result.sizes));
	lloyd->drift = 0;
	lloyd->result.n_rounds = 0;
	lloyd->result.converged = false;
}

static bool any_emptied(const struct kmeans *result)
{
	for (size_t c = 0; c < result->k; c++)
		if (result->sizes[c] == 0)
			return true;
	return false;
}

/* Rounds until no point moves, or the centres hardly; false when there were as many as allowed
 * before. */
static bool settle_all(struct lloyd *lloyd, const struct lloyd_end *end)
{
	double moves = INFINITY;
	while (assign(lloyd) > 0) {
		if (moves <= end->moves && !any_emptied(&lloyd->result))
			return true;
		if (lloyd->result.n_rounds == end->n_rounds)
			return false;
		fill_emptied(lloyd);
		moves = recentre(lloyd);
	}
	return true;
}

void lloyd_run(struct lloyd *lloyd, const struct lloyd_end *end)
{
	struct kmeans *result = &lloyd->result;
	clear(lloyd);
	while (settle_all(lloyd, end)) {
		if (lloyd->points->n > LLOYD_EXCHANGES || result->n_rounds == end->n_rounds ||
			exchange(lloyd) == 0) {
			result->converged = true;
			break;
		}
		recentre(lloyd);
	}
	weigh(lloyd);
}

static void hand_init(struct lloyd_hand *hand, struct lloyd *lloyd)
{
	size_t k = lloyd->result.k;
	*hand = (struct lloyd_hand){
		.lloyd = lloyd,
		.sums = mem_zeroed(k * lloyd->points->n_dims, sizeof(*hand->sums)),
		.sizes = mem_zeroed(k, sizeof(*hand->sizes)),
		.places = mem_array(BLOCKS_PER_TASK * POINTS_BLOCK + 1, sizeof(*hand->places)),
		.room = mem_array(nearest_room(&lloyd->nearest), sizeof(*hand->room)),
	};
}

void lloyd_init(struct lloyd *lloyd, const struct nearest_view *view, size_t k, unsigned n_threads)
{
	const struct points *points = view->points;
	size_t n_dims = points->n_dims, n_places = points->n_blocks * POINTS_BLOCK;
	*lloyd = (struct lloyd){.points = points, .view = view, .n_hands = n_threads};
	kmeans_init(&lloyd->result, points, k);
	nearest_init(&lloyd->nearest, k, view);
	lloyd->grids = mem_array(n_dims, sizeof(*lloyd->grids));
	for (size_t j = 0; j < n_dims; j++)
		lloyd->grids[j] =
			exact_grid(fmax(fabs(points->low[j]), fabs(points->high[j])), points->n);
	lloyd->sums = mem_array(k * n_dims, sizeof(*lloyd->sums));
	lloyd->holds = mem_array(n_places, sizeof(*lloyd->holds));
	huge_pages(lloyd->holds, n_places * sizeof(*lloyd->holds));
	lloyd->task_inertias = mem_array(n_tasks(points), sizeof(*lloyd->task_inertias));
	lloyd->hands = mem_array(n_threads, sizeof(*lloyd->hands));
	for (unsigned i = 0; i < n_threads; i++)
		hand_init(&lloyd->hands[i], lloyd);
}

void lloyd_release(struct lloyd *lloyd)
{
	for (unsigned i = 0; i < lloyd->n_hands; i++) {
		mem_free(lloyd->hands[i].sums);
		mem_free(lloyd->hands[i].sizes);
		mem_free(lloyd->hands[i].places);
		mem_free(lloyd->hands[i].room);
	}
	mem_free(lloyd->hands);
	mem_free(lloyd->task_inertias);
	mem_free(lloyd->holds);
	mem_free(lloyd->sums);
	mem_free(lloyd->grids);
	nearest_release(&lloyd->nearest);
	kmeans_release(&lloyd->result);
}

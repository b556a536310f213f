#include "analytics/lloyd.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"
#include "analytics/huge_pages.h"
#include "analytics/inertia.h"
#include "base/mem.h"
#include "base/parallel.h"

enum { BLOCKS_PER_TASK = 64, CACHE_LINE = 64, EIGHT = 8 };

/* What one thread writes all the time, no other may have within two cache lines, which processors
 * fetch together. */
enum { APART = 2 * CACHE_LINE };

/* A hand takes tasks of a round until there are no more, and keeps what changed by its doing. */
struct lloyd_hand {
	_Alignas(APART) struct lloyd *lloyd;
	struct exact_sum *sums; /* k x n_dims: what came less what went */
	ptrdiff_t *sizes;       /* k */
	size_t n_moved;
	uint32_t *places; /* of a task, those to look at */
	uint32_t *movers; /* and those that move, n_movers of them */
	uint16_t *targets;
	size_t n_movers;
	double *room; /* for nearest_of() */
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
static void move(struct lloyd_hand *hand, size_t place, uint16_t to)
{
	struct lloyd *lloyd = hand->lloyd;
	const struct points *points = lloyd->points;
	size_t n_dims = points->n_dims;
	uint16_t from = lloyd->result.labels[place];
	const double *point = points_at(points, place);
	if (points_step(points) != 1) {
		points_get(points, place, hand->room);
		point = hand->room;
	}
	exact_move(hand->sums + to * n_dims, lloyd->is_labelled ? hand->sums + from * n_dims : NULL,
		lloyd->grids, point, n_dims);
	hand->sizes[to]++;
	hand->sizes[from] -= lloyd->is_labelled;
	hand->n_moved++;
	lloyd->result.labels[place] = to;
}

/* Until when a label with so much slack holds, rounded down by more than the conversion can round
 * up. */
static float hold(const struct lloyd *lloyd, uint16_t label, float slack)
{
	return (float)((lloyd->drifts[label] + (double)slack) * (1 - 0x1p-22));
}

static void settle(struct lloyd_hand *hand, size_t place, uint16_t label)
{
	if (hand->lloyd->is_bounded)
		hand->lloyd->holds[place] = -INFINITY;
	move(hand, place, label);
}

/* Says that the point at a place will soon move. */
static void fetch(const struct points *points, size_t place)
{
	const double *point = points_at(points, place);
	size_t n_values = points->n_dims * points_step(points);
	for (size_t j = 0; j < n_values; j += CACHE_LINE / sizeof(double))
		__builtin_prefetch(point + j);
	__builtin_prefetch(point + n_values - 1);
}

/* Points that move are fetched from memory when they are listed, long before they are needed. */
static void list_mover(struct lloyd_hand *hand, uint32_t place, uint16_t to)
{
	fetch(hand->lloyd->points, place);
	hand->movers[hand->n_movers] = place;
	hand->targets[hand->n_movers++] = to;
}

static void move_listed(struct lloyd_hand *hand)
{
	for (size_t i = 0; i < hand->n_movers; i++)
		move(hand, hand->movers[i], hand->targets[i]);
	hand->n_movers = 0;
}

/* Notes how long labels hold, and the points that have others now. */
static void settle_all(struct lloyd_hand *hand, const uint32_t *places, size_t n,
	const uint16_t *labels, const float *slack)
{
	struct lloyd *lloyd = hand->lloyd;
	for (size_t i = 0; i < n; i++) {
		lloyd->holds[places[i]] = hold(lloyd, labels[i], slack[i]);
		if (!lloyd->is_labelled || lloyd->result.labels[places[i]] != labels[i])
			list_mover(hand, places[i], labels[i]);
	}
}

#ifdef FOR_AVX2
FOR_AVX2 static size_t list_open_avx2(
	const struct lloyd *lloyd, size_t first, size_t end, uint32_t *places)
{
	const uint64_t *lanes_of = lloyd->lanes;
	size_t n = 0;
	for (size_t place = first; place < end; place += EIGHT) {
		const uint16_t *labels = lloyd->result.labels + place;
		__m256i eight = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)labels));
		__m256 drifts = _mm256_i32gather_ps(lloyd->drifts_at_most, eight, sizeof(float));
		__m256 holds = _mm256_loadu_ps(lloyd->holds + place);
		int open = _mm256_movemask_ps(_mm256_cmp_ps(holds, drifts, _CMP_LE_OQ));
		__m128i lanes = _mm_loadl_epi64((const __m128i *)(const void *)&lanes_of[open]);
		__m256i listed = _mm256_add_epi32(
			_mm256_cvtepu8_epi32(lanes), _mm256_set1_epi32((int)(uint32_t)place));
		_mm256_storeu_si256((__m256i *)(void *)(places + n), listed);
		n += (size_t)__builtin_popcount((unsigned)open);
	}
	return n;
}
#endif

/* Lists the places of a task that the drift of their cluster has reached. */
static size_t list_open(const struct lloyd *lloyd, size_t task, uint32_t *places)
{
	size_t first = task * BLOCKS_PER_TASK * POINTS_BLOCK;
	size_t end = task_end(lloyd->points, task) * POINTS_BLOCK, n = 0;
#ifdef FOR_AVX2
	if (distance_has_avx2())
		return list_open_avx2(lloyd, first, end, places);
#endif
	for (size_t place = first; place < end; place++) {
		places[n] = (uint32_t)place;
		n += lloyd->holds[place] <= lloyd->drifts_at_most[lloyd->result.labels[place]];
	}
	return n;
}

/* Looks at the points of a task that may have to move. */
static void look_at_open(struct lloyd_hand *hand, size_t task)
{
	struct lloyd *lloyd = hand->lloyd;
	uint16_t labels[POINTS_BLOCK];
	float slack[POINTS_BLOCK];
	size_t n_open = list_open(lloyd, task, hand->places);
	for (size_t first = 0; first < n_open; first += POINTS_BLOCK) {
		const uint32_t *places = hand->places + first;
		size_t n = n_open - first < POINTS_BLOCK ? n_open - first : POINTS_BLOCK;
		for (size_t i = first + n; i < n_open && i < first + n + POINTS_BLOCK; i++)
			nearest_fetch(&lloyd->nearest, hand->places[i]);
		nearest_of(&lloyd->nearest, places, n, hand->room, labels, slack);
		settle_all(hand, places, n, labels, slack);
	}
}

static bool are_four_equal(const uint16_t *labels, const uint16_t *others)
{
	uint64_t four, other_four;
	memcpy(&four, labels, sizeof(four));
	memcpy(&other_four, others, sizeof(other_four));
	return four == other_four;
}

/* Looks at all points of a block. */
static void sweep(struct lloyd_hand *hand, size_t block)
{
	const struct lloyd *lloyd = hand->lloyd;
	size_t first = block * POINTS_BLOCK, n = points_in_block(lloyd->points, block);
	const uint16_t *current = lloyd->result.labels + first;
	uint16_t labels[POINTS_BLOCK];
	nearest_of_block(&lloyd->nearest, block, hand->room, labels);
	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 0 && lloyd->is_labelled && are_four_equal(labels + i, current + i))
			i += 3;
		else if (!lloyd->is_labelled || labels[i] != current[i])
			list_mover(hand, (uint32_t)(first + i), labels[i]);
	}
}

static void assign_task(struct lloyd_hand *hand, size_t task)
{
	const struct lloyd *lloyd = hand->lloyd;
	if (lloyd->is_bounded)
		look_at_open(hand, task);
	else
		for (size_t block = task * BLOCKS_PER_TASK; block < task_end(lloyd->points, task);
			block++)
			sweep(hand, block);
	move_listed(hand);
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

/* Whether bounds will pay, after a round in which so many points moved. They leave some 35 times as
 * many points to look at, as was seen on many kinds of data; looking at one of these costs a wait
 * for memory of 60 cycles or so, and looking at the bounds costs 3 for every point, beside the
 * cycles that go into its distances. */
static bool bounds_pay(const struct lloyd *lloyd, size_t n_moved)
{
	double of_distances = (double)lloyd->result.k * (double)(lloyd->points->n_dims + 5) / 20;
	double n_open = fmin(35 * (double)n_moved, (double)lloyd->points->n);
	return n_open * (of_distances + 60) < (double)lloyd->points->n * (of_distances - 3);
}

static void begin_bounds(struct lloyd *lloyd)
{
	size_t n_places = lloyd->points->n_blocks * POINTS_BLOCK;
	for (size_t place = 0; place < n_places; place++)
		lloyd->holds[place] = place < lloyd->points->n ? -INFINITY : INFINITY;
	lloyd->is_bounded = true;
}

static size_t assign(struct lloyd *lloyd)
{
	for (size_t c = 0; c < lloyd->result.k; c++)
		lloyd->drifts_at_most[c] = (float)(lloyd->drifts[c] * (1 + 0x1p-22));
	nearest_set_centres(&lloyd->nearest, lloyd->result.centres);
	atomic_store(&lloyd->next_task, 0);
	parallel_for(lloyd->n_hands, lloyd->n_hands, assign_tasks, lloyd);
	lloyd->is_labelled = true;
	size_t n_moved = join_hands(lloyd);
	if (!lloyd->is_bounded && bounds_pay(lloyd, n_moved))
		begin_bounds(lloyd);
	return n_moved;
}

/* ---- clusters that lost all their points --------------------------------------------- */

/* The square of the distance of a point to its centre. */
static double square_at(const struct lloyd *lloyd, size_t place)
{
	const struct points *points = lloyd->points;
	return distance_square(points_at(points, place), points_step(points), points->n_dims,
		lloyd->result.centres + lloyd->result.labels[place] * points->n_dims);
}

static double *squares_of(const struct lloyd *lloyd)
{
	double *squares = mem_array(lloyd->points->n, sizeof(*squares));
	for (size_t place = 0; place < lloyd->points->n; place++)
		squares[place] = square_at(lloyd, place);
	return squares;
}

static void take_farthest(struct lloyd *lloyd, uint16_t cluster, double *squares)
{
	const struct points *points = lloyd->points;
	size_t farthest = 0;
	double largest = 0;
	for (size_t place = 0; place < points->n; place++)
		if (lloyd->result.sizes[lloyd->result.labels[place]] > 1 &&
			(squares[place] > largest ||
				(squares[place] == largest && largest > 0 &&
					points_compare(points, place, farthest) < 0))) {
			largest = squares[place];
			farthest = place;
		}
	if (largest == 0)
		return;
	/* Neither it nor one just like it is taken again. */
	for (size_t place = 0; place < points->n; place++)
		if (squares[place] == largest && points_compare(points, place, farthest) == 0)
			squares[place] = 0;
	settle(&lloyd->hands[0], farthest, cluster);
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

/* Moves a centre to the mean of its points; returns the square of the move. */
static double recentre_one(struct lloyd *lloyd, size_t c)
{
	size_t n_dims = lloyd->points->n_dims;
	double *centre = lloyd->result.centres + c * n_dims, square = 0;
	if (lloyd->result.sizes[c] == 0)
		return 0;
	for (size_t j = 0; j < n_dims; j++) {
		double mean =
			exact_value(lloyd->sums[c * n_dims + j]) / (double)lloyd->result.sizes[c];
		square += (mean - centre[j]) * (mean - centre[j]);
		centre[j] = mean;
	}
	return square;
}

/* Moves all centres; returns the sum of the squares of the moves. */
static double recentre(struct lloyd *lloyd)
{
	size_t farthest = 0;
	double sum = 0, longest = 0, second = 0, scale = lloyd->view->scale * (1 + 0x1p-40);
	for (size_t c = 0; c < lloyd->result.k; c++) {
		double square = recentre_one(lloyd, c), length = sqrt(square);
		sum += square;
		lloyd->moves[c] = length;
		second = fmax(second, fmin(length, longest));
		if (length > longest) {
			longest = length;
			farthest = c;
		}
	}
	for (size_t c = 0; c < lloyd->result.k; c++) {
		double others = c == farthest ? second : longest;
		lloyd->drifts[c] += (lloyd->moves[c] + others) / 2 * scale;
	}
	lloyd->result.n_rounds++;
	return sum;
}

static void weigh(struct lloyd *lloyd)
{
	struct kmeans *result = &lloyd->result;
	result->inertia = inertia_of(lloyd->inertias, lloyd->points, result->labels,
		result->centres, result->k, lloyd->n_hands);
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
		double gains = distance_square(point, POINTS_LANES, n_dims, means + c * n_dims) *
			       (n / (n + 1));
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
		double loss = distance_square(point, POINTS_LANES, n_dims, means + from * n_dims) *
			      (n / (n - 1));
		uint16_t to = best_taker(point, n_dims, means, sizes, k, from, &gain);
		if (gain >= loss * (1 - 0x1p-40)) /* what rounding could feign is no reason */
			continue;
		settle(hand, place, to);
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
	memset(lloyd->result.labels, 0, n_places * sizeof(*lloyd->result.labels));
	memset(lloyd->sums, 0, k * lloyd->points->n_dims * sizeof(*lloyd->sums));
	memset(lloyd->result.sizes, 0, k * sizeof(*lloyd->result.sizes));
	memset(lloyd->drifts, 0, k * sizeof(*lloyd->drifts));
	lloyd->is_labelled = false;
	lloyd->is_bounded = false;
	if (lloyd->view->narrowed == NULL)
		begin_bounds(lloyd);
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
static bool alternate(struct lloyd *lloyd, const struct lloyd_end *end)
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
	while (alternate(lloyd, end)) {
		if (lloyd->points->n > LLOYD_EXCHANGES || result->n_rounds == end->n_rounds ||
			exchange(lloyd) == 0) {
			result->converged = true;
			break;
		}
		recentre(lloyd);
	}
	weigh(lloyd);
}

static void *zeros_apart(size_t count, size_t size)
{
	size_t n_bytes = (count * size + APART - 1) / APART * APART;
	return memset(mem_aligned(n_bytes, 1, APART), 0, n_bytes);
}

static void hand_init(struct lloyd_hand *hand, struct lloyd *lloyd)
{
	size_t k = lloyd->result.k;
	*hand = (struct lloyd_hand){
		.lloyd = lloyd,
		.sums = zeros_apart(k * lloyd->points->n_dims, sizeof(*hand->sums)),
		.sizes = zeros_apart(k, sizeof(*hand->sizes)),
		.places = mem_array(BLOCKS_PER_TASK * POINTS_BLOCK + EIGHT, sizeof(*hand->places)),
		.movers = mem_array(BLOCKS_PER_TASK * POINTS_BLOCK, sizeof(*hand->movers)),
		.targets = mem_array(BLOCKS_PER_TASK * POINTS_BLOCK, sizeof(*hand->targets)),
		.room = mem_aligned(nearest_room(&lloyd->nearest), sizeof(*hand->room), CACHE_LINE),
	};
}

/* Of each mask of eight bits, the numbers of those that are set, a byte each, ascending. */
static void number_lanes(uint64_t *lanes)
{
	for (unsigned mask = 0; mask < 1 << EIGHT; mask++) {
		lanes[mask] = 0;
		unsigned n = 0;
		for (unsigned lane = 0; lane < EIGHT; lane++)
			if (mask >> lane & 1)
				lanes[mask] |= (uint64_t)lane << 8 * n++;
	}
}

void lloyd_init(struct lloyd *lloyd, const struct nearest_view *view, size_t k, unsigned n_threads)
{
	const struct points *points = view->points;
	size_t n_dims = points->n_dims, n_places = points->n_blocks * POINTS_BLOCK;
	*lloyd = (struct lloyd){.points = points, .view = view, .n_hands = n_threads};
	number_lanes(lloyd->lanes);
	kmeans_init(&lloyd->result, points, k);
	nearest_init(&lloyd->nearest, k, view);
	lloyd->grids = mem_array(n_dims, sizeof(*lloyd->grids));
	for (size_t j = 0; j < n_dims; j++)
		lloyd->grids[j] =
			exact_grid(fmax(fabs(points->low[j]), fabs(points->high[j])), points->n);
	lloyd->sums = mem_array(k * n_dims, sizeof(*lloyd->sums));
	lloyd->moves = mem_array(k, sizeof(*lloyd->moves));
	lloyd->drifts = mem_array(k, sizeof(*lloyd->drifts));
	lloyd->drifts_at_most = mem_array(k, sizeof(*lloyd->drifts_at_most));
	lloyd->holds = mem_array(n_places, sizeof(*lloyd->holds));
	huge_pages(lloyd->holds, n_places * sizeof(*lloyd->holds));
	lloyd->inertias = mem_array(k, sizeof(*lloyd->inertias));
	lloyd->hands = mem_aligned(n_threads, sizeof(*lloyd->hands), APART);
	for (unsigned i = 0; i < n_threads; i++)
		hand_init(&lloyd->hands[i], lloyd);
}

void lloyd_release(struct lloyd *lloyd)
{
	for (unsigned i = 0; i < lloyd->n_hands; i++) {
		mem_free(lloyd->hands[i].sums);
		mem_free(lloyd->hands[i].sizes);
		mem_free(lloyd->hands[i].places);
		mem_free(lloyd->hands[i].movers);
		mem_free(lloyd->hands[i].targets);
		mem_free(lloyd->hands[i].room);
	}
	mem_free(lloyd->hands);
	mem_free(lloyd->inertias);
	mem_free(lloyd->moves);
	mem_free(lloyd->drifts);
	mem_free(lloyd->drifts_at_most);
	mem_free(lloyd->holds);
	mem_free(lloyd->sums);
	mem_free(lloyd->grids);
	nearest_release(&lloyd->nearest);
	kmeans_release(&lloyd->result);
}

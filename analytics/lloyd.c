#include "analytics/lloyd.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "analytics/avx2.h"
#include "analytics/distance.h"
#include "analytics/huge_pages.h"
#include "analytics/inertia.h"
#include "analytics/tally.h"
#include "base/crew.h"
#include "base/mem.h"

enum { BLOCKS_PER_TASK = 64, CACHE_LINE = 64, EIGHT = 8 };

/* A hand takes tasks of a round until there are no more, and keeps what changed by its doing. What
 * it writes lies two cache lines apart from what others do, as processors fetch two together. */
enum { APART = 2 * CACHE_LINE };

struct lloyd_hand {
	_Alignas(APART) struct lloyd *lloyd;
	struct tally tally; /* what came less what went */
	uint32_t *places;   /* of a task, those to look at */
	uint32_t *movers;   /* and those that move, n_movers of them, from one cluster to another */
	uint16_t *from, *to;
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

/* How many points stand before a block. */
static size_t points_until(const struct points *points, size_t block)
{
	size_t n = block * POINTS_BLOCK;
	return n < points->n ? n : points->n;
}

/* ---- assigning ----------------------------------------------------------------------- */

/* Until when a label with so much slack holds, rounded down by more than the conversion can round
 * up. */
static float hold(const struct lloyd *lloyd, uint16_t label, float slack)
{
	return (float)((lloyd->drifts[label] + (double)slack) * (1 - 0x1p-22));
}

/* Lists a point that moves, and labels it anew. */
static void list_mover(struct lloyd_hand *hand, uint32_t place, uint16_t to)
{
	uint16_t *label = &hand->lloyd->result.labels[place];
	hand->movers[hand->n_movers] = place;
	hand->from[hand->n_movers] = *label;
	hand->to[hand->n_movers++] = to;
	*label = to;
}

static void move_listed(struct lloyd_hand *hand)
{
	tally_move(&hand->tally, hand->movers, hand->n_movers, hand->from, hand->to);
	hand->n_movers = 0;
}

/* A single point moves, for other reasons than that another centre is nearer. */
static void settle(struct lloyd_hand *hand, size_t place, uint16_t label)
{
	if (hand->lloyd->is_bounded)
		hand->lloyd->holds[place] = -INFINITY;
	list_mover(hand, (uint32_t)place, label);
	move_listed(hand);
}

/* Notes how long labels hold, and the points that have others now. */
static void settle_all(struct lloyd_hand *hand, const uint32_t *places, size_t n,
	const uint16_t *labels, const float *slack)
{
	struct lloyd *lloyd = hand->lloyd;
	for (size_t i = 0; i < n; i++) {
		lloyd->holds[places[i]] = hold(lloyd, labels[i], slack[i]);
		if (!lloyd->is_labelled)
			lloyd->result.labels[places[i]] = labels[i];
		else if (lloyd->result.labels[places[i]] != labels[i])
			list_mover(hand, places[i], labels[i]);
	}
}

#ifdef FOR_AVX2
/* Writes place + lane for each bit, up to the eighth, that is set; returns how many there are. */
INLINE_FOR_AVX2 size_t list_lanes(
	const struct lloyd *lloyd, size_t place, unsigned bits, uint32_t *places)
{
	__m128i lanes = _mm_loadl_epi64((const __m128i *)(const void *)&lloyd->lanes[bits]);
	__m256i listed = _mm256_add_epi32(
		_mm256_cvtepu8_epi32(lanes), _mm256_set1_epi32((int)(uint32_t)place));
	_mm256_storeu_si256((__m256i *)(void *)places, listed);
	return (size_t)__builtin_popcount(bits);
}

FOR_AVX2 static size_t list_open_avx2(
	const struct lloyd *lloyd, size_t first, size_t end, uint32_t *places)
{
	size_t n = 0;
	for (size_t place = first; place < end; place += EIGHT) {
		const uint16_t *labels = lloyd->result.labels + place;
		__m256i eight = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)labels));
		__m256 drifts = _mm256_i32gather_ps(lloyd->drifts_at_most, eight, sizeof(float));
		__m256 holds = _mm256_loadu_ps(lloyd->holds + place);
		int open = _mm256_movemask_ps(_mm256_cmp_ps(holds, drifts, _CMP_LE_OQ));
		n += list_lanes(lloyd, place, (unsigned)open, places + n);
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

#ifdef FOR_AVX2
FOR_AVX2 static size_t list_others_avx2(
	const struct lloyd *lloyd, size_t first, const uint16_t *labels, uint32_t *places)
{
	size_t n = 0;
	for (size_t i = 0; i < POINTS_BLOCK; i += 2 * EIGHT) {
		const __m128i *current =
			(const __m128i *)(const void *)(lloyd->result.labels + first + i);
		const __m128i *now = (const __m128i *)(const void *)(labels + i);
		__m128i low = _mm_cmpeq_epi16(_mm_loadu_si128(current), _mm_loadu_si128(now));
		__m128i high =
			_mm_cmpeq_epi16(_mm_loadu_si128(current + 1), _mm_loadu_si128(now + 1));
		unsigned others = ~(unsigned)_mm_movemask_epi8(_mm_packs_epi16(low, high)) & 0xffff;
		if (others == 0)
			continue;
		n += list_lanes(lloyd, first + i, others & 0xff, places + n);
		n += list_lanes(lloyd, first + i + EIGHT, others >> EIGHT, places + n);
	}
	return n;
}
#endif

/* Lists the places of a block that have other labels than these. */
static size_t list_others(
	const struct lloyd *lloyd, size_t block, const uint16_t *labels, uint32_t *places)
{
	size_t first = block * POINTS_BLOCK, n = 0;
#ifdef FOR_AVX2
	if (distance_has_avx2()) {
		n = list_others_avx2(lloyd, first, labels, places);
		while (n > 0 && places[n - 1] >= lloyd->points->n)
			n--;
		return n;
	}
#endif
	for (size_t i = 0; i < points_in_block(lloyd->points, block); i++) {
		places[n] = (uint32_t)(first + i);
		n += lloyd->result.labels[first + i] != labels[i];
	}
	return n;
}

/* Looks at all points of a block. */
static void sweep(struct lloyd_hand *hand, size_t block)
{
	const struct lloyd *lloyd = hand->lloyd;
	size_t first = block * POINTS_BLOCK;
	uint16_t labels[POINTS_BLOCK];
	if (!lloyd->is_labelled) {
		nearest_of_block(&lloyd->nearest, block, hand->room, lloyd->result.labels + first);
		return;
	}
	nearest_of_block(&lloyd->nearest, block, hand->room, labels);
	size_t n = list_others(lloyd, block, labels, hand->places);
	for (size_t i = 0; i < n; i++)
		list_mover(hand, hand->places[i], labels[hand->places[i] - first]);
}

static void assign_task(struct lloyd_hand *hand, size_t task)
{
	const struct lloyd *lloyd = hand->lloyd;
	size_t first = task * BLOCKS_PER_TASK, end = task_end(lloyd->points, task);
	if (lloyd->is_bounded)
		look_at_open(hand, task);
	else
		for (size_t block = first; block < end; block++)
			sweep(hand, block);
	if (lloyd->is_labelled)
		move_listed(hand);
	else
		tally_add(&hand->tally, first * POINTS_BLOCK,
			points_until(lloyd->points, end) - first * POINTS_BLOCK,
			lloyd->result.labels + first * POINTS_BLOCK);
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
	size_t n_moved = 0;
	for (unsigned i = 0; i < lloyd->n_hands; i++)
		n_moved +=
			tally_hand_over(&lloyd->hands[i].tally, lloyd->sums, lloyd->result.sizes);
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
	crew_run(lloyd->crew, assign_tasks, lloyd);
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
	size_t size = lloyd->result.sizes[cluster] + (size_t)hand->tally.sizes[cluster];
	for (size_t j = 0; j < n_dims; j++) {
		struct exact_sum sum = lloyd->sums[cluster * n_dims + j];
		exact_join(&sum, tally_sum(&hand->tally, cluster, j));
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
	memset(lloyd->sums, 0, k * lloyd->points->n_dims * sizeof(*lloyd->sums));
	memset(lloyd->result.sizes, 0, k * sizeof(*lloyd->result.sizes));
	memset(lloyd->drifts, 0, k * sizeof(*lloyd->drifts));
	lloyd->is_labelled = false;
	lloyd->is_bounded = false;
	if (lloyd->view->narrowed == NULL) { /* a sweep would be no faster */
		memset(lloyd->result.labels, 0, n_places * sizeof(*lloyd->result.labels));
		begin_bounds(lloyd);
	}
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

static void hand_init(struct lloyd_hand *hand, struct lloyd *lloyd)
{
	enum { ROOM = BLOCKS_PER_TASK * POINTS_BLOCK + EIGHT };
	*hand = (struct lloyd_hand){
		.lloyd = lloyd,
		.places = mem_array(ROOM, sizeof(*hand->places)),
		.movers = mem_array(ROOM, sizeof(*hand->movers)),
		.from = mem_array(ROOM, sizeof(*hand->from)),
		.to = mem_array(ROOM, sizeof(*hand->to)),
		.room = mem_aligned(nearest_room(&lloyd->nearest), sizeof(*hand->room), CACHE_LINE),
	};
	tally_init(&hand->tally, lloyd->points, lloyd->result.k);
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
	lloyd->crew = crew_start(n_threads);
}

void lloyd_release(struct lloyd *lloyd)
{
	crew_end(lloyd->crew);
	for (unsigned i = 0; i < lloyd->n_hands; i++) {
		tally_release(&lloyd->hands[i].tally);
		mem_free(lloyd->hands[i].places);
		mem_free(lloyd->hands[i].movers);
		mem_free(lloyd->hands[i].from);
		mem_free(lloyd->hands[i].to);
		mem_free(lloyd->hands[i].room);
	}
	mem_free(lloyd->hands);
	mem_free(lloyd->inertias);
	mem_free(lloyd->moves);
	mem_free(lloyd->drifts);
	mem_free(lloyd->drifts_at_most);
	mem_free(lloyd->holds);
	mem_free(lloyd->sums);
	nearest_release(&lloyd->nearest);
	kmeans_release(&lloyd->result);
}

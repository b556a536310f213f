#include "analytics/matching.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "analytics/distance.h"
#include "base/mem.h"

enum { NOBODY = -1 };

/* Every point has a price, such that no pair costs less than the prices of its two, and those who
 * are paired exactly as much: then no pairing of all can cost less (the duality of linear
 * programming). Excess is what a pair costs above its prices. */
struct matching {
	const double *one, *other;
	size_t k, n_dims;
	double *one_prices, *other_prices;
	ptrdiff_t *owners; /* of each of the others, the one it is paired with, or NOBODY */

	/* Of a search: the others by the excess on the cheapest path to them. */
	double *lengths;
	size_t *before; /* the one that a path comes from last */
	bool *is_reached;
};

static double excess(const struct matching *m, size_t one, size_t other)
{
	double square = distance_square(
		m->one + one * m->n_dims, 1, m->n_dims, m->other + other * m->n_dims);
	return square - m->one_prices[one] - m->other_prices[other];
}

/* Paths that go on from one, which was itself reached at a length. */
static void go_on(struct matching *m, size_t one, double length)
{
	for (size_t other = 0; other < m->k; other++) {
		double longer = m->is_reached[other] ? INFINITY : length + excess(m, one, other);
		if (longer < m->lengths[other]) {
			m->lengths[other] = longer;
			m->before[other] = one;
		}
	}
}

/* The first of the nearest. */
static size_t next_reached(struct matching *m)
{
	size_t next = SIZE_MAX;
	for (size_t other = 0; other < m->k; other++)
		if (!m->is_reached[other] &&
			(next == SIZE_MAX || m->lengths[other] < m->lengths[next]))
			next = other;
	m->is_reached[next] = true;
	return next;
}

/* Dijkstra's, from one that is single to the nearest of the others that is single too. */
static size_t find_path(struct matching *m, size_t single)
{
	size_t from = single;
	double length = 0;
	for (size_t i = 0; i < m->k; i++) {
		m->lengths[i] = INFINITY;
		m->before[i] = single;
		m->is_reached[i] = false;
	}
	for (;;) {
		go_on(m, from, length);
		size_t other = next_reached(m);
		if (m->owners[other] == NOBODY)
			return other;
		from = (size_t)m->owners[other];
		length = m->lengths[other];
	}
}

/* So that every step of the path costs its prices, and nothing less than them. */
static void set_prices(struct matching *m, size_t single, size_t last)
{
	double length = m->lengths[last];
	m->one_prices[single] += length;
	for (size_t other = 0; other < m->k; other++)
		if (m->is_reached[other] && other != last) {
			m->one_prices[m->owners[other]] += length - m->lengths[other];
			m->other_prices[other] -= length - m->lengths[other];
		}
}

/* Each on the path leaves its partner for the next. */
static void pair_along(struct matching *m, size_t *partners, size_t single, size_t last)
{
	for (size_t other = last, one = SIZE_MAX; one != single;) {
		one = m->before[other];
		size_t left = partners[one];
		m->owners[other] = (ptrdiff_t)one;
		partners[one] = other;
		other = left;
	}
}

void matching_nearest(
	size_t *partners, const double *one, const double *other, size_t k, size_t n_dims)
{
	struct matching m = {
		.one = one,
		.other = other,
		.k = k,
		.n_dims = n_dims,
		.one_prices = mem_zeroed(k, sizeof(*m.one_prices)),
		.other_prices = mem_zeroed(k, sizeof(*m.other_prices)),
		.owners = mem_array(k, sizeof(*m.owners)),
		.lengths = mem_array(k, sizeof(*m.lengths)),
		.before = mem_array(k, sizeof(*m.before)),
		.is_reached = mem_array(k, sizeof(*m.is_reached)),
	};
	for (size_t i = 0; i < k; i++) {
		m.owners[i] = NOBODY;
		partners[i] = SIZE_MAX;
	}
	for (size_t single = 0; single < k; single++) {
		size_t last = find_path(&m, single);
		set_prices(&m, single, last);
		pair_along(&m, partners, single, last);
	}
	mem_free(m.one_prices);
	mem_free(m.other_prices);
	mem_free(m.owners);
	mem_free(m.lengths);
	mem_free(m.before);
	mem_free(m.is_reached);
}

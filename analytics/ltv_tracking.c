#include "analytics/ltv_tracking.h"

#include <math.h>

#include "base/mem.h"
#include "base/parallel.h"

/* From here on days lie in panels, each so much longer than the one before, and E[X(t)] of a day is
 * interpolated. In every family it is analytic and bounded for complex t within pi / BGNBD_MAX_K of
 * the real line. The largest ellipse about a panel that lies there has half-axes whose sum is 4.8
 * times the panel's half: by that the error falls with each node. */
enum { FIRST_PANEL = 256, PANEL_NODES = 24 };
static const double panel_growth = 1.25;

/* The Chebyshev points of a panel. Panels begin with days that do not depend on how many there are,
 * so that the last day never changes what is expected by an earlier one. */
struct panel {
	size_t from, end; /* the first day, and one after the last */
	double day[PANEL_NODES], expected[PANEL_NODES];
};

struct work {
	double *each;
	size_t n_days;
	const struct ltv_model *model;
	double unit_days;
	struct panel *panels;
	size_t n_panels, capacity;
};

static double expected_by(const struct work *work, double day)
{
	const struct ltv_outlook outlook = {day / work->unit_days, 0, 1, 1};
	return ltv_orders(work->model, 0, 0, 0, &outlook).expected;
}

static void expect_day(void *context, size_t day)
{
	const struct work *work = context;
	work->each[day] = day == 0 ? 0 : expected_by(work, (double)day);
}

/* The angle of a Chebyshev point on its half circle. */
static double angle(size_t node)
{
	static const double pi = 3.14159265358979323846;
	return pi * ((double)node + .5) / PANEL_NODES;
}

static void add_panels(struct work *work)
{
	for (size_t from = FIRST_PANEL; from <= work->n_days;) {
		work->panels = mem_grow(
			work->panels, &work->capacity, work->n_panels + 1, sizeof(*work->panels));
		struct panel *panel = &work->panels[work->n_panels++];
		double end = floor((double)from * panel_growth), half = (end - (double)from) / 2;
		for (size_t i = 0; i < PANEL_NODES; i++)
			panel->day[i] = (double)from + half + half * cos(angle(i));
		panel->from = from;
		panel->end = from = (size_t)end;
	}
}

static void expect_node(void *context, size_t i)
{
	const struct work *work = context;
	struct panel *panel = &work->panels[i / PANEL_NODES];
	panel->expected[i % PANEL_NODES] = expected_by(work, panel->day[i % PANEL_NODES]);
}

/* The barycentric formula: Berrut and Trefethen 2004, "Barycentric Lagrange interpolation", SIAM
 * Review 46(3). */
static double interpolated(const struct panel *panel, const double *weight, double day)
{
	double above = 0, below = 0;
	for (size_t i = 0; i < PANEL_NODES; i++) {
		double away = day - panel->day[i];
		if (away == 0)
			return panel->expected[i];
		above += weight[i] / away * panel->expected[i];
		below += weight[i] / away;
	}
	return above / below;
}

static void expect_panel(void *context, size_t p)
{
	const struct work *work = context;
	const struct panel *panel = &work->panels[p];
	double weight[PANEL_NODES];
	for (size_t i = 0; i < PANEL_NODES; i++)
		weight[i] = (i % 2 == 0 ? 1 : -1) * sin(angle(i));
	for (size_t day = panel->from; day < panel->end && day <= work->n_days; day++)
		work->each[day] = interpolated(panel, weight, (double)day);
}

void ltv_expect_by_age(double *each, size_t n_days, const struct ltv_model *model, double unit_days,
	unsigned threads)
{
	struct work work = {.each = each, .n_days = n_days, .model = model, .unit_days = unit_days};
	add_panels(&work);
	parallel_for(threads, n_days < FIRST_PANEL ? n_days + 1 : FIRST_PANEL, expect_day, &work);
	parallel_for(threads, work.n_panels * PANEL_NODES, expect_node, &work);
	parallel_for(threads, work.n_panels, expect_panel, &work);
	mem_free(work.panels);
	/* Rounded in the last digits, but never fewer orders in more days. */
	for (size_t day = 1; day <= n_days; day++)
		each[day] = fmax(each[day], each[day - 1]);
}

size_t ltv_list_starts(size_t *starts, const int64_t *new_customers, size_t n_days)
{
	size_t n = 0;
	for (size_t day = 0; day <= n_days; day++)
		if (new_customers[day] > 0)
			starts[n++] = day;
	return n;
}

double ltv_expect_of_base(const double *each, const int64_t *new_customers, const size_t *starts,
	size_t n_starts, size_t day)
{
	double sum = 0;
	for (size_t i = 0; i < n_starts && starts[i] < day; i++)
		sum += (double)new_customers[starts[i]] * each[day - starts[i]];
	return sum;
}

#include "analytics/cohorts.h"

#include <assert.h>
#include <math.h>

#include "analytics/distinct.h"
#include "base/mem.h"

/* What members bring to a cell: integers, so that the order of members does not matter. */
struct tally {
	int64_t eligible, active;
	money_sum revenue;  /* of the eligible in the period */
	money_sum base;     /* of the eligible in period 0 */
	money_sum kept;     /* min(own in the period, own in period 0) */
	money_sum keepable; /* like base, with a negative own as 0 */
};

/* A cohort on the way. While members are counted, tallies are differences: what is in tallies[k]
 * belongs to all the periods 0 to k, so that an interval of periods costs two additions. */
struct row {
	uint64_t key; /* see key_of() */
	int64_t size;
	int32_t last_complete, last_begun; /* periods, of the oldest member */
	int32_t n_cells;
	struct tally *tallies;
};

struct build {
	const struct cohort_members *members;
	const struct cohort_options *options;
	int32_t complete_until, begun_until; /* the last calendar period of either kind */
	struct day_bracket *brackets;        /* those of periods 0, 1, ... */
	int32_t n_brackets;
	struct row *rows; /* the cohorts, then those of all */
	uint32_t *row_of; /* of each customer that is a member */
	uint32_t *all_of; /* of each cohort */
	size_t n_cohorts, n_rows;
};

/* A customer's place in time. */
struct member {
	struct row *row;
	int32_t start;           /* period 0, in the unit of the activity */
	int32_t complete, begun; /* the last period of either kind */
	money_sum base;
};

/* What a member did in one period. */
struct visit {
	int32_t period;
	bool purchase;
	money_sum revenue;
};

struct visits {
	struct visit *all;
	size_t n, capacity;
};

bool brackets_are_apart(const struct day_bracket *brackets, size_t n_brackets)
{
	for (size_t i = 0; i < n_brackets; i++) {
		int32_t before = i == 0 ? -1 : brackets[i - 1].last;
		if (brackets[i].first <= before || brackets[i].last < brackets[i].first)
			return false;
	}
	return true;
}

static void number_brackets(struct build *build)
{
	const struct cohort_options *options = build->options;
	assert(options->definition != COHORT_BRACKET || options->n_brackets > 0);
	assert(brackets_are_apart(options->brackets, options->n_brackets));
	build->brackets = mem_array(options->n_brackets + 1, sizeof(*build->brackets));
	if (options->n_brackets > 0 && options->brackets[0].first > 0)
		build->brackets[build->n_brackets++] = (struct day_bracket){0, 0};
	for (size_t i = 0; i < options->n_brackets; i++)
		build->brackets[build->n_brackets++] = options->brackets[i];
}

enum { UNBOUNDED = INT32_MAX, NO_PERIOD = -1 };

/* The period of a time after the start, in the unit of the activity. */
static int32_t period_after(const struct build *build, int32_t after)
{
	if (after < 0)
		return NO_PERIOD;
	if (build->options->definition == COHORT_BRACKET) {
		for (int32_t k = 0; k < build->n_brackets; k++)
			if (after >= build->brackets[k].first && after <= build->brackets[k].last)
				return k;
		return NO_PERIOD;
	}
	return build->options->window_days > 0 ? after / build->options->window_days : after;
}

static struct member place_by_calendar(const struct build *build, int32_t first_day)
{
	int32_t start = period_of(build->options->calendar, first_day);
	return (struct member){
		.start = start,
		.complete = build->complete_until - start,
		.begun = build->begun_until - start,
	};
}

static struct member place_by_window(const struct build *build, int32_t first_day)
{
	int32_t days = build->options->as_of - first_day, window = build->options->window_days;
	return (struct member){
		.start = first_day,
		.complete = (days + 1) / window - 1,
		.begun = days / window,
	};
}

static struct member place_by_bracket(const struct build *build, int32_t first_day)
{
	int32_t days = build->options->as_of - first_day;
	struct member member = {.start = first_day, .complete = -1, .begun = -1};
	for (int32_t k = 0; k < build->n_brackets; k++) {
		member.complete += build->brackets[k].last <= days;
		member.begun += build->brackets[k].first <= days;
	}
	return member;
}

static struct member place(const struct build *build, uint32_t customer)
{
	int32_t first_day = build->members->first_day[customer];
	assert(first_day <= build->options->as_of);
	struct member member =
		build->options->definition == COHORT_BRACKET ? place_by_bracket(build, first_day)
		: build->options->window_days > 0            ? place_by_window(build, first_day)
							     : place_by_calendar(build, first_day);
	if (build->options->definition == COHORT_ON_OR_AFTER)
		member.complete--;
	member.row = &build->rows[build->row_of[customer]];
	return member;
}

/* Keys of rows sort by cohort, then by group; those of all come last. */
static const uint64_t key_of_all = (uint64_t)UINT32_MAX << 32;

static uint64_t key_of(const struct build *build, uint32_t customer)
{
	const struct cohort_members *members = build->members;
	uint32_t group = members->group != NULL ? members->group[customer] : 0;
	int32_t cohort = members->label != NULL ? (int32_t)members->label[customer]
						: period_of(build->options->calendar,
							  members->first_day[customer]);
	return ((uint64_t)cohort + INT32_MAX + 1) << 32 | group;
}

static bool is_member(const struct build *build, uint32_t customer)
{
	return build->members->first_day[customer] != NOT_A_MEMBER;
}

/* Sets row_of of every member, and returns the distinct keys of cohorts. */
static uint64_t *number_cohorts(struct build *build)
{
	uint32_t n_customers = build->members->n_customers;
	uint64_t *keys = mem_array(n_customers, sizeof(*keys));
	size_t n_members = 0;
	for (uint32_t i = 0; i < n_customers; i++)
		if (is_member(build, i))
			keys[n_members++] = key_of(build, i);
	uint32_t *numbers = mem_array(n_members, sizeof(*numbers));
	uint64_t *distinct = number_distinct(keys, n_members, numbers, &build->n_cohorts);
	mem_free(keys);

	build->row_of = mem_array(n_customers, sizeof(*build->row_of));
	n_members = 0;
	for (uint32_t i = 0; i < n_customers; i++)
		if (is_member(build, i))
			build->row_of[i] = numbers[n_members++];
	mem_free(numbers);
	return distinct;
}

/* The rows of the cohorts, and after them one of all for each group. */
static void make_rows(struct build *build)
{
	uint64_t *cohorts = number_cohorts(build);
	size_t n = build->n_cohorts, n_all;
	uint64_t *groups = mem_array(n, sizeof(*groups));
	for (size_t c = 0; c < n; c++)
		groups[c] = key_of_all | (uint32_t)cohorts[c];
	build->all_of = mem_array(n, sizeof(*build->all_of));
	uint64_t *alls = number_distinct(groups, n, build->all_of, &n_all);

	build->n_rows = n + n_all;
	build->rows = mem_zeroed(build->n_rows, sizeof(*build->rows));
	for (size_t r = 0; r < build->n_rows; r++)
		build->rows[r] = (struct row){.key = r < n ? cohorts[r] : alls[r - n],
			.last_complete = NO_PERIOD,
			.last_begun = NO_PERIOD};
	for (size_t c = 0; c < n; c++)
		build->all_of[c] += (uint32_t)n;
	mem_free(cohorts);
	mem_free(groups);
	mem_free(alls);
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static int32_t earlier(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static void enrol(struct row *row, int64_t size, int32_t complete, int32_t begun)
{
	row->size += size;
	row->last_complete = later(row->last_complete, complete);
	row->last_begun = later(row->last_begun, begun);
}

/* Sets the sizes of the rows; false when they have more than COHORTS_MOST_CELLS together. */
static bool size_rows(struct build *build)
{
	for (uint32_t i = 0; i < build->members->n_customers; i++) {
		if (!is_member(build, i))
			continue;
		struct member member = place(build, i);
		enrol(&build->rows[build->row_of[i]], 1, member.complete, member.begun);
	}
	for (size_t c = 0; c < build->n_cohorts; c++) {
		const struct row *row = &build->rows[c];
		enrol(&build->rows[build->all_of[c]], row->size, row->last_complete,
			row->last_begun);
	}
	size_t n_cells = 0;
	for (size_t r = 0; r < build->n_rows; r++) {
		struct row *row = &build->rows[r];
		row->n_cells =
			1 + (build->options->incomplete ? row->last_begun : row->last_complete);
		n_cells += (size_t)row->n_cells;
	}
	return n_cells <= COHORTS_MOST_CELLS;
}

static void make_tallies(struct build *build)
{
	for (size_t r = 0; r < build->n_rows; r++) {
		struct row *row = &build->rows[r];
		row->tallies = mem_zeroed((size_t)row->n_cells, sizeof(*row->tallies));
	}
}

static void add_tally(struct tally *to, struct tally more)
{
	to->eligible += more.eligible;
	to->active += more.active;
	to->revenue += more.revenue;
	to->base += more.base;
	to->kept += more.kept;
	to->keepable += more.keepable;
}

static struct tally negative(struct tally tally)
{
	return (struct tally){-tally.eligible, -tally.active, -tally.revenue, -tally.base,
		-tally.kept, -tally.keepable};
}

static void add_interval(struct row *row, int32_t from, int32_t to, struct tally more)
{
	if (from > to)
		return;
	add_tally(&row->tallies[to], more);
	if (from > 0)
		add_tally(&row->tallies[from - 1], negative(more));
}

/* Adds to the cells of the periods from and to and all between that count the member: those it
 * has completed, and, where nobody has, those it has begun. */
static void count(const struct build *build, const struct member *member, int32_t from, int32_t to,
	struct tally more)
{
	struct row *row = member->row;
	add_interval(row, from, earlier(to, member->complete), more);
	if (build->options->incomplete)
		add_interval(
			row, later(from, row->last_complete + 1), earlier(to, member->begun), more);
}

static money_sum positive(money_sum sum)
{
	return sum > 0 ? sum : 0;
}

static struct tally standing_of(const struct member *member)
{
	return (struct tally){
		.eligible = 1, .base = member->base, .keepable = positive(member->base)};
}

static struct tally spending_of(const struct member *member, const struct visit *visit)
{
	money_sum now = positive(visit->revenue), then = positive(member->base);
	return (struct tally){.revenue = visit->revenue, .kept = now < then ? now : then};
}

/* COHORT_ON and COHORT_BRACKET, and what COHORT_ON_OR_AFTER and COHORT_FULL have in common with
 * them: all but who is active. */
static void count_visits(const struct build *build, const struct member *member,
	const struct visits *visits, bool are_active)
{
	count(build, member, 0, UNBOUNDED, standing_of(member));
	for (size_t i = 0; i < visits->n; i++) {
		const struct visit *visit = &visits->all[i];
		struct tally more = spending_of(member, visit);
		more.active = are_active && visit->purchase;
		count(build, member, visit->period, visit->period, more);
	}
}

static void count_on_or_after(
	const struct build *build, const struct member *member, const struct visits *visits)
{
	int32_t last = 0;
	for (size_t i = 0; i < visits->n; i++)
		if (visits->all[i].purchase)
			last = visits->all[i].period;
	count(build, member, 0, last, (struct tally){.active = 1});
}

static void count_full(
	const struct build *build, const struct member *member, const struct visits *visits)
{
	int32_t unbroken = 0;
	for (size_t i = 1; i < visits->n; i++)
		if (visits->all[i].purchase && visits->all[i].period == unbroken + 1)
			unbroken++;
	count(build, member, 0, unbroken, (struct tally){.active = 1});
}

static void count_previous(
	const struct build *build, const struct member *member, const struct visits *visits)
{
	struct tally first = spending_of(member, &visits->all[0]);
	first.active = 1;
	count(build, member, 0, 0, standing_of(member));
	count(build, member, 0, 0, first);
	for (size_t i = 0; i < visits->n; i++) {
		const struct visit *visit = &visits->all[i], *next = visit + 1;
		int32_t period = visit->period + 1;
		if (!visit->purchase)
			continue;
		count(build, member, period, period, standing_of(member));
		if (i + 1 == visits->n || next->period != period)
			continue;
		struct tally more = spending_of(member, next);
		more.active = next->purchase;
		count(build, member, period, period, more);
	}
}

static void count_member(
	const struct build *build, const struct member *member, const struct visits *visits)
{
	enum cohort_definition definition = build->options->definition;
	if (definition == COHORT_PREVIOUS) {
		count_previous(build, member, visits);
		return;
	}
	count_visits(
		build, member, visits, definition == COHORT_ON || definition == COHORT_BRACKET);
	if (definition == COHORT_ON_OR_AFTER)
		count_on_or_after(build, member, visits);
	if (definition == COHORT_FULL)
		count_full(build, member, visits);
}

static void add_visit(struct visits *visits, struct visit visit)
{
	struct visit *last = visits->n > 0 ? &visits->all[visits->n - 1] : NULL;
	if (last != NULL && last->period == visit.period) {
		last->purchase |= visit.purchase;
		last->revenue += visit.revenue;
		return;
	}
	visits->all = mem_grow(visits->all, &visits->capacity, visits->n + 1, sizeof(visit));
	visits->all[visits->n++] = visit;
}

/* Reads on to the next customer; false when there is no record left. */
static bool read_visits(const struct build *build, const struct activity *activity,
	struct activity_cursor *at, struct activity_record *record, int32_t start,
	struct visits *visits)
{
	uint32_t customer = record->customer;
	bool more = true;
	for (visits->n = 0; more && record->customer == customer;
		more = activity_next(activity, at, record)) {
		int32_t period = period_after(build, record->period - start);
		if (period != NO_PERIOD)
			add_visit(
				visits, (struct visit){period, record->purchase, record->revenue});
	}
	return more;
}

static void count_members(const struct build *build, const struct activity *activity)
{
	struct visits visits = {0};
	struct activity_cursor at = {0};
	struct activity_record record;
	bool more = activity_next(activity, &at, &record);
	while (more) {
		uint32_t customer = record.customer;
		assert(customer < build->members->n_customers);
		bool counts = is_member(build, customer);
		struct member member = {0};
		if (counts)
			member = place(build, customer);
		more = read_visits(build, activity, &at, &record, member.start, &visits);
		if (!counts)
			continue;
		assert(visits.n > 0 && visits.all[0].period == 0 && visits.all[0].purchase);
		assert(visits.all[visits.n - 1].period <= member.begun);
		member.base = visits.all[0].revenue;
		count_member(build, &member, &visits);
	}
	mem_free(visits.all);
}

/* From differences to tallies. Then all: where one cohort has completed the period, it is those
 * that have; else those that have begun it. */
static void sum_up(struct build *build)
{
	for (size_t c = 0; c < build->n_cohorts; c++) {
		const struct row *row = &build->rows[c];
		struct row *all = &build->rows[build->all_of[c]];
		for (int32_t k = row->n_cells - 2; k >= 0; k--)
			add_tally(&row->tallies[k], row->tallies[k + 1]);
		for (int32_t k = 0; k < row->n_cells; k++)
			if (k <= row->last_complete || k > all->last_complete)
				add_tally(&all->tallies[k], row->tallies[k]);
	}
}

/* The quotient is of whole numbers of micro-units, each rounded once. */
static double ratio(money_sum numerator, money_sum denominator)
{
	return denominator > 0 ? (double)numerator / (double)denominator : NAN;
}

static struct cohort_cell cell_of(const struct tally *tally, bool complete, double z)
{
	return (struct cohort_cell){
		.eligible = tally->eligible,
		.active = tally->active,
		.revenue = tally->revenue,
		.rate = tally->eligible > 0 ? (double)tally->active / (double)tally->eligible : NAN,
		.rate_interval = wilson_interval(tally->active, tally->eligible, z),
		.revenue_rate = ratio(tally->revenue, tally->base),
		.gross_revenue_rate = ratio(tally->kept, tally->keepable),
		.complete = complete,
	};
}

static enum cohorts_status write_cohorts(struct cohorts *cohorts, const struct build *build)
{
	double z = normal_deviate(build->options->confidence);
	size_t n_cells = 0;
	int32_t most_cells = 0;
	for (size_t r = 0; r < build->n_rows; r++) {
		n_cells += (size_t)build->rows[r].n_cells;
		most_cells = later(most_cells, build->rows[r].n_cells);
	}
	cohorts->cells = mem_array(n_cells, sizeof(*cohorts->cells));
	cohorts->cohorts = mem_array(build->n_rows, sizeof(*cohorts->cohorts));
	cohorts->n_cohorts = build->n_rows;
	struct cohort_cell *cell = cohorts->cells;
	for (size_t r = 0; r < build->n_rows; r++) {
		const struct row *row = &build->rows[r];
		cohorts->cohorts[r] = (struct cohort){
			.key = (int32_t)((int64_t)(row->key >> 32) - INT32_MAX - 1),
			.group = (uint32_t)row->key,
			.all = r >= build->n_cohorts,
			.size = row->size,
			.cells = cell,
			.n_cells = row->n_cells,
		};
		for (int32_t k = 0; k < row->n_cells; k++)
			*cell++ = cell_of(&row->tallies[k], k <= row->last_complete, z);
	}
	return build->n_rows == 0 ? COHORTS_NO_MEMBERS
	       : most_cells < 2   ? COHORTS_ONE_PERIOD
				  : COHORTS_OK;
}

static void release_build(struct build *build)
{
	for (size_t r = 0; r < build->n_rows; r++)
		mem_free(build->rows[r].tallies);
	mem_free(build->rows);
	mem_free(build->brackets);
	mem_free(build->row_of);
	mem_free(build->all_of);
}

enum cohorts_status cohorts_build(struct cohorts *cohorts, const struct activity *activity,
	const struct cohort_members *members, const struct cohort_options *options)
{
	struct build build = {
		.members = members,
		.options = options,
		.complete_until = period_last_complete(options->calendar, options->as_of),
		.begun_until = period_of(options->calendar, options->as_of),
	};
	number_brackets(&build);
	make_rows(&build);
	*cohorts = (struct cohorts){0};
	enum cohorts_status status = COHORTS_TOO_MANY_CELLS;
	if (size_rows(&build)) {
		make_tallies(&build);
		count_members(&build, activity);
		sum_up(&build);
		status = write_cohorts(cohorts, &build);
	}
	release_build(&build);
	return status;
}

void cohorts_release(struct cohorts *cohorts)
{
	mem_free(cohorts->cohorts);
	mem_free(cohorts->cells);
	*cohorts = (struct cohorts){0};
}

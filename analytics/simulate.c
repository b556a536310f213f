#include "analytics/simulate.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "analytics/alias.h"
#include "analytics/random.h"
#include "base/mem.h"

/* What the shop sells, best first: of each list the name at rank k sells in proportion to 1/k. */
static const char *const plain_products[] = {
	"Assam Second Flush 250g",
	"Espresso Beans Dark 1kg",
	"Earl Grey Bergamot 50 bags",
	"Filter Papers No. 4 (100)",
	"明前龙井茶 100g",
	"Green Sencha Kagoshima 100g",
	"Filter Coffee Medium 500g",
	"Oat Milk Barista Edition 1l",
	"English Breakfast 100 bags",
	"Darjeeling First Flush 100g",
	"Café Crème Whole Bean 500g",
	"Camomile Flowers 25 bags",
	"Milk Frother Handheld",
	"Peppermint Leaves 25 bags",
	"Rooibos Vanilla 200g",
	"安溪鐵觀音 150g",
	"Decaf Espresso Ground 500g",
	"Heather Honey 500g",
	"Shortbread Fingers 300g",
	"Oolong Dong Ding 100g",
	"Mug Cobalt Blue 350ml",
	"Jasmine Pearls 80g",
	"Cold Brew Bottle 1l",
	"普洱茶饼 357g",
	"Yerba Maté Organic 500g",
	"Hand Grinder Steel",
	"Matcha Ceremonial Grade 30g",
	"Tea Strainer Fine Mesh",
	"Gift Box Small",
	"Lapsang Souchong 125g",
	"Cocoa Powder 250g",
	"Teapot Glass 1.0l",
	"Moka Pot 6 cups",
	"Chai Masala 200g",
	"White Peony 50g",
	"Kettle Gooseneck 0.9l",
	"抹茶碗",
	"Gift Box Large",
	"Coffee Scale with Timer",
	"Café Moulu Décaféiné 250g",
};

static const char *const quoted_products[] = {
	"Sugar, Brown 1kg",
	"Tea Towel, Striped",
	"Teapot \"Brown Betty\" 1.2l",
	"Cups, Set of 6",
	"Bamboo Tray 12\"",
	"Biscuits, Assorted 400g",
	"Blend \"No. 7\", Loose 250g",
	"红茶, 礼盒装",
};

static const char *const channels[] = {"web", "store", "app", "phone"};
static const double channel_weights[] = {45, 30, 20, 5};

static const char *const regions[] = {
	"North", "South", "East", "West", "Central", "Île-de-France", "华东", "Zürich"};
static const double region_weights[] = {24, 20, 17, 14, 12, 6, 4, 3};

static const int32_t quantities[] = {1, 2, 3, 4, 6, 12};
static const double quantity_weights[] = {50, 25, 10, 7, 5, 3};

enum {
	N_PLAIN = sizeof(plain_products) / sizeof(plain_products[0]),
	N_QUOTED = sizeof(quoted_products) / sizeof(quoted_products[0]),
	N_CHANNELS = sizeof(channels) / sizeof(channels[0]),
	N_QUANTITIES = sizeof(quantities) / sizeof(quantities[0]),
	N_REGIONS = sizeof(regions) / sizeof(regions[0]),
	MAX_RETURN_DAYS = 30,
	DAYS_A_WEEK = 7,
	MICROS_A_CENT = MONEY_UNIT / 100,
};

_Static_assert(SIMULATE_MAX_ROWS <= SIMULATE_MAX_CUSTOMERS, "a customer makes a row");
_Static_assert(N_PLAIN + N_QUOTED <= 64, "an order's products are kept as bits");

/* An order is worth at most this: Gamma-Gamma with q <= 1 has no mean, and a draw no bound. */
static const double MAX_CENTS = 1e11;

/* The factor of the rates is found when the rows exceed those asked for by at most this share. */
static const double SPARE_ROWS = 1e-4;

static const uint32_t NONE = UINT32_MAX;

struct customer {
	struct random stream;
	double time;       /* of its next order, in days since from; NaN or INFINITY: never */
	double daily_rate; /* lambda, in days */
	double repeats;    /* orders after the next one until it leaves; a whole number */
	double spend_rate; /* nu */
	uint32_t next;     /* another customer whose next order is on the same day */
	uint8_t region;
	bool has_ordered;
};

/* What decides which rows there are; all else about an order is drawn from its contents. */
struct visit {
	struct random contents;
	int n_lines;
	int32_t return_day; /* since from; -1: nothing comes back in time */
};

struct pending_return {
	struct simulated_row row;
	uint32_t next; /* another return of the same day, or another free place */
};

struct due {
	double time;
	uint32_t customer;
};

/* A calendar holds, for each day, the list of the customers whose next order falls on it and the
 * list of the returns; the customers of the current day are sorted by time. */
struct simulate {
	struct simulate_options options;
	double scale; /* of lambda; 1 / scale of p */
	gsl_ran_discrete_t *plain, *quoted, *quantity, *channel, *region;
	int32_t n_days, day; /* since from */
	uint32_t n_customers;
	struct customer *customers;
	uint32_t *customers_on, *returns_on; /* n_days of each: first of a list, or NONE */
	struct pending_return *returns;
	size_t returns_capacity;
	uint32_t n_returns, free_return;
	struct due *due;
	size_t due_capacity, n_due, next_due;
	int64_t n_orders, rows_left, surplus;
};

/* GSL keeps the state of a generator behind a pointer, so one can be laid over any struct random.
 * It gives 32 bits, whatever the size of a long, so that GSL's distributions use them alike. */
static void stream_set(void *state, unsigned long seed)
{
	*(struct random *)state = random_stream(seed, 0);
}

static unsigned long stream_get(void *state)
{
	return (unsigned long)(random_bits(state) >> 32);
}

static double stream_get_real(void *state)
{
	return random_uniform(state);
}

static const gsl_rng_type stream_type = {"splitmix64", 0xFFFFFFFFU, 0, sizeof(struct random),
	stream_set, stream_get, stream_get_real};

static gsl_rng generator(struct random *stream)
{
	return (gsl_rng){&stream_type, stream};
}

/* The repeat orders until a customer leaves who does so after each with probability p: geometric,
 * by inversion, so that they grow smoothly as p falls. */
static double repeats_draw(gsl_rng *rng, double p)
{
	return 1 + floor(log(gsl_rng_uniform_pos(rng)) / log1p(-fmin(p, 1)));
}

static struct customer customer_draw(const struct simulate *s, uint32_t number)
{
	const struct simulate_options *o = &s->options;
	struct customer c = {.stream = random_stream(o->seed, number)};
	struct random traits = {.state = random_bits(&c.stream)};
	gsl_rng rng = generator(&c.stream);
	c.time = gsl_rng_uniform(&rng) * (o->acquired_until - o->from + 1);
	c.daily_rate = gsl_ran_gamma(&rng, o->r, 1 / o->alpha) / DAYS_A_WEEK * s->scale;
	c.repeats = repeats_draw(&rng, gsl_ran_beta(&rng, o->a, o->b) / s->scale);
	rng = generator(&traits);
	c.spend_rate = gsl_ran_gamma(&rng, o->q, 1 / o->v);
	c.region = (uint8_t)gsl_ran_discrete(&rng, s->region);
	return c;
}

/* The customer's next order, and the time of the one after it. The draws do not depend on the
 * scale, so that the same customer with a greater one never makes fewer rows. */
static struct visit visit_draw(const struct simulate *s, struct customer *c)
{
	gsl_rng rng = generator(&c->stream);
	struct visit visit = {.contents = {random_bits(&c->stream)}, .return_day = -1};
	unsigned more_lines = gsl_ran_poisson(&rng, s->options.lines - 1);
	visit.n_lines = more_lines < SIMULATE_MAX_LINES ? (int)more_lines + 1 : SIMULATE_MAX_LINES;

	if (gsl_rng_uniform(&rng) < s->options.returns) {
		int32_t day =
			(int32_t)c->time + 1 + (int32_t)(gsl_rng_uniform(&rng) * MAX_RETURN_DAYS);
		visit.return_day = day < s->n_days ? day : -1;
	}

	double gap = gsl_ran_exponential(&rng, 1) / c->daily_rate;
	c->time = c->repeats > 0 ? c->time + gap : INFINITY;
	c->repeats--;
	c->has_ordered = true;
	return visit;
}

static bool orders_again(const struct simulate *s, const struct customer *c)
{
	return c->time < s->n_days;
}

/* Rows that customers 0, 1, ... make, up to *n_customers of them or the one who reaches most; then
 * *n_customers is how many were counted. Rates without measure end the count at 4 most. */
static int64_t rows_count(const struct simulate *s, uint32_t *n_customers, int64_t most)
{
	int64_t rows = 0;
	uint32_t n = 0;
	for (; n < *n_customers && rows < most; n++) {
		struct customer c = customer_draw(s, n);
		while (orders_again(s, &c) && rows < 4 * most) {
			struct visit visit = visit_draw(s, &c);
			rows += visit.n_lines + (visit.return_day >= 0);
		}
	}
	*n_customers = n;
	return rows;
}

/* Every customer makes a row, so they are no more than the rows. */
static void customers_find(struct simulate *s)
{
	s->n_customers = SIMULATE_MAX_CUSTOMERS;
	s->surplus = rows_count(s, &s->n_customers, s->options.rows) - s->options.rows;
}

static int64_t rows_at(struct simulate *s, double scale, int64_t most)
{
	s->scale = scale;
	uint32_t all = s->n_customers;
	return rows_count(s, &all, most);
}

/* The rows of first orders do not depend on the scale f, and those of repeat orders grow with it,
 * where f >= 1 in proportion to it: E[X | lambda, p] = (1 - exp(-lambda p t)) / p, and lambda p is
 * kept. So the line through f = 0 and the last f gives the next, within a bracket. */
static enum simulate_status scale_find(struct simulate *s)
{
	int64_t wanted = s->options.rows, enough = wanted + (int64_t)((double)wanted * SPARE_ROWS);
	int64_t first_rows = rows_at(s, 0, wanted + 1);
	if (first_rows > wanted)
		return SIMULATE_TOO_FEW_ROWS;
	if (first_rows == wanted)
		return SIMULATE_OK;
	double low = 0, high = INFINITY, scale = 1;
	for (;;) {
		int64_t rows = rows_at(s, scale, 4 * enough);
		if (rows >= wanted)
			s->surplus = rows - wanted;
		if (rows >= wanted && rows <= enough)
			return SIMULATE_OK;
		*(rows < wanted ? &low : &high) = scale;
		double aim = 0.5 * (double)(wanted + enough) - (double)first_rows;
		double guess = scale * aim / (double)(rows - first_rows);
		double middle = high < INFINITY ? low + (high - low) / 2 : 16 * low;
		scale = guess > low && guess < high ? guess : middle;
		if (scale == INFINITY)
			return SIMULATE_TOO_MANY_ROWS;
		if (scale <= low || scale >= high)
			break;
	}
	/* No factor lies between the two: the greater one's surplus, one order or a few, stays. */
	s->scale = high;
	return SIMULATE_OK;
}

static gsl_ran_discrete_t *zipf(size_t n)
{
	double weights[N_PLAIN > N_QUOTED ? N_PLAIN : N_QUOTED];
	for (size_t k = 0; k < n; k++)
		weights[k] = 1 / (double)(k + 1);
	return alias_table(weights, n);
}

static void calendar_add(struct simulate *s, uint32_t number)
{
	struct customer *c = &s->customers[number];
	if (!orders_again(s, c))
		return;
	uint32_t *first = &s->customers_on[(int32_t)c->time];
	c->next = *first;
	*first = number;
}

static void return_add(struct simulate *s, int32_t day, const struct simulated_row *sold)
{
	struct simulated_row row = *sold;
	row.day = s->options.from + day;
	row.quantity = -row.quantity;
	row.amount = -row.amount;
	uint32_t place = s->free_return;
	if (place != NONE) {
		s->free_return = s->returns[place].next;
	} else {
		place = s->n_returns++;
		s->returns = mem_grow(
			s->returns, &s->returns_capacity, s->n_returns, sizeof(*s->returns));
	}
	s->returns[place] = (struct pending_return){row, s->returns_on[day]};
	s->returns_on[day] = place;
}

static struct simulated_row return_take(struct simulate *s)
{
	uint32_t place = s->returns_on[s->day];
	struct pending_return *pending = &s->returns[place];
	s->returns_on[s->day] = pending->next;
	pending->next = s->free_return;
	s->free_return = place;
	return pending->row;
}

static void calendar_fill(struct simulate *s)
{
	s->customers = mem_array(s->n_customers, sizeof(*s->customers));
	s->customers_on = mem_array((size_t)s->n_days, sizeof(*s->customers_on));
	s->returns_on = mem_array((size_t)s->n_days, sizeof(*s->returns_on));
	for (int32_t day = 0; day < s->n_days; day++)
		s->customers_on[day] = s->returns_on[day] = NONE;
	s->free_return = NONE;
	for (uint32_t number = 0; number < s->n_customers; number++) {
		s->customers[number] = customer_draw(s, number);
		calendar_add(s, number);
	}
}

static bool above_zero(double x)
{
	return x > 0 && isfinite(x);
}

static bool is_share(double x)
{
	return x >= 0 && x <= 1;
}

static enum simulate_status options_check(const struct simulate_options *o)
{
	if (o->customers == 0 && o->rows == 0)
		return SIMULATE_NO_SIZE;
	if (o->from > o->acquired_until || o->acquired_until > o->until)
		return SIMULATE_BAD_PERIOD;
	bool good = o->customers >= 0 && o->customers <= SIMULATE_MAX_CUSTOMERS && o->rows >= 0 &&
		    o->rows <= SIMULATE_MAX_ROWS && above_zero(o->r) && above_zero(o->alpha) &&
		    above_zero(o->a) && above_zero(o->b) && above_zero(o->p) && above_zero(o->q) &&
		    above_zero(o->v) && o->lines >= 1 && o->lines <= SIMULATE_MAX_LINES / 2.0 &&
		    is_share(o->returns) && is_share(o->quoted);
	return good ? SIMULATE_OK : SIMULATE_BAD_PARAMETER;
}

enum simulate_status simulate_open(
	struct simulate **simulate, const struct simulate_options *options)
{
	enum simulate_status status = options_check(options);
	if (status != SIMULATE_OK)
		return status;
	struct simulate *s = mem_zeroed(1, sizeof(*s));
	s->options = *options;
	s->scale = 1;
	s->n_days = options->until - options->from + 1;
	s->n_customers = (uint32_t)options->customers;
	s->rows_left = options->rows > 0 ? options->rows : INT64_MAX;
	s->plain = zipf(N_PLAIN);
	s->quoted = zipf(N_QUOTED);
	s->quantity = alias_table(quantity_weights, N_QUANTITIES);
	s->channel = alias_table(channel_weights, N_CHANNELS);
	s->region = alias_table(region_weights, N_REGIONS);

	if (options->customers == 0)
		customers_find(s);
	else if (options->rows > 0)
		status = scale_find(s);
	if (status != SIMULATE_OK) {
		simulate_close(s);
		return status;
	}
	calendar_fill(s);
	*simulate = s;
	return SIMULATE_OK;
}

static int64_t value_draw(gsl_rng *rng, double p, double nu, int n_lines)
{
	double cents = round(100 * gsl_ran_gamma(rng, p, 1) / nu);
	if (!(cents < MAX_CENTS))
		cents = MAX_CENTS;
	return cents < n_lines ? n_lines : (int64_t)cents;
}

/* Each line takes its weight's part of the cents that are left and leaves one for every line after
 * it. What the quantity does not divide goes to the lines after it; the last line must take all,
 * and is a single piece unless its quantity divides that. */
static void value_split(const struct simulate *s, gsl_rng *rng, int64_t cents,
	struct simulated_row *rows, int n_lines)
{
	double weights[SIMULATE_MAX_LINES], weight_left = 0;
	for (int i = 0; i < n_lines; i++)
		weight_left += weights[i] = 0.5 + gsl_rng_uniform(rng);
	for (int i = 0; i < n_lines; i++) {
		int32_t quantity = quantities[gsl_ran_discrete(rng, s->quantity)];
		int64_t amount = cents, others = n_lines - i - 1;
		if (others > 0)
			amount = 1 +
				 (int64_t)((double)(cents - others - 1) * weights[i] / weight_left);
		if (others > 0 && amount > quantity)
			amount -= amount % quantity;
		if (amount % quantity != 0)
			quantity = 1;
		cents -= amount;
		weight_left -= weights[i];
		rows[i].quantity = quantity;
		rows[i].unit_price = amount / quantity * MICROS_A_CENT;
		rows[i].amount = amount * MICROS_A_CENT;
	}
}

/* A product that is in the order already gives way to the next of its list, while there is one. */
static uint8_t product_draw(const struct simulate *s, gsl_rng *rng, uint64_t *in_order)
{
	bool is_quoted = gsl_rng_uniform(rng) < s->options.quoted;
	size_t base = is_quoted ? N_PLAIN : 0, n = is_quoted ? N_QUOTED : N_PLAIN;
	size_t k = gsl_ran_discrete(rng, is_quoted ? s->quoted : s->plain);
	for (size_t tries = 0; tries < n && (*in_order >> (base + k) & 1) != 0; tries++)
		k = (k + 1) % n;
	*in_order |= UINT64_C(1) << (base + k);
	return (uint8_t)(base + k);
}

/* Rows beyond those that were asked for are left out of the first orders that can spare some: all
 * lines of a repeat order, all but one of a first order and of one with a return. */
static void surplus_drop(struct simulate *s, struct visit *visit, bool is_first)
{
	int spare = visit->n_lines - (is_first || visit->return_day >= 0);
	int dropped = s->surplus < spare ? (int)s->surplus : spare;
	visit->n_lines -= dropped;
	s->surplus -= dropped;
}

/* The rows of the customer's next order; returns how many. */
static int order_make(struct simulate *s, uint32_t number, struct simulated_row *rows)
{
	struct customer *c = &s->customers[number];
	bool is_first = !c->has_ordered;
	struct visit visit = visit_draw(s, c);
	calendar_add(s, number);
	surplus_drop(s, &visit, is_first);
	if (visit.n_lines == 0)
		return 0;
	s->n_orders++;
	gsl_rng rng = generator(&visit.contents);
	int64_t cents = value_draw(&rng, s->options.p, c->spend_rate, visit.n_lines);
	value_split(s, &rng, cents, rows, visit.n_lines);
	uint8_t channel = (uint8_t)gsl_ran_discrete(&rng, s->channel);
	uint64_t in_order = 0;
	for (int i = 0; i < visit.n_lines; i++) {
		rows[i].order = s->n_orders;
		rows[i].customer = number + 1;
		rows[i].day = s->options.from + s->day;
		rows[i].line = (uint8_t)(i + 1);
		rows[i].product = product_draw(s, &rng, &in_order);
		rows[i].channel = channel;
		rows[i].region = c->region;
	}
	if (visit.return_day >= 0)
		return_add(
			s, visit.return_day, &rows[(int)(gsl_rng_uniform(&rng) * visit.n_lines)]);
	return visit.n_lines;
}

static int due_compare(const void *a, const void *b)
{
	const struct due *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

/* Takes the customers off the day's list and sorts them. Those who order again on the same day are
 * on the list when these are done, and are taken then. */
static bool due_gather(struct simulate *s)
{
	s->n_due = s->next_due = 0;
	for (uint32_t i = s->customers_on[s->day]; i != NONE; i = s->customers[i].next) {
		s->due = mem_grow(s->due, &s->due_capacity, s->n_due + 1, sizeof(*s->due));
		s->due[s->n_due++] = (struct due){s->customers[i].time, i};
	}
	s->customers_on[s->day] = NONE;
	if (s->n_due > 1)
		qsort(s->due, s->n_due, sizeof(*s->due), due_compare);
	return s->n_due > 0;
}

/* Goes on to the next day that has a return or an order left; false at the end. */
static bool day_reach(struct simulate *s)
{
	for (; s->day < s->n_days; s->day++)
		if (s->returns_on[s->day] != NONE || s->next_due < s->n_due || due_gather(s))
			return true;
	return false;
}

size_t simulate_next(struct simulate *s, struct simulated_row *rows, size_t room)
{
	assert(room >= SIMULATE_MAX_LINES);
	size_t n = 0;
	while (room - n >= SIMULATE_MAX_LINES && (int64_t)n < s->rows_left && day_reach(s)) {
		if (s->returns_on[s->day] != NONE)
			rows[n++] = return_take(s);
		else
			n += (size_t)order_make(s, s->due[s->next_due++].customer, rows + n);
	}
	if ((int64_t)n > s->rows_left)
		n = (size_t)s->rows_left;
	s->rows_left -= (int64_t)n;
	return n;
}

int64_t simulate_customers(const struct simulate *s)
{
	return s->n_customers;
}

void simulate_close(struct simulate *s)
{
	if (s == NULL)
		return;
	alias_free(s->plain);
	alias_free(s->quoted);
	alias_free(s->quantity);
	alias_free(s->channel);
	alias_free(s->region);
	mem_free(s->customers);
	mem_free(s->customers_on);
	mem_free(s->returns_on);
	mem_free(s->returns);
	mem_free(s->due);
	mem_free(s);
}

const char *simulate_product(uint8_t product)
{
	assert(product < N_PLAIN + N_QUOTED);
	return product < N_PLAIN ? plain_products[product] : quoted_products[product - N_PLAIN];
}

const char *simulate_channel(uint8_t channel)
{
	assert(channel < N_CHANNELS);
	return channels[channel];
}

const char *simulate_region(uint8_t region)
{
	assert(region < N_REGIONS);
	return regions[region];
}

/* Labels of the first purchase day, against a plain search through all purchases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analytics/acquisition.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "tests/unit/random.h"

enum { N_PARTS = 3, N_OF_PART = 50, N_CUSTOMERS = N_PARTS * N_OF_PART, N_PURCHASES = 3000 };

struct purchase {
	uint32_t customer; /* number customer / N_PARTS of part customer % N_PARTS */
	int32_t day;
	struct text value;
};

/* Not in the order of their bytes; one is the beginning of another, one is empty. */
static const struct text values[] = {{"web", 3}, {"shop", 4}, {"\xE5\xBE\xAE", 3}, {"Web", 3},
	{"shops", 5}, {"", 0}, {"app", 3}};

/* The last customer of each part has no purchase. */
static void draw(struct purchase *purchases, uint64_t seed)
{
	for (size_t i = 0; i < N_PURCHASES; i++) {
		uint32_t customer = (uint32_t)random_below(&seed, N_CUSTOMERS - N_PARTS);
		/* Customer by customer fewer values, so that not all have the empty one. */
		purchases[i] = (struct purchase){customer, (int32_t)random_below(&seed, 9) - 4,
			values[random_below(&seed, 1 + customer % 7)]};
	}
}

static const struct purchase *plain_first(const struct purchase *purchases, uint32_t customer)
{
	const struct purchase *first = NULL;
	for (const struct purchase *p = purchases; p < purchases + N_PURCHASES; p++) {
		if (p->customer != customer)
			continue;
		if (first == NULL || p->day < first->day ||
			(p->day == first->day && text_compare(p->value, first->value) < 0))
			first = p;
	}
	return first;
}

struct filling {
	struct acquisition *acquisition;
	const struct purchase *purchases;
};

static void fill_part(void *context, size_t part)
{
	const struct filling *filling = context;
	for (size_t i = 0; i < N_PURCHASES; i++) {
		const struct purchase *p = &filling->purchases[i];
		if (p->customer % N_PARTS == part)
			acquisition_add(filling->acquisition, part, p->customer / N_PARTS, p->day,
				p->value);
	}
}

static struct acquisition *fill(const struct purchase *purchases)
{
	static const uint32_t n_customers[N_PARTS] = {N_OF_PART, N_OF_PART, N_OF_PART};
	struct filling filling = {acquisition_new(N_PARTS), purchases};
	parallel_for(3, N_PARTS, fill_part, &filling);
	acquisition_finish(filling.acquisition, n_customers);
	return filling.acquisition;
}

static struct text label_of(const struct acquisition *acquisition, uint32_t customer)
{
	uint32_t number = customer % N_PARTS * N_OF_PART + customer / N_PARTS;
	return acquisition_text(acquisition, acquisition_labels(acquisition)[number]);
}

static void every_label_is_that_of_the_plain_search(void **state)
{
	(void)state;
	struct purchase *purchases = mem_array(N_PURCHASES, sizeof(*purchases));
	for (uint64_t seed = 1; seed <= 20; seed++) {
		draw(purchases, seed);
		struct acquisition *acquisition = fill(purchases);
		for (uint32_t c = 0; c < N_CUSTOMERS; c++) {
			const struct purchase *first = plain_first(purchases, c);
			if (first != NULL)
				assert_true(text_equal(label_of(acquisition, c), first->value));
		}
		acquisition_free(acquisition);
	}
	mem_free(purchases);
}

static void labels_are_numbered_by_their_bytes(void **state)
{
	(void)state;
	struct purchase *purchases = mem_array(N_PURCHASES, sizeof(*purchases));
	draw(purchases, 7);
	struct acquisition *acquisition = fill(purchases);
	static const struct text sorted[] = {{"", 0}, {"Web", 3}, {"app", 3}, {"shop", 4},
		{"shops", 5}, {"web", 3}, {"\xE5\xBE\xAE", 3}};
	for (uint32_t l = 0; l < 7; l++)
		assert_true(text_equal(acquisition_text(acquisition, l), sorted[l]));
	acquisition_free(acquisition);
	mem_free(purchases);
}

static void nobody_has_a_label_of_no_meaning(void **state)
{
	(void)state;
	struct acquisition *nobody = acquisition_new(2);
	acquisition_finish(nobody, (uint32_t[]){0, 0});
	acquisition_free(nobody);

	/* Number 2 of part 1 is the only one of four customers with a purchase. */
	struct acquisition *one = acquisition_new(2);
	acquisition_add(one, 1, 2, 10, TEXT("web"));
	acquisition_finish(one, (uint32_t[]){1, 3});
	assert_true(text_equal(acquisition_text(one, acquisition_labels(one)[3]), TEXT("web")));
	acquisition_free(one);
	acquisition_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_label_is_that_of_the_plain_search),
		cmocka_unit_test(labels_are_numbered_by_their_bytes),
		cmocka_unit_test(nobody_has_a_label_of_no_meaning),
	};
	return cmocka_run_group_tests_name("acquisition", tests, NULL, NULL);
}

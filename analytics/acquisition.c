#include "analytics/acquisition.h"

#include <assert.h>
#include <stdlib.h>

#include "base/intern.h"
#include "base/mem.h"

/* The first day so far, and the smallest value of that day, a number of the part's values. */
struct first {
	int32_t day;
	uint32_t value;
};

struct part {
	struct intern values;
	struct first *firsts;
	size_t n_firsts, capacity;
};

/* A value of one part, on the way to its label. */
struct value {
	struct text text;
	uint32_t *label;
};

struct acquisition {
	struct part *parts;
	size_t n_parts;
	uint32_t *labels;   /* of the customers, when finished */
	struct text *texts; /* of the labels; they point into the values */
	size_t n_texts;
};

struct acquisition *acquisition_new(size_t n_parts)
{
	struct acquisition *acquisition = mem_zeroed(1, sizeof(*acquisition));
	acquisition->n_parts = n_parts;
	acquisition->parts = mem_zeroed(n_parts, sizeof(*acquisition->parts));
	return acquisition;
}

static struct first *first_of(struct part *part, uint32_t customer)
{
	if (customer >= part->n_firsts) {
		part->firsts = mem_grow(
			part->firsts, &part->capacity, (size_t)customer + 1, sizeof(*part->firsts));
		while (part->n_firsts <= customer)
			part->firsts[part->n_firsts++] = (struct first){.day = INT32_MAX};
	}
	return &part->firsts[customer];
}

void acquisition_add(struct acquisition *acquisition, size_t part_number, uint32_t customer,
	int32_t day, struct text value)
{
	struct part *part = &acquisition->parts[part_number];
	struct first *first = first_of(part, customer);
	if (day > first->day)
		return;
	bool is_earlier = day < first->day;
	if (!is_earlier && text_compare(value, intern_text(&part->values, first->value)) >= 0)
		return;
	*first = (struct first){day, intern_number(&part->values, value)};
}

static int compare_values(const void *a, const void *b)
{
	const struct value *x = a, *y = b;
	return text_compare(x->text, y->text);
}

/* Numbers the values of all parts together; label_of[p][v] is that of value v of part p. */
static void number_values(struct acquisition *acquisition, uint32_t **label_of)
{
	size_t n = 0;
	for (size_t p = 0; p < acquisition->n_parts; p++)
		n += intern_count(&acquisition->parts[p].values);
	struct value *values = mem_array(n, sizeof(*values));
	n = 0;
	for (size_t p = 0; p < acquisition->n_parts; p++) {
		const struct intern *of_part = &acquisition->parts[p].values;
		size_t n_values = intern_count(of_part);
		label_of[p] = mem_array(n_values, sizeof(*label_of[p]));
		for (uint32_t v = 0; v < n_values; v++)
			values[n++] = (struct value){intern_text(of_part, v), &label_of[p][v]};
	}
	qsort(values, n, sizeof(*values), compare_values);

	acquisition->texts = mem_array(n, sizeof(*acquisition->texts));
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare_values(&values[i - 1], &values[i]) != 0)
			acquisition->texts[acquisition->n_texts++] = values[i].text;
		*values[i].label = (uint32_t)(acquisition->n_texts - 1);
	}
	mem_free(values);
}

void acquisition_finish(struct acquisition *acquisition, const uint32_t *n_customers_of_parts)
{
	uint32_t **label_of = mem_array(acquisition->n_parts, sizeof(*label_of));
	number_values(acquisition, label_of);
	size_t n_customers = 0;
	for (size_t p = 0; p < acquisition->n_parts; p++)
		n_customers += n_customers_of_parts[p];
	uint32_t *label = mem_zeroed(n_customers, sizeof(*label));
	acquisition->labels = label;
	for (size_t p = 0; p < acquisition->n_parts; p++) {
		struct part *part = &acquisition->parts[p];
		assert(part->n_firsts <= n_customers_of_parts[p]);
		for (size_t i = 0; i < part->n_firsts; i++)
			if (part->firsts[i].day != INT32_MAX)
				label[i] = label_of[p][part->firsts[i].value];
		label += n_customers_of_parts[p];
		mem_free(part->firsts);
		part->firsts = NULL;
		mem_free(label_of[p]);
	}
	mem_free(label_of);
}

const uint32_t *acquisition_labels(const struct acquisition *acquisition)
{
	return acquisition->labels;
}

struct text acquisition_text(const struct acquisition *acquisition, uint32_t label)
{
	assert(label < acquisition->n_texts);
	return acquisition->texts[label];
}

void acquisition_free(struct acquisition *acquisition)
{
	if (acquisition == NULL)
		return;
	for (size_t p = 0; p < acquisition->n_parts; p++) {
		intern_release(&acquisition->parts[p].values);
		mem_free(acquisition->parts[p].firsts);
	}
	mem_free(acquisition->parts);
	mem_free(acquisition->labels);
	mem_free(acquisition->texts);
	mem_free(acquisition);
}

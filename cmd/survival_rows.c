#include "cmd/survival_rows.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/survival.h"
#include "base/mem.h"
#include "cmd/input.h"

/* ---- groups and other texts ---- */

struct numbered {
	struct text text;
	uint32_t number;
};

static int compare_texts(const void *a, const void *b)
{
	return text_compare(((const struct numbered *)a)->text, ((const struct numbered *)b)->text);
}

uint32_t *sorted_numbers(const struct intern *texts)
{
	size_t n = intern_count(texts);
	struct numbered *sorted = mem_array(n, sizeof(*sorted));
	uint32_t *numbers = mem_array(n, sizeof(*numbers));
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = (struct numbered){intern_text(texts, i), i};
	qsort(sorted, n, sizeof(*sorted), compare_texts);
	for (size_t i = 0; i < n; i++)
		numbers[i] = sorted[i].number;
	mem_free(sorted);
	return numbers;
}

static void cells_add(struct survival_cells *cells, size_t row, struct text value)
{
	cells->of_row = mem_grow(cells->of_row, &cells->capacity, row + 1, sizeof(*cells->of_row));
	cells->of_row[row] = intern_number(&cells->values, value);
}

static void cells_release(struct survival_cells *cells)
{
	intern_release(&cells->values);
	mem_free(cells->of_row);
}

/* ---- any table: reading ---- */

/* The places of a row's cells; a group, if there is one, and the covariates follow. */
enum { CELL_TIME, CELL_EVENT, CELL_OTHERS };

struct reading {
	struct survival_rows *rows;
	const struct survival_columns *columns;
	struct survival_cells events;
	pthread_mutex_t lock;
};

static void explain_time(struct text cell, struct buffer *words)
{
	char room[TEXT_EXCERPT_SIZE];
	buffer_format(words, "time '%s' is not a number", text_excerpt(cell, room));
	input_hint_number(cell, words);
}

static bool judge(void *context, const struct text *cells, struct buffer *words)
{
	const struct reading *reading = context;
	const struct survival_columns *columns = reading->columns;
	char room[TEXT_EXCERPT_SIZE];
	double time;
	struct text cell = cells[CELL_TIME];
	if (cell.length == 0)
		buffer_format(words, "the time is empty (--where '%s!=' leaves such rows out)",
			columns->time);
	else if (!input_read_number(cell, &time))
		explain_time(cell, words);
	else if (time < 0)
		buffer_format(words, "time '%s' is negative", text_excerpt(cell, room));
	else if (time > SURVIVAL_LARGEST)
		buffer_format(words, "time '%s' is too large (at most %g)",
			text_excerpt(cell, room), SURVIVAL_LARGEST);
	else if (cells[CELL_EVENT].length == 0)
		buffer_format(words, "the event is empty (--where '%s!=' leaves such rows out)",
			columns->event);
	return words->length == 0;
}

static void take_row(struct reading *reading, const struct text *cells)
{
	struct survival_rows *rows = reading->rows;
	size_t row = rows->n_rows, place = CELL_OTHERS;
	bool has_group = reading->columns->group != NULL;
	if (has_group && cells[place].length == 0) {
		rows->n_without_group++;
		return;
	}
	rows->time = mem_grow(rows->time, &rows->capacity, row + 1, sizeof(*rows->time));
	(void)input_read_number(cells[CELL_TIME], &rows->time[row]);
	cells_add(&reading->events, row, cells[CELL_EVENT]);
	if (has_group)
		cells_add(&rows->own, row, cells[place++]);
	for (size_t c = 0; c < rows->n_covariates; c++)
		cells_add(&rows->covariates[c], row, cells[place + c]);
	rows->n_rows++;
}

static void take(void *context, const struct text *cells, size_t n_rows)
{
	struct reading *reading = context;
	const struct survival_columns *columns = reading->columns;
	size_t n_cells = CELL_OTHERS + columns->n_covariates;
	if (columns->group != NULL)
		n_cells++;
	pthread_mutex_lock(&reading->lock);
	for (size_t i = 0; i < n_rows; i++)
		take_row(reading, cells + i * n_cells);
	pthread_mutex_unlock(&reading->lock);
}

/* ---- any table: which value is the event ---- */

static const struct {
	struct text no, yes;
} pairs[] = {
	{{"0", 1}, {"1", 1}},
	{{"false", 5}, {"true", 4}},
	{{"no", 2}, {"yes", 3}},
};

/* "'Active', 'Churned'", the first few of them. */
static void list_values(const struct intern *values, struct buffer *words)
{
	enum { MOST = 5 };
	char room[TEXT_EXCERPT_SIZE];
	uint32_t *sorted = sorted_numbers(values);
	size_t n = intern_count(values);
	for (size_t i = 0; i < n && i < MOST; i++)
		buffer_format(words, "%s'%s'", i > 0 ? ", " : "",
			text_excerpt(intern_text(values, sorted[i]), room));
	if (n > MOST)
		buffer_string(words, ", ...");
	mem_free(sorted);
}

/* Sets is_event of each value, when all are of one of the pairs. */
static bool find_pair(const struct intern *values, bool *is_event)
{
	size_t n = intern_count(values), matching;
	for (size_t p = 0; p < COUNT_OF(pairs); p++) {
		matching = 0;
		for (uint32_t i = 0; i < n; i++) {
			struct text value = intern_text(values, i);
			is_event[i] = text_equal_ignoring_case(value, pairs[p].yes);
			matching += is_event[i] || text_equal_ignoring_case(value, pairs[p].no);
		}
		if (matching == n)
			return true;
	}
	return false;
}

static bool find_named(const struct intern *values, const char *wanted, bool *is_event)
{
	size_t n_found = 0;
	for (uint32_t i = 0; i < intern_count(values); i++) {
		is_event[i] = text_equal(intern_text(values, i), text_of(wanted));
		n_found += is_event[i];
	}
	return n_found > 0;
}

static bool judge_events(const struct survival_columns *columns, const struct intern *values,
	bool *is_event, struct error *err)
{
	struct buffer listed = {0};
	const char *wanted = columns->event_value;
	bool is_known =
		wanted != NULL ? find_named(values, wanted, is_event) : find_pair(values, is_event);
	list_values(values, &listed);
	if (intern_count(values) > 2 && (wanted != NULL || !is_known))
		error_set(err, ERROR_DATA,
			"--event %s has more than two values (%.*s): an event and its absence are"
			" two (--where leaves the rows of others out)",
			columns->event, (int)listed.length, listed.bytes);
	else if (!is_known && wanted != NULL)
		error_set(err, ERROR_DATA, "--event-value %s: no row of %s has it (values: %.*s)",
			wanted, columns->event, (int)listed.length, listed.bytes);
	else if (!is_known)
		error_set(err, ERROR_DATA,
			"--event %s is neither 0/1, true/false nor yes/no (values: %.*s): say which"
			" is the event with --event-value",
			columns->event, (int)listed.length, listed.bytes);
	buffer_release(&listed);
	return err->kind == ERROR_NONE;
}

static bool set_events(struct reading *reading, struct error *err)
{
	struct survival_rows *rows = reading->rows;
	const struct intern *values = &reading->events.values;
	bool *is_event = mem_zeroed(intern_count(values), sizeof(*is_event));
	bool good = judge_events(reading->columns, values, is_event, err);
	rows->event = mem_array(rows->n_rows, sizeof(*rows->event));
	for (size_t i = 0; good && i < rows->n_rows; i++)
		rows->event[i] = is_event[reading->events.of_row[i]];
	mem_free(is_event);
	return good;
}

/* ---- any table: groups ---- */

static bool set_groups(struct survival_rows *rows, const char *column, struct error *err)
{
	enum { MOST_GROUPS = 1000 };
	size_t n = intern_count(&rows->own.values);
	if (n > MOST_GROUPS)
		return error_set(err, ERROR_NUMBERS,
			"--group %s has %zu groups, more than %d (take a column with fewer values)",
			column, n, MOST_GROUPS);
	uint32_t *sorted = sorted_numbers(&rows->own.values);
	uint32_t *place = mem_array(n, sizeof(*place));
	rows->groups = mem_array(n, sizeof(*rows->groups));
	rows->n_groups = (uint32_t)n;
	for (uint32_t g = 0; g < n; g++) {
		place[sorted[g]] = g;
		rows->groups[g] = intern_text(&rows->own.values, sorted[g]);
	}
	rows->group = mem_array(rows->n_rows, sizeof(*rows->group));
	for (size_t i = 0; i < rows->n_rows; i++)
		rows->group[i] = place[rows->own.of_row[i]];
	mem_free(sorted);
	mem_free(place);
	return true;
}

static void set_one_group(struct survival_rows *rows)
{
	rows->n_groups = 1;
	rows->groups = mem_array(1, sizeof(*rows->groups));
	rows->groups[0] = TEXT("all");
}

static bool settle(struct reading *reading, struct error *err)
{
	struct survival_rows *rows = reading->rows;
	const struct accounting *counts = &input_loaded()->report.counts;
	if (rows->n_rows == 0)
		return error_set(err, ERROR_NUMBERS,
			"no row is left (rows: %lld read, %lld filtered, %lld rejected, %zu without"
			" a group)",
			(long long)counts->rows, (long long)accounting_filtered(counts),
			(long long)accounting_rejected(counts), rows->n_without_group);
	if (!set_events(reading, err))
		return false;
	if (reading->columns->group != NULL)
		return set_groups(rows, reading->columns->group, err);
	set_one_group(rows);
	return true;
}

bool survival_rows_of_table(struct survival_rows *rows, const char *const *paths, size_t n_paths,
	const struct survival_columns *columns, struct error *err)
{
	struct reading reading = {.rows = rows, .columns = columns};
	const char **names = mem_array(CELL_OTHERS + 1 + columns->n_covariates, sizeof(*names));
	size_t n_names = 0;
	names[n_names++] = columns->time;
	names[n_names++] = columns->event;
	if (columns->group != NULL)
		names[n_names++] = columns->group;
	rows->n_covariates = columns->n_covariates;
	rows->covariates = mem_zeroed(columns->n_covariates, sizeof(*rows->covariates));
	for (size_t c = 0; c < columns->n_covariates; c++)
		names[n_names++] = rows->covariates[c].column = columns->covariates[c];
	const struct input_table table = {&reading, names, n_names, judge, take};
	pthread_mutex_init(&reading.lock, NULL);
	bool good = input_load_table(paths, n_paths, &table, err) != NULL && settle(&reading, err);
	pthread_mutex_destroy(&reading.lock);
	cells_release(&reading.events);
	mem_free(names);
	return good;
}

/* ---- purchases ---- */

bool survival_rows_of_customers(struct survival_rows *rows, const char *const *paths,
	size_t n_paths, int32_t churn_after, struct error *err)
{
	const struct input_needs needs = {.since_is_of_customers = true};
	const struct input *input = input_load(paths, n_paths, &needs, err);
	if (input == NULL || !input_check_customers(err))
		return false;
	size_t n = customers_count(input->customers);
	rows->time = mem_array(n, sizeof(*rows->time));
	rows->event = mem_array(n, sizeof(*rows->event));
	for (size_t i = 0; i < n; i++) {
		const struct customer customer = customers_get(input->customers, i);
		if (customer.first_purchase < input->acquired_since)
			continue;
		struct lifetime lifetime = lifetime_of(customer.first_purchase,
			customer.last_purchase, input->report.as_of, churn_after);
		rows->time[rows->n_rows] = lifetime.days;
		rows->event[rows->n_rows++] = lifetime.lost;
	}
	set_one_group(rows);
	return true;
}

void survival_rows_release(struct survival_rows *rows)
{
	for (size_t c = 0; c < rows->n_covariates; c++)
		cells_release(&rows->covariates[c]);
	cells_release(&rows->own);
	mem_free(rows->covariates);
	mem_free(rows->time);
	mem_free(rows->event);
	mem_free(rows->group);
	mem_free(rows->groups);
	*rows = (struct survival_rows){0};
}

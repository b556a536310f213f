#include "cmd/survival_terms.h"

#include <math.h>
#include <stdint.h>

#include "base/mem.h"
#include "cmd/input.h"

enum { MOST_TERMS = 200 };

/* Where a column's terms begin, and what each of its texts stands for. */
struct coding {
	bool is_numbers;
	size_t first_term, n_terms;
	double *number; /* of each text */
	size_t *level;  /* of each text: 0 the base, then 1, 2, ... */
};

static bool is_whole(const struct survival_rows *rows, size_t row)
{
	for (size_t c = 0; c < rows->n_covariates; c++) {
		const struct survival_cells *cells = &rows->covariates[c];
		if (intern_text(&cells->values, cells->of_row[row]).length == 0)
			return false;
	}
	return true;
}

/* Numbers, when every text that is not empty is one; *odd is the first, bytewise, that is not. */
static bool read_numbers(const struct survival_cells *cells, const uint32_t *sorted, double *number,
	struct text *odd)
{
	for (size_t i = 0; i < intern_count(&cells->values); i++) {
		struct text text = intern_text(&cells->values, sorted[i]);
		*odd = text;
		if (text.length > 0 && !input_read_number(text, &number[sorted[i]]))
			return false;
	}
	return true;
}

static bool check_sizes(const struct survival_cells *cells, const uint32_t *sorted,
	const double *number, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	for (size_t i = 0; i < intern_count(&cells->values); i++)
		if (fabs(number[sorted[i]]) > SURVIVAL_LARGEST)
			return error_set(err, ERROR_DATA,
				"--cox %s: '%s' is too large (at most %g; take another unit)",
				cells->column,
				text_excerpt(intern_text(&cells->values, sorted[i]), room),
				SURVIVAL_LARGEST);
	return true;
}

static void add_name(struct survival_terms *terms, const char *column, const struct text *level)
{
	struct buffer name = {0};
	buffer_string(&name, column);
	if (level != NULL) {
		buffer_byte(&name, '=');
		buffer_text(&name, *level);
	}
	terms->names =
		mem_grow(terms->names, &terms->capacity, terms->n_terms + 1, sizeof(*terms->names));
	terms->names[terms->n_terms++] = mem_text(name.bytes, name.length);
	buffer_release(&name);
}

/* Values that only incomplete rows have are no levels. */
static bool add_levels(struct survival_terms *terms, struct coding *coding,
	const struct survival_rows *rows, const struct survival_cells *cells,
	const uint32_t *sorted, const bool *whole, struct text odd, struct error *err)
{
	size_t n = intern_count(&cells->values), n_levels = 0;
	char room[TEXT_EXCERPT_SIZE];
	bool *is_used = mem_zeroed(n, sizeof(*is_used));
	for (size_t i = 0; i < rows->n_rows; i++)
		if (whole[i])
			is_used[cells->of_row[i]] = true;
	for (size_t i = 0; i < n; i++)
		n_levels += is_used[i];
	bool good = n_levels >= 2 && terms->n_terms + n_levels - 1 <= MOST_TERMS;
	for (size_t i = 0, level = 0; good && i < n; i++) {
		struct text text = intern_text(&cells->values, sorted[i]);
		if (!is_used[sorted[i]])
			continue;
		coding->level[sorted[i]] = level;
		if (level++ > 0)
			add_name(terms, cells->column, &text);
	}
	mem_free(is_used);
	if (n_levels < 2)
		return error_set(err, ERROR_NUMBERS,
			"--cox %s is the same in every row: it cannot tell who is lost sooner "
			"(leave"
			" it out)",
			cells->column);
	return good || error_set(err, ERROR_NUMBERS,
			       "--cox %s holds text ('%s' is not a number) with %zu values, more"
			       " than %d terms in all (leave it out, or leave such rows out with"
			       " --where)",
			       cells->column, text_excerpt(odd, room), n_levels, MOST_TERMS);
}

static bool code(struct survival_terms *terms, struct coding *coding,
	const struct survival_rows *rows, const struct survival_cells *cells, const bool *whole,
	struct error *err)
{
	size_t n = intern_count(&cells->values);
	uint32_t *sorted = sorted_numbers(&cells->values);
	struct text odd;
	bool good = true;
	coding->number = mem_zeroed(n, sizeof(*coding->number));
	coding->level = mem_zeroed(n, sizeof(*coding->level));
	coding->first_term = terms->n_terms;
	coding->is_numbers = read_numbers(cells, sorted, coding->number, &odd);
	if (coding->is_numbers) {
		add_name(terms, cells->column, NULL);
		good = check_sizes(cells, sorted, coding->number, err);
	} else {
		good = add_levels(terms, coding, rows, cells, sorted, whole, odd, err);
	}
	coding->n_terms = terms->n_terms - coding->first_term;
	mem_free(sorted);
	return good;
}

static void set_row(struct survival_terms *terms, const struct coding *codings,
	const struct survival_rows *rows, size_t row)
{
	double *x = terms->x + terms->n_rows * terms->n_terms;
	for (size_t c = 0; c < rows->n_covariates; c++) {
		const struct coding *coding = &codings[c];
		uint32_t cell = rows->covariates[c].of_row[row];
		if (coding->is_numbers)
			x[coding->first_term] = coding->number[cell];
		for (size_t t = 0; !coding->is_numbers && t < coding->n_terms; t++)
			x[coding->first_term + t] = coding->level[cell] == t + 1;
	}
	terms->time[terms->n_rows] = rows->time[row];
	terms->event[terms->n_rows++] = rows->event[row];
}

static void set_rows(struct survival_terms *terms, const struct coding *codings,
	const struct survival_rows *rows, const bool *whole, size_t n_whole)
{
	terms->x = mem_array(n_whole, terms->n_terms * sizeof(*terms->x));
	terms->time = mem_array(n_whole, sizeof(*terms->time));
	terms->event = mem_array(n_whole, sizeof(*terms->event));
	for (size_t i = 0; i < rows->n_rows; i++)
		if (whole[i])
			set_row(terms, codings, rows, i);
}

bool survival_terms_make(
	struct survival_terms *terms, const struct survival_rows *rows, struct error *err)
{
	struct coding *codings = mem_zeroed(rows->n_covariates, sizeof(*codings));
	bool *whole = mem_array(rows->n_rows, sizeof(*whole)), good = true;
	size_t n_whole = 0;
	for (size_t i = 0; i < rows->n_rows; i++)
		n_whole += whole[i] = is_whole(rows, i);
	terms->n_left_out = rows->n_rows - n_whole;
	if (n_whole == 0)
		good = error_set(err, ERROR_NUMBERS,
			"every one of %zu rows lacks a value of --cox (take columns that are"
			" filled)",
			rows->n_rows);
	for (size_t c = 0; good && c < rows->n_covariates; c++)
		good = code(terms, &codings[c], rows, &rows->covariates[c], whole, err);
	if (good)
		set_rows(terms, codings, rows, whole, n_whole);
	for (size_t c = 0; c < rows->n_covariates; c++) {
		mem_free(codings[c].number);
		mem_free(codings[c].level);
	}
	mem_free(codings);
	mem_free(whole);
	return good;
}

void survival_terms_release(struct survival_terms *terms)
{
	for (size_t t = 0; t < terms->n_terms; t++)
		mem_free(terms->names[t]);
	mem_free(terms->names);
	mem_free(terms->x);
	mem_free(terms->time);
	mem_free(terms->event);
	*terms = (struct survival_terms){0};
}

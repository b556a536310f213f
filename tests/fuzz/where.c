/* Conditions: the first byte says how the column is compared, the first line is the condition, the
 * rest a cell.
 *
 * Held to: what is refused has words; of less, equal and greater no two hold, and the other
 * operators follow from them; VALUE is equal to itself; turned round, less is greater; numbers have
 * the order of their doubles, as far as doubles tell.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/where.h"

static struct date_format dates;
static struct amount_format amounts;

static void make_formats(void)
{
	struct error err = {0};
	bool made = date_format_compile(&dates, NULL, &err) &&
		    amount_format_make(&amounts, false, ",", "$", &err);
	assert(made);
}

static bool holds(struct where where, enum where_operator op, struct text cell)
{
	where.op = op;
	return where_holds(&where, cell);
}

static void check_operators(const struct where *where, struct text cell)
{
	bool less = holds(*where, WHERE_LESS, cell), equal = holds(*where, WHERE_EQUAL, cell),
	     greater = holds(*where, WHERE_GREATER, cell);
	assert(less + equal + greater <= 1);
	assert(holds(*where, WHERE_NOT_EQUAL, cell) == !equal);
	if (where->value.length == 0)
		return;
	assert(holds(*where, WHERE_LESS_OR_EQUAL, cell) == (less || equal));
	assert(holds(*where, WHERE_GREATER_OR_EQUAL, cell) == (greater || equal));
}

/* Bound to another value; false where that is none. */
static bool turn(const struct where *where, struct text value, struct where *turned)
{
	struct error err = {0};
	*turned = *where;
	turned->value = value;
	bool good = where_bind(turned, where->kind, &dates, &amounts, &err);
	error_release(&err);
	return good && turned->is_number == where->is_number;
}

static void check_turned(const struct where *where, struct text cell)
{
	struct where turned;
	struct text value = text_trim(cell);
	if (value.length == 0 || where->value.length == 0 || !turn(where, value, &turned))
		return;
	assert(holds(*where, WHERE_LESS, value) == holds(turned, WHERE_GREATER, where->value));
	assert(holds(*where, WHERE_EQUAL, value) == holds(turned, WHERE_EQUAL, where->value));
}

static double as_double(struct text text)
{
	char *copy = mem_text(text.at, text.length);
	double value = strtod(copy, NULL);
	mem_free(copy);
	return value;
}

static void check_numbers(const struct where *where, struct text cell)
{
	struct where turned;
	struct text value = text_trim(cell);
	if (where->kind != WHERE_AUTO || !where->is_number || !turn(where, value, &turned))
		return;
	double a = as_double(value), b = as_double(where->value);
	assert(a >= b || holds(*where, WHERE_LESS, cell));
	assert(a <= b || holds(*where, WHERE_GREATER, cell));
}

static void check(struct where *where, enum where_kind kind, struct text cell)
{
	struct error err = {0};
	if (!where_bind(where, kind, &dates, &amounts, &err)) {
		assert(err.kind == ERROR_USAGE && err.words[0] != '\0');
		assert(kind == WHERE_DATE || kind == WHERE_AMOUNT);
		error_release(&err);
		return;
	}
	check_operators(where, cell);
	if (where->value.length > 0)
		assert(holds(*where, WHERE_EQUAL, where->value));
	check_turned(where, cell);
	check_numbers(where, cell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	make_formats();
	struct text rest = {(const char *)data + 1, size - 1};
	const char *end = memchr(rest.at, '\n', rest.length);
	size_t length = end == NULL ? rest.length : (size_t)(end - rest.at);
	struct text cell = {rest.at + length, rest.length - length};
	char *condition = mem_text(rest.at, length);
	struct where where;
	struct error err = {0};
	if (where_parse(&where, condition, &err)) {
		assert(where.column.length > 0);
		check(&where, (enum where_kind)(data[0] % 4), cell);
	} else {
		assert(err.kind == ERROR_USAGE && err.words[0] != '\0');
	}
	error_release(&err);
	mem_free(condition);
	return 0;
}

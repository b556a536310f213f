#include "io/where.h"

#include <assert.h>
#include <string.h>

#include "base/day.h"
#include "io/grouped.h"

/* ---- parsing ---- */

static const struct {
	const char *spelling;
	enum where_operator op;
} spellings[] = {
	/* the longer ones first */
	{"!=", WHERE_NOT_EQUAL},
	{"<=", WHERE_LESS_OR_EQUAL},
	{">=", WHERE_GREATER_OR_EQUAL},
	{"=", WHERE_EQUAL},
	{"<", WHERE_LESS},
	{">", WHERE_GREATER},
};

/* Length of the operator that text begins with; 0 when it does not. */
static size_t operator_at(const char *text, enum where_operator *op)
{
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		size_t length = strlen(spellings[i].spelling);
		if (strncmp(text, spellings[i].spelling, length) != 0)
			continue;
		*op = spellings[i].op;
		return length;
	}
	return 0;
}

static bool form_error(const char *condition, const char *wrong, struct error *err)
{
	return error_set(err, ERROR_USAGE,
		"--where '%s' %s (form: 'COL OP VALUE', OP one of = != < <= > >=)", condition,
		wrong);
}

bool where_parse(struct where *where, const char *condition, struct error *err)
{
	*where = (struct where){.condition = condition};
	const char *at = condition;
	size_t length = 0;
	while (*at != '\0' && (length = operator_at(at, &where->op)) == 0)
		at++;
	where->column = text_trim((struct text){condition, (size_t)(at - condition)});
	if (length == 0)
		return form_error(condition, "has no operator", err);
	if (where->column.length == 0)
		return form_error(condition, "names no column", err);
	/* == and <> and => are of other languages; taken as they stand, they would compare with
	 * "=..." and never hold. */
	if (at[length] != '\0' && strchr("=<>!", at[length]) != NULL)
		return form_error(condition, "has an unknown operator", err);
	where->value = text_trim(text_of(at + length));
	if (where->value.length == 0 && where->op != WHERE_EQUAL && where->op != WHERE_NOT_EQUAL)
		return form_error(condition, "has no value to compare with", err);
	return true;
}

/* ---- numbers ---- */

/* The exponent after e or E; bounded, so that adding to it cannot overflow. */
static bool read_exponent(const char *at, const char *end, int64_t *exponent)
{
	const int64_t most = INT64_MAX / 100;
	bool negative = at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	*exponent = 0;
	if (at == end)
		return false;
	for (; at < end; at++) {
		if (!is_digit(*at))
			return false;
		if (*exponent < most)
			*exponent = *exponent * 10 + (*at - '0');
	}
	if (negative)
		*exponent = -*exponent;
	return true;
}

/* What io/real reads: with the decimal comma also 0,5. */
static bool is_point(const struct where *where, char c)
{
	return c == '.' || (c == ',' && where->amounts->decimal_comma);
}

static bool read_number(const struct where *where, struct text text, struct where_number *number)
{
	const char *at = text.at, *end = at + text.length;
	bool negative = at < end && *at == '-';
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	const char *first = NULL, *last = NULL; /* digits that are not zero */
	int64_t before_point = 0, zeros_after_point = 0, exponent = 0;
	bool point = false, digits = false;
	for (; at < end && (is_digit(*at) || (is_point(where, *at) && !point)); at++) {
		if (!is_digit(*at)) {
			point = true;
			continue;
		}
		digits = true;
		if (*at != '0') {
			first = first == NULL ? at : first;
			last = at;
		}
		if (!point && first != NULL)
			before_point++;
		if (point && first == NULL)
			zeros_after_point++;
	}
	if (!digits ||
		(at < end && ((*at | 0x20) != 'e' || !read_exponent(at + 1, end, &exponent))))
		return false;
	*number = (struct where_number){0};
	if (first != NULL)
		*number = (struct where_number){
			.sign = negative ? -1 : 1,
			.magnitude = before_point - zeros_after_point + exponent,
			.at = first,
			.end = last + 1,
		};
	return true;
}

static char next_digit(struct where_number *number)
{
	if (number->at < number->end && !is_digit(*number->at))
		number->at++;
	return number->at < number->end ? *number->at++ : '0';
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_numbers(struct where_number a, struct where_number b)
{
	if (a.sign != b.sign || a.sign == 0)
		return compare(a.sign, b.sign);
	if (a.magnitude != b.magnitude)
		return a.sign * compare(a.magnitude, b.magnitude);
	while (a.at < a.end || b.at < b.end) {
		char x = next_digit(&a), y = next_digit(&b);
		if (x != y)
			return a.sign * compare(x, y);
	}
	return 0;
}

/* ---- binding ---- */

static bool value_error(const struct where *where, struct buffer *words, struct error *err)
{
	error_set(err, ERROR_USAGE, "--where '%s': %.*s", where->condition, (int)words->length,
		words->bytes);
	buffer_release(words);
	return false;
}

/* Options take YYYY-MM-DD, whatever the data has. */
static bool bind_date(struct where *where, struct error *err)
{
	struct buffer words = {0};
	if (day_read(where->value, &where->day) ||
		date_read(where->dates, where->value, &where->day) == DATE_OK)
		return true;
	date_explain(where->dates, where->value, &words);
	return value_error(where, &words, err);
}

static bool bind_amount(struct where *where, struct error *err)
{
	struct amount amount = {0};
	struct buffer words = {0};
	if (amount_read(where->amounts, where->value, &amount) != AMOUNT_OK) {
		amount_explain(where->amounts, where->value, &words);
		return value_error(where, &words, err);
	}
	where->amount = amount.value;
	return true;
}

bool where_bind(struct where *where, enum where_kind kind, const struct date_format *dates,
	const struct amount_format *amounts, struct error *err)
{
	where->kind = kind;
	where->dates = dates;
	where->amounts = amounts;
	where->is_number = read_number(where, where->value, &where->number);
	if (where->value.length == 0)
		return true;
	if (kind == WHERE_DATE)
		return bind_date(where, err);
	return kind != WHERE_AMOUNT || bind_amount(where, err);
}

/* ---- judging ---- */

/* Compares the cell with VALUE; false when it cannot be compared. */
static bool compare_cell(const struct where *where, struct text cell, int *order)
{
	struct where_number number;
	struct amount amount;
	int32_t day;
	char room[GROUPED_ROOM];
	switch (where->kind) {
	case WHERE_DATE:
		if (date_read(where->dates, cell, &day) != DATE_OK)
			return false;
		*order = compare(day, where->day);
		return true;
	case WHERE_AMOUNT:
		if (amount_read(where->amounts, cell, &amount) != AMOUNT_OK)
			return false;
		*order = compare(amount.value, where->amount);
		return true;
	case WHERE_AUTO:
		if (!where->is_number)
			break;
		if (!grouped_plain(where->amounts->thousands, text_trim(cell), room, &cell) ||
			!read_number(where, cell, &number))
			return false;
		*order = compare_numbers(number, where->number);
		return true;
	case WHERE_TEXT:
		break;
	}
	*order = text_compare(cell, where->value);
	return true;
}

bool where_holds(const struct where *where, struct text cell)
{
	int order;
	if (text_trim(cell).length == 0 || where->value.length == 0) {
		bool equal = text_trim(cell).length == where->value.length;
		return where->op == WHERE_EQUAL ? equal : where->op == WHERE_NOT_EQUAL && !equal;
	}
	if (!compare_cell(where, cell, &order))
		return where->op == WHERE_NOT_EQUAL;
	switch (where->op) {
	case WHERE_EQUAL:
		return order == 0;
	case WHERE_NOT_EQUAL:
		return order != 0;
	case WHERE_LESS:
		return order < 0;
	case WHERE_LESS_OR_EQUAL:
		return order <= 0;
	case WHERE_GREATER:
		return order > 0;
	case WHERE_GREATER_OR_EQUAL:
		return order >= 0;
	}
	assert(false);
	return false;
}

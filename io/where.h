/* Conditions on rows: --where 'COL OP VALUE'.
 *
 *	struct where where;
 *	if (!where_parse(&where, "Country != France", err))
 *		return false;
 *	... find the column where.column ...
 *	if (!where_bind(&where, WHERE_AUTO, &dates, &amounts, err))
 *		return false;
 *	if (where_holds(&where, cell)) ...
 *
 * OP is the first of = != < <= > >= in the condition, blanks around it do not matter; a name may
 * have blanks in it. Without a VALUE, COL= holds for empty cells and COL!= for the others. With
 * one, an empty cell is different from it, and neither less nor greater.
 *
 * How VALUE and cell are compared is for the column's role to say. A cell that cannot be read as
 * VALUE is (a word where VALUE is a number, a bad date) is likewise only different.
 *
 * A where is bound once and then only read; copies are as good as the first.
 */
#ifndef IO_WHERE_H
#define IO_WHERE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "io/amounts.h"
#include "io/dates.h"

enum where_kind {
	WHERE_AUTO,   /* as numbers when VALUE is one (12, -.5, 1e3; no hex, inf or nan), exactly,
			 however long, with the decimal comma of the amounts, the cell with their
			 thousands too; else as text */
	WHERE_TEXT,   /* bytewise: customer, order and product, where 042 is not 42 */
	WHERE_DATE,   /* days, by the date format; VALUE may also be YYYY-MM-DD */
	WHERE_AMOUNT, /* exactly, by the amount format */
};

enum where_operator {
	WHERE_EQUAL,
	WHERE_NOT_EQUAL,
	WHERE_LESS,
	WHERE_LESS_OR_EQUAL,
	WHERE_GREATER,
	WHERE_GREATER_OR_EQUAL,
};

/* A decimal number of any length, compared digit by digit, so that ids beyond 2^53 stay different.
 * Its value is 0.d1 d2 d3 ... times ten to the power of magnitude, d1 being the first digit that is
 * not zero. */
struct where_number {
	int sign; /* -1, 0, 1 */
	int64_t magnitude;
	const char *at, *end; /* from d1 to the last digit, with perhaps a point between */
};

struct where {
	const char *condition;
	struct text column, value; /* parts of condition */
	enum where_operator op;
	enum where_kind kind;
	bool is_number; /* VALUE, for WHERE_AUTO */
	struct where_number number;
	int32_t day;  /* VALUE, for WHERE_DATE */
	money amount; /* VALUE, for WHERE_AMOUNT */
	const struct date_format *dates;
	const struct amount_format *amounts;
};

/* Takes the condition apart; it must outlive where. ERROR_USAGE when there is no OP, no COL, or no
 * VALUE behind < or >. */
bool where_parse(struct where *where, const char *condition, struct error *err);

/* Says how the column is compared and reads VALUE so; the formats must outlive where. ERROR_USAGE
 * when VALUE is not a date or an amount where it must be. */
bool where_bind(struct where *where, enum where_kind kind, const struct date_format *dates,
	const struct amount_format *amounts, struct error *err);

bool where_holds(const struct where *where, struct text cell);

#endif

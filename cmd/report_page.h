/* The page that `patron report` writes, and what its sections share: the input, read once, and
 * words and numbers in the language of the page.
 *
 *	report_section(report, "survival", "How long customers stay");
 *	report_say(report, "Half of the customers are lost {1} days after their first purchase.",
 *		(const char *const[]){report_count(report, 210), NULL});
 *	report_table(report, "Segments", columns, n_columns, fill, rows, n_rows);
 *
 * All words are English here; what they are in the other language stands in cmd/report_words.c,
 * where a word that is not there stays as it is.
 */
#ifndef CMD_REPORT_PAGE_H
#define CMD_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/activity.h"
#include "base/error.h"
#include "base/money.h"
#include "base/text.h"
#include "cmd/input.h"
#include "cmd/report_words.h"
#include "cmd/rfm_scores.h"
#include "io/plot.h"
#include "io/table.h"
#include "io/workbook.h"

struct report {
	const struct input *input;
	enum report_language language;
	const char *currency;    /* "", or a name or sign that stands before money */
	struct activity *months; /* purchases by calendar month */
	uint32_t n_customers;    /* as activity numbers them */
	int32_t *first_day;      /* of each of these */
	struct rfm_scores rfm;
	struct workbook *workbook;   /* takes the tables, a sheet each; NULL for a page */
	struct report_sheet *sheets; /* that the workbook borrows */
	bool failed;                 /* a sheet could not be made: see err */
	struct error err;
	struct buffer page, paragraph;
	bool in_section;
	char **words; /* that live as long as the report */
	size_t n_words, words_capacity;
};

/* Ends the section before it, if there is one. id is a name for links. */
void report_section(struct report *report, const char *id, const char *title);
void report_end_sections(struct report *report);

/* A sentence of the paragraph that ends with the next chart, table or section: {1} to {9} are the
 * values, a list that NULL ends; {1|row|rows} is the first word when that value is 1. */
void report_say(struct report *report, const char *words, const char *const *values);

/* Writes all charts that were drawn since the last time. */
void report_charts(struct report *report);

/* The columns' names and meanings are translated, the cells are not. The caption is also what the
 * sheet of a workbook is called: at most 31 characters, in every language. */
void report_table(struct report *report, const char *caption, const struct column *columns,
	size_t n_columns, table_fill *fill, const void *rows, size_t n_rows);

/* A list of terms: the names of the columns and what they mean. */
void report_terms(struct report *report, const struct column *terms, size_t n_terms);

/* The words in the language of the page, and numbers as people read them: 12,345; 12.3%; the
 * amount with the currency; 2024-12-31. They live as long as the report. */
const char *report_word(const struct report *report, const char *english);
const char *report_fill(struct report *report, const char *words, const char *const *values);
const char *report_count(struct report *report, int64_t n);
const char *report_share(struct report *report, double part, double whole);
const char *report_money(struct report *report, double amount);
const char *report_real(struct report *report, double value, int digits);
const char *report_day(struct report *report, int32_t day);

struct report_figure {
	const char *label, *value; /* as people read it */
	double number;             /* NaN: there is none */
};
void report_figures(struct report *report, const struct report_figure *figures, size_t n);

void report_release(struct report *report);

#endif

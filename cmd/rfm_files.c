#include "cmd/rfm_files.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/options.h"
#include "io/sheet.h"

static const char *const measure_names[] = {"recency", "frequency", "monetary"};

/* ---- cuts ---- */

static const struct column cuts_columns[] = {
	{"measure", COLUMN_TEXT, "", "recency, frequency or monetary"},
	{"definition", COLUMN_TEXT, "",
		"what it counts: days; orders, days or rows; total, average"},
	{"cut", COLUMN_COUNT, "", "its number, from the lowest"},
	{"value", COLUMN_REAL, "", "scores change above it"},
};

static void fill_cut(const void *rows, size_t row, struct cell *cells)
{
	const struct rfm_scale *scale = rows;
	size_t measure = 0;
	while (row >= scale->cuts[measure].n_cuts)
		row -= scale->cuts[measure++].n_cuts;
	assert(measure < N_RFM_MEASURES);
	cells[0].text = text_of(measure_names[measure]);
	cells[1].text = text_of(scale->definitions[measure]);
	cells[2].count = (int64_t)row + 1;
	cells[3].real = scale->cuts[measure].cuts[row];
}

struct table *rfm_cuts_open(const char *path, const struct rfm_scale *scale, struct error *err)
{
	const struct table_style style = {
		.format = FORMAT_CSV, .path = path, .digits = -1, .top = -1, .threads = 1};
	struct table *table = table_open(&style, cuts_columns, COUNT_OF(cuts_columns), err);
	if (table == NULL)
		return NULL;
	size_t n_rows = 0;
	for (size_t m = 0; m < scale->n_measures; m++)
		n_rows += scale->cuts[m].n_cuts;
	if (table_rows(table, fill_cut, scale, n_rows, err) && table_complete(table, err))
		return table;
	table_discard(table);
	return NULL;
}

static bool read_number(struct text text, double *number)
{
	char room[64], *end;
	if (text.length == 0 || text.length >= sizeof(room))
		return false;
	memcpy(room, text.at, text.length);
	room[text.length] = '\0';
	if (strspn(room, "+-.0123456789eE") != text.length)
		return false;
	*number = strtod(room, &end);
	return *end == '\0' && isfinite(*number);
}

static bool refuse_row(
	const struct sheet *sheet, size_t row, size_t column, const char *why, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	return error_set(err, ERROR_DATA, "%s:%lld: '%s' %s", sheet->name,
		(long long)sheet->lines[row], text_excerpt(sheet_cell(sheet, row, column), room),
		why);
}

static bool read_cut(
	const struct sheet *sheet, size_t row, struct rfm_scale *scale, struct error *err)
{
	size_t measure = 0;
	struct text name = sheet_cell(sheet, row, 0), definition = sheet_cell(sheet, row, 1);
	while (measure < N_RFM_MEASURES && !text_equal(name, text_of(measure_names[measure])))
		measure++;
	if (measure == N_RFM_MEASURES)
		return refuse_row(sheet, row, 0, "is not recency, frequency or monetary", err);
	if (measure == RFM_RECENCY && !text_equal(definition, TEXT("days")))
		return refuse_row(sheet, row, 1, "is not days", err);
	if (!text_equal(definition, text_of(scale->definitions[measure])))
		return error_set(err, ERROR_DATA,
			"%s:%lld: these cuts are of %s by %.*s, but this run takes %s"
			" (give the same --%s%s)",
			sheet->name, (long long)sheet->lines[row], measure_names[measure],
			(int)definition.length, definition.at, scale->definitions[measure],
			measure_names[measure], measure == RFM_MONETARY ? " and --returns" : "");
	struct rfm_cuts *cuts = &scale->cuts[measure];
	double value, number;
	if (!read_number(sheet_cell(sheet, row, 3), &value))
		return refuse_row(sheet, row, 3, "is not a number", err);
	if (cuts->n_cuts == RFM_MOST_BINS - 1)
		return refuse_row(sheet, row, 0, "has more than 9 cuts", err);
	if (!read_number(sheet_cell(sheet, row, 2), &number) || number != (double)cuts->n_cuts + 1)
		return refuse_row(sheet, row, 2, "is not the next number of a cut", err);
	if (cuts->n_cuts > 0 && value < cuts->cuts[cuts->n_cuts - 1])
		return refuse_row(sheet, row, 3, "is below the cut before it", err);
	cuts->cuts[cuts->n_cuts++] = value;
	return true;
}

/* Cuts that were made without money have none of it. */
static bool same_numbers(const char *name, const struct rfm_scale *scale, struct error *err)
{
	size_t n_cuts = scale->cuts[RFM_RECENCY].n_cuts;
	if (n_cuts == 0)
		return error_set(err, ERROR_DATA, "%s: has no cuts of recency", name);
	for (size_t m = 0; m < N_RFM_MEASURES; m++) {
		size_t n = scale->cuts[m].n_cuts;
		if (n != n_cuts && !(m == RFM_MONETARY && n == 0))
			return error_set(err, ERROR_DATA,
				"%s: %zu cuts of recency, but %zu of %s (the same number is needed"
				" for each)",
				name, n_cuts, n, measure_names[m]);
	}
	return true;
}

bool rfm_cuts_read(const char *path, struct rfm_scale *scale, struct error *err)
{
	static const char *const names[] = {"measure", "definition", "cut", "value"};
	struct sheet sheet;
	for (size_t m = 0; m < N_RFM_MEASURES; m++)
		scale->cuts[m].n_cuts = 0;
	bool good = sheet_read(&sheet, path, names, COUNT_OF(names), err);
	for (size_t row = 0; good && row < sheet.n_rows; row++)
		good = read_cut(&sheet, row, scale, err);
	good = good && same_numbers(sheet.name, scale, err);
	sheet_release(&sheet);
	return good;
}

/* ---- rules ---- */

/* "4-5", "3", or nothing for all. */
static bool read_range(struct text text, struct rfm_range *range)
{
	*range = (struct rfm_range){1, 5};
	if (text.length == 0)
		return true;
	bool is_pair = text.length == 3 && text.at[1] == '-';
	if (text.length != 1 && !is_pair)
		return false;
	range->least = text.at[0] - '0';
	range->most = text.at[text.length - 1] - '0';
	return range->least >= 1 && range->least <= range->most && range->most <= 5;
}

static bool read_rule(
	const struct sheet *sheet, size_t row, struct rfm_rule *rule, struct error *err)
{
	struct rfm_range *ranges[] = {&rule->r, &rule->f, &rule->m};
	struct text segment = sheet_cell(sheet, row, 0);
	if (segment.length == 0)
		return refuse_row(sheet, row, 0, "is no name for a segment", err);
	for (size_t i = 0; i < COUNT_OF(ranges); i++)
		if (!read_range(sheet_cell(sheet, row, i + 1), ranges[i]))
			return refuse_row(sheet, row, i + 1,
				"is not a range of scores such as 4-5, 3 or nothing (all)", err);
	rule->segment = mem_text(segment.at, segment.length);
	return true;
}

bool rfm_rules_read(const char *path, struct rfm_rules *rules, struct error *err)
{
	static const char *const names[] = {"segment", "r", "f", "m"};
	struct sheet sheet;
	*rules = (struct rfm_rules){0};
	bool good = sheet_read(&sheet, path, names, COUNT_OF(names), err);
	if (good && sheet.n_rows > RFM_MOST_RULES)
		good = error_set(
			err, ERROR_DATA, "%s: has more than %d rules", sheet.name, RFM_MOST_RULES);
	if (good)
		rules->rules = mem_zeroed(sheet.n_rows, sizeof(*rules->rules));
	for (; good && rules->n_rules < sheet.n_rows; rules->n_rules += good)
		good = read_rule(&sheet, rules->n_rules, &rules->rules[rules->n_rules], err);
	int missing[3];
	if (good && !rfm_rules_complete(rules->rules, rules->n_rules, missing))
		good = error_set(err, ERROR_DATA,
			"%s: no rule takes r %d, f %d, m %d (end with one that takes all:"
			" Others,1-5,1-5,1-5)",
			path, missing[0], missing[1], missing[2]);
	sheet_release(&sheet);
	return good;
}

void rfm_rules_release(struct rfm_rules *rules)
{
	for (size_t i = 0; i < rules->n_rules; i++)
		mem_free((void *)(uintptr_t)rules->rules[i].segment);
	mem_free(rules->rules);
	*rules = (struct rfm_rules){0};
}

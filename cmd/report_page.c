#include "cmd/report_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "base/mem.h"
#include "cmd/charts.h"
#include "io/page.h"
#include "io/table_writer.h"

/* ---- words ---- */

const char *report_word(const struct report *report, const char *english)
{
	return report_words_in(report->language, english);
}

static const char *keep(struct report *report, const struct buffer *words)
{
	report->words = mem_grow(
		report->words, &report->words_capacity, report->n_words + 1, sizeof(char *));
	char *kept = mem_text(words->bytes, words->length);
	report->words[report->n_words++] = kept;
	return kept;
}

/* {1} is the first value; {1|row|rows} is "row" when that is 1, else "rows". Returns what stands
 * behind the place. */
static const char *fill_place(struct buffer *line, const char *at, const char *const *values)
{
	const char *value = values[at[1] - '1'], *end = strchr(at, '}');
	if (at[2] == '}') {
		buffer_string(line, value);
		return end + 1;
	}
	const char *one = at + 3, *bar = strchr(one, '|'), *many = bar + 1;
	bool is_one = strcmp(value, "1") == 0;
	buffer_bytes(line, is_one ? one : many, (size_t)(is_one ? bar - one : end - many));
	return end + 1;
}

static void fill_in(struct buffer *line, const char *words, const char *const *values)
{
	for (const char *at = words; *at != '\0';) {
		bool is_place = at[0] == '{' && is_digit(at[1]) && (at[2] == '}' || at[2] == '|');
		if (is_place)
			at = fill_place(line, at, values);
		else
			buffer_byte(line, *at++);
	}
}

const char *report_fill(struct report *report, const char *words, const char *const *values)
{
	struct buffer line = {0};
	fill_in(&line, report_word(report, words), values);
	const char *kept = keep(report, &line);
	buffer_release(&line);
	return kept;
}

/* ---- numbers ---- */

static const char *number(struct report *report, double value, enum plot_unit unit)
{
	struct buffer words = {0};
	char room[PLOT_NUMBER_ROOM];
	plot_number_write(value, unit, report->input->report.money_decimals, room);
	buffer_string(&words, room);
	const char *kept = keep(report, &words);
	buffer_release(&words);
	return kept;
}

const char *report_count(struct report *report, int64_t n)
{
	return number(report, (double)n, PLOT_COUNT);
}

/* One decimal: 12.3%. */
const char *report_share(struct report *report, double part, double whole)
{
	struct buffer words = {0};
	buffer_format(&words, "%.1f%%", 100 * part / whole);
	const char *kept = keep(report, &words);
	buffer_release(&words);
	return kept;
}

/* A name stands apart from its amount, a sign does not: EUR 12.50, ¥12.50. What is not whole, such
 * as a mean of whole amounts, has cents at least. */
const char *report_money(struct report *report, double amount)
{
	int decimals = report->input->report.money_decimals;
	if (decimals < 2 && amount != floor(amount))
		decimals = 2;
	struct buffer words = {0};
	const char *currency = report->currency;
	size_t length = strlen(currency);
	char room[PLOT_NUMBER_ROOM];
	bool is_name = length > 0 && is_letter(currency[length - 1]);
	plot_number_write(fabs(amount), PLOT_MONEY, decimals, room);
	buffer_format(
		&words, "%s%s%s%s", amount < 0 ? "-" : "", currency, is_name ? " " : "", room);
	const char *kept = keep(report, &words);
	buffer_release(&words);
	return kept;
}

const char *report_real(struct report *report, double value, int digits)
{
	struct buffer words = {0};
	buffer_format(&words, "%.*g", digits, value);
	const char *kept = keep(report, &words);
	buffer_release(&words);
	return kept;
}

const char *report_day(struct report *report, int32_t day)
{
	struct buffer words = {0};
	char room[DAY_TEXT_SIZE];
	buffer_string(&words, day_write(day, room));
	const char *kept = keep(report, &words);
	buffer_release(&words);
	return kept;
}

/* ---- the page ---- */

/* What was said since the last chart, table or section is one paragraph. */
static void end_paragraph(struct report *report)
{
	if (report->paragraph.length > 0)
		page_paragraph(&report->page, buffer_as_text(&report->paragraph));
	report->paragraph.length = 0;
}

void report_section(struct report *report, const char *id, const char *title)
{
	report_end_sections(report);
	page_section_begin(&report->page, id, text_of(report_word(report, title)));
	report->in_section = true;
}

void report_end_sections(struct report *report)
{
	end_paragraph(report);
	if (report->in_section)
		page_section_end(&report->page);
	report->in_section = false;
}

void report_say(struct report *report, const char *words, const char *const *values)
{
	bool is_spaced = report->language == REPORT_ENGLISH && report->paragraph.length > 0;
	buffer_string(&report->paragraph, is_spaced ? " " : "");
	fill_in(&report->paragraph, report_word(report, words), values);
}

/* ---- charts ---- */

static void translate(const struct report *report, char **words)
{
	if (*words == NULL)
		return;
	struct buffer line = {0};
	report_words_of_line(report->language, *words, &line);
	mem_free(*words);
	*words = mem_text(line.bytes, line.length);
	buffer_release(&line);
}

/* "net revenue, currency" with the name of it, where that is known. */
static void name_currency(const struct report *report, char **label)
{
	static const char *const unnamed[] = {", currency", "（货币）"};
	static const char *const begins[] = {", ", "（"}, *const ends[] = {"", "）"};
	size_t length = *label != NULL ? strlen(*label) : 0;
	for (size_t i = 0; i < REPORT_LANGUAGES && report->currency[0] != '\0'; i++) {
		size_t suffix = strlen(unnamed[i]);
		if (length < suffix || strcmp(*label + length - suffix, unnamed[i]) != 0)
			continue;
		struct buffer line = {0};
		buffer_format(&line, "%.*s%s%s%s", (int)(length - suffix), *label, begins[i],
			report->currency, ends[i]);
		mem_free(*label);
		*label = mem_text(line.bytes, line.length);
		buffer_release(&line);
		return;
	}
}

static void translate_plot(const struct report *report, struct plot *plot)
{
	translate(report, &plot->title);
	translate(report, &plot->note);
	translate(report, &plot->faint_words);
	translate(report, &plot->mark_label);
	for (int side = 0; side < N_PLOT_SIDES; side++) {
		struct plot_axis *axis = &plot->axes[side];
		translate(report, &axis->label);
		name_currency(report, &axis->label);
		for (size_t i = 0; i < axis->n_names; i++)
			translate(report, &axis->names[i]);
	}
	for (size_t s = 0; s < plot->n_series; s++)
		translate(report, &plot->series[s]->name);
}

void report_charts(struct report *report)
{
	size_t n;
	struct plot **plots = charts_take(&n);
	end_paragraph(report);
	for (size_t i = 0; i < n; i++) {
		translate_plot(report, plots[i]);
		page_chart(&report->page, plots[i]);
		plot_free(plots[i]);
	}
	mem_free(plots);
}

/* ---- tables ---- */

static struct column *translate_columns(
	const struct report *report, const struct column *columns, size_t n_columns)
{
	struct column *translated = mem_array(n_columns, sizeof(*translated));
	for (size_t i = 0; i < n_columns; i++)
		translated[i] = (struct column){report_word(report, columns[i].name),
			columns[i].kind, report_word(report, columns[i].unit),
			report_word(report, columns[i].meaning)};
	return translated;
}

static void write_table(struct report *report, const char *caption, const struct table_sheet *sheet,
	table_fill *fill, const void *rows, size_t n_rows)
{
	struct cell *cells = mem_array(sheet->n_columns, sizeof(*cells));
	end_paragraph(report);
	page_table_begin(&report->page, text_of(caption), sheet->columns, sheet->n_columns);
	for (size_t i = 0; i < n_rows; i++) {
		memset(cells, 0, sheet->n_columns * sizeof(*cells));
		fill(rows, i, cells);
		page_row(&report->page, sheet, cells);
	}
	page_table_end(&report->page);
	mem_free(cells);
}

/* The sheets of a workbook are looked at until it is written. */
struct report_sheet {
	struct table_sheet sheet;
	struct column *columns;
	struct report_sheet *next;
};

/* The first sheet that fails is the error of the run. */
static void add_sheet(struct report *report, const char *name, struct report_sheet *made,
	table_fill *fill, const void *rows, size_t n_rows)
{
	if (report->failed)
		return;
	struct workbook_sheet *added =
		workbook_add(report->workbook, name, &made->sheet, &report->err);
	report->failed = added == NULL || !workbook_rows(added, fill, rows, n_rows, &report->err);
}

void report_table(struct report *report, const char *caption, const struct column *columns,
	size_t n_columns, table_fill *fill, const void *rows, size_t n_rows)
{
	enum { DIGITS = 4 };
	bool in_page = report->workbook == NULL;
	struct report_sheet *made = mem_array(1, sizeof(*made));
	made->columns = translate_columns(report, columns, n_columns);
	made->sheet = (struct table_sheet){
		.columns = made->columns,
		.n_columns = n_columns,
		.digits = in_page ? DIGITS : REAL_SHORTEST,
		.padded_digits = in_page,
		.money_decimals = report->input->report.money_decimals,
	};
	made->next = report->sheets;
	report->sheets = made;
	const char *words = report_word(report, caption);
	if (in_page)
		write_table(report, words, &made->sheet, fill, rows, n_rows);
	else
		add_sheet(report, words, made, fill, rows, n_rows);
}

void report_terms(struct report *report, const struct column *terms, size_t n_terms)
{
	struct column *translated = translate_columns(report, terms, n_terms);
	report_end_sections(report);
	page_definitions(&report->page, text_of(report_word(report, "What the words mean")),
		translated, n_terms);
	mem_free(translated);
}

static const struct column figure_columns[] = {
	{"figure", COLUMN_TEXT, "", "see the definitions on the page"},
	{"value", COLUMN_REAL, "", "shares are fractions of 1"},
};

struct figure_rows {
	const struct report *report;
	const struct report_figure *figures;
};

static void fill_figure(const void *rows, size_t row, struct cell *cells)
{
	const struct figure_rows *all = rows;
	cells[0].text = text_of(report_word(all->report, all->figures[row].label));
	cells[1] = real_cell(all->figures[row].number);
}

void report_figures(struct report *report, const struct report_figure *figures, size_t n)
{
	if (report->workbook != NULL) {
		const struct figure_rows rows = {report, figures};
		report_table(report, "Headline figures", figure_columns, 2, fill_figure, &rows, n);
		return;
	}
	struct page_figure *shown = mem_array(n, sizeof(*shown));
	for (size_t i = 0; i < n; i++)
		shown[i] = (struct page_figure){
			text_of(report_word(report, figures[i].label)), text_of(figures[i].value)};
	page_figures(&report->page, shown, n);
	mem_free(shown);
}

void report_release(struct report *report)
{
	activity_free(report->months);
	workbook_free(report->workbook);
	error_release(&report->err);
	mem_free(report->first_day);
	rfm_scores_release(&report->rfm);
	buffer_release(&report->page);
	buffer_release(&report->paragraph);
	for (struct report_sheet *sheet = report->sheets, *next; sheet != NULL; sheet = next) {
		next = sheet->next;
		mem_free(sheet->columns);
		mem_free(sheet);
	}
	for (size_t i = 0; i < report->n_words; i++)
		mem_free(report->words[i]);
	mem_free(report->words);
}

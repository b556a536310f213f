/* How the columns of an aligned table stand on lines: as wide as what they hold, or, where that is
 * wider than a terminal, in the first of these ways that fits: with names broken after underscores;
 * with one blank between columns; with texts shortened; parted into panels.
 */

#include "base/mem.h"
#include "io/shown.h"
#include "io/table_writer.h"

enum {
	GAP = 2,
	LEAST_TEXT = 8, /* columns of a text that is shortened */
	BAR = 8,        /* columns of the longest bar */
};

/* ---- names ---- */

/* The front of the name that fits, up to an underscore, which is not shown; the first part when
 * none fits. What stands behind goes to rest. */
static struct text name_front(struct text name, size_t width, struct text *rest)
{
	size_t end = 0;
	for (size_t i = 1; i <= name.length; i++) {
		if (i < name.length && (name.at[i] != '_' || i + 1 == name.length))
			continue;
		if (end > 0 && shown_width((struct text){name.at, i}) > width)
			break;
		end = i;
	}
	*rest = end == name.length ? TEXT("")
				   : (struct text){name.at + end + 1, name.length - end - 1};
	return (struct text){name.at, end};
}

static size_t name_lines(struct text name, size_t width)
{
	size_t n = 0;
	for (; name.length > 0; n++)
		name_front(name, width, &name);
	return n;
}

struct text layout_name_line(struct text name, size_t width, size_t line, size_t n_lines)
{
	if (shown_width(name) <= width)
		return line + 1 == n_lines ? name : TEXT("");
	size_t n_blank = n_lines - name_lines(name, width);
	if (line < n_blank)
		return TEXT("");
	struct text front = name_front(name, width, &name);
	for (size_t i = n_blank; i < line; i++)
		front = name_front(name, width, &name);
	return front;
}

static size_t longest_part(struct text name)
{
	size_t longest = 0;
	while (name.length > 0) {
		size_t width = shown_width(name_front(name, 0, &name));
		longest = width > longest ? width : longest;
	}
	return longest;
}

static void count_head_lines(struct layout *layout, const struct table_sheet *sheet)
{
	for (size_t i = 0; i < sheet->n_columns; i++) {
		struct text name = text_of(sheet->columns[i].name);
		size_t n = shown_width(name) <= layout->widths[i]
				   ? 1
				   : name_lines(name, layout->widths[i]);
		if (n > layout->n_head_lines)
			layout->n_head_lines = n;
	}
}

/* ---- widths ---- */

/* What has to fit: all columns but sentences. */
struct fitting {
	const struct table_sheet *sheet;
	const size_t *cell_widths;
	size_t n_columns, line_width;
	struct layout *layout;
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t all_widths(const struct fitting *fitting)
{
	size_t sum = 0;
	for (size_t i = 0; i < fitting->n_columns; i++)
		sum += fitting->layout->widths[i] + (i > 0 ? fitting->layout->gap : 0);
	return sum;
}

static bool all_fit(const struct fitting *fitting)
{
	return all_widths(fitting) <= fitting->line_width;
}

static void add_bars(const struct fitting *fitting, const float *largest)
{
	struct layout *layout = fitting->layout;
	for (size_t i = 0; i < fitting->n_columns; i++) {
		bool has_bar = column_is_share(&fitting->sheet->columns[i]) && largest[i] > 0;
		if (!has_bar)
			continue;
		size_t before = layout->widths[i];
		layout->widths[i] = larger(before, fitting->cell_widths[i] + 1 + BAR);
		layout->bars[i] = 1 + BAR;
		layout->largest[i] = largest[i];
		if (!all_fit(fitting)) {
			layout->widths[i] = before;
			layout->bars[i] = 0;
		}
	}
}

static void break_names(const struct fitting *fitting)
{
	for (size_t i = 0; i < fitting->n_columns; i++)
		fitting->layout->widths[i] = larger(fitting->cell_widths[i],
			longest_part(text_of(fitting->sheet->columns[i].name)));
}

/* The widest text that is wider than the least; -1 when there is none. */
static int widest_text(const struct fitting *fitting)
{
	int widest = -1;
	size_t width = LEAST_TEXT;
	for (size_t i = 0; i < fitting->n_columns; i++)
		if (fitting->sheet->columns[i].kind == COLUMN_TEXT &&
			fitting->layout->widths[i] > width) {
			width = fitting->layout->widths[i];
			widest = (int)i;
		}
	return widest;
}

static void shorten_texts(const struct fitting *fitting)
{
	int widest = 0;
	while (!all_fit(fitting) && (widest = widest_text(fitting)) >= 0)
		fitting->layout->widths[widest]--;
}

/* ---- panels ---- */

static size_t widest_from(const struct fitting *fitting, size_t column)
{
	size_t widest = 0;
	for (size_t i = column; i < fitting->n_columns; i++)
		widest = larger(widest, fitting->layout->widths[i]);
	return widest;
}

/* The texts in front tell what a line is about: as many as leave room for any one of the other
 * columns, and at least one, which takes no more than half. */
static void choose_keys(const struct fitting *fitting)
{
	struct layout *layout = fitting->layout;
	size_t half = fitting->line_width / 2, taken = 0;
	if (fitting->sheet->columns[0].kind == COLUMN_TEXT && layout->widths[0] > half)
		layout->widths[0] = half;
	for (size_t i = 0; i + 1 < fitting->n_columns; i++) {
		taken += layout->widths[i] + layout->gap;
		bool is_text = fitting->sheet->columns[i].kind == COLUMN_TEXT;
		bool leaves_room = taken + widest_from(fitting, i + 1) <= fitting->line_width;
		if (i > 0 && (!is_text || !leaves_room))
			return;
		layout->n_keys = i + 1;
	}
}

static void part(const struct fitting *fitting)
{
	struct layout *layout = fitting->layout;
	choose_keys(fitting);
	size_t keys = 0, taken = 0;
	for (size_t i = 0; i < layout->n_keys; i++)
		keys += layout->widths[i] + layout->gap;
	size_t room = fitting->line_width > keys ? fitting->line_width - keys : 0;
	layout->n_panels = 0;
	for (size_t i = layout->n_keys; i < fitting->n_columns; i++) {
		if (fitting->sheet->columns[i].kind == COLUMN_TEXT && layout->widths[i] > room)
			layout->widths[i] = larger(room, LEAST_TEXT);
		size_t more = layout->widths[i] + (taken > 0 ? layout->gap : 0);
		if (taken > 0 && taken + more > room) {
			layout->ends[layout->n_panels++] = i;
			taken = 0;
			more = layout->widths[i];
		}
		taken += more;
	}
	layout->ends[layout->n_panels++] = fitting->sheet->n_columns;
}

/* ---- all of it ---- */

static void fit(const struct fitting *fitting)
{
	struct layout *layout = fitting->layout;
	if (all_fit(fitting))
		return;
	break_names(fitting);
	if (all_fit(fitting))
		return;
	layout->gap = 1;
	shorten_texts(fitting);
	if (all_fit(fitting))
		return;
	layout->gap = GAP;
	break_names(fitting);
	part(fitting);
}

static bool has_sentences(const struct table_sheet *sheet, size_t last_width)
{
	enum { SHORT = 20 };
	return sheet->line_width > 0 && last_width > SHORT &&
	       sheet->columns[sheet->n_columns - 1].kind == COLUMN_TEXT;
}

void layout_init(struct layout *layout, const struct table_sheet *sheet, const size_t *name_widths,
	const size_t *cell_widths, const float *largest)
{
	size_t n = sheet->n_columns;
	*layout = (struct layout){
		.widths = mem_array(n, sizeof(*layout->widths)),
		.bars = mem_zeroed(n, sizeof(*layout->bars)),
		.largest = mem_zeroed(n, sizeof(*layout->largest)),
		.gap = GAP,
		.n_head_lines = 1,
		.ends = mem_array(n, sizeof(*layout->ends)),
		.n_panels = 1,
		.has_sentences = has_sentences(sheet, cell_widths[n - 1]),
	};
	layout->ends[0] = n;
	for (size_t i = 0; i < n; i++)
		layout->widths[i] = larger(name_widths[i], cell_widths[i]);
	if (!sheet->fits)
		return;
	const struct fitting fitting = {
		.sheet = sheet,
		.cell_widths = cell_widths,
		.n_columns = layout->has_sentences ? n - 1 : n,
		.line_width = sheet->line_width,
		.layout = layout,
	};
	fit(&fitting);
	if (!layout->has_sentences && layout->n_panels == 1)
		add_bars(&fitting, largest);
	count_head_lines(layout, sheet);
}

void layout_release(struct layout *layout)
{
	mem_free(layout->widths);
	mem_free(layout->bars);
	mem_free(layout->largest);
	mem_free(layout->ends);
	*layout = (struct layout){0};
}

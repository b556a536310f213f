/* Charts: whatever the data, a document that is well-formed, of a bounded size, without a number
 * that is none; and that what is drawn stands where the data say. */
#include "io/plot.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct buffer draw(const struct plot *plot, double width, enum plot_place place)
{
	struct buffer svg = {0};
	plot_write(&svg, plot, width, place);
	buffer_byte(&svg, '\0');
	return svg;
}

static size_t count(const char *svg, const char *what)
{
	size_t n = 0;
	for (const char *at = svg; (at = strstr(at, what)) != NULL; at += strlen(what))
		n++;
	return n;
}

/* Every element is closed, in order; no text holds a bare mark. */
static void assert_well_formed(const char *svg)
{
	char open[64][16];
	int depth = 0;
	for (const char *at = strchr(svg, '<'); at != NULL; at = strchr(at + 1, '<')) {
		const char *end = strchr(at, '>');
		assert_non_null(end);
		assert_null(memchr(at + 1, '<', (size_t)(end - at - 1)));
		char name[16] = "";
		bool closes = at[1] == '/';
		sscanf(at + 1 + closes, "%15[a-z]", name);
		assert_true(name[0] != '\0');
		if (closes) {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else if (end[-1] != '/') {
			assert_true(depth < 64);
			memcpy(open[depth++], name, sizeof(name));
		}
	}
	assert_int_equal(depth, 0);
}

static void assert_sound(const struct plot *plot)
{
	static const double widths[] = {PLOT_WIDE, PLOT_NARROW};
	for (size_t i = 0; i < COUNT(widths); i++) {
		struct buffer svg = draw(plot, widths[i], PLOT_IN_PAGE);
		for (const char *none = "nan\0inf\0"; *none != '\0'; none += 4) {
			const char *found = strstr(svg.bytes, none);
			if (found != NULL)
				print_error("kind %d: %.80s\n", (int)plot->kind, found - 40);
			assert_null(found);
		}
		assert_well_formed(svg.bytes);
		buffer_release(&svg);
	}
}

static struct plot *plot_of(enum plot_kind kind, const double *y, size_t n)
{
	struct plot *plot = plot_new(kind, "A chart of <things> & others");
	plot_note(plot, "%zu of them, \"quoted\"", n);
	plot_axis(plot, PLOT_X, "x", kind == PLOT_BARS ? PLOT_COUNT : PLOT_REAL);
	plot_axis(plot, PLOT_Y, "y, currency", PLOT_MONEY);
	plot_axis(plot, PLOT_VALUE, "at risk", PLOT_COUNT);
	if (kind == PLOT_HEAT) {
		plot_name(plot, PLOT_Y, TEXT("row"));
		for (size_t i = 0; i < n; i++)
			plot_name(plot, PLOT_X, TEXT("2024-01"));
		double *cells = plot_cells(plot);
		for (size_t i = 0; i < n; i++)
			cells[i] = y[i];
		return plot;
	}
	for (size_t i = 0; i < n && kind == PLOT_BARS; i++)
		plot_name(plot, PLOT_X, TEXT("a name that is long"));
	for (int s = 0; s < 2; s++) {
		struct plot_series *series = plot_series(plot, TEXT("<b>"), n);
		plot_band(series);
		plot_at_risk(series);
		for (size_t i = 0; i < n; i++) {
			series->y[i] = y[i];
			series->high[i] = kind == PLOT_HISTOGRAM ? (double)i + 1 : y[i];
		}
	}
	return plot;
}

static void degenerate_data(void **state)
{
	(void)state;
	static const struct {
		double y[4];
		size_t n;
	} cases[] = {
		{{0}, 0},
		{{5}, 1},
		{{NAN}, 1},
		{{-3}, 1},
		{{7, 7, 7}, 3},
		{{-1, -2, -30}, 3},
		{{0, 0, 0, 0}, 4},
		{{NAN, 1, INFINITY, -2}, 4},
		{{1e18, -1e18, 3, 1e300}, 4},
		{{1e-9, 2e-9, 3e-300, 0}, 4},
	};
	for (int kind = PLOT_HEAT; kind <= PLOT_HISTOGRAM; kind++)
		for (size_t i = 0; i < COUNT(cases); i++)
			for (int way = 0; way < 4; way++) {
				struct plot *plot =
					plot_of((enum plot_kind)kind, cases[i].y, cases[i].n);
				plot->horizontal = way & 1;
				plot->stacked = way & 2;
				if (way == 1)
					plot_mark(plot, 1, "here");
				plot->axes[PLOT_X].from_zero = way & 1;
				plot->axes[PLOT_Y].from_zero = way & 2;
				assert_sound(plot);
				plot_free(plot);
			}
}

static void texts_are_escaped(void **state)
{
	(void)state;
	struct plot *plot = plot_of(PLOT_BARS, (const double[]){1, 2}, 2);
	plot_name(plot, PLOT_X, TEXT("<script>"));
	struct buffer svg = draw(plot, PLOT_WIDE, PLOT_ALONE);
	assert_null(strstr(svg.bytes, "<script"));
	assert_null(strstr(svg.bytes, "<things"));
	assert_non_null(strstr(svg.bytes, "&lt;things&gt; &amp; others"));
	assert_non_null(strstr(svg.bytes, "xmlns=\"http://www.w3.org/2000/svg\""));
	buffer_release(&svg);
	plot_free(plot);
}

/* The numbers after each place of what, such as ` height="`. */
static size_t numbers_after(const char *svg, const char *what, double *numbers, size_t most)
{
	size_t n = 0;
	for (const char *at = svg; n < most && (at = strstr(at, what)) != NULL;) {
		at += strlen(what);
		numbers[n++] = strtod(at, NULL);
	}
	return n;
}

/* Bars of 1, 2 and 4 have those heights; stacked, each stands on the one before. */
static void bars_are_as_high_as_their_values(void **state)
{
	(void)state;
	struct plot *plot = plot_new(PLOT_BARS, "bars");
	static const char *const names[] = {"a", "b", "c"};
	for (size_t i = 0; i < 3; i++)
		plot_name(plot, PLOT_X, text_of(names[i]));
	struct plot_series *series = plot_series(plot, TEXT("s"), 3);
	series->y[0] = 1, series->y[1] = 2, series->y[2] = 4;
	struct buffer svg = draw(plot, PLOT_WIDE, PLOT_IN_PAGE);
	double heights[4]; /* that of the picture first */
	assert_int_equal(numbers_after(svg.bytes, " height=\"", heights, 4), 4);
	assert_true(fabs(heights[2] - 2 * heights[1]) <= .2);
	assert_true(fabs(heights[3] - 4 * heights[1]) <= .4);
	buffer_release(&svg);

	struct plot_series *more = plot_series(plot, TEXT("t"), 3);
	more->y[0] = 4, more->y[1] = 3, more->y[2] = 1;
	plot->stacked = true;
	svg = draw(plot, PLOT_WIDE, PLOT_IN_PAGE);
	/* The columns are now 5, 5 and 5 high: the upper bars all end at the same y. */
	const char *upper = strstr(svg.bytes, "class=\"f2\""); /* the legend's */
	double first = 0;
	for (int i = 0; i < 3; i++) {
		double y = 0;
		upper = strstr(upper + 1, "class=\"f2\"");
		assert_non_null(upper);
		const char *begin = upper;
		while (strncmp(begin, "<rect", 5) != 0)
			begin--;
		assert_int_equal(numbers_after(begin, " y=\"", &y, 1), 1);
		first = i == 0 ? y : first;
		assert_true(fabs(y - first) <= .1);
	}
	assert_int_equal(count(svg.bytes, "<title>"), 6);
	buffer_release(&svg);
	plot_free(plot);
}

/* A chart of a million points is no larger than the eye can use. */
static void many_points(void **state)
{
	(void)state;
	enum { MANY = 300000 };
	static const enum plot_kind kinds[] = {PLOT_LINES, PLOT_STEPS, PLOT_SCATTER};
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct plot *plot = plot_new(kinds[k], "many");
		struct plot_series *series = plot_series(plot, TEXT("s"), MANY);
		for (size_t i = 0; i < MANY; i++)
			series->y[i] = (double)(i * 7919 % 10007);
		struct buffer svg = draw(plot, PLOT_WIDE, PLOT_IN_PAGE);
		assert_true(svg.length < 2000000);
		assert_true(kinds[k] == PLOT_SCATTER || svg.length < 100000);
		buffer_release(&svg);
		plot_free(plot);
	}
}

/* The lowest and the highest of what falls into one pixel are still on the line. */
static void thinning_keeps_extremes(void **state)
{
	(void)state;
	enum { MANY = 100000 };
	struct plot *plot = plot_new(PLOT_LINES, "a spike");
	struct plot_series *series = plot_series(plot, TEXT("s"), MANY);
	series->y[54321] = 100;
	series->y[54325] = -100;
	struct buffer svg = draw(plot, PLOT_WIDE, PLOT_IN_PAGE);
	double top[8] = {0}, line[2];
	size_t n = numbers_after(svg.bytes, "<line x1=\"", top, 8);
	assert_true(n > 2);
	const char *path = strstr(svg.bytes, "class=\"l1\" d=\"");
	assert_non_null(path);
	/* -100 and 100 are ticks: their y is that of grid lines. */
	const char *grid = strstr(svg.bytes, " y1=\"");
	line[0] = strtod(grid + 5, NULL);
	char words[32];
	snprintf(words, sizeof(words), " %g", line[0]);
	assert_non_null(strstr(path, words));
	buffer_release(&svg);
	plot_free(plot);
}

/* Eight series have colours of their own, faint ones share theirs and one line of the legend. */
static void series_and_legend(void **state)
{
	(void)state;
	struct plot *plot = plot_new(PLOT_LINES, "series");
	plot_faint(plot, "each cohort");
	for (int s = 0; s < 3; s++)
		plot_series(plot, TEXT("2024-01"), 2)->faint = true;
	plot_series(plot, TEXT("all"), 2);
	struct buffer svg = draw(plot, PLOT_WIDE, PLOT_IN_PAGE);
	assert_int_equal(count(svg.bytes, ">each cohort</text>"), 1);
	assert_int_equal(count(svg.bytes, "<path class=\"l0\""), 3);
	assert_int_equal(count(svg.bytes, "<path class=\"l1\""), 1);
	buffer_release(&svg);
	plot_free(plot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(degenerate_data),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(bars_are_as_high_as_their_values),
		cmocka_unit_test(many_points),
		cmocka_unit_test(thinning_keeps_extremes),
		cmocka_unit_test(series_and_legend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

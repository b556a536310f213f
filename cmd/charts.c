#include "cmd/charts.h"

#include <ctype.h>
#include <string.h>

#include "base/day.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/input.h"
#include "io/output.h"

static const struct command *command;
static bool all;
static const struct column *settled; /* of the table */
static const char *chosen;           /* a chart */
static struct plot **plots;
static size_t n_plots, capacity;
static struct buffer title, lead, caption;
static struct table_page page;

void charts_set_command(const struct command *running)
{
	command = running;
}

/* ---- which are wanted ---- */

static bool goes_with(const struct chart *chart, const struct column *table)
{
	for (size_t i = 0; i < COUNT_OF(chart->tables) && chart->tables[i] != NULL; i++)
		if (chart->tables[i] == table)
			return true;
	return chart->tables[0] == NULL;
}

/* "(charts: a, b)", of those that go with the table; the names too. */
static size_t list_charts(const struct column *table, struct text *names, struct buffer *list)
{
	size_t n = 0;
	for (size_t i = 0; i < command->n_charts; i++) {
		if (!goes_with(&command->charts[i], table))
			continue;
		buffer_format(list, "%s%s", n > 0 ? ", " : "", command->charts[i].name);
		names[n++] = text_of(command->charts[i].name);
	}
	buffer_byte(list, '\0');
	return n;
}

static bool fail_chart(const struct column *table, const char *name, struct error *err)
{
	struct text *names = mem_array(command->n_charts, sizeof(*names));
	struct buffer list = {0};
	char room[TEXT_EXCERPT_SIZE];
	size_t n = list_charts(table, names, &list);
	int nearest = name != NULL ? text_nearest(text_of(name), names, n) : -1;
	if (n == 0)
		error_set(err, ERROR_USAGE,
			"there is no chart of this table (-f html shows the table alone)");
	else if (nearest >= 0)
		error_set(err, ERROR_USAGE, "--chart: no chart '%s'; nearest is '%s' (charts: %s)",
			text_excerpt(text_of(name), room), names[nearest].at, list.bytes);
	else
		error_set(err, ERROR_USAGE, "--chart: no chart '%s' (charts: %s)",
			text_excerpt(text_of(name), room), list.bytes);
	buffer_release(&list);
	mem_free(names);
	return false;
}

bool charts_settle(
	enum table_format format, const struct column *table, const char *name, struct error *err)
{
	all = format == FORMAT_HTML;
	settled = table;
	if (name != NULL && format != FORMAT_SVG)
		return error_set(err, ERROR_USAGE,
			"--chart is for -f svg, which writes one chart (html has them all)");
	if (format != FORMAT_SVG)
		return true;
	for (size_t i = 0; i < command->n_charts && chosen == NULL; i++)
		if (goes_with(&command->charts[i], table) &&
			(name == NULL || strcmp(name, command->charts[i].name) == 0))
			chosen = command->charts[i].name;
	return chosen != NULL || fail_chart(table, name, err);
}

bool charts_want(const char *name)
{
	return all || (chosen != NULL && strcmp(chosen, name) == 0);
}

void charts_add(struct plot *plot)
{
	plots = mem_grow(plots, &capacity, n_plots + 1, sizeof(struct plot *));
	plots[n_plots++] = plot;
}

void charts_want_all(void)
{
	all = true;
}

struct plot **charts_take(size_t *n)
{
	struct plot **taken = plots;
	*n = n_plots;
	plots = NULL;
	n_plots = capacity = 0;
	return taken;
}

/* ---- the page ---- */

static void write_title(void)
{
	buffer_string(&title, command->summary);
	title.bytes[0] = (char)toupper((unsigned char)title.bytes[0]);
	buffer_byte(&title, '\0');
}

static void count(struct buffer *words, int64_t n, const char *what)
{
	char room[PLOT_NUMBER_ROOM];
	plot_number_write((double)n, PLOT_COUNT, 0, room);
	buffer_format(words, "%s %s", room, what);
}

/* What was read, as the manifest has it. */
static void write_lead(void)
{
	const struct input *input = input_loaded();
	if (input != NULL) {
		const struct accounting *counts = &input->report.counts;
		char day[DAY_TEXT_SIZE];
		if (input->report.has_days)
			buffer_format(&lead, "As of %s. ", day_write(input->report.as_of, day));
		count(&lead, counts->rows, "rows read: ");
		count(&lead, counts->used, "used, ");
		count(&lead, accounting_filtered(counts), "filtered, ");
		count(&lead, accounting_rejected(counts), "rejected.");
	}
	buffer_byte(&lead, '\0');
}

/* "patron rfm --summary" */
static void write_caption(void)
{
	static const char with[] = "Columns with ";
	buffer_format(&caption, "patron %s", command->name);
	for (size_t i = 0; i < command->n_tables; i++)
		if (command->tables[i].columns == settled &&
			strncmp(command->tables[i].title, with, sizeof(with) - 1) == 0)
			buffer_format(&caption, " %s", command->tables[i].title + sizeof(with) - 1);
	buffer_byte(&caption, '\0');
}

const struct table_page *charts_page(void)
{
	title.length = lead.length = caption.length = 0;
	write_title();
	write_lead();
	write_caption();
	page = (struct table_page){
		.title = title.bytes,
		.lead = lead.bytes,
		.caption = caption.bytes,
		.footer = "patron " PATRON_VERSION,
		.plots = plots,
		.n_plots = n_plots,
	};
	return &page;
}

bool charts_write(const char *path, struct error *err)
{
	if (n_plots == 0)
		return error_set(err, ERROR_NUMBERS,
			"chart '%s': these data have nothing to draw in it", chosen);
	struct output *output = output_open(path, err);
	if (output == NULL)
		return false;
	struct buffer bytes = {0};
	plot_write(&bytes, plots[0], PLOT_WIDE, PLOT_ALONE);
	bool good = output_write(output, bytes.bytes, bytes.length, err);
	buffer_release(&bytes);
	if (good)
		return output_close(output, err);
	output_discard(output);
	return false;
}

void charts_release(void)
{
	for (size_t i = 0; i < n_plots; i++)
		plot_free(plots[i]);
	mem_free(plots);
	buffer_release(&title);
	buffer_release(&lead);
	buffer_release(&caption);
}

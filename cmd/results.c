#include "cmd/results.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/input.h"
#include "cmd/message.h"
#include "io/real.h"

static int format = FORMAT_AUTO;
static const char *path, *by, *manifest;
static int64_t digits = -1, top = -1;
static bool quiet;

/* In the order of enum table_format. */
static const char *const formats[] = {"auto", "text", "csv", "tsv", "json", "jsonl", "md", NULL};

static const struct option options[] = {
	{.letter = 'f',
		.name = "format",
		.kind = OPTION_CHOICE,
		.target = &format,
		.argument = "FORMAT",
		.choices = formats,
		.help = "text, csv, tsv, json, jsonl or md; auto: from the ending of -o, else text "
			"on"
			" a terminal and csv otherwise"},
	{.letter = 'o',
		.name = "output",
		.kind = OPTION_TEXT,
		.target = &path,
		.argument = "FILE",
		.writes = WRITES_REPORT,
		.help = "write here, whole or not at all; .gz compresses"},
	{.name = "digits",
		.kind = OPTION_INTEGER,
		.target = &digits,
		.argument = "N",
		.least = 1,
		.most = REAL_MAX_DIGITS,
		.plain_default = true,
		.help = "significant digits of reals; without it, all in csv, tsv, json and jsonl,"
			" 4 in text and md"},
	{.name = "top",
		.kind = OPTION_INTEGER,
		.target = &top,
		.argument = "N",
		.least = 0,
		.plain_default = true,
		.help = "only the first N rows"},
	{.name = "manifest",
		.kind = OPTION_TEXT,
		.target = &manifest,
		.argument = "FILE",
		.writes = WRITES_FILE,
		.help = "what was read, used, filtered and rejected, as JSON"},
	{.letter = 'q',
		.name = "quiet",
		.kind = OPTION_FLAG,
		.target = &quiet,
		.help = "no warnings and no notes"},
	{.name = "by",
		.kind = OPTION_TEXT,
		.target = &by,
		.argument = "COL",
		.help = "sort by this column: numbers and days from the largest, text from a to z"},
};

const struct option_group output_group = {"Output options", options, COUNT_OF(options)};
const struct option_group ordered_output_group = {"Output options", options, COUNT_OF(options) - 1};

bool results_check(const struct column *columns, size_t n_columns, struct error *err)
{
	message_set_quiet(quiet);
	return (format != FORMAT_AUTO || table_check_ending(path, err)) &&
	       (by == NULL || table_has_column(by, columns, n_columns, err));
}

/* A report in a file or a pipe is the same whatever terminal its maker has. */
static size_t line_width(const char *where)
{
	enum { ELSEWHERE = 100 };
	struct winsize window;
	bool is_terminal = (where == NULL || strcmp(where, "-") == 0) && isatty(STDOUT_FILENO) &&
			   ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
	return is_terminal ? window.ws_col : ELSEWHERE;
}

/* https://no-color.org: NO_COLOR, when it is there and not empty. */
static bool may_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	return (no_color == NULL || no_color[0] == '\0') && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

struct table *results_open_at(const char *where, const struct column *columns, size_t n_columns,
	int money_decimals, struct error *err)
{
	const struct table_style style = {
		.format = (enum table_format)format,
		.path = where,
		.digits = (int)digits,
		.money_decimals = money_decimals,
		.colour = may_colour(),
		.top = top,
		.by = by,
		.threads = input_threads(),
		.line_width = line_width(where),
	};
	return table_open(&style, columns, n_columns, err);
}

struct table *results_open(
	const struct column *columns, size_t n_columns, int money_decimals, struct error *err)
{
	return results_open_at(path, columns, n_columns, money_decimals, err);
}

bool results_write(const struct column *columns, size_t n_columns, table_fill *fill,
	const void *rows, size_t n_rows, int money_decimals, struct error *err)
{
	struct table *table = results_open(columns, n_columns, money_decimals, err);
	if (table == NULL)
		return false;
	if (!table_rows(table, fill, rows, n_rows, err)) {
		table_discard(table);
		return false;
	}
	return table_close(table, err);
}

const char *results_path(void)
{
	return path;
}

const char *results_manifest_path(void)
{
	return manifest;
}

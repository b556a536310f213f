#include "cmd/results.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/intern.h"
#include "cmd/charts.h"
#include "cmd/input.h"
#include "cmd/message.h"
#include "io/real.h"
#include "io/workbook.h"

enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

static int format = FORMAT_AUTO, color = COLOR_AUTO;
static const char *path, *by, *manifest, *chart;
static int64_t digits = -1, top = -1;
static bool quiet, excel_safe;

/* In the order of enum table_format. */
static const char *const formats[] = {
	"auto", "text", "csv", "tsv", "json", "jsonl", "md", "html", "svg", "xlsx", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};

/* A page is html unless it is said to be a workbook. */
enum { PAGE_AUTO, PAGE_HTML, PAGE_XLSX };
static int page_format = PAGE_AUTO;
static const char *const page_formats[] = {"auto", "html", "xlsx", NULL};

/* Of a page the first four; of a table all but the first; --by where rows have no order of their
 * own. */
enum { OF_PAGE = 4 };
static const struct option options[] = {
	{.letter = 'f',
		.name = "format",
		.kind = OPTION_CHOICE,
		.target = &page_format,
		.argument = "FORMAT",
		.choices = page_formats,
		.help = "html, or xlsx (the tables, a sheet each); auto: from the ending of -o,"
			" else html"},
	{.letter = 'o',
		.name = "output",
		.kind = OPTION_TEXT,
		.target = &path,
		.argument = "FILE",
		.writes = WRITES_REPORT,
		.help = "write here, whole or not at all; .gz compresses"},
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
	{.letter = 'f',
		.name = "format",
		.kind = OPTION_CHOICE,
		.target = &format,
		.argument = "FORMAT",
		.choices = formats,
		.help = "text, csv, tsv, json, jsonl, md, html (a page with charts and the first"
			" 1,000 rows), svg (a chart) or xlsx; auto: from the ending of -o, else"
			" text on a terminal and csv otherwise"},
	{.name = "digits",
		.kind = OPTION_INTEGER,
		.target = &digits,
		.argument = "N",
		.least = 1,
		.most = REAL_MAX_DIGITS,
		.plain_default = true,
		.help = "significant digits of reals; without it, all in csv, tsv, json and jsonl,"
			" 4 in text, md and html"},
	{.name = "top",
		.kind = OPTION_INTEGER,
		.target = &top,
		.argument = "N",
		.least = 0,
		.plain_default = true,
		.help = "only the first N rows"},
	{.name = "chart",
		.kind = OPTION_TEXT,
		.target = &chart,
		.argument = "NAME",
		.help = "svg: which of the command's charts; without it, the first"},
	{.name = "color",
		.kind = OPTION_CHOICE,
		.target = &color,
		.argument = "WHEN",
		.choices = colors,
		.help = "shades in text: auto (on a terminal, unless NO_COLOR is set), always or"
			" never"},
	{.name = "excel-safe",
		.kind = OPTION_FLAG,
		.target = &excel_safe,
		.help = "csv for spreadsheets: a byte order mark, and an apostrophe before text"
			" that one would take for a formula"},
	{.name = "by",
		.kind = OPTION_TEXT,
		.target = &by,
		.argument = "COL",
		.help = "sort by this column: numbers and days from the largest, text from a to z"},
};

const struct option_group page_output_group = {"Output options", options, OF_PAGE};
const struct option_group output_group = {"Output options", options + 1, COUNT_OF(options) - 1};
const struct option_group ordered_output_group = {
	"Output options", options + 1, COUNT_OF(options) - 2};

static bool is_terminal(const char *where)
{
	bool is_stdout =
		where == NULL || strcmp(where, "-") == 0 || strcmp(where, "/dev/stdout") == 0;
	return is_stdout && isatty(STDOUT_FILENO);
}

static enum table_format settled_format(void)
{
	enum table_format settled = (enum table_format)format;
	if (settled == FORMAT_AUTO)
		settled = table_format_of_path(path);
	return settled == FORMAT_AUTO && excel_safe ? FORMAT_CSV : settled;
}

static bool check_excel_safe(struct error *err)
{
	return !excel_safe || settled_format() == FORMAT_CSV ||
	       error_set(err, ERROR_USAGE, "--excel-safe is about csv (leave it out)");
}

static bool check_xlsx(struct error *err)
{
	if (settled_format() != FORMAT_XLSX)
		return true;
	if (workbook_library() == NULL)
		return error_set(err, ERROR_USAGE,
			"this build writes no xlsx (build it where libxlsxwriter is installed; or"
			" -f csv --excel-safe)");
	return !is_terminal(path) ||
	       error_set(err, ERROR_USAGE, "xlsx is nothing for a terminal (give -o FILE.xlsx)");
}

bool results_check(const struct column *columns, size_t n_columns, struct error *err)
{
	message_set_quiet(quiet);
	return (format != FORMAT_AUTO || table_check_ending(path, err)) && check_excel_safe(err) &&
	       check_xlsx(err) && (by == NULL || table_has_column(by, columns, n_columns, err)) &&
	       charts_settle(settled_format(), columns, chart, err);
}

bool results_check_names(
	const char *file, const struct text *names, size_t n_names, struct error *err)
{
	enum table_format settled = settled_format();
	struct intern known = {0};
	char room[TEXT_EXCERPT_SIZE];
	bool good = true;
	if (settled != FORMAT_JSON && settled != FORMAT_JSONL)
		return true;
	for (size_t i = 0; good && i < n_names; i++)
		if (intern_number(&known, names[i]) < i)
			good = error_set(err, ERROR_DATA,
				"%s: two columns are called '%s', which would be one key twice in"
				" json (rename one in the header, or take -f csv)",
				file, text_excerpt(names[i], room));
	intern_release(&known);
	return good;
}

/* As POSIX has it, COLUMNS goes before what the terminal says. */
static size_t terminal_width(void)
{
	enum { USUAL = 80, MOST = 10000 };
	const char *columns = getenv("COLUMNS");
	char *end;
	long asked = columns != NULL ? strtol(columns, &end, 10) : 0;
	if (asked > 0 && asked <= MOST && *end == '\0')
		return (size_t)asked;
	struct winsize window;
	bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
	return is_known ? window.ws_col : USUAL;
}

/* A report in a file or a pipe is the same whatever terminal its maker has. */
static size_t line_width(const char *where)
{
	enum { ELSEWHERE = 100 };
	return is_terminal(where) ? terminal_width() : ELSEWHERE;
}

/* https://no-color.org: NO_COLOR, when it is there and not empty. */
static bool may_colour(const char *where)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	return is_terminal(where) && (no_color == NULL || no_color[0] == '\0') &&
	       terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static bool is_coloured(const char *where)
{
	return color == COLOR_ALWAYS || (color == COLOR_AUTO && may_colour(where));
}

bool results_check_page(enum table_format *settled, struct error *err)
{
	message_set_quiet(quiet);
	enum table_format of_path = table_format_of_path(path);
	*settled = page_format == PAGE_XLSX   ? FORMAT_XLSX
		   : page_format == PAGE_HTML ? FORMAT_HTML
		   : of_path == FORMAT_AUTO   ? FORMAT_HTML
					      : of_path;
	if (*settled != FORMAT_HTML && *settled != FORMAT_XLSX)
		return error_set(err, ERROR_USAGE,
			"-o %s: a report is html or xlsx (-o report.html, or say -f html)", path);
	if (*settled == FORMAT_XLSX && is_terminal(path))
		return error_set(err, ERROR_USAGE,
			"a workbook cannot be shown on a terminal (-o report.xlsx)");
	return true;
}

struct table *results_open_at(const char *where, const struct column *columns, size_t n_columns,
	int money_decimals, struct error *err)
{
	const struct table_style style = {
		.format = excel_safe ? FORMAT_CSV : (enum table_format)format,
		.excel_safe = excel_safe,
		.page = charts_page(),
		.name = message_command(),
		.path = where,
		.digits = (int)digits,
		.money_decimals = money_decimals,
		.decimal = input_decimal(),
		.thousands = input_thousands(),
		.colour = is_coloured(where),
		.top = top,
		.by = by,
		.threads = input_threads(),
		.line_width = line_width(where),
		.fits = is_terminal(where),
	};
	return table_open(&style, columns, n_columns, err);
}

struct table *results_open(
	const struct column *columns, size_t n_columns, int money_decimals, struct error *err)
{
	return results_open_at(path, columns, n_columns, money_decimals, err);
}

bool results_is_chart(void)
{
	return settled_format() == FORMAT_SVG;
}

bool results_write_chart(struct error *err)
{
	return charts_write(path, err);
}

bool results_write(const struct column *columns, size_t n_columns, table_fill *fill,
	const void *rows, size_t n_rows, int money_decimals, struct error *err)
{
	if (results_is_chart())
		return results_write_chart(err);
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

void results_drop_manifest(void)
{
	manifest = NULL;
}

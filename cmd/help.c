#include "cmd/help.h"

#include <gsl/gsl_version.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "io/inflater.h"
#include "io/json.h"
#include "io/workbook.h"
#include "io/zstd.h"

static const char promise[] =
	"Exit codes: 0 done; 1 the system failed (files, memory, disk); 2 wrong command line;\n"
	"3 the data: a missing column, a bad row, damaged input; 4 the numbers have no answer.";

/* Words to lines of at most 80 columns, the later ones indented. */
static void wrap(struct buffer *out, size_t column, size_t indent, const char *words)
{
	enum { WIDTH = 80 };
	bool first = true;
	while (*words != '\0') {
		size_t length = strcspn(words, " ");
		if (!first && column + 1 + length > WIDTH) {
			buffer_format(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buffer_byte(out, ' ');
			column++;
		}
		buffer_bytes(out, words, length);
		column += length;
		words += length;
		words += strspn(words, " ");
		first = false;
	}
	buffer_byte(out, '\n');
}

static void option_words(const struct option *option, struct buffer *words)
{
	char room[OPTION_DEFAULT_SIZE];
	buffer_string(words, option->help);
	if (option_default(option, room)[0] != '\0')
		buffer_format(words, " (default %s)", room);
	buffer_byte(words, '\0');
}

static void option_line(const struct option *option, struct buffer *out)
{
	enum { INDENT = 26 };
	size_t start = out->length;
	if (option->letter != 0)
		buffer_format(out, "  -%c, --%s", option->letter, option->name);
	else
		buffer_format(out, "      --%s", option->name);
	if (option->argument != NULL)
		buffer_format(out, " %s", option->argument);
	size_t length = out->length - start;
	if (length + 2 > INDENT)
		buffer_format(out, "\n%*s", INDENT, "");
	else
		buffer_format(out, "%*s", (int)(INDENT - length), "");
	struct buffer words = {0};
	option_words(option, &words);
	wrap(out, INDENT, INDENT, words.bytes);
	buffer_release(&words);
}

void help_program(struct buffer *out)
{
	buffer_string(out,
		"patron mines customer data in batch: reads exports of transactions (CSV, also "
		".gz\n"
		"and .zst), computes one thing well, writes one table.\n"
		"\n"
		"Usage: patron COMMAND [OPTION]... [FILE]...      no FILE, or -: standard input\n"
		"\n"
		"Commands:\n");
	for (size_t i = 0; i < n_commands; i++)
		buffer_format(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
	buffer_format(out,
		"  %-12s %s\n"
		"\n"
		"patron COMMAND --help tells the options and columns of a command; patron "
		"--version\n"
		"what this build can do.\n"
		"\n%s\n",
		"help", "show this, or help on a command", promise);
}

static void paragraphs(struct buffer *out, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		char line[4096];
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		wrap(out, 0, 0, line);
		text += length + (text[length] == '\n');
	}
}

static void column_lines(const struct command_table *table, struct buffer *out)
{
	size_t width = 0;
	for (size_t i = 0; i < table->n_columns; i++)
		if (strlen(table->columns[i].name) > width)
			width = strlen(table->columns[i].name);
	buffer_format(out, "\n%s:\n", table->title);
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];
		buffer_format(out, "  %-*s  ", (int)width, column->name);
		struct buffer words = {0};
		buffer_string(&words, column->meaning);
		if (column->unit[0] != '\0')
			buffer_format(&words, " [%s]", column->unit);
		buffer_byte(&words, '\0');
		wrap(out, width + 4, width + 4, words.bytes);
		buffer_release(&words);
	}
}

static void chart_lines(const struct command *command, struct buffer *out)
{
	size_t width = 0;
	if (command->n_charts == 0)
		return;
	buffer_string(out, "\nCharts, with -f html, or one with -f svg --chart NAME:\n");
	for (size_t i = 0; i < command->n_charts; i++)
		if (strlen(command->charts[i].name) > width)
			width = strlen(command->charts[i].name);
	for (size_t i = 0; i < command->n_charts; i++) {
		const struct chart *chart = &command->charts[i];
		buffer_format(out, "  %-*s  ", (int)width, chart->name);
		wrap(out, width + 4, width + 4, chart->meaning);
	}
}

void help_command(const struct command *command, struct buffer *out)
{
	buffer_format(out, "patron %s: %s\n\nUsage: patron %s [OPTION]...%s%s\n\n", command->name,
		command->summary, command->name, command->operands[0] != '\0' ? " " : "",
		command->operands);
	paragraphs(out, command->description);
	for (size_t g = 0; g < command->n_groups; g++) {
		buffer_format(out, "\n%s:\n", command->groups[g]->title);
		for (size_t i = 0; i < command->groups[g]->n_options; i++)
			option_line(&command->groups[g]->options[i], out);
	}
	for (size_t t = 0; t < command->n_tables; t++)
		column_lines(&command->tables[t], out);
	chart_lines(command, out);
	buffer_format(out, "\nExamples:\n");
	for (const char *at = command->examples; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		buffer_format(out, "  %.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
	buffer_format(out, "\n%s\n", promise);
}

/* ---- the manual page ---- */

/* man(7) reads a backslash and a dot or quote at the start of a line as its own. */
static void man_text(struct buffer *out, const char *text)
{
	bool line_start = true;
	for (; *text != '\0'; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			buffer_string(out, "\\&");
		if (*text == '\\')
			buffer_string(out, "\\e");
		else if (*text == '-')
			buffer_string(out, "\\-");
		else
			buffer_byte(out, *text);
		line_start = *text == '\n';
	}
}

/* without: what to say of commands that have the rest of the group, but not this; or "". */
static void man_option(const struct option *option, const char *without, struct buffer *out)
{
	struct buffer words = {0};
	buffer_string(out, ".TP\n\\fB");
	if (option->letter != 0)
		buffer_format(out, "\\-%c\\fR, \\fB", option->letter);
	buffer_string(out, "\\-\\-");
	man_text(out, option->name);
	buffer_string(out, "\\fR");
	if (option->argument != NULL) {
		buffer_string(out, " \\fI");
		man_text(out, option->argument);
		buffer_string(out, "\\fR");
	}
	buffer_byte(out, '\n');
	option_words(option, &words);
	man_text(out, words.bytes);
	man_text(out, without);
	buffer_byte(out, '\n');
	buffer_release(&words);
}

static void man_group(const struct option_group *group, struct buffer *out)
{
	buffer_format(out, ".PP\n%s:\n", group->title);
	for (size_t i = 0; i < group->n_options; i++)
		man_option(&group->options[i], "", out);
}

/* Groups that several commands share are told once, in a section of their own. */
static bool is_shared(const struct option_group *group)
{
	return group->title != NULL && strcmp(group->title, "Options") != 0;
}

static void man_paragraphs(struct buffer *out, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		char line[4096];
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		if (length == 0)
			buffer_string(out, ".PP");
		man_text(out, line);
		buffer_byte(out, '\n');
		text += length + (text[length] == '\n');
	}
}

static void man_command(const struct command *command, struct buffer *out)
{
	buffer_format(out, ".SS patron %s\n", command->name);
	man_text(out, command->summary);
	buffer_string(out, ".\n.PP\n");
	man_paragraphs(out, command->description);
	for (size_t g = 0; g < command->n_groups; g++)
		if (!is_shared(command->groups[g]))
			man_group(command->groups[g], out);
	for (size_t t = 0; t < command->n_tables; t++) {
		const struct command_table *table = &command->tables[t];
		buffer_format(out, ".PP\n%s:\n", table->title);
		for (size_t i = 0; i < table->n_columns; i++) {
			buffer_string(out, ".TP\n\\fB");
			man_text(out, table->columns[i].name);
			buffer_string(out, "\\fR\n");
			man_text(out, table->columns[i].meaning);
			if (table->columns[i].unit[0] != '\0') {
				buffer_string(out, " [");
				man_text(out, table->columns[i].unit);
				buffer_string(out, "]");
			}
			buffer_byte(out, '\n');
		}
	}
	if (command->n_charts > 0)
		buffer_string(out, ".PP\nCharts, with \\fB\\-f html\\fR, or one with"
				   " \\fB\\-f svg \\-\\-chart\\fR:\n");
	for (size_t i = 0; i < command->n_charts; i++) {
		buffer_string(out, ".TP\n\\fB");
		man_text(out, command->charts[i].name);
		buffer_string(out, "\\fR\n");
		man_text(out, command->charts[i].meaning);
		buffer_byte(out, '\n');
	}
	buffer_string(out, ".PP\nExamples:\n.PP\n.nf\n");
	man_text(out, command->examples);
	buffer_string(out, "\n.fi\n");
}

/* A command's part of a shared group: as many of its options as the command has, from the first. */
static const struct option_group *part_of(
	const struct command *command, const struct option_group *shared)
{
	for (size_t g = 0; g < command->n_groups; g++)
		if (command->groups[g]->options == shared->options)
			return command->groups[g];
	return NULL;
}

/* " (not kmeans, retention)": the commands that have a shared group without its option number i. */
static void man_without(const struct option_group *shared, size_t i, struct buffer *words)
{
	const char *before = " (not ";
	for (size_t c = 0; c < n_commands; c++) {
		const struct option_group *part = part_of(commands[c], shared);
		if (part == NULL || i < part->n_options)
			continue;
		buffer_format(words, "%s%s", before, commands[c]->name);
		before = ", ";
	}
	buffer_string(words, words->length > 0 ? ")" : "");
	buffer_byte(words, '\0');
}

static void man_shared_group(const struct option_group *shared, struct buffer *out)
{
	const char *before = " of ";
	buffer_format(out, ".PP\n%s", shared->title);
	for (size_t c = 0; c < n_commands; c++) {
		if (part_of(commands[c], shared) == NULL)
			continue;
		buffer_format(out, "%s%s", before, commands[c]->name);
		before = ", ";
	}
	buffer_string(out, ":\n");
	for (size_t i = 0; i < shared->n_options; i++) {
		struct buffer without = {0};
		man_without(shared, i, &without);
		man_option(&shared->options[i], without.bytes, out);
		buffer_release(&without);
	}
}

/* Each told once, with all options that any command has of it. */
static void man_shared_groups(struct buffer *out)
{
	const struct option_group *groups[16];
	size_t n = 0;
	for (size_t c = 0; c < n_commands; c++)
		for (size_t g = 0; g < commands[c]->n_groups; g++) {
			const struct option_group *group = commands[c]->groups[g];
			size_t place = 0;
			while (place < n && groups[place]->options != group->options)
				place++;
			if (!is_shared(group) || place == COUNT_OF(groups))
				continue;
			if (place == n)
				groups[n++] = group;
			else if (group->n_options > groups[place]->n_options)
				groups[place] = group;
		}
	for (size_t i = 0; i < n; i++)
		man_shared_group(groups[i], out);
}

void help_man(struct buffer *out)
{
	buffer_string(out,
		".TH PATRON 1 \"\" \"patron " PATRON_VERSION "\" \"User Commands\"\n"
		".SH NAME\npatron \\- batch analytics for customer data mining\n"
		".SH SYNOPSIS\n.B patron\n\\fICOMMAND\\fR [\\fIOPTION\\fR]..."
		" [\\fIFILE\\fR]...\n"
		".SH DESCRIPTION\n"
		"Each command reads CSV exports of transactions (plain, gzip or zstd, from"
		" files or standard input), computes one thing, and writes one table."
		" A customers table, as \\fBpatron customers\\fR writes it, is accepted"
		" wherever transactions are.\n"
		".SH COMMANDS\n");
	for (size_t i = 0; i < n_commands; i++)
		man_command(commands[i], out);
	buffer_string(out, ".SH SHARED OPTIONS\n");
	man_shared_groups(out);
	buffer_string(out,
		".SH ENVIRONMENT\n"
		"No variable changes what a report says.\n"
		".TP\nCOLUMNS\nthe width of tables on a terminal; goes before the terminal's own\n"
		".TP\nNO_COLOR\nno colours on a terminal, when it is set and not empty\n"
		".TP\nPATRON_SCAN\na diagnostic: how records are found in CSV (libcsv, portable, "
		"avx2"
		" or neon; without it, the fastest of this machine)\n"
		".TP\nTERM\nno colours on a terminal when it is unset or dumb\n"
		".TP\nTMPDIR\nwhere the parts of a workbook wait, in files without a name; without "
		"it, /tmp\n"
		".SH EXIT STATUS\n"
		".TP\n0\ndone; also when the reader of a pipe went away\n"
		".TP\n1\nthe system failed: a file that cannot be opened, read or written, memory,"
		" threads\n"
		".TP\n2\nwrong command line\n"
		".TP\n3\nthe data: a needed column is not there, a bad row, damaged input, no data"
		" row\n"
		".TP\n4\nthe numbers have no answer: too few customers, a model that cannot be"
		" fitted\n");
}

/* ---- the catalogue ---- */

static void json_pair(struct buffer *out, const char *name, const char *value, const char *end)
{
	buffer_format(out, "\"%s\": ", name);
	json_text(out, text_of(value));
	buffer_string(out, end);
}

static void json_option(const struct option *option, const char *group, struct buffer *out)
{
	static const char *const kinds[] = {
		"flag", "text", "list", "integer", "size", "real", "day", "choice"};
	char room[OPTION_DEFAULT_SIZE], letter[2] = {option->letter, '\0'};
	buffer_byte(out, '{');
	json_pair(out, "name", option->name, ", ");
	if (option->letter != 0)
		json_pair(out, "letter", letter, ", ");
	json_pair(out, "group", group, ", ");
	json_pair(out, "kind", kinds[option->kind], ", ");
	if (option->argument != NULL)
		json_pair(out, "argument", option->argument, ", ");
	if (option->choices != NULL) {
		buffer_string(out, "\"choices\": [");
		for (int i = 0; option->choices[i] != NULL; i++) {
			buffer_string(out, i > 0 ? ", " : "");
			json_text(out, text_of(option->choices[i]));
		}
		buffer_string(out, "], ");
	}
	if (option_default(option, room)[0] != '\0')
		json_pair(out, "default", room, ", ");
	json_pair(out, "help", option->help, "}");
}

static void json_columns(const struct command_table *table, struct buffer *out)
{
	static const char *const kinds[] = {"text", "day", "count", "money", "real"};
	buffer_byte(out, '{');
	json_pair(out, "title", table->title, ", \"columns\": [");
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];
		buffer_string(out, i > 0 ? ",\n        {" : "\n        {");
		json_pair(out, "name", column->name, ", ");
		json_pair(out, "kind", kinds[column->kind], ", ");
		json_pair(out, "unit", column->unit, ", ");
		json_pair(out, "meaning", column->meaning, "}");
	}
	buffer_string(out, "]}");
}

static void json_command(const struct command *command, struct buffer *out)
{
	buffer_string(out, "    {");
	json_pair(out, "name", command->name, ", ");
	json_pair(out, "summary", command->summary, ", ");
	json_pair(out, "operands", command->operands, ",\n      \"options\": [");
	bool first = true;
	for (size_t g = 0; g < command->n_groups; g++)
		for (size_t i = 0; i < command->groups[g]->n_options; i++) {
			buffer_string(out, first ? "\n        " : ",\n        ");
			json_option(
				&command->groups[g]->options[i], command->groups[g]->title, out);
			first = false;
		}
	buffer_string(out, "],\n      \"tables\": [");
	for (size_t t = 0; t < command->n_tables; t++) {
		buffer_string(out, t > 0 ? ", " : "");
		json_columns(&command->tables[t], out);
	}
	buffer_string(out, "],\n      \"charts\": [");
	for (size_t i = 0; i < command->n_charts; i++) {
		buffer_string(out, i > 0 ? ", {" : "{");
		json_pair(out, "name", command->charts[i].name, ", ");
		json_pair(out, "meaning", command->charts[i].meaning, "}");
	}
	buffer_string(out, "]}");
}

void help_json(struct buffer *out)
{
	buffer_string(out, "{\n  ");
	json_pair(out, "version", PATRON_VERSION, ",\n  \"commands\": [\n");
	for (size_t i = 0; i < n_commands; i++) {
		buffer_string(out, i > 0 ? ",\n" : "");
		json_command(commands[i], out);
	}
	buffer_string(out, "\n  ]\n}\n");
}

void help_version(struct buffer *out)
{
	buffer_format(out,
		"patron %s\n"
		"gzip: %s (zlib %s)\n"
		"zstd: %s\n"
		"xlsx: %s\n"
		"GSL: %s\n"
		"Licence: GPL-3.0-or-later. No warranty.\n",
		PATRON_VERSION, inflater_library(), zlibVersion(),
		zstd_library() != NULL ? zstd_library() : "not in this build",
		workbook_library() != NULL ? workbook_library() : "not in this build", gsl_version);
}

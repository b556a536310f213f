#include "cmd/completion.h"

#include <glob.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/results.h"
#include "io/header.h"

/* ---- what is there ---- */

/* Of the words up to the place: which option's value it is, and what else matters. */
struct line {
	const struct command *command;
	const struct option *option; /* whose value stands there; NULL: none */
	bool options_end;            /* after -- */
	const char *encoding, *delimiter;
};

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static const struct option *option_named(const struct command *command, struct text name)
{
	for (size_t g = 0; g < command->n_groups; g++)
		for (size_t i = 0; i < command->groups[g]->n_options; i++) {
			const struct option *option = &command->groups[g]->options[i];
			bool is_letter = name.length == 1 && option->letter == name.at[0];
			if (is_letter || text_equal(text_of(option->name), name))
				return option;
		}
	return NULL;
}

/* The option that a word begins; *value is what it gives it beside "=", or NULL. */
static const struct option *option_of(
	const struct command *command, const char *word, const char **value)
{
	*value = NULL;
	if (word[0] != '-' || word[1] == '\0')
		return NULL;
	if (word[1] != '-') {
		struct text letter = {word + strlen(word) - 1, 1};
		return option_named(command, letter);
	}
	const char *equals = strchr(word, '=');
	size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
	*value = equals != NULL ? equals + 1 : NULL;
	return option_named(command, (struct text){word + 2, length - 2});
}

static void keep_value(struct line *line, const struct option *option, const char *value)
{
	if (strcmp(option->name, "encoding") == 0)
		line->encoding = value;
	else if (strcmp(option->name, "delimiter") == 0)
		line->delimiter = value;
}

/* Calls see() with every word that is an operand; where see is NULL, only reads the line. */
typedef bool see_operand(void *context, const struct line *line, const char *word);

static void walk(struct line *line, const char *const *words, size_t n_words, size_t place,
	see_operand *see, void *context)
{
	const struct option *waiting = NULL;
	bool options_end = false;
	for (size_t i = 1; i < n_words; i++) {
		const char *value, *word = words[i];
		bool is_here = i + 1 == place;
		if (is_here)
			line->options_end = options_end;
		if (is_here)
			line->option = waiting;
		if (waiting != NULL) {
			keep_value(line, waiting, word);
			waiting = NULL;
			continue;
		}
		const struct option *option =
			options_end ? NULL : option_of(line->command, word, &value);
		if (option != NULL && option->kind != OPTION_FLAG && value == NULL && !is_here)
			waiting = option;
		else if (option != NULL && value != NULL)
			keep_value(line, option, value);
		else if (!options_end && strcmp(word, "--") == 0)
			options_end = true;
		else if (option == NULL && !is_here && see != NULL && !see(context, line, word))
			return;
	}
	if (place > n_words) {
		line->options_end = options_end;
		line->option = waiting;
	}
}

/* ---- candidates ---- */

struct answer {
	struct buffer *out;
	const char *before; /* of the word, what stays as it is */
	size_t n_before;
	const char *begun; /* the rest, with which candidates must begin */
};

/* Names with control characters cannot be told in lines. */
static void offer(const struct answer *answer, struct text word, const char *meaning)
{
	size_t begun = strlen(answer->begun);
	if (word.length < begun || memcmp(word.at, answer->begun, begun) != 0)
		return;
	for (size_t i = 0; i < word.length; i++)
		if ((unsigned char)word.at[i] < ' ')
			return;
	buffer_bytes(answer->out, answer->before, answer->n_before);
	buffer_text(answer->out, word);
	buffer_format(answer->out, "\t%s\n", meaning);
}

static void offer_column(const struct answer *answer, struct text name)
{
	offer(answer, name, "");
}

struct header_search {
	const struct answer *answer;
	bool found;
};

static bool offer_header(const struct line *line, const char *path, const struct answer *answer)
{
	struct stat st;
	struct error err = {0};
	struct header header;
	/* What is no file, a FIFO, could keep the shell waiting. */
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	char delimiter =
		line->delimiter != NULL && strlen(line->delimiter) == 1 ? line->delimiter[0] : '\0';
	bool good = header_read(&header, path, line->encoding, delimiter, &err);
	for (size_t i = 0; good && i < header.n_names; i++)
		offer_column(answer, header.names[i]);
	header_release(&header);
	error_release(&err);
	return good;
}

/* The shell has not expanded what it completes: *.csv.gz, ~. */
static bool see_file(void *context, const struct line *line, const char *word)
{
	struct header_search *search = context;
	glob_t found;
	if (search->found)
		return false;
	if (glob(word, GLOB_TILDE | GLOB_BRACE, NULL, &found) != 0)
		return true;
	for (size_t i = 0; i < found.gl_pathc && !search->found; i++)
		search->found = offer_header(line, found.gl_pathv[i], search->answer);
	globfree(&found);
	return !search->found;
}

static void offer_own_columns(const struct command *command, const struct answer *answer)
{
	for (size_t t = 0; t < command->n_tables; t++)
		for (size_t i = 0; i < command->tables[t].n_columns; i++) {
			const struct column *column = &command->tables[t].columns[i];
			offer(answer, text_of(column->name), column->meaning);
		}
}

static bool is_output_option(const struct option *option)
{
	return option >= output_group.options &&
	       option < output_group.options + output_group.n_options;
}

/* Of a list, the names behind the last comma. */
static void offer_input_columns(const struct line *line, bool is_list, struct answer answer,
	const char *const *words, size_t n_words, size_t place)
{
	const char *comma = is_list ? strrchr(answer.begun, ',') : NULL;
	if (comma != NULL) {
		answer.n_before += (size_t)(comma + 1 - answer.begun);
		answer.begun = comma + 1;
	}
	struct header_search search = {&answer, false};
	struct line again = *line;
	walk(&again, words, n_words, place, see_file, &search);
}

static void offer_charts(const struct command *command, const struct answer *answer)
{
	for (size_t i = 0; i < command->n_charts; i++)
		offer(answer, text_of(command->charts[i].name), command->charts[i].meaning);
}

static void offer_value(const struct line *line, const struct option *option, struct answer answer,
	const char *const *words, size_t n_words, size_t place)
{
	const char *argument = option->argument != NULL ? option->argument : "";
	bool is_column = strstr(argument, "COL") != NULL;
	for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
		offer(&answer, text_of(option->choices[i]), "");
	if (is_output_option(option) && strcmp(option->name, "chart") == 0)
		offer_charts(line->command, &answer);
	else if (is_output_option(option) && is_column)
		offer_own_columns(line->command, &answer);
	else if (is_column)
		offer_input_columns(
			line, strchr(argument, ',') != NULL, answer, words, n_words, place);
	if (strstr(argument, "FILE") != NULL)
		buffer_string(answer.out, ":files\n");
}

static void offer_options(const struct command *command, const struct answer *answer)
{
	for (size_t g = 0; g < command->n_groups; g++)
		for (size_t i = 0; i < command->groups[g]->n_options; i++) {
			const struct option *option = &command->groups[g]->options[i];
			struct buffer name = {0};
			buffer_format(&name, "--%s", option->name);
			offer(answer, buffer_as_text(&name), option->help);
			buffer_release(&name);
		}
	offer(answer, TEXT("--help"), "options and columns of this command");
}

static void offer_commands(const struct answer *answer)
{
	for (size_t i = 0; i < n_commands; i++)
		offer(answer, text_of(commands[i]->name), commands[i]->summary);
}

/* "bash|fish|zsh" */
static void offer_operands(const struct command *command, const struct answer *answer)
{
	for (const char *at = command->operands; *at != '\0';) {
		size_t length = strcspn(at, "|");
		offer(answer, (struct text){at, length}, "");
		at += length + (at[length] == '|');
	}
}

static void offer_first(const struct answer *answer)
{
	offer_commands(answer);
	offer(answer, TEXT("help"), "help on a command");
	if (answer->begun[0] != '-')
		return;
	offer(answer, TEXT("--help"), "the commands");
	offer(answer, TEXT("--version"), "what this build can do");
}

static void offer_of_command(const char *const *words, size_t n_words, size_t place,
	const struct command *command, const char *word, struct buffer *out)
{
	struct line line = {.command = command};
	struct answer answer = {out, word, 0, word};
	const char *value = NULL;
	walk(&line, words, n_words, place, NULL, NULL);
	const struct option *option = line.option;
	if (option == NULL && !line.options_end)
		option = option_of(command, word, &value);
	if (line.option != NULL) {
		offer_value(&line, line.option, answer, words, n_words, place);
	} else if (option != NULL && value != NULL) {
		answer.n_before = (size_t)(value - word);
		answer.begun = value;
		offer_value(&line, option, answer, words, n_words, place);
	} else if (word[0] == '-' && !line.options_end) {
		offer_options(command, &answer);
	} else if (strstr(command->operands, "FILE") != NULL) {
		buffer_string(out, ":files\n");
	} else {
		offer_operands(command, &answer);
	}
}

void completion_words(struct buffer *out, const char *const *words, size_t n_words, size_t place)
{
	const char *word = place >= 1 && place <= n_words ? words[place - 1] : "";
	const struct answer answer = {out, word, 0, word};
	const struct command *command = n_words > 0 ? command_named(words[0]) : NULL;
	if (place <= 1) {
		offer_first(&answer);
	} else if (strcmp(words[0], "help") == 0) {
		offer_commands(&answer);
		offer(&answer, TEXT("--json"), "the catalogue of commands, options and columns");
		offer(&answer, TEXT("--man"), "the manual page");
	} else if (command != NULL) {
		offer_of_command(words, n_words, place, command, word, out);
	}
}

/* The list of commands, and the last look at how each one ended. */
#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cmd/charts.h"
#include "cmd/command.h"
#include "cmd/help.h"
#include "cmd/input.h"
#include "cmd/manifest.h"
#include "cmd/message.h"
#include "cmd/outputs.h"
#include "cmd/results.h"
#include "io/csv.h"
#include "io/output.h"

const struct command *const commands[] = {
	&check_command,
	&completions_command,
	&customers_command,
	&kmeans_command,
	&ltv_command,
	&report_command,
	&retention_command,
	&rfm_command,
	&simulate_command,
	&survival_command,
};
const size_t n_commands = COUNT_OF(commands);

static const struct command *find_command(struct text name, struct error *err)
{
	struct text names[COUNT_OF(commands) + 1];
	for (size_t i = 0; i < n_commands; i++) {
		names[i] = text_of(commands[i]->name);
		if (text_equal(names[i], name))
			return commands[i];
	}
	names[n_commands] = TEXT("help");
	char room[TEXT_EXCERPT_SIZE];
	int nearest = text_nearest(name, names, n_commands + 1);
	if (nearest >= 0)
		error_set(err, ERROR_USAGE, "unknown command '%s'; nearest is '%s'",
			text_excerpt(name, room), names[nearest].at);
	else
		error_set(err, ERROR_USAGE, "unknown command '%s' (patron help lists them)",
			text_excerpt(name, room));
	return NULL;
}

static bool print(const struct buffer *text, struct error *err)
{
	struct output *out = output_open(NULL, err);
	bool good = out != NULL && output_write(out, text->bytes, text->length, err);
	if (out != NULL && !good)
		output_discard(out);
	return good && output_close(out, err);
}

/* patron help, help COMMAND, help --json, help --man */
static bool run_help(const char *const *arguments, size_t n_arguments, struct error *err)
{
	struct buffer text = {0};
	bool good = true;
	if (n_arguments > 1)
		return error_set(err, ERROR_USAGE,
			"help is on one command at a time, not also '%s'", arguments[1]);
	if (n_arguments == 0 || strcmp(arguments[0], "help") == 0) {
		help_program(&text);
	} else if (strcmp(arguments[0], "--json") == 0) {
		help_json(&text);
	} else if (strcmp(arguments[0], "--man") == 0) {
		help_man(&text);
	} else {
		const struct command *command = find_command(text_of(arguments[0]), err);
		good = command != NULL;
		if (good)
			help_command(command, &text);
	}
	good = good && print(&text, err);
	buffer_release(&text);
	return good;
}

static bool run_version(struct error *err)
{
	struct buffer text = {0};
	help_version(&text);
	bool good = print(&text, err);
	buffer_release(&text);
	return good;
}

/* Without operands a command that takes some reads standard input. */
static bool start(const struct command *command, const char *const *operands, size_t n_operands,
	struct error *err)
{
	static const char *const standard_input[] = {"-"};
	bool reads = command->operands[0] != '\0';
	bool by_default = reads && n_operands == 0;
	return outputs_check(command->groups, command->n_groups,
		       by_default ? standard_input : operands, by_default ? 1 : n_operands, err) &&
	       command->run(operands, n_operands, err);
}

static bool run_command(const struct command *command, const char *const *arguments,
	size_t n_arguments, struct error *err)
{
	const char **operands = mem_array(n_arguments, sizeof(*operands));
	size_t n_operands;
	bool help;
	bool good = options_parse(command->groups, command->n_groups, &command->refusal, arguments,
		n_arguments, operands, &n_operands, &help, err);
	if (good && help)
		good = run_help(&command->name, 1, err);
	else if (good && command->operands[0] == '\0' && n_operands > 0)
		good = error_set(
			err, ERROR_USAGE, "takes no FILE, but '%s' was given", operands[0]);
	else if (good)
		good = start(command, operands, n_operands, err);
	mem_free(operands);
	return good;
}

static bool run(const char *const *arguments, size_t n_arguments, struct error *err)
{
	const char *scan = getenv("PATRON_SCAN");
	if (scan != NULL && !csv_choose_scan(scan))
		return error_set(err, ERROR_USAGE,
			"PATRON_SCAN: no way '%s' to find records on this machine", scan);
	if (n_arguments == 0)
		return error_set(err, ERROR_USAGE,
			"a command is needed, such as patron rfm FILE (patron help lists them)");
	const char *first = arguments[0];
	if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
		return run_version(err);
	if (strcmp(first, "help") == 0 || strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
		return run_help(arguments + 1, n_arguments - 1, err);
	if (first[0] == '-')
		return error_set(err, ERROR_USAGE,
			"unknown option '%s' (the command comes first: patron COMMAND [OPTION]...)",
			first);
	const struct command *command = find_command(text_of(first), err);
	if (command == NULL)
		return false;
	message_set_command(command->name);
	charts_set_command(command);
	return run_command(command, arguments + 1, n_arguments - 1, err);
}

/* The last word of a run that was told to stop: nothing half-written is left. */
static void on_signal(int number)
{
	output_unlink_temporaries();
	signal(number, SIG_DFL);
	raise(number);
}

static void set_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	static const int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	for (size_t i = 0; i < COUNT_OF(fatal); i++) {
		struct sigaction old;
		/* What the caller chose to ignore (nohup) stays ignored. */
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(fatal[i], &action, NULL);
	}
	/* A closed pipe and a file-size limit are then errors of write(), seen where they occur. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* A standard descriptor that the caller closed would go to the next file opened, and a warning into
 * the rejects, say. What is put there fails when it is used: it is open the other way round. */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int n_arguments, char **arguments)
{
	struct timespec start, end;
	clock_gettime(CLOCK_MONOTONIC, &start);
	gsl_set_error_handler_off();
	fill_standard_descriptors();
	set_signals();

	struct error err = {0}, late = {0};
	const char *const *words = (const char *const *)arguments;
	size_t n_words = n_arguments > 0 ? (size_t)n_arguments : 0;
	manifest_set_command(words, n_words);
	run(n_words > 0 ? words + 1 : words, n_words > 0 ? n_words - 1 : 0, &err);
	if (err.kind == ERROR_PIPE)
		error_release(&err);
	clock_gettime(CLOCK_MONOTONIC, &end);
	double seconds =
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	if (results_manifest_path() != NULL &&
		!manifest_write(results_manifest_path(), &err, seconds, &late) &&
		err.kind == ERROR_NONE)
		error_move(&err, &late);
	if (err.kind != ERROR_NONE)
		message_error(err.words);
	int code = (int)err.kind;
	error_release(&late);
	error_release(&err);
	charts_release();
	input_release();
	return code;
}

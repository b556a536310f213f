#include "cmd/outputs.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/output.h"
#include "io/source.h"

/* A file that the command line names; path "-" is standard input or output. */
struct named {
	const char *path;
	const struct option *option; /* NULL for an operand */
	bool is_file;                /* a regular one that is there */
	struct stat stat;
};

enum { MOST_OUTPUTS = 16, MOST_INPUTS = 16 };

static struct named look_at(const char *path, const struct option *option)
{
	struct named named = {.path = path, .option = option};
	if (option != NULL && (path == NULL || strcmp(path, "/dev/stdout") == 0))
		named.path = "-";
	int standard = option != NULL ? STDOUT_FILENO : STDIN_FILENO;
	int status = strcmp(named.path, "-") == 0 ? fstat(standard, &named.stat)
						  : stat(named.path, &named.stat);
	named.is_file = status == 0 && S_ISREG(named.stat.st_mode);
	return named;
}

static bool is_same_file(const struct named *a, const struct named *b)
{
	return a->is_file && b->is_file && a->stat.st_dev == b->stat.st_dev &&
	       a->stat.st_ino == b->stat.st_ino;
}

static const char *name_in_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static bool look_at_folder(const char *path, struct stat *folder)
{
	size_t length = (size_t)(name_in_folder(path) - path);
	char *name = length > 0 ? mem_text(path, length) : mem_text(".", 1);
	bool is_there = stat(name, folder) == 0;
	mem_free(name);
	return is_there;
}

bool outputs_are_one(const char *a, const char *b)
{
	struct stat of_a, of_b;
	if (strcmp(a, b) == 0)
		return true;
	return strcmp(name_in_folder(a), name_in_folder(b)) == 0 && look_at_folder(a, &of_a) &&
	       look_at_folder(b, &of_b) && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

/* Devices such as /dev/null may be shared. */
static bool is_same_output(const struct named *a, const struct named *b)
{
	return is_same_file(a, b) ||
	       (strncmp(a->path, "/dev/", 5) != 0 && outputs_are_one(a->path, b->path));
}

static const char *words_of(const struct named *output)
{
	return strcmp(output->path, "-") == 0 ? "standard output" : output->path;
}

static void take_back(const struct named *output)
{
	*(const char **)output->option->target = NULL;
}

static bool refuse_shared(const struct named *a, const struct named *b, struct error *err)
{
	error_set(err, ERROR_USAGE, "--%s and --%s both go to %s (give each a file of its own)",
		a->option->name, b->option->name, words_of(b));
	take_back(a);
	take_back(b);
	return false;
}

static bool refuse_input(const struct named *output, const struct named *input, struct error *err)
{
	error_set(err, ERROR_USAGE, "--%s goes to %s, which is read too (give it another file)",
		output->option->name,
		strcmp(output->path, "-") == 0 ? source_name(input->path) : output->path);
	take_back(output);
	return false;
}

/* Files that the command line has read. */
struct inputs {
	const struct option *options[MOST_INPUTS];
	const char *paths[MOST_INPUTS]; /* theirs */
	size_t n;
	const char *const *operands;
	size_t n_operands;
};

static struct inputs inputs_of(const struct option_group *const *groups, size_t n_groups,
	const char *const *operands, size_t n_operands)
{
	struct inputs inputs = {.operands = operands, .n_operands = n_operands};
	for (size_t g = 0; g < n_groups; g++)
		for (size_t i = 0; i < groups[g]->n_options; i++) {
			const struct option *option = &groups[g]->options[i];
			if (!option->reads || *(const char **)option->target == NULL ||
				inputs.n == MOST_INPUTS)
				continue;
			inputs.options[inputs.n] = option;
			inputs.paths[inputs.n++] = *(const char **)option->target;
		}
	return inputs;
}

static bool is_standard_input(const char *path)
{
	return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0;
}

/* It can be read once only: whoever comes second would find it empty. */
static bool check_standard_input(const struct inputs *inputs, struct error *err)
{
	const char *first = NULL;
	for (size_t i = 0; i < inputs->n; i++) {
		if (!is_standard_input(inputs->paths[i]))
			continue;
		if (first != NULL)
			return error_set(err, ERROR_USAGE,
				"--%s and --%s cannot both be standard input (give one as a FILE)",
				first, inputs->options[i]->name);
		first = inputs->options[i]->name;
	}
	for (size_t i = 0; first != NULL && i < inputs->n_operands; i++)
		if (is_standard_input(inputs->operands[i]))
			return error_set(err, ERROR_USAGE,
				"--%s and the rows cannot both be standard input (give one as a"
				" FILE)",
				first);
	return true;
}

static bool check_output(
	const struct named *outputs, size_t n, const struct inputs *inputs, struct error *err)
{
	const struct named *output = &outputs[n];
	for (size_t i = 0; i < n; i++)
		if (is_same_output(&outputs[i], output))
			return refuse_shared(&outputs[i], output, err);
	for (size_t i = 0; i < inputs->n_operands + inputs->n; i++) {
		bool is_operand = i < inputs->n_operands;
		const struct named input = look_at(
			is_operand ? inputs->operands[i] : inputs->paths[i - inputs->n_operands],
			NULL);
		if (is_same_file(output, &input))
			return refuse_input(output, &input, err);
	}
	return strcmp(output->path, "-") == 0 || output_check(output->path, err);
}

/* Without -o the report goes to standard output. */
static bool is_written(const struct option *option)
{
	return option->writes != WRITES_NOTHING &&
	       (option->writes == WRITES_REPORT || *(const char **)option->target != NULL);
}

bool outputs_check(const struct option_group *const *groups, size_t n_groups,
	const char *const *operands, size_t n_operands, struct error *err)
{
	struct named outputs[MOST_OUTPUTS];
	const struct inputs inputs = inputs_of(groups, n_groups, operands, n_operands);
	size_t n = 0;
	if (!check_standard_input(&inputs, err))
		return false;
	for (size_t g = 0; g < n_groups; g++)
		for (size_t i = 0; i < groups[g]->n_options && n < MOST_OUTPUTS; i++) {
			const struct option *option = &groups[g]->options[i];
			if (!is_written(option))
				continue;
			outputs[n] = look_at(*(const char **)option->target, option);
			if (!check_output(outputs, n, &inputs, err))
				return false;
			n++;
		}
	return true;
}

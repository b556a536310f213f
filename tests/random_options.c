#include "tests/random_options.h"

#include <assert.h>
#include <string.h>

#include "cmd/command.h"

/* Whether the command has the option of a word such as --top=3. */
static bool takes(const struct command *command, const char *word)
{
	size_t length = strcspn(word + 2, "=");
	for (size_t g = 0; g < command->n_groups; g++)
		for (size_t i = 0; i < command->groups[g]->n_options; i++) {
			const char *name = command->groups[g]->options[i].name;
			if (strlen(name) == length && memcmp(name, word + 2, length) == 0)
				return true;
		}
	return false;
}

static const struct command *command_of(const struct whole_run *run)
{
	for (size_t i = 0; i < n_commands; i++)
		if (strcmp(commands[i]->name, run->words[0]) == 0)
			return commands[i];
	assert(false);
}

static void add_word(struct whole_run *run, const char *word)
{
	if (run->n_words < PATRON_RUN_MOST_WORDS - 4)
		run->words[run->n_words++] = word;
}

static void add_options(
	struct draws *draws, const char *const *options, size_t most, struct whole_run *run)
{
	size_t n_options = 0, n = draw_below(draws, most + 1);
	while (options[n_options] != NULL)
		n_options++;
	for (size_t i = 0; i < n; i++)
		add_word(run, options[draw_below(draws, n_options)]);
}

/* Of those that most commands have; what this one has not is left out. */
static void add_shared(struct draws *draws, struct whole_run *run)
{
	static const char *const shared[] = {"--format=json", "--format=jsonl", "--format=text",
		"--format=md", "--format=tsv", "--format=html", "--format=svg", "--digits=3",
		"--top=3", "--amount=none", "--order=none", "--returns=drop", "--returns=reject",
		"--since=2024-03-01", "--until=2025-01-01", "--as-of=2024-06-30",
		"--where=amount>10", "--where=customer!=C1", "--where=channel=", "--max-rejects=2",
		"--max-rejects=50%", "--decimal-comma", "--thousands=,", "--customer=1",
		"--amount=amount*margin", "--max-field=100", "--date-format=%Y-%m-%d", "--quiet",
		"--threads=2", "--where=day>=2024-06-01", "--where=day<2024-09-01",
		"--where=channel!=", "--currency-sign=$", "--max-columns=4", "--excel-safe",
		"--color=always", "--order=order", "--product=channel", "--memory-limit=4G", NULL};
	const struct command *command = command_of(run);
	static const char *const always[] = {"--threads=1", "--rejects=/dev/null"};
	size_t n_always = draw_byte(draws) % 4 > 0 ? 2 : 1, n = draw_below(draws, 5);
	for (size_t i = 0; i < n_always; i++)
		if (takes(command, always[i]))
			add_word(run, always[i]);
	for (size_t i = 0; i < n; i++) {
		const char *word = shared[draw_below(draws, COUNT_OF(shared) - 1)];
		if (takes(command, word))
			add_word(run, word);
	}
}

void random_options(struct draws *draws, const char *const *options, struct whole_run *run)
{
	add_shared(draws, run);
	add_options(draws, options, 5, run);
}

/* `patron simulate` with random options: see tests/whole_run.h. Besides, customers reads every row
 * of what it writes. */
#include <stdint.h>
#include <string.h>

#include "tests/random_options.h"
#include "tests/whole_run.h"

static const char *const options[] = {"--rows=1", "--rows=60", "--rows=100", "--customers=1",
	"--customers=12", "--from=2024-12-31", "--from=2024-02-29", "--until=2023-01-01",
	"--until=2024-03-01", "--acquired-until=2023-01-01", "--acquired-until=2024-02-29",
	"--seed=0", "--seed=9223372036854775807", "--r=0.001", "--r=20", "--alpha=0.5",
	"--alpha=1000", "--a=0.001", "--a=1000", "--b=0.001", "--b=1000", "--p=0.01", "--p=100",
	"--q=1.001", "--q=100", "--v=0.001", "--v=1e9", "--lines=1", "--lines=4", "--return-rate=0",
	"--return-rate=1", "--quoted=0", "--quoted=1", NULL};

/* The ends of the calendar, a year each: 12 customers who order 40 times a day fill gigabytes in
 * the ten thousand years between them. */
static const char *const ends[][2] = {
	{"--from=0001-01-01", "--until=0001-12-31"},
	{"--from=9999-01-01", "--until=9999-12-31"},
};

static bool is_csv(const struct whole_run *run)
{
	for (size_t i = 0; i < run->n_words; i++)
		if (strncmp(run->words[i], "--format", 8) == 0)
			return false;
	return true;
}

static void check_read(const struct buffer *csv)
{
	struct whole_run run = {.words = {"customers", "--threads=1"}, .n_words = 2};
	run.input = (struct patron_input){.tables = {buffer_as_text(csv)}, .n_tables = 1};
	struct patron_outcome outcome = patron_run(run.words, run.n_words, &run.input);
	if (outcome.code != 0)
		whole_run_broken(&run, &outcome, "what simulate wrote is not read");
	patron_outcome_release(&outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {.words = {"simulate", "--customers=12"}, .n_words = 2};
	struct buffer report = {0};
	unsigned span = draw_byte(&draws) % 8;
	for (int i = 0; i < 2 && span < sizeof(ends) / sizeof(ends[0]); i++)
		run.words[run.n_words++] = ends[span][i];
	random_options(&draws, options, &run);
	whole_run_check(&run, &report);
	if (is_csv(&run) && report.length > 0)
		check_read(&report);
	buffer_release(&report);
	return 0;
}

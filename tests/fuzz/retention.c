/* `patron retention` on random exports, with random options: see tests/whole_run.h. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {"--period=day", "--period=week", "--period=quarter",
	"--period=year", "--week-starts=sunday", "--window=1", "--window=30", "--window=3652058",
	"--definition=on-or-after", "--definition=full", "--definition=previous",
	"--definition=bracket", "--brackets=1-7,8-30,31-600", "--brackets=0-0",
	"--cohort-by=channel", "--by=channel", "--by=customer", "--confidence=0.5",
	"--confidence=0.9999", "--incomplete", "--show-from=2024-06-01", "--wide", "--overview",
	NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	/* A period is a row, and from the year 1 to 9999 there are millions of days. */
	struct whole_run run = {
		.words = {"retention", "--where=day>2023-06-01", "--until=2026-12-31"},
		.n_words = 3};
	struct random_table table = {0};
	random_options(&draws, options, &run);
	random_transactions(&draws, &table);
	whole_run_check_table(&run, &table, NULL);
	return 0;
}

/* `patron report` on random exports and customers tables, with random options: see
 * tests/whole_run.h. The page names the files with their checksums, so that order matters to it. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {"--title=A & B", "--title=", "--currency=EUR", "--currency=<",
	"--lang=zh", "--seed=0", "--seed=7", "--as-of=2026-01-01", "--as-of=2099-12-31", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	/* Each month is a row and a point of the curves; a page of all years is 9 MB long. */
	struct whole_run run = {.words = {"report", "--where=day>2015-01-01", "--until=2028-01-01"},
		.n_words = 3,
		.order_matters = true};
	struct random_table table = {0};
	bool of_customers = draw_byte(&draws) % 4 == 0;
	if (of_customers)
		run.n_words = 1;
	random_options(&draws, options, &run);
	random_purchases(&draws, &table, of_customers);
	whole_run_check_table(&run, &table, NULL);
	return 0;
}

/* `patron check` on random exports and customers tables, with random options: see
 * tests/whole_run.h. It tells the lines of what it found, so that order matters to it. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {
	"--as-of=9999-12-31", "--date-format=%d/%m/%Y", "--thousands=.", "--customer=order", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {
		.words = {"check"}, .n_words = 1, .order_matters = true, .reports_bad_data = true};
	struct random_table table = {0};
	bool of_customers = draw_byte(&draws) % 4 == 0;
	random_options(&draws, options, &run);
	random_purchases(&draws, &table, of_customers);
	whole_run_check_table(&run, &table, NULL);
	return 0;
}

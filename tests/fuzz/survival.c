/* `patron survival` on random exports and tables of times, with random options: see
 * tests/whole_run.h. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {"--summary", "--test", "--group=group", "--group=y",
	"--cox=x", "--cox=x,y", "--cox=group,z", "--cox=y,group", "--ties=breslow",
	"--conf-type=plain", "--conf-type=log-log", "--confidence=0.5", "--rmst-to=10",
	"--rmst-to=0", "--event-value=1", "--event-value=0", "--event=y", "--time=x", NULL};
static const char *const options_of_exports[] = {"--as-of=9999-12-31", "--churn-after=1d",
	"--churn-after=30d", "--churn-after=400d", "--summary", "--group=channel", "--test",
	"--conf-type=plain", "--rmst-to=100", "--confidence=0.999", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {.words = {"survival"}, .n_words = 1};
	struct random_table table = {0};
	if (draw_byte(&draws) % 4 == 0) {
		random_options(&draws, options_of_exports, &run);
		random_transactions(&draws, &table);
	} else {
		run.words[run.n_words++] = "--time=time";
		run.words[run.n_words++] = "--event=event";
		random_options(&draws, options, &run);
		random_numbers(&draws, &table);
	}
	whole_run_check_table(&run, &table, NULL);
	return 0;
}

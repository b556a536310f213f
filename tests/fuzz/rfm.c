/* `patron rfm` on random exports and customers tables, with random options, rules and cuts: see
 * tests/whole_run.h. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char rules[] = "segment,r,f,m\nBest,4-5,4-5,\nNew,5,1,\nRest,1-5,,\n";
static const char cuts[] = "measure,definition,cut,value\nrecency,days,1,30\nrecency,days,2,300\n"
			   "frequency,orders,1,1\nfrequency,orders,2,3\n"
			   "monetary,total,1,0.5\nmonetary,total,2,100\n";

static const char *const options[] = {"--as-of=9999-12-31", "--summary", "--bins=2", "--bins=3",
	"--bins=10", "--frequency=days", "--frequency=rows", "--monetary=average",
	"--r-cuts=10,20,30,40", "--f-cuts=1,1,2,3", "--m-cuts=-5,0,0.5,1e300",
	"--segments=" PATRON_RUN_FILE, "--cuts=" PATRON_RUN_FILE, "--by=monetary", "--by=segment",
	"--by=recency_days", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {.words = {"rfm"}, .n_words = 1};
	struct random_table table = {0};
	unsigned kind = draw_byte(&draws);
	run.input.file = kind & 1 ? TEXT(rules) : TEXT(cuts);
	random_options(&draws, options, &run);
	random_purchases(&draws, &table, kind & 2);
	whole_run_check_table(&run, &table, NULL);
	return 0;
}

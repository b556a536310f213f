/* `patron customers` on random exports and customers tables, with random options: see
 * tests/whole_run.h. Besides, the table that it writes is read and written again as it is. */
#include <stdint.h>
#include <string.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {"--as-of=9999-12-31", "--by=revenue", "--by=customer",
	"--by=first_purchase", "--by=log_gaps", NULL};

/* CSV, sorted by customer. */
static bool is_plain(const struct whole_run *run)
{
	static const char *const others[] = {"--format", "--by", "--excel-safe", "--digits"};
	for (size_t i = 0; i < run->n_words; i++)
		for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
			if (strncmp(run->words[i], others[k], strlen(others[k])) == 0)
				return false;
	return true;
}

static bool has_rows(struct text csv)
{
	const char *end = memchr(csv.at, '\n', csv.length);
	return end != NULL && end + 1 < csv.at + csv.length;
}

static void check_written_again(const struct buffer *csv)
{
	struct whole_run run = {.words = {"customers", "--threads=1"}, .n_words = 2};
	run.input = (struct patron_input){.tables = {buffer_as_text(csv)}, .n_tables = 1};
	struct patron_outcome outcome = patron_run(run.words, run.n_words, &run.input);
	if (outcome.code != 0 || !text_equal(buffer_as_text(&outcome.out), buffer_as_text(csv)))
		whole_run_broken(&run, &outcome, "the table, read and written, is another");
	patron_outcome_release(&outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {.words = {"customers"}, .n_words = 1};
	struct random_table table = {0};
	struct buffer report = {0};
	bool of_customers = draw_byte(&draws) % 4 == 0;
	random_options(&draws, options, &run);
	random_purchases(&draws, &table, of_customers);
	whole_run_check_table(&run, &table, &report);
	if (is_plain(&run) && report.length > 0 && has_rows(buffer_as_text(&report)))
		check_written_again(&report);
	buffer_release(&report);
	return 0;
}

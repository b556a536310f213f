/* `patron kmeans` on random tables of numbers and customers tables, with random options and a
 * random model: see tests/whole_run.h. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {"-k1", "-k2", "-k3", "-k7", "--features=x", "--features=x,y",
	"--features=z,y,time", "--id=id", "--scale=minmax", "--scale=robust", "--scale=none",
	"--log=all", "--log=y", "--weights=y=2", "--weights=x=0.001", "--starts=1", "--seed=7",
	"--max-rounds=1", "--accept-unconverged", "--order-by=y", "--order-by=x:desc",
	"--model=" PATRON_RUN_FILE, "--init=" PATRON_RUN_FILE, "--summary", "--silhouette",
	"--sample=5", "--scan=1..3", "--scan=2..4", NULL};

/* Two clusters in x and y. */
static void draw_model(struct draws *draws, struct buffer *model)
{
	static const char *const numbers[] = {
		"0", "1", "-1", "0.5", "100", "1e100", "-1e-100", "1e-6", "3"};
	enum { N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };
	const char *weights[2], *shifts[2], *spreads[2];
	for (int f = 0; f < 2; f++) {
		weights[f] = numbers[draw_below(draws, N_NUMBERS)];
		shifts[f] = numbers[draw_below(draws, N_NUMBERS)];
		spreads[f] = numbers[draw_below(draws, N_NUMBERS)];
	}
	buffer_string(model,
		"cluster,feature,centre,size,inertia,scale,log,weight,shift,spread,clusters\n");
	for (int row = 0; row < 4; row++)
		buffer_format(model, "%d,%s,%s,%d,0.5,zscore,no,%s,%s,%s,2\n", 1 + row / 2,
			row % 2 ? "y" : "x", numbers[draw_below(draws, N_NUMBERS)], 10 + row / 2,
			weights[row % 2], shifts[row % 2], spreads[row % 2]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {.words = {"kmeans"}, .n_words = 1, .rows_pass_through = true};
	struct random_table table = {0};
	struct buffer model = {0};
	unsigned kind = draw_byte(&draws);
	if (kind % 4 == 0)
		draw_model(&draws, &model);
	run.input.file = buffer_as_text(&model);
	run.words[run.n_words++] = kind % 4 == 0 ? "--model=" PATRON_RUN_FILE : "-k3";
	if (kind >= 64)
		run.words[run.n_words++] = "--features=x,y";
	random_options(&draws, options, &run);
	if (kind >= 64)
		random_numbers(&draws, &table);
	else
		random_customers(&draws, &table);
	whole_run_check_table(&run, &table, NULL);
	buffer_release(&model);
	return 0;
}

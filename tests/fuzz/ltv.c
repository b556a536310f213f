/* `patron ltv` on random exports and customers tables, with random options and, more often than
 * not, a model of random parameters, which spares the fit: see tests/whole_run.h. */
#include <stdint.h>

#include "tests/random_options.h"
#include "tests/random_table.h"
#include "tests/whole_run.h"

static const char *const options[] = {"--as-of=9999-12-31", "--horizon=1d", "--horizon=12m",
	"--horizon=inf", "--discount=0%", "--discount=300%", "--discount-per-unit=0",
	"--discount-per-unit=100", "--margin=20%", "--margin=margin", "--unit=day", "--unit=year",
	"--net-of-returns", "--ci", "--ci=bootstrap=2", "--confidence=0.5", "--params",
	"--holdout-from=2025-01-01", "--tracking", "--frequencies", "--new-customer",
	"--what-if=spend+10%", "--what-if=retention+5%", "--what-if=frequency+1000%", NULL};
static const char *const fits[] = {
	"--model=nbd", "--model=bgnbd", "--model=mbgnbd", "--model=pnbd"};

struct family {
	const char *name, *parameters[4];
};

static void draw_model(struct draws *draws, struct buffer *model)
{
	static const struct family families[] = {{"nbd", {"r", "alpha"}},
		{"bgnbd", {"r", "alpha", "a", "b"}}, {"mbgnbd", {"r", "alpha", "a", "b"}},
		{"pnbd", {"r", "alpha", "s", "beta"}}};
	static const char *const numbers[] = {"0.25", "4", "0.8", "2.5", "1", "1e-6", "1e-3",
		"0.999999", "20", "1000", "1e6", "1e12", "1e-300", "1e300"};
	enum { N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };
	static const char *const units[] = {"week", "day", "month", "year"};
	const struct family *family = &families[draw_below(draws, 4)];
	buffer_format(model, "model,parameter,value\npatron,version,1\npatron,unit,%s\n",
		units[draw_below(draws, 4)]);
	for (size_t i = 0; i < 4 && family->parameters[i] != NULL; i++)
		buffer_format(model, "%s,%s,%s\n", family->name, family->parameters[i],
			numbers[draw_below(draws, N_NUMBERS)]);
	if (draw_byte(draws) % 2 == 0)
		return;
	static const char *const money[] = {"p", "q", "v", "mean"};
	for (size_t i = 0; i < 4; i++)
		buffer_format(model, "gamma_gamma,%s,%s\n", money[i],
			numbers[draw_below(draws, N_NUMBERS)]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct whole_run run = {.words = {"ltv"}, .n_words = 1};
	struct random_table table = {0};
	struct buffer model = {0};
	unsigned kind = draw_byte(&draws);
	bool is_fitted = kind >= 224;
	if (!is_fitted)
		draw_model(&draws, &model);
	run.input.file = buffer_as_text(&model);
	run.words[run.n_words++] = is_fitted ? fits[kind % 4] : "--model=" PATRON_RUN_FILE;
	random_options(&draws, options, &run);
	random_purchases(&draws, &table, kind & 8);
	whole_run_check_table(&run, &table, NULL);
	buffer_release(&model);
	return 0;
}

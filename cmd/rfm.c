/* patron rfm: recency, frequency and monetary value, their scores, and the segments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/rfm.h"
#include "base/day.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/input.h"
#include "cmd/message.h"
#include "cmd/results.h"
#include "cmd/rfm_charts.h"
#include "cmd/rfm_files.h"
#include "cmd/rfm_scores.h"
#include "cmd/rfm_summary.h"

/* ---- options ---- */

static const char *const frequency_choices[] = {"orders", "days", "rows", NULL};
static const char *const monetary_choices[] = {"total", "average", NULL};

static int frequency = FREQUENCY_ORDERS, monetary = MONETARY_TOTAL;
static int64_t bins = 0; /* until settle_bins() */
static const char *hand_cuts[N_RFM_MEASURES], *cuts_in, *cuts_out, *segments;
static bool summary;

static const struct option options[] = {
	{.name = "summary",
		.kind = OPTION_FLAG,
		.target = &summary,
		.help = "one row per segment instead of one per customer"},
	{.name = "frequency",
		.kind = OPTION_CHOICE,
		.target = &frequency,
		.argument = "WHAT",
		.choices = frequency_choices,
		.help = "orders (distinct order ids; rows where there is no order column),"
			" days (distinct days) or rows"},
	{.name = "monetary",
		.kind = OPTION_CHOICE,
		.target = &monetary,
		.argument = "WHAT",
		.choices = monetary_choices,
		.help = "net revenue in total, or its average per frequency"},
	{.name = "bins",
		.kind = OPTION_INTEGER,
		.target = &bins,
		.argument = "N",
		.least = RFM_LEAST_BINS,
		.most = RFM_MOST_BINS,
		.plain_default = true,
		.help = "scores from 1 to N (default 5)"},
	{.name = "r-cuts",
		.kind = OPTION_TEXT,
		.target = &hand_cuts[RFM_RECENCY],
		.argument = "A,B,...",
		.help = "cuts of recency in days, ascending, instead of quantiles"},
	{.name = "f-cuts",
		.kind = OPTION_TEXT,
		.target = &hand_cuts[RFM_FREQUENCY],
		.argument = "A,B,...",
		.help = "cuts of frequency"},
	{.name = "m-cuts",
		.kind = OPTION_TEXT,
		.target = &hand_cuts[RFM_MONETARY],
		.argument = "A,B,...",
		.help = "cuts of monetary value"},
	{.name = "cuts",
		.kind = OPTION_TEXT,
		.target = &cuts_in,
		.reads = true,
		.argument = "FILE",
		.help = "use saved cuts, so that scores mean what they meant then"},
	{.name = "cuts-out",
		.kind = OPTION_TEXT,
		.target = &cuts_out,
		.argument = "FILE",
		.writes = WRITES_FILE,
		.help = "save the cuts of this run (CSV)"},
	{.name = "segments",
		.kind = OPTION_TEXT,
		.target = &segments,
		.reads = true,
		.argument = "FILE",
		.help = "rules in CSV: segment,r,f,m with ranges such as 4-5; the first match "
			"wins"},
};

/* ---- columns ---- */

enum {
	COL_CUSTOMER,
	COL_LAST_PURCHASE,
	COL_RECENCY,
	COL_FREQUENCY,
	COL_MONETARY,
	COL_R,
	COL_F,
	COL_M,
	COL_RFM,
	COL_SEGMENT,
	N_COLUMNS,
};

static const struct column columns[N_COLUMNS] = {
	{"customer", COLUMN_TEXT, "", "the customer's id"},
	{"last_purchase", COLUMN_DAY, "day", "last day with a purchase"},
	{"recency_days", COLUMN_COUNT, "days", "days from the last purchase to as-of"},
	{"frequency", COLUMN_COUNT, "", "orders, purchase days or rows: see --frequency"},
	{"monetary", COLUMN_MONEY, "currency", "net revenue, or its average: see --monetary"},
	{"r", COLUMN_COUNT, "score", "recency score: the highest is the most recent"},
	{"f", COLUMN_COUNT, "score", "frequency score: the highest is the most frequent"},
	{"m", COLUMN_COUNT, "score", "monetary score: the highest is the most money"},
	{"rfm", COLUMN_TEXT, "", "the scores joined, with - between them when bins > 9"},
	{"segment", COLUMN_TEXT, "", "the first rule that takes the scores"},
};

/* ---- scores that no one gets ---- */

static bool anyone_has(const struct rfm_scores *rfm, size_t m, int score)
{
	return memchr(rfm->scores[m], score, rfm->n) != NULL;
}

/* Many customers that share a value make cuts that are equal, between which nobody can be; where it
 * is the largest value, nobody is above the quantile either. */
static void report_empty_scores(const struct rfm_scores *rfm)
{
	static const char *const names[] = {"recency", "frequency", "monetary"};
	for (size_t m = 0; m < rfm->scale.n_measures; m++) {
		const struct rfm_cuts *cuts = &rfm->scale.cuts[m];
		struct buffer values = {0}, scores = {0};
		for (size_t i = 0; i < cuts->n_cuts; i++)
			buffer_format(&values, "%s%.15g", i > 0 ? ", " : "", cuts->cuts[i]);
		for (int place = 2; place <= bins; place++) {
			int score = m == RFM_RECENCY ? rfm_reversed(cuts, place) : place;
			if (rfm_cut_repeats(cuts, (size_t)place - 1) ||
				(place == bins && !rfm->has_cuts[m] && !anyone_has(rfm, m, score)))
				buffer_format(
					&scores, "%s%d", scores.length > 0 ? ", " : "", score);
		}
		if (scores.length > 0)
			message_warning(
				"%s: the cuts %s leave no one with score %.*s (fewer --bins,"
				" or --%c-cuts)",
				names[m], values.bytes, (int)scores.length, scores.bytes,
				names[m][0]);
		buffer_release(&values);
		buffer_release(&scores);
	}
}

/* ---- one row per customer ---- */

/* Scores are joined once for every combination, not once for every customer. */
enum { MOST_SCORE = RFM_MOST_BINS, JOINED_SIZE = 40 };

struct joined {
	char bytes[JOINED_SIZE];
	size_t length;
};

static struct joined joined[MOST_SCORE + 1][MOST_SCORE + 1][MOST_SCORE + 1];

static void join(struct joined *one, int r, int f, int m)
{
	const char *between = bins > 9 ? "-" : "";
	int length = snprintf(one->bytes, JOINED_SIZE, "%d%s%d", r, between, f);
	if (m > 0)
		length += snprintf(
			one->bytes + length, JOINED_SIZE - (size_t)length, "%s%d", between, m);
	one->length = (size_t)length;
}

static void join_scores(void)
{
	for (int r = 1; r <= bins; r++)
		for (int f = 1; f <= bins; f++)
			for (int m = 0; m <= bins; m++)
				join(&joined[r][f][m], r, f, m);
}

static void fill(const void *rows, size_t i, struct cell *cells)
{
	const struct rfm_scores *rfm = rows;
	const struct customer customer = customers_get(rfm->input->customers, i);
	cells[COL_CUSTOMER].text = customer.id;
	cells[COL_LAST_PURCHASE].day = customer.last_purchase;
	cells[COL_RECENCY].count = rfm->input->report.as_of - customer.last_purchase;
	cells[COL_FREQUENCY].count = rfm_frequency_of(rfm, &customer);
	if (monetary == MONETARY_AVERAGE)
		cells[COL_MONETARY].real = rfm->values[RFM_MONETARY][i];
	else
		cells[COL_MONETARY].money = customer.gross_revenue - customer.returns;
	cells[COL_R].count = rfm->scores[RFM_RECENCY][i];
	cells[COL_F].count = rfm->scores[RFM_FREQUENCY][i];
	cells[COL_M].count = rfm->scores[RFM_MONETARY][i];
	cells[COL_MONETARY].empty = cells[COL_M].empty = !rfm->has_money;
	const struct joined *scores =
		&joined[rfm->scores[RFM_RECENCY][i]][rfm->scores[RFM_FREQUENCY][i]]
		       [rfm->scores[RFM_MONETARY][i]];
	cells[COL_RFM].text = (struct text){scores->bytes, scores->length};
	cells[COL_SEGMENT].text = text_of(rfm->rules[rfm->segment[i]].segment);
}

static bool write_scores(const struct rfm_scores *rfm, struct error *err)
{
	struct column shown[N_COLUMNS];
	join_scores();
	memcpy(shown, columns, sizeof(shown));
	if (monetary == MONETARY_AVERAGE)
		shown[COL_MONETARY].kind = COLUMN_REAL;
	return results_write(
		shown, N_COLUMNS, fill, rfm, rfm->n, rfm->input->report.money_decimals, err);
}

/* ---- one row per segment ---- */

static bool write_summary(const struct rfm_scores *rfm, struct error *err)
{
	struct rfm_segment *rows = mem_array(rfm->n_rules, sizeof(*rows));
	size_t n_segments = rfm_scores_summarise(rfm, rows);
	bool good = rfm_summary_write(
		rows, n_segments, rfm->has_money, rfm->input->report.money_decimals, err);
	mem_free(rows);
	return good;
}

/* ---- the run ---- */

/* "30,90,180,365" */
static bool parse_hand_cuts(char letter, const char *text, struct rfm_cuts *cuts, struct error *err)
{
	const char *at = text;
	size_t length;
	cuts->n_cuts = 0;
	do {
		char number[64], *end;
		length = strcspn(at, ",");
		if (length == 0 || length >= sizeof(number) ||
			strspn(at, "+-.0123456789") != length)
			return error_set(err, ERROR_USAGE,
				"--%c-cuts must be numbers such as 30,90,180,365, not '%s'", letter,
				text);
		snprintf(number, sizeof(number), "%.*s", (int)length, at);
		if (cuts->n_cuts == RFM_MOST_BINS - 1)
			return error_set(
				err, ERROR_USAGE, "--%c-cuts has more than 9 numbers", letter);
		double value = strtod(number, &end);
		if (*end != '\0' || (cuts->n_cuts > 0 && value < cuts->cuts[cuts->n_cuts - 1]))
			return error_set(err, ERROR_USAGE,
				"--%c-cuts must be ascending numbers, not '%s'", letter, text);
		cuts->cuts[cuts->n_cuts++] = value;
		at += length + 1;
	} while (at[-1] == ',');
	if (cuts->n_cuts != (size_t)bins - 1)
		return error_set(err, ERROR_USAGE,
			"--%c-cuts has %zu number%s, but %lld scores have %lld cuts (see --bins)",
			letter, cuts->n_cuts, plural(cuts->n_cuts), (long long)bins,
			(long long)bins - 1);
	return true;
}

/* Cuts that are read say how many scores there are. */
static bool settle_bins(const struct rfm_scale *scale, struct error *err)
{
	enum { USUAL_BINS = 5 };
	if (cuts_in == NULL) {
		bins = bins != 0 ? bins : USUAL_BINS;
		return true;
	}
	int64_t n_scores = (int64_t)scale->cuts[RFM_RECENCY].n_cuts + 1;
	if (bins != 0 && bins != n_scores)
		return error_set(err, ERROR_USAGE,
			"--bins %lld, but the cuts in %s make %lld scores (leave --bins out)",
			(long long)bins, cuts_in, (long long)n_scores);
	bins = n_scores;
	return true;
}

/* What the options alone say of the scale; it is known to be wrong before anything is read. */
static bool read_scale(struct rfm_scores *rfm, struct error *err)
{
	struct rfm_scale *scale = &rfm->scale;
	static const char letters[] = {'r', 'f', 'm'};
	bool by_hand = hand_cuts[0] != NULL || hand_cuts[1] != NULL || hand_cuts[2] != NULL;
	scale->definitions[RFM_RECENCY] = "days";
	scale->definitions[RFM_FREQUENCY] = frequency_choices[frequency];
	/* Returns that are left out make other totals: cuts of the one are not cuts of the other.
	 */
	static const char *const without_returns[] = {
		"total without returns", "average without returns"};
	scale->definitions[RFM_MONETARY] =
		input_returns_are_net() ? monetary_choices[monetary] : without_returns[monetary];
	if (by_hand && cuts_in != NULL)
		return error_set(err, ERROR_USAGE,
			"--cuts and --r-cuts, --f-cuts or --m-cuts exclude each other");
	if ((cuts_in != NULL && !rfm_cuts_read(cuts_in, scale, err)) || !settle_bins(scale, err))
		return false;
	rfm->bins = (int)bins;
	for (size_t m = 0; m < N_RFM_MEASURES; m++)
		rfm->has_cuts[m] = hand_cuts[m] != NULL || cuts_in != NULL;
	for (size_t m = 0; m < N_RFM_MEASURES; m++)
		if (hand_cuts[m] != NULL &&
			!parse_hand_cuts(letters[m], hand_cuts[m], &scale->cuts[m], err))
			return false;
	return true;
}

static bool check_customers_table(const struct input *input, struct error *err)
{
	if (!input->report.is_customers_table || frequency != FREQUENCY_ROWS)
		return true;
	return error_set(err, ERROR_DATA,
		"--frequency rows needs single purchases, not a customers table"
		" (give the transactions, or --frequency orders or days)");
}

static bool check_saved_cuts(const struct rfm_scores *rfm, struct error *err)
{
	bool lacks_money = cuts_in != NULL && rfm->input->report.has_amounts &&
			   rfm->scale.cuts[RFM_MONETARY].n_cuts == 0;
	return !lacks_money ||
	       error_set(err, ERROR_DATA,
		       "%s: has no cuts of monetary (--amount none leaves money out)", cuts_in);
}

static bool read_rules(struct rfm_scores *rfm, struct rfm_rules *own_rules, struct error *err)
{
	rfm->rules = rfm_standard_rules;
	rfm->n_rules = rfm_n_standard_rules;
	if (segments == NULL)
		return true;
	bool good = rfm_rules_read(segments, own_rules, err);
	rfm->rules = own_rules->rules;
	rfm->n_rules = own_rules->n_rules;
	return good;
}

static bool load(
	struct rfm_scores *rfm, const char *const *paths, size_t n_paths, struct error *err)
{
	const struct input_needs needs = {
		.amount = true,
		.orders = frequency == FREQUENCY_ORDERS,
		.customers = frequency == FREQUENCY_DAYS ? CUSTOMERS_NEED_DAYS : 0,
	};
	rfm->input = input_load(paths, n_paths, &needs, err);
	return rfm->input != NULL && check_customers_table(rfm->input, err) &&
	       input_check_customers(err);
}

/* The cuts are made first and put into place last: neither they nor the report stay behind alone
 * when the other cannot be written. A reader who has seen enough of the report changes nothing. */
static bool write_all(const struct rfm_scores *rfm, struct error *err)
{
	struct table *cuts = NULL;
	if (cuts_out != NULL && (cuts = rfm_cuts_open(cuts_out, &rfm->scale, err)) == NULL)
		return false;
	bool good = summary ? write_summary(rfm, err) : write_scores(rfm, err);
	if (cuts != NULL && (good || err->kind == ERROR_PIPE))
		return table_close(cuts, err) && good;
	table_discard(cuts);
	return good;
}

static bool run(const char *const *paths, size_t n_paths, struct error *err)
{
	struct rfm_scores rfm = {.frequency = (enum rfm_frequency)frequency,
		.monetary = (enum rfm_monetary)monetary};
	struct rfm_rules own_rules = {0};
	const struct column *shown = summary ? rfm_summary_columns : columns;
	size_t n_shown = summary ? RFM_SUMMARY_COLUMNS : N_COLUMNS;
	bool named = results_check(shown, n_shown, err);
	bool good = named && read_scale(&rfm, err) && read_rules(&rfm, &own_rules, err) &&
		    load(&rfm, paths, n_paths, err) && check_saved_cuts(&rfm, err);
	if (good) {
		rfm_scores_find(&rfm);
		report_empty_scores(&rfm);
		const struct rfm_picture picture = rfm_scores_picture(&rfm);
		rfm_charts_draw(&picture);
	}
	good = good && write_all(&rfm, err);
	rfm_scores_release(&rfm);
	rfm_rules_release(&own_rules);
	return good;
}

static const struct option_group own_group = {"Options", options, COUNT_OF(options)};
static const struct option_group *const groups[] = {
	&own_group, &transaction_group, &input_group, &output_group};

static const struct command_table tables[] = {
	{"Columns", columns, N_COLUMNS},
	{"Columns with --summary", rfm_summary_columns, RFM_SUMMARY_COLUMNS},
};

const struct command rfm_command = {
	.name = "rfm",
	.summary = "recency, frequency and monetary scores of each customer, and segments",
	.description =
		"Scores every customer from 1 to 5 (--bins) by recency (days from the last"
		" purchase to as-of), frequency and monetary value. The cut points are the"
		" quantiles over the customers (type 7, as in R and numpy); a score is 1 + the"
		" number of cuts strictly below the value, so that equal values always get equal"
		" scores; recency is reversed. Recency counts from as-of, which without --as-of"
		" is the last date read, never today.\n\n"
		"For scores that mean the same next month, save the cuts with --cuts-out and give"
		" them again with --cuts. Segments are the first rule that takes the scores; with"
		" other than 5 bins a score s is looked up as ceil(5 s / bins). --amount none"
		" leaves money out: the scores are then r and f.",
	.operands = "[FILE]...",
	.groups = groups,
	.n_groups = COUNT_OF(groups),
	.tables = tables,
	.n_tables = COUNT_OF(tables),
	.charts = rfm_charts,
	.n_charts = N_RFM_CHARTS,
	.examples = "patron rfm sample-data/*.csv.gz --summary\n"
		    "patron rfm sample-data/*.csv.gz --as-of 2024-12-31 -o rfm.csv.gz"
		    " --cuts-out cuts.csv\n"
		    "zcat sample-data/*.csv.gz | patron rfm --top 10 --by monetary",
	.run = run,
};

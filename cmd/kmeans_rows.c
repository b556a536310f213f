#include "cmd/kmeans_rows.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "analytics/scale.h"
#include "base/day.h"
#include "base/mem.h"
#include "cmd/input.h"
#include "cmd/results.h"
#include "io/customers_table.h"
#include "io/real.h"
#include "io/roles.h"

/* ---- names from the command line ---- */

static bool split_number(char *word, const char *option, double *number, struct error *err)
{
	static const double least = 0.000001, most = 1000000;
	char *equals = strrchr(word, '=');
	if (equals == NULL || equals == word)
		return error_set(err, ERROR_USAGE,
			"--%s must be such as recency_days=2,monetary=0.5, not '%s'", option, word);
	*equals = '\0';
	if (!real_read(text_of(equals + 1), '.', number) || *number < least || *number > most)
		return error_set(err, ERROR_USAGE,
			"--%s: '%s' must be a number from 0.000001 to 1000000, not '%s'", option,
			word, equals + 1);
	return true;
}

static bool add_name(struct kmeans_names *names, const char *option, struct text word,
	bool with_number, struct error *err)
{
	char *name = names->names[names->n] = mem_text(word.at, word.length);
	names->n++;
	if (with_number && !split_number(name, option, &names->numbers[names->n - 1], err))
		return false;
	if (*name == '\0')
		return error_set(err, ERROR_USAGE, "--%s: a name is empty", option);
	for (size_t i = 0; i + 1 < names->n; i++)
		if (strcmp(names->names[i], name) == 0)
			return error_set(err, ERROR_USAGE, "--%s names '%s' twice", option, name);
	return true;
}

bool kmeans_names_split(struct kmeans_names *names, const char *option, const char *words,
	bool with_numbers, struct error *err)
{
	*names = (struct kmeans_names){0};
	if (words == NULL)
		return true;
	size_t most = 1;
	for (const char *at = words; *at != '\0'; at++)
		most += *at == ',';
	names->names = mem_array(most, sizeof(*names->names));
	if (with_numbers)
		names->numbers = mem_array(most, sizeof(*names->numbers));
	for (size_t i = 0; i < most; i++) {
		size_t length = strcspn(words, ",");
		if (!add_name(names, option, (struct text){words, length}, with_numbers, err))
			return false;
		words += length + 1;
	}
	return true;
}

void kmeans_names_release(struct kmeans_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->names[i]);
	mem_free(names->names);
	mem_free(names->numbers);
	*names = (struct kmeans_names){0};
}

/* ---- which columns ---- */

/* A header, as long as it is looked at. */
struct header {
	const char *file;
	const struct text *names;
	size_t n_names;
};

static bool has_column(const struct header *header, const char *name, size_t *column)
{
	for (size_t i = 0; i < header->n_names; i++)
		if (text_equal(header->names[i], text_of(name))) {
			*column = i;
			return true;
		}
	return false;
}

static const char recency[] = "recency_days";

static bool refuse_model(
	const struct header *header, const char *model, const char *name, struct error *err)
{
	struct buffer listed = {0};
	columns_list(header->names, header->n_names, &listed);
	error_set(err, ERROR_DATA, "%s: no column '%s', by which the model %s goes (columns: %.*s)",
		header->file, name, model, (int)listed.length, listed.bytes);
	buffer_release(&listed);
	return false;
}

/* A column; and recency, which a customers table holds as two days. */
static bool find_feature(const struct header *header, const char *name, const char *model,
	struct kmeans_feature *feature, struct error *err)
{
	int column;
	size_t same;
	*feature = (struct kmeans_feature){.weight = 1};
	if (strcmp(name, recency) == 0 && !has_column(header, recency, &feature->column) &&
		customers_table_is(header->names, header->n_names)) {
		feature->is_recency = has_column(header, "last_purchase", &feature->column) &&
				      has_column(header, "as_of", &feature->as_of);
		feature->name = mem_text(name, strlen(name));
		return true;
	}
	if (model != NULL && !has_column(header, name, &same))
		return refuse_model(header, model, name, err);
	if (!column_find(header->names, header->n_names, header->file, text_of(name), &column, err))
		return false;
	feature->column = (size_t)column;
	feature->name = mem_text(header->names[column].at, header->names[column].length);
	return true;
}

/* A feature that a saved model could not find again. */
static bool check_name(
	const struct header *header, const struct kmeans_feature *feature, struct error *err)
{
	for (size_t i = 0; i < header->n_names; i++)
		if (i != feature->column && text_equal(header->names[i], text_of(feature->name)))
			return error_set(err, ERROR_USAGE,
				"--model-out: a model finds features by name, and '%s' is the"
				" name of column %zu and of column %zu in %s (rename one, or leave"
				" --model-out out)",
				feature->name, feature->column + 1, i + 1, header->file);
	return true;
}

static const char *const of_rfm_table[] = {recency, "frequency", "monetary"};
static const char *const of_customers_table[] = {recency, "orders", "revenue"};
enum { N_DEFAULTS = 3 };

static bool refuse_to_guess(const struct header *header, struct error *err)
{
	struct buffer listed = {0};
	bool has_role[N_ROLES + 1] = {false};
	for (size_t i = 0; i < header->n_names; i++)
		has_role[role_of_name(header->names[i])] = true;
	if (has_role[ROLE_CUSTOMER] && has_role[ROLE_DATE])
		return error_set(err, ERROR_DATA,
			"%s: transactions, not customers (patron rfm FILE | patron kmeans; to"
			" cluster single purchases, say by what: --features)",
			header->file);
	columns_list(header->names, header->n_names, &listed);
	error_set(err, ERROR_DATA,
		"%s: neither an rfm nor a customers table: say by which columns to cluster,"
		" --features A,B,... (columns: %.*s)",
		header->file, (int)listed.length, listed.bytes);
	buffer_release(&listed);
	return false;
}

/* Of a summary each column is named after a feature; of labels those of the input pass through. */
static bool check_names_in_report(
	const struct kmeans_rows *rows, const struct header *header, struct error *err)
{
	if (rows->wish->keep_cells)
		return results_check_names(header->file, header->names, header->n_names, err);
	if (!rows->wish->keep_money)
		return true;
	struct text *names = mem_array(rows->n_features, sizeof(*names));
	for (size_t f = 0; f < rows->n_features; f++)
		names[f] = text_of(rows->features[f].name);
	bool good = results_check_names(header->file, names, rows->n_features, err);
	mem_free(names);
	return good;
}

static bool find_features(struct kmeans_rows *rows, const struct header *header, struct error *err)
{
	const struct kmeans_names *wanted = &rows->wish->features;
	size_t column, n = wanted->n > 0 ? wanted->n : N_DEFAULTS;
	const char *const *names = (const char *const *)wanted->names;
	bool is_rfm = has_column(header, "recency_days", &column) &&
		      has_column(header, "frequency", &column) &&
		      has_column(header, "monetary", &column);
	if (wanted->n == 0 && is_rfm)
		names = of_rfm_table;
	else if (wanted->n == 0 && customers_table_is(header->names, header->n_names))
		names = of_customers_table;
	else if (wanted->n == 0)
		return refuse_to_guess(header, err);
	rows->features = mem_zeroed(n, sizeof(*rows->features));
	for (; rows->n_features < n; rows->n_features++) {
		struct kmeans_feature *feature = &rows->features[rows->n_features];
		if (!find_feature(header, names[rows->n_features], rows->wish->model, feature, err))
			return false;
		bool good = !rows->wish->by_name || check_name(header, feature, err);
		for (size_t i = 0; good && i < rows->n_features; i++)
			if (rows->features[i].column == feature->column)
				good = error_set(err, ERROR_USAGE, "--features names '%s' twice",
					feature->name);
		if (!good) {
			mem_free(feature->name);
			return false;
		}
	}
	return true;
}

static size_t find_by(const struct kmeans_rows *rows, struct text word,
	bool (*is_same)(struct text a, struct text b))
{
	size_t f = 0;
	while (f < rows->n_features && !is_same(text_of(rows->features[f].name), word))
		f++;
	return f;
}

static size_t find_by_place(const struct kmeans_rows *rows, struct text word)
{
	double place;
	size_t f = 0;
	bool is_number = real_read(word, '.', &place);
	while (f < rows->n_features && !(is_number && !rows->features[f].is_recency &&
					       place == (double)rows->features[f].column + 1))
		f++;
	return f;
}

size_t kmeans_feature_find(const struct kmeans_rows *rows, struct text word)
{
	size_t f = find_by(rows, word, text_equal);
	if (f == rows->n_features)
		f = find_by(rows, word, text_equal_ignoring_case);
	return f < rows->n_features ? f : find_by_place(rows, word);
}

/* The feature that an option names. */
static bool feature_named(const struct kmeans_rows *rows, const char *option, const char *name,
	size_t *number, struct error *err)
{
	*number = kmeans_feature_find(rows, text_of(name));
	if (*number < rows->n_features)
		return true;
	struct buffer listed = {0};
	for (size_t i = 0; i < rows->n_features; i++)
		buffer_format(&listed, "%s%s", i > 0 ? ", " : "", rows->features[i].name);
	error_set(err, ERROR_USAGE, "--%s: '%s' is not a feature (features: %.*s)", option, name,
		(int)listed.length, listed.bytes);
	buffer_release(&listed);
	return false;
}

static bool set_logs_and_weights(struct kmeans_rows *rows, struct error *err)
{
	const struct kmeans_wish *wish = rows->wish;
	size_t number;
	for (size_t i = 0; i < rows->n_features; i++)
		rows->features[i].log = wish->logs_all;
	for (size_t i = 0; i < wish->logs.n; i++) {
		if (!feature_named(rows, "log", wish->logs.names[i], &number, err))
			return false;
		rows->features[number].log = true;
	}
	for (size_t i = 0; i < wish->weights.n; i++) {
		if (!feature_named(rows, "weights", wish->weights.names[i], &number, err))
			return false;
		rows->features[number].weight = wish->weights.numbers[i];
	}
	return true;
}

static bool find_id(struct kmeans_rows *rows, const struct header *header, struct error *err)
{
	const char *id = rows->wish->id;
	if (id == NULL)
		return true;
	if (!column_find(header->names, header->n_names, header->file, text_of(id), &rows->id, err))
		return false;
	for (size_t i = 0; i < rows->n_features; i++)
		if (rows->features[i].column == (size_t)rows->id)
			return error_set(err, ERROR_USAGE,
				"--id %s is a feature too (a row's name is not what it is like)",
				id);
	return true;
}

static void find_money(struct kmeans_rows *rows, const struct header *header)
{
	size_t column;
	if (rows->wish->keep_money &&
		(has_column(header, "revenue", &column) || has_column(header, "monetary", &column)))
		rows->money = (int)column;
}

static bool check_added(const struct header *header, struct error *err)
{
	static const char *const added[] = {"cluster", "distance"};
	size_t column;
	for (size_t i = 0; i < COUNT_OF(added); i++)
		if (has_column(header, added[i], &column))
			return error_set(err, ERROR_DATA,
				"%s: has a column '%s' already, which would be added (rename"
				" column %zu in the header, or leave it out)",
				header->file, added[i], column + 1);
	return true;
}

static bool accept_header(struct kmeans_rows *rows, const struct header *header, struct error *err)
{
	if (rows->wish->keep_cells && !check_added(header, err))
		return false;
	rows->columns = mem_array(header->n_names, sizeof(*rows->columns));
	for (size_t i = 0; i < header->n_names; i++)
		rows->columns[rows->n_columns++] =
			mem_text(header->names[i].at, header->names[i].length);
	find_money(rows, header);
	return find_features(rows, header, err) && set_logs_and_weights(rows, err) &&
	       find_id(rows, header, err) && check_names_in_report(rows, header, err);
}

/* ---- cells ---- */

static bool read_recency(
	const struct kmeans_feature *feature, const struct text *cells, double *value)
{
	int32_t last_purchase, as_of;
	bool good = day_read(cells[feature->column], &last_purchase) &&
		    day_read(cells[feature->as_of], &as_of);
	if (good)
		*value = (double)as_of - last_purchase;
	return good;
}

static bool read_feature(
	const struct kmeans_feature *feature, const struct text *cells, double *value)
{
	if (feature->is_recency)
		return read_recency(feature, cells, value);
	return input_read_number(cells[feature->column], value);
}

static void explain_number(
	const struct kmeans_feature *feature, struct text cell, struct buffer *words)
{
	char room[TEXT_EXCERPT_SIZE];
	buffer_format(words, "%s '%s' is not a finite number, as a feature must be", feature->name,
		text_excerpt(cell, room));
	input_hint_number(cell, words);
}

/* Without amounts, which those tables may lack, the last of the default features is empty. */
static void explain_empty(
	const struct kmeans_rows *rows, const struct kmeans_feature *feature, struct buffer *words)
{
	const struct kmeans_feature *features = rows->features;
	bool is_money = rows->wish->features.n == 0 && feature == &features[N_DEFAULTS - 1];
	buffer_format(words, "%s is empty (", feature->name);
	if (is_money)
		buffer_format(words, "where there are no amounts, --features %s,%s; else ",
			features[0].name, features[1].name);
	buffer_format(words, "--where '%s!=' leaves such rows out)", feature->name);
}

static void explain(const struct kmeans_rows *rows, const struct kmeans_feature *feature,
	const struct text *cells, struct buffer *words)
{
	char room[TEXT_EXCERPT_SIZE];
	double value;
	const struct text cell = cells[feature->column];
	const char *quoted = text_excerpt(cell, room);
	if (feature->is_recency && !read_recency(feature, cells, &value))
		buffer_format(
			words, "last_purchase '%s' or as_of is not a date YYYY-MM-DD", quoted);
	else if (!feature->is_recency && cell.length == 0)
		explain_empty(rows, feature, words);
	else if (!read_feature(feature, cells, &value))
		explain_number(feature, cell, words);
	else if (fabs(value) > SCALE_LARGEST)
		buffer_format(words, "%s '%s' is too large (up to %g)", feature->name, quoted,
			SCALE_LARGEST);
	else if (feature->log && value < 0)
		buffer_format(words,
			"%s '%s' is negative, and --log takes log(1 + x) of values from 0 on"
			" (--where '%s>=0' leaves such rows out)",
			feature->name, quoted, feature->name);
}

static bool judge(void *context, const struct text *cells, struct buffer *words)
{
	const struct kmeans_rows *rows = context;
	char room[TEXT_EXCERPT_SIZE];
	if (rows->id != NO_COLUMN && cells[rows->id].length == 0) {
		buffer_format(words,
			"%s, the row's --id, is empty (--where '%s!=' leaves such rows"
			" out)",
			rows->columns[rows->id], rows->columns[rows->id]);
		return false;
	}
	for (size_t f = 0; f < rows->n_features; f++) {
		const struct kmeans_feature *feature = &rows->features[f];
		double value;
		if (read_feature(feature, cells, &value) && fabs(value) <= SCALE_LARGEST &&
			!(feature->log && value < 0))
			continue;
		if (rows->id != NO_COLUMN)
			buffer_format(words, "%s '%s': ", rows->columns[rows->id],
				text_excerpt(cells[rows->id], room));
		explain(rows, feature, cells, words);
		return false;
	}
	return true;
}

/* ---- rows, packed ---- */

/* Seven bits a byte, the lowest first; the last byte has the eighth bit clear. */
static void pack_cell(struct buffer *bytes, struct text cell)
{
	size_t length = cell.length;
	for (; length > 127; length >>= 7)
		buffer_byte(bytes, (char)(unsigned char)(length | 128));
	buffer_byte(bytes, (char)length);
	buffer_text(bytes, cell);
}

static const char *unpack_cell(const char *at, struct text *cell)
{
	size_t length = 0;
	for (unsigned shift = 0;; shift += 7) {
		unsigned char byte = (unsigned char)*at++;
		length |= (size_t)(byte & 127) << shift;
		if (byte < 128)
			break;
	}
	*cell = (struct text){at, length};
	return at + length;
}

struct text *kmeans_cells_of(const struct kmeans_chunk *chunk, size_t n_columns)
{
	size_t n = chunk->n_rows * n_columns;
	struct text *cells = mem_array(n, sizeof(*cells));
	const char *at = chunk->cells.bytes;
	for (size_t i = 0; i < n; i++)
		at = unpack_cell(at, &cells[i]);
	return cells;
}

/* An average with more decimals than money has is no revenue. */
static void pack_money(struct kmeans_chunk *chunk, const struct text *cells, size_t n_columns)
{
	chunk->money = mem_array(chunk->n_rows, sizeof(*chunk->money));
	for (size_t i = 0; i < chunk->n_rows; i++) {
		money_sum value;
		int decimals;
		if (!money_read(cells[i * n_columns], &value, &decimals) || value > INT64_MAX ||
			value < INT64_MIN) {
			mem_free(chunk->money);
			chunk->money = NULL;
			return;
		}
		chunk->money[i] = (money)value;
		if (decimals > chunk->money_decimals)
			chunk->money_decimals = decimals;
	}
}

static void *pack(void *context, const struct text *cells, size_t n_rows)
{
	const struct kmeans_rows *rows = context;
	size_t d = rows->n_features, n_columns = rows->n_columns;
	struct kmeans_chunk *chunk = mem_zeroed(1, sizeof(*chunk));
	chunk->n_rows = n_rows;
	chunk->values = mem_array(n_rows * d, sizeof(*chunk->values));
	for (size_t i = 0; i < n_rows; i++)
		for (size_t f = 0; f < d; f++)
			(void)read_feature(&rows->features[f], cells + i * n_columns,
				&chunk->values[i * d + f]);
	if (rows->money != NO_COLUMN)
		pack_money(chunk, cells + rows->money, n_columns);
	for (size_t i = 0; rows->wish->keep_cells && i < n_rows * n_columns; i++)
		pack_cell(&chunk->cells, cells[i]);
	return chunk;
}

void kmeans_chunk_free(struct kmeans_chunk *chunk)
{
	mem_free(chunk->values);
	mem_free(chunk->money);
	buffer_release(&chunk->cells);
	mem_free(chunk);
}

static void drop(void *packed)
{
	kmeans_chunk_free(packed);
}

static void gather_money(struct kmeans_rows *rows, const struct kmeans_chunk *chunk)
{
	if (rows->money == NO_COLUMN || rows->is_no_money)
		return;
	if (chunk->money == NULL) {
		rows->is_no_money = true;
		mem_free(rows->all_money);
		rows->all_money = NULL;
		return;
	}
	rows->all_money = mem_grow(rows->all_money, &rows->money_capacity,
		rows->n_rows + chunk->n_rows, sizeof(*rows->all_money));
	memcpy(rows->all_money + rows->n_rows, chunk->money, chunk->n_rows * sizeof(money));
	if (chunk->money_decimals > rows->money_decimals)
		rows->money_decimals = chunk->money_decimals;
}

static void gather_values(struct kmeans_rows *rows, struct kmeans_chunk *chunk)
{
	size_t d = rows->n_features;
	rows->values = mem_grow(rows->values, &rows->values_capacity,
		(rows->n_rows + chunk->n_rows) * d, sizeof(*rows->values));
	memcpy(rows->values + rows->n_rows * d, chunk->values,
		chunk->n_rows * d * sizeof(*rows->values));
	mem_free(chunk->values);
	chunk->values = NULL;
}

static void gather(struct kmeans_rows *rows, struct kmeans_chunk *chunk)
{
	gather_values(rows, chunk);
	gather_money(rows, chunk);
	rows->n_rows += chunk->n_rows;
	if (!rows->wish->keep_cells) {
		kmeans_chunk_free(chunk);
		return;
	}
	chunk->cells.bytes = mem_resize(chunk->cells.bytes, chunk->cells.length, 1);
	chunk->cells.capacity = chunk->cells.length;
	*rows->chunks_end = chunk;
	rows->chunks_end = &chunk->next;
}

/* ---- the run ---- */

struct reading {
	struct kmeans_rows *rows;
	const struct kmeans_sink *sink;
};

static bool accept(void *context, const char *file, const struct text *names, size_t n_names,
	struct error *err)
{
	struct reading *reading = context;
	const struct header header = {file, names, n_names};
	const struct kmeans_sink *sink = reading->sink;
	return accept_header(reading->rows, &header, err) &&
	       (sink == NULL || sink->begin(sink->context, reading->rows, err));
}

static bool judge_cells(void *context, const struct text *cells, struct buffer *words)
{
	return judge(((struct reading *)context)->rows, cells, words);
}

static void *pack_rows(void *context, const struct text *cells, size_t n_rows)
{
	return pack(((struct reading *)context)->rows, cells, n_rows);
}

static bool keep_rows(void *context, void *packed, struct error *err)
{
	struct reading *reading = context;
	if (reading->sink != NULL)
		return reading->sink->take(reading->sink->context, packed, err);
	gather(reading->rows, packed);
	return true;
}

static struct memory_use memory_of(const struct kmeans_wish *wish, bool streams)
{
	if (streams)
		return (struct memory_use){"the length of rows", NULL};
	if (wish->keep_cells)
		return (struct memory_use){"rows and their cells",
			"keep fewer rows with --where, leave columns out, or fit with --summary"
			" --model-out FILE and label the rows with --model FILE, which keeps none"
			" of them"};
	return (struct memory_use){"rows and features", "keep fewer rows with --where"};
}

bool kmeans_rows_read(struct kmeans_rows *rows, const char *const *paths, size_t n_paths,
	const struct kmeans_wish *wish, const struct kmeans_sink *sink, struct error *err)
{
	struct reading reading = {rows, sink};
	const struct input_rows client = {&reading, accept, judge_cells, pack_rows, keep_rows, drop,
		memory_of(wish, sink != NULL)};
	*rows = (struct kmeans_rows){.wish = wish, .id = NO_COLUMN, .money = NO_COLUMN};
	rows->chunks_end = &rows->chunks;
	const struct input *input = input_load_rows(paths, n_paths, &client, err);
	if (input == NULL)
		return false;
	const struct accounting *counts = &input->report.counts;
	return counts->used > 0 ||
	       error_set(err, ERROR_NUMBERS,
		       "no row is left (rows: %lld read, %lld filtered, %lld rejected)",
		       (long long)counts->rows, (long long)accounting_filtered(counts),
		       (long long)accounting_rejected(counts));
}

void kmeans_rows_release(struct kmeans_rows *rows)
{
	for (size_t i = 0; i < rows->n_columns; i++)
		mem_free(rows->columns[i]);
	for (size_t i = 0; i < rows->n_features; i++)
		mem_free(rows->features[i].name);
	for (struct kmeans_chunk *chunk = rows->chunks, *next; chunk != NULL; chunk = next) {
		next = chunk->next;
		kmeans_chunk_free(chunk);
	}
	mem_free(rows->columns);
	mem_free(rows->features);
	mem_free(rows->values);
	mem_free(rows->all_money);
	*rows = (struct kmeans_rows){0};
}

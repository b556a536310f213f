#include "cmd/check_findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analytics/alike_ids.h"
#include "base/day.h"
#include "base/mem.h"
#include "base/place.h"
#include "io/customers_table.h"

/* ---- rows ---- */

const char *count_words(int64_t count, char *room)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)count);
	char *at = room;
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return room;
}

/* A row without a count; the detail is what is in words, which is released. */
static struct finding *add(struct findings *findings, const char *topic, struct text item,
	enum finding_level level, struct buffer *words)
{
	struct text detail = buffer_as_text(words);
	findings->rows = mem_grow(
		findings->rows, &findings->capacity, findings->n_rows + 1, sizeof(*findings->rows));
	struct finding *row = &findings->rows[findings->n_rows++];
	*row = (struct finding){.topic = topic,
		.item = mem_text(item.at, item.length),
		.level = level,
		.detail = mem_text(detail.at, detail.length)};
	buffer_release(words);
	return row;
}

static void add_count(struct findings *findings, const char *topic, struct text item, int64_t count,
	enum finding_level level, struct buffer *words)
{
	struct finding *row = add(findings, topic, item, level, words);
	row->has_count = true;
	row->count = count;
}

/* The count is a share of all. */
static void add_share(struct findings *findings, const char *topic, struct text item, int64_t count,
	int64_t all, enum finding_level level, struct buffer *words)
{
	struct finding *row = add(findings, topic, item, level, words);
	row->has_count = true;
	row->count = count;
	row->has_share = all > 0;
	row->share_pct = all > 0 ? 100 * (double)count / (double)all : 0;
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->n_rows; i++) {
		mem_free(findings->rows[i].item);
		mem_free(findings->rows[i].detail);
	}
	mem_free(findings->rows);
	*findings = (struct findings){0};
}

/* ---- words ---- */

static void append_count(struct buffer *words, int64_t count, const char *one, const char *many)
{
	char room[COUNT_WORDS_SIZE];
	buffer_format(words, "%s %s", count_words(count, room), count == 1 ? one : many);
}

static void append_place(
	struct buffer *words, const struct transactions_report *report, uint64_t place)
{
	buffer_format(words, "%s:%lld", report->files[place_file(place)].name,
		(long long)place_line(place));
}

static void append_day(struct buffer *words, int32_t day)
{
	char room[DAY_TEXT_SIZE];
	buffer_string(words, day_write(day, room));
}

static void append_quoted(struct buffer *words, struct text text)
{
	char room[TEXT_EXCERPT_SIZE];
	buffer_format(words, "'%s'", text_excerpt(text, room));
}

static void append_pct(struct buffer *words, int64_t part, int64_t all)
{
	buffer_format(words, "%.3g %%", 100 * (double)part / (double)all);
}

/* ---- inputs ---- */

static void append_delimiter(struct buffer *words, char delimiter)
{
	switch (delimiter) {
	case ',':
		buffer_string(words, "comma");
		break;
	case ';':
		buffer_string(words, "semicolon");
		break;
	case '\t':
		buffer_string(words, "tab");
		break;
	case '|':
		buffer_string(words, "vertical bar");
		break;
	default:
		buffer_format(words, "'%c'", delimiter);
	}
}

static void append_form(struct buffer *words, const struct input_file *file)
{
	if (file->compression != COMPRESSION_NONE)
		buffer_format(words, ", %s", compression_name(file->compression));
	buffer_string(words, ", ");
	append_count(words, (int64_t)file->header.n_fields, "column", "columns");
	if (file->header.n_fields > 1) {
		buffer_string(words, " by ");
		append_delimiter(words, file->delimiter);
	}
}

static bool all_of_one_form(const struct transactions_report *report)
{
	const struct input_file *first = &report->files[0];
	for (size_t i = 1; i < report->n_files; i++) {
		const struct input_file *file = &report->files[i];
		if (file->compression != first->compression ||
			file->delimiter != first->delimiter ||
			file->header.n_fields != first->header.n_fields)
			return false;
	}
	return true;
}

/* What all files have in common is told once. */
static void tell_inputs(const struct check_facts *facts, const struct transactions_report *report,
	struct findings *findings)
{
	const char *encoding = facts->settings->reader.encoding;
	struct buffer words = {0};
	bool one_form = all_of_one_form(report);
	buffer_format(&words, "%s, %s",
		report->is_customers_table ? "a customers table" : "transactions",
		encoding != NULL ? encoding : "UTF-8");
	if (one_form)
		append_form(&words, &report->files[0]);
	add_count(findings, "inputs", TEXT("files"), (int64_t)report->n_files, LEVEL_NONE, &words);
	for (size_t i = 0; i < report->n_files; i++) {
		const struct input_file *file = &report->files[i];
		buffer_format(&words, "%s, ", file->name);
		append_count(&words, file->bytes, "byte", "bytes");
		if (!one_form)
			append_form(&words, file);
		add_share(findings, "inputs", TEXT("rows of file"), file->rows, report->counts.rows,
			LEVEL_NONE, &words);
	}
}

/* ---- roles ---- */

static struct text role_column(const struct input_file *file, int place)
{
	return file->header.fields[place];
}

static int place_of_role(const struct input_file *file, enum role role, bool factor)
{
	return factor ? file->roles.amount_factor : file->roles.of[role];
}

/* The column's names, each once and in order: files may call it differently. */
static void append_role(
	struct buffer *words, const struct transactions_report *report, enum role role, bool factor)
{
	enum { MOST = 4 };
	struct text names[MOST + 1];
	size_t n = 0;
	for (size_t f = 0; f < report->n_files; f++) {
		int place = place_of_role(&report->files[f], role, factor);
		if (place == NO_COLUMN)
			continue;
		struct text name = role_column(&report->files[f], place);
		size_t at = 0;
		while (at < n && text_compare(names[at], name) < 0)
			at++;
		if (at < n && text_equal(names[at], name))
			continue;
		memmove(&names[at + 1], &names[at], (n - at) * sizeof(names[0]));
		names[at] = name;
		n = n < MOST ? n + 1 : MOST;
	}
	for (size_t i = 0; i < n; i++) {
		buffer_string(words, i > 0 ? " or " : "");
		append_quoted(words, names[i]);
	}
}

static void tell_role(const struct check_facts *facts, const struct transactions_report *report,
	enum role role, struct findings *findings)
{
	const struct role_columns *roles = &report->files[0].roles;
	struct buffer words = {0};
	append_role(&words, report, role, false);
	if (role == ROLE_AMOUNT && roles->amount_factor != NO_COLUMN) {
		buffer_string(&words, " times ");
		append_role(&words, report, role, true);
	}
	if (facts->settings->wishes[role].column != NULL)
		buffer_format(&words, ", by --%s", role_name(role));
	else
		buffer_string(&words, ", by its name");
	add(findings, "roles", text_of(role_name(role)), LEVEL_NONE, &words);
}

static void tell_roles(const struct check_facts *facts, const struct transactions_report *report,
	struct findings *findings)
{
	static const char *const without[N_ROLES] = {
		[ROLE_AMOUNT] = "none: there is no money",
		[ROLE_ORDER] = "none: every row is an order",
	};
	for (enum role role = 0; role < N_ROLES; role++) {
		struct buffer words = {0};
		if (report->files[0].roles.of[role] != NO_COLUMN) {
			tell_role(facts, report, role, findings);
		} else if (without[role] != NULL) {
			buffer_string(&words, without[role]);
			add(findings, "roles", text_of(role_name(role)), LEVEL_NONE, &words);
		}
	}
}

/* Whether some file has the column in this role. */
static bool plays(const struct transactions_report *report, struct text name, enum role role)
{
	if (report->is_customers_table)
		return role == ROLE_CUSTOMER &&
		       text_equal(name, text_of(customers_columns[CUSTOMERS_ID].name));
	for (size_t f = 0; f < report->n_files; f++) {
		const struct input_file *file = &report->files[f];
		int place = file->roles.of[role], factor = file->roles.amount_factor;
		if (place != NO_COLUMN && text_equal(role_column(file, place), name))
			return true;
		if (role == ROLE_AMOUNT && factor != NO_COLUMN &&
			text_equal(role_column(file, factor), name))
			return true;
	}
	return false;
}

static void tell_other_columns(const struct transactions_report *report,
	const struct missing_column *columns, size_t n_columns, struct findings *findings)
{
	struct text *others = mem_array(n_columns, sizeof(*others));
	struct buffer words = {0};
	size_t n = 0;
	for (size_t i = 0; i < n_columns; i++) {
		bool has_role = false;
		for (enum role role = 0; role < N_ROLES && !has_role; role++)
			has_role = plays(report, columns[i].name, role);
		if (!has_role)
			others[n++] = columns[i].name;
	}
	columns_list(others, n, &words);
	if (n > 0)
		add_count(findings, "roles", TEXT("other columns"), (int64_t)n, LEVEL_NONE, &words);
	buffer_release(&words);
	mem_free(others);
}

/* ---- rows, customers ---- */

static void tell_rows(const struct accounting *counts, struct findings *findings)
{
	static const char topic[] = "rows";
	struct buffer words = {0};
	add_count(findings, topic, TEXT("read"), counts->rows, LEVEL_NONE, &words);
	add_share(findings, topic, TEXT("used"), counts->used, counts->rows, LEVEL_NONE, &words);
	for (enum filter_reason r = 0; r < N_FILTERS; r++) {
		if (counts->filtered[r] == 0)
			continue;
		struct buffer item = {0};
		buffer_format(&item, "filtered: %s", filter_name(r));
		add_share(findings, topic, buffer_as_text(&item), counts->filtered[r], counts->rows,
			LEVEL_NONE, &words);
		buffer_release(&item);
	}
	int64_t n_rejected = accounting_rejected(counts);
	buffer_string(&words, n_rejected > 0 ? "see rejects" : "");
	add_share(findings, topic, TEXT("rejected"), n_rejected, counts->rows,
		n_rejected > 0 ? LEVEL_ERROR : LEVEL_OK, &words);
	if (counts->blank_lines > 0)
		add_count(findings, topic, TEXT("blank lines"), counts->blank_lines, LEVEL_NONE,
			&words);
	if (counts->repeated_headers > 0)
		add_count(findings, topic, TEXT("repeated headers"), counts->repeated_headers,
			LEVEL_NONE, &words);
}

static void tell_customers(const struct input *input, struct findings *findings)
{
	static const char topic[] = "customers";
	struct buffer words = {0};
	size_t n = customers_count(input->customers);
	int64_t n_orders = 0;
	for (size_t i = 0; i < n; i++)
		n_orders += customers_get(input->customers, i).orders;
	add_count(findings, topic, TEXT("with a purchase"), (int64_t)n, LEVEL_NONE, &words);
	if (input->n_returns_only > 0) {
		char room[MONEY_TEXT_SIZE];
		money_write(-input->returns_only, input->report.money_decimals, room);
		buffer_format(&words, "they are in no table; sum %s", room);
	}
	add_share(findings, topic, TEXT("with returns only"), (int64_t)input->n_returns_only,
		(int64_t)(n + input->n_returns_only), LEVEL_NONE, &words);
	if (n > 0)
		buffer_format(&words, "%.3g a customer", (double)n_orders / (double)n);
	add_count(findings, topic, TEXT("orders"), n_orders, LEVEL_NONE, &words);
}

static void tell_alike(const struct text *ids, size_t n_ids, enum alike_rule rule,
	unsigned n_threads, struct findings *findings)
{
	struct buffer words = {0};
	struct alike_ids alike = alike_ids_find(ids, n_ids, rule, n_threads);
	if (alike.groups > 0) {
		append_count(&words, (int64_t)alike.ids, "id", "ids");
		buffer_string(&words, " may stand for ");
		append_count(&words, (int64_t)alike.groups, "customer", "customers");
		buffer_string(&words, ": ");
	}
	for (size_t i = 0; i < alike.n_examples; i++) {
		buffer_string(&words, i > 0 ? "; " : "");
		append_quoted(&words, alike.examples[i][0]);
		buffer_string(&words, " and ");
		append_quoted(&words, alike.examples[i][1]);
	}
	add_count(findings, "ids",
		rule == ALIKE_LETTERS ? TEXT("alike: case, blanks") : TEXT("alike: zeros, .0"),
		(int64_t)alike.groups, alike.groups > 0 ? LEVEL_WARNING : LEVEL_OK, &words);
}

static void tell_ids(const struct input *input, unsigned n_threads, struct findings *findings)
{
	size_t n = customers_count(input->customers) + input->n_returns_only;
	struct text *ids = mem_array(n, sizeof(*ids));
	customers_ids(input->customers, ids);
	tell_alike(ids, n, ALIKE_LETTERS, n_threads, findings);
	tell_alike(ids, n, ALIKE_NUMBERS, n_threads, findings);
	mem_free(ids);
}

/* ---- days ---- */

bool check_last_day(
	const struct check_facts *facts, const struct input *input, struct buffer *words)
{
	enum { LATE_DAYS = 30 };
	bool is_table = input->report.is_customers_table;
	struct day_span span;
	if (!day_counts_span(facts->days, &span))
		return false;
	append_day(words, span.last);
	double point = day_counts_quantile(facts->days, 999, 1000);
	if (input->report.as_of != span.last || span.last - point <= LATE_DAYS)
		return false;

	int64_t n_after;
	char after[COUNT_WORDS_SIZE], all[COUNT_WORDS_SIZE], usual[DAY_TEXT_SIZE];
	day_write(day_counts_last_by(facts->days, point, &n_after), usual);
	buffer_format(words,
		", but only %s of %s %s lie%s after %s: a typing error moves every recency (%s"
		"--until %s leaves it out)",
		count_words(n_after, after), count_words(span.rows, all),
		is_table ? "customers" : "rows", n_after == 1 ? "s" : "", usual,
		is_table ? "patron customers with " : "", usual);
	return true;
}

/* Where every row is rejected, none of them tells the day. */
static void tell_as_of(const struct check_facts *facts, const struct transactions_report *report,
	struct findings *findings)
{
	const struct transactions_settings *settings = facts->settings;
	bool is_asked = settings->has_as_of || settings->has_until;
	bool has_rows = accounting_rejected(&report->counts) < report->counts.rows;
	struct buffer words = {0};
	if (has_rows || (is_asked && !report->is_customers_table)) {
		append_day(&words, report->as_of);
		buffer_string(&words, report->is_customers_table ? ", as the table says"
				      : settings->has_as_of      ? ", by --as-of"
				      : settings->has_until      ? ", by --until"
								 : ", the last day");
	} else {
		buffer_string(&words, "none: every row is rejected");
	}
	add(findings, "days", TEXT("as-of"), LEVEL_NONE, &words);
}

/* A first day long before all others is what stands for no date at all: 1900-01-01, 1970-01-01. */
static void tell_first_day(const struct day_span *span, struct findings *findings)
{
	enum { LONG = 366 };
	struct buffer words = {0};
	bool is_alone = span->second - span->first > LONG;
	append_day(&words, span->first);
	if (is_alone) {
		buffer_string(&words, ": in place of no date? The next day is ");
		append_day(&words, span->second);
		buffer_string(&words, " (--since ");
		append_day(&words, span->second);
		buffer_string(&words, " leaves it out)");
	}
	add_share(findings, "days", TEXT("first"), span->rows_first, span->rows,
		is_alone ? LEVEL_WARNING : LEVEL_OK, &words);
}

static void tell_last_day(const struct check_facts *facts, const struct input *input,
	const struct day_span *span, struct text item, struct findings *findings)
{
	struct buffer words = {0};
	bool is_late = check_last_day(facts, input, &words);
	add_share(findings, "days", item, span->rows_last, span->rows,
		is_late ? LEVEL_WARNING : LEVEL_OK, &words);
}

static void tell_gap(const struct day_span *span, struct findings *findings)
{
	struct buffer words = {0};
	if (span->gap_days > 0) {
		append_day(&words, span->gap_first);
		buffer_string(&words, " to ");
		append_day(&words, span->gap_first + span->gap_days - 1);
	}
	add_count(findings, "days", TEXT("longest gap"), span->gap_days, LEVEL_NONE, &words);
}

static void tell_span(const struct check_facts *facts, const struct input *input,
	const struct day_span *span, struct findings *findings)
{
	int64_t all = (int64_t)span->last - span->first + 1;
	struct buffer words = {0};
	tell_first_day(span, findings);
	tell_last_day(facts, input, span, TEXT("last"), findings);
	buffer_string(&words, "of ");
	append_count(&words, all, "day", "days");
	add_share(findings, "days", TEXT("with rows"), span->days, all, LEVEL_NONE, &words);
	tell_gap(span, findings);
}

/* The days of a customers table are those of last purchases. */
static void tell_days(
	const struct check_facts *facts, const struct input *input, struct findings *findings)
{
	const struct transactions_report *report = &input->report;
	struct buffer words = {0};
	struct day_span span;
	if (!day_counts_span(facts->days, &span)) {
		buffer_string(&words, "no date could be read");
		add_count(findings, "days", TEXT("with rows"), 0, LEVEL_ERROR, &words);
		return;
	}
	if (report->is_customers_table) {
		append_day(&words, report->first_day);
		add(findings, "days", TEXT("first purchase"), LEVEL_NONE, &words);
		tell_last_day(facts, input, &span, TEXT("last purchase"), findings);
	} else {
		tell_span(facts, input, &span, findings);
	}
	tell_as_of(facts, report, findings);
}

/* ---- date shapes ---- */

/* The formats that would read more of the shape's rows than the one in use, the best first. */
static void append_formats(struct buffer *words, const struct date_shape_count *count)
{
	int64_t all = count->is_iso ? count->rows - count->read : count->rows;
	for (size_t i = 0, n; i < count->n_formats && count->formats[i].read > count->read; i = n) {
		buffer_string(words, i == 0 ? "; --date-format " : ", ");
		for (n = i;
			n < count->n_formats && count->formats[n].read == count->formats[i].read;
			n++)
			buffer_format(
				words, "%s'%s'", n > i ? " or " : "", count->formats[n].format);
		buffer_string(words, i == 0 ? " reads " : " ");
		if (count->formats[i].read == all)
			buffer_string(words, "all");
		else
			append_pct(words, count->formats[i].read, all);
	}
}

static void tell_shape(const struct check_facts *facts, const struct transactions_report *report,
	const struct date_shape_count *count, int64_t all, struct findings *findings)
{
	struct buffer words = {0};
	bool by_format = facts->settings->dates.text[0] != '\0';
	int64_t n_unread = count->rows - count->read;
	if (n_unread == 0) {
		buffer_string(&words, "such as ");
	} else {
		char room[COUNT_WORDS_SIZE];
		if (count->read == 0)
			buffer_string(&words, "not read");
		else
			buffer_format(&words, "%s not read", count_words(n_unread, room));
		if (by_format && count->is_iso && count->read == 0)
			buffer_string(&words, "; leave out --date-format");
		else
			append_formats(&words, count);
		buffer_string(&words, "; first ");
		append_place(&words, report, count->first_place);
		buffer_byte(&words, ' ');
	}
	append_quoted(&words, text_of(count->first_value));
	add_share(findings, "dates", text_of(count->shape), count->rows, all,
		n_unread > 0 ? LEVEL_WARNING : LEVEL_OK, &words);
}

static void tell_shapes(const struct check_facts *facts, const struct transactions_report *report,
	struct findings *findings)
{
	enum { MOST_SHOWN = 12 };
	size_t n;
	const struct date_shape_count *counts = date_shapes_finish(facts->shapes, &n);
	struct buffer words = {0};
	int64_t all = 0, rest = 0;
	if (counts == NULL && n > 0) {
		buffer_string(&words, "too many to be dates; name the column with --date");
		add_count(findings, "dates", TEXT("different"), (int64_t)n, LEVEL_WARNING, &words);
		return;
	}
	for (size_t i = 0; i < n; i++)
		all += counts[i].rows;
	for (size_t i = 0; i < n && i < MOST_SHOWN; i++)
		tell_shape(facts, report, &counts[i], all, findings);
	for (size_t i = MOST_SHOWN; i < n; i++)
		rest += counts[i].rows;
	if (rest == 0)
		return;
	append_count(&words, (int64_t)n - MOST_SHOWN, "shape", "shapes");
	add_share(findings, "dates", TEXT("others"), rest, all, LEVEL_WARNING, &words);
}

/* ---- returns, missing cells, duplicates, rejects ---- */

static void tell_returns(const struct check_facts *facts, const struct transactions_report *report,
	struct findings *findings)
{
	struct buffer words = {0};
	if (!report->has_amounts || report->is_customers_table)
		return;
	if (facts->n_returns > 0) {
		char room[MONEY_TEXT_SIZE];
		money_write(facts->returns, report->money_decimals, room);
		buffer_format(&words, "sum %s", room);
	}
	add_share(findings, "returns", TEXT("rows"), facts->n_returns, report->counts.used,
		LEVEL_NONE, &words);
}

static void tell_empty_cells(const struct transactions_report *report,
	const struct missing_column *column, struct findings *findings)
{
	struct buffer words = {0};
	char room[TEXT_EXCERPT_SIZE];
	if (column->empty == 0)
		return;
	buffer_string(&words, "first ");
	append_place(&words, report, column->first_empty);
	add_share(findings, "missing", text_of(text_excerpt(column->name, room)), column->empty,
		column->rows, LEVEL_NONE, &words);
}

static void tell_words_for_nothing(const struct transactions_report *report,
	const struct missing_column *column, struct findings *findings)
{
	struct buffer words = {0}, item = {0};
	char room[TEXT_EXCERPT_SIZE];
	bool is_id = plays(report, column->name, ROLE_CUSTOMER) ||
		     plays(report, column->name, ROLE_ORDER);
	if (column->words == 0)
		return;
	buffer_format(&item, "%s: %s", text_excerpt(column->name, room), column->word);
	buffer_string(&words, is_id ? "a word that is taken for an id, first " : "first ");
	append_place(&words, report, column->first_word);
	add_share(findings, "missing", buffer_as_text(&item), column->words, column->rows,
		is_id ? LEVEL_WARNING : LEVEL_NONE, &words);
	buffer_release(&item);
}

static void tell_missing(const struct transactions_report *report,
	const struct missing_column *columns, size_t n_columns, struct findings *findings)
{
	size_t n_before = findings->n_rows;
	for (size_t i = 0; i < n_columns; i++) {
		tell_empty_cells(report, &columns[i], findings);
		tell_words_for_nothing(report, &columns[i], findings);
	}
	struct buffer words = {0};
	if (findings->n_rows > n_before)
		return;
	buffer_string(&words, "no cell is empty");
	add_count(findings, "missing", TEXT("cells"), 0, LEVEL_OK, &words);
}

static void tell_duplicates(const struct check_facts *facts,
	const struct transactions_report *report, unsigned n_threads, struct findings *findings)
{
	struct buffer words = {0};
	char room[COUNT_WORDS_SIZE];
	const struct duplicates_found found = duplicates_finish(facts->duplicates, n_threads);
	if (found.one_in > 1) {
		buffer_format(
			&words, "among one row in %lld, chosen by hash: ", (long long)found.one_in);
		append_count(&words, found.rows, "row", "rows");
		if (found.repeats > 0)
			buffer_format(&words, ", so about %s in all",
				count_words(found.repeats * found.one_in, room));
	}
	if (found.repeats > 0) {
		buffer_string(&words, words.length > 0 ? "; first " : "first ");
		append_place(&words, report, found.first_repeat);
		buffer_string(&words, ", equal to ");
		if (place_file(found.repeated) == place_file(found.first_repeat))
			buffer_format(&words, "line %lld", (long long)place_line(found.repeated));
		else
			append_place(&words, report, found.repeated);
	}
	add_share(findings, "duplicates", TEXT("repeated rows"), found.repeats, found.rows,
		found.repeats > 0 ? LEVEL_WARNING : LEVEL_OK, &words);
}

static void tell_rejects(const struct transactions_report *report, struct findings *findings)
{
	const struct accounting *counts = &report->counts;
	struct buffer words = {0};
	for (enum reject_reason r = 0; r < N_REJECTS; r++) {
		if (counts->rejected[r] == 0)
			continue;
		buffer_format(&words, "first %s", report->first_by_reason[r]);
		add_share(findings, "rejects", text_of(reject_name(r)), counts->rejected[r],
			counts->rows, LEVEL_ERROR, &words);
	}
	if (accounting_rejected(counts) > 0)
		return;
	buffer_string(&words, "a run accepts every row");
	add_count(findings, "rejects", TEXT("rows"), 0, LEVEL_OK, &words);
}

void check_findings(struct check_facts *facts, const struct input *input, unsigned n_threads,
	struct findings *findings)
{
	const struct transactions_report *report = &input->report;
	size_t n_columns;
	const struct missing_column *columns = missing_cells_finish(facts->missing, &n_columns);
	tell_inputs(facts, report, findings);
	if (!report->is_customers_table) {
		tell_roles(facts, report, findings);
		tell_other_columns(report, columns, n_columns, findings);
	}
	tell_rows(&report->counts, findings);
	tell_days(facts, input, findings);
	tell_shapes(facts, report, findings);
	tell_customers(input, findings);
	tell_ids(input, n_threads, findings);
	tell_returns(facts, report, findings);
	tell_missing(report, columns, n_columns, findings);
	tell_duplicates(facts, report, n_threads, findings);
	tell_rejects(report, findings);
}

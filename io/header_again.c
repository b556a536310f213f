#include "io/header_again.h"

#include <string.h>

/* Whether two lists of names are the same, in any order. */
static bool is_permutation(const struct csv_fields *a, const struct csv_fields *b)
{
	if (a->n_fields != b->n_fields)
		return false;
	for (size_t i = 0; i < a->n_fields; i++) {
		int surplus = 0;
		for (size_t j = 0; j < a->n_fields; j++)
			surplus += text_equal(a->fields[j], a->fields[i]) -
				   text_equal(b->fields[j], a->fields[i]);
		if (surplus != 0)
			return false;
	}
	return true;
}

static struct text without_mark(struct text record)
{
	bool marked = record.length >= 3 && memcmp(record.at, "\xEF\xBB\xBF", 3) == 0;
	return marked ? (struct text){record.at + 3, record.length - 3} : record;
}

bool is_header_again(const struct record *record)
{
	const struct binding *binding = record->binding;
	enum { MOST_COLUMNS = 4096 };
	if (binding->n_names > MOST_COLUMNS)
		return false;
	struct csv_fields fields = {0};
	csv_split(without_mark(record->text), binding->delimiter, &fields);
	bool same = fields.n_fields == binding->n_names, other = false;
	for (size_t i = 0; same && i < fields.n_fields; i++)
		same = text_equal(fields.fields[i], binding->names->fields[i]);
	if (!same)
		other = is_permutation(&fields, binding->names);
	csv_fields_release(&fields);
	if (other)
		error_set(record->err, ERROR_DATA,
			"%s:%lld: the header again, with its columns in another order"
			" (give the files as arguments instead of joining them)",
			record->batch->name, (long long)record->line);
	return same || other;
}

bool is_header_as_it_stood(const struct record *record)
{
	const struct binding *binding = record->binding;
	return record->text.length == binding->header_length &&
	       memcmp(record->text.at, binding->header, binding->header_length) == 0;
}

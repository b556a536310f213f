#include "io/binding.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "io/customers_table.h"
#include "io/source.h"

static int bind_column(struct binding *binding, int place)
{
	/* After binding_take_all() there is nothing to search. */
	if ((size_t)place < binding->n_columns && binding->columns[place] == (size_t)place)
		return place;
	for (size_t b = 0; b < binding->n_columns; b++)
		if (binding->columns[b] == (size_t)place)
			return (int)b;
	binding->columns = mem_grow(binding->columns, &binding->columns_capacity,
		binding->n_columns + 1, sizeof(*binding->columns));
	binding->columns[binding->n_columns] = (size_t)place;
	return (int)binding->n_columns++;
}

/* An id is text whether the command needs it or not, so that all commands keep the same rows. */
static enum where_kind kind_in_transactions(
	const struct role_columns *roles, struct text name, int place)
{
	if (place == roles->of[ROLE_DATE])
		return WHERE_DATE;
	if (place == roles->of[ROLE_AMOUNT] || place == roles->amount_factor)
		return WHERE_AMOUNT;
	bool is_id = place == roles->of[ROLE_CUSTOMER] || place == roles->of[ROLE_ORDER] ||
		     place == roles->of[ROLE_PRODUCT];
	switch (role_of_name(name)) {
	case ROLE_CUSTOMER:
	case ROLE_ORDER:
	case ROLE_PRODUCT:
		return WHERE_TEXT;
	case ROLE_DATE:
	case ROLE_AMOUNT:
	case N_ROLES:
		break;
	}
	return is_id ? WHERE_TEXT : WHERE_AUTO;
}

static enum where_kind kind_in_customers_table(const int *places, int place)
{
	if (place == places[CUSTOMERS_ID])
		return WHERE_TEXT;
	for (enum customers_column c = 0; c < N_CUSTOMERS_COLUMNS; c++)
		if (place == places[c] && customers_columns[c].kind == COLUMN_DAY)
			return WHERE_DATE;
	return WHERE_AUTO;
}

/* Of the two, what the file is not is NULL. */
static bool bind_wheres(const struct transactions_settings *settings, struct binding *binding,
	const struct text *names, const char *file, const struct role_columns *roles,
	const int *customers_places, struct error *err)
{
	static const struct date_format iso = {0};
	const struct date_format *dates = roles != NULL ? &settings->dates : &iso;
	binding->wheres = mem_array(settings->n_wheres, sizeof(*binding->wheres));
	binding->conditions = mem_array(settings->n_wheres, sizeof(*binding->conditions));
	for (size_t w = 0; w < settings->n_wheres; w++) {
		int place;
		struct where *where = &binding->conditions[w];
		*where = settings->wheres[w];
		if (!column_find(names, binding->n_names, file, where->column, &place, err))
			return false;
		enum where_kind kind = roles != NULL
					       ? kind_in_transactions(roles, names[place], place)
					       : kind_in_customers_table(customers_places, place);
		if (!where_bind(where, kind, dates, &settings->amounts, err))
			return false;
		binding->wheres[w] = bind_column(binding, place);
	}
	return true;
}

static bool bind_labels(const struct transactions_settings *settings, struct binding *binding,
	const struct text *names, const char *file, struct error *err)
{
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++) {
		const char *wanted = settings->labels[l];
		int place = NO_COLUMN;
		if (wanted != NULL &&
			!column_find(names, binding->n_names, file, text_of(wanted), &place, err))
			return false;
		binding->labels[l] = wanted == NULL ? NO_COLUMN : bind_column(binding, place);
	}
	return true;
}

static bool bind_transactions(const struct transactions_settings *settings, struct binding *binding,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err)
{
	const struct role_wish *wishes = settings->wishes;
	if (!roles_find(names, binding->n_names, file, wishes, roles, err))
		return false;
	for (enum role role = 0; role < N_ROLES; role++) {
		bool is_cut = roles->of[role] != NO_COLUMN && role != ROLE_PRODUCT &&
			      wishes[role].need != ROLE_UNUSED;
		binding->role[role] = is_cut ? bind_column(binding, roles->of[role]) : NO_COLUMN;
	}
	binding->amount_factor = roles->amount_factor == NO_COLUMN
					 ? NO_COLUMN
					 : bind_column(binding, roles->amount_factor);
	return bind_labels(settings, binding, names, file, err) &&
	       bind_wheres(settings, binding, names, file, roles, NULL, err);
}

void binding_take_all(struct binding *binding)
{
	assert(binding->n_columns == 0);
	binding->columns = mem_grow(binding->columns, &binding->columns_capacity, binding->n_names,
		sizeof(*binding->columns));
	for (size_t place = 0; place < binding->n_names; place++)
		binding->columns[place] = place;
	binding->n_columns = binding->n_names;
}

static bool bind_any_table(const struct transactions_settings *settings, struct binding *binding,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err)
{
	*roles = (struct role_columns){
		{NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN}, NO_COLUMN};
	memcpy(binding->role, roles->of, sizeof(binding->role));
	binding->cells = mem_array(binding->n_cells, sizeof(*binding->cells));
	if (settings->whole_rows && binding->n_columns == 0)
		binding_take_all(binding);
	for (size_t c = 0; c < binding->n_names && settings->whole_rows; c++)
		binding->cells[c] = (int)c;
	for (size_t c = 0; c < settings->n_columns; c++) {
		int place;
		struct text wanted = text_of(settings->columns[c]);
		if (!column_find(names, binding->n_names, file, wanted, &place, err))
			return false;
		binding->cells[c] = bind_column(binding, place);
	}
	return bind_wheres(settings, binding, names, file, roles, NULL, err);
}

/* What only single purchases can answer is an error, not an option that does nothing. */
static bool refuse_options_of_transactions(
	const struct transactions_settings *settings, const char *file, struct error *err)
{
	const char *option = settings->has_since                ? "--since"
			     : settings->has_until              ? "--until"
			     : settings->returns != RETURNS_NET ? "--returns"
								: NULL;
	if (option != NULL)
		return error_set(err, ERROR_DATA,
			"%s: a customers table, but %s needs single purchases"
			" (give the transactions)",
			file, option);
	for (enum role role = 0; role < N_ROLES; role++)
		if (settings->wishes[role].column != NULL)
			return error_set(err, ERROR_DATA,
				"%s: a customers table, whose columns are known (leave --%s out)",
				file, role_name(role));
	return true;
}

static bool bind_customers_table(const struct transactions_settings *settings,
	struct binding *binding, const struct text *names, const char *file,
	struct role_columns *roles, struct error *err)
{
	int places[N_CUSTOMERS_COLUMNS];
	*roles = (struct role_columns){
		{NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN}, NO_COLUMN};
	if (settings->single_events_only)
		return error_set(err, ERROR_DATA,
			"%s: a customers table, but this needs single purchases"
			" (give the transactions)",
			file);
	if (!refuse_options_of_transactions(settings, file, err) ||
		!customers_table_bind(names, binding->n_names, file, places, err))
		return false;
	for (int c = 0; c < N_CUSTOMERS_COLUMNS; c++)
		binding->customers[c] = places[c] < 0 ? -1 : bind_column(binding, places[c]);
	return bind_wheres(settings, binding, names, file, NULL, places, err);
}

void binding_take_header(struct binding *binding, const struct transactions_settings *settings,
	const struct csv *csv, struct csv_fields *names)
{
	struct text header = csv_header_record(csv);
	binding->names = names;
	binding->delimiter = csv_delimiter(csv);
	binding->header = mem_text(header.at, header.length);
	binding->header_length = header.length;
	csv_split(header, binding->delimiter, names);
	csv_names(csv, &binding->n_names);
	binding->n_cells = settings->whole_rows ? binding->n_names : settings->n_columns;
}

bool binding_find(struct binding *binding, const struct transactions_settings *settings,
	const struct text *names, const char *file, struct role_columns *roles, struct error *err)
{
	bool is_any = settings->n_columns > 0 || settings->whole_rows;
	binding->is_customers_table = !is_any && customers_table_is(names, binding->n_names);
	if (is_any)
		return bind_any_table(settings, binding, names, file, roles, err);
	return binding->is_customers_table
		       ? bind_customers_table(settings, binding, names, file, roles, err)
		       : bind_transactions(settings, binding, names, file, roles, err);
}

bool binding_agrees(const struct binding *binding, const char *name, const struct binding *first,
	const char *first_name, struct error *err)
{
	if (binding->is_customers_table != first->is_customers_table)
		return error_set(err, ERROR_DATA, "%s: %s, but %s: %s (give files of one kind)",
			first_name,
			first->is_customers_table ? "a customers table" : "transactions", name,
			binding->is_customers_table ? "a customers table" : "transactions");
	for (enum role role = 0; !binding->is_customers_table && role < N_ROLES; role++) {
		bool has = binding->role[role] != NO_COLUMN;
		bool first_has = first->role[role] != NO_COLUMN;
		if (has != first_has)
			return error_set(err, ERROR_DATA,
				"%s: has no %s column, but %s has one (name it with --%s, or say"
				" --%s none)",
				has ? first_name : name, role_name(role), has ? name : first_name,
				role_name(role), role_name(role));
	}
	return true;
}

void binding_release(struct binding *binding)
{
	mem_free(binding->cells);
	mem_free(binding->wheres);
	mem_free(binding->conditions);
	mem_free(binding->header);
	mem_free(binding->columns);
	*binding = (struct binding){.names = NULL};
}

/* Roles: the first bytes say which are needed, the first line is the header of a file, and each of
 * the next names the column of a role, as --customer and its like do; an empty one leaves it to the
 * known names.
 *
 * Held to: what is found is a column, and by a known name only where it was not named; named by its
 * number it is found again; what is refused has words, and its file.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "io/csv.h"
#include "io/roles.h"
#include "tests/draws.h"

struct header {
	const struct text *names;
	size_t n_names;
};

/* The next line, cut off. */
static struct text take_line(struct text *rest)
{
	const char *end = rest->length > 0 ? memchr(rest->at, '\n', rest->length) : NULL;
	struct text line = {rest->at, end == NULL ? rest->length : (size_t)(end - rest->at)};
	size_t taken = line.length + (end != NULL);
	*rest = (struct text){rest->at + taken, rest->length - taken};
	return line;
}

/* A column by its number is the same, unless that is also a name. */
static void check_number(const struct header *header, int column)
{
	char number[16];
	int again;
	struct error err = {0};
	snprintf(number, sizeof(number), "%d", column + 1);
	for (size_t i = 0; i < header->n_names; i++)
		if (text_equal(header->names[i], text_of(number)))
			return;
	bool found = column_find(
		header->names, header->n_names, "file.csv", text_of(number), &again, &err);
	assert(found && again == column);
}

static void check_found(const struct header *header, const struct role_wish *wishes,
	const struct role_columns *columns)
{
	for (enum role role = 0; role < N_ROLES; role++) {
		int column = columns->of[role];
		assert(column >= NO_COLUMN && column < (int)header->n_names);
		assert(column != NO_COLUMN ||
			(wishes[role].need != ROLE_NEEDED && wishes[role].column == NULL));
		if (column == NO_COLUMN)
			continue;
		if (wishes[role].column == NULL)
			assert(role_of_name(header->names[column]) == role);
		check_number(header, column);
	}
	assert(columns->amount_factor < (int)header->n_names);
}

static void check(const struct header *header, const struct role_wish *wishes)
{
	struct role_columns columns;
	struct error err = {0};
	if (roles_find(header->names, header->n_names, "file.csv", wishes, &columns, &err))
		check_found(header, wishes, &columns);
	else
		assert(err.kind == ERROR_DATA && strncmp(err.words, "file.csv: ", 10) == 0);
	error_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = {0, ',', ';', '\t'};
	struct draws draws = draws_of(data, size);
	unsigned needs = draw_byte(&draws), delimiter = draw_below(&draws, sizeof(delimiters));
	struct text rest = draw_text(&draws, draws_left(&draws)), line = take_line(&rest);
	char *names[N_ROLES] = {NULL};
	struct role_wish wishes[N_ROLES];
	for (enum role role = 0; role < N_ROLES; role++, needs /= 3) {
		struct text name = take_line(&rest);
		if (name.length > 0)
			names[role] = mem_text(name.at, name.length);
		wishes[role] = (struct role_wish){(enum role_need)(needs % 3), names[role]};
	}
	struct error err = {0};
	struct csv *csv = csv_open("file.csv",
		(struct csv_dialect){delimiters[delimiter], CSV_MAX_RECORD, CSV_MAX_COLUMNS});
	size_t used;
	if (csv_header(csv, line, true, &used, &err)) {
		struct header header = {0};
		header.names = csv_names(csv, &header.n_names);
		check(&header, wishes);
	} else {
		assert(err.kind == ERROR_DATA && err.words[0] != '\0');
	}
	error_release(&err);
	csv_close(csv);
	for (enum role role = 0; role < N_ROLES; role++)
		mem_free(names[role]);
	return 0;
}

#include "cmd/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/size.h"
#include "io/real.h"

/* ---- values ---- */

static bool is_at_most(const struct option *option, double value)
{
	return value >= option->least && (option->most == 0 || value <= option->most);
}

static bool refuse_number(
	const struct option *option, const char *what, const char *value, struct error *err)
{
	if (option->most == 0)
		return error_set(err, ERROR_USAGE, "--%s must be %s from %.15g, not '%s'",
			option->name, what, option->least, value);
	return error_set(err, ERROR_USAGE, "--%s must be %s from %.15g to %.15g, not '%s'",
		option->name, what, option->least, option->most, value);
}

static bool set_integer(const struct option *option, const char *value, struct error *err)
{
	char *end;
	errno = 0;
	long long number = strtoll(value, &end, 10);
	bool digits = is_digit(value[0]) || value[0] == '-';
	if (!digits || *end != '\0' || errno != 0 || !is_at_most(option, (double)number))
		return refuse_number(option, "a whole number", value, err);
	*(int64_t *)option->target = number;
	return true;
}

static bool set_size(const struct option *option, const char *value, struct error *err)
{
	int64_t bytes;
	char least[SIZE_ROOM], most[SIZE_ROOM];
	if (size_read(value, &bytes) && is_at_most(option, (double)bytes)) {
		*(int64_t *)option->target = bytes;
		return true;
	}
	size_write((int64_t)option->least, least);
	size_write((int64_t)option->most, most);
	if (option->most == 0)
		return error_set(err, ERROR_USAGE,
			"--%s must be a size such as 64M, at least %s, not '%s'", option->name,
			least, value);
	return error_set(err, ERROR_USAGE,
		"--%s must be a size such as 64M, from %s to %s, not '%s'", option->name, least,
		most, value);
}

static bool set_real(const struct option *option, const char *value, struct error *err)
{
	char *end;
	bool plain = value[0] != '\0' && strspn(value, "+-.0123456789eE") == strlen(value);
	double number = strtod(value, &end);
	if (!plain || *end != '\0' || !isfinite(number) || !is_at_most(option, number))
		return refuse_number(option, "a number", value, err);
	*(double *)option->target = number;
	return true;
}

static bool set_day(const struct option *option, const char *value, struct error *err)
{
	struct option_day *day = option->target;
	day->given = true;
	return day_read(text_of(value), &day->day) ||
	       error_set(err, ERROR_USAGE, "--%s must be a date YYYY-MM-DD, not '%s'", option->name,
		       value);
}

static bool set_choice(const struct option *option, const char *value, struct error *err)
{
	struct buffer names = {0};
	for (int i = 0; option->choices[i] != NULL; i++) {
		if (strcmp(option->choices[i], value) == 0) {
			*(int *)option->target = i;
			buffer_release(&names);
			return true;
		}
		buffer_format(&names, "%s%s", i > 0 ? ", " : "", option->choices[i]);
	}
	error_set(err, ERROR_USAGE, "--%s must be one of %.*s, not '%s'", option->name,
		(int)names.length, names.bytes, value);
	buffer_release(&names);
	return false;
}

static bool set_value(const struct option *option, const char *value, struct error *err)
{
	struct option_list *list;
	if (option->given != NULL)
		*option->given = true;
	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)option->target = true;
		return true;
	case OPTION_TEXT:
		*(const char **)option->target = value;
		return true;
	case OPTION_LIST:
		list = option->target;
		list->items = mem_grow(
			list->items, &list->capacity, list->n_items + 1, sizeof(*list->items));
		list->items[list->n_items++] = value;
		return true;
	case OPTION_INTEGER:
		return set_integer(option, value, err);
	case OPTION_SIZE:
		return set_size(option, value, err);
	case OPTION_REAL:
		return set_real(option, value, err);
	case OPTION_DAY:
		return set_day(option, value, err);
	case OPTION_CHOICE:
		return set_choice(option, value, err);
	}
	return false;
}

const char *option_default(const struct option *option, char room[OPTION_DEFAULT_SIZE])
{
	room[0] = '\0';
	if (option->plain_default)
		return room;
	switch (option->kind) {
	case OPTION_TEXT:
		if (*(const char **)option->target != NULL)
			snprintf(room, OPTION_DEFAULT_SIZE, "%s", *(const char **)option->target);
		break;
	case OPTION_INTEGER:
		snprintf(room, OPTION_DEFAULT_SIZE, "%lld", (long long)*(int64_t *)option->target);
		break;
	case OPTION_SIZE:
		if (*(int64_t *)option->target > 0)
			size_write(*(int64_t *)option->target, room);
		break;
	case OPTION_REAL:
		room[real_write(*(double *)option->target, -1, room)] = '\0';
		break;
	case OPTION_CHOICE:
		snprintf(room, OPTION_DEFAULT_SIZE, "%s", option->choices[*(int *)option->target]);
		break;
	case OPTION_FLAG:
	case OPTION_LIST:
	case OPTION_DAY:
		break;
	}
	return room;
}

/* ---- the command line ---- */

struct parse {
	const struct option_group *const *groups;
	size_t n_groups;
	const struct option_refusal *refusal;
	const char *const *arguments;
	size_t n_arguments, next;
	struct error *err;
};

static const struct option *find_in(const struct option_group *group, struct text name)
{
	for (size_t i = 0; i < group->n_options; i++)
		if (text_equal(text_of(group->options[i].name), name))
			return &group->options[i];
	return NULL;
}

static const struct option *find_long(const struct parse *parse, struct text name)
{
	const struct option *found = NULL;
	for (size_t g = 0; g < parse->n_groups && found == NULL; g++)
		found = find_in(parse->groups[g], name);
	return found;
}

static const struct option *find_letter(const struct parse *parse, char letter)
{
	for (size_t g = 0; g < parse->n_groups; g++)
		for (size_t i = 0; i < parse->groups[g]->n_options; i++)
			if (parse->groups[g]->options[i].letter == letter)
				return &parse->groups[g]->options[i];
	return NULL;
}

static bool unknown_option(const struct parse *parse, struct text name, struct error *err)
{
	const struct option_refusal *refusal = parse->refusal;
	const struct option *refused =
		refusal->group != NULL ? find_in(refusal->group, name) : NULL;
	if (refused != NULL)
		return error_set(err, ERROR_USAGE, "--%s %s (%s--%s%s)", refused->name,
			refusal->about, refusal->before, refused->name, refusal->after);
	struct text names[256];
	size_t n = 0;
	for (size_t g = 0; g < parse->n_groups; g++)
		for (size_t i = 0; i < parse->groups[g]->n_options && n < COUNT_OF(names); i++)
			names[n++] = text_of(parse->groups[g]->options[i].name);
	char room[TEXT_EXCERPT_SIZE];
	int nearest = text_nearest(name, names, n);
	if (nearest >= 0)
		return error_set(err, ERROR_USAGE, "unknown option '--%s'; nearest is '--%s'",
			text_excerpt(name, room), names[nearest].at);
	return error_set(err, ERROR_USAGE, "unknown option '--%s' (--help lists them)",
		text_excerpt(name, room));
}

/* The value beside its option or in the next argument. */
static bool take_value(struct parse *parse, const struct option *option, const char *beside)
{
	if (option->kind == OPTION_FLAG) {
		if (beside != NULL)
			return error_set(
				parse->err, ERROR_USAGE, "--%s takes no value", option->name);
		return set_value(option, NULL, parse->err);
	}
	if (beside == NULL && option->without != NULL) {
		bool more = parse->next < parse->n_arguments &&
			    option->takes(parse->arguments[parse->next]);
		beside = more ? parse->arguments[parse->next++] : option->without;
	} else if (beside == NULL) {
		if (parse->next == parse->n_arguments)
			return error_set(parse->err, ERROR_USAGE, "--%s needs a value: --%s %s",
				option->name, option->name, option->argument);
		beside = parse->arguments[parse->next++];
	}
	return set_value(option, beside, parse->err);
}

static bool parse_long(struct parse *parse, const char *argument)
{
	const char *equals = strchr(argument, '=');
	size_t length = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
	struct text name = {argument, length};
	const struct option *option = find_long(parse, name);
	if (option == NULL)
		return unknown_option(parse, name, parse->err);
	return take_value(parse, option, equals != NULL ? equals + 1 : NULL);
}

/* -q, -o FILE, -oFILE, -qo FILE */
static bool parse_letters(struct parse *parse, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		const struct option *option = find_letter(parse, *letters);
		if (option == NULL)
			return error_set(parse->err, ERROR_USAGE,
				"unknown option '-%c' (--help lists them)", *letters);
		if (option->kind != OPTION_FLAG)
			return take_value(parse, option, letters[1] != '\0' ? letters + 1 : NULL);
		if (!take_value(parse, option, NULL))
			return false;
	}
	return true;
}

bool options_parse(const struct option_group *const *groups, size_t n_groups,
	const struct option_refusal *refusal, const char *const *arguments, size_t n_arguments,
	const char **operands, size_t *n_operands, bool *help, struct error *err)
{
	struct error first = {0};
	struct parse parse = {groups, n_groups, refusal, arguments, n_arguments, 0, err};
	bool options_end = false;
	*n_operands = 0;
	*help = false;
	while (parse.next < n_arguments) {
		const char *argument = arguments[parse.next++];
		bool good = true;
		if (options_end || argument[0] != '-' || argument[1] == '\0')
			operands[(*n_operands)++] = argument;
		else if (strcmp(argument, "--") == 0)
			options_end = true;
		else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
			*help = true;
		else if (argument[1] == '-')
			good = parse_long(&parse, argument + 2);
		else
			good = parse_letters(&parse, argument + 1);
		/* The rest is read too: where the manifest goes may stand behind the mistake. */
		if (!good && first.kind == ERROR_NONE)
			error_move(&first, err);
	}
	return first.kind == ERROR_NONE || error_move(err, &first);
}

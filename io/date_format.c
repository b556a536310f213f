#include <stdio.h>
#include <string.h>

#include "io/date_parts.h"
#include "io/dates.h"
#include "io/encoding.h"

static const char understood[] = "%Y %y %m %d %b %B %H %I %M %S %p %z %s %%";

enum field {
	YEAR = 1,
	MONTH = 2,
	DAY = 4,
	HOUR = 8,
	MINUTE = 16,
	SECOND = 32,
	HALF = 64,
	ZONE = 128
};

static int fields_of(char conversion)
{
	switch (conversion) {
	case 'Y':
	case 'y':
		return YEAR;
	case 'm':
	case 'b':
	case 'B':
		return MONTH;
	case 'd':
		return DAY;
	case 'H':
	case 'I':
		return HOUR;
	case 'M':
		return MINUTE;
	case 'S':
		return SECOND;
	case 'p':
		return HALF;
	case 'z':
		return ZONE;
	case 's':
		return YEAR | MONTH | DAY | HOUR | MINUTE | SECOND | HALF | ZONE;
	default:
		return 0;
	}
}

/* The first of the fields, for words. */
static const char *name_of_field(int fields)
{
	static const char *const names[] = {
		"year", "month", "day", "hour", "minute", "second", "AM or PM", "zone"};
	return names[__builtin_ctz((unsigned)fields)];
}

static bool format_error(const char *text, const char *wrong, struct error *err)
{
	return error_set(err, ERROR_USAGE, "--date-format '%s' %s (understood: %s)", text, wrong,
		understood);
}

/* Reads one step of the format at *at; false when it is none. */
static bool next_step(const char **at, struct date_step *step)
{
	*step = (struct date_step){.literal = **at};
	size_t blank = utf8_blank_length(text_of(*at));
	if (blank > 0) {
		step->conversion = ' ';
		for (; blank > 0; blank = utf8_blank_length(text_of(*at)))
			*at += blank;
		return true;
	}
	if (**at == '%') {
		++*at;
		if (**at != '%' && fields_of(**at) == 0)
			return false;
		step->conversion = **at == '%' ? '\0' : **at;
	}
	++*at;
	return true;
}

static bool is_number(struct date_step step)
{
	return step.conversion == '\0' ? is_digit(step.literal)
				       : strchr("YymdHIMSs", step.conversion) != NULL;
}

static void settle_neighbours(struct date_format *format)
{
	format->has_fraction = true;
	for (size_t i = 0; i + 1 < format->n_steps; i++) {
		struct date_step *step = &format->steps[i], *next = step + 1;
		if (is_number(*step) && is_number(*next))
			step->two_digits = next->two_digits = true;
		if (step->conversion == 'S' && next->conversion == '\0' &&
			(next->literal == '.' || next->literal == ','))
			format->has_fraction = false;
	}
}

/* Whether date_read() has a quick way for the format: %d/%m/%Y and the like, and a time. */
static void settle_speed(struct date_format *format)
{
	enum { OF_DATE = 5 };
	const char *after = format->text + strlen("%d/%m/%Y");
	if (format->n_steps < OF_DATE)
		return;
	for (size_t i = 0; i < OF_DATE; i++) {
		char conversion = format->steps[i].conversion;
		if (i % 2 == 0 ? conversion == '\0' || strchr("dmY", conversion) == NULL
			       : conversion != '\0' || format->steps[i].literal == '%')
			return;
	}
	format->quick_seconds = strcmp(after, " %H:%M:%S") == 0;
	format->quick =
		format->n_steps == OF_DATE || strcmp(after, " %H:%M") == 0 || format->quick_seconds;
}

bool date_format_compile(struct date_format *format, const char *text, struct error *err)
{
	char excerpt[TEXT_EXCERPT_SIZE];
	*format = (struct date_format){0};
	if (text == NULL)
		return true;
	if (strlen(text) >= DATE_FORMAT_SIZE)
		return error_set(err, ERROR_USAGE, "--date-format '%s' is longer than %d bytes",
			text_excerpt(text_of(text), excerpt), DATE_FORMAT_SIZE - 1);
	memcpy(format->text, text, strlen(text) + 1);

	char wrong[64];
	int seen = 0;
	for (const char *at = text; *at != '\0';) {
		struct date_step *step = &format->steps[format->n_steps++];
		if (!next_step(&at, step)) {
			size_t length = *at == '\0' ? 0 : utf8_length(text_of(at));
			snprintf(wrong, sizeof(wrong), "has %s '%%%.*s'",
				*at == '\0' ? "a lone" : "an unknown conversion", (int)length, at);
			return format_error(text, wrong, err);
		}
		int fields = fields_of(step->conversion);
		if (seen & fields) {
			snprintf(wrong, sizeof(wrong), "has the %s twice",
				name_of_field(seen & fields));
			return format_error(text, wrong, err);
		}
		seen |= fields;
		/* Blanks around a value do not matter, so those around a format do not either. */
		if (step->conversion == ' ' && (format->n_steps == 1 || *at == '\0'))
			format->n_steps--;
	}
	if (!(seen & YEAR))
		return format_error(text, "has no year", err);
	if (!(seen & MONTH))
		return format_error(text, "has no month", err);
	if (!(seen & DAY))
		return format_error(text, "has no day", err);
	format->has_time = (seen & (HOUR | MINUTE | SECOND | HALF)) != 0;
	settle_neighbours(format);
	settle_speed(format);
	return true;
}

#include "cmd/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/shown.h"

static const char *command;
static bool is_quiet;

void message_set_command(const char *name)
{
	command = name;
}

const char *message_command(void)
{
	return command;
}

void message_set_quiet(bool quiet)
{
	is_quiet = quiet;
}

bool message_is_quiet(void)
{
	return is_quiet;
}

/* What stands in the data and in names of files must not drive the terminal, nor turn the message
 * round; but a name must be found again. */
static void print_safely(const char *words)
{
	struct text left = text_of(words);
	while (left.length > 0) {
		struct shown_character c = shown_first(left);
		if (c.harmless)
			fwrite(left.at, 1, c.length, stderr);
		else if (c.codepoint < 0x80)
			fprintf(stderr, "\\x%02X", (unsigned char)left.at[0]);
		else
			fprintf(stderr, "\\u%04X", (unsigned)c.codepoint);
		left = (struct text){left.at + c.length, left.length - c.length};
	}
}

static void print_line(const char *kind, const char *words)
{
	fprintf(stderr, "patron%s%s: %s", command != NULL ? " " : "",
		command != NULL ? command : "", kind);
	print_safely(words);
	putc('\n', stderr);
}

void message_progress(const char *words)
{
	print_line("", words);
}

void message_error(const char *words)
{
	print_line("", words);
}

static void print_format(const char *kind, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return;
	char *words = mem_array((size_t)length + 1, 1);
	vsnprintf(words, (size_t)length + 1, format, args);
	print_line(kind, words);
	mem_free(words);
}

void message_warning(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!is_quiet)
		print_format("warning: ", format, args);
	va_end(args);
}

void message_note(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!is_quiet)
		print_format("note: ", format, args);
	va_end(args);
}

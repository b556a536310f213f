#include "cmd/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

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

/* Escape sequences in the data must not drive the terminal: C0, DEL and (in UTF-8) C1 controls. */
static void print_safely(const char *words)
{
	for (const unsigned char *at = (const unsigned char *)words; *at != '\0'; at++) {
		if (*at < 0x20 || *at == 0x7F)
			fprintf(stderr, "\\x%02X", *at);
		else if (at[0] == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0)
			fprintf(stderr, "\\u%04X", *++at);
		else
			putc(*at, stderr);
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

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	size_t size = length > 0 ? (size_t)length + 1 : 1;
	char *words = mem_zeroed(size, 1);
	if (length > 0)
		vsnprintf(words, size, format, again);
	va_end(again);
	error_release(err);
	*err = (struct error){.kind = kind, .words = words};
	return false;
}

bool error_move(struct error *to, struct error *from)
{
	error_release(to);
	*to = *from;
	*from = (struct error){0};
	return false;
}

void error_release(struct error *err)
{
	mem_free(err->words);
	*err = (struct error){0};
}

#include "cmd/memory_limit.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Less than that is not enough to begin with. */
static const size_t least = 16 << 20;

static bool read_size(const char *text, size_t *size)
{
	static const char units[] = "KMGT";
	size_t value = 0, n_digits = strspn(text, "0123456789");
	for (size_t i = 0; i < n_digits; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (size_t)(text[i] - '0'), &value))
			return false;
	if (n_digits == 0)
		return false;
	*size = value;
	if (text[n_digits] == '\0')
		return true;
	const char *unit = strchr(units, text[n_digits]);
	if (unit == NULL || text[n_digits + 1] != '\0')
		return false;
	for (const char *at = units; at <= unit; at++)
		if (__builtin_mul_overflow(*size, 1024, size))
			return false;
	return true;
}

bool memory_limit_set(const char *text, struct error *err)
{
	static char words[256];
	size_t size;
	if (text == NULL)
		return true;
	if (!read_size(text, &size) || size < least)
		return error_set(err, ERROR_USAGE,
			"--memory-limit must be a size from 16M on, such as 500M or 2G, not '%s'",
			text);
	snprintf(words, sizeof(words),
		"more memory is needed than --memory-limit %.20s (it grows with customers, distinct"
		" orders and days: allow more, leave orders out with --order none, or keep fewer"
		" rows with --where)",
		text);
	mem_limit(size, words);
	return true;
}

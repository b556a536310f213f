#include "cmd/size.h"

#include <stdio.h>
#include <string.h>

static const char units[] = "KMGT";

bool size_read(const char *text, int64_t *bytes)
{
	int64_t value = 0;
	size_t n_digits = strspn(text, "0123456789");
	for (size_t i = 0; i < n_digits; i++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, text[i] - '0', &value))
			return false;
	if (n_digits == 0)
		return false;
	*bytes = value;
	if (text[n_digits] == '\0')
		return true;
	const char *unit = strchr(units, text[n_digits]);
	if (unit == NULL || text[n_digits + 1] != '\0')
		return false;
	for (const char *at = units; at <= unit; at++)
		if (__builtin_mul_overflow(*bytes, 1024, bytes))
			return false;
	return true;
}

const char *size_write(int64_t bytes, char room[SIZE_ROOM])
{
	size_t n = 0;
	while (bytes > 0 && bytes % 1024 == 0 && units[n] != '\0') {
		bytes /= 1024;
		n++;
	}
	const char unit[] = {n > 0 ? units[n - 1] : '\0', '\0'};
	snprintf(room, SIZE_ROOM, "%lld%s", (long long)bytes, unit);
	return room;
}

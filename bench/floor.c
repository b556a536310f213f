/* The floor: reads inputs through io/source, inflates them, and does nothing else.
 *
 *	floor FILE...
 */
#include <stdio.h>

#include "base/mem.h"
#include "io/source.h"

static bool drain(const char *path, char *room, size_t capacity, int64_t *bytes)
{
	struct error err = {0};
	size_t length = 1;
	struct source *source = source_open(path, NULL, &err);
	bool good = source != NULL;
	while (good && length > 0) {
		good = source_read(source, room, capacity, &length, &err);
		*bytes += good ? (int64_t)length : 0;
	}
	source_close(source);
	if (!good)
		fprintf(stderr, "floor: %s\n", err.words);
	error_release(&err);
	return good;
}

int main(int n_arguments, char **arguments)
{
	enum { BLOCK = 256 * 1024 };
	char *room = mem_array(BLOCK, 1);
	int64_t bytes = 0;
	bool good = true;
	for (int i = 1; i < n_arguments && good; i++)
		good = drain(arguments[i], room, BLOCK, &bytes);
	printf("%lld bytes\n", (long long)bytes);
	mem_free(room);
	return good ? 0 : 1;
}

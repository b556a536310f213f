#include "cmd/memory_limit.h"

#include <stdio.h>

#include "base/mem.h"
#include "cmd/size.h"

void memory_limit_set(int64_t bytes)
{
	static char words[256];
	char room[SIZE_ROOM];
	if (bytes == 0)
		return;
	snprintf(words, sizeof(words),
		"more memory is needed than --memory-limit %s (it grows with customers, distinct"
		" orders and days: allow more, leave orders out with --order none, or keep fewer"
		" rows with --where)",
		size_write(bytes, room));
	mem_limit((size_t)bytes, words);
}

#include "cmd/memory_limit.h"

#include <stdio.h>

#include "base/mem.h"
#include "cmd/size.h"

/* How many times its length a record takes, at most, as measured. */
enum { RECORD_TAKES = 5 };

void memory_limit_set(
	int64_t bytes, int64_t longest_record, unsigned n_threads, const struct memory_use *use)
{
	static char words[768];
	char room[SIZE_ROOM], record[SIZE_ROOM], field[64] = "";
	if (bytes == 0)
		return;
	if (bytes / RECORD_TAKES < longest_record)
		snprintf(field, sizeof(field),
			"; one long record can take it too: --max-field below %s",
			size_write(longest_record, record));
	snprintf(words, sizeof(words),
		"more memory is needed than --memory-limit %s (it grows with %s: allow "
		"more%s%s%s%s)",
		size_write(bytes, room), use->grows_with, use->cure != NULL ? ", " : "",
		use->cure != NULL ? use->cure : "",
		n_threads > 1 ? ", or give fewer --threads, each of which has its buffers" : "",
		field);
	mem_limit((size_t)bytes, words);
}

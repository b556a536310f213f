#include "cmd/memory_limit.h"

#include <stdio.h>

#include "base/mem.h"
#include "cmd/size.h"

/* How many times its length a record takes, at most, as measured. */
enum { RECORD_TAKES = 5 };

void memory_limit_set(int64_t bytes, int64_t longest_record)
{
	static char words[512];
	char room[SIZE_ROOM], record[SIZE_ROOM];
	if (bytes == 0)
		return;
	int n = snprintf(words, sizeof(words),
		"more memory is needed than --memory-limit %s (it grows with customers, distinct"
		" orders and days: allow more, leave orders out with --order none, or keep fewer"
		" rows with --where",
		size_write(bytes, room));
	if (bytes / RECORD_TAKES < longest_record)
		snprintf(words + n, sizeof(words) - (size_t)n,
			"; one long record can take it too: --max-field below %s)",
			size_write(longest_record, record));
	else
		snprintf(words + n, sizeof(words) - (size_t)n, ")");
	mem_limit((size_t)bytes, words);
}

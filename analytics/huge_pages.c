#include "analytics/huge_pages.h"

#include <stdint.h>
#include <sys/mman.h>

enum { WORTHWHILE = 2 << 20, PAGE = 4096 };

void huge_pages(void *memory, size_t n_bytes)
{
#ifdef MADV_HUGEPAGE
	if (n_bytes < WORTHWHILE)
		return;
	size_t past = (size_t)((uintptr_t)memory % PAGE), skipped = past > 0 ? PAGE - past : 0;
	madvise((char *)memory + skipped, (n_bytes - skipped) / PAGE * PAGE, MADV_HUGEPAGE);
#else
	(void)memory;
	(void)n_bytes;
#endif
}

#include "analytics/huge_pages.h"

#include <stdint.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { WORTHWHILE = 2 << 20, PAGE = 4096, HUGE_PAGE = 2 << 20, CACHE_LINE = 64 };

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

void *huge_array(size_t count, size_t size)
{
	size_t n_bytes;
	if (__builtin_mul_overflow(count, size, &n_bytes) || n_bytes < WORTHWHILE)
		return mem_aligned(count, size, CACHE_LINE);
	size_t n_pages = n_bytes / HUGE_PAGE + (n_bytes % HUGE_PAGE > 0);
	void *memory = mem_aligned(n_pages, HUGE_PAGE, HUGE_PAGE);
	huge_pages(memory, n_pages * HUGE_PAGE);
	return memory;
}

/* Runs a fuzz target of tests/fuzz once on each file that is named: the corpus as a plain test,
 * with any compiler and any sanitizer.
 *
 *	build/replay/csv tests/fuzz/corpus/csv/...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		if (file == NULL) {
			perror(argv[i]);
			return 1;
		}
		/* The bytes lie in memory of just their size, so that a sanitizer sees a read past
		 * them. */
		char *bytes = NULL;
		size_t length = 0, capacity = 0, got;
		do {
			bytes = mem_grow(bytes, &capacity, length + 4096, 1);
			got = fread(bytes + length, 1, 4096, file);
			length += got;
		} while (got > 0);
		fclose(file);
		bytes = mem_resize(bytes, length, 1);
		/* Said before, so that it is known where a crash was. */
		fprintf(stderr, "%s\n", argv[i]);
		if (LLVMFuzzerTestOneInput((const uint8_t *)bytes, length) != 0)
			return 1;
		mem_free(bytes);
	}
	return 0;
}

/* Differential: any bytes, read by each way with slab borders where the first bytes say, give what
 * libcsv gives record by record. */
#include <stdint.h>
#include <stdlib.h>

#include "io/scan.h"
#include "tests/csv_dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t piece = 1 + data[0] + (size_t)data[1] % 4 * 256;
	const struct text text = {(const char *)data + 2, size - 2};
	struct buffer expected = {0};
	dump_csv(text, "libcsv", text.length + 1, &expected);
	for (const char *const *way = scan_ways(); *way != NULL; way++) {
		struct buffer dump = {0};
		dump_csv(text, *way, piece, &dump);
		if (dump.length != expected.length ||
			memcmp(dump.bytes, expected.bytes, dump.length) != 0)
			abort();
		buffer_release(&dump);
	}
	buffer_release(&expected);
	return 0;
}

/* Damaged files: every truncation and every flip of a single bit of a compressed export.
 *
 *	damage			all
 *	damage 16		every 16th of them
 *
 * What is damaged is refused (ERROR_DATA, exit 3), or read as what it was, where the damage lies in
 * bits that mean nothing (a gzip header's time, the padding before the checksum). There is no third
 * outcome: no other table, no other kind of error. Read by the whole chain from file to rows, since
 * a flip may turn a compressed file into one that looks like text.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/mem.h"
#include "io/crc.h"
#include "io/transactions.h"

enum { N_ROWS = 300, MOST_SHOWN = 20 };

/* A file in memory, opened anew for every run. */
static int memory = -1;
static char path[64];

static int64_t n_same, n_refused, n_failed;

/* ---- what is damaged ---- */

static void make_export(struct buffer *text)
{
	uint64_t state = 1;
	buffer_string(text, "customer,day,amount,order\n");
	for (int i = 0; i < N_ROWS; i++) {
		state = state * 6364136223846793005U + 1442695040888963407U;
		unsigned draw = (unsigned)(state >> 33);
		buffer_format(text, "C%03u,2024-%02u-%02u,%u.%02u,O%d\n", draw % 97, 1 + draw % 12,
			1 + draw % 28, draw % 300, draw / 7 % 100, i / 2);
	}
}

static void append_gzip(struct buffer *out, struct text text, int level, int strategy, bool checked)
{
	z_stream z = {0};
	gz_header header = {
		.name = (Bytef *)(uintptr_t) "orders.csv", .time = 1700000000, .hcrc = checked};
	if (deflateInit2(&z, level, Z_DEFLATED, MAX_WBITS + 16, 8, strategy) != Z_OK ||
		deflateSetHeader(&z, &header) != Z_OK)
		abort();
	size_t room = deflateBound(&z, text.length) + 100;
	buffer_reserve(out, room);
	z.next_in = (z_const Bytef *)text.at;
	z.avail_in = (uInt)text.length;
	z.next_out = (Bytef *)out->bytes + out->length;
	z.avail_out = (uInt)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	out->length += room - z.avail_out;
	deflateEnd(&z);
}

#ifdef HAVE_ZSTD
static void append_zstd(struct buffer *out, struct text text, int level)
{
	size_t room = ZSTD_compressBound(text.length);
	buffer_reserve(out, room);
	ZSTD_CCtx *context = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	size_t length =
		ZSTD_compress2(context, out->bytes + out->length, room, text.at, text.length);
	if (ZSTD_isError(length))
		abort();
	out->length += length;
	ZSTD_freeCCtx(context);
}
#endif

/* ---- what is read ---- */

/* Of all rows that are taken. */
struct sum {
	uint32_t crc;
	size_t n_rows;
};

static void *start(void *context, const struct transactions_report *report)
{
	(void)report;
	return context;
}

static void take(void *context, const struct transactions *rows)
{
	struct sum *sum = context;
	for (size_t i = 0; i < rows->n_rows; i++) {
		sum->crc = crc_update(sum->crc, rows->customers[i].at, rows->customers[i].length);
		sum->crc = crc_update(sum->crc, rows->orders[i].at, rows->orders[i].length);
		sum->crc = crc_update(sum->crc, &rows->days[i], sizeof(rows->days[i]));
		sum->crc = crc_update(sum->crc, &rows->amounts[i], sizeof(rows->amounts[i]));
	}
	sum->n_rows += rows->n_rows;
}

static void write_memory(const char *bytes, size_t length)
{
	if (ftruncate(memory, 0) != 0 || pwrite(memory, bytes, length, 0) != (ssize_t)length)
		abort();
}

static bool read_export(struct sum *sum, struct error *err)
{
	static const char *const paths[] = {path};
	struct transactions_settings settings = {
		.reader = {.dialect.max_record = CSV_MAX_RECORD, .threads = 1},
		.wishes = {[ROLE_CUSTOMER] = {ROLE_NEEDED, NULL},
			[ROLE_DATE] = {ROLE_NEEDED, NULL},
			[ROLE_AMOUNT] = {ROLE_NEEDED, NULL},
			[ROLE_ORDER] = {ROLE_NEEDED, NULL}},
	};
	if (!date_format_compile(&settings.dates, NULL, err) ||
		!amount_format_make(&settings.amounts, false, NULL, NULL, err))
		return false;
	struct transactions_client client = {.context = sum, .start = start, .take = take};
	struct transactions_report report;
	*sum = (struct sum){0};
	bool good = transactions_read(paths, 1, &settings, &client, &report, err);
	transactions_report_release(&report);
	return good;
}

/* ---- every damage ---- */

static void judge(const char *name, const struct sum *expected, const char *damage, size_t at)
{
	struct sum sum;
	struct error err = {0};
	bool good = read_export(&sum, &err);
	bool same = good && sum.crc == expected->crc && sum.n_rows == expected->n_rows;
	n_same += same;
	n_refused += !good && err.kind == ERROR_DATA;
	if (!same && (good || err.kind != ERROR_DATA) && ++n_failed <= MOST_SHOWN)
		printf("not ok %s, %s %zu: %s\n", name, damage, at,
			good ? "read as something else" : err.words);
	error_release(&err);
}

static void damage(const char *name, const struct buffer *whole, size_t step)
{
	struct sum expected;
	struct error err = {0};
	write_memory(whole->bytes, whole->length);
	if (!read_export(&expected, &err) || expected.n_rows != N_ROWS) {
		printf("not ok %s: the undamaged file: %s\n", name,
			err.words != NULL ? err.words : "rows are missing");
		n_failed++;
		return;
	}
	int64_t same_before = n_same, refused_before = n_refused;
	for (size_t length = 0; length < whole->length; length += step) {
		write_memory(whole->bytes, length);
		judge(name, &expected, "cut to bytes", length);
	}
	char *copy = mem_text(whole->bytes, whole->length);
	for (size_t bit = 0; bit < 8 * whole->length; bit += step) {
		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
		write_memory(copy, whole->length);
		judge(name, &expected, "bit", bit);
		copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
	}
	mem_free(copy);
	printf("ok %s, %zu bytes: %lld refused, %lld read as before\n", name, whole->length,
		(long long)(n_refused - refused_before), (long long)(n_same - same_before));
}

int main(int argc, char **argv)
{
	size_t step = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	memory = memfd_create("export", 0);
	if (memory < 0 || step == 0)
		return 2;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);

	struct buffer export = {0}, packed = {0};
	make_export(&export);
	struct text text = buffer_as_text(&export), half = {text.at, text.length / 2};
	struct text rest = {text.at + half.length, text.length - half.length};

	append_gzip(&packed, text, 6, Z_DEFAULT_STRATEGY, false);
	damage("gzip", &packed, step);
	packed.length = 0;
	append_gzip(&packed, half, 9, Z_DEFAULT_STRATEGY, true);
	append_gzip(&packed, rest, 1, Z_FIXED, false);
	damage("gzip, two members", &packed, step);
#ifdef HAVE_ZSTD
	packed.length = 0;
	append_zstd(&packed, text, 3);
	damage("zstd", &packed, step);
	packed.length = 0;
	append_zstd(&packed, half, 19);
	append_zstd(&packed, rest, 1);
	damage("zstd, two frames", &packed, step);
#endif
	buffer_release(&export);
	buffer_release(&packed);
	close(memory);
	printf("%lld passed, %lld failed\n", (long long)(n_same + n_refused), (long long)n_failed);
	return n_failed > 0;
}

/* Sources: what is compressed reads as what is not; what is damaged never reads as something else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/source.h"

static char path[] = "/tmp/patron-source-XXXXXX";

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_file(const struct buffer *bytes)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes->bytes, 1, bytes->length, file), bytes->length);
	assert_int_equal(fclose(file), 0);
}

/* All that the file gives, in pieces; false with what came before the error. */
static bool read_file(size_t piece, const char *encoding, struct buffer *text, struct error *err)
{
	struct source *source = source_open(path, encoding, err);
	bool good = source != NULL;
	text->length = 0;
	for (size_t length = 1; good && length > 0;) {
		buffer_reserve(text, piece);
		good = source_read(source, text->bytes + text->length, piece, &length, err);
		if (good)
			text->length += length;
	}
	source_close(source);
	return good;
}

/* One gzip member by zlib; level 0 stores, so that its size is known. */
static void append_member(struct buffer *out, struct text text, int level, gz_header *header)
{
	z_stream stream = {0};
	assert_int_equal(
		deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	if (header != NULL)
		assert_int_equal(deflateSetHeader(&stream, header), Z_OK);
	buffer_reserve(out, deflateBound(&stream, text.length) + 100);
	stream.next_in = (z_const Bytef *)(uintptr_t)text.at;
	stream.avail_in = (uInt)text.length;
	stream.next_out = (Bytef *)out->bytes + out->length;
	stream.avail_out = (uInt)(out->capacity - out->length);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	out->length += stream.total_out;
	deflateEnd(&stream);
}

static void rows(struct buffer *text, int n)
{
	uint64_t seed = 4;
	for (int i = 0; i < n; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		buffer_format(text, "C%05u,2024-%02u-01,%u.50\n", (unsigned)(seed >> 50),
			(unsigned)(seed >> 40) % 12 + 1, (unsigned)(seed >> 33) % 1000);
	}
}

static void assert_reads(const struct buffer *expected)
{
	static const size_t pieces[] = {1, 7, 4096, 1 << 20};
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buffer text = {0};
		struct error err = {0};
		assert_true(read_file(pieces[i], NULL, &text, &err));
		assert_int_equal(text.length, expected->length);
		assert_memory_equal(text.bytes, expected->bytes, text.length);
		buffer_release(&text);
	}
}

static void test_plain_and_members(void **state)
{
	(void)state;
	struct buffer text = {0}, file = {0};
	rows(&text, 500);
	write_file(&text);
	assert_reads(&text);
	for (size_t at = 0; at < text.length; at += 1000) {
		size_t length = text.length - at < 1000 ? text.length - at : 1000;
		append_member(&file, (struct text){text.bytes + at, length}, 6, NULL);
		append_member(&file, TEXT(""), 6, NULL);
	}
	write_file(&file);
	assert_reads(&text);
	/* Zero bytes at the end are padding, of tapes and block devices. */
	for (int i = 0; i < 600; i++)
		buffer_byte(&file, '\0');
	write_file(&file);
	assert_reads(&text);
	buffer_release(&file);
	buffer_release(&text);
}

/* RFC 1952: extra field, name, comment, header CRC. */
static void test_header_fields(void **state)
{
	(void)state;
	struct buffer text = {0}, file = {0};
	Bytef extra[] = "BC\2\0\x1B\0", name[] = "orders.csv", comment[] = "nightly export";
	gz_header header = {
		.extra = extra, .extra_len = 6, .name = name, .comment = comment, .hcrc = 1};
	rows(&text, 50);
	append_member(&file, buffer_as_text(&text), 6, &header);
	write_file(&file);
	assert_reads(&text);
	struct error err = {0};
	struct buffer got = {0};
	file.bytes[20] ^= 1; /* in the name: only the header's checksum tells */
	write_file(&file);
	assert_false(read_file(4096, NULL, &got, &err));
	assert_int_equal(err.kind, ERROR_DATA);
	error_release(&err);
	file.bytes[20] ^= 1;
	/* 10 bytes, 2 and 6 of the extra field, two texts with their ends, 2 of the checksum. */
	const size_t header_size = 10 + 8 + sizeof(name) + sizeof(comment) + 2;
	for (file.length = 2; file.length <= header_size; file.length++) {
		write_file(&file);
		assert_false(read_file(4096, NULL, &got, &err));
		assert_int_equal(err.kind, ERROR_DATA);
		error_release(&err);
	}
	buffer_release(&got);
	buffer_release(&file);
	buffer_release(&text);
}

/* The end of a member near the border of the 256 KiB that are read at once, on both sides of it:
 * the inflater may have taken bytes of the trailer from the piece before. */
static void test_members_across_reads(void **state)
{
	(void)state;
	enum { WINDOW = 256 * 1024 };
	struct buffer text = {0};
	rows(&text, 20000);
	for (size_t cut = 0; cut < 40; cut++) {
		/* Stored blocks: 18 bytes of gzip and 5 for each 64 KiB are added. */
		size_t first = WINDOW - 18 - 5 * 5 - 20 + cut;
		struct buffer file = {0}, got = {0};
		struct error err = {0};
		append_member(&file, (struct text){text.bytes, first}, 0, NULL);
		append_member(&file, (struct text){text.bytes + first, 5000}, 6, NULL);
		write_file(&file);
		assert_true(read_file(100000, NULL, &got, &err));
		assert_int_equal(got.length, first + 5000);
		assert_memory_equal(got.bytes, text.bytes, got.length);
		buffer_release(&got);
		buffer_release(&file);
	}
	buffer_release(&text);
}

static void assert_damaged(struct buffer *file, const struct buffer *clean)
{
	struct buffer got = {0};
	struct error err = {0};
	write_file(file);
	bool good = read_file(65536, NULL, &got, &err);
	if (good) {
		/* Bits that mean nothing: time, system, extra flags. */
		assert_int_equal(got.length, clean->length);
		assert_memory_equal(got.bytes, clean->bytes, got.length);
	} else {
		assert_int_equal(err.kind, ERROR_DATA);
		assert_non_null(strstr(err.words, path));
	}
	error_release(&err);
	buffer_release(&got);
}

static void test_every_truncation(void **state)
{
	(void)state;
	struct buffer text = {0}, file = {0};
	rows(&text, 60);
	append_member(&file, buffer_as_text(&text), 6, NULL);
	for (size_t length = 2; length < file.length; length++) {
		struct buffer cut = {file.bytes, length, file.capacity}, got = {0};
		struct error err = {0};
		write_file(&cut);
		assert_false(read_file(65536, NULL, &got, &err));
		assert_int_equal(err.kind, ERROR_DATA);
		assert_non_null(strstr(err.words, "truncated"));
		error_release(&err);
		buffer_release(&got);
	}
	buffer_release(&file);
	buffer_release(&text);
}

static void test_every_bit_flip(void **state)
{
	(void)state;
	struct buffer text = {0}, file = {0};
	rows(&text, 30);
	append_member(&file, buffer_as_text(&text), 6, NULL);
	/* The first two bytes make it a gzip file. */
	for (size_t bit = 16; bit < 8 * file.length; bit++) {
		file.bytes[bit / 8] ^= (char)(1 << bit % 8);
		assert_damaged(&file, &text);
		file.bytes[bit / 8] ^= (char)(1 << bit % 8);
	}
	buffer_release(&file);
	buffer_release(&text);
}

static void test_garbage_after_the_end(void **state)
{
	(void)state;
	static const char *const garbage[] = {"x", "\x1F", "\x1F\x8C", "\x1Fxxxxxxxxxxxxxxxxxxx",
		"0123456789012345678901234567890"};
	struct buffer text = {0};
	rows(&text, 30);
	for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
		struct buffer file = {0}, got = {0};
		struct error err = {0};
		append_member(&file, buffer_as_text(&text), 6, NULL);
		buffer_string(&file, garbage[i]);
		write_file(&file);
		assert_false(read_file(65536, NULL, &got, &err));
		assert_int_equal(err.kind, ERROR_DATA);
		error_release(&err);
		buffer_release(&got);
		buffer_release(&file);
	}
	buffer_release(&text);
}

static void test_encodings_and_marks(void **state)
{
	(void)state;
	struct buffer file = {0}, got = {0};
	struct error err = {0};
	buffer_bytes(&file,
		"\xEF\xBB\xBF"
		"a,b\n",
		7);
	write_file(&file);
	assert_true(read_file(4096, NULL, &got, &err));
	assert_true(text_equal(buffer_as_text(&got), TEXT("a,b\n")));

	file.length = 0;
	buffer_bytes(&file,
		"\xFF\xFE"
		"a\0,\0b\0\n\0",
		10);
	write_file(&file);
	assert_false(read_file(4096, NULL, &got, &err));
	assert_non_null(strstr(err.words, "--encoding UTF-16LE"));
	assert_true(read_file(4096, "UTF-16", &got, &err));
	assert_true(text_equal(buffer_as_text(&got), TEXT("a,b\n")));

	/* A full first piece with a mark is not the end of the text. */
	file.length = 0;
	buffer_bytes(&file, "\xEF\xBB\xBF", 3);
	rows(&file, 1000);
	write_file(&file);
	error_release(&err);
	assert_true(read_file(100, NULL, &got, &err));
	assert_int_equal(got.length, file.length - 3);
	buffer_release(&got);
	buffer_release(&file);
}

/* A file that grows, shrinks or is written over after it was opened is told from one at rest. */
static void test_changes_while_reading(void **state)
{
	(void)state;
	struct buffer text = {0}, longer = {0};
	rows(&text, 100);
	rows(&longer, 101);
	for (int change = 0; change < 4; change++) {
		char room[1000];
		size_t length = 1;
		struct error err = {0};
		write_file(&text);
		/* Yesterday, so that the clock's ticks do not matter. */
		const struct timespec old[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
		assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
		struct source *source = source_open(path, NULL, &err);
		assert_non_null(source);
		assert_true(source_read(source, room, sizeof(room), &length, &err));
		if (change == 1)
			write_file(&longer);
		if (change == 2)
			assert_int_equal(truncate(path, (off_t)text.length - 10), 0);
		if (change == 3)
			write_file(&text);
		bool good = true;
		while (good && length > 0)
			good = source_read(source, room, sizeof(room), &length, &err);
		assert_int_equal(good, change == 0);
		assert_int_equal(err.kind, change == 0 ? ERROR_NONE : ERROR_SYSTEM);
		assert_true(change == 0 || strncmp(err.words, path, strlen(path)) == 0);
		error_release(&err);
		source_close(source);
	}
	buffer_release(&text);
	buffer_release(&longer);
}

static void test_what_cannot_be_opened(void **state)
{
	(void)state;
	struct error err = {0};
	assert_null(source_open("/no/such/file", NULL, &err));
	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_null(source_open("/tmp", NULL, &err));
	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_null(source_open(path, "KLINGON", &err));
	assert_int_equal(err.kind, ERROR_USAGE);
	error_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_and_members),
		cmocka_unit_test(test_header_fields),
		cmocka_unit_test(test_members_across_reads),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_bit_flip),
		cmocka_unit_test(test_garbage_after_the_end),
		cmocka_unit_test(test_encodings_and_marks),
		cmocka_unit_test(test_changes_while_reading),
		cmocka_unit_test(test_what_cannot_be_opened),
	};
	return cmocka_run_group_tests_name("source", tests, make_file, remove_file);
}

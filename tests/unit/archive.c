/* Archives by hand, from PKWARE's APPNOTE.TXT: what is whole, and every way in which it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"
#include "io/archive.h"

static void put(struct buffer *bytes, uint32_t value, int n_bytes)
{
	for (int i = 0; i < n_bytes; i++, value >>= 8)
		buffer_byte(bytes, (char)(value & 0xFF));
}

static void pack(struct buffer *packed, struct text document)
{
	z_stream stream = {0};
	assert_int_equal(
		deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&stream, document.length);
	buffer_reserve(packed, room);
	stream.next_in = (Bytef *)document.at;
	stream.avail_in = (uInt)document.length;
	stream.next_out = (Bytef *)packed->bytes;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	packed->length = stream.total_out;
	deflateEnd(&stream);
}

struct archive {
	struct buffer bytes, directory;
	unsigned n;
};

static void add(struct archive *archive, struct text document, bool packed)
{
	struct buffer data = {0};
	uint32_t offset = (uint32_t)archive->bytes.length;
	if (packed)
		pack(&data, document);
	else
		buffer_text(&data, document);
	struct {
		struct buffer *to;
		uint32_t mark;
		int n_before;
	} both[] = {{&archive->bytes, 0x04034b50, 4}, {&archive->directory, 0x02014b50, 6}};
	for (size_t i = 0; i < 2; i++) {
		struct buffer *to = both[i].to;
		put(to, both[i].mark, 4);
		put(to, 0, both[i].n_before);
		put(to, packed ? 8 : 0, 2);
		put(to, 0, 8); /* time and checksum */
		put(to, (uint32_t)data.length, 4);
		put(to, (uint32_t)document.length, 4);
		put(to, 1, 2);
		put(to, 2, 2); /* bytes of extra field */
	}
	put(&archive->directory, 0, 10); /* comment, disk, attributes */
	put(&archive->directory, offset, 4);
	buffer_text(&archive->directory, TEXT("axx"));
	buffer_text(&archive->bytes, TEXT("axx"));
	buffer_bytes(&archive->bytes, data.bytes, data.length);
	buffer_release(&data);
	archive->n++;
}

/* Closes the archive and looks at it, without its last n_cut bytes. */
static bool is_whole(struct archive *archive, size_t n_cut)
{
	struct buffer *bytes = &archive->bytes;
	uint32_t directory = (uint32_t)bytes->length;
	buffer_bytes(bytes, archive->directory.bytes, archive->directory.length);
	put(bytes, 0x06054b50, 4);
	put(bytes, 0, 4);
	put(bytes, archive->n, 2);
	put(bytes, archive->n, 2);
	put(bytes, (uint32_t)archive->directory.length, 4);
	put(bytes, directory, 4);
	put(bytes, 0, 2);
	FILE *file = tmpfile();
	assert_non_null(file);
	assert_int_equal(
		fwrite(bytes->bytes, 1, bytes->length - n_cut, file), bytes->length - n_cut);
	bool whole = archive_is_whole(file);
	fclose(file);
	buffer_release(bytes);
	buffer_release(&archive->directory);
	*archive = (struct archive){.n = 0};
	return whole;
}

static bool document_is_whole(struct text document, bool packed)
{
	struct archive archive = {.n = 0};
	add(&archive, TEXT("<?xml version=\"1.0\"?>\n<first>1</first>"), !packed);
	add(&archive, document, packed);
	return is_whole(&archive, 0);
}

static void test_whole(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		assert_true(document_is_whole(TEXT("<a></a>"), packed));
		assert_true(document_is_whole(TEXT("<?xml?><a b=\"c\"><d/></a>\n"), packed));
	}
}

static void test_cut_documents(void **state)
{
	(void)state;
	static const struct text cut[] = {{"", 0}, {"<", 1}, {"<a", 2}, {"<a>", 3}, {"<a></a", 6},
		{"<a></b>", 7}, {"<a><d/>", 7}, {"<?xml?>", 7}, {"</a>", 4}};
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		for (int packed = 0; packed < 2; packed++)
			assert_false(document_is_whole(cut[i], packed));
}

/* Longer than what is kept and than what is unpacked at a time; every cut is seen. */
static void test_long_documents(void **state)
{
	(void)state;
	struct buffer document = {0};
	buffer_string(&document, "<sheet>");
	while (document.length < 300000)
		buffer_format(&document, "<cell>%zu</cell>", document.length);
	buffer_string(&document, "</sheet>");
	for (int packed = 0; packed < 2; packed++) {
		struct text text = {document.bytes, document.length};
		assert_true(document_is_whole(text, packed));
		for (size_t n = 1; n < 300; n++) {
			text.length = document.length - n;
			assert_false(document_is_whole(text, packed));
		}
	}
	buffer_release(&document);
}

static void test_cut_archives(void **state)
{
	(void)state;
	for (size_t n = 1; n < 200; n++) {
		struct archive archive = {.n = 0};
		add(&archive, TEXT("<a>hello</a>"), true);
		add(&archive, TEXT("<b>hello</b>"), false);
		size_t length = archive.bytes.length + archive.directory.length + 22;
		if (n <= length)
			assert_false(is_whole(&archive, n));
		else
			assert_true(is_whole(&archive, 0));
	}
	struct archive none = {.n = 0};
	assert_false(is_whole(&none, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut_documents),
		cmocka_unit_test(test_long_documents),
		cmocka_unit_test(test_cut_archives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

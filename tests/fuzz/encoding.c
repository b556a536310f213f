/* Encodings: the first byte picks one, the second how long pieces are, the rest is text in it.
 *
 * Held to: pieces of any length give what the whole gives; what is UTF-8 and has no byte order mark
 * comes out of UTF-8 as it is; a bad byte has words, and what is before it is UTF-8.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "io/encoding.h"

static const char *const names[] = {"UTF-8", "GB18030", "Big5", "Big5-HKSCS", "Shift_JIS", "EUC-JP",
	"ISO-2022-JP", "ISO-2022-KR", "EUC-KR", "UTF-16", "UTF-16BE", "UTF-32", "latin1",
	"windows-1252", "UTF-7", "EUC-TW"};
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

static struct buffer convert(const char *name, struct text bytes, size_t piece)
{
	struct error err = {0};
	struct buffer out = {0};
	struct encoding *encoding = encoding_open(name, &err);
	assert(encoding != NULL);
	for (size_t at = 0; at < bytes.length; at += piece) {
		size_t length = bytes.length - at < piece ? bytes.length - at : piece;
		/* In memory of its own, so that a read past it is seen. */
		char *copy = mem_text(bytes.at + at, length);
		copy = mem_resize(copy, length, 1);
		encoding_convert(encoding, copy, length, false, &out);
		mem_free(copy);
	}
	encoding_convert(encoding, NULL, 0, true, &out);
	encoding_close(encoding);
	return out;
}

static void check_words(struct text text, const char *encoding)
{
	size_t bad = 0;
	if (text.length == 0 || utf8_valid(text.at, text.length, &bad))
		return;
	struct buffer words = {0};
	assert(bad < text.length);
	assert(utf8_valid(text.at, bad, NULL));
	assert(utf8_length((struct text){text.at + bad, text.length - bad}) == 0);
	encoding_explain(text, bad, encoding, &words);
	assert(words.length > 0);
	buffer_release(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t choice = data[0] % N_NAMES;
	struct text bytes = {(const char *)data + 2, size - 2};
	struct buffer whole = convert(names[choice], bytes, size);
	struct buffer pieces = convert(names[choice], bytes, 1 + data[1] % 16);
	assert(text_equal(buffer_as_text(&whole), buffer_as_text(&pieces)));

	bool has_mark = bytes.length >= 3 && memcmp(bytes.at, "\xEF\xBB\xBF", 3) == 0;
	if (choice == 0 && !has_mark && utf8_valid(bytes.at, bytes.length, NULL))
		assert(text_equal(buffer_as_text(&whole), bytes));
	check_words(bytes, NULL);
	check_words(buffer_as_text(&whole), names[choice]);
	(void)encoding_guess_bom(bytes.at, bytes.length);
	buffer_release(&whole);
	buffer_release(&pieces);
	return 0;
}

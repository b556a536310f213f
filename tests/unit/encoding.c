/* Encodings: the bytes and their UTF-8 are Python's codecs, offsets of bad bytes its
 * UnicodeDecodeError.start. */
#include "io/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/random.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal)                         \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

static bool valid_exactly(struct text text, size_t *bad)
{
	struct text copy = at_the_end(text.at, text.length);
	bool valid = utf8_valid(copy.at, copy.length, bad);
	forget(copy);
	return valid;
}

static void first_bad_byte(void **state)
{
	static const struct {
		struct text text;
		int bad; /* -1: none */
	} cases[] = {
		{BYTES(""), -1},
		{BYTES("plain ascii, long enough to be read eight and thirty-two bytes at a time, "
		       "and then some"),
			-1},
		{BYTES("\303\251"), -1},
		{BYTES("\345\256\242\346\210\267\347\274\226\345\217\267"), -1},
		{BYTES("\360\237\230\200"), -1},
		{BYTES("\364\217\277\277"), -1},
		{BYTES("\355\237\277"), -1},
		{BYTES("\356\200\200"), -1},
		{BYTES("\302\200"), -1},
		{BYTES("\340\240\200"), -1},
		{BYTES("\360\220\200\200"), -1},
		{BYTES("a\000b"), -1},
		{BYTES("\200"), 0},
		{BYTES("\277"), 0},
		{BYTES("abc\351"), 3},
		{BYTES("abc\351def"), 3},
		{BYTES("\300\200"), 0},
		{BYTES("\301\277"), 0},
		{BYTES("\340\200\200"), 0},
		{BYTES("\340\237\277"), 0},
		{BYTES("\360\200\200\200"), 0},
		{BYTES("\360\217\277\277"), 0},
		{BYTES("\355\240\200"), 0},
		{BYTES("\355\277\277"), 0},
		{BYTES("\364\220\200\200"), 0},
		{BYTES("\365\200\200\200"), 0},
		{BYTES("\377"), 0},
		{BYTES("\376"), 0},
		{BYTES("\303"), 0},
		{BYTES("\345\256"), 0},
		{BYTES("\360\237\230"), 0},
		{BYTES("\303("), 0},
		{BYTES("\345(\242"), 0},
		{BYTES("\345\256("), 0},
		{BYTES("\360\237(\200"), 0},
		{BYTES("\370\210\200\200\200"), 0},
		{BYTES("0123456789012345678901234567890\377"), 31},
		{BYTES("01234567890123456789012345678901\377"), 32},
		{BYTES("0123456\377"), 7},
		{BYTES("01234567\377"), 8},
		{BYTES("\345\256\242\346\210\267\261"), 6},
		{BYTES("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\303"
		       "\251yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\303"),
			112},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t bad = SIZE_MAX;
		bool valid = valid_exactly(cases[i].text, &bad);
		assert_int_equal(valid, cases[i].bad < 0);
		if (!valid)
			assert_int_equal(bad, cases[i].bad);
		assert_int_equal(utf8_valid(cases[i].text.at, cases[i].text.length, NULL), valid);
	}
}

/* The same wherever a text is cut into blocks of 32 bytes: what stands across two of them, or at
 * the end of the last. */
static void bad_bytes_across_blocks(void **state)
{
	static const struct {
		struct text text;
		bool valid;
	} cases[] = {
		{BYTES("\303\251"), true},
		{BYTES("\345\256\242"), true},
		{BYTES("\360\237\230\200"), true},
		{BYTES("\303"), false},
		{BYTES("\345\256"), false},
		{BYTES("\360\237\230"), false},
		{BYTES("\300\200"), false},
		{BYTES("\340\237\277"), false},
		{BYTES("\355\240\200"), false},
		{BYTES("\360\217\277\277"), false},
		{BYTES("\364\220\200\200"), false},
		{BYTES("\365\200\200\200"), false},
		{BYTES("\303\251\200"), false},
		{BYTES("\360\237\230\200\200"), false},
	};
	enum { LENGTH = 100 };
	char bytes[LENGTH];
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t at = 24; at + cases[i].text.length <= LENGTH; at++) {
			size_t end = at + cases[i].text.length, bad = SIZE_MAX;
			memset(bytes, 'x', LENGTH);
			memcpy(bytes + at, cases[i].text.at, cases[i].text.length);
			assert_int_equal(
				valid_exactly((struct text){bytes, end}, &bad), cases[i].valid);
			assert_int_equal(
				valid_exactly((struct text){bytes, LENGTH}, &bad), cases[i].valid);
			assert_true(cases[i].valid || (bad >= at && bad < end));
		}
}

/* Of all strings of two and three bytes as many are one character as Unicode has: U+0080 to U+07FF;
 * U+0800 to U+FFFF without 2048 surrogates. Of four bytes, with two good and two bad values for the
 * third and fourth, four times the 256 blocks of 4096 that lie above U+FFFF. */
static void every_short_sequence(void **state)
{
	static const unsigned char edges[] = {0x7F, 0x80, 0xBF, 0xC0};
	int n_two = 0, n_three = 0, n_four = 0;
	char bytes[4];
	(void)state;
	for (int a = 0x80; a < 0x100; a++) {
		bytes[0] = (char)a;
		for (int b = 0; b < 0x100; b++) {
			bytes[1] = (char)b;
			n_two += utf8_length((struct text){bytes, 2}) == 2;
			for (int c = 0; c < 0x100; c++) {
				bytes[2] = (char)c;
				n_three += utf8_length((struct text){bytes, 3}) == 3;
			}
			for (size_t i = 0; i < COUNT(edges) * COUNT(edges); i++) {
				bytes[2] = (char)edges[i / COUNT(edges)];
				bytes[3] = (char)edges[i % COUNT(edges)];
				n_four += utf8_valid(bytes, 4, NULL) &&
					  utf8_length((struct text){bytes, 4}) == 4;
			}
		}
	}
	assert_int_equal(n_two, 0x800 - 0x80);
	assert_int_equal(n_three, 0x10000 - 0x800 - 2048);
	assert_int_equal(n_four, 4 * 256);
}

static size_t write_character(uint32_t code, char *room)
{
	if (code < 0x80) {
		room[0] = (char)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
	for (size_t i = n - 1; i > 0; i--, code >>= 6)
		room[i] = (char)(0x80 | (code & 0x3F));
	room[0] = (char)(leads[n] | code);
	return n;
}

static void random_text_is_valid_until_broken(void **state)
{
	enum { ROUNDS = 20000, CHARACTERS = 60 };
	uint64_t seed = 5;
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		char bytes[4 * CHARACTERS];
		size_t n = 0, n_characters = random_below(&seed, CHARACTERS), broken = 0;
		size_t victim = random_below(&seed, CHARACTERS);
		for (size_t i = 0; i < n_characters; i++) {
			static const uint32_t ends[] = {0x80, 0x80, 0x800, 0xD800, 0x110000};
			uint32_t code = (uint32_t)random_below(
				&seed, ends[random_below(&seed, COUNT(ends))]);
			if (code >= 0xD800 && code < 0xE000)
				code = 0x20AC;
			broken = i == victim ? n : broken;
			n += write_character(code, bytes + n);
		}
		size_t bad = 0;
		assert_true(valid_exactly((struct text){bytes, n}, &bad));
		if (victim >= n_characters)
			continue;
		bytes[broken] = (char)0xFF;
		assert_false(valid_exactly((struct text){bytes, n}, &bad));
		assert_int_equal(bad, broken);
	}
}

static void blanks(void **state)
{
	(void)state;
	assert_int_equal(utf8_blank_length(TEXT("")), 0);
	assert_int_equal(utf8_blank_length(TEXT(" a")), 1);
	assert_int_equal(utf8_blank_length(TEXT("\t")), 1);
	assert_int_equal(utf8_blank_length(TEXT("\n")), 0);
	assert_int_equal(utf8_blank_length(TEXT("a")), 0);
	assert_int_equal(utf8_blank_length(TEXT("\u00A0")), 2);
	assert_int_equal(utf8_blank_length(TEXT("\u202F")), 3);
	assert_int_equal(utf8_blank_length(TEXT("\u2009")), 3);
	assert_int_equal(utf8_blank_length(TEXT("\u00E9")), 0);
	assert_int_equal(utf8_blank_length(TEXT("\xC2")), 0);
	assert_int_equal(utf8_blank_length(TEXT("\xE2\x80")), 0);
}

/* Converts in pieces of n bytes, the last of which is told with it, or after it. */
static struct buffer convert(const char *name, struct text bytes, size_t n, bool told_after)
{
	struct error err = {0};
	struct buffer out = {0};
	struct encoding *encoding = encoding_open(name, &err);
	if (encoding == NULL)
		print_error("%s\n", err.words);
	assert_non_null(encoding);
	for (size_t at = 0; at < bytes.length; at += n) {
		size_t length = bytes.length - at < n ? bytes.length - at : n;
		struct text piece = at_the_end(bytes.at + at, length);
		encoding_convert(encoding, piece.at, piece.length,
			!told_after && at + length == bytes.length, &out);
		forget(piece);
	}
	if (told_after || bytes.length == 0)
		encoding_convert(encoding, NULL, 0, true, &out);
	encoding_close(encoding);
	return out;
}

static void assert_converts(const char *name, struct text bytes, struct text expected)
{
	for (size_t n = 1; n <= bytes.length + 1; n++) {
		struct buffer out = convert(name, bytes, n, n % 2 == 0);
		bool equal = text_equal(buffer_as_text(&out), expected);
		if (!equal)
			print_error("%s by %zu: '%.*s'\n", name, n, (int)out.length, out.bytes);
		assert_true(equal);
		buffer_release(&out);
	}
}

static void good_bytes(void **state)
{
	static const struct {
		const char *name;
		struct text bytes, expected;
	} cases[] = {
		{"GB18030",
			BYTES("\277\315\273\247,\310\325\306\332,"
			      "\275\360\266\356\012\325\305\310\375|\242\343,\2249\3746\012"),
			BYTES("\345\256\242\346\210\267,\346\227\245\346\234\237,"
			      "\351\207\221\351\242\235\012\345\274\240\344\270\211|\342\202\254,"
			      "\360\237\230\200\012")},
		{"GBK", BYTES("\277\315\273\247\261\340\272\305,\275\360\266\356\012"),
			BYTES("\345\256\242\346\210\267\347\274\226\345\217\267,"
			      "\351\207\221\351\242\235\012")},
		{"Big5", BYTES("\263\134\245\134\273\134,\267|\255\373\275s\270\271\012"),
			BYTES("\350\250\261\345\212\237\350\223\213,"
			      "\346\234\203\345\223\241\347\267\250\350\231\237\012")},
		{"Big5-HKSCS", BYTES("\267|\255\373,\235\357\210bx\012"),
			BYTES("\346\234\203\345\223\241,\345\230\205\303\212\314\204x\012")},
		{"Shift_JIS", BYTES("\225\134\203|,\217\134\012\214\332\213qID\012"),
			BYTES("\350\241\250\343\203\235,"
			      "\345\215\201\012\351\241\247\345\256\242ID\012")},
		{"EUC-JP", BYTES("\270\334\265\322,\306\374\311\325\012"),
			BYTES("\351\241\247\345\256\242,\346\227\245\344\273\230\012")},
		{"ISO-2022-JP",
			BYTES("\033$B8\1345R\033(B,\033$BF|IU\033(B\012abc\012\033$B6b3[\033(B"),
			BYTES("\351\241\247\345\256\242,"
			      "\346\227\245\344\273\230\012abc\012\351\207\221\351\241\215")},
		{"EUC-KR", BYTES("\260\355\260\264,\263\257\302\245\012"),
			BYTES("\352\263\240\352\260\235,\353\202\240\354\247\234\012")},
		{"latin1", BYTES("caf\351,\361\012"), BYTES("caf\303\251,\303\261\012")},
		{"windows-1252", BYTES("12,50 \200,\223\351\224\012"),
			BYTES("12,50 \342\202\254,\342\200\234\303\251\342\200\235\012")},
		{"ISO-8859-15", BYTES("12 \244\012"), BYTES("12 \342\202\254\012")},
		{"KOI8-R", BYTES("\313\314\311\305\316\324\012"),
			BYTES("\320\272\320\273\320\270\320\265\320\275\321\202\012")},
		{"IBM037", BYTES("\203\244\242\243\226\224\205\231k\204\201\243\205%"),
			BYTES("customer,date\012")},
		{"UTF-16", BYTES("\377\376a\000,\000\242[\012\000=\330\000\336\012\000"),
			BYTES("a,\345\256\242\012\360\237\230\200\012")},
		{"UTF-16", BYTES("\376\377\000a\000,[\242\000\012\330=\336\000\000\012"),
			BYTES("a,\345\256\242\012\360\237\230\200\012")},
		{"utf-16", BYTES("a\000,\000\242[\012\000"), BYTES("a,\345\256\242\012")},
		{"UTF-16", BYTES("\000a\000,[\242\000\012"), BYTES("a,\345\256\242\012")},
		{"UTF-16LE", BYTES("\377\376a\000,\000\242[\012\000"), BYTES("a,\345\256\242\012")},
		{"UTF-16BE", BYTES("\000a\000,[\242\000\012"), BYTES("a,\345\256\242\012")},
		{"UCS-2", BYTES("\376\377\000a\000,\000b\000\012"), BYTES("a,b\012")},
		{"UTF-32",
			BYTES("\377\376\000\000a\000\000\000,\000\000\000\242["
			      "\000\000\012\000\000\000\000\366\001\000\012\000\000\000"),
			BYTES("a,\345\256\242\012\360\237\230\200\012")},
		{"UTF-32",
			BYTES("\000\000\376\377\000\000\000a\000\000\000,\000\000["
			      "\242\000\000\000\012\000\001\366\000\000\000\000\012"),
			BYTES("a,\345\256\242\012\360\237\230\200\012")},
		{"UTF-32", BYTES("\000\000\000a\000\000\000,\000\000[\242\000\000\000\012"),
			BYTES("a,\345\256\242\012")},
		{"UTF-32LE", BYTES("a\000\000\000,\000\000\000\242[\000\000\012\000\000\000"),
			BYTES("a,\345\256\242\012")},
		{"UTF-8", BYTES("\357\273\277a,\345\256\242\012"), BYTES("a,\345\256\242\012")},
		{"UTF-8", BYTES("a,\357\273\277\345\256\242\012"),
			BYTES("a,\357\273\277\345\256\242\012")},
		{"ASCII", BYTES("a,b\012"), BYTES("a,b\012")},
		{"UTF-16", BYTES("\242[,\000a\000\012\000"), BYTES("\345\256\242,a\012")},
		{"UTF-16LE", BYTES("a\000\377\376\012\000"), BYTES("a\357\273\277\012")},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_converts(cases[i].name, cases[i].bytes, cases[i].expected);
	assert_converts("GB18030", TEXT(""), TEXT(""));
	assert_converts("UTF-16", TEXT(""), TEXT(""));
	assert_converts("UTF-16", TEXT("\377\376"), TEXT(""));
}

/* What is not of the encoding leaves a byte that is not UTF-8, and all that is around it. */
static void bad_bytes(void **state)
{
	static const struct {
		const char *name;
		struct text bytes, expected;
	} cases[] = {
		{"ASCII", BYTES("a\351b\n"), BYTES("a\351b\n")},
		{"ASCII", BYTES("\303\251"), BYTES("\303\377")},
		{"ASCII", BYTES("\345\256\242x\303\251"), BYTES("\345\377\377x\303\377")},
		{"UTF-8", BYTES("caf\351,\n"), BYTES("caf\351,\n")},
		{"windows-1252", BYTES("a\201b"), BYTES("a\201b")},
		{"GB18030", BYTES("ab\201\n1,2\n"), BYTES("ab\201\n1,2\n")},
		{"GB18030", BYTES("a,\377\n"), BYTES("a,\377\n")},
		{"GB18030", BYTES("a\201"), BYTES("a\201")},
		{"GB18030", BYTES("a\2010\201"), BYTES("a\201\377\377")},
		{"Big5", BYTES("\263\n"), BYTES("\263\n")},
		{"UTF-16LE", BYTES("a\0\0\330b\0"), BYTES("a\377b")},
		{"UTF-16BE", BYTES("\0a\334\0\0b"), BYTES("a\377b")},
		{"UTF-16LE", BYTES("a\0\0\330"), BYTES("a\377\377")},
		{"UTF-16", BYTES("\377\376a\0b"), BYTES("a\377")},
		{"UTF-16", BYTES("a"), BYTES("\377")},
		{"UTF-32LE", BYTES("\0\330\0\0a\0\0\0"), BYTES("\377a")},
		{"UTF-32BE", BYTES("\0\x11\0\0\0\0\0a"), BYTES("\377a")},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_converts(cases[i].name, cases[i].bytes, cases[i].expected);
		assert_false(utf8_valid(cases[i].expected.at, cases[i].expected.length, NULL));
	}
}

static void unknown_names(void **state)
{
	static const char *const names[] = {"latin9000", "", "UTF-8//IGNORE", "/", "char"};
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char expected[200];
		struct error err = {0};
		assert_null(encoding_open(names[i], &err));
		assert_int_equal(err.kind, ERROR_USAGE);
		snprintf(expected, sizeof(expected),
			"--encoding '%s' is not known (for example GB18030, Big5, Shift_JIS, "
			"EUC-KR, UTF-16, latin1, windows-1252; iconv -l lists all)",
			names[i]);
		assert_string_equal(err.words, expected);
		error_release(&err);
	}
	encoding_close(NULL);
}

/* Whatever the bytes, pieces of any size give the same, and without a bad byte it is UTF-8. */
static void random_bytes_do_no_harm(void **state)
{
	static const char *const names[] = {"GB18030", "Big5", "Big5-HKSCS", "Shift_JIS", "EUC-JP",
		"ISO-2022-JP", "ISO-2022-KR", "EUC-KR", "UTF-16", "UTF-16BE", "UTF-32", "UTF-8",
		"latin1", "windows-1252", "UTF-7", "JOHAB", "EUC-TW", "windows-1258"};
	enum { ROUNDS = 300, LONGEST = 80 };
	uint64_t seed = 6;
	(void)state;
	for (size_t i = 0; i < COUNT(names) * ROUNDS; i++) {
		const char *name = names[i % COUNT(names)];
		char bytes[LONGEST];
		size_t n = random_below(&seed, LONGEST);
		bool ascii = random_below(&seed, 2) == 0;
		for (size_t j = 0; j < n; j++)
			bytes[j] = (char)(ascii && random_below(&seed, 2) == 0
						  ? random_below(&seed, 0x80)
						  : random_below(&seed, 0x100));
		struct text text = {bytes, n};
		struct buffer whole = convert(name, text, LONGEST, false);
		struct buffer pieces = convert(name, text, 1 + random_below(&seed, 7), true);
		if (!text_equal(buffer_as_text(&whole), buffer_as_text(&pieces)))
			print_error("%s, round %zu\n", name, i);
		assert_true(text_equal(buffer_as_text(&whole), buffer_as_text(&pieces)));
		buffer_release(&whole);
		buffer_release(&pieces);
	}
}

static void byte_order_marks(void **state)
{
	(void)state;
	assert_string_equal(encoding_guess_bom("\377\376a\0", 4), "UTF-16LE");
	assert_string_equal(encoding_guess_bom("\376\377\0a", 4), "UTF-16BE");
	assert_string_equal(encoding_guess_bom("\377\376\0\0", 4), "UTF-32LE");
	assert_string_equal(encoding_guess_bom("\0\0\376\377", 4), "UTF-32BE");
	assert_string_equal(encoding_guess_bom("\377\376", 2), "UTF-16LE");
	assert_null(encoding_guess_bom("\377", 1));
	assert_null(encoding_guess_bom("\357\273\277a", 4));
	assert_null(encoding_guess_bom("", 0));
}

static void words_for_bad_bytes(void **state)
{
	static const struct {
		struct text record;
		const char *encoding, *words;
	} cases[] = {
		{BYTES("00042,\"Andr\351\",12"), NULL,
			"byte 0xE9 at column 12 is not UTF-8 (use --encoding latin1 or "
			"windows-1252?)"},
		{BYTES("\345\256\242,\351t\351"), NULL,
			"byte 0xE9 at column 3 is not UTF-8 (use --encoding latin1 or "
			"windows-1252?)"},
		{BYTES("\"a\nb\",\277\315\273\247,1"), NULL,
			"byte 0xBF at column 4 is not UTF-8 (use --encoding GB18030, Big5 or "
			"Shift_JIS?)"},
		{BYTES("a\347\343o"), NULL,
			"byte 0xE7 at column 2 is not UTF-8 (use --encoding latin1, windows-1252 "
			"or GB18030?)"},
		{BYTES("\377\376a\0"), NULL,
			"byte 0xFF at column 1 is not UTF-8 (use --encoding UTF-16?)"},
		{BYTES("a\201"), "GB18030",
			"byte 0x81 at column 2 is not GB18030 (another --encoding?)"},
		{BYTES("a\377"), "UTF-16",
			"bytes at column 2 are not UTF-16 (another --encoding?)"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t bad;
		struct buffer words = {0};
		assert_false(utf8_valid(cases[i].record.at, cases[i].record.length, &bad));
		encoding_explain(cases[i].record, bad, cases[i].encoding, &words);
		buffer_byte(&words, '\0');
		assert_string_equal(words.bytes, cases[i].words);
		buffer_release(&words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bad_byte),
		cmocka_unit_test(bad_bytes_across_blocks),
		cmocka_unit_test(every_short_sequence),
		cmocka_unit_test(random_text_is_valid_until_broken),
		cmocka_unit_test(blanks),
		cmocka_unit_test(good_bytes),
		cmocka_unit_test(bad_bytes),
		cmocka_unit_test(unknown_names),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(byte_order_marks),
		cmocka_unit_test(words_for_bad_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

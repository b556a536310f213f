/* Text as a terminal shows it. Widths follow Unicode's East Asian Width (UAX 11): wide and
 * fullwidth characters take two columns; combining marks (category Mn) take none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/shown.h"

static void assert_shown(struct text text, const char *expected, size_t width)
{
	struct buffer buffer = {0};
	shown_write(&buffer, text);
	buffer_byte(&buffer, '\0');
	assert_string_equal(buffer.bytes, expected);
	buffer_release(&buffer);
	assert_int_equal(shown_width(text), width);
}

static void test_width(void **state)
{
	(void)state;
	assert_shown(TEXT(""), "", 0);
	assert_shown((struct text){0}, "", 0);
	assert_shown(TEXT("customer"), "customer", 8);
	assert_shown(TEXT("客户 A"), "客户 A", 6);
	assert_shown(TEXT("會員編號"), "會員編號", 8);
	assert_shown(TEXT("カタ"), "カタ", 4);
	assert_shown(TEXT("\xEF\xBD\xB6"), "\xEF\xBD\xB6", 1); /* halfwidth katakana ka */
	assert_shown(TEXT("\xEF\xBC\xA1"), "\xEF\xBC\xA1", 2); /* fullwidth A */
	assert_shown(TEXT("한글"), "한글", 4);
	assert_shown(TEXT("caf\xC3\xA9"), "caf\xC3\xA9", 4);
	assert_shown(TEXT("cafe\xCC\x81"), "cafe\xCC\x81", 4); /* e and a combining acute */
	assert_shown(TEXT("\xC2\xA5 12"), "\xC2\xA5 12", 4);
	assert_shown(TEXT("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80", 2); /* an emoji */
}

static void test_harmless(void **state)
{
	(void)state;
	assert_shown(TEXT("\033]0;title\007"), "?]0;title?", 10);
	assert_shown(TEXT("a\tb\r\nc\x7f"), "a?b??c?", 7);
	assert_shown(TEXT("nul\0!"), "nul?!", 5);
	assert_shown(TEXT("\xC2\x9Bm"), "?m", 2);                      /* CSI in one character */
	assert_shown(TEXT("x\xE2\x80\xAEy\xE2\x81\xA6z"), "x?y?z", 5); /* U+202E, U+2066 */
	assert_shown(TEXT("x\u200Ey\u200Fz\u061C"), "x?y?z?", 6);
	assert_shown(TEXT("\xE2\x80\xA8|\xE2\x80\xA9"), "?|?", 3);   /* separators */
	assert_shown(TEXT("\xFF\xC0\x80\xED\xA0\x80"), "??????", 6); /* not UTF-8 */
	assert_shown(TEXT("cut\xE5\xAE"), "cut??", 5);
}

static void assert_cut(struct text text, size_t columns, struct text expected)
{
	struct text cut = shown_cut(text, columns);
	assert_ptr_equal(cut.at, text.at);
	assert_true(text_equal(cut, expected));
}

static void test_cut(void **state)
{
	(void)state;
	assert_cut(TEXT("customer"), 3, TEXT("cus"));
	assert_cut(TEXT("customer"), 8, TEXT("customer"));
	assert_cut(TEXT("customer"), 99, TEXT("customer"));
	assert_cut(TEXT("客户编号"), 5, TEXT("客户"));
	assert_cut(TEXT("客户编号"), 1, TEXT(""));
	assert_cut(TEXT("cafe\xCC\x81s"), 4, TEXT("cafe\xCC\x81"));
	assert_cut(TEXT("a\xFFx"), 2, TEXT("a\xFF"));
	assert_cut(TEXT("abc"), 0, TEXT(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Escaping: the five characters that XML 1.0 (section 2.4) gives a meaning, and what section 2.2
 * does not allow. */
#include "io/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_marked(struct text text, const char *expected)
{
	struct buffer bytes = {0};
	buffer_byte(&bytes, '[');
	markup_text(&bytes, text);
	buffer_text(&bytes, (struct text){"]", 2});
	assert_int_equal(strlen(expected) + 2, bytes.length - 1);
	assert_memory_equal(bytes.bytes + 1, expected, strlen(expected));
	buffer_release(&bytes);
}

static void special_characters(void **state)
{
	(void)state;
	assert_marked(TEXT(""), "");
	assert_marked(TEXT("C0001"), "C0001");
	assert_marked(TEXT("<script>alert('x')</script>"),
		"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
	assert_marked(TEXT("a\"b&amp;c"), "a&quot;b&amp;amp;c");
	assert_marked(TEXT("]]>"), "]]&gt;");
	assert_marked(TEXT("\xE5\xAE\xA2\xE6\x88\xB7<"), "\xE5\xAE\xA2\xE6\x88\xB7&lt;");
}

static void what_xml_does_not_allow(void **state)
{
	(void)state;
	assert_marked((struct text){"a\0b", 3}, "a?b");
	assert_marked(TEXT("\x01\x1F\x7F"), "???");
	assert_marked(TEXT("\xEF\xBF\xBE<\xEF\xBF\xBF"), "?&lt;?");
	assert_marked(TEXT("\xEF\xBF\xBD"), "\xEF\xBF\xBD"); /* U+FFFD is one */
	assert_marked(TEXT("\xFF<"), "?&lt;");               /* not UTF-8 */
	assert_marked(TEXT("\xE2\x80\xAE<b"), "?&lt;b");     /* turns the writing around */
	assert_marked(TEXT("\xEF\xBF"), "??");               /* cut */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_characters),
		cmocka_unit_test(what_xml_does_not_allow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Interning: numbers in the order of first meeting, whatever is met again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/intern.h"

static void numbers_count_from_0_in_the_order_of_meeting(void **state)
{
	(void)state;
	struct intern intern = {0};
	const char *const words[] = {"web", "shop", "web", "", "Web", "shop", "", "we"};
	const uint32_t expected[] = {0, 1, 0, 2, 3, 1, 2, 4};
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(intern_number(&intern, text_of(words[i])), expected[i]);
	assert_int_equal(intern_count(&intern), 5);
	assert_true(text_equal(intern_text(&intern, 0), TEXT("web")));
	assert_true(text_equal(intern_text(&intern, 2), TEXT("")));
	intern_release(&intern);
	intern_release(&intern);
	assert_int_equal(intern_count(&intern), 0);
}

static void texts_are_copied_bytes_and_all(void **state)
{
	(void)state;
	struct intern intern = {0};
	char bytes[] = {'a', '\0', 'b', '\xFF'};
	uint32_t number = intern_number(&intern, (struct text){bytes, sizeof(bytes)});
	bytes[0] = 'z';
	assert_true(text_equal(intern_text(&intern, number), (struct text){"a\0b\xFF", 4}));
	assert_int_equal(intern_number(&intern, (struct text){"a\0c\xFF", 4}), number + 1);
	intern_release(&intern);
}

/* Many enough for the slots to be laid out anew more than a dozen times. */
static void many_texts_keep_their_numbers(void **state)
{
	(void)state;
	enum { N = 100000 };
	struct intern intern = {0};
	char room[24];
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < N; i++) {
			int length = snprintf(room, sizeof(room), "%u", i * 2654435761u);
			struct text text = {room, (size_t)length};
			assert_int_equal(intern_number(&intern, text), i);
			assert_true(text_equal(intern_text(&intern, i), text));
		}
	assert_int_equal(intern_count(&intern), N);
	intern_release(&intern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_count_from_0_in_the_order_of_meeting),
		cmocka_unit_test(texts_are_copied_bytes_and_all),
		cmocka_unit_test(many_texts_keep_their_numbers),
	};
	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}

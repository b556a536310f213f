/* CRC-32, against its definition in RFC 1952, 8: a bit at a time, by the polynomial EDB88320. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/crc.h"

enum { LONGEST = 1000 };

static uint32_t bit_by_bit(uint32_t crc, const unsigned char *at, size_t n)
{
	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

static void fill(unsigned char *room, size_t n)
{
	uint32_t state = 1;
	for (size_t i = 0; i < n; i++) {
		state = state * 1664525 + 1013904223;
		room[i] = (unsigned char)(state >> 24);
	}
}

/* The check value of the catalogue of parametrised CRC algorithms, CRC-32/ISO-HDLC. */
static void gives_the_check_value(void **state)
{
	(void)state;
	assert_int_equal(crc_update(0, "123456789", 9), 0xCBF43926);
	assert_int_equal(crc_update(0, "", 0), 0);
}

static void is_the_definition_at_every_length(void **state)
{
	(void)state;
	unsigned char room[LONGEST + 16];
	fill(room, sizeof(room));
	for (size_t n = 0; n <= LONGEST; n++) {
		const unsigned char *at = room + n % 16;
		uint32_t before = (uint32_t)n * 0x9E3779B9;
		assert_int_equal(crc_update(before, at, n), bit_by_bit(before, at, n));
	}
}

static void is_the_same_in_pieces(void **state)
{
	(void)state;
	unsigned char room[LONGEST];
	fill(room, sizeof(room));
	uint32_t whole = crc_update(0, room, sizeof(room));
	for (size_t cut = 0; cut <= sizeof(room); cut++) {
		uint32_t first = crc_update(0, room, cut);
		uint32_t second = crc_update(0, room + cut, sizeof(room) - cut);
		assert_int_equal(crc_update(first, room + cut, sizeof(room) - cut), whole);
		assert_int_equal(crc_join(first, second, (int64_t)(sizeof(room) - cut)), whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_check_value),
		cmocka_unit_test(is_the_definition_at_every_length),
		cmocka_unit_test(is_the_same_in_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

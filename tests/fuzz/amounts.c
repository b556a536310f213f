/* Amounts: the first byte picks a format, the rest is the value.
 *
 * Held to: an amount that is read is written and read the same again, and is read the same behind a
 * blank, which leads past the quick way; what is refused has words.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "io/amounts.h"

static const struct {
	bool decimal_comma;
	const char *thousands, *currency_sign;
} formats[] = {{false, NULL, NULL}, {true, NULL, NULL}, {false, ",", "$"}, {true, ".", "\u20AC"},
	{false, " ", "CHF"}, {true, "\u202F", "kr"}, {false, "'", "Rs."}, {false, "_", "\u5143"}};
enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static void check_same_behind_blank(const struct amount_format *format, struct text value,
	enum amount_status status, struct amount amount)
{
	char *padded = mem_array(value.length + 1, 1);
	padded[0] = ' ';
	memcpy(padded + 1, value.at, value.length);
	struct amount again;
	assert(amount_read(format, (struct text){padded, value.length + 1}, &again) == status);
	if (status == AMOUNT_OK)
		assert(again.value == amount.value && again.decimals == amount.decimals);
	mem_free(padded);
}

static void check_written(struct amount amount)
{
	static const struct amount_format plain = {0};
	char room[MONEY_TEXT_SIZE];
	struct amount again;
	assert(amount.decimals >= 0 && amount.decimals <= MONEY_MAX_DECIMALS);
	assert(amount.value != INT64_MIN);
	size_t length = money_write(amount.value, amount.decimals, room);
	assert(amount_read(&plain, (struct text){room, length}, &again) == AMOUNT_OK);
	assert(again.value == amount.value && again.decimals == amount.decimals);
}

/* One times an amount is itself, and minus one turns it round. */
static void check_products(struct amount amount)
{
	struct amount one = {.value = MONEY_UNIT}, product;
	assert(amount_product(amount, one, &product) == AMOUNT_OK);
	assert(product.value == amount.value && product.decimals == amount.decimals);
	one.value = -MONEY_UNIT;
	assert(amount_product(one, amount, &product) == AMOUNT_OK);
	assert(product.value == -amount.value);
	enum amount_status status = amount_product(amount, amount, &product);
	assert(status != AMOUNT_OK || product.value >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	size_t choice = data[0] % N_FORMATS;
	struct text value = {(const char *)data + 1, size - 1};
	struct amount_format format;
	struct error err = {0};
	bool made = amount_format_make(&format, formats[choice].decimal_comma,
		formats[choice].thousands, formats[choice].currency_sign, &err);
	assert(made);

	struct amount amount = {0};
	enum amount_status status = amount_read(&format, value, &amount);
	assert(status != AMOUNT_INEXACT_PRODUCT);
	check_same_behind_blank(&format, value, status, amount);
	if (status == AMOUNT_OK) {
		check_written(amount);
		check_products(amount);
	}

	struct buffer words = {0};
	amount_explain(&format, value, &words);
	buffer_byte(&words, '\0');
	assert(strncmp(words.bytes, "amount ", 7) == 0);
	assert(amount_reason(status)[0] != '\0');
	buffer_release(&words);
	return 0;
}

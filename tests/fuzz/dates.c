/* Dates: the first byte picks a format, or takes the first line for one; the rest is the value.
 *
 * Held to: a day that is read lies between the first and the last, and is read the same behind a
 * blank, which leads past the quick ways; what is refused has words, and each format they offer
 * reads it.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/day.h"
#include "base/mem.h"
#include "io/dates.h"

static const char *const formats[] = {NULL, "%d/%m/%Y", "%m-%d-%Y %H:%M", "%Y.%m.%d %H:%M:%S",
	"%d %b %y", "%s", "%Y%m%d%H%M%S%z", "%B %d, %Y %I:%M %p", "%S.%Y%%%m%%%d"};
enum { N_FORMATS = sizeof(formats) / sizeof(formats[0]) };

static bool compile(struct date_format *format, const char *text)
{
	struct error err = {0};
	bool compiled = date_format_compile(format, text, &err);
	assert(compiled == (err.kind == ERROR_NONE));
	assert(compiled || (err.kind == ERROR_USAGE && err.words[0] != '\0'));
	error_release(&err);
	return compiled;
}

/* The first line of the value, as a format. */
static bool compile_first_line(struct date_format *format, struct text *value)
{
	const char *end = memchr(value->at, '\n', value->length);
	if (end == NULL)
		return false;
	size_t length = (size_t)(end - value->at);
	char *line = mem_text(value->at, length);
	bool compiled = compile(format, line);
	mem_free(line);
	*value = (struct text){end + 1, value->length - length - 1};
	return compiled;
}

static void check_same_behind_blank(
	const struct date_format *format, struct text value, enum date_status status, int32_t day)
{
	char *padded = mem_array(value.length + 1, 1);
	padded[0] = ' ';
	memcpy(padded + 1, value.at, value.length);
	int32_t again = 0;
	assert(date_read(format, (struct text){padded, value.length + 1}, &again) == status);
	assert(status != DATE_OK || again == day);
	mem_free(padded);
}

/* The formats of "(use --date-format 'A', 'B' or 'C'?)" at the end of the words. */
static void check_offers(struct text words, struct text value)
{
	static const char offer[] = "use --date-format ";
	const char *at = NULL;
	for (size_t i = 0; i + sizeof(offer) - 1 <= words.length; i++)
		if (memcmp(words.at + i, offer, sizeof(offer) - 1) == 0)
			at = words.at + i + sizeof(offer) - 1;
	while (at != NULL && *at == '\'') {
		const char *end = strchr(at + 1, '\'');
		char *text = mem_text(at + 1, (size_t)(end - at - 1));
		struct date_format format;
		int32_t day;
		assert(compile(&format, text));
		assert(date_read(&format, value, &day) == DATE_OK);
		mem_free(text);
		at = strchr(end + 1, '\'');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct text value = {(const char *)data + 1, size - 1};
	struct date_format format;
	size_t choice = data[0] % (N_FORMATS + 1);
	if (choice < N_FORMATS ? !compile(&format, formats[choice])
			       : !compile_first_line(&format, &value))
		return 0;

	int32_t day = 0;
	enum date_status status = date_read(&format, value, &day);
	assert(status != DATE_OK || (day >= DAY_FIRST && day <= DAY_LAST));
	check_same_behind_blank(&format, value, status, day);

	struct buffer words = {0};
	date_explain(&format, value, &words);
	buffer_byte(&words, '\0');
	assert(strncmp(words.bytes, "date ", 5) == 0);
	/* A value or a format may hold an offer of its own. */
	bool is_clear = choice < N_FORMATS &&
			(value.length == 0 || memchr(value.at, '\'', value.length) == NULL);
	if (status != DATE_OK && is_clear)
		check_offers(buffer_as_text(&words), value);
	buffer_release(&words);

	char shape[DATE_SHAPE_SIZE];
	assert(strlen(date_shape(value, shape)) < DATE_SHAPE_SIZE);
	return 0;
}

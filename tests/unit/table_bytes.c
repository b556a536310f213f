/* Tables of any bytes: csv and tsv by the rules in io/table.h, a byte at a time; csv is read back
 * by libcsv; json is walked by the grammar of RFC 8259. */
#include <csv.h>

#include "base/mem.h"
#include "tests/table_files.h"

/* A byte of any sort in any place of texts of any length, as the rules in io/table.h have it, a
 * byte at a time; the writers copy short texts a word at a time. */
enum { ANY_LENGTHS = 60 };

struct placed {
	size_t length, place;
	char byte;
};

static struct text placed_text(const struct placed *placed, char *room)
{
	memset(room, 'x', placed->length);
	room[placed->place] = placed->byte;
	return (struct text){room, placed->length};
}

static void fill_placed(const void *rows, size_t row, struct cell *cells)
{
	static char room[ANY_LENGTHS];
	cells[0].text = placed_text((const struct placed *)rows + row, room);
	cells[1].count = (int64_t)row % 12 - 1;
}

static void expect_csv(struct buffer *bytes, const struct placed *placed)
{
	char room[ANY_LENGTHS];
	struct text text = placed_text(placed, room);
	bool at_end = placed->place == 0 || placed->place == placed->length - 1;
	bool is_blank = placed->byte == ' ' || placed->byte == '\t';
	bool quotes =
		(is_blank && at_end) || (placed->byte != '\0' && strchr(",\"\r\n", placed->byte));
	buffer_string(bytes, quotes ? "\"" : "");
	buffer_bytes(bytes, text.at, placed->place + (placed->byte == '"'));
	buffer_bytes(bytes, text.at + placed->place, text.length - placed->place);
	buffer_string(bytes, quotes ? "\"" : "");
}

static void expect_tsv(struct buffer *bytes, const struct placed *placed)
{
	static const char special[] = "\t\n\r\\", written[] = "tnr\\";
	char room[ANY_LENGTHS];
	struct text text = placed_text(placed, room);
	const char *found = placed->byte != '\0' ? strchr(special, placed->byte) : NULL;
	if (found != NULL)
		room[placed->place] = written[found - special];
	buffer_bytes(bytes, text.at, placed->place);
	buffer_string(bytes, found != NULL ? "\\" : "");
	buffer_bytes(bytes, text.at + placed->place, text.length - placed->place);
}

static void check_placed(enum table_format format, const struct placed *rows, size_t n_rows)
{
	static const struct column columns[] = {
		{"text", COLUMN_TEXT, "", ""}, {"n", COLUMN_COUNT, "", ""}};
	struct buffer expected = {0};
	bool is_csv = format == FORMAT_CSV;
	buffer_string(&expected, is_csv ? "text,n\n" : "text\tn\n");
	for (size_t i = 0; i < n_rows; i++) {
		(is_csv ? expect_csv : expect_tsv)(&expected, &rows[i]);
		buffer_format(&expected, "%c%d\n", is_csv ? ',' : '\t', (int)(i % 12) - 1);
	}
	struct table_style style = style_of(format);
	write_table(&style, columns, 2, fill_placed, rows, n_rows);
	struct buffer bytes = take_file("table");
	assert_int_equal(bytes.length, expected.length);
	assert_memory_equal(bytes.bytes, expected.bytes, expected.length);
	buffer_release(&bytes);
	buffer_release(&expected);
}

static void test_any_byte_in_any_place(void **state)
{
	static const char kinds[] = {',', '"', '\r', '\n', '\t', '\\', ' ', '-', '\0', '\x2B',
		'\x2D', '\x7F', '\x80', '\xAC', '\xFF'};
	struct placed *rows = NULL;
	size_t n = 0, capacity = 0;
	(void)state;
	for (size_t length = 1; length <= ANY_LENGTHS; length++)
		for (size_t place = 0; place < length; place++)
			for (size_t k = 0; k < sizeof(kinds); k++) {
				rows = mem_grow(rows, &capacity, n + 1, sizeof(*rows));
				rows[n++] = (struct placed){length, place, kinds[k]};
			}
	check_placed(FORMAT_CSV, rows, n);
	check_placed(FORMAT_TSV, rows, n);
	mem_free(rows);
}

static const struct text nasty[] = {LITERAL("plain"), LITERAL(""), LITERAL(" "), LITERAL("\t"),
	LITERAL(" a"), LITERAL("a\t"), LITERAL("a,b"), LITERAL("\""), LITERAL("\"\""),
	LITERAL("a\nb"), LITERAL("\r\n"), LITERAL("\r"), LITERAL("'"), LITERAL("a;b"),
	LITERAL("\\"), LITERAL("\xEF\xBB\xBF"), LITERAL("x\0y"), LITERAL("\x01\x1f\x7f"),
	LITERAL("\xE5\xAE\xA2\xE6\x88\xB7"), LITERAL("\xF0\x9F\x98\x80"), LITERAL("\xE2\x80\xA8")};
enum { N_NASTY = sizeof(nasty) / sizeof(nasty[0]) };

struct read_back {
	size_t n_fields, n_records;
};

static void on_field(void *at, size_t length, void *argument)
{
	struct read_back *back = argument;
	if (back->n_fields > 0) { /* after the name of the column */
		struct text expected = nasty[back->n_fields - 1];
		assert_int_equal(length, expected.length);
		assert_memory_equal(at, expected.at, length);
	}
	back->n_fields++;
}

static void on_record(int end, void *argument)
{
	(void)end;
	((struct read_back *)argument)->n_records++;
}

static void test_csv_read_by_libcsv(void **state)
{
	(void)state;
	write_texts(FORMAT_CSV, nasty, N_NASTY);
	struct buffer bytes = take_file("table");
	struct csv_parser parser;
	assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
	struct read_back back = {0};
	assert_int_equal(csv_parse(&parser, bytes.bytes, bytes.length, on_field, on_record, &back),
		bytes.length);
	assert_int_equal(csv_fini(&parser, on_field, on_record, &back), 0);
	assert_int_equal(back.n_fields, N_NASTY + 1);
	assert_int_equal(back.n_records, N_NASTY + 1);
	csv_free(&parser);
	buffer_release(&bytes);
}

/* RFC 8259, section by section; each returns where it stopped, or NULL. */
static const char *json_value(const char *at, const char *end);

static const char *json_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Well-formed UTF-8, table 3-7 of the Unicode standard: the least and most second byte. */
static const char *utf8_character(const char *at, const char *end)
{
	const unsigned char *c = (const unsigned char *)at;
	int n = c[0] < 0x80   ? 1
		: c[0] < 0xC2 ? 0
		: c[0] < 0xE0 ? 2
		: c[0] < 0xF0 ? 3
		: c[0] < 0xF5 ? 4
			      : 0;
	if (n == 0 || end - at < n)
		return NULL;
	unsigned char least = c[0] == 0xE0 ? 0xA0 : c[0] == 0xF0 ? 0x90 : 0x80;
	unsigned char most = c[0] == 0xED ? 0x9F : c[0] == 0xF4 ? 0x8F : 0xBF;
	if (n > 1 && (c[1] < least || c[1] > most))
		return NULL;
	for (int i = 2; i < n; i++)
		if (c[i] < 0x80 || c[i] > 0xBF)
			return NULL;
	return at + n;
}

static const char *json_string(const char *at, const char *end)
{
	if (at == end || *at++ != '"')
		return NULL;
	while (at != NULL && at < end && *at != '"') {
		if ((unsigned char)*at < ' ')
			return NULL;
		if (*at != '\\') {
			at = utf8_character(at, end);
		} else if (end - at > 5 && at[1] == 'u') {
			if (strspn(at + 2, "0123456789abcdefABCDEF") < 4)
				return NULL;
			at += 6;
		} else {
			if (end - at < 2 || strchr("\"\\/bfnrt", at[1]) == NULL)
				return NULL;
			at += 2;
		}
	}
	return at != NULL && at < end ? at + 1 : NULL;
}

static const char *json_number(const char *at, const char *end)
{
	static const char digits[] = "0123456789";
	(void)end; /* a table ends in a line feed */
	at += *at == '-';
	size_t n = strspn(at, digits);
	if (n == 0 || (n > 1 && *at == '0'))
		return NULL;
	at += n;
	if (*at == '.') {
		n = strspn(at + 1, digits);
		if (n == 0)
			return NULL;
		at += 1 + n;
	}
	if (*at == 'e') {
		at += 1 + (at[1] == '-');
		n = strspn(at, digits);
		if (n == 0)
			return NULL;
		at += n;
	}
	return at;
}

static const char *json_members(const char *at, const char *end, char close, bool named)
{
	at = json_space(at + 1, end);
	if (*at == close)
		return at + 1;
	for (;;) {
		if (named) {
			at = json_string(json_space(at, end), end);
			if (at == NULL || *(at = json_space(at, end)) != ':')
				return NULL;
			at++;
		}
		at = json_value(at, end);
		if (at == NULL)
			return NULL;
		at = json_space(at, end);
		if (*at == close)
			return at + 1;
		if (*at++ != ',')
			return NULL;
	}
}

static const char *json_value(const char *at, const char *end)
{
	at = json_space(at, end);
	if (at == end)
		return NULL;
	if (*at == '[' || *at == '{')
		return json_members(at, end, *at == '[' ? ']' : '}', *at == '{');
	if (*at == '"')
		return json_string(at, end);
	if (end - at > 4 && memcmp(at, "null", 4) == 0)
		return at + 4;
	return json_number(at, end);
}

static void assert_valid_json(const struct buffer *bytes)
{
	const char *end = bytes->bytes + bytes->length;
	const char *at = json_value(bytes->bytes, end);
	assert_non_null(at);
	assert_ptr_equal(json_space(at, end), end);
}

static void test_json_of_any_bytes(void **state)
{
	(void)state;
	enum { N = 3000, LONGEST = 24 };
	static char bytes[N][LONGEST];
	static struct text texts[N];
	uint32_t x = 7;
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < LONGEST; j++) {
			x = x * 1664525 + 1013904223;
			/* Every third text of bytes that look like UTF-8. */
			bytes[i][j] = (char)(i % 3 == 0 ? 0x80 | x >> 25 : x >> 24);
		}
		texts[i] = (struct text){bytes[i], (size_t)i % LONGEST};
	}
	write_texts(FORMAT_JSON, texts, N);
	struct buffer written = take_file("table");
	assert_valid_json(&written);
	buffer_release(&written);
	write_texts(FORMAT_JSON, nasty, N_NASTY);
	written = take_file("table");
	assert_valid_json(&written);
	buffer_release(&written);
	struct table_style style = style_of(FORMAT_JSON);
	write_sales(&style, N_SALE_COLUMNS, sales, N_SALES);
	written = take_file("table");
	assert_valid_json(&written);
	buffer_release(&written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_byte_in_any_place),
		cmocka_unit_test(test_csv_read_by_libcsv),
		cmocka_unit_test(test_json_of_any_bytes),
	};
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

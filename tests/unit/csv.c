/* The CSV reader: its rules one by one, and the equality of its ways, which libcsv judges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "io/scan.h"
#include "tests/csv_dump.h"

static void assert_reads(const char *text, const char *expected)
{
	for (const char *const *way = scan_ways();; way++) {
		struct buffer dump = {0};
		dump_csv(text_of(text), *way != NULL ? *way : "libcsv", strlen(text) + 1, &dump);
		buffer_byte(&dump, '\0');
		assert_string_equal(dump.bytes, expected);
		buffer_release(&dump);
		if (*way == NULL)
			break;
	}
}

/* RFC 4180 and libcsv's manual: blanks around an unquoted field are dropped, in quotes kept. */
static void test_rules(void **state)
{
	(void)state;
	assert_reads("a,b\n1,2\n", "[a][b] delimiter 44\nline 2 [1,2][1][2]\nblank 0\n");
	assert_reads("a,b\n 1\t, 2 \n", "[a][b] delimiter 44\nline 2 [ 1\t, 2 ][1][2]\nblank 0\n");
	assert_reads("a,b\n\" 1\",\"2,\"\"x\"\"\"\n",
		"[a][b] delimiter 44\nline 2 [\" 1\",\"2,\"\"x\"\"\"][ 1][2,\"x\"]\nblank 0\n");
	assert_reads("a,b\r\n1,2\r\n\"\",\r\n",
		"[a][b] delimiter 44\nline 2 [1,2][1][2]\nline 3 [\"\",][][]\nblank 0\n");
	assert_reads("a,b\n1,2", "[a][b] delimiter 44\nline 2 [1,2][1][2]\nblank 0\n");
	assert_reads("a,b\n1,2\r", "[a][b] delimiter 44\nline 2 [1,2][1][2]\nblank 0\n");
	assert_reads("a,b\r1,2\r3,4\r",
		"[a][b] delimiter 44\nline 2 [1,2][1][2]\nline 3 [3,4][3][4]\nblank 0\n");
	assert_reads(
		"a,b\n \"1\" ,2\n", "[a][b] delimiter 44\nline 2 [ \"1\" ,2][1][2]\nblank 0\n");
}

static void test_lines_across_quoted_line_feeds(void **state)
{
	(void)state;
	assert_reads("a,b\n\"1\n\n\",2\n3,\"4\r\n\"\n\n5,6\n",
		"[a][b] delimiter 44\nline 2 [\"1\n\n\",2][1\n\n][2]\n"
		"line 5 [3,\"4\r\n\"][3][4\r\n]\nline 8 [5,6][5][6]\nblank 1\n");
}

static void test_faults(void **state)
{
	(void)state;
	assert_reads("a,b\n1\n1,2,3\n1,2\n",
		"[a][b] delimiter 44\nfault 0 line 2 fields 1 [1]\n"
		"fault 1 line 3 fields 3 [1,2,3]\nline 4 [1,2][1][2]\nblank 0\n");
	assert_reads("a,b\n1,x\"y\n\"1\"2,3\n1,2\n",
		"[a][b] delimiter 44\nfault 2 line 2 fields 0 [1,x\"y]\n"
		"fault 2 line 3 fields 0 [\"1\"2,3]\nline 4 [1,2][1][2]\nblank 0\n");
	assert_reads("a,b\n1,\xE9\n1,\xC3\xA9\n",
		"[a][b] delimiter 44\nfault 3 line 2 fields 0 [1,\xE9]\n"
		"line 3 [1,\xC3\xA9][1][\xC3\xA9]\nblank 0\n");
}

static void test_delimiter_from_the_header(void **state)
{
	(void)state;
	assert_reads("a;b\n1,5;2\n", "[a][b] delimiter 59\nline 2 [1,5;2][1,5][2]\nblank 0\n");
	assert_reads("a\tb\n1\t\n\t\n",
		"[a][b] delimiter 9\nline 2 [1\t][1][]\nline 3 [\t][][]\nblank 0\n");
	assert_reads(
		"\"x;y\"|\"b\"\n1|2\n", "[x;y][b] delimiter 124\nline 2 [1|2][1][2]\nblank 0\n");
	assert_reads(
		"\"a\";\"b,c\"\n1;2\n", "[a][b,c] delimiter 59\nline 2 [1;2][1][2]\nblank 0\n");
	assert_reads("only\n1\n\n\"\"\n",
		"[only] delimiter 44\nline 2 [1][1]\nline 4 [\"\"][]\nblank 1\n");
}

static void test_open_quote_names_its_line(void **state)
{
	(void)state;
	const char *at_end =
		"error x:3: a quote opened here is not closed before the end of the file"
		" (a quote inside quotes is written twice)\n";
	assert_reads("a,b\n1,2\n3,\"4\n5,6\n", at_end);
	assert_reads("a,b\n\"1\n2\",\"\"\"4\n5,6\n", at_end);
}

static void test_record_over_the_bound(void **state)
{
	(void)state;
	struct buffer text = {0};
	buffer_string(&text, "a,b\n1,\"");
	for (int i = 0; i < 5000; i++)
		buffer_byte(&text, 'x');
	buffer_string(&text, "\"\n");
	buffer_byte(&text, '\0');
	assert_reads(text.bytes, "error x:2: the record is longer than 4096 bytes (is this a text"
				 " file? if so, raise --max-field)\n");
	buffer_release(&text);
}

static uint32_t random_below(uint64_t *seed, uint32_t bound)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % bound;
}

/* Texts that are nearly CSV: fields of each kind, now and then something that breaks a rule. */
static void random_csv(uint64_t *seed, char delimiter, struct buffer *text)
{
	static const char *const fields[] = {"1", "", "abc", " x ", "\"\"", "\"q\"", "\"a,b;c\"",
		"\"a\nb\"", "\"\r\n\"", "\"x\"\"y\"", "\"\"\"\"", " \"z\" ", "\t", "\xC3\xA9",
		"\"\xE5\xAE\xA2\"", "0123456789012345678901234567890123456789012345678901234567890",
		"\"a long quoted field, with more than sixty-four bytes in it, \"\" and all\""};
	static const char *const wrongs[] = {
		"x\"y", "\"x\"y", "\xFF", "\"\" \"", "\rz", " \"", "\""};
	static const char *const ends[] = {"\n", "\n", "\n", "\r\n", "\r\n", "\n\n", "\n \n", "\r"};
	uint32_t n_records = 1 + random_below(seed, 12), wrong_of = 1 + random_below(seed, 60);
	for (uint32_t r = 0; r < n_records; r++) {
		uint32_t n_fields = random_below(seed, 12) == 0 ? 1 + random_below(seed, 5) : 3;
		for (uint32_t f = 0; f < n_fields; f++) {
			if (f > 0)
				buffer_byte(text, delimiter);
			if (random_below(seed, wrong_of + 3) == 0)
				buffer_string(text,
					wrongs[random_below(seed,
						(uint32_t)(sizeof(wrongs) / sizeof(wrongs[0])))]);
			else
				buffer_string(text,
					fields[random_below(seed,
						(uint32_t)(sizeof(fields) / sizeof(fields[0])))]);
		}
		if (r + 1 < n_records || random_below(seed, 3) > 0)
			buffer_string(text, ends[random_below(seed,
						    (uint32_t)(sizeof(ends) / sizeof(ends[0])))]);
	}
}

static void assert_equal_dumps(const struct buffer *a, const struct buffer *b)
{
	assert_int_equal(a->length, b->length);
	assert_memory_equal(a->bytes, b->bytes, a->length);
}

/* Every way and a slab border at every byte give what libcsv gives record by record. */
static void test_ways_and_borders_agree(void **state)
{
	(void)state;
	uint64_t seed = 20260101;
	for (int round = 0; round < 1500; round++) {
		static const char delimiters[] = {',', ';', '\t', '|'};
		char delimiter = delimiters[round % 4];
		struct buffer text = {0}, expected = {0};
		buffer_format(&text, "a%cb%cc\n", delimiter, delimiter);
		random_csv(&seed, delimiter, &text);
		dump_csv(buffer_as_text(&text), "libcsv", text.length, &expected);
		for (const char *const *way = scan_ways(); *way != NULL; way++) {
			size_t piece = 1 + random_below(&seed, (uint32_t)text.length);
			const size_t pieces[] = {text.length, piece, round % 50 == 0 ? 1 : 64};
			for (size_t p = 0; p < 3; p++) {
				struct buffer dump = {0};
				dump_csv(buffer_as_text(&text), *way, pieces[p], &dump);
				assert_equal_dumps(&dump, &expected);
				buffer_release(&dump);
			}
		}
		buffer_release(&expected);
		buffer_release(&text);
	}
}

/* What the scan carries from one 64 bytes to the next: every pattern at every place. */
static void test_every_pattern_at_every_place(void **state)
{
	(void)state;
	static const char *const patterns[] = {"\"x\"", "\"x\"w", "\"x\"\"y\"", "\"\"", "\"\"\"\"",
		"\"a,b\"", "\"a\nb\"", "x\"y", "\"x\" ", " \"x\"", "x\ry", "\"x\"\r", "\"x\"\rz",
		"\"x\ry\"", "\r", "\xC3\xA9", "\xC3", "\"\"x"};
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++)
		for (size_t pad = 0; pad <= 130; pad++) {
			struct buffer text = {0}, expected = {0};
			buffer_string(&text, "a,b,c\n");
			for (size_t i = 0; i < pad; i++)
				buffer_byte(&text, 'p');
			buffer_format(&text, ",%s,z\n1,2,3\n", patterns[p]);
			dump_csv(buffer_as_text(&text), "libcsv", text.length, &expected);
			for (const char *const *way = scan_ways(); *way != NULL; way++) {
				struct buffer dump = {0};
				dump_csv(buffer_as_text(&text), *way, text.length, &dump);
				assert_equal_dumps(&dump, &expected);
				buffer_release(&dump);
			}
			buffer_release(&expected);
			buffer_release(&text);
		}
}

static void test_border_at_every_byte(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (int round = 0; round < 40; round++) {
		struct buffer text = {0}, expected = {0};
		buffer_string(&text, "a,b,c\n");
		random_csv(&seed, ',', &text);
		dump_csv(buffer_as_text(&text), "libcsv", text.length, &expected);
		for (size_t piece = 1; piece <= text.length; piece++) {
			struct buffer dump = {0};
			dump_csv(buffer_as_text(&text), scan_ways()[0], piece, &dump);
			assert_equal_dumps(&dump, &expected);
			buffer_release(&dump);
		}
		buffer_release(&expected);
		buffer_release(&text);
	}
}

/* ---- libcsv alone, fed all at once ---- */

struct plain {
	struct buffer *dump;
	size_t n_fields;
	struct buffer row;
};

static void plain_field(void *bytes, size_t length, void *data)
{
	struct plain *plain = data;
	dump_text(&plain->row, (struct text){bytes, length});
	plain->n_fields++;
}

static void plain_row(int end, void *data)
{
	struct plain *plain = data;
	(void)end;
	buffer_text(plain->dump, buffer_as_text(&plain->row));
	buffer_byte(plain->dump, '\n');
	plain->row.length = 0;
}

/* The rows up to the end or the first stray quote; false when libcsv refuses the text. */
static bool dump_plain(struct text text, char delimiter, struct buffer *dump)
{
	struct csv_parser parser;
	struct plain plain = {.dump = dump};
	csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_delim(&parser, (unsigned char)delimiter);
	bool good = csv_parse(&parser, text.at, text.length, plain_field, plain_row, &plain) ==
		    text.length;
	good = good && csv_fini(&parser, plain_field, plain_row, &plain) == 0;
	csv_free(&parser);
	buffer_release(&plain.row);
	return good;
}

/* The fields of each row, as the reader's dump has them behind line and record. */
static void only_fields(struct text text, struct buffer *rows)
{
	struct csv_batch batch = {0};
	struct error err = {0};
	struct csv *csv =
		csv_open("x", (struct csv_dialect){.delimiter = ',', .max_record = 1 << 20});
	size_t used, header;
	const size_t columns[] = {0, 1, 2};
	assert_true(csv_header(csv, text, true, &header, &err));
	csv_bind(csv, columns, 3);
	assert_true(csv_scan(csv, (struct text){text.at + header, text.length - header}, true,
		&batch, &used, &err));
	for (size_t row = 0; row < batch.n_rows; row++) {
		for (size_t b = 0; b < 3; b++)
			dump_text(rows, batch.columns[b][row]);
		buffer_byte(rows, '\n');
	}
	csv_batch_release(&batch);
	csv_close(csv);
}

/* Against libcsv fed the whole text in one call, without any of our own code. */
static void test_agrees_with_libcsv_alone(void **state)
{
	(void)state;
	static const char *const fields[] = {"1", "", " x ", "\"\"", "\"q,\"", "\"a\nb\"",
		"\"x\"\"y\"", " \"z\" ", "\xC3\xA9", "long long long long long long long long"};
	static const char *const ends[] = {"\n", "\r\n", "\n\r\n", "\r"};
	uint64_t seed = 99;
	csv_choose_scan(scan_ways()[0]);
	for (int round = 0; round < 2000; round++) {
		struct buffer text = {0}, ours = {0}, theirs = {0};
		buffer_string(&text, "a,b,c\n");
		for (uint32_t r = 0; r < 8; r++) {
			for (int f = 0; f < 3; f++)
				buffer_format(&text, "%s%s", f > 0 ? "," : "",
					fields[random_below(&seed,
						(uint32_t)(sizeof(fields) / sizeof(fields[0])))]);
			buffer_string(&text, ends[random_below(&seed,
						     (uint32_t)(sizeof(ends) / sizeof(ends[0])))]);
		}
		struct text body = {text.bytes + 6, text.length - 6};
		assert_true(dump_plain(body, ',', &theirs));
		only_fields(buffer_as_text(&text), &ours);
		assert_equal_dumps(&ours, &theirs);
		buffer_release(&theirs);
		buffer_release(&ours);
		buffer_release(&text);
	}
}

static void test_split_gives_all_fields(void **state)
{
	(void)state;
	struct csv_fields fields = {0};
	csv_split(TEXT("1;\"a;\"\"b\"\"\"; x "), ';', &fields);
	assert_int_equal(fields.n_fields, 3);
	assert_true(text_equal(fields.fields[1], TEXT("a;\"b\"")));
	assert_true(text_equal(fields.fields[2], TEXT("x")));
	csv_split(TEXT(""), ';', &fields);
	assert_int_equal(fields.n_fields, 0);
	csv_fields_release(&fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_lines_across_quoted_line_feeds),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_delimiter_from_the_header),
		cmocka_unit_test(test_open_quote_names_its_line),
		cmocka_unit_test(test_record_over_the_bound),
		cmocka_unit_test(test_ways_and_borders_agree),
		cmocka_unit_test(test_every_pattern_at_every_place),
		cmocka_unit_test(test_border_at_every_byte),
		cmocka_unit_test(test_agrees_with_libcsv_alone),
		cmocka_unit_test(test_split_gives_all_fields),
	};
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}

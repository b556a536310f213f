#include "tests/table_form.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "io/encoding.h"

/* ---- which form ---- */

static const struct {
	const char *word, *encoding;
} encodings[] = {{NULL, NULL}, {"--encoding=utf-8", NULL}, {"--encoding=latin1", NULL},
	{"--encoding=utf-16", "UTF-16LE"}, {"--encoding=gb18030", "GB18030"}};
enum { N_ENCODINGS = sizeof(encodings) / sizeof(encodings[0]) };

static const struct {
	const char *word;
	char delimiter;
} delimiters[] = {{"--delimiter=,", ','}, {"--delimiter=;", ';'}, {"--delimiter=\t", '\t'},
	{"--delimiter=|", '|'}};
enum { N_DELIMITERS = sizeof(delimiters) / sizeof(delimiters[0]) };

struct table_form table_form_draw(struct draws *draws)
{
	struct table_form form = {.n_files = 1, .zipped = 1};
	unsigned kind = draw_byte(draws);
	if (kind < 128)
		return form;
	form.encoding = encodings[kind % N_ENCODINGS].word;
	form.n_files = 1 + draw_below(draws, PATRON_RUN_MOST_TABLES);
	form.zipped = draw_below(draws, form.n_files + 1);
	for (size_t i = 0; i + 1 < form.n_files; i++)
		form.shares[i] = draw_byte(draws);
	unsigned cells = draw_byte(draws);
	if (cells >= 128)
		form.delimiter = delimiters[cells % N_DELIMITERS].delimiter;
	form.decimal_comma = cells >= 192;
	form.with_mark = cells & 4;
	return form;
}

size_t table_form_words(const struct table_form *form, const char **words)
{
	size_t n = 0;
	if (form->encoding != NULL)
		words[n++] = form->encoding;
	if (form->decimal_comma)
		words[n++] = "--decimal-comma";
	for (size_t i = 0; i < N_DELIMITERS; i++)
		if (delimiters[i].delimiter == form->delimiter)
			words[n++] = delimiters[i].word;
	return n;
}

/* ---- cells ---- */

/* Outside quotes, a delimiter for a comma, then a comma for a point. */
static void write_cells(const struct table_form *form, struct text text, struct buffer *out)
{
	bool quoted = false;
	for (size_t i = 0; i < text.length; i++) {
		char byte = text.at[i];
		quoted = quoted != (byte == '"');
		if (byte == ',' && !quoted && form->delimiter != 0)
			byte = form->delimiter;
		else if (byte == '.' && !quoted && form->decimal_comma)
			byte = ',';
		buffer_byte(out, byte);
	}
}

/* ---- encodings ---- */

static const char *iconv_name(const struct table_form *form)
{
	for (size_t i = 0; i < N_ENCODINGS; i++)
		if (encodings[i].word == form->encoding)
			return encodings[i].encoding;
	return NULL;
}

/* Opened once: the C library loads an encoding's tables each time. */
static iconv_t converter(const char *name)
{
	static iconv_t open[N_ENCODINGS];
	for (size_t i = 0; i < N_ENCODINGS; i++) {
		if (encodings[i].encoding != name)
			continue;
		if (open[i] == 0)
			open[i] = iconv_open(name, "UTF-8");
		assert(open[i] != (iconv_t)-1);
		return open[i];
	}
	assert(false);
}

/* What is no character stays none: half a surrogate pair, or the byte itself. */
static void write_invalid(const char *name, char byte, struct buffer *out)
{
	if (strcmp(name, "UTF-16LE") == 0)
		buffer_bytes(out, "\x00\xD8", 2);
	else
		buffer_byte(out, byte);
}

static void encode(const char *name, struct text text, struct buffer *out)
{
	iconv_t to = converter(name);
	iconv(to, NULL, NULL, NULL, NULL);
	char *at = (char *)(uintptr_t)text.at;
	size_t left = text.length;
	while (left > 0) {
		buffer_reserve(out, 4 * left + 16);
		char *room = out->bytes + out->length;
		size_t room_left = 4 * left + 16;
		size_t status = iconv(to, &at, &left, &room, &room_left);
		out->length = (size_t)(room - out->bytes);
		if (status != (size_t)-1)
			return;
		assert(errno == EILSEQ || errno == EINVAL);
		write_invalid(name, *at, out);
		at++;
		left--;
	}
}

static void write_encoded(const struct table_form *form, struct text text, struct buffer *out)
{
	const char *name = iconv_name(form);
	bool two_bytes = name != NULL && strcmp(name, "UTF-16LE") == 0;
	bool latin1 = form->encoding != NULL && strcmp(form->encoding, "--encoding=latin1") == 0;
	if (two_bytes)
		buffer_bytes(out, "\xFF\xFE", 2);
	else if (form->with_mark && name == NULL && !latin1)
		buffer_bytes(out, "\xEF\xBB\xBF", 3);
	if (name != NULL)
		encode(name, text, out);
	else
		buffer_text(out, text);
}

/* ---- files ---- */

static void zip(struct buffer *bytes)
{
	enum { GZIP = 16, LITTLE_MEMORY = 1 };
	z_stream stream = {0};
	int status =
		deflateInit2(&stream, 1, Z_DEFLATED, GZIP + 9, LITTLE_MEMORY, Z_DEFAULT_STRATEGY);
	assert(status == Z_OK);
	struct buffer out = {0};
	size_t most = deflateBound(&stream, bytes->length);
	buffer_reserve(&out, most);
	stream.next_in = (unsigned char *)bytes->bytes;
	stream.avail_in = (unsigned)bytes->length;
	stream.next_out = (unsigned char *)out.bytes;
	stream.avail_out = (unsigned)most;
	status = deflate(&stream, Z_FINISH);
	assert(status == Z_STREAM_END);
	out.length = stream.total_out;
	deflateEnd(&stream);
	buffer_release(bytes);
	*bytes = out;
}

/* The text without its first n lines, which *lines has. */
static struct text without_lines(struct text text, size_t n, struct text *lines)
{
	size_t length = 0;
	for (; n > 0 && length < text.length; n--) {
		const char *end = memchr(text.at + length, '\n', text.length - length);
		length = end == NULL ? text.length : (size_t)(end + 1 - text.at);
	}
	*lines = (struct text){text.at, length};
	return (struct text){text.at + length, text.length - length};
}

static size_t count_lines(struct text text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.length; i++)
		n += text.at[i] == '\n';
	return n;
}

/* How many rows each file has, of n. */
static void share_rows(
	const struct table_form *form, size_t n, bool turned, size_t rows[PATRON_RUN_MOST_TABLES])
{
	size_t last = form->n_files - 1, left = n;
	for (size_t i = 0; i < last; i++) {
		rows[i] = left * form->shares[i] / 256;
		left -= rows[i];
	}
	rows[last] = left;
	for (size_t i = 0; turned && i < form->n_files / 2; i++) {
		size_t kept = rows[i];
		rows[i] = rows[last - i];
		rows[last - i] = kept;
	}
}

void table_form_make(
	const struct table_form *form, struct text table, bool turned, struct table_files *files)
{
	*files = (struct table_files){.input.n_tables = form->n_files};
	size_t rows[PATRON_RUN_MOST_TABLES];
	struct text header, lines, rest = without_lines(table, 1, &header);
	share_rows(form, count_lines(rest), turned, rows);
	for (size_t i = 0; i < form->n_files; i++) {
		struct buffer cells = {0};
		rest = without_lines(rest, rows[i], &lines);
		if (i + 1 == form->n_files)
			lines.length += rest.length;
		write_cells(form, header, &cells);
		write_cells(form, lines, &cells);
		write_encoded(form, buffer_as_text(&cells), &files->bytes[i]);
		buffer_release(&cells);
		if (i == (turned ? form->n_files - 1 - form->zipped : form->zipped))
			zip(&files->bytes[i]);
		files->input.tables[i] = buffer_as_text(&files->bytes[i]);
	}
}

void table_files_release(struct table_files *files)
{
	for (size_t i = 0; i < PATRON_RUN_MOST_TABLES; i++)
		buffer_release(&files->bytes[i]);
}

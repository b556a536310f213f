/* Compressed sources: the bytes choose a stream (gzip members or zstd frames, each with its level,
 * header fields and checksums), then what is done to it: bits flipped, bytes set, pieces taken out,
 * repeated or put behind, the end cut off.
 *
 * Held to: a stream that is left alone is read as it was. Of any other the reader gives the texts
 * of whole members, or says that it is damaged; where a zstd frame has no checksum it says so, and
 * may give anything. A gzip stream is judged as zlib's own reader of such files judges it, whatever
 * inflates here.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/mem.h"
#include "io/crc.h"
#include "io/source.h"
#include "tests/draws.h"
#include "tests/memory_file.h"

enum { MOST_MEMBERS = 6 };

struct stream {
	bool is_zstd;
	struct buffer bytes;
	struct buffer texts[MOST_MEMBERS];
	size_t n_members;
	bool unchecked; /* a frame has no checksum */
	bool damaged;
};

/* ---- the stream ---- */

/* It begins with a letter, and so never with a byte order mark. */
static void draw_member_text(struct draws *draws, size_t member, struct buffer *text)
{
	static const char kept[] = "customer,day,amount\nC7,2024-01-31,12.50\n";
	unsigned kind = draw_below(draws, 4);
	if (kind == 0)
		return;
	buffer_byte(text, (char)('A' + member));
	struct text piece = draw_text(draws, draw_below(draws, 64));
	size_t repeats = kind == 1 ? 1 : draw_byte(draws);
	for (size_t i = 0; i < repeats; i++) {
		buffer_text(text, piece);
		if (kind == 3)
			buffer_format(text, "%zu,%.*s", i, (int)(i % sizeof(kept)), kept);
	}
}

static void make_gzip(struct draws *draws, struct text text, struct buffer *out)
{
	static Bytef extra[UINT16_MAX + 1], name[] = "orders.csv", comment[] = "a comment";
	z_stream z = {0};
	int level = (int)draw_below(draws, 10), strategy = (int)draw_below(draws, 5);
	unsigned fields = draw_byte(draws);
	gz_header header = {
		.name = fields & 1 ? name : NULL,
		.comment = fields & 2 ? comment : NULL,
		.extra = fields & 4 ? extra : NULL,
		.extra_len = !(fields & 4)  ? 0
			     : fields & 128 ? draw_number(draws)
					    : draw_byte(draws),
		.hcrc = (fields & 8) != 0,
		.text = (fields & 16) != 0,
		.time = fields & 32 ? 1700000000 : 0,
	};
	int begun = deflateInit2(&z, level, Z_DEFLATED, MAX_WBITS + 16, 8, strategy);
	assert(begun == Z_OK);
	deflateSetHeader(&z, &header);
	size_t room = deflateBound(&z, text.length) + header.extra_len + 200;
	size_t first = fields & 64 ? text.length / 2 : 0;
	buffer_reserve(out, room);
	z.next_in = (z_const Bytef *)text.at;
	z.avail_in = (uInt)first;
	z.next_out = (Bytef *)out->bytes + out->length;
	z.avail_out = (uInt)room;
	if (first > 0)
		deflate(&z, Z_FULL_FLUSH);
	z.avail_in = (uInt)(text.length - first);
	int ended = deflate(&z, Z_FINISH);
	assert(ended == Z_STREAM_END);
	out->length += room - z.avail_out;
	deflateEnd(&z);
}

#ifdef HAVE_ZSTD
static void make_skippable(struct draws *draws, struct buffer *out)
{
	unsigned number = draw_below(draws, 16);
	struct text content = draw_text(draws, draw_below(draws, 32));
	const char head[] = {
		(char)(0x50 + number), 0x2A, 0x4D, 0x18, (char)content.length, 0, 0, 0};
	buffer_bytes(out, head, sizeof(head));
	buffer_text(out, content);
}

/* Returns whether it has a checksum. */
static bool make_zstd(struct draws *draws, struct text text, struct buffer *out)
{
	static const int levels[] = {1, -5, 3, 6, 19};
	ZSTD_CCtx *context = ZSTD_createCCtx();
	assert(context != NULL);
	unsigned fields = draw_byte(draws);
	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, levels[draw_below(draws, 5)]);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, (fields & 1) == 0);
	ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, (fields & 2) != 0);
	if (fields & 4)
		ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 10 + (int)(fields >> 5));
	if (fields & 8)
		ZSTD_CCtx_setPledgedSrcSize(context, text.length);
	size_t room = ZSTD_compressBound(text.length) + 100;
	buffer_reserve(out, room);
	ZSTD_outBuffer to = {out->bytes + out->length, room, 0};
	ZSTD_inBuffer from = {text.at, fields & 16 ? text.length / 2 : 0, 0};
	if (from.size > 0)
		ZSTD_compressStream2(context, &to, &from, ZSTD_e_flush);
	from.size = text.length;
	size_t left = ZSTD_compressStream2(context, &to, &from, ZSTD_e_end);
	assert(left == 0);
	out->length += to.pos;
	ZSTD_freeCCtx(context);
	return (fields & 1) == 0;
}
#endif

static void make_member(struct draws *draws, struct stream *stream)
{
	struct buffer *text = &stream->texts[stream->n_members];
	draw_member_text(draws, stream->n_members, text);
	stream->n_members++;
#ifdef HAVE_ZSTD
	if (stream->is_zstd) {
		if (draw_below(draws, 8) == 7)
			make_skippable(draws, &stream->bytes);
		if (!make_zstd(draws, buffer_as_text(text), &stream->bytes))
			stream->unchecked = true;
		return;
	}
#endif
	make_gzip(draws, buffer_as_text(text), &stream->bytes);
}

/* ---- the damage ---- */

static void take_out(struct buffer *bytes, size_t at, size_t length)
{
	if (length > bytes->length - at)
		length = bytes->length - at;
	memmove(bytes->bytes + at, bytes->bytes + at + length, bytes->length - at - length);
	bytes->length -= length;
}

static void repeat(struct buffer *bytes, size_t at, size_t length)
{
	if (length > bytes->length - at)
		length = bytes->length - at;
	char *piece = mem_text(bytes->bytes + at, length);
	buffer_bytes(bytes, piece, length);
	mem_free(piece);
}

static void damage(struct draws *draws, struct stream *stream)
{
	struct buffer *bytes = &stream->bytes;
	while (draws_left(draws) > 0 && bytes->length > 0) {
		unsigned kind = draw_below(draws, 7);
		size_t at = draw_number(draws) % bytes->length;
		unsigned value = draw_byte(draws);
		stream->damaged = true;
		switch (kind) {
		case 0:
		case 1:
			bytes->bytes[at] = (char)(bytes->bytes[at] ^ 1 << value % 8);
			break;
		case 2:
			bytes->bytes[at] = (char)value;
			break;
		case 3:
			bytes->length = at;
			break;
		case 4:
			take_out(bytes, at, value);
			break;
		case 5:
			repeat(bytes, at, value);
			break;
		case 6:
			buffer_byte(bytes, (char)value);
			break;
		}
	}
}

/* ---- reading ---- */

struct outcome {
	bool good;
	enum error_kind kind;
	struct source_facts facts;
	struct buffer text;
};

static struct outcome read_source(const struct buffer *bytes, size_t capacity)
{
	static int memory = -1;
	char path[MEMORY_FILE_PATH];
	if (memory < 0)
		memory = memory_file();
	memory_file_fill(memory, buffer_as_text(bytes));
	struct outcome outcome = {0};
	struct error err = {0};
	struct source *source = source_open(memory_file_path(memory, path), NULL, &err);
	assert(source != NULL);
	size_t length;
	do {
		buffer_reserve(&outcome.text, capacity);
		outcome.good = source_read(
			source, outcome.text.bytes + outcome.text.length, capacity, &length, &err);
		if (outcome.good)
			outcome.text.length += length;
	} while (outcome.good && length == capacity);
	outcome.kind = err.kind;
	outcome.facts = source_facts(source);
	assert(outcome.good == (err.kind == ERROR_NONE));
	error_release(&err);
	source_close(source);
	return outcome;
}

/* One member, appended to text; false when it is damaged. */
static bool inflate_member(z_stream *z, struct buffer *text)
{
	enum { STEP = 65536 };
	int status;
	do {
		buffer_reserve(text, STEP);
		z->next_out = (Bytef *)text->bytes + text->length;
		z->avail_out = STEP;
		status = inflate(z, Z_NO_FLUSH);
		text->length += STEP - z->avail_out;
	} while (status == Z_OK);
	return status == Z_STREAM_END;
}

/* What zlib says of it, which reads headers and trailers itself. */
static bool gunzip(const struct buffer *bytes, struct buffer *text)
{
	z_stream z = {.next_in = (z_const Bytef *)bytes->bytes, .avail_in = (uInt)bytes->length};
	int begun = inflateInit2(&z, MAX_WBITS + 16);
	assert(begun == Z_OK);
	bool good;
	do {
		good = inflate_member(&z, text);
		inflateReset(&z);
	} while (good && z.avail_in > 0 && *z.next_in != 0);
	for (; good && z.avail_in > 0; z.avail_in--)
		good = *z.next_in++ == 0;
	inflateEnd(&z);
	return good;
}

/* ---- what is held to ---- */

static bool is_at(struct text whole, size_t at, const struct buffer *piece)
{
	return piece->length <= whole.length - at &&
	       text_equal((struct text){whole.at + at, piece->length}, buffer_as_text(piece));
}

/* Texts of members, one after the other, in any order and number. */
static bool is_of_members(const struct stream *stream, struct text text)
{
	bool *reached = mem_zeroed(text.length + 1, sizeof(*reached));
	reached[0] = true;
	for (size_t at = 0; at < text.length; at++)
		for (size_t i = 0; reached[at] && i < stream->n_members; i++)
			if (is_at(text, at, &stream->texts[i]))
				reached[at + stream->texts[i].length] = true;
	bool is_reached = reached[text.length];
	mem_free(reached);
	return is_reached;
}

static void check_whole(const struct stream *stream, const struct outcome *outcome)
{
	struct buffer all = {0};
	for (size_t i = 0; i < stream->n_members; i++)
		buffer_text(&all, buffer_as_text(&stream->texts[i]));
	assert(outcome->good);
	assert(text_equal(buffer_as_text(&all), buffer_as_text(&outcome->text)));
	assert(outcome->facts.unchecked == stream->unchecked);
	buffer_release(&all);
}

static void check_gzip(const struct stream *stream, const struct outcome *outcome)
{
	struct buffer text = {0};
	bool good = gunzip(&stream->bytes, &text);
	assert(good == outcome->good);
	if (good)
		assert(text_equal(buffer_as_text(&text), buffer_as_text(&outcome->text)));
	buffer_release(&text);
}

static void check(const struct stream *stream, const struct outcome *outcome)
{
	struct text text = buffer_as_text(&outcome->text), stored = buffer_as_text(&stream->bytes);
	assert(outcome->good || outcome->kind == ERROR_DATA);
	if (!stream->damaged)
		check_whole(stream, outcome);
	if (outcome->facts.compression == COMPRESSION_GZIP)
		check_gzip(stream, outcome);
	if (!outcome->good)
		return;
	if (outcome->facts.compression == COMPRESSION_NONE) {
		/* Perhaps without a byte order mark. */
		assert(text.length == stored.length || text.length + 3 == stored.length);
		return;
	}
	assert(outcome->facts.text_bytes == (int64_t)text.length);
	assert(outcome->facts.text_crc == crc_update(0, text.at, text.length));
	if (!outcome->facts.unchecked)
		assert(is_of_members(stream, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draws draws = draws_of(data, size);
	struct stream stream = {0};
	unsigned kind = draw_byte(&draws);
#ifdef HAVE_ZSTD
	stream.is_zstd = kind & 1;
#endif
	size_t capacity = 1 + (size_t)draw_number(&draws);
	size_t n_members = 1 + (kind >> 1) % MOST_MEMBERS;
	while (stream.n_members < n_members)
		make_member(&draws, &stream);
	damage(&draws, &stream);
	struct outcome outcome = read_source(&stream.bytes, capacity);
	check(&stream, &outcome);
	buffer_release(&outcome.text);
	buffer_release(&stream.bytes);
	for (size_t i = 0; i < stream.n_members; i++)
		buffer_release(&stream.texts[i]);
	return 0;
}

#include "io/source.h"

#include <string.h>

#include "base/mem.h"
#include "io/crc.h"
#include "io/encoding.h"
#include "io/gzip.h"
#include "io/raw.h"
#include "io/zstd.h"

enum { PIECE = 64 * 1024 };

struct source {
	struct raw raw;
	enum compression compression;
	struct gzip *gzip;
	struct zstd *zstd;
	int64_t zstd_bytes; /* of what it gave */
	uint32_t zstd_crc;
	bool started; /* the compression is known */
	struct encoding *encoding;
	char *piece;             /* before conversion */
	struct buffer converted; /* after it; taken up to the place */
	size_t place;
	bool at_end;
};

const char *source_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

const char *compression_name(enum compression compression)
{
	static const char *const names[] = {"none", "gzip", "zstd"};
	return names[compression];
}

struct source *source_open(const char *path, const char *encoding, struct error *err)
{
	struct source *source = mem_zeroed(1, sizeof(*source));
	if (!raw_open(&source->raw, path, source_name(path), err)) {
		source_close(source);
		return NULL;
	}
	if (encoding != NULL) {
		source->encoding = encoding_open(encoding, err);
		source->piece = mem_array(PIECE, 1);
		if (source->encoding == NULL) {
			source_close(source);
			return NULL;
		}
	}
	return source;
}

void source_close(struct source *source)
{
	if (source == NULL)
		return;
	gzip_close(source->gzip);
	zstd_close(source->zstd);
	raw_release(&source->raw);
	encoding_close(source->encoding);
	mem_free(source->piece);
	buffer_release(&source->converted);
	mem_free(source);
}

struct source_facts source_facts(const struct source *source)
{
	struct source_facts facts = {
		.compression = source->compression,
		.bytes = source->raw.size,
		.crc = source->raw.crc,
		.text_bytes = source->raw.size,
		.text_crc = source->raw.crc,
	};
	if (source->gzip != NULL) {
		facts.text_bytes = gzip_text(source->gzip).bytes;
		facts.text_crc = gzip_text(source->gzip).crc;
	} else if (source->zstd != NULL) {
		facts.text_bytes = source->zstd_bytes;
		facts.text_crc = source->zstd_crc;
		facts.unchecked = zstd_is_unchecked(source->zstd);
	}
	return facts;
}

static bool begins_with(const struct raw *raw, const char *magic, size_t length)
{
	return raw->end >= length && memcmp(raw->bytes, magic, length) == 0;
}

/* Kinds that analysts hand over by mistake, and what to do about each. */
static bool refuse_other_kinds(const struct raw *raw, struct error *err)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *words;
	} kinds[] = {
		{"PK\3\4", 4,
			"is a zip archive or an Excel workbook (unzip it, or save it as CSV)"},
		{"\xFD"
		 "7zXZ",
			5, "is compressed with xz (xz -dc FILE | patron ...)"},
		{"BZh", 3, "is compressed with bzip2 (bzip2 -dc FILE | patron ...)"},
		{"7z\xBC\xAF", 4, "is a 7-Zip archive (extract it first)"},
		{"PAR1", 4, "is a Parquet file (export it as CSV)"},
		{"SQLite format 3", 15, "is an SQLite database (export the table as CSV)"},
		{"%PDF", 4, "is a PDF document (export the data as CSV)"},
		{"\xD0\xCF\x11\xE0", 4, "is an old Excel workbook (save it as CSV)"},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (begins_with(raw, kinds[i].magic, kinds[i].length))
			return error_set(err, ERROR_DATA, "%s: %s", raw->name, kinds[i].words);
	return true;
}

static bool start(struct source *source, struct error *err)
{
	struct raw *raw = &source->raw;
	source->started = true;
	if (!raw_peek(raw, 16, err))
		return false;
	/* 0x184D2A50 to 0x184D2A5F open a zstd frame that is skipped. */
	bool skippable = raw->end >= 4 && (raw->bytes[0] & 0xF0) == 0x50 &&
			 memcmp(raw->bytes + 1, "\x2A\x4D\x18", 3) == 0;
	/* No text begins with the first byte of gzip: alone, it is a file cut short. */
	if (begins_with(raw, "\x1F\x8B", 2) || (raw->end == 1 && raw->bytes[0] == 0x1F)) {
		source->compression = COMPRESSION_GZIP;
		source->gzip = gzip_open();
	} else if (begins_with(raw, "\x28\xB5\x2F\xFD", 4) || skippable) {
		source->compression = COMPRESSION_ZSTD;
		source->zstd = zstd_open(raw->name, err);
		return source->zstd != NULL;
	}
	return refuse_other_kinds(raw, err);
}

static bool read_plain(
	struct raw *raw, char *room, size_t capacity, size_t *length, struct error *err)
{
	/* What the look at the first bytes left in the window, then straight into the room. */
	size_t piece = raw->end - raw->position;
	*length = piece < capacity ? piece : capacity;
	if (*length > 0)
		memcpy(room, raw->bytes + raw->position, *length);
	raw->position += *length;
	for (size_t got = 1; *length < capacity && got > 0; *length += got)
		if (!raw_read(raw, room + *length, capacity - *length, &got, err))
			return false;
	return true;
}

static bool read_decompressed(
	struct source *source, char *room, size_t capacity, size_t *length, struct error *err)
{
	switch (source->compression) {
	case COMPRESSION_GZIP:
		return gzip_read(source->gzip, &source->raw, room, capacity, length, err);
	case COMPRESSION_ZSTD:
		if (!zstd_read(source->zstd, &source->raw, room, capacity, length, err))
			return false;
		source->zstd_crc = crc_update(source->zstd_crc, room, *length);
		source->zstd_bytes += (int64_t)*length;
		return true;
	case COMPRESSION_NONE:
		break;
	}
	return read_plain(&source->raw, room, capacity, length, err);
}

/* A byte order mark is no part of the first column's name. */
static bool drop_mark(
	struct source *source, char *room, size_t capacity, size_t *length, struct error *err)
{
	const char *other = encoding_guess_bom(room, *length);
	if (other != NULL)
		return error_set(err, ERROR_DATA, "%s: is text in %s (use --encoding %s)",
			source->raw.name, other, other);
	if (*length < 3 || memcmp(room, "\xEF\xBB\xBF", 3) != 0)
		return true;
	bool was_full = *length == capacity;
	size_t more = 0;
	*length -= 3;
	memmove(room, room + 3, *length);
	/* A short piece would mean the end. */
	if (was_full && !read_decompressed(source, room + *length, 3, &more, err))
		return false;
	*length += more;
	return true;
}

static bool read_converted(
	struct source *source, char *room, size_t capacity, size_t *length, struct error *err)
{
	*length = 0;
	while (*length < capacity) {
		size_t there = source->converted.length - source->place;
		size_t taken = there < capacity - *length ? there : capacity - *length;
		if (taken > 0)
			memcpy(room + *length, source->converted.bytes + source->place, taken);
		*length += taken;
		source->place += taken;
		if (*length == capacity || source->at_end)
			break;
		size_t got;
		if (!read_decompressed(source, source->piece, PIECE, &got, err))
			return false;
		source->at_end = got < PIECE;
		source->converted.length = source->place = 0;
		encoding_convert(
			source->encoding, source->piece, got, source->at_end, &source->converted);
	}
	return true;
}

bool source_read(
	struct source *source, char *room, size_t capacity, size_t *length, struct error *err)
{
	bool first = !source->started;
	if (first && !start(source, err))
		return false;
	if (source->encoding != NULL)
		return read_converted(source, room, capacity, length, err);
	return read_decompressed(source, room, capacity, length, err) &&
	       (!first || drop_mark(source, room, capacity, length, err));
}

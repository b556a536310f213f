#include "io/gzip.h"

#include <string.h>

#include "base/mem.h"
#include "io/crc.h"
#include "io/inflater.h"

enum stage { STAGE_HEADER, STAGE_BODY, STAGE_TRAILER, STAGE_END };

struct gzip {
	enum stage stage;
	bool any_member; /* one was read whole */
	struct inflater *inflater;
	uint32_t crc;  /* of what the member gave so far */
	uint32_t size; /* the same, modulo 2^32 */
	int64_t member_bytes;
	struct gzip_text text; /* of the members before */
};

struct gzip *gzip_open(void)
{
	struct gzip *gzip = mem_zeroed(1, sizeof(*gzip));
	gzip->inflater = inflater_open();
	return gzip;
}

struct gzip_text gzip_text(const struct gzip *gzip)
{
	return gzip->text;
}

void gzip_close(struct gzip *gzip)
{
	if (gzip == NULL)
		return;
	inflater_close(gzip->inflater);
	mem_free(gzip);
}

static bool ends_early(const struct raw *raw, struct error *err)
{
	return error_set(err, ERROR_DATA,
		"%s: the gzip data end too early: the file is truncated (copy or export it again)",
		raw->name);
}

static bool is_damaged(const struct raw *raw, const char *what, struct error *err)
{
	return error_set(err, ERROR_DATA,
		"%s: the gzip data are damaged: %s (copy or export the file again)", raw->name,
		what);
}

/* One damage may show itself to one inflater as an invalid stream and to another by the checksum.
 */
static const char wrong_content[] = "the compressed stream or its checksum is wrong";

/* n bytes of a header or trailer, also into *crc where that is asked for. */
static bool take(struct raw *raw, unsigned char *bytes, size_t n, uint32_t *crc, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		bool got;
		if (!raw_byte(raw, &bytes[i], &got, err))
			return false;
		if (!got)
			return ends_early(raw, err);
	}
	if (crc != NULL)
		*crc = crc_update(*crc, bytes, n);
	return true;
}

static bool skip_string(struct raw *raw, uint32_t *crc, struct error *err)
{
	unsigned char byte;
	do
		if (!take(raw, &byte, 1, crc, err))
			return false;
	while (byte != 0);
	return true;
}

static bool skip_extra(struct raw *raw, uint32_t *crc, struct error *err)
{
	unsigned char size[2], byte;
	if (!take(raw, size, 2, crc, err))
		return false;
	for (unsigned left = size[0] | (unsigned)size[1] << 8; left > 0; left--)
		if (!take(raw, &byte, 1, crc, err))
			return false;
	return true;
}

/* RFC 1952, 2.3: magic, method 8, flags, time, extra flags, system, then what the flags say. */
static bool read_header(struct raw *raw, struct error *err)
{
	enum { HCRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 0xE0 };
	unsigned char head[10], check[2];
	uint32_t crc = 0;
	if (!take(raw, head, sizeof(head), &crc, err))
		return false;
	if (head[2] != 8)
		return is_damaged(raw, "unknown compression method", err);
	if (head[3] & RESERVED)
		return is_damaged(raw, "reserved flags are set in the header", err);
	if ((head[3] & EXTRA) && !skip_extra(raw, &crc, err))
		return false;
	if ((head[3] & NAME) && !skip_string(raw, &crc, err))
		return false;
	if ((head[3] & COMMENT) && !skip_string(raw, &crc, err))
		return false;
	if (head[3] & HCRC) {
		if (!take(raw, check, 2, NULL, err))
			return false;
		if ((crc & 0xFFFF) != (check[0] | (uint32_t)check[1] << 8))
			return is_damaged(raw, "the header's checksum is wrong", err);
	}
	return true;
}

/* Only zero bytes may stand between the last member and the end of the file. */
static bool skip_padding(struct raw *raw, struct error *err)
{
	for (;;) {
		if (!raw_fill(raw, err))
			return false;
		if (raw->position == raw->end)
			return true;
		if (raw->bytes[raw->position++] != 0)
			return is_damaged(raw, "garbage after the end", err);
	}
}

static bool begin_member(struct gzip *gzip, struct raw *raw, struct error *err)
{
	if (!raw_fill(raw, err))
		return false;
	if (gzip->any_member) {
		if (raw->position == raw->end || raw->bytes[raw->position] == 0) {
			gzip->stage = STAGE_END;
			return skip_padding(raw, err);
		}
		unsigned char magic[2];
		if (raw->bytes[raw->position] != 0x1F)
			return is_damaged(raw, "garbage after the end", err);
		/* Looks at the second byte only when it is there: a cut right after the first
		 * byte of a member is a truncation. */
		if (raw->end - raw->position >= 2) {
			memcpy(magic, raw->bytes + raw->position, 2);
			if (magic[1] != 0x8B)
				return is_damaged(raw, "garbage after the end", err);
		}
	}
	if (!read_header(raw, err))
		return false;
	inflater_reset(gzip->inflater);
	gzip->crc = 0;
	gzip->size = 0;
	gzip->member_bytes = 0;
	gzip->stage = STAGE_BODY;
	return true;
}

static uint32_t little_endian(const unsigned char *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

static bool end_member(struct gzip *gzip, struct raw *raw, struct error *err)
{
	unsigned char trailer[8];
	if (!take(raw, trailer, sizeof(trailer), NULL, err))
		return false;
	if (little_endian(trailer) != gzip->crc || little_endian(trailer + 4) != gzip->size)
		return is_damaged(raw, wrong_content, err);
	gzip->text.crc = crc_join(gzip->text.crc, gzip->crc, gzip->member_bytes);
	gzip->text.bytes += gzip->member_bytes;
	gzip->any_member = true;
	gzip->stage = STAGE_HEADER;
	return true;
}

/* Inflates from the window into room; *length counts what room holds. */
static bool read_body(struct gzip *gzip, struct raw *raw, char *room, size_t capacity,
	size_t *length, struct error *err)
{
	if (!raw_fill(raw, err))
		return false;
	if (raw->position == raw->end)
		return ends_early(raw, err);
	size_t taken = raw->end - raw->position, given = capacity - *length;
	enum inflate_status status = inflater_step(gzip->inflater, raw->bytes + raw->position,
		&taken, (unsigned char *)room + *length, &given);
	raw->position += taken;
	gzip->crc = crc_update(gzip->crc, room + *length, given);
	gzip->member_bytes += (int64_t)given;
	gzip->size += (uint32_t)given;
	*length += given;
	if (status == INFLATE_DAMAGED)
		return is_damaged(raw, wrong_content, err);
	if (status == INFLATE_END) {
		raw_unread(raw, inflater_unread(gzip->inflater));
		gzip->stage = STAGE_TRAILER;
	}
	return true;
}

bool gzip_read(struct gzip *gzip, struct raw *raw, char *room, size_t capacity, size_t *length,
	struct error *err)
{
	*length = 0;
	while (*length < capacity && gzip->stage != STAGE_END) {
		bool good = false;
		switch (gzip->stage) {
		case STAGE_HEADER:
			good = begin_member(gzip, raw, err);
			break;
		case STAGE_BODY:
			good = read_body(gzip, raw, room, capacity, length, err);
			break;
		case STAGE_TRAILER:
			good = end_member(gzip, raw, err);
			break;
		case STAGE_END:
			good = true;
			break;
		}
		if (!good)
			return false;
	}
	return true;
}

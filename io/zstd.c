#include "io/zstd.h"

#include <string.h>

#include "base/mem.h"

#ifdef HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>

enum { HEAD = 5 };

struct zstd {
	ZSTD_DStream *stream;
	size_t wanted; /* 0 between frames */
	unsigned char head[HEAD];
	size_t n_head; /* how much of the frame's first bytes went by */
	bool unchecked;
};

struct zstd *zstd_open(const char *name, struct error *err)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	if (stream == NULL) {
		error_set(err, ERROR_SYSTEM, "%s: no memory for the zstd decompressor", name);
		return NULL;
	}
	struct zstd *zstd = mem_zeroed(1, sizeof(*zstd));
	zstd->stream = stream;
	return zstd;
}

static bool fail(const struct raw *raw, size_t status, struct error *err)
{
	switch (ZSTD_getErrorCode(status)) {
	case ZSTD_error_memory_allocation:
		return error_set(
			err, ERROR_SYSTEM, "%s: no memory for the zstd decompressor", raw->name);
	case ZSTD_error_frameParameter_windowTooLarge:
		return error_set(err, ERROR_DATA,
			"%s: was compressed with zstd --long, which needs more memory than is given"
			" here (zstd -dc --long=31 FILE | patron ...)",
			raw->name);
	default:
		return error_set(err, ERROR_DATA,
			"%s: the zstd data are damaged: %s (copy or export the file again)",
			raw->name, ZSTD_getErrorName(status));
	}
}

/* RFC 8878, 3.1.1.1: after the magic number the frame header's descriptor, whose bit 2 says that a
 * checksum of the content stands at the end. Other magic numbers are those of frames to skip. */
static void look_at_head(struct zstd *zstd, const unsigned char *bytes, size_t n)
{
	enum { CHECKSUM = 4 };
	size_t more = n < HEAD - zstd->n_head ? n : HEAD - zstd->n_head;
	memcpy(zstd->head + zstd->n_head, bytes, more);
	zstd->n_head += more;
	if (zstd->wanted > 0)
		return;
	if (zstd->n_head == HEAD && memcmp(zstd->head, "\x28\xB5\x2F\xFD", 4) == 0 &&
		!(zstd->head[4] & CHECKSUM))
		zstd->unchecked = true;
	zstd->n_head = 0;
}

bool zstd_is_unchecked(const struct zstd *zstd)
{
	return zstd->unchecked;
}

bool zstd_read(struct zstd *zstd, struct raw *raw, char *room, size_t capacity, size_t *length,
	struct error *err)
{
	ZSTD_outBuffer out = {room, capacity, 0};
	while (out.pos < out.size) {
		if (!raw_fill(raw, err))
			return false;
		ZSTD_inBuffer in = {raw->bytes, raw->end, raw->position};
		size_t before = out.pos;
		if (in.pos == in.size && zstd->wanted == 0)
			break;
		zstd->wanted = ZSTD_decompressStream(zstd->stream, &out, &in);
		if (ZSTD_isError(zstd->wanted))
			return fail(raw, zstd->wanted, err);
		look_at_head(zstd, raw->bytes + raw->position, in.pos - raw->position);
		/* At the end of the input what is still buffered comes out; then nothing more. */
		if (raw->at_end && in.pos == raw->position && out.pos == before &&
			zstd->wanted != 0)
			return error_set(err, ERROR_DATA,
				"%s: the zstd data end too early: the file is truncated"
				" (copy or export it again)",
				raw->name);
		raw->position = in.pos;
	}
	*length = out.pos;
	return true;
}

void zstd_close(struct zstd *zstd)
{
	if (zstd == NULL)
		return;
	ZSTD_freeDStream(zstd->stream);
	mem_free(zstd);
}

const char *zstd_library(void)
{
	return "libzstd " ZSTD_VERSION_STRING;
}

#else

struct zstd *zstd_open(const char *name, struct error *err)
{
	error_set(err, ERROR_SYSTEM,
		"%s: is compressed with zstd, which this build cannot read"
		" (zstd -dc FILE | patron ..., or build with libzstd)",
		name);
	return NULL;
}

bool zstd_read(struct zstd *zstd, struct raw *raw, char *room, size_t capacity, size_t *length,
	struct error *err)
{
	(void)zstd, (void)room, (void)capacity;
	*length = 0;
	return error_set(err, ERROR_SYSTEM, "%s: no zstd in this build", raw->name);
}

bool zstd_is_unchecked(const struct zstd *zstd)
{
	(void)zstd;
	return false;
}

void zstd_close(struct zstd *zstd)
{
	mem_free(zstd);
}

const char *zstd_library(void)
{
	return NULL;
}
#endif

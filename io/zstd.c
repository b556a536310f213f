#include "io/zstd.h"

#include "base/mem.h"

#ifdef HAVE_ZSTD
#include <zstd.h>

struct zstd {
	ZSTD_DStream *stream;
	size_t wanted; /* 0 between frames */
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
			return error_set(err, ERROR_DATA,
				"%s: the zstd data are damaged: %s (copy or export the file again)",
				raw->name, ZSTD_getErrorName(zstd->wanted));
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

void zstd_close(struct zstd *zstd)
{
	mem_free(zstd);
}

const char *zstd_library(void)
{
	return NULL;
}
#endif

#include "io/inflater.h"

#include <assert.h>
#include <limits.h>
#include <zlib.h>

#include "base/mem.h"

struct inflater {
	z_stream stream;
};

static void *take_memory(void *unused, unsigned count, unsigned size)
{
	(void)unused;
	return mem_array(count, size);
}

static void give_memory(void *unused, void *memory)
{
	(void)unused;
	mem_free(memory);
}

struct inflater *inflater_open(void)
{
	struct inflater *inflater = mem_zeroed(1, sizeof(*inflater));
	inflater->stream.zalloc = take_memory;
	inflater->stream.zfree = give_memory;
	int status = inflateInit2(&inflater->stream, -MAX_WBITS);
	assert(status == Z_OK);
	return inflater;
}

void inflater_reset(struct inflater *inflater)
{
	int status = inflateReset(&inflater->stream);
	assert(status == Z_OK);
}

enum inflate_status inflater_step(struct inflater *inflater, const unsigned char *input,
	size_t *taken, unsigned char *room, size_t *given)
{
	z_stream *stream = &inflater->stream;
	assert(*taken <= UINT_MAX && *given <= UINT_MAX);
	stream->next_in = (z_const Bytef *)input;
	stream->avail_in = (uInt)*taken;
	stream->next_out = room;
	stream->avail_out = (uInt)*given;
	int status = inflate(stream, Z_NO_FLUSH);
	*taken -= stream->avail_in;
	*given -= stream->avail_out;
	if (status == Z_STREAM_END)
		return INFLATE_END;
	/* Z_BUF_ERROR is no progress for want of input or room. */
	return status == Z_OK || status == Z_BUF_ERROR ? INFLATE_MORE : INFLATE_DAMAGED;
}

void inflater_close(struct inflater *inflater)
{
	if (inflater == NULL)
		return;
	inflateEnd(&inflater->stream);
	mem_free(inflater);
}

const char *inflater_library(void)
{
	return "zlib";
}

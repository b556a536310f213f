#include "io/inflater.h"

#include <assert.h>
#include <limits.h>

#include "base/mem.h"

#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>

struct inflater {
	struct inflate_state state;
};

struct inflater *inflater_open(void)
{
	return mem_zeroed(1, sizeof(struct inflater));
}

void inflater_reset(struct inflater *inflater)
{
	isal_inflate_init(&inflater->state);
	inflater->state.crc_flag = ISAL_DEFLATE; /* no wrapper: the header and trailer are ours */
}

enum inflate_status inflater_step(struct inflater *inflater, const unsigned char *input,
	size_t *taken, unsigned char *room, size_t *given)
{
	struct inflate_state *state = &inflater->state;
	assert(*taken <= UINT32_MAX && *given <= UINT32_MAX);
	state->next_in = (uint8_t *)(uintptr_t)input; /* is only read */
	state->avail_in = (uint32_t)*taken;
	state->next_out = room;
	state->avail_out = (uint32_t)*given;
	int status = isal_inflate(state);
	*given -= state->avail_out;
	*taken -= state->avail_in;
	if (status < 0)
		return INFLATE_DAMAGED;
	/* It returns OK also when the input ends within the stream: only the state tells. */
	return state->block_state == ISAL_BLOCK_FINISH ? INFLATE_END : INFLATE_MORE;
}

size_t inflater_unread(const struct inflater *inflater)
{
	return (size_t)inflater->state.read_in_length / 8;
}

void inflater_close(struct inflater *inflater)
{
	mem_free(inflater);
}

const char *inflater_library(void)
{
	return "ISA-L";
}

#else
#include <zlib.h>

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

size_t inflater_unread(const struct inflater *inflater)
{
	(void)inflater;
	return 0;
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
	return "zlib " ZLIB_VERSION;
}
#endif

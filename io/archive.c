/* PKWARE's APPNOTE.TXT: the directory stands at the end of the file; an entry tells where its
 * document is and how long. All numbers are little-endian.
 */
#include "io/archive.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

enum {
	END_SIZE = 22,   /* of the record behind the directory; we write no comment after it */
	ENTRY_SIZE = 46, /* of a directory's entry, before its name */
	LOCAL_SIZE = 30, /* of what stands before a document, likewise */
	STORED = 0,
	DEFLATED = 8,
	EDGE = 256, /* bytes kept from both ends of a document */
	BLOCK = 64 * 1024,
};

static uint32_t number(const unsigned char *at, int n_bytes)
{
	uint32_t value = 0;
	for (int i = n_bytes; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

static bool read_at(FILE *file, int64_t offset, unsigned char *bytes, size_t n)
{
	return fseeko(file, (off_t)offset, SEEK_SET) == 0 && fread(bytes, 1, n, file) == n;
}

/* The two ends of a document, as it is unpacked. */
struct edges {
	unsigned char first[EDGE], last[EDGE];
	size_t n_first, n_last;
};

static void see(struct edges *edges, const unsigned char *bytes, size_t n)
{
	size_t more = EDGE - edges->n_first < n ? EDGE - edges->n_first : n;
	memcpy(edges->first + edges->n_first, bytes, more);
	edges->n_first += more;
	if (n >= EDGE) {
		memcpy(edges->last, bytes + n - EDGE, EDGE);
		edges->n_last = EDGE;
		return;
	}
	size_t kept = edges->n_last + n > EDGE ? EDGE - n : edges->n_last;
	memmove(edges->last, edges->last + edges->n_last - kept, kept);
	memcpy(edges->last + kept, bytes, n);
	edges->n_last = kept + n;
}

static bool is_white(unsigned char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* <?xml ...?><name ...> ... </name> */
static bool is_closed(const struct edges *edges)
{
	size_t start = 0, length = 0, end = edges->n_last;
	while (start + 1 < edges->n_first &&
		(edges->first[start] != '<' || edges->first[start + 1] == '?'))
		start++;
	start++;
	while (start + length < edges->n_first && edges->first[start + length] != '>' &&
		!is_white(edges->first[start + length]))
		length++;
	while (end > 0 && is_white(edges->last[end - 1]))
		end--;
	size_t closing = length + 3;
	const unsigned char *at = edges->last + end - closing;
	return length > 0 && end >= closing && at[0] == '<' && at[1] == '/' &&
	       memcmp(at + 2, edges->first + start, length) == 0 && at[length + 2] == '>';
}

static bool unpack(FILE *file, uint32_t n_packed, struct edges *edges)
{
	unsigned char *in = mem_array(BLOCK, 1), *out = mem_array(BLOCK, 1);
	z_stream stream = {0};
	int status = inflateInit2(&stream, -MAX_WBITS);
	while (status == Z_OK) {
		if (stream.avail_in == 0 && n_packed > 0) {
			stream.next_in = in;
			stream.avail_in =
				(uInt)fread(in, 1, n_packed < BLOCK ? n_packed : BLOCK, file);
			n_packed = stream.avail_in > 0 ? n_packed - stream.avail_in : 0;
		}
		stream.next_out = out;
		stream.avail_out = BLOCK;
		status = inflate(&stream, Z_NO_FLUSH);
		see(edges, out, BLOCK - stream.avail_out);
	}
	inflateEnd(&stream);
	mem_free(in);
	mem_free(out);
	return status == Z_STREAM_END;
}

static bool read_stored(FILE *file, uint32_t n, struct edges *edges)
{
	unsigned char bytes[EDGE];
	while (n > 0) {
		size_t length = fread(bytes, 1, n < EDGE ? n : EDGE, file);
		if (length == 0)
			return false;
		see(edges, bytes, length);
		n -= (uint32_t)length;
	}
	return true;
}

static bool document_is_whole(FILE *file, const unsigned char *entry)
{
	unsigned char local[LOCAL_SIZE];
	struct edges edges = {.n_first = 0};
	uint32_t method = number(entry + 10, 2), n_packed = number(entry + 20, 4);
	int64_t offset = number(entry + 42, 4);
	if (!read_at(file, offset, local, LOCAL_SIZE))
		return false;
	offset += LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2);
	if (fseeko(file, (off_t)offset, SEEK_SET) != 0)
		return false;
	bool good = method == DEFLATED ? unpack(file, n_packed, &edges)
				       : method == STORED && read_stored(file, n_packed, &edges);
	return good && is_closed(&edges);
}

bool archive_is_whole(FILE *file)
{
	unsigned char end[END_SIZE], entry[ENTRY_SIZE];
	if (fseeko(file, -END_SIZE, SEEK_END) != 0 || fread(end, 1, END_SIZE, file) != END_SIZE ||
		number(end, 4) != 0x06054b50)
		return false;
	uint32_t n_entries = number(end + 10, 2);
	int64_t offset = number(end + 16, 4);
	for (uint32_t i = 0; i < n_entries; i++) {
		bool good = read_at(file, offset, entry, ENTRY_SIZE) &&
			    number(entry, 4) == 0x02014b50 && document_is_whole(file, entry);
		if (!good)
			return false;
		offset += ENTRY_SIZE + number(entry + 28, 2) + number(entry + 30, 2) +
			  number(entry + 32, 2);
	}
	return n_entries > 0 && fseeko(file, 0, SEEK_END) == 0;
}

#include "io/header.h"

#include "io/csv.h"
#include "io/source.h"

static bool read_record(struct csv *csv, struct source *source, struct error *err)
{
	enum { PIECE = 16 * 1024 };
	struct buffer text = {0};
	size_t length, used = 0;
	bool good;
	do {
		buffer_reserve(&text, PIECE);
		good = source_read(source, text.bytes + text.length, PIECE, &length, err);
		text.length += good ? length : 0;
		good = good && csv_header(csv, buffer_as_text(&text), length == 0, &used, err);
	} while (good && used == 0 && length > 0);
	buffer_release(&text);
	return good;
}

bool header_read(struct header *header, const char *path, const char *encoding, char delimiter,
	struct error *err)
{
	enum { LONGEST = 1024 * 1024 };
	*header = (struct header){.n_names = 0};
	struct source *source = source_open(path, encoding, err);
	if (source == NULL)
		return false;
	header->csv = csv_open(source_name(path),
		(struct csv_dialect){.delimiter = delimiter, .max_record = LONGEST});
	bool good = read_record(header->csv, source, err);
	if (good)
		header->names = csv_names(header->csv, &header->n_names);
	source_close(source);
	return good;
}

void header_release(struct header *header)
{
	csv_close(header->csv);
	*header = (struct header){.n_names = 0};
}

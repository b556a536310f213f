#include "io/table_writer.h"

#include <assert.h>

#include "base/mem.h"
#include "io/blocks.h"
#include "io/shown.h"

struct gathered {
	struct buffer texts;   /* of all cells, row by row */
	uint32_t *lengths;     /* n_rows times n_columns */
	unsigned char *shades; /* the same; NULL without colour */
	float *shares;         /* the same; NULL where there are no bars */
	size_t n_rows, capacity;
	size_t *widths; /* n_columns */
	float *largest; /* share of each column; -1 when one is negative */
};

struct gathering {
	const struct aligned_writer *writer;
	const struct table_sheet *sheet;
	struct gathered names;
	struct gathered *blocks;
	size_t n_blocks, capacity;
};

static void gathered_init(struct gathered *block, const struct gathering *gathering)
{
	size_t n_columns = gathering->sheet->n_columns;
	*block = (struct gathered){
		.widths = mem_array(n_columns, sizeof(*block->widths)),
		.largest = mem_zeroed(n_columns, sizeof(*block->largest)),
	};
	for (size_t i = 0; i < n_columns; i++)
		block->widths[i] = gathering->writer->least_width;
}

static void gathered_release(struct gathered *block)
{
	buffer_release(&block->texts);
	mem_free(block->lengths);
	mem_free(block->shades);
	mem_free(block->shares);
	mem_free(block->widths);
	mem_free(block->largest);
	*block = (struct gathered){0};
}

/* Makes what texts holds from start on the next cell of the row that is being added. */
static void end_cell(struct gathered *block, const struct table_sheet *sheet, size_t column,
	size_t start, unsigned char shade)
{
	size_t length = block->texts.length - start;
	assert(length <= UINT32_MAX);
	size_t cell = block->n_rows * sheet->n_columns + column;
	block->lengths[cell] = (uint32_t)length;
	if (block->shades != NULL)
		block->shades[cell] = shade;
	size_t width = 0;
	if (length > 0)
		width = shown_width((struct text){block->texts.bytes + start, length});
	if (width > block->widths[column])
		block->widths[column] = width;
}

/* There is no bar of less than nothing, so that a column with such a share has none at all. */
static void keep_share(struct gathered *block, const struct table_sheet *sheet, size_t column,
	const struct cell *cell)
{
	if (block->shares == NULL)
		return;
	bool is_share = column_is_share(&sheet->columns[column]) && !cell->empty;
	float share = is_share ? (float)cell->real : 0;
	block->shares[block->n_rows * sheet->n_columns + column] = share;
	float *largest = &block->largest[column];
	if (share < 0 || *largest < 0)
		*largest = -1;
	else if (share > *largest)
		*largest = share;
}

static void reserve_rows(struct gathered *block, const struct table_sheet *sheet, size_t more)
{
	block->lengths = mem_grow(block->lengths, &block->capacity,
		(block->n_rows + more) * sheet->n_columns, sizeof(*block->lengths));
	if (sheet->colour)
		block->shades = mem_resize(block->shades, block->capacity, 1);
	if (sheet->fits)
		block->shares = mem_resize(block->shares, block->capacity, sizeof(*block->shares));
}

static void add_names(struct gathering *gathering)
{
	const struct table_sheet *sheet = gathering->sheet;
	struct gathered *block = &gathering->names;
	reserve_rows(block, sheet, 1);
	for (size_t i = 0; i < sheet->n_columns; i++) {
		size_t start = block->texts.length;
		gathering->writer->text(&block->texts, text_of(sheet->columns[i].name));
		end_cell(block, sheet, i, start, 0);
	}
	block->n_rows++;
}

static void add_row(
	struct gathered *block, const struct gathering *gathering, const struct cell *cells)
{
	const struct table_sheet *sheet = gathering->sheet;
	for (size_t i = 0; i < sheet->n_columns; i++) {
		enum column_kind kind = sheet->columns[i].kind;
		struct buffer *texts = &block->texts;
		size_t start = texts->length;
		if (cells[i].empty || (kind_has_text(kind) && cells[i].text.length == 0)) {
			buffer_string(texts, gathering->writer->empty);
		} else if (kind_has_text(kind)) {
			gathering->writer->text(texts, cells[i].text);
		} else {
			buffer_reserve(texts, CELL_ROOM);
			texts->length +=
				cell_write(texts->bytes + texts->length, sheet, kind, &cells[i]);
		}
		end_cell(block, sheet, i, start, cells[i].shade);
		keep_share(block, sheet, i, &cells[i]);
	}
	block->n_rows++;
}

static void add_rows(struct gathered *block, const struct gathering *gathering, table_fill *fill,
	const void *rows, size_t from, size_t to)
{
	size_t n_columns = gathering->sheet->n_columns;
	struct cell *cells = mem_array(n_columns, sizeof(*cells));
	reserve_rows(block, gathering->sheet, to - from);
	for (size_t row = from; row < to; row++) {
		fill_cells(gathering->sheet, fill, rows, row, cells);
		add_row(block, gathering, cells);
	}
	mem_free(cells);
}

struct gathering *gathering_open(
	const struct aligned_writer *writer, const struct table_sheet *sheet)
{
	struct gathering *gathering = mem_zeroed(1, sizeof(*gathering));
	gathering->writer = writer;
	gathering->sheet = sheet;
	gathered_init(&gathering->names, gathering);
	add_names(gathering);
	return gathering;
}

/* The first of n new blocks. */
static struct gathered *new_blocks(struct gathering *gathering, size_t n)
{
	gathering->blocks = mem_grow(gathering->blocks, &gathering->capacity,
		gathering->n_blocks + n, sizeof(*gathering->blocks));
	struct gathered *first = gathering->blocks + gathering->n_blocks;
	for (size_t i = 0; i < n; i++)
		gathered_init(&first[i], gathering);
	gathering->n_blocks += n;
	return first;
}

struct gather_job {
	const struct gathering *gathering;
	struct gathered *blocks;
	table_fill *fill;
	const void *rows;
	size_t n_rows, rows_a_block;
};

static void gather_block(void *argument, size_t block, struct buffer *bytes)
{
	(void)bytes;
	struct gather_job *job = argument;
	size_t from = block * job->rows_a_block, to = from + job->rows_a_block;
	add_rows(&job->blocks[block], job->gathering, job->fill, job->rows, from,
		to < job->n_rows ? to : job->n_rows);
}

static bool take_nothing(void *argument, struct text bytes, struct error *err)
{
	(void)argument, (void)bytes, (void)err;
	return true;
}

void gathering_rows(struct gathering *gathering, table_fill *fill, const void *rows, size_t n_rows,
	unsigned threads)
{
	size_t rows_a_block = rows_per_block(gathering->sheet);
	if (n_rows <= rows_a_block) { /* rows that come in small numbers share a block */
		struct gathered *last = gathering->n_blocks > 0
						? &gathering->blocks[gathering->n_blocks - 1]
						: NULL;
		if (last == NULL || last->n_rows >= rows_a_block)
			last = new_blocks(gathering, 1);
		add_rows(last, gathering, fill, rows, 0, n_rows);
		return;
	}
	size_t n_blocks = (n_rows + rows_a_block - 1) / rows_a_block;
	struct gather_job job = {
		.gathering = gathering,
		.blocks = new_blocks(gathering, n_blocks),
		.fill = fill,
		.rows = rows,
		.n_rows = n_rows,
		.rows_a_block = rows_a_block,
	};
	blocks_run(n_blocks, threads, gather_block, take_nothing, &job, NULL);
}

struct layout_job {
	struct gathering *gathering;
	struct layout layout;
	size_t panel;
	struct output *output;
};

static void write_lines(const struct layout_job *job, const struct gathered *block,
	aligned_line *line, struct buffer *bytes)
{
	const struct table_sheet *sheet = job->gathering->sheet;
	struct aligned_cells cells = {
		block->texts.bytes, block->lengths, block->shades, block->shares};
	for (size_t row = 0; row < block->n_rows; row++) {
		line(bytes, sheet, &job->layout, job->panel, cells);
		for (size_t i = 0; i < sheet->n_columns; i++)
			cells.texts += cells.lengths[i];
		cells.lengths += sheet->n_columns;
		if (cells.shades != NULL)
			cells.shades += sheet->n_columns;
		if (cells.shares != NULL)
			cells.shares += sheet->n_columns;
	}
}

static void lay_out_block(void *argument, size_t block, struct buffer *bytes)
{
	struct layout_job *job = argument;
	struct gathered *gathered = &job->gathering->blocks[block];
	write_lines(job, gathered, job->gathering->writer->row, bytes);
	if (job->panel + 1 == job->layout.n_panels)
		gathered_release(gathered);
}

static bool write_block(void *argument, struct text bytes, struct error *err)
{
	struct layout_job *job = argument;
	return output_write(job->output, bytes.at, bytes.length, err);
}

static void lay_out(struct layout *layout, const struct gathering *gathering)
{
	size_t n_columns = gathering->sheet->n_columns;
	size_t *widths = mem_zeroed(n_columns, sizeof(*widths));
	float *largest = mem_zeroed(n_columns, sizeof(*largest));
	for (size_t b = 0; b < gathering->n_blocks; b++) {
		const struct gathered *block = &gathering->blocks[b];
		for (size_t i = 0; i < n_columns; i++) {
			if (block->widths[i] > widths[i])
				widths[i] = block->widths[i];
			if (block->largest[i] < 0 || largest[i] < 0)
				largest[i] = -1;
			else if (block->largest[i] > largest[i])
				largest[i] = block->largest[i];
		}
	}
	layout_init(layout, gathering->sheet, gathering->names.widths, widths, largest);
	mem_free(widths);
	mem_free(largest);
}

static bool write_panel(struct layout_job *job, unsigned threads, struct error *err)
{
	struct gathering *gathering = job->gathering;
	struct buffer head = {0};
	if (job->panel > 0)
		buffer_byte(&head, '\n');
	write_lines(job, &gathering->names, gathering->writer->head, &head);
	bool done = output_write(job->output, head.bytes, head.length, err) &&
		    blocks_run(gathering->n_blocks, threads, lay_out_block, write_block, job, err);
	buffer_release(&head);
	return done;
}

bool gathering_write(
	struct gathering *gathering, unsigned threads, struct output *output, struct error *err)
{
	struct layout_job job = {.gathering = gathering, .output = output};
	lay_out(&job.layout, gathering);
	bool done = true;
	for (job.panel = 0; done && job.panel < job.layout.n_panels; job.panel++)
		done = write_panel(&job, threads, err);
	layout_release(&job.layout);
	return done;
}

void gathering_release(struct gathering *gathering)
{
	if (gathering == NULL)
		return;
	for (size_t i = 0; i < gathering->n_blocks; i++)
		gathered_release(&gathering->blocks[i]);
	gathered_release(&gathering->names);
	mem_free(gathering->blocks);
	mem_free(gathering);
}

#include "io/date_shapes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/place.h"

/* A shape and the formats it admits, compiled; fixed once known. */
struct known {
	char shape[DATE_SHAPE_SIZE];
	bool is_iso;
	size_t n_formats;
	struct date_format formats[DATE_SHAPE_FORMATS];
};

struct tally {
	const struct known *known;
	int64_t rows, read, by_format[DATE_SHAPE_FORMATS];
	uint64_t first_place, first_unread_place;
	char first_value[TEXT_EXCERPT_SIZE], first_unread_value[TEXT_EXCERPT_SIZE];
};

struct date_shapes {
	const struct date_format *format;
	pthread_mutex_t lock;
	struct known **known; /* each allocated for itself: they stay where they are */
	struct tally *tallies;
	size_t n_known, known_capacity, tallies_capacity;
	bool too_many;
	struct date_shape_count *counts;
};

/* ---- which formats a shape admits ---- */

/* Digits that any order of year, month and day can be read from, all 1 but for the year 2011,
 * which begins the number or, in one of eight digits and more, comes after day and month. */
static void append_digits(struct buffer *value, size_t n, bool year_first)
{
	size_t year = n == 4 || (n >= 8 && year_first) ? 0 : n >= 8 ? 4 : n;
	bool is_epoch = n == 10;
	for (size_t i = 0; i < n; i++)
		buffer_byte(value, is_epoch ? '1' : i == year ? '2' : i == year + 1 ? '0' : '1');
}

/* A value of the shape: NN/Mon/NNNN -> 11/Nov/2011, YYYYMMDD -> 20111111 or 11112011. */
static void make_value(const struct known *known, bool year_first, struct buffer *value)
{
	const char *digits = known->is_iso ? "YMDHSN" : "N";
	for (const char *shape = known->shape; *shape != '\0';) {
		size_t n = strspn(shape, digits);
		append_digits(value, n, year_first);
		shape += n;
		if (strncmp(shape, "Mon", 3) == 0) {
			buffer_string(value, "Nov");
			shape += 3;
		} else if (*shape != '\0') {
			buffer_byte(value, *shape++);
		}
	}
}

/* Those that say what needs no saying are none. */
static bool has_format(const struct known *known, const char *format)
{
	if (strcmp(format, "%Y-%m-%d") == 0 || strcmp(format, "%Y%m%d") == 0)
		return true;
	for (size_t i = 0; i < known->n_formats; i++)
		if (strcmp(known->formats[i].text, format) == 0)
			return true;
	return false;
}

static void find_formats(struct known *known)
{
	for (int year_first = 0; year_first < 2; year_first++) {
		struct buffer value = {0};
		char formats[DATE_SHAPE_FORMATS][DATE_FORMAT_SIZE];
		struct error ignored = {0};
		make_value(known, year_first == 1, &value);
		size_t n = date_formats(buffer_as_text(&value), formats, DATE_SHAPE_FORMATS);
		for (size_t i = 0; i < n && known->n_formats < DATE_SHAPE_FORMATS; i++)
			if (!has_format(known, formats[i]) &&
				date_format_compile(
					&known->formats[known->n_formats], formats[i], &ignored))
				known->n_formats++;
		buffer_release(&value);
	}
}

/* ---- the shapes known so far ---- */

/* Its number, or DATE_SHAPES_MOST when there are too many. Under the lock. */
static size_t number_of(struct date_shapes *shapes, const char *shape)
{
	for (size_t i = 0; i < shapes->n_known; i++)
		if (strcmp(shapes->known[i]->shape, shape) == 0)
			return i;
	if (shapes->n_known == DATE_SHAPES_MOST) {
		shapes->too_many = true;
		return DATE_SHAPES_MOST;
	}
	struct known *known = mem_zeroed(1, sizeof(*known));
	memcpy(known->shape, shape, DATE_SHAPE_SIZE);
	known->is_iso = strncmp(shape, "YYYY", 4) == 0;
	find_formats(known);
	size_t number = shapes->n_known++;
	shapes->known = mem_grow(
		shapes->known, &shapes->known_capacity, shapes->n_known, sizeof(*shapes->known));
	shapes->tallies = mem_grow(shapes->tallies, &shapes->tallies_capacity, shapes->n_known,
		sizeof(*shapes->tallies));
	shapes->known[number] = known;
	shapes->tallies[number] = (struct tally){
		.known = known, .first_place = PLACE_NONE, .first_unread_place = PLACE_NONE};
	return number;
}

/* ---- one batch ---- */

/* Values that differ in their digits only have one shape; a pattern is a value with every digit
 * made 1, cut where no shape goes on. The last patterns are kept, so that few shapes are worked
 * out. */
enum { MOST_PATTERN = 64, N_RECENT = 256 };

struct pattern {
	unsigned char length;
	char bytes[MOST_PATTERN];
	uint32_t tally; /* its number in the batch */
};

struct batch {
	struct date_shapes *shapes;
	struct pattern *recent; /* N_RECENT, by hash; length 0 is none */
	struct tally *tallies;
	size_t *numbers; /* of each tally, among all shapes */
	size_t n_tallies, tallies_capacity, numbers_capacity;
};

static unsigned make_pattern(struct text value, struct pattern *pattern)
{
	unsigned hash = 0;
	size_t n = value.length < MOST_PATTERN ? value.length : MOST_PATTERN;
	for (size_t i = 0; i < n; i++) {
		char c = value.at[i];
		pattern->bytes[i] = is_digit(c) ? '1' : c;
		hash = hash * 31 + (unsigned char)pattern->bytes[i];
	}
	pattern->length = (unsigned char)n;
	return hash;
}

static struct tally *tally_of_shape(struct batch *batch, const char *shape)
{
	struct date_shapes *shapes = batch->shapes;
	pthread_mutex_lock(&shapes->lock);
	size_t number = number_of(shapes, shape);
	const struct known *known = number < DATE_SHAPES_MOST ? shapes->known[number] : NULL;
	pthread_mutex_unlock(&shapes->lock);
	if (known == NULL)
		return NULL;
	for (size_t i = 0; i < batch->n_tallies; i++)
		if (batch->numbers[i] == number)
			return &batch->tallies[i];
	size_t n = ++batch->n_tallies;
	batch->tallies =
		mem_grow(batch->tallies, &batch->tallies_capacity, n, sizeof(*batch->tallies));
	batch->numbers =
		mem_grow(batch->numbers, &batch->numbers_capacity, n, sizeof(*batch->numbers));
	batch->numbers[n - 1] = number;
	batch->tallies[n - 1] = (struct tally){
		.known = known, .first_place = PLACE_NONE, .first_unread_place = PLACE_NONE};
	return &batch->tallies[n - 1];
}

static struct tally *tally_of(struct batch *batch, struct text value)
{
	struct pattern pattern;
	unsigned hash = make_pattern(value, &pattern);
	struct pattern *recent = &batch->recent[(hash ^ hash >> 8) % N_RECENT];
	if (recent->length == pattern.length &&
		memcmp(recent->bytes, pattern.bytes, pattern.length) == 0)
		return &batch->tallies[recent->tally];
	char shape[DATE_SHAPE_SIZE] = {0};
	date_shape((struct text){pattern.bytes, pattern.length}, shape);
	struct tally *tally = tally_of_shape(batch, shape);
	if (tally != NULL) {
		*recent = pattern;
		recent->tally = (uint32_t)(tally - batch->tallies);
	}
	return tally;
}

static void count(
	struct tally *tally, const struct date_format *format, struct text value, uint64_t place)
{
	int32_t day;
	bool read = date_read(format, value, &day) == DATE_OK;
	tally->rows++;
	tally->read += read;
	bool needs_none = read && tally->known->is_iso;
	for (size_t i = 0; i < tally->known->n_formats && !needs_none; i++)
		tally->by_format[i] += date_read(&tally->known->formats[i], value, &day) == DATE_OK;
	if (place < tally->first_place) {
		tally->first_place = place;
		text_excerpt(value, tally->first_value);
	}
	if (!read && place < tally->first_unread_place) {
		tally->first_unread_place = place;
		text_excerpt(value, tally->first_unread_value);
	}
}

static void merge(struct tally *to, const struct tally *from)
{
	to->rows += from->rows;
	to->read += from->read;
	for (size_t i = 0; i < DATE_SHAPE_FORMATS; i++)
		to->by_format[i] += from->by_format[i];
	if (from->first_place < to->first_place) {
		to->first_place = from->first_place;
		memcpy(to->first_value, from->first_value, TEXT_EXCERPT_SIZE);
	}
	if (from->first_unread_place < to->first_unread_place) {
		to->first_unread_place = from->first_unread_place;
		memcpy(to->first_unread_value, from->first_unread_value, TEXT_EXCERPT_SIZE);
	}
}

void date_shapes_add(struct date_shapes *shapes, const struct text *values, const uint64_t *places,
	size_t n_values)
{
	struct batch batch = {
		.shapes = shapes, .recent = mem_zeroed(N_RECENT, sizeof(*batch.recent))};
	for (size_t i = 0; i < n_values; i++) {
		struct text value = text_trim(values[i]);
		struct tally *tally = value.length > 0 ? tally_of(&batch, value) : NULL;
		if (tally != NULL)
			count(tally, shapes->format, value, places[i]);
	}
	pthread_mutex_lock(&shapes->lock);
	for (size_t i = 0; i < batch.n_tallies; i++)
		merge(&shapes->tallies[batch.numbers[i]], &batch.tallies[i]);
	pthread_mutex_unlock(&shapes->lock);
	mem_free(batch.recent);
	mem_free(batch.tallies);
	mem_free(batch.numbers);
}

/* ---- results ---- */

static void set_formats(struct date_shape_count *count, const struct tally *tally)
{
	for (size_t i = 0; i < tally->known->n_formats; i++) {
		size_t at = count->n_formats++;
		for (; at > 0 && count->formats[at - 1].read < tally->by_format[i]; at--)
			count->formats[at] = count->formats[at - 1];
		count->formats[at].read = tally->by_format[i];
		memcpy(count->formats[at].format, tally->known->formats[i].text, DATE_FORMAT_SIZE);
	}
}

static void set_count(struct date_shape_count *count, const struct tally *tally)
{
	bool all_read = tally->first_unread_place == PLACE_NONE;
	memcpy(count->shape, tally->known->shape, DATE_SHAPE_SIZE);
	count->is_iso = tally->known->is_iso;
	count->rows = tally->rows;
	count->read = tally->read;
	count->first_place = all_read ? tally->first_place : tally->first_unread_place;
	memcpy(count->first_value, all_read ? tally->first_value : tally->first_unread_value,
		TEXT_EXCERPT_SIZE);
	set_formats(count, tally);
}

static int by_rows(const void *a, const void *b)
{
	const struct date_shape_count *x = a, *y = b;
	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	return strcmp(x->shape, y->shape);
}

const struct date_shape_count *date_shapes_finish(struct date_shapes *shapes, size_t *n_shapes)
{
	*n_shapes = shapes->n_known + shapes->too_many;
	if (shapes->too_many)
		return NULL;
	shapes->counts = mem_zeroed(shapes->n_known, sizeof(*shapes->counts));
	for (size_t i = 0; i < shapes->n_known; i++)
		set_count(&shapes->counts[i], &shapes->tallies[i]);
	if (shapes->n_known > 0)
		qsort(shapes->counts, shapes->n_known, sizeof(*shapes->counts), by_rows);
	return shapes->counts;
}

struct date_shapes *date_shapes_new(const struct date_format *format)
{
	struct date_shapes *shapes = mem_zeroed(1, sizeof(*shapes));
	shapes->format = format;
	pthread_mutex_init(&shapes->lock, NULL);
	return shapes;
}

void date_shapes_free(struct date_shapes *shapes)
{
	if (shapes == NULL)
		return;
	for (size_t i = 0; i < shapes->n_known; i++)
		mem_free(shapes->known[i]);
	mem_free(shapes->known);
	mem_free(shapes->tallies);
	mem_free(shapes->counts);
	pthread_mutex_destroy(&shapes->lock);
	mem_free(shapes);
}

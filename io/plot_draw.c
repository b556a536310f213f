#include "io/plot_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/markup.h"
#include "io/shown.h"

/* ---- how wide texts are ---- */

/* In ems. */
static double ascii_width(char c)
{
	static const char narrow[] = " !'(),./:;I[]fijlrt|-";
	static const char broad[] = "%&@#+<=>~MW^mw_";
	if (strchr(narrow, c) != NULL)
		return .42;
	if (strchr(broad, c) != NULL)
		return 1;
	return c >= 'A' && c <= 'Z' ? .76 : .64;
}

/* Of the first character; its length in bytes too. */
static double first_width(struct text text, size_t *length)
{
	unsigned char c = (unsigned char)text.at[0];
	*length = 1;
	if (c < 0x80)
		return c == '\0' ? .64 : ascii_width(text.at[0]);
	while (*length < text.length && ((unsigned char)text.at[*length] & 0xC0) == 0x80)
		(*length)++;
	size_t columns = shown_width((struct text){text.at, *length});
	return columns > 1 ? 1.02 : columns > 0 ? .7 : 0;
}

double text_pixels(struct text text, double size)
{
	double ems = 0;
	for (size_t i = 0, length; i < text.length; i += length)
		ems += first_width((struct text){text.at + i, text.length - i}, &length);
	return ems * size;
}

struct text text_fitting(struct text text, double pixels, double size)
{
	double ems = 0;
	size_t i = 0, length;
	for (; i < text.length; i += length) {
		ems += first_width((struct text){text.at + i, text.length - i}, &length);
		if (ems * size > pixels)
			break;
	}
	return (struct text){text.at, i};
}

/* ---- primitives ---- */

void draw_number(struct canvas *canvas, double pixels)
{
	char room[32];
	snprintf(room, sizeof(room), "%.1f", pixels);
	size_t n = strlen(room);
	if (n > 2 && room[n - 1] == '0')
		n -= 2;
	bool is_minus_zero = n == 2 && room[0] == '-' && room[1] == '0';
	buffer_bytes(&canvas->body, room + is_minus_zero, n - is_minus_zero);
}

static void attribute(struct canvas *canvas, const char *name, double value)
{
	buffer_format(&canvas->body, " %s=\"", name);
	draw_number(canvas, value);
	buffer_byte(&canvas->body, '"');
}

static void end_element(struct canvas *canvas, const char *element, const char *tip)
{
	if (tip == NULL) {
		buffer_text(&canvas->body, TEXT("/>\n"));
		return;
	}
	buffer_text(&canvas->body, TEXT("><title>"));
	markup_text(&canvas->body, text_of(tip));
	buffer_format(&canvas->body, "</title></%s>\n", element);
}

static void begin_text(struct canvas *canvas, struct at at, enum anchor anchor, const char *style)
{
	static const char *const anchors[] = {
		"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
	buffer_text(&canvas->body, TEXT("<text"));
	attribute(canvas, "x", at.x);
	attribute(canvas, "y", at.y);
	buffer_format(&canvas->body, "%s class=\"%s\">", anchors[anchor], style);
}

void draw_text(struct canvas *canvas, struct at at, enum anchor anchor, const char *style,
	struct text text)
{
	begin_text(canvas, at, anchor, style);
	markup_text(&canvas->body, text);
	buffer_text(&canvas->body, TEXT("</text>\n"));
}

void draw_cut_text(struct canvas *canvas, struct at at, enum anchor anchor, const char *style,
	struct text text, double pixels)
{
	static const struct text ellipsis = {"\xE2\x80\xA6", 3};
	if (text_pixels(text, TEXT_SIZE) <= pixels) {
		draw_text(canvas, at, anchor, style, text);
		return;
	}
	struct text part = text_fitting(text, pixels - TEXT_SIZE, TEXT_SIZE);
	begin_text(canvas, at, anchor, style);
	markup_text(&canvas->body, part);
	buffer_text(&canvas->body, ellipsis);
	buffer_text(&canvas->body, TEXT("<title>"));
	markup_text(&canvas->body, text);
	buffer_text(&canvas->body, TEXT("</title></text>\n"));
}

void draw_line(struct canvas *canvas, struct at from, struct at to, const char *style)
{
	buffer_text(&canvas->body, TEXT("<line"));
	attribute(canvas, "x1", from.x);
	attribute(canvas, "y1", from.y);
	attribute(canvas, "x2", to.x);
	attribute(canvas, "y2", to.y);
	buffer_format(&canvas->body, " class=\"%s\"/>\n", style);
}

void draw_box(struct canvas *canvas, struct at corner, double width, double height,
	const char *style, const char *tip)
{
	buffer_text(&canvas->body, TEXT("<rect"));
	attribute(canvas, "x", corner.x);
	attribute(canvas, "y", corner.y);
	attribute(canvas, "width", width);
	attribute(canvas, "height", height);
	buffer_format(&canvas->body, " class=\"%s\"", style);
	end_element(canvas, "rect", tip);
}

void draw_dot(
	struct canvas *canvas, struct at at, double radius, const char *style, const char *tip)
{
	buffer_text(&canvas->body, TEXT("<circle"));
	attribute(canvas, "cx", at.x);
	attribute(canvas, "cy", at.y);
	attribute(canvas, "r", radius);
	buffer_format(&canvas->body, " class=\"%s\"", style);
	end_element(canvas, "circle", tip);
}

/* ---- words ---- */

/* What stands on the first line; *rest is what is left. Parted at a blank, or inside a word that no
 * line holds; Chinese, which has no blanks, anywhere. */
static struct text first_line(struct text text, double pixels, double size, struct text *rest)
{
	size_t end = text_fitting(text, pixels, size).length;
	if (end < text.length) {
		size_t blank = end;
		while (blank > 0 && text.at[blank] != ' ')
			blank--;
		if (blank > 0)
			end = blank;
		else if (end == 0)
			end = text.length;
	}
	size_t next = end;
	while (next < text.length && text.at[next] == ' ')
		next++;
	*rest = (struct text){text.at + next, text.length - next};
	return (struct text){text.at, end};
}

void draw_lines(struct canvas *canvas, const char *style, struct text text, double size)
{
	while (text.length > 0) {
		struct text line = first_line(text, canvas->width - 4, size, &text);
		canvas->y += size + 4;
		draw_text(canvas, (struct at){0, canvas->y - 3}, ANCHOR_START, style, line);
	}
}

const char *series_style(const struct plot *plot, size_t series, char letter, char room[STYLE_ROOM])
{
	size_t number = 0;
	for (size_t s = 0; s < series; s++)
		number += !plot->series[s]->faint;
	if (plot->series[series]->faint)
		snprintf(room, STYLE_ROOM, "%c0", letter);
	else
		snprintf(room, STYLE_ROOM, "%c%zu", letter, number % PLOT_MOST_SERIES + 1);
	return room;
}

/* The faint ones are there once. */
static bool is_in_legend(const struct plot *plot, size_t series)
{
	for (size_t s = 0; plot->series[series]->faint && s < series; s++)
		if (plot->series[s]->faint)
			return false;
	return true;
}

static void draw_key(struct canvas *canvas, size_t series, struct at at)
{
	const struct plot *plot = canvas->plot;
	char style[STYLE_ROOM];
	if (plot->kind == PLOT_LINES || plot->kind == PLOT_STEPS)
		draw_line(canvas, (struct at){at.x, at.y - 4}, (struct at){at.x + 22, at.y - 4},
			series_style(plot, series, 'l', style));
	else
		draw_box(canvas, (struct at){at.x + 5, at.y - 10}, 12, 12,
			series_style(plot, series, 'f', style), NULL);
}

void draw_legend(struct canvas *canvas)
{
	enum { KEY = 28, BETWEEN = 16 };
	const struct plot *plot = canvas->plot;
	if (plot->n_series < 2)
		return;
	double x = 0;
	canvas->y += LINE_HEIGHT + 4;
	for (size_t s = 0; s < plot->n_series; s++) {
		if (!is_in_legend(plot, s))
			continue;
		struct text name =
			text_of(plot->series[s]->faint ? plot->faint_words : plot->series[s]->name);
		double width = KEY + text_pixels(name, TEXT_SIZE);
		if (x > 0 && x + width > canvas->width) {
			x = 0;
			canvas->y += LINE_HEIGHT + 2;
		}
		struct at at = {x, canvas->y - 4};
		draw_key(canvas, s, at);
		draw_cut_text(canvas, (struct at){x + KEY, at.y}, ANCHOR_START, "ink", name,
			canvas->width - x - KEY);
		x += width + BETWEEN;
	}
	canvas->y += 2;
}

/* The charts of a command, and the page around its table.
 *
 *	if (charts_want("segments"))
 *		charts_add(plot_of_segments(rfm));
 *	results_write(...);
 *
 * A command draws what is asked for: all of its charts for html, one for svg, none otherwise. It
 * lists them in its struct command; results_check() settles which of them are wanted.
 */
#ifndef CMD_CHARTS_H
#define CMD_CHARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cmd/command.h"
#include "io/plot.h"
#include "io/table.h"

void charts_set_command(const struct command *running);

/* name is --chart, or NULL. ERROR_USAGE where the command has no such chart, or has it not with
 * this table; with the nearest name. */
bool charts_settle(
	enum table_format format, const struct column *table, const char *name, struct error *err);

bool charts_want(const char *name);
void charts_add(struct plot *plot); /* takes it */

/* For a command that makes a page of its own: all are wanted, and what was added since the last
 * time is handed over, in mem_array() memory. */
void charts_want_all(void);
struct plot **charts_take(size_t *n);

/* For html: what stands around the table. Lives until the program ends. */
const struct table_page *charts_page(void);

/* The one chart that is wanted, as svg. ERROR_NUMBERS where the data have nothing to draw. */
bool charts_write(const char *path, struct error *err);

void charts_release(void);

#endif

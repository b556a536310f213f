/* Help, the manual page and the catalogue: all from the same tables. */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "base/text.h"
#include "cmd/command.h"

void help_program(struct buffer *out);
void help_command(const struct command *command, struct buffer *out);
void help_man(struct buffer *out);     /* patron.1, in man(7) */
void help_json(struct buffer *out);    /* commands, options, columns */
void help_version(struct buffer *out); /* features and library versions */

#endif

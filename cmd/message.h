/* What the program says on standard error: one line each, "patron CMD: ...". What tables show as a
 * question mark (io/shown.h), from the data or a file's name, is spelled out: \x1B, \xFF for a byte
 * that is not UTF-8, \u202E. */
#ifndef CMD_MESSAGE_H
#define CMD_MESSAGE_H

#include <stdbool.h>

/* The command that speaks, NULL before one is known. */
void message_set_command(const char *name);
const char *message_command(void);
void message_set_quiet(bool quiet); /* no warnings and no notes */
bool message_is_quiet(void);

void message_progress(const char *words);
void message_error(const char *words);
void message_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/* What the program says on standard error: one line each, "patron CMD: ...", control characters
 * from the data made harmless. */
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

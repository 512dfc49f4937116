/* log.h – one line per event: to systemd's journal, to stderr, and to a file when asked.
 *
 * If systemd started us (JOURNAL_STREAM names our stderr), entries go to the journal in its own
 * protocol, with the fields PRIORITY, PLUGIN, ORDER and CODE. Otherwise lines with UTC time and a
 * level word go to stderr. A log file gets the same lines; it is rotated by size, and several
 * processes may write to it. Control characters in a message are made visible, and a message longer
 * than 4 KiB is cut. Logging never fails: an entry that cannot be written must not stop the work.
 * Its state is the process's. Never pass it a secret.
 */
#ifndef ENDPOINT_OS_LOG_H
#define ENDPOINT_OS_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* who: the program's name put before each message; kept by reference. */
void log_open(const char *who, enum log_level level);
/* Set the plugin that all later entries are about ("": none); copied, at most 79 bytes. */
void log_set_plugin(const char *plugin);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
bool log_level_parse(const char *word, enum log_level *level); /* error warning info debug */

/* Write to this file too (0640, made when missing); beyond max_bytes it becomes FILE.1, that
 * FILE.2, and so on, with `kept` old ones. NULL or "": stop writing to a file. */
void log_to_file(const char *path, int64_t max_bytes, int kept);
/* Set the journal's socket, for tests; NULL: systemd's, if it started us. */
void log_to_journal(const char *socket);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same about a plugin, an order, and with a stable code; each may be NULL. */
void log_event(enum log_level level, const char *plugin, const char *order, const char *code,
               const char *format, ...) __attribute__((format(printf, 5, 6)));
/* An error with its text, remedy and code, after "what: ". */
void log_problem(enum log_level level, const char *what, const struct error *e);
void log_problem_of(enum log_level level, const char *plugin, const struct error *e);

#define log_error(...)   log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_DEBUG, __VA_ARGS__)

#endif

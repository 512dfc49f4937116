/* log.h – one line per event on stderr, where systemd's journal or the terminal picks it up.
 *
 * Under systemd (JOURNAL_STREAM set) lines carry the <N> priority prefix of sd-daemon(3) and no time;
 * elsewhere they carry UTC time and a level word. Control characters in a message are made visible.
 * The log is the only global state outside main. No secret may be passed to it.
 */
#ifndef ENDPOINT_BASE_LOG_H
#define ENDPOINT_BASE_LOG_H

#include <stdbool.h>

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* who: the program's or plugin's name put before each message; kept by reference. */
void log_open(const char *who, enum log_level level);
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
bool log_level_parse(const char *word, enum log_level *level); /* error warning info debug */

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An error with its text and remedy, after "what: ". */
void log_problem(enum log_level level, const char *what, const struct error *e);

#define log_error(...)   log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_DEBUG, __VA_ARGS__)

#endif

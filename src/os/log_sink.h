/* log_sink.h – where the log's lines go: the service's journal, standard error, a file. For log.c.
 *
 * A line that cannot be written is lost: logging never fails.
 */
#ifndef ENDPOINT_OS_LOG_SINK_H
#define ENDPOINT_OS_LOG_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* See log_to_journal and log_to_file. */
void log_sink_journal(const char *socket_path);
void log_sink_file(const char *path, int64_t max_bytes, int kept);

bool log_sink_has_journal(void);
bool log_sink_has_file(void);

/* Write an entry in the journal's own form; false: the journal did not accept it. */
bool log_sink_tell_journal(const char *fields, size_t length);
/* Write a line in one piece, so that lines of several processes do not mix. */
void log_sink_tell_errors(const char *line, size_t length);
void log_sink_tell_file(const char *line, size_t length);

#endif

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

static struct {
    const char *who;
    enum log_level level;
    bool systemd;
} the_log = {.who = "endpoint", .level = LOG_INFO};

static const struct {
    const char *word;
    int priority; /* of syslog, as sd-daemon(3) wants it */
} levels[] = {{"error", 3}, {"warning", 4}, {"info", 6}, {"debug", 7}};

void log_open(const char *who, enum log_level level)
{
    the_log.who = who;
    the_log.level = level;
    the_log.systemd = getenv("JOURNAL_STREAM") != NULL;
}

void log_set_level(enum log_level level)
{
    the_log.level = level;
}

enum log_level log_get_level(void)
{
    return the_log.level;
}

bool log_level_parse(const char *word, enum log_level *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (text_equal(word, levels[i].word)) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

void log_write(enum log_level level, const char *format, ...)
{
    if (level > the_log.level)
        return;
    char message[4096];
    va_list args;
    va_start(args, format);
    text_vformat(message, sizeof message, format, args);
    va_end(args);

    struct buf line;
    buf_init(&line, 8 * sizeof message);
    if (the_log.systemd) {
        buf_printf(&line, "<%d>%s: ", levels[level].priority, the_log.who);
    } else {
        char now[CLOCK_TEXT];
        clock_format(now, clock_wall_ms());
        buf_printf(&line, "%s %-7s %s: ", now, levels[level].word, the_log.who);
    }
    size_t length = 0;
    while (message[length])
        length++;
    text_printable(&line, message, length);
    buf_add_byte(&line, '\n');
    /* One write, so that lines of several processes do not mix. A log that cannot be written to
     * must not stop the work. */
    ssize_t written = write(STDERR_FILENO, line.data, line.length);
    (void)written;
    buf_free(&line);
}

void log_problem(enum log_level level, const char *what, const struct error *e)
{
    log_write(level, "%s: %s%s%s [%s]", what, e->text, e->remedy[0] ? " – " : "", e->remedy,
              e->code);
}

#include "os/log.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/log_sink.h"

#define MESSAGE_MAX 4096

static struct {
    const char *who;
    char plugin[80];
    enum log_level level;
} the_log = {.who = "endpoint", .level = LOG_INFO};

/* One event to be logged. */
struct entry {
    enum log_level level;
    const char *plugin, *order, *code;
    const char *text; /* printable */
};

static const struct {
    const char *word;
    int priority; /* of syslog */
} levels[] = {{"error", 3}, {"warning", 4}, {"info", 6}, {"debug", 7}};

void log_to_journal(const char *socket_path)
{
    log_sink_journal(socket_path);
}

void log_to_file(const char *path, int64_t max_bytes, int kept)
{
    log_sink_file(path, max_bytes, kept);
}

void log_open(const char *who, enum log_level level)
{
    the_log.who = who;
    the_log.level = level;
    log_to_journal(NULL);
}

void log_set_plugin(const char *plugin)
{
    text_copy(the_log.plugin, sizeof the_log.plugin, plugin);
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

/* ---- one entry
 * ------------------------------------------------------------------------------------------- */

static void add_field(struct buf *b, const char *name, const char *value)
{
    if (text_empty(value))
        return;
    buf_printf(b, "%s=", name);
    text_printable(b, value, strlen(value)); /* it has no newline, so the short form is enough */
    buf_add_byte(b, '\n');
}

static bool send_journal(const struct entry *n)
{
    struct buf b;
    if (!log_sink_has_journal())
        return false;
    buf_init(&b, 16 * MESSAGE_MAX);
    buf_printf(&b, "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE=%s\n", levels[n->level].priority,
               the_log.who, n->text);
    add_field(&b, "PLUGIN", n->plugin);
    add_field(&b, "ORDER", n->order);
    add_field(&b, "CODE", n->code);
    bool ok = log_sink_tell_journal(b.data, b.length);
    buf_free(&b);
    return ok;
}

static void add_word(struct buf *b, const char *name, const char *value)
{
    if (text_empty(value))
        return;
    buf_printf(b, " %s=", name);
    text_printable(b, value, strlen(value));
}

static void emit(const struct entry *n, bool code_in_text)
{
    struct buf line;
    bool in_journal = send_journal(n);
    if (in_journal && !log_sink_has_file())
        return;
    char now[CLOCK_TEXT];
    clock_format(now, clock_wall_ms());
    buf_init(&line, 16 * MESSAGE_MAX);
    buf_printf(&line, "%s %-7s %s: %s", now, levels[n->level].word, the_log.who, n->text);
    add_word(&line, "plugin", n->plugin);
    add_word(&line, "order", n->order);
    if (!code_in_text)
        add_word(&line, "code", n->code);
    buf_add_byte(&line, '\n');
    /* One write, so that lines of several processes do not mix. */
    if (!in_journal)
        log_sink_tell_errors(line.data, line.length);
    log_sink_tell_file(line.data, line.length);
    buf_free(&line);
}

__attribute__((format(printf, 3, 0))) static void say(struct entry *n, bool code_in_text,
                                                      const char *format, va_list args)
{
    char message[MESSAGE_MAX];
    struct buf text;
    bool whole = text_vformat(message, sizeof message, format, args);
    buf_init(&text, 8 * sizeof message);
    text_printable(&text, message, strlen(message));
    if (!whole)
        buf_add_text(&text, "…");
    n->text = buf_text(&text);
    if (text_empty(n->plugin))
        n->plugin = the_log.plugin;
    emit(n, code_in_text);
    buf_free(&text);
}

void log_write(enum log_level level, const char *format, ...)
{
    struct entry n = {.level = level};
    va_list args;
    if (level > the_log.level)
        return;
    va_start(args, format);
    say(&n, false, format, args);
    va_end(args);
}

void log_event(enum log_level level, const char *plugin, const char *order, const char *code,
               const char *format, ...)
{
    struct entry n = {.level = level, .plugin = plugin, .order = order, .code = code};
    va_list args;
    if (level > the_log.level)
        return;
    va_start(args, format);
    say(&n, false, format, args);
    va_end(args);
}

static void say_error(struct entry *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say_error(struct entry *n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(n, true, format, args);
    va_end(args);
}

void log_problem(enum log_level level, const char *what, const struct error *e)
{
    struct entry n = {.level = level, .code = e->code};
    if (level <= the_log.level)
        say_error(&n, "%s: %s%s%s [%s]", what, e->text, *error_advice(e) ? " – " : "",
                  error_advice(e), e->code);
}

void log_problem_of(enum log_level level, const char *plugin, const struct error *e)
{
    struct entry n = {.level = level, .plugin = plugin, .code = e->code};
    if (level <= the_log.level)
        say_error(&n, "%s: %s%s%s [%s]", plugin, e->text, *error_advice(e) ? " – " : "",
                  error_advice(e), e->code);
}

#include "os/log.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "os/clock.h"

#define MESSAGE_MAX    4096
#define JOURNAL_SOCKET "/run/systemd/journal/socket" /* systemd: docs/JOURNAL_NATIVE_PROTOCOL */

static struct {
    const char *who;
    char plugin[80];
    enum log_level level;
    int journal; /* -1: entries go to stderr */
    struct sockaddr_un to;
    char path[PATH_MAX - 16];
    int64_t max_bytes;
    int kept;
    int file; /* -1: none */
} the_log = {.who = "endpoint", .level = LOG_INFO, .journal = -1, .file = -1};

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

/* Is our stderr the stream that systemd made for us? A program that we start may inherit the
 * variable alone. */
static bool started_by_systemd(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char mine[64];
    struct stat st;
    return stream && fstat(STDERR_FILENO, &st) == 0 &&
           text_format(mine, sizeof mine, "%llu:%llu", (unsigned long long)st.st_dev,
                       (unsigned long long)st.st_ino) &&
           text_equal(mine, stream);
}

void log_to_journal(const char *socket_path)
{
    if (the_log.journal >= 0)
        close(the_log.journal);
    the_log.journal = -1;
    if (!socket_path && started_by_systemd())
        socket_path = JOURNAL_SOCKET;
    the_log.to = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (socket_path && text_copy(the_log.to.sun_path, sizeof the_log.to.sun_path, socket_path))
        the_log.journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
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

/* ---- the file
 * ------------------------------------------------------------------------------------------- */

static void open_file(void)
{
    if (the_log.file >= 0)
        close(the_log.file);
    the_log.file = open(the_log.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}

void log_to_file(const char *path, int64_t max_bytes, int kept)
{
    if (the_log.file >= 0)
        close(the_log.file);
    the_log.file = -1;
    the_log.max_bytes = max_bytes;
    the_log.kept = kept;
    if (!text_empty(path) && text_copy(the_log.path, sizeof the_log.path, path))
        open_file();
    else
        the_log.path[0] = '\0';
}

static void rotate(void)
{
    char from[PATH_MAX], to[PATH_MAX];
    for (int i = the_log.kept; i > 0; i--) {
        text_format(to, sizeof to, "%s.%d", the_log.path, i);
        if (i > 1)
            text_format(from, sizeof from, "%s.%d", the_log.path, i - 1);
        else
            text_copy(from, sizeof from, the_log.path);
        if (rename(from, to) != 0) {
            /* There are not so many yet. */
        }
    }
    if (the_log.kept == 0)
        unlink(the_log.path);
}

/* Another process may have rotated the file: then open it again. Or it is full: then rotate it
 * under a lock, so that only one of us does it. */
static void prepare_file(size_t more)
{
    struct stat ours, there;
    bool same = the_log.file >= 0 && fstat(the_log.file, &ours) == 0 &&
                stat(the_log.path, &there) == 0 && ours.st_dev == there.st_dev &&
                ours.st_ino == there.st_ino;
    if (!same) {
        open_file();
        if (the_log.file < 0 || fstat(the_log.file, &ours) != 0)
            return;
    }
    if (ours.st_size == 0 || ours.st_size + (int64_t)more <= the_log.max_bytes)
        return;
    int locked = the_log.file;
    if (flock(locked, LOCK_EX) == 0 && stat(the_log.path, &there) == 0 &&
        there.st_ino == ours.st_ino)
        rotate();
    the_log.file = -1;
    open_file();
    close(locked); /* and releases the lock */
}

static void write_file(const struct buf *line)
{
    if (!the_log.path[0])
        return;
    prepare_file(line->length);
    ssize_t written = the_log.file >= 0 ? write(the_log.file, line->data, line->length) : 0;
    (void)written;
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
    if (the_log.journal < 0)
        return false;
    buf_init(&b, 16 * MESSAGE_MAX);
    buf_printf(&b, "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE=%s\n", levels[n->level].priority,
               the_log.who, n->text);
    add_field(&b, "PLUGIN", n->plugin);
    add_field(&b, "ORDER", n->order);
    add_field(&b, "CODE", n->code);
    ssize_t sent = sendto(the_log.journal, b.data, b.length, MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&the_log.to, sizeof the_log.to);
    bool ok = sent == (ssize_t)b.length;
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
    if (in_journal && !the_log.path[0])
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
    if (!in_journal) {
        ssize_t written = write(STDERR_FILENO, line.data, line.length);
        (void)written;
    }
    write_file(&line);
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

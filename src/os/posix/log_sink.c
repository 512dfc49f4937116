#include "os/log_sink.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket" /* systemd: docs/JOURNAL_NATIVE_PROTOCOL */

static struct {
    int journal; /* -1: entries go to stderr */
    struct sockaddr_un to;
    char path[PATH_MAX - 16];
    int64_t max_bytes;
    int kept;
    int file; /* -1: none */
} out = {.journal = -1, .file = -1};

/* ---- the journal ----------------------------------------------------------------------------------- */

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

void log_sink_journal(const char *socket_path)
{
    if (out.journal >= 0)
        close(out.journal);
    out.journal = -1;
    if (!socket_path && started_by_systemd())
        socket_path = JOURNAL_SOCKET;
    out.to = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (socket_path && text_copy(out.to.sun_path, sizeof out.to.sun_path, socket_path))
        out.journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

bool log_sink_has_journal(void)
{
    return out.journal >= 0;
}

bool log_sink_tell_journal(const char *fields, size_t length)
{
    ssize_t sent = sendto(out.journal, fields, length, MSG_DONTWAIT | MSG_NOSIGNAL,
                          (const struct sockaddr *)&out.to, sizeof out.to);
    return sent == (ssize_t)length;
}

void log_sink_tell_errors(const char *line, size_t length)
{
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written;
}

/* ---- the file
 * ------------------------------------------------------------------------------------------- */

static void open_file(void)
{
    if (out.file >= 0)
        close(out.file);
    out.file = open(out.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}

void log_sink_file(const char *path, int64_t max_bytes, int kept)
{
    if (out.file >= 0)
        close(out.file);
    out.file = -1;
    out.max_bytes = max_bytes;
    out.kept = kept;
    if (!text_empty(path) && text_copy(out.path, sizeof out.path, path))
        open_file();
    else
        out.path[0] = '\0';
}

static void rotate(void)
{
    char from[PATH_MAX], to[PATH_MAX];
    for (int i = out.kept; i > 0; i--) {
        text_format(to, sizeof to, "%s.%d", out.path, i);
        if (i > 1)
            text_format(from, sizeof from, "%s.%d", out.path, i - 1);
        else
            text_copy(from, sizeof from, out.path);
        if (rename(from, to) != 0) {
            /* There are not so many yet. */
        }
    }
    if (out.kept == 0)
        unlink(out.path);
}

/* Another process may have rotated the file: then open it again. Or it is full: then rotate it
 * under a lock, so that only one of us does it. */
static void prepare_file(size_t more)
{
    struct stat ours, there;
    bool same = out.file >= 0 && fstat(out.file, &ours) == 0 && stat(out.path, &there) == 0 &&
                ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
    if (!same) {
        open_file();
        if (out.file < 0 || fstat(out.file, &ours) != 0)
            return;
    }
    if (ours.st_size == 0 || ours.st_size + (int64_t)more <= out.max_bytes)
        return;
    int locked = out.file;
    if (flock(locked, LOCK_EX) == 0 && stat(out.path, &there) == 0 && there.st_ino == ours.st_ino)
        rotate();
    out.file = -1;
    open_file();
    close(locked); /* and releases the lock */
}

bool log_sink_has_file(void)
{
    return out.path[0] != '\0';
}

void log_sink_tell_file(const char *line, size_t length)
{
    if (!out.path[0])
        return;
    prepare_file(length);
    ssize_t written = out.file >= 0 ? write(out.file, line, length) : 0;
    (void)written;
}

#include "config/beside.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hooks.h"
#include "base/text.h"
#include "os/file.h"

#define SYSTEM_FILE "/etc/endpoint/endpoint.conf"

static bool below_root(char *target, size_t size, const char *path)
{
    const char *root = hooks_value("ENDPOINT_SERVICE_ROOT");
    return text_format(target, size, "%s%s", root ? root : "", path);
}

bool beside_listens(const char *socket_path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    /* EACCES: the directory is there and not ours; systemd removes it with the service's end. */
    bool listens = text_copy(a.sun_path, sizeof a.sun_path, socket_path) &&
                   (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EACCES ||
                    errno == EPERM || errno == EAGAIN);
    close(fd);
    return listens;
}

bool beside_installed(void)
{
    char path[600];
    return below_root(path, sizeof path, "/etc/endpoint") && access(path, F_OK) == 0;
}

/* Whom `endpointctl service mode application` put on record, which only root does. */
static bool on_record(char *name, size_t size)
{
    char path[600];
    struct buf b;
    bool found = false;
    buf_init(&b, 200);
    if (below_root(path, sizeof path, "/etc/endpoint/application.user") &&
        file_read(path, &b, NULL, NULL) == STATUS_OK) {
        int length = (int)strcspn(buf_text(&b), "\n");
        found = length > 0 && text_format(name, size, "%.*s", length, buf_text(&b));
    }
    buf_free(&b);
    return found;
}

/* The application of the one on record, or of the one who came through sudo. */
static bool find_application(struct beside *b)
{
    char recorded[64];
    const char *name = on_record(recorded, sizeof recorded) ? recorded : getenv("SUDO_USER");
    const struct passwd *p = name && *name ? getpwnam(name) : NULL;
    char path[600], rest[200];
    if (!p || p->pw_uid == 0)
        return false;
    text_format(rest, sizeof rest, "/run/user/%ld/endpoint/control.sock", (long)p->pw_uid);
    if (!below_root(path, sizeof path, rest) || !beside_listens(path))
        return false;
    b->kind = BESIDE_APPLICATION;
    text_copy(b->user, sizeof b->user, p->pw_name);
    text_format(b->file, sizeof b->file, "%s/.config/endpoint/endpoint.conf", p->pw_dir);
    return true;
}

void beside_find(const struct paths *p, struct beside *b)
{
    char path[600];
    memset(b, 0, sizeof *b);
    if (beside_listens(p->control_socket))
        return;
    if (text_equal(p->config_file, SYSTEM_FILE)) {
        find_application(b);
        return;
    }
    text_copy(b->file, sizeof b->file, SYSTEM_FILE);
    if (below_root(path, sizeof path, "/run/endpoint/control.sock") && beside_listens(path))
        b->kind = BESIDE_SERVICE;
    else if (beside_installed())
        b->kind = BESIDE_INSTALLED;
}

#include "config/beside.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hooks.h"
#include "base/text.h"
#include "os/account.h"
#include "os/file.h"
#include "os/local.h"

#define SYSTEM_FILE "/etc/endpoint/endpoint.conf"

static bool below_root(char *target, size_t size, const char *path)
{
    const char *root = hooks_value("ENDPOINT_SERVICE_ROOT");
    return text_format(target, size, "%s%s", root ? root : "", path);
}

bool beside_installed(void)
{
    char path[600];
    return below_root(path, sizeof path, "/etc/endpoint") && file_exists(path);
}

/* The user that `endpointctl service mode application` recorded, which only root can do. */
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

/* The application of the recorded user, or of the user who came through sudo. */
static bool find_application(struct beside *b)
{
    char recorded[64];
    const char *name = on_record(recorded, sizeof recorded) ? recorded : getenv("SUDO_USER");
    struct account a;
    char path[600], rest[200];
    if (!name || !*name || !account_find(name, &a) || a.id == 0)
        return false;
    text_format(rest, sizeof rest, "/run/user/%ld/endpoint/control.sock", (long)a.id);
    if (!below_root(path, sizeof path, rest) || !local_listens(path))
        return false;
    b->kind = BESIDE_APPLICATION;
    text_copy(b->user, sizeof b->user, a.name);
    text_format(b->file, sizeof b->file, "%s/.config/endpoint/endpoint.conf", a.home);
    return true;
}

void beside_find(const struct paths *p, struct beside *b)
{
    char path[600];
    memset(b, 0, sizeof *b);
    if (local_listens(p->control_socket))
        return;
    if (text_equal(p->config_file, SYSTEM_FILE)) {
        find_application(b);
        return;
    }
    text_copy(b->file, sizeof b->file, SYSTEM_FILE);
    if (below_root(path, sizeof path, "/run/endpoint/control.sock") && local_listens(path))
        b->kind = BESIDE_SERVICE;
    else if (beside_installed())
        b->kind = BESIDE_INSTALLED;
}

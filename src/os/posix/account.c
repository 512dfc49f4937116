#include "os/account.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "os/fd.h"

int64_t account_own_id(void)
{
    return geteuid();
}

int64_t account_own_group(void)
{
    return getegid();
}

bool account_is_root(void)
{
    return geteuid() == 0;
}

static bool fill(const struct passwd *p, struct account *a)
{
    memset(a, 0, sizeof *a);
    if (!p || !text_copy(a->name, sizeof a->name, p->pw_name) ||
        !text_copy(a->home, sizeof a->home, p->pw_dir) ||
        !text_copy(a->shell, sizeof a->shell, p->pw_shell))
        return false;
    a->id = p->pw_uid;
    a->group_id = p->pw_gid;
    const struct group *g = getgrgid(p->pw_gid);
    if (!g || !text_copy(a->group, sizeof a->group, g->gr_name))
        text_format(a->group, sizeof a->group, "%ld", (long)a->group_id);
    return true;
}

bool account_find(const char *name, struct account *a)
{
    return fill(getpwnam(name), a);
}

bool account_by_id(int64_t id, struct account *a)
{
    return fill(getpwuid((uid_t)id), a);
}

void account_each(bool (*take)(void *user, const char *name, const char *about, int64_t id),
                  void *user)
{
    const struct passwd *p;
    setpwent();
    while ((p = getpwent()) != NULL && take(user, p->pw_name, p->pw_gecos, p->pw_uid)) {
    }
    endpwent();
}

/* In the child: become the account, and answer. */
static void ask(const struct account *a, void (*question)(void *user, bool had, void *answer),
                void *user, void *answer, size_t size, int out)
{
    bool had = initgroups(a->name, (gid_t)a->group_id) == 0 && setgid((gid_t)a->group_id) == 0 &&
               setuid((uid_t)a->id) == 0;
    question(user, had, answer);
    fd_write_all(out, answer, size);
    _Exit(0);
}

bool account_ask_as(const struct account *a, void (*question)(void *user, bool had, void *answer),
                    void *user, void *answer, size_t size)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        ask(a, question, user, answer, size, fds[1]);
    close(fds[1]);
    size_t got = 0;
    for (ptrdiff_t n = 1; pid > 0 && got < size && n > 0; got += n > 0 ? (size_t)n : 0)
        n = fd_read(fds[0], (char *)answer + got, size - got);
    close(fds[0]);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return got == size;
}

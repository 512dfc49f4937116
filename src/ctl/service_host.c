/* The machine as the service commands see it: programs, accounts, PAM. */
#include "ctl/service_host.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_PAM
#include <security/pam_appl.h>
#endif

#include "base/hooks.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/service.h"
#include "os/clock.h"
#include "os/fd.h"

#define RUN_MS \
    180000 /* systemctl waits for the unit: longer than TimeoutStartSec and TimeoutStopSec */

static void child(const char *const argv[], int out)
{
    int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("SYSTEMD_COLORS", "0", 1);
    setenv("SYSTEMD_PAGER", "cat", 1);
    /* `sudo -u` and su bring no session's variables, and systemctl --user needs this one. */
    char runtime[64];
    if (geteuid() != 0 && !getenv("XDG_RUNTIME_DIR") &&
        text_format(runtime, sizeof runtime, "/run/user/%ld", (long)geteuid()))
        setenv("XDG_RUNTIME_DIR", runtime, 1);
    execvp(argv[0], (char *const *)argv);
}

/* Collect output until its end; false when that took too long. */
static bool collect(int fd, struct buf *out)
{
    int64_t end = clock_mono_ms() + RUN_MS;
    char chunk[8192];
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = end - clock_mono_ms();
        if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
            return false;
        if (!p.revents)
            continue;
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        if (out)
            buf_add(out, chunk, (size_t)n);
    }
}

static int run_program(const char *const argv[], struct buf *out)
{
    int fds[2], status = -1;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        child(argv, fds[1]);
        _Exit(127);
    }
    close(fds[1]);
    if (pid > 0) {
        if (!collect(fds[0], out))
            kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    close(fds[0]);
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

static bool find_account(const char *name, struct service_account *a)
{
    const struct passwd *p = getpwnam(name);
    memset(a, 0, sizeof *a);
    if (!p || !text_copy(a->name, sizeof a->name, p->pw_name) ||
        !text_copy(a->home, sizeof a->home, p->pw_dir) ||
        !text_copy(a->shell, sizeof a->shell, p->pw_shell))
        return false;
    a->uid = p->pw_uid;
    a->gid = p->pw_gid;
    const struct group *g = getgrgid(a->gid);
    if (!g || !text_copy(a->group, sizeof a->group, g->gr_name))
        text_format(a->group, sizeof a->group, "%ld", (long)a->gid);
    return true;
}

/* Become the account; what it may is asked in a process of its own. */
static void ask_as(const struct service_account *a, enum path_use use, const char *path, int out)
{
    struct error e = {0};
    if (initgroups(a->name, a->gid) != 0 || setgid(a->gid) != 0 || setuid(a->uid) != 0)
        error_set(&e, STATUS_DENIED, "account", "the rights of %s cannot be taken", a->name);
    else
        path_check(use, path, &e);
    fd_write_all(out, &e, sizeof e);
    _Exit(0);
}

static bool can_use(const struct service_account *a, enum path_use use, const char *path,
                    struct error *e)
{
    int fds[2];
    if (geteuid() == a->uid || pipe2(fds, O_CLOEXEC) != 0)
        return path_check(use, path, e) == STATUS_OK;
    pid_t pid = fork();
    if (pid == 0)
        ask_as(a, use, path, fds[1]);
    close(fds[1]);
    struct error told = {0};
    ssize_t n = pid > 0 ? read(fds[0], &told, sizeof told) : -1;
    close(fds[0]);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    if (n != (ssize_t)sizeof told)
        error_set(&told, STATUS_INTERNAL, "account", "the rights of %s cannot be asked", a->name);
    if (e)
        *e = told;
    return told.status == STATUS_OK;
}

#ifdef HAVE_PAM
/* PAM asks; every question that hides its answer is answered with the password. */
static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *user)
{
    if (count <= 0 || count > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    struct pam_response *r =
        mem_array((size_t)count, sizeof *r); /* PAM frees it, and what is in it */
    for (int i = 0; i < count; i++)
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            r[i].resp = mem_string(user);
    *responses = r;
    return PAM_SUCCESS;
}

static enum status verify(const char *name, const char *password, struct error *e)
{
    struct pam_conv conversation = {converse, (void *)password};
    pam_handle_t *pam = NULL;
    int code = pam_start("endpoint", name, &conversation, &pam);
    if (code == PAM_SUCCESS)
        code = pam_authenticate(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (code == PAM_SUCCESS)
        code = pam_acct_mgmt(pam, PAM_SILENT);
    enum status status = STATUS_OK;
    if (code != PAM_SUCCESS) {
        status =
            error_set(e, STATUS_DENIED, "password_wrong", "the password of %s is not right: %s",
                      name, i18n_text(pam_strerror(pam, code)));
        error_remedy(e, "Nothing was changed. Type it again, or ask %s for it.", name);
    }
    if (pam)
        pam_end(pam, code);
    return status;
}
#else
static enum status verify(const char *name, const char *password, struct error *e)
{
    (void)password;
    error_set(e, STATUS_DENIED, "no_pam",
              "the password of %s cannot be verified: built without PAM", name);
    return error_remedy(e, "Let root do it (not through sudo) without a password.");
}
#endif

static void wait_ms(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {
    }
}

static void wait_less(int ms)
{
    wait_ms(ms / 20);
}

void service_host_init(struct service_host *h)
{
    const char *root = hooks_value("ENDPOINT_SERVICE_ROOT");
    *h = (struct service_host){.uid = geteuid(),
                               .run = run_program,
                               .account = find_account,
                               .can = can_use,
                               .password = verify,
                               .wait_ms = wait_ms};
    if (root && *root) { /* a test's own system: its files are ours */
        text_copy(h->root, sizeof h->root, root);
        h->wait_ms = wait_less;
        h->uid = hooks_value("ENDPOINT_SERVICE_PLAIN") ? 1000 : 0;
    }
}

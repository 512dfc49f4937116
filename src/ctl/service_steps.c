/* The steps that make up every change of the service. */
#include "ctl/service_steps.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "check/check.h"
#include "ctl/service.h"
#include "ctl/service_paths.h"
#include "ctl/service_state.h"
#include "ctl/talk.h"
#include "ctl/words.h"
#include "os/account.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/owner.h"

#define HEALTH_MS \
    20000 /* READY has come: the control socket appears at once, or something is wrong */
#define STAYS_MS 2000 /* a daemon that its first work kills dies within this time */

void service_step(const struct service *s, const struct step *step, const char *result, bool undo,
                  const char *format, ...)
{
    char text[1024], said[SAID_MAX];
    va_list args;
    va_start(args, format);
    said_vformat(said, sizeof said, text, sizeof text, format, args);
    va_end(args);
    if (s->c->json) {
        json_t *o = json_object();
        json_set_text(o, "event", "step");
        json_set_text(o, "step", step->word);
        json_set_text(o, "title", step->title);
        json_set_text(o, "result", result);
        said_set_text(o, "text", text, said);
        json_set_flag(o, "undo", undo);
        ctl_print_json(o);
    } else {
        ctl_sign(check_parse(result));
        printf("%s%s %s\n", undo ? _("undo: ") : "",
               words_padded(CTL_TEXT, i18n_text(step->title), 12), ctl_shown(CTL_TEXT, text));
    }
    fflush(stdout);
}

enum status service_need_rights(struct service *s, struct error *e)
{
    static const struct step step = {"rights", N_("Rights")};
    struct buf b;
    if (s->host.uid == 0)
        return STATUS_OK;
    buf_init(&b, 400);
    for (int i = 0; i < s->c->argc; i++)
        buf_printf(&b, " %s", s->c->argv[i]);
    if (s->c->for_user || s->have_self)
        if (text_equal(s->c->argv[0], "mode"))
            buf_printf(&b, " --for %s", s->have_self ? s->self.name : s->c->for_user);
    error_set(e, STATUS_DENIED, "rights", "only root may change the system's services");
    error_remedy(e, "sudo endpointctl service%s", buf_text(&b));
    buf_free(&b);
    service_step(s, &step, "fail", false, "root's are needed");
    return STATUS_DENIED;
}

enum status service_need_consent(struct service *s, struct error *e)
{
    static const struct step step = {"session", N_("Session")};
    char answer[16] = "";
    if (!s->state.cuts_session || s->c->yes)
        return STATUS_OK;
    if (!s->c->json && fd_is_terminal(FD_INPUT)) {
        fprintf(stderr, _("This session runs inside %s and will end with it. Go on? [y/N] "),
                SERVICE_UNIT);
        if (fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 't'))
            return STATUS_OK;
    }
    error_set(e, STATUS_BUSY, "would_cut_session",
              "this session itself runs inside %s and would end with it", SERVICE_UNIT);
    error_remedy(e, "Do it from another session, or repeat the command with --yes.");
    service_step(s, &step, "fail", false, "not confirmed");
    return STATUS_BUSY;
}

/* Without --system: the output of an ordinary user's process is in that user's journal. */
static bool one_line(struct service *s, bool user, const char *since, const char *match,
                     char *target, size_t size)
{
    const char *argv[] = {
        "journalctl", "-q",  "--no-pager",           "-o", "cat", "-p", "err", "-n", "1", "--since",
        since,        match, user ? "--user" : NULL, NULL};
    struct buf out;
    buf_init(&out, 65536);
    if (s->host.run(argv, &out) == 0) {
        char *line = buf_take(&out);
        line[strcspn(line, "\n")] = '\0';
        text_copy(target, size, line);
        free(line);
    }
    buf_free(&out);
    return *target != '\0';
}

/* The last words of the unit's programs, as an error, since we told it to start: those of an
 * earlier run would be the wrong reason. The journal may need a moment to have them. If there are
 * none, systemd's words about the unit are next best. */
static void last_words(struct service *s, enum service_mode mode, char *target, size_t size)
{
    enum { TRIES = 5, PAUSE_MS = 250 };
    bool user = mode == SERVICE_APPLICATION;
    char since[40];
    text_format(since, sizeof since, "@%lld", (long long)(s->began_ms / 1000));
    target[0] = '\0';
    if (user && s->host.uid == 0)
        return;
    const char *own = user ? "_SYSTEMD_USER_UNIT=" SERVICE_UNIT : "_SYSTEMD_UNIT=" SERVICE_UNIT;
    for (int i = 0; i < TRIES; i++) {
        if (one_line(s, user, since, own, target, size))
            return;
        s->host.wait_ms(PAUSE_MS);
    }
    one_line(s, user, since, user ? "USER_UNIT=" SERVICE_UNIT : "UNIT=" SERVICE_UNIT, target, size);
}

enum status service_do(struct service *s, enum service_mode mode, const char *verb, struct error *e)
{
    const char *words[] = {verb, SERVICE_UNIT, NULL};
    struct buf out;
    char words_of_unit[400];
    if (text_equal(verb, "daemon-reload"))
        words[1] = NULL;
    buf_init(&out, 65536);
    if (text_equal(verb, "start") || text_equal(verb, "restart"))
        s->began_ms = clock_wall_ms();
    int code = service_systemctl(s, mode, &out, words);
    enum status status = STATUS_OK;
    if (code != 0) {
        char *said = buf_take(&out);
        said[strcspn(said, "\n")] = '\0';
        status =
            *said ? error_set(e, STATUS_REFUSED, "systemctl", "systemctl %s failed: %s", verb, said)
                  : error_set(e, STATUS_REFUSED, "systemctl", "systemctl %s failed: %-s", verb,
                              code < 0 ? N_("it cannot be run, or took too long")
                                       : N_("it does not say why"));
        error_remedy(e, "journalctl -u %s says more.", SERVICE_UNIT);
        free(said);
        if (text_equal(verb, "start") || text_equal(verb, "restart")) {
            last_words(s, mode, words_of_unit, sizeof words_of_unit);
            if (*words_of_unit)
                error_set(e, STATUS_REFUSED, "not_up", "the service does not start: %s",
                          words_of_unit);
        }
    }
    buf_free(&out);
    return status;
}

/* One check: the unit runs, and the process that answers is the one that systemd started, with the
 * right account. */
static enum status look(struct service *s, enum service_mode mode, const struct account *account,
                        struct error *e)
{
    struct file_look l;
    char path[64];
    service_read_state(s, false);
    const struct service_state *now = &s->state;
    if (now->mode != mode)
        return error_set(e, STATUS_REFUSED, "not_up", "the unit is not running there");
    if (!text_equal(now->state, "running") && !text_equal(now->state, "starting"))
        return error_set(e, STATUS_REFUSED, "not_up", "the service is %s%s%s", now->state,
                         *now->reason ? ": " : "", now->reason);
    if (!text_equal(now->state, "running") || !now->answers)
        return error_set(e, STATUS_TIMEOUT, "not_up",
                         "the service runs but does not answer on its control socket");
    text_format(path, sizeof path, "/proc/%lld", (long long)now->pid);
    if (account && !*s->host.root && (!file_look(path, &l) || l.user != account->id))
        return error_set(e, STATUS_REFUSED, "wrong_user", "the service does not run as %s",
                         account->name);
    struct ctl c = *s->c;
    struct paths room;
    c.paths = *service_paths_of(s, mode, &room);
    json_t *answer = talk_ask(&c, json_pack("{s:s}", "do", "status"), NULL);
    int64_t pid = json_number(json_object_get(answer, "endpoint"), "pid", 0);
    json_decref(answer);
    if (pid != now->pid)
        return error_set(e, STATUS_TIMEOUT, "not_up",
                         "another process than systemd's answers on the control socket");
    return STATUS_OK;
}

enum status service_healthy(struct service *s, enum service_mode mode,
                            const struct account *account, struct error *e)
{
    int64_t end = clock_mono_ms() + HEALTH_MS;
    enum status status;
    char words[400];
    while ((status = look(s, mode, account, e)) == STATUS_TIMEOUT && clock_mono_ms() < end)
        s->host.wait_ms(200);
    if (status == STATUS_OK) {
        int64_t pid = s->state.pid;
        s->host.wait_ms(STAYS_MS);
        status = look(s, mode, account, e);
        if (status == STATUS_OK && s->state.pid != pid)
            status = error_set(e, STATUS_REFUSED, "not_up", "the service started and ended again");
    }
    if (status != STATUS_OK) {
        last_words(s, mode, words, sizeof words);
        if (*words)
            error_prefix(e, "%s", words);
        error_remedy(e, "journalctl -u %s says more.", SERVICE_UNIT);
    }
    return status;
}

/* Hand it over with all its content; -1: its user, or group, stays. */
static enum status hand_over(const char *path, int64_t user, int64_t group, bool config,
                             struct error *e)
{
    if (owner_give_all(path, user, group, config))
        return STATUS_OK;
    return error_errno(e, errno, "ownership", "%s cannot be handed over whole", path);
}

enum status service_own_state(const char *path, int64_t user, int64_t group, struct error *e)
{
    return hand_over(path, user, group, false, e);
}

/* Whoever may write the configuration decides which programs the service runs. That must be root,
 * never the user that the service runs as. */
enum status service_own_config(const char *path, int64_t group, struct error *e)
{
    return hand_over(path, account_is_root() ? 0 : -1, group, true, e);
}

enum status service_failed(const struct service *s, const struct step *step, const struct error *e)
{
    service_step(s, step, "fail", false, "%-s", error_said(e));
    return e->status;
}

/* service.h – what runs endpointd and as whom: reading it, and changing it so that a failure leaves
 * things as they were (doc/contracts.md, "endpointctl service").
 *
 * The logic reaches the machine through the few functions of struct service_host, so that it can be
 * tested without a systemd; files of the system are below host.root ("" in earnest).
 */
#ifndef ENDPOINT_CTL_SERVICE_H
#define ENDPOINT_CTL_SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "config/path_check.h"
#include "ctl/ctl.h"

#define SERVICE_UNIT    "endpointd.service"
#define SERVICE_ACCOUNT "endpoint" /* the service's own user, made by sysusers */

struct service_account {
    char name[64], group[64], home[256], shell[128];
    uid_t uid;
    gid_t gid;
};

struct service_host {
    char root[256]; /* put before the system's paths; ENDPOINT_SERVICE_ROOT, for tests */
    uid_t uid;      /* whose rights we have */
    /* Run a program found on PATH; both its outputs go into out (may be NULL). Its exit code; -1:
     * no such program, or it took too long. */
    int (*run)(const char *const argv[], struct buf *out);
    bool (*account)(const char *name, struct service_account *a);
    /* As that account: may it be used so (config/path_check.h)? */
    bool (*can)(const struct service_account *a, enum path_use use, const char *path,
                struct error *e);
    /* Through PAM. */
    enum status (*password)(const char *name, const char *password, struct error *e);
    void (*wait_ms)(int ms);
};

void service_host_init(struct service_host *h);

/* Which manager looks after the unit: the one that has it enabled or running, or, when neither has, the
 * one in whose places the endpoint's files are. NONE: there are no files either. */
enum service_mode { SERVICE_NONE, SERVICE_SYSTEM, SERVICE_APPLICATION };

/* Everything `service status` shows. */
struct service_state {
    bool systemd, installed, enabled, linger, answers, rights, cuts_session;
    enum service_mode mode;
    int registered; /* -1: cannot be told */
    char autostart[8], state[24], reason[128], exposure[16];
    char user[64], version[64];
    char unit_user[64]; /* of the system's unit, also while an application is used instead */
    char control_group[256];
    int64_t since_ms, pid, restarts, watchdog_ms;
};

/* One run of a command. */
struct service {
    struct ctl *c;
    struct service_host host;
    struct paths paths;          /* of the system's service */
    struct service_account self; /* whose application it is or would be, see service_find_self */
    bool have_self;
    struct service_state state;
    int64_t began_ms; /* when the unit was told to start last; wall clock */
};

/* Where the endpoint is: who looks after it, whom its files belong to, where they are. */
struct service_place {
    enum service_mode mode;
    struct service_account account;
    struct paths paths;
};

/* One change from a place to another, with what was done of it so far; for the way back. */
struct service_change {
    struct service *s;
    struct service_place from, to;
    bool moves;    /* files change their place */
    bool own;      /* to the unit's own user: no drop-in is needed */
    bool rewrites; /* the drop-in */
    bool was_running, was_enabled, enable, keep_running;
    bool stopped, copied_state, copied_config, owned, written, recorded, disabled, enabled, started;
    uid_t state_uid; /* owners before */
    gid_t state_gid, config_gid;
    char path[400]; /* of the drop-in */
    struct buf old; /* what was in it */
    bool had_old;
};

/* ---- service.c ---- */
/* Host, places and whose application; the state is not read. */
enum status service_open(struct service *s, struct ctl *c, struct error *e);
/* Whose application is meant: --for, the one on record, who came through sudo, or who asks. */
enum status service_find_self(struct service *s, struct error *e);

/* ---- service_state.c ---- */
/* systemctl for one manager: the system's, or that of s->self. Words end with NULL. */
int service_systemctl(struct service *s, enum service_mode manager, struct buf *out,
                      const char *const words[]);
void service_read_state(struct service *s, bool exposure);
json_t *service_state_json(const struct service *s);
/* Paths of an application of this account. */
void service_user_paths(const struct service *s, const struct service_account *a, struct paths *p);
bool service_has(const char *dir, const char *name); /* a file of that name */
const struct paths *service_paths_of(struct service *s, enum service_mode mode, struct paths *room);
/* "1min 30s" as systemctl shows times, in ms; 0 for what is none. */
int64_t service_span_ms(const char *text);
/* A property from systemctl show's output; "" when it is not there. target is cut. */
void service_property(const char *output, const char *name, char *target, size_t size);
enum status service_path(const struct service *s, char *target, size_t size, const char *path,
                         struct error *e);

/* ---- service_steps.c: one line per step, for people or programs ---- */
struct step {
    const char *word, *title;
};
void service_step(const struct service *s, const struct step *step, const char *result, bool undo,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Needs root: the error names the whole sudo command. */
enum status service_need_rights(struct service *s, struct error *e);
/* STATUS_BUSY, code would_cut_session, unless --yes or a person agrees. */
enum status service_need_consent(struct service *s, struct error *e);
/* The daemon answers on its socket, as the process systemd knows, and keeps answering. account:
 * whose process it must be; NULL: anybody's. */
enum status service_healthy(struct service *s, enum service_mode mode,
                            const struct service_account *account, struct error *e);
enum status service_do(struct service *s, enum service_mode mode, const char *verb,
                       struct error *e);
/* Hand a tree to an account, following no link. config: it is root's, and the account's group may read it. */
enum status service_own_state(const char *path, uid_t uid, gid_t gid, struct error *e);
enum status service_own_config(const char *path, gid_t gid, struct error *e);
/* A step that failed: shown with the error's text; its status. */
enum status service_failed(const struct service *s, const struct step *step, const struct error *e);

/* ---- service_account.c: what is asked before anything is changed ---- */
enum status service_check_account(struct service_change *ch, const char *name, struct error *e);
enum status service_check_password(struct service_change *ch, struct error *e);
/* The account can use every file elsewhere that the settings name, as the service would see it. */
enum status service_check_access(struct service_change *ch, struct error *e);

/* ---- service_files.c: the endpoint's files at another place ---- */
/* Copy configuration and state; what is there in the end belongs to whom it has to. */
enum status service_copy(struct service_change *ch, struct error *e);
/* Take away what was copied: there, or (done) here. */
void service_clean(struct service_change *ch, bool done);
/* Whose application it is, for root's commands later: kept in the configuration directory. "" : nobody's. */
enum status service_record(struct service *s, const char *name, struct error *e);
bool service_recorded(const struct service *s, char *name, size_t size);

/* ---- service_change.c: as another user, or as a service or an application. *changed: something had been changed
 * before it failed; *restored: all of it was undone. ---- */
enum status service_change_user(struct service *s, const char *name, bool *changed, bool *restored,
                                struct error *e);
enum status service_change_mode(struct service *s, enum service_mode to, bool *changed,
                                bool *restored, struct error *e);

#endif

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
    /* As that account: can it be read (or a directory entered)? */
    bool (*can_read)(const struct service_account *a, const char *path);
    /* Through PAM. */
    enum status (*password)(const char *name, const char *password, struct error *e);
    void (*wait_ms)(int ms);
};

void service_host_init(struct service_host *h);

/* Which manager looks after the unit. */
enum service_mode { SERVICE_NONE, SERVICE_SYSTEM, SERVICE_APPLICATION };

/* Everything `service status` shows. */
struct service_state {
    bool systemd, installed, enabled, linger, answers, rights, cuts_session;
    enum service_mode mode;
    int registered; /* -1: cannot be told */
    char autostart[8], state[24], reason[128], exposure[16];
    char user[64], version[64];
    char control_group[256];
    int64_t since_ms, pid, restarts, watchdog_ms;
};

/* One run of a command. */
struct service {
    struct ctl *c;
    struct service_host host;
    struct paths paths;          /* of the service: the system's, or those that options named */
    struct service_account self; /* whose application it is: --for, sudo's user, or ourselves */
    bool have_self;
    struct service_state state;
    int64_t began_ms; /* when the unit was told to start last; wall clock */
};

/* ---- service_state.c ---- */
/* systemctl for one manager: the system's, or that of s->self. Words end with NULL. */
int service_systemctl(struct service *s, enum service_mode manager, struct buf *out,
                      const char *const words[]);
void service_read_state(struct service *s, bool exposure);
json_t *service_state_json(const struct service *s);
/* Paths of an application of this account. */
void service_user_paths(const struct service_account *a, struct paths *p);
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
/* Hand a tree to an account, following no link; the configuration's owner stays, its group may
 * read. */
enum status service_own_state(const char *path, uid_t uid, gid_t gid, struct error *e);
enum status service_own_config(const char *path, gid_t gid, struct error *e);

/* ---- service_user.c, service_mode.c: the changes. *changed: something had been changed before it
 * failed; *restored: all of it was undone. ---- */
enum status service_change_user(struct service *s, const char *name, bool *changed, bool *restored,
                                struct error *e);
enum status service_change_mode(struct service *s, enum service_mode to, bool *changed,
                                bool *restored, struct error *e);

#endif

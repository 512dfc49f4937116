/* service.h – what runs endpointd and as which user: how to read that, and how to change it so that
 * a failure leaves things as they were (doc/contracts.md, "endpointctl service").
 *
 * The logic reaches the machine only through the few functions of struct service_host, so that it
 * can be tested without systemd. System files are below host.root ("" outside tests).
 */
#ifndef ENDPOINT_CTL_SERVICE_H
#define ENDPOINT_CTL_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "config/path_check.h"
#include "ctl/ctl.h"
#include "os/account.h"

#define SERVICE_UNIT        "endpointd.service"
#define SERVICE_DROP_IN_DIR "/etc/systemd/system/endpointd.service.d"
#define SERVICE_ACCOUNT     "endpoint" /* the service's own user, made by sysusers */

struct service_host {
    char root[256]; /* put before system paths; ENDPOINT_SERVICE_ROOT, for tests */
    int64_t uid;    /* whose rights we have */
    /* Run a program found on PATH; its stdout and stderr go into out (may be NULL). Returns its
     * exit code; -1: no such program, or it took too long. */
    int (*run)(const char *const argv[], struct buf *out);
    bool (*account)(const char *name, struct account *a);
    /* May that account use the path in this way (config/path_check.h)? */
    bool (*can)(const struct account *a, enum path_use use, const char *path, struct error *e);
    /* Check the password through PAM. */
    enum status (*password)(const char *name, const char *password, struct error *e);
    void (*wait_ms)(int ms);
};

/* Which manager is responsible for the unit: the one that has it enabled or running. If neither
 * has, the one in whose places the endpoint's files are. NONE: there are no files either. */
enum service_mode { SERVICE_NONE, SERVICE_SYSTEM, SERVICE_APPLICATION };

/* Everything that `service status` shows. */
struct service_state {
    bool systemd, installed, enabled, linger, answers, rights, cuts_session;
    enum service_mode mode;
    int registered; /* -1: not known */
    char autostart[8], state[24], reason[128], exposure[16];
    char user[64], version[64];
    char unit_user[64]; /* of the system's unit, even while an application is used instead */
    char control_group[256];
    int64_t since_ms, pid, restarts, watchdog_ms;
};

/* The data of one run of a command. */
struct service {
    struct ctl *c;
    struct service_host host;
    struct paths paths;  /* of the system's service */
    struct account self; /* the user whose application it is or would be, see service_find_self */
    bool have_self;
    struct service_state state;
    int64_t began_ms; /* when we last told the unit to start; wall clock */
};

/* Where the endpoint is: which manager runs it, who owns its files, and where they are. */
struct service_place {
    enum service_mode mode;
    struct account account;
    struct paths paths;
};

/* One change from a place to another, with a record of the steps done so far, for undoing them. */
struct service_change {
    struct service *s;
    struct service_place from, to;
    bool moves;    /* the files change their place */
    bool own;      /* to the unit's own user: needs no drop-in */
    bool rewrites; /* the drop-in */
    bool was_running, was_enabled, enable, keep_running;
    bool stopped, copied_state, copied_config, owned, written, recorded, disabled, enabled, started;
    int64_t state_uid, state_gid, config_gid; /* owners before */
    char path[400];                           /* of the drop-in */
    struct buf old;                           /* what it contained */
    bool had_old;
};

struct step {
    const char *word, *title;
};

#endif

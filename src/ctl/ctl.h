/* ctl.h – endpointctl's subcommands and what they share. */
#ifndef ENDPOINT_CTL_CTL_H
#define ENDPOINT_CTL_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "check/check.h"
#include "config/config.h"

/* Exit codes, documented in endpointctl(1). */
enum {
    EXIT_GOOD = 0,
    EXIT_RED = 1,
    EXIT_USAGE = 2,
    EXIT_NO_DAEMON = 3,
    EXIT_NOT_FOUND = 4,
    EXIT_RIGHTS = 5,  /* more rights are needed; the remedy is the sudo command */
    EXIT_CONFIRM = 6, /* repeat it with --yes or --accept */
    EXIT_ORDERS = 7,  /* all works; orders wait for a person's decision */
    EXIT_SET_UP = 8,  /* not set up yet: register it, or choose its ERP */
    EXIT_BUSY = 9     /* endpointd has too many to talk to: try again */
};

#define ORDERS_AT_ONCE 1000 /* that `order retry` takes */

struct ctl {
    struct paths paths;
    bool json;
    int argc; /* arguments after the subcommand's words */
    char **argv;
    /* options of subcommands */
    const char *panel, *token_file, *name, *values;
    bool simulate, accept_deletions, follow, again, stream, yes;
    bool accept; /* reload: what the file no longer sets is meant */
    const char *config_option, *state_option, *runtime_option; /* as given; NULL: chosen */
    const char *for_user, *password_file;
    bool check, list;
    bool create;                            /* directories that a setting names */
    const char *state, *plugin, *exists_as; /* of orders; NULL: not said */
    bool does_not_exist, watch, help, version;
    const char *since; /* journal */
    long lines;
};

int ctl_register(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_test(struct ctl *c);
int ctl_plugins(struct ctl *c);
int ctl_plugin(struct ctl *c);
int ctl_sync(struct ctl *c);
int ctl_journal(struct ctl *c);
int ctl_lookup(struct ctl *c);
int ctl_erp(struct ctl *c);
int ctl_config(struct ctl *c);
int ctl_config_edit(struct ctl *c);
/* A file can be well-formed and yet have lost what endpointd works with: emptied, or saved by half. */
enum status ctl_check_lost(const struct ctl *c, const struct config *config, struct error *e);
int ctl_reload(struct ctl *c);
int ctl_unregister(struct ctl *c);
int ctl_key(struct ctl *c);
int ctl_take_over(struct ctl *c);
/* The checks of the way to the panel, without those named; results are appended to list. */
enum check_result ctl_test_panel(struct ctl *c, struct config *config, const char *without,
                                 json_t *list);
void ctl_print_check_event(const char *event, const struct check *check);
/* A session and a mapping for one command: the configuration's, or the one in `file` (NULL: none). False:
 * said why. Close it either way. */
struct ctl_erp {
    struct config *config;
    struct mapping *mapping;
    struct session *session;
    char dir[700];
};
bool ctl_open_erp(struct ctl *c, const char *file, struct ctl_erp *x, int *code);
void ctl_close_erp(struct ctl_erp *x);
/* Parts of `erp`. */
int ctl_erp_check(struct ctl *c);
int ctl_erp_preview(struct ctl *c);
int ctl_erp_databases(struct ctl *c);
int ctl_erp_instances(struct ctl *c);
int ctl_erp_certificate(struct ctl *c);
int ctl_version(struct ctl *c);
int ctl_service(struct ctl *c);
/* What is enabled and waits for the registration is started, when it runs on the places that c names and we
 * may. False: nothing was started; e says why when starting failed. */
bool service_start_registered(struct ctl *c, struct error *e);
int ctl_metrics(struct ctl *c);
int ctl_explain(struct ctl *c);
int ctl_bundle(struct ctl *c);
int ctl_held(struct ctl *c);
int ctl_orders(struct ctl *c);
int ctl_order(struct ctl *c);
int ctl_take_directory(struct ctl *c);
/* This endpoint on this machine, as a directory's mark would say. */
struct import_owner;
enum status ctl_us(struct ctl *c, struct import_owner *us, struct error *e);
/* A document that would be written, from `sync --simulate`. */
void ctl_print_document(const json_t *change);
/* Say the daemon's {"ok":false,"error":…}; its exit code. */
int ctl_answer_error(struct ctl *c, const json_t *answer);

/* Say an error; its exit code. */
int ctl_failed(const struct ctl *c, const struct error *e);
int ctl_exit_code(const struct error *e);
/* Say how a command is used, on stderr or with --json as an error; EXIT_USAGE. */
int ctl_usage(const struct ctl *c, const char *usage);
/* Say what is wrong with a file: each fault, or with --json the error and all faults. */
void ctl_faulty(const struct ctl *c, const struct error *e, const struct config_fault *faults,
                size_t count);
json_t *ctl_faults_json(const struct config_fault *faults, size_t count);
void ctl_print_fault(FILE *to, const struct config_fault *f);
void ctl_print_json(json_t *value); /* one line; steals value */
bool ctl_colour(void);
void ctl_sign(int result); /* an enum check_result as "[ OK ] ", in its colour */
int ctl_width(void);
/* "2 min ago", "in 40 s", "-" for a time as text in RFC 3339; target has 40 bytes. */
void ctl_relative(char target[40], const char *time);
/* The same of a time that something is due; "now" when it has passed. */
void ctl_due(char target[40], const char *time);
/* "2026-11-29 14:03:22" in the reader's zone, "-" for none; target. */
const char *ctl_when(char target[40], const char *time);
/* The configuration; NULL: said why, *code is the exit code. */
struct config *ctl_config_load(struct ctl *c, int *code);
/* The configuration with --values over it: a JSON object of settings (secrets among them) from a file or
 * from stdin (-), as typed on a screen and not saved. A file that is not in order gives what is good of
 * it. *values (may be NULL) is the object, to json_decref. Without --values: ctl_config_load. */
struct config *ctl_config_with_values(struct ctl *c, json_t **values, int *code);
/* Rows of a lookup as lines. */
void ctl_print_table(const json_t *rows);
/* Text from outside, for a terminal: control characters are shown, not sent. In a buffer of its own turn
 * (eight turns). */
const char *ctl_shown(const char *text);
void ctl_print_text(const char *text);
/* A text that endpointd or a worker made in English, in the reader's language; else as ctl_shown. Never for names
 * and values. */
const char *ctl_told(const char *text);
/* A state's word in the reader's language; in English as it is typed after --state. */
const char *ctl_state(const char *word);
/* With blanks up to so many columns. All three share ctl_shown's turns. */
const char *ctl_padded(const char *text, int columns);
struct http_options;
/* How the panel is reached. */
void ctl_http_from(const struct config *config, struct http_options *o);
/* The first line of a file, of a prompt without echo, or of stdin (file NULL and no terminal, or "-"). */
enum status ctl_read_secret(const char *file, const char *prompt, char *target, size_t size,
                            struct error *e);

/* The newest entries from the journal's file, when no daemon answers; NULL and e otherwise. */
json_t *ctl_journal_entries(struct ctl *c, int limit, struct error *e);

/* ---- next.c: what a person should do next ---- */
/* "sudo " where a plain user needs it for the service of this machine, else "". */
const char *ctl_sudo(const struct ctl *c);
/* No ERP is chosen in the configuration: e says so, and what to do. */
void ctl_no_erp(const struct ctl *c, struct error *e);
/* Nothing answers on our socket (code: connect's errno): e says what that means here. */
void ctl_away(const struct ctl *c, int code, struct error *e);
/* A plain user, and the service runs on this machine: e says so and offers sudo. */
bool ctl_beside_service(const struct ctl *c, struct error *e);
/* The configuration that we look at is not that of what runs here: e names both. */
bool ctl_whose(const struct ctl *c, struct error *e);
void ctl_warn_whose(const struct ctl *c); /* the same, on stderr; with --json nothing */

/* ---- talk.c: the control socket ---- */
struct talk;
/* NULL: no daemon, or we may not talk to it; e says what to do (ctl_away). */
struct talk *talk_open(const struct ctl *c, struct error *e);
void talk_close(struct talk *t);
/* Send a request; steals it. Then read lines: events first, the last has "ok". NULL: the daemon is gone. */
bool talk_send(struct talk *t, json_t *request);
json_t *talk_read(struct talk *t);
/* One request, its last answer; events are dropped. NULL: no daemon, it is gone, or it has no time (code "clients")
 * after several tries: that is no answer to what was asked. */
json_t *talk_ask(const struct ctl *c, json_t *request, struct error *e);

#endif

/* config.h – the configuration of this endpoint, as loaded from endpoint.conf.
 *
 * Every setting is a row in ONE table (settings.c): path, type, default, range or choices, secret
 * or not, what a change requires, label, help. Values are read by path: config_text(c,
 * "erp.server"). A path that is not in the table is a bug of ours and aborts.
 */
#ifndef ENDPOINT_CONFIG_CONFIG_H
#define ENDPOINT_CONFIG_CONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "os/file.h"

enum setting_type {
    SETTING_TEXT,
    SETTING_NAME,   /* of SQL Server's */
    SETTING_SECRET, /* a text, or "sealed:NAME" for one in the sealed store */
    SETTING_INTEGER,
    SETTING_BOOL,
    SETTING_CHOICE,
    SETTING_DURATION, /* "60s"; read in ms */
    SETTING_PATH,
};

enum setting_change { CHANGE_NOTHING, CHANGE_RELOAD, CHANGE_RESTART };

/* The page of endpoint-tui that shows a setting. */
enum setting_page { PAGE_CONNECTION, PAGE_ADVANCED, PAGE_NONE };

struct setting {
    const char *path; /* "erp.server": group and name */
    enum setting_type type;
    const char *fallback; /* as one would type it; "" for an empty text */
    int64_t min, max; /* INTEGER; DURATION in ms; TEXT: bytes (max 0: 1000); NAME: UTF-16 units */
    const char *const *choices;
    bool required; /* the daemon cannot work without it */
    enum setting_change change;
    const char *label; /* a few words, for forms; translated where shown */
    const char *help;  /* sentences, for the commented file and the man page */
    enum setting_page page;
    const char
        *when; /* "erp.tls_verify=pin", "panel.proxy" (is set): relevant only then; NULL: always */
    const char *erps; /* names of the ERPs that need it, blank-separated; NULL: all */
};

/* One fault of a file. */
struct config_fault {
    char file[256];
    int line;         /* 0: the whole file */
    char setting[64]; /* path, or "" */
    char text[512];   /* the value and what is expected; a secret's value is never shown */
    char said[700];   /* how the text was made (base/said.h) */
    bool warning;     /* an unknown setting: shown, but the file is usable */
};

#define CONFIG_FAULTS 64 /* at most kept of one file */

struct config;

/* Where things are. Filled from options, then environment (XDG), then the defaults. */
struct paths {
    char config_file[512]; /* /etc/endpoint/endpoint.conf or $XDG_CONFIG_HOME/endpoint/… */
    char config_dir[512];  /* its directory */
    char state_dir[512];   /* /var/lib/endpoint */
    char runtime_dir[512]; /* /run/endpoint */
    char control_socket[512];
    char erp_dir[512]; /* mappings that come with the program; $ENDPOINT_ERP_DIR wins */
};

/* Load and validate. A file that does not exist gives the defaults and STATUS_NOT_FOUND. All faults
 * are collected, not only the first: faults[0..*count). If any is not just a warning, the status is
 * STATUS_INVALID, e sums up, and *config is NULL. faults may be NULL. Secrets are read from the
 * sealed store in p->state_dir when they are asked for. */
enum status config_load(const struct paths *p, struct config **config,
                        struct config_fault faults[CONFIG_FAULTS], size_t *count, struct error *e);
/* Like config_load, but if there are faults, return the good settings all the same, and the others
 * at their defaults: to show and repair a file, not to work with it. */
enum status config_load_anyway(const struct paths *p, struct config **config,
                               struct config_fault faults[CONFIG_FAULTS], size_t *count,
                               struct error *e);
void config_free(struct config *c);

const char *config_text(const struct config *c, const char *path);
int64_t config_integer(const struct config *c, const char *path); /* DURATION: ms */
bool config_flag(const struct config *c, const char *path);
bool config_is_set(const struct config *c, const char *path); /* set in the file, not by default */

/* Is it a URL to which secrets may be sent: https:// and a host? */
bool config_is_https(const char *url);

/* Write the secret itself into target; "": none is set. Wipe it after use. STATUS_DENIED: the store
 * cannot be opened or the reference does not exist. */
enum status config_secret(const struct config *c, const char *path, char *target, size_t size,
                          struct error *e);

/* Plugins defined in the file: an array of plugin objects in the panel protocol's form
 * ({"id","kind","name","enabled","channel":{"type"},"schedule":{…},"options":{…}}). Borrowed. */
const json_t *config_plugins(const struct config *c);

/* Settings as a JSON object path → value for `config list --json` and the worker's pipe.
 * with_secrets: resolved secrets too (for the pipe only); else "***" where one is set. */
enum status config_to_json(const struct config *c, bool with_secrets, json_t **object,
                           struct error *e);
/* The way back, in the worker. Values are validated as if from a file. */
enum status config_from_json(const json_t *object, struct config **config, struct error *e);

/* Change settings in the file: only the values of changed settings are rewritten, in place; comments,
 * order and unknown settings stay. A missing group or setting is added. A secret goes into the sealed
 * store and a reference into the file. The result is validated before it replaces the file; the file
 * must still look as `stamp` says (from config_stamp; NULL: do not care). */
struct config_change {
    const char *path;
    const char *value; /* as entered; NULL: remove the setting (back to its default) */
};
const struct file_stamp *config_stamp(const struct config *c);

#endif

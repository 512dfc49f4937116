/* ctl.h – the functions that endpointctl's commands share. */
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
    EXIT_ORDERS = 7,  /* everything works; orders wait for a person's decision */
    EXIT_SET_UP = 8,  /* not set up yet: register the endpoint, or choose its ERP */
    EXIT_BUSY = 9     /* endpointd has too many clients: try again */
};

#define ORDERS_AT_ONCE 1000 /* the most that `order retry` takes */

struct ctl {
    struct paths paths;
    bool json;
    const char *language;
    int argc; /* arguments after the subcommand's words */
    char **argv;
    /* options of subcommands */
    const char *panel, *token_file, *name, *values;
    bool simulate, accept_deletions, follow, again, stream, yes;
    bool accept; /* reload: settings were removed on purpose */
    const char *config_option, *state_option, *runtime_option; /* as given; NULL: found by itself */
    const char *for_user, *password_file;
    bool check, list;
    bool create;                            /* make directories that a setting names */
    const char *state, *plugin, *exists_as; /* of orders; NULL: not given */
    bool does_not_exist, watch, help, version;
    const char *since; /* journal */
    long lines;
};

/* A session and a mapping for one command: the configuration's, or the one in `file` (NULL: none).
 * False: the reason was printed. Close it in either case. */
struct ctl_erp {
    struct config *config;
    struct mapping *mapping;
    struct session *session;
    char dir[700];
};
/* This endpoint on this machine, as a directory's mark would say. */
struct import_owner;
/* Print the daemon's {"ok":false,"error":…}; returns its exit code. */
int ctl_answer_error(struct ctl *c, const json_t *answer);

/* Print an error; returns its exit code. */
int ctl_failed(const struct ctl *c, const struct error *e);
int ctl_exit_code(const struct error *e);
/* Print how to use a command, on stderr or, with --json, as an error; returns EXIT_USAGE. */
int ctl_usage(const struct ctl *c, const char *usage);
/* Print what is wrong with a file: each fault or, with --json, the error and all faults. */
void ctl_faulty(const struct ctl *c, const struct error *e, const struct config_fault *faults,
                size_t count);
json_t *ctl_faults_json(const struct config_fault *faults, size_t count);
void ctl_print_fault(FILE *to, const struct config_fault *f);
void ctl_print_json(json_t *value); /* one line; steals value */
bool ctl_colour(void);
void ctl_sign(int result); /* an enum check_result as "[ OK ] ", in its colour */
int ctl_width(void);
/* A time (text in RFC 3339) as "2 min ago", "in 40 s", or "-" for none; target has 40 bytes. */
void ctl_relative(char target[40], const char *time);
/* The same for the time when something is due; "now" if it has passed. */
void ctl_due(char target[40], const char *time);
/* "2026-11-29 14:03:22" in the reader's zone, "-" for none; target. */
const char *ctl_when(char target[40], const char *time);
/* The configuration; NULL: the reason was printed, *code is the exit code. */
struct config *ctl_config_load(struct ctl *c, int *code);
/* Rows of a lookup as lines. */
void ctl_print_table(const json_t *rows);
/* Functions that take a target write into it and return it, or return a text that never changes.
 * The room is the caller's; CTL_TEXT is a new one that lasts as long as the block it stands in, for
 * use in a list of arguments. It holds each text of an error; what may be longer (values, records)
 * is printed with ctl_print_text. */
enum { CTL_TEXT_SIZE = 8192 };
#define CTL_TEXT ((char[CTL_TEXT_SIZE]){0})

/* Text from outside, for a terminal: control characters are made visible, not sent. A text that does
 * not fit is cut and ends in "…". */
const char *ctl_shown(char target[CTL_TEXT_SIZE], const char *text);
/* The same on stdout, of any length. */
void ctl_print_text(const char *text);
/* The first line of a file, of a prompt without echo, or of stdin (file NULL and no terminal, or "-"). */
enum status ctl_read_secret(const char *file, const char *prompt, char *target, size_t size,
                            struct error *e);

struct talk;

/* Print an answer's error with its remedy, indented by so many columns. */
void ctl_print_error(const json_t *error, int indent);

#endif

/* path_check.h – whether the calling process can use a file or directory that a setting names.
 *
 * The answer holds for that process's user and its view of the file system. A packaged service sees
 * another file system than root's shell does (ProtectHome=, PrivateTmp=, ProtectSystem=), so only
 * the running service knows for itself (the control socket's "paths").
 */
#ifndef ENDPOINT_CONFIG_PATH_CHECK_H
#define ENDPOINT_CONFIG_PATH_CHECK_H

#include "base/error.h"
#include "config/config.h"

enum path_use {
    PATH_READ,    /* a file to read: certificates */
    PATH_RUN,     /* a program */
    PATH_MAKE_IN, /* a directory in which files are created and renamed */
    PATH_ENTER,   /* a directory whose files are read */
    PATH_APPEND,  /* a file that is created if missing: a log */
};

/* What a setting of type PATH is used for. */
enum path_use path_use_of(const char *setting);

/* Can this process use it that way? Codes: path_missing (STATUS_NOT_FOUND), path_kind (a file where
 * a directory is needed, or the other way round), path_read_only (its file system is, for this
 * process), path_denied. It may block: a network share that is away may take minutes. */
enum status path_check(enum path_use use, const char *path, struct error *e);

#endif

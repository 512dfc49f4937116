/* internal.h – what the files of this room share. */
#ifndef ENDPOINT_CONFIG_INTERNAL_H
#define ENDPOINT_CONFIG_INTERNAL_H

#include <libconfig.h>

#include "config/config.h"

#define CONFIG_FILE_MAX (1 << 20)
#define SEALED_PREFIX   "sealed:"

/* A list of faults being collected. */
struct faults {
    struct config_fault *list; /* NULL: only counted */
    size_t count;
    size_t fatal;
    size_t missing; /* of them, required settings that are not there */
    bool begun;     /* the file says something of an ERP, so that what is required is required */
    const char *file;
    bool anyway;      /* keep the settings that are good */
    const char *text; /* what is being read, for the lines of settings */
    size_t length;
};

void fault_add(struct faults *f, int line, const char *setting, bool warning, const char *format,
               ...) __attribute__((format(printf, 5, 6)));

/* "Did you mean": the setting nearest to a mistyped path, or NULL. */
const char *setting_nearest(const char *path);

/* Load from text instead of a file: for saving, and for tests. */
enum status config_load_text(const struct paths *p, const char *text, size_t length,
                             struct config **config, struct faults *f, struct error *e);

#endif

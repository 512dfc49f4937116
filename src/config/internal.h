/* internal.h – shared by the files of this room. */
#ifndef ENDPOINT_CONFIG_INTERNAL_H
#define ENDPOINT_CONFIG_INTERNAL_H

#include <libconfig.h>

#include "config/config.h"
#include "config/faults.h"

#define CONFIG_FILE_MAX (1 << 20)
#define SEALED_PREFIX   "sealed:"

/* Load from text instead of a file: for saving, and for tests. */
enum status config_load_text(const struct paths *p, const char *text, size_t length,
                             struct config **config, struct faults *f, struct error *e);

#endif

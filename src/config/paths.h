/* paths.h – which files and directories a program uses. */
#ifndef ENDPOINT_CONFIG_PATHS_H
#define ENDPOINT_CONFIG_PATHS_H

#include "config/config.h"

/* NULL options mean: choose. System paths for root, or if /etc/endpoint exists and is readable;
 * otherwise the user's XDG paths. */
enum status paths_choose(struct paths *p, const char *config_file, const char *state_dir,
                         const char *runtime_dir, struct error *e);

#endif

/* config_paths.h – files and directories that `config set` names: asked about before it saves, opened to the service after. */
#ifndef ENDPOINT_CTL_CONFIG_PATHS_H
#define ENDPOINT_CTL_CONFIG_PATHS_H

#include "config/config_save.h"
#include "config/settings.h"
#include "ctl/ctl.h"

/* Can endpointd use every path among the changes? A directory is made when that was asked for. False: said why not; *code
 * is the exit code, and nothing is to be saved. */
bool config_paths_agreed(struct ctl *c, const struct config_change *changes, size_t count,
                         int *code);
/* After saving: the service is let write where it has to. *restarted: it was started again for that. */
enum status config_paths_saved(struct ctl *c, const struct config_change *changes, size_t count,
                               bool *restarted, struct error *e);
/* After a person saved the whole file: the same, and what endpointd cannot use is told on stderr. */
void config_paths_edited(struct ctl *c);

#endif

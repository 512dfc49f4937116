/* config_paths.h – files and directories that `config set` names: checked before saving, opened to
 * the service afterwards. */
#ifndef ENDPOINT_CTL_CONFIG_PATHS_H
#define ENDPOINT_CTL_CONFIG_PATHS_H

#include "config/config_save.h"
#include "config/settings.h"
#include "ctl/ctl.h"

/* Can endpointd use every path among the changes? Makes a directory if that was asked for. False:
 * the reason was printed; *code is the exit code, and nothing must be saved. */
bool config_paths_agreed(struct ctl *c, const struct config_change *changes, size_t count,
                         int *code);
/* After saving: give the service write access where it needs it. *restarted: it was restarted for
 * that. */
enum status config_paths_saved(struct ctl *c, const struct config_change *changes, size_t count,
                               bool *restarted, struct error *e);
/* After a person saved the whole file: the same, and paths that endpointd cannot use are reported
 * on stderr. */
void config_paths_edited(struct ctl *c);

#endif

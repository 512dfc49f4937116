/* save_paths.h – checks of files and directories among the settings that the screens save. */
#ifndef ENDPOINT_TUI_SAVE_PATHS_H
#define ENDPOINT_TUI_SAVE_PATHS_H

#include "tui/app.h"

/* Before saving: check whether the user that runs endpointd can use the paths among the changes.
 * True: the check has started, and app_save_now follows if they are good or a person agrees. False:
 * there are no paths. */
bool save_paths_ask(struct view *v, const struct config_change *changes, size_t count);
/* After saving: give the service write access where it needs it; app_saved_reload follows. False:
 * nothing to do. */
bool save_paths_open(struct view *v, const struct config_change *changes, size_t count);

#endif

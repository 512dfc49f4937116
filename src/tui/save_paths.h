/* save_paths.h – files and directories among the settings that are saved on the screens. */
#ifndef ENDPOINT_TUI_SAVE_PATHS_H
#define ENDPOINT_TUI_SAVE_PATHS_H

#include "tui/app.h"

/* Before saving: is whoever runs endpointd asked whether it can use the paths among the changes? True: it is, and
 * app_save_now follows when they are good or a person says so. False: there are none. */
bool save_paths_ask(struct view *v, const struct config_change *changes, size_t count);
/* After saving: the service is let write where it has to; app_saved_reload follows. False: nothing to do. */
bool save_paths_open(struct view *v, const struct config_change *changes, size_t count);

#endif

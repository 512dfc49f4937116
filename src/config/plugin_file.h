/* plugin_file.h – plugins that stand in the configuration file, for those without a panel. */
#ifndef ENDPOINT_CONFIG_PLUGIN_FILE_H
#define ENDPOINT_CONFIG_PLUGIN_FILE_H

#include "config/internal.h"

/* The plugins list of a file to the protocol's JSON, faults collected. */
json_t *plugin_file_read(const config_setting_t *list, struct faults *f);

#endif

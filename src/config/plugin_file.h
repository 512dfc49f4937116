/* plugin_file.h – plugins in the configuration file, for users without a panel. */
#ifndef ENDPOINT_CONFIG_PLUGIN_FILE_H
#define ENDPOINT_CONFIG_PLUGIN_FILE_H

#include "config/internal.h"

/* Convert a file's list of plugins to the protocol's JSON; faults are collected. */
json_t *plugin_file_read(const config_setting_t *list, struct faults *f);

#endif

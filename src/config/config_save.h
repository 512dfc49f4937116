/* save.h – writes changed settings into the file and keeps its comments and order. */
#ifndef ENDPOINT_CONFIG_CONFIG_SAVE_H
#define ENDPOINT_CONFIG_CONFIG_SAVE_H

#include "config/config.h"

enum status config_save(const struct paths *p, const struct config_change *changes, size_t count,
                        const struct file_stamp *stamp, struct error *e);

#endif

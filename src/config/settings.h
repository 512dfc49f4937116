/* settings.h – the table of settings. */
#ifndef ENDPOINT_CONFIG_SETTINGS_H
#define ENDPOINT_CONFIG_SETTINGS_H

#include "config/config.h"

const struct setting *setting_at(size_t index); /* NULL after the last */

const struct setting *setting_find(const char *path);

/* Does the ERP with this name need it? */
bool setting_needed(const struct setting *s, const char *erp);

#endif

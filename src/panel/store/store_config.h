/* store_config.h – what an endpoint is told: its plugins and the commands that it has not answered. */
#ifndef ENDPOINT_PANEL_STORE_STORE_CONFIG_H
#define ENDPOINT_PANEL_STORE_STORE_CONFIG_H

#include <jansson.h>
#include <stdint.h>

#include "panel/store/store.h"

/* {"rev","plugins":[scenario with
 * "id","enabled","scenario_version"],"commands":[{"id","do","with"}]}, as in doc/panel-api.yaml.
 * *rev: its number. */
enum status store_config(struct store *s, const char *endpoint, json_t **config, int64_t *rev,
                         struct error *e);

#endif

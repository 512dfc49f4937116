/* link_cache.h – the panel's last configuration, kept on disk. */
#ifndef ENDPOINT_LINK_LINK_CACHE_H
#define ENDPOINT_LINK_LINK_CACHE_H

#include <jansson.h>

#include "base/error.h"

/* STATE/config-cache.json: the last configuration from the panel. */
enum status link_cache_load(const char *state_dir, json_t **config, struct error *e);

enum status link_cache_save(const char *state_dir, const json_t *config, struct error *e);

#endif

/* identity.h – who this endpoint is to its panel, kept on disk; and the panel's last configuration. */
#ifndef ENDPOINT_LINK_IDENTITY_H
#define ENDPOINT_LINK_IDENTITY_H

#include "link/link.h"

/* STATUS_NOT_FOUND when there is none; STATUS_DENIED when others can read the file. */
enum status identity_load(const char *state_dir, struct identity *id, struct error *e);

/* Make a key and store it without an endpoint id, unless there is one already (then load it). */
enum status identity_prepare(const char *state_dir, const char *panel_url, struct identity *id,
                             struct error *e);

enum status identity_save(const char *state_dir, const struct identity *id, struct error *e);

void identity_wipe(struct identity *id);

/* STATE/config-cache.json: the last configuration from the panel. */
enum status link_cache_load(const char *state_dir, json_t **config, struct error *e);

enum status link_cache_save(const char *state_dir, const json_t *config, struct error *e);

#endif

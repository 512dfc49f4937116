/* identity.h – who this endpoint is to its panel, kept on disk. */
#ifndef ENDPOINT_LINK_IDENTITY_H
#define ENDPOINT_LINK_IDENTITY_H

#include "link/link.h"

/* STATUS_NOT_FOUND: there is none; STATUS_DENIED: others can read the file. */
enum status identity_load(const char *state_dir, struct identity *id, struct error *e);

/* Make a key and store it without an endpoint id, unless a key exists already (then load it). */
enum status identity_prepare(const char *state_dir, const char *panel_url, struct identity *id,
                             struct error *e);

enum status identity_save(const char *state_dir, const struct identity *id, struct error *e);

void identity_wipe(struct identity *id);

#endif

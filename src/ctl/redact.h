/* redact.h – taking secrets out of what leaves the machine.
 *
 * Two nets: members of JSON that hold secrets by their name, and the known secrets themselves
 * wherever they stand, as they are, as JSON writes them and as URLs do. A password in a URL goes in
 * any case.
 */
#ifndef ENDPOINT_CTL_REDACT_H
#define ENDPOINT_CTL_REDACT_H

#include <jansson.h>

#include "base/buf.h"
#include "config/config.h"

struct redact;

/* All the secrets of this endpoint: of the settings (config may be NULL: then only the sealed
 * ones), the identity's keys, the sealed store's key. */
struct redact *redact_open(const struct paths *p, const struct config *config);
void redact_close(struct redact *r);
void redact_secret(struct redact *r, const char *secret);
/* A copy of text without them. */
void redact_text(const struct redact *r, const char *text, size_t length, struct buf *out);
/* In place: what is named like a secret becomes "***", in objects at any depth. */
void redact_members(json_t *value);

#endif

/* redact.h – removes secrets from texts that leave the machine.
 *
 * It works in two ways. It blanks members of JSON whose names say that they hold a secret. And it
 * finds the known secrets themselves anywhere in a text, in plain form and as JSON and URLs write
 * them. A password in a URL is always removed.
 */
#ifndef ENDPOINT_CTL_REDACT_H
#define ENDPOINT_CTL_REDACT_H

#include <jansson.h>

#include "base/buf.h"
#include "config/config.h"

struct redact;

/* Collect all the secrets of this endpoint: those of the settings (config may be NULL: then only
 * the sealed ones), the identity's keys, the sealed store's key. */
struct redact *redact_open(const struct paths *p, const struct config *config);
void redact_close(struct redact *r);
void redact_secret(struct redact *r, const char *secret);
/* A copy of text without the secrets. */
void redact_text(const struct redact *r, const char *text, size_t length, struct buf *out);
/* In place: members named like a secret become "***", in objects at any depth. */
void redact_members(json_t *value);

#endif

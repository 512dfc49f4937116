/* sealed.h – the store of secrets: AES-256-GCM with a key file that only we can read.
 *
 * STATE/secrets.json holds name → sealed value, base64url; STATE/secrets.key (0600, created with
 * O_EXCL) holds the key. Under systemd the credential "endpoint-key" ($CREDENTIALS_DIRECTORY), if
 * it exists, is used instead of the key file; root, working for the service, finds it in
 * /etc/credstore. A key file that others can read is refused.
 */
#ifndef ENDPOINT_CONFIG_SEALED_H
#define ENDPOINT_CONFIG_SEALED_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

enum status sealed_put(const char *state_dir, const char *name, const char *secret,
                       struct error *e);
enum status sealed_get(const char *state_dir, const char *name, char *target, size_t size,
                       struct error *e); /* STATUS_NOT_FOUND: there is none with that name */
enum status sealed_remove(const char *state_dir, const char *name, struct error *e);

/* Save the store's content (empty: there is none), and restore it: for a change that must happen
 * whole or not at all. */
enum status sealed_keep(const char *state_dir, struct buf *store, struct error *e);
enum status sealed_restore(const char *state_dir, const struct buf *store, struct error *e);

#endif

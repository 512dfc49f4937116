/* store.h – the panel's data: accounts, tokens, endpoints, plugins, commands, what endpoints sent.
 *
 * One SQLite file, DATA/panel.db (0600). The server and the command line open it at the same time.
 */
#ifndef ENDPOINT_PANEL_STORE_STORE_H
#define ENDPOINT_PANEL_STORE_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "store/db.h"
#include "base/error.h"

struct store;

enum status store_open(const char *data_dir, struct store **s, struct error *e);
void store_close(struct store *s);
sqlite3 *store_db(struct store *s);

/* Rows of a query with text parameters as an array of objects named after its columns. */
enum status store_query(struct store *s, const char *sql, const char *const *parameters,
                        size_t count, json_t **rows, struct error *e);
/* Run one statement with text parameters; *changed (may be NULL) counts the rows. */
enum status store_run(struct store *s, const char *sql, const char *const *parameters, size_t count,
                      int *changed, struct error *e);

/* End a transaction begun with BEGIN IMMEDIATE: COMMIT when status is STATUS_OK, else ROLLBACK. */
enum status store_end(struct store *s, enum status status, struct error *e);
/* The statement that stores one row of a stream: plugin, stream, key, seq, deleted, data. Not the
 * caller's. */
enum status store_put_row(struct store *s, sqlite3_stmt **statement, struct error *e);

enum status store_account_add(struct store *s, const char *name, char id[CRYPTO_ID_TEXT],
                              struct error *e);
/* account NULL: the only one. The token is given once and kept as a hash. */
enum status store_token_new(struct store *s, const char *account, int64_t ttl_ms, char token[64],
                            struct error *e);

/* Register with a token: *created tells 201 from 200. STATUS_DENIED with the protocol's codes. */
struct registration {
    const char *token, *public_key, *name, *version, *platform, *erp;
};
enum status store_register(struct store *s, const struct registration *r, int64_t now_ms,
                           json_t **answer, bool *created, struct error *e);

/* The keys that an endpoint may sign with now. STATUS_DENIED (endpoint_revoked, signature_invalid).
 */
enum status store_keys(struct store *s, const char *endpoint, int64_t now_ms,
                       uint8_t keys[2][CRYPTO_KEY], size_t *count, struct error *e);
/* Remember a request's jti until it expires. STATUS_DENIED (token_replayed) when it was seen. */
enum status store_seen(struct store *s, const char *endpoint, const char *jti, int64_t expires_s,
                       int64_t now_s, struct error *e);
enum status store_rotate(struct store *s, const char *endpoint, const char *public_key,
                         int64_t now_ms, struct error *e);

/* {"rev","plugins","commands"} */
enum status store_config(struct store *s, const char *endpoint, json_t **config, int64_t *rev,
                         struct error *e);
int64_t store_rev(struct store *s, const char *endpoint);
enum status store_plugin_put(struct store *s, const char *endpoint, const char *id, json_t *plugin,
                             bool add, struct error *e);
enum status store_command_add(struct store *s, const char *endpoint, const char *what,
                              const char *with, char id[CRYPTO_ID_TEXT], struct error *e);

#endif

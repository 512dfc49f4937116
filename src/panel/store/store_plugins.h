/* store_plugins.h – an endpoint's plugins, each with its scenario and every version of it. */
#ifndef ENDPOINT_PANEL_STORE_STORE_PLUGINS_H
#define ENDPOINT_PANEL_STORE_STORE_PLUGINS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/crypto.h"
#include "panel/store/store.h"

/* Keep a plugin's scenario: of a new plugin (add), or as the next version of an existing one.
 * "enabled" is taken from it (default true). STATUS_INVALID: as plugin_validate says. STATUS_EXISTS
 * (plugin_exists): the id is taken, or the endpoint does not exist. STATUS_NOT_FOUND
 * (plugin_unknown). */
enum status store_plugin_put(struct store *s, const char *endpoint, const char *id, json_t *plugin,
                             bool add, struct error *e);
/* Let it run, or stop it; the scenario's version stays. STATUS_NOT_FOUND (plugin_unknown). */
enum status store_plugin_enable(struct store *s, const char *id, bool on, struct error *e);

/* Whose is it? STATUS_NOT_FOUND (plugin_unknown): there is none with this id. */
enum status store_plugin_endpoint(struct store *s, const char *id, char endpoint[CRYPTO_ID_TEXT],
                                  struct error *e);
/* An array of {"id","endpoint_id","kind","enabled","version","acked","scenario"}, by id. scenario:
 * JSON as text; acked: the number of the newest row stored. */
enum status store_plugins_list(struct store *s, json_t **plugins, struct error *e);
/* An array of {"id"} of those of this kind. */
enum status store_plugins_of_kind(struct store *s, const char *kind, json_t **ids, struct error *e);

#endif

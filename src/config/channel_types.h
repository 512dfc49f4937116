/* channel_types.h – the types of channels: ONE table of what each carries and which settings it has.
 *
 * A plugin's "channel" object holds "type" and the settings. The table is here and not beside the channels' code
 * (src/channel/), as the panel, endpointctl and the daemon judge settings without opening a shop. A new channel is a
 * row here with the rows of its settings, its code, and its tests.
 *
 * Secrets (OPTION_SECRET) never stand in the object. They are typed with `endpointctl channel set` and lie in the sealed
 * store as "channel/PLUGIN/NAME".
 */
#ifndef ENDPOINT_CONFIG_CHANNEL_TYPES_H
#define ENDPOINT_CONFIG_CHANNEL_TYPES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/options.h"

#define CHANNEL_TYPE_SECRET 1000 /* bytes of a secret, at most */

struct channel_type {
    const char *name;   /* "woocommerce" */
    const char *label;  /* for people, translated where it is shown */
    unsigned kinds;     /* what it carries: bits FOR_… */
    bool has_catalogue; /* it knows its items by ids of its own, and shows what it has of them */
    bool is_web;        /* it is reached over HTTPS: it may have a "ca" */
    bool is_lax;        /* settings that it does not know are let pass */
    const struct option_def *settings; /* ended by a row without a name */
};

/* NULL after the last. */
const struct channel_type *channel_type_at(size_t index);
/* NULL for a name that is none. */
const struct channel_type *channel_type_find(const char *name);

/* The index-th setting of a type, with those that many types have in common; NULL after the last. */
const struct option_def *channel_type_setting(const struct channel_type *t, size_t index);
/* The setting of this name; NULL: it has none. */
const struct option_def *channel_type_find_setting(const struct channel_type *t, const char *name);

/* STATUS_INVALID names the setting of a plugin's "channel" object, its value and what is expected. */
enum status channel_type_validate(const char *id, const char *kind, const json_t *channel,
                                  struct error *e);

/* [{"name","label","kinds":[…],"settings":[…]}] of every type, for panels. */
json_t *channel_types_describe(void);
/* The list of its settings in its page, endpoint-TYPE(7). */
void channel_type_print_mdoc(const struct channel_type *t, struct buf *b);

/* The table of endpoint-plugins(7): which kinds of plugins go with which types. */
void channel_types_print_kinds(struct buf *b);

/* The name of a plugin's secret in the sealed store. */
void channel_type_sealed_name(char *target, size_t size, const char *plugin, const char *setting);
/* A plugin's secrets as an object name → text, out of the sealed store; those that are not set are left out. plugin: the
 * whole object. DENIED and so on: the store cannot be opened. *secrets: json_decref it. */
enum status channel_type_secrets(const char *state_dir, const json_t *plugin, json_t **secrets,
                                 struct error *e);

#endif

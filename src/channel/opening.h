/* opening.h – opens a plugin's channel from the plugin's JSON: for the worker, endpointctl and
 * tests. */
#ifndef ENDPOINT_CHANNEL_OPENING_H
#define ENDPOINT_CHANNEL_OPENING_H

#include "channel/channel.h"

/* It must live as long as the channel. */
struct opening {
    const json_t *plugin;  /* the whole object: id, kind, channel, options */
    const json_t *secrets; /* name → text, of config/channel_types.h; NULL: none */
    const char *state_dir, *panel_url, *mark;
    int64_t incarnation;
    struct http_options http; /* the endpoint's; "ca" of a shop's settings replaces its authority */
    const volatile int *cancel;
    void (*alive)(void *user);
    void *alive_user;
};

/* The channel of the plugin's type. STATUS_INVALID (channel_unknown): there is no such type. */
enum status opening_find(const json_t *plugin, const struct channel_ops **ops, struct error *e);

enum status opening_open(struct opening *o, const struct channel_ops *ops, struct channel **channel,
                         struct error *e);

#endif

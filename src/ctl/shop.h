/* shop.h – access to a plugin's shop for commands: the plugin, its secrets, its channel. */
#ifndef ENDPOINT_CTL_SHOP_H
#define ENDPOINT_CTL_SHOP_H

#include "channel/opening.h"
#include "ctl/ctl.h"

/* All plugins that the panel sent last, and those in the file: an array (json_decref it). */
json_t *shop_plugins(const struct ctl *c, const struct config *config);
/* The plugin with this id, name or kind; NULL: there is none, or several. Borrowed from the list. */
const json_t *shop_plugin(const json_t *plugins, const char *name, struct error *e);

struct shop {
    struct opening opening;
    json_t *secrets;
    const struct channel_ops *ops;
    struct channel *channel;
};

/* plugin is borrowed. Close the shop, whatever this returns. */
enum status shop_open(struct shop *s, const struct ctl *c, const struct config *config,
                      const json_t *plugin, struct error *e);
void shop_close(struct shop *s);

/* Run the checks of one plugin's shop; none if somebody else checks that side. Each is reported
 * with the plugin's id before its title. A running service runs them, as its user and from its place;
 * without one, we do. */
enum check_result shop_check(const struct ctl *c, const struct config *config, const json_t *plugin,
                             void (*tell)(const struct check *, void *), void *user);

#endif

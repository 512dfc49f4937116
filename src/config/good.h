/* good.h – the last good configuration: what endpointd worked with, kept so that a file that lost it by
 * accident (emptied, half saved, away after a power cut) does not stop everything.
 *
 * STATE/endpoint.conf.good is a copy of the file, 0600. It belongs to one configuration file, which its first
 * line names; the copy of another is not looked at.
 */
#ifndef ENDPOINT_CONFIG_GOOD_H
#define ENDPOINT_CONFIG_GOOD_H

#include "config/config.h"

/* What `before` sets and `after` does not any more, of what may not go by silence: the ERP, the panel, any path,
 * the file's plugins. names gets their settings with ", " between them; false when there is none. */
bool good_lost(const struct config *before, const struct config *after, char *names, size_t size);

/* Keep the file that c was loaded from, if it still is as it was then. */
enum status good_keep(const struct paths *p, const struct config *c, struct error *e);

/* The copy, loaded. STATUS_NOT_FOUND when there is none of this file. */
enum status good_load(const struct paths *p, struct config **config, struct error *e);

#endif

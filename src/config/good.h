/* good.h – the last good configuration that endpointd worked with, kept so that an accident with
 * the file (emptied, half saved, gone after a power cut) does not stop everything.
 *
 * STATE/endpoint.conf.good is a copy of the file, 0600. It belongs to one configuration file, which
 * its first line names; the copy of another file is ignored.
 */
#ifndef ENDPOINT_CONFIG_GOOD_H
#define ENDPOINT_CONFIG_GOOD_H

#include "config/config.h"

/* What `before` sets and `after` no longer does, among the settings that must not disappear
 * silently: the ERP, the panel, any path, the file's plugins. names lists them, separated by ", ";
 * false: none. */
bool good_lost(const struct config *before, const struct config *after, char *names, size_t size);

/* Keep the file that c was loaded from, if it is still unchanged. */
enum status good_keep(const struct paths *p, const struct config *c, struct error *e);

/* Load the copy. STATUS_NOT_FOUND: there is none of this file. */
enum status good_load(const struct paths *p, struct config **config, struct error *e);

#endif

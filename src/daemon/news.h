/* news.h – reports to the journal what people changed: plugins that came, went or were changed, and
 * settings. */
#ifndef ENDPOINT_DAEMON_NEWS_H
#define ENDPOINT_DAEMON_NEWS_H

#include "daemon/daemon.h"

/* A plugin's definition before (NULL: it did not exist) and now (NULL: it is removed). Plugins from
 * the start are not news: nothing is reported before news_begin. */
void news_plugin(struct daemon *d, const char *id, const json_t *before, const json_t *now,
                 bool from_file);
void news_begin(struct daemon *d);

/* Names of the settings that changed, never their values: secrets are among them. */
void news_settings(struct daemon *d, const json_t *changed, bool mapped);

#endif

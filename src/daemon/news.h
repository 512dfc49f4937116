/* news.h – what people changed, for the journal: plugins that came, went or were changed, and settings. */
#ifndef ENDPOINT_DAEMON_NEWS_H
#define ENDPOINT_DAEMON_NEWS_H

#include "daemon/daemon.h"

/* A plugin's definition before (NULL: it was not there) and now (NULL: it goes). What the endpoint started with is no
 * news: nothing is said until news_begin. */
void news_plugin(struct daemon *d, const char *id, const json_t *before, const json_t *now,
                 bool from_file);
void news_begin(struct daemon *d);

/* Names of the settings that changed, never their values: secrets are among them. */
void news_settings(struct daemon *d, const json_t *changed, bool mapped);

#endif

/* panel_link.h – the conversation with the panel: news, status, journal, results. */
#ifndef ENDPOINT_DAEMON_PANEL_LINK_H
#define ENDPOINT_DAEMON_PANEL_LINK_H

#include "daemon/daemon.h"

struct panel_link *panel_link_open(struct daemon *d);

void panel_link_close(struct panel_link *l);

void panel_link_reload(struct panel_link *l); /* identity or settings may have changed */

void panel_link_away(struct panel_link *l, const struct error *e); /* it could not be asked */

void panel_link_changed(struct panel_link *l); /* the status changed: send it soon */

void panel_link_journal(struct panel_link *l); /* there are new journal entries */

bool panel_link_registered(const struct panel_link *l);

json_t *panel_link_to_json(const struct panel_link *l);

void panel_link_checks(const struct panel_link *l, json_t *checks); /* appended; one a direction */

#endif

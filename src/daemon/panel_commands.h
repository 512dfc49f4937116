/* panel_commands.h – commands from the panel: each is run once, a few of the long ones at a time, and its result is
 * offered until the panel takes it or refuses it for good. One that is not taken stands in no other's way.
 */
#ifndef ENDPOINT_DAEMON_PANEL_COMMANDS_H
#define ENDPOINT_DAEMON_PANEL_COMMANDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

struct daemon;
struct panel_commands;
struct panel_side;

/* due is called when a result waits, and again when there is room for commands that were left in the panel's
 * list (ask: have it told again). */
struct panel_commands *panel_commands_open(struct daemon *d, struct panel_side *side,
                                           void (*due)(void *user, bool ask), void *user);
void panel_commands_close(struct panel_commands *p);

/* Take the list of a configuration. True: there was a new one among them. */
bool panel_commands_take(struct panel_commands *p, const json_t *list);

/* The next result to offer: its path below /api/v1 and its body. False: none waits. What becomes of it is told
 * with one of the three below before the next is asked for. */
bool panel_commands_result(struct panel_commands *p, char *path, size_t size, struct buf *body);
void panel_commands_taken(struct panel_commands *p);
/* Not now: it goes behind the others. */
void panel_commands_later(struct panel_commands *p);
/* Never: first its contents are replaced by a short word that says so, then it is set aside and counted. */
void panel_commands_refused(struct panel_commands *p, const struct error *e);

/* Amber while commands wait for their turn. */
json_t *panel_commands_to_json(const struct panel_commands *p);

#endif

/* panel_commands.h – commands from the panel: each runs once, only a few long ones at a time, and
 * its result is offered until the panel accepts it or refuses it for good. One that is not accepted
 * does not block the others.
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

/* due is called when a result waits, and also when there is room for commands that were left in the
 * panel's list (ask: fetch the list again). */
struct panel_commands *panel_commands_open(struct daemon *d, struct panel_side *side,
                                           void (*due)(void *user, bool ask), void *user);
void panel_commands_close(struct panel_commands *p);

/* Take a configuration's list. True: a new command was among them. */
bool panel_commands_take(struct panel_commands *p, const json_t *list);

/* The next result to offer: its path below /api/v1 and its body. False: none waits. Report what
 * became of it with one of the three functions below before you ask for the next. */
bool panel_commands_result(struct panel_commands *p, char *path, size_t size, struct buf *body);
void panel_commands_taken(struct panel_commands *p);
/* Not now: it goes to the end of the queue. */
void panel_commands_later(struct panel_commands *p);
/* Never: the first time its content is replaced by a short error that says so; the second time it
 * is set aside and counted. */
void panel_commands_refused(struct panel_commands *p, const struct error *e);

/* Amber while commands wait for their turn. */
json_t *panel_commands_to_json(const struct panel_commands *p);

#endif

/* places.h – which plugins' processes may run when there are more plugins than places (limits.workers).
 *
 * A plugin that has something to do but finds no place is queued. A plugin that only waits for its
 * next run gives up its place and is queued until then. So all of them get their turn, one after
 * another.
 */
#ifndef ENDPOINT_DAEMON_PLACES_H
#define ENDPOINT_DAEMON_PLACES_H

#include <jansson.h>
#include <stdbool.h>

struct daemon;
struct plugin;

/* May this plugin's process be started now? False: it is queued, and places_turn will start it. */
bool places_take(struct plugin *p);
/* Its process has ended because it gave up its place: it is queued until its next run is due. */
void places_parked(struct plugin *p);
/* Start those whose turn it is; if there is no place, make one free. */
void places_turn(struct daemon *d);
/* A person or an order wants this one: it is next. */
void places_hurry(struct plugin *p);
/* The check: amber while there are more plugins than places. */
json_t *places_to_json(const struct daemon *d);

#endif

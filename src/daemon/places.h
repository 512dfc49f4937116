/* places.h – which plugins' processes may run when there are more plugins than places (limits.workers).
 *
 * A plugin that has something to do and finds no place is queued. Who waits for its next turn with nothing to do gives
 * its place up, is queued until then, and so all have theirs, one after another.
 */
#ifndef ENDPOINT_DAEMON_PLACES_H
#define ENDPOINT_DAEMON_PLACES_H

#include <jansson.h>
#include <stdbool.h>

struct daemon;
struct plugin;

/* May this plugin's process be started now? False: it is queued, and places_turn will start it. */
bool places_take(struct plugin *p);
/* Its process has ended, as it gave its place up: it is queued until its next run is due. */
void places_parked(struct plugin *p);
/* Start those whose turn it is; when there is no place, have one made. */
void places_turn(struct daemon *d);
/* A person or an order wants this one: it is next. */
void places_hurry(struct plugin *p);
/* The check: amber while there are more plugins than places. */
json_t *places_to_json(const struct daemon *d);

#endif

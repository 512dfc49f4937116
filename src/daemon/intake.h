/* intake.h – the plugins that the panel wants to run: those that are accepted, and those that are
 * refused, with the reason.
 *
 * A plugin that this version cannot run (an unknown kind, option or channel) is refused and shown
 * red until the panel changes it. If it is an edit of a plugin that was accepted before, the last
 * good scenario keeps running. Both survive a restart in the configuration cache, which holds only
 * accepted plugins; of the refused ones a limited number is kept.
 */
#ifndef ENDPOINT_DAEMON_INTAKE_H
#define ENDPOINT_DAEMON_INTAKE_H

#include "daemon/daemon.h"

void intake_open(struct daemon *d); /* from the cache; what is wrong with it becomes a check */
void intake_close(struct daemon *d);
void intake_look(
    struct daemon *d); /* from time to time: a cache that could not be written is tried again */

/* Take the panel's list. True: it has changed, so supervisor_apply is due. */
bool intake_take(struct daemon *d, const json_t *list, int64_t rev);

const json_t *intake_plugins(const struct daemon *d); /* the taken ones, valid, each id once */
bool intake_known(
    const struct daemon *d); /* false: neither panel nor cache has said which there are */

/* Why the plugin with this id (or name) does not run as the panel has it: an error's members; NULL:
 * it does. */
const json_t *intake_reason(const struct daemon *d, const char *name);

/* The refused plugins that do not run at all, as members of status' "plugins"; and checks about them. Appended. */
void intake_to_json(const struct daemon *d, json_t *plugins);
void intake_checks(const struct daemon *d, json_t *checks);

#endif

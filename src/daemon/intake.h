/* intake.h – what the panel wants run: the plugins of its configuration that are taken, and those that are refused,
 * with the reason.
 *
 * A plugin that this version cannot run (an unknown kind, option or channel) is refused and shown red until the
 * panel has another one. When it is an edit of a plugin that was taken before, that one's last good scenario goes
 * on. Both outlast a restart in the configuration cache, which holds only what was taken; of the refused ones a
 * bounded number.
 */
#ifndef ENDPOINT_DAEMON_INTAKE_H
#define ENDPOINT_DAEMON_INTAKE_H

#include "daemon/daemon.h"

void intake_open(struct daemon *d); /* from the cache; what is wrong with it becomes a check */
void intake_close(struct daemon *d);
void intake_look(
    struct daemon *d); /* from time to time: a cache that could not be written is tried again */

/* The panel's list. True: it is another one than before; supervisor_apply is due. */
bool intake_take(struct daemon *d, const json_t *list, int64_t rev);

const json_t *intake_plugins(const struct daemon *d); /* the taken ones, valid, each id once */
bool intake_known(
    const struct daemon *d); /* false: neither panel nor cache has said which there are */

/* Why the panel's plugin with this id (or name) is not run as the panel has it: an error's members; NULL: it is. */
const json_t *intake_reason(const struct daemon *d, const char *name);

/* The refused plugins that do not run at all, as members of status' "plugins"; and checks about them. Appended. */
void intake_to_json(const struct daemon *d, json_t *plugins);
void intake_checks(const struct daemon *d, json_t *checks);

#endif

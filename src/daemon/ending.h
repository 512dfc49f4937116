/* ending.h – why a plugin's process ended: it hung, gave up, was killed by others, or just ended. */
#ifndef ENDPOINT_DAEMON_ENDING_H
#define ENDPOINT_DAEMON_ENDING_H

#include "daemon/daemon.h"

/* It said nothing for so long that we kill it now. */
void ending_hung(struct plugin *p, int64_t silent_ms);
/* Its last word, {"event":"gave-up","error":{…}}: its watcher found the working thread stuck in a
 * call. */
void ending_gave_up(struct plugin *p, const json_t *event);
/* It has ended without having been asked to. Reports why, unless that was already done. True: it
 * cannot work as it is configured, so it is tried again only rarely. */
bool ending_seen(struct plugin *p, int code, int number);

#endif

/* ending.h – why a plugin's process ended, kept as what it was: hung, given up, killed by others, or ended. */
#ifndef ENDPOINT_DAEMON_ENDING_H
#define ENDPOINT_DAEMON_ENDING_H

#include "daemon/daemon.h"

/* It said nothing for so long that it is ended now, by us. */
void ending_hung(struct plugin *p, int64_t silent_ms);
/* Its last word, {"event":"gave-up","error":{…}}: its watcher found the working thread lost in a call. */
void ending_gave_up(struct plugin *p, const json_t *event);
/* It has ended, without having been asked to. Says why, when that is not said yet. True: it cannot work as it is
 * configured, which is tried again seldom. */
bool ending_seen(struct plugin *p, int code, int number);

#endif

/* overdue.h – finds runs that should have happened long ago. */
#ifndef ENDPOINT_DAEMON_OVERDUE_H
#define ENDPOINT_DAEMON_OVERDUE_H

#include "daemon/daemon.h"

/* Call it every few seconds: a plugin whose pass is late by three intervals turns red, whatever it
 * says itself. */
void overdue_look(struct daemon *d);

void overdue_moved(struct plugin *p); /* it works on a pass */

#endif

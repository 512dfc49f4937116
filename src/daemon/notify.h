/* notify.h – what the service manager is told. */
#ifndef ENDPOINT_DAEMON_NOTIFY_H
#define ENDPOINT_DAEMON_NOTIFY_H

#include "daemon/daemon.h"

void notify_send(const char *state); /* sd_notify(3) without its library */

int64_t notify_watchdog_ms(void); /* half of WATCHDOG_USEC; 0: none */

void notify_stopping(int64_t timeout_ms); /* and that workers may take so long */

#endif

/* notify.h – report our state to the service manager: to systemd, if it started us (sd_notify(3)). */
#ifndef ENDPOINT_OS_NOTIFY_H
#define ENDPOINT_OS_NOTIFY_H

#include <stdint.h>

/* Send "READY=1", "STATUS=…" and so on; it does not matter if nobody listens. */
void notify_send(const char *state);

/* How often to send a sign of life, in milliseconds: half of the time that it allows; 0: it wants
 * none. */
int64_t notify_watchdog_ms(void);

/* Report that we are ending, and that the workers may take so long. */
void notify_stopping(int64_t timeout_ms);

#endif

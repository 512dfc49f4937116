/* notify.h – tell the system's manager of services how we are: systemd, where it started us (sd_notify(3)). */
#ifndef ENDPOINT_OS_NOTIFY_H
#define ENDPOINT_OS_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STATUS=…" and so on; nobody there is fine. */
void notify_send(const char *state);

/* How often it wants a sign of life, in milliseconds, half of what it allows; 0: it wants none. */
int64_t notify_watchdog_ms(void);

/* That we are ending, and that the workers may take so long. */
void notify_stopping(int64_t timeout_ms);

#endif

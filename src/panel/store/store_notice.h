/* store_notice.h – word of changes that endpoints wait for, from whoever makes them to the server.
 *
 * The store sends it by itself when such a change is kept: a configuration's revision was raised, or an order
 * came. It says that something changed, not what; the data is the truth. The server's own changes are told to it
 * directly; another process (endpoint-panel's commands) sends a datagram to DATA/notice.sock (0600: only the
 * data's owner and root may). Who sends it waits for nobody, and it costs nothing while nothing changes. Word may
 * get lost – a command is killed between the two steps, or another server listens in the same directory since –
 * so whoever waits also looks at store_revisions every few seconds.
 */
#ifndef ENDPOINT_PANEL_STORE_STORE_NOTICE_H
#define ENDPOINT_PANEL_STORE_STORE_NOTICE_H

#include <stdbool.h>

#include "panel/store/store.h"

struct store_notice;

/* Listen. After a failure (STATUS_IO, notice) *n is there all the same: it hears this process only. */
enum status store_notice_open(const char *data_dir, struct store_notice **n, struct error *e);
void store_notice_close(struct store_notice *n);

/* What is changed through s is told n directly from now on, and nobody else; NULL: it is sent again. */
void store_notice_attach(struct store *s, struct store_notice *n);

/* Wait for up to timeout_ms. True: something changed since it was last asked. False: time is over, or it was woken.
 * One thread only. */
bool store_notice_wait(struct store_notice *n, int timeout_ms);
/* Let it return now. From any thread. */
void store_notice_wake(struct store_notice *n);

#endif

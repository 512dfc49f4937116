/* store_notice.h – notices of changes that endpoints wait for, from whoever makes them to the
 * server.
 *
 * The store sends one by itself when such a change is committed: a configuration's revision was
 * raised, or an order came. A notice says that something changed, not what; the data is the truth.
 * The server's own changes reach it directly; another process (endpoint-panel's commands) sends a
 * datagram to DATA/notice.sock (0600: only the data's owner and root may). The sender waits for
 * nobody, and it costs nothing while nothing changes. A notice may get lost – a command is killed
 * between the two steps, or another server has started to listen in the same directory – so the
 * waiting side also looks at store_revisions every few seconds.
 */
#ifndef ENDPOINT_PANEL_STORE_STORE_NOTICE_H
#define ENDPOINT_PANEL_STORE_STORE_NOTICE_H

#include <stdbool.h>

#include "panel/store/store.h"

struct store_notice;

/* Listen. Even after a failure (STATUS_IO, notice) *n is usable: it then hears this process only. */
enum status store_notice_open(const char *data_dir, struct store_notice **n, struct error *e);
void store_notice_close(struct store_notice *n);

/* From now on changes made through s go directly to n and to nobody else; NULL: they are sent
 * again. */
void store_notice_attach(struct store *s, struct store_notice *n);

/* Wait for up to timeout_ms. True: something changed since the last call. False: time is over, or
 * it was woken. One thread only. */
bool store_notice_wait(struct store_notice *n, int timeout_ms);
/* Make it return now. From any thread. */
void store_notice_wake(struct store_notice *n);

#endif

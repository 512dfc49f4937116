/* watch.h – the thread beside the server: it wakes long polls when there is news for them or their
 * time is over, ends connections whose time is over, and records who is gone.
 *
 * It sleeps until the first of these is due or a notice of a change comes (store_notice.h). Every
 * few seconds it also checks who is gone, and whether a notice was lost.
 */
#ifndef ENDPOINT_PANEL_API_WATCH_H
#define ENDPOINT_PANEL_API_WATCH_H

#include <stdint.h>

#include "panel/api/guard.h"
#include "panel/api/polls.h"
#include "panel/store/store.h"

struct watch;

/* Start it. Changes that the server makes through `store` reach it directly. guard and polls must
 * outlive it. */
enum status watch_open(const char *data_dir, struct store *store, struct guard *guard,
                       struct polls *polls, struct watch **w, struct error *e);
/* Something is due at at_ms (clock_mono_ms): it will be awake by then. From any thread. */
void watch_by(struct watch *w, int64_t at_ms);
/* Stop it. */
void watch_close(struct watch *w);

#endif

/* polls.h – long polls that wait: connections put aside until there is news, or until their time is over. */
#ifndef ENDPOINT_PANEL_API_POLLS_H
#define ENDPOINT_PANEL_API_POLLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct polls;
struct MHD_Connection;

/* Room for so many at once. All functions may be called from any thread. */
struct polls *polls_open(size_t most);
void polls_close(struct polls *p);

/* How often all were woken. Ask before looking whether there is news, and give it to polls_park. */
int64_t polls_wakes(struct polls *p);

/* PARK_LATE: all were woken since `seen`, so look again: what woke them may have come after the look. PARK_FULL:
 * too many wait, or polls_end was called; answer at once. */
enum parked { PARKED, PARK_FULL, PARK_LATE };
enum parked polls_park(struct polls *p, struct MHD_Connection *connection, int64_t deadline_ms,
                       int64_t seen);

/* There is news: each is handled anew. */
void polls_wake(struct polls *p);
/* Only those whose time is over. */
void polls_expire(struct polls *p, int64_t now_ms);
/* Wake all and park none any more. */
void polls_end(struct polls *p);
bool polls_ended(struct polls *p);

/* When the first one's time is over; INT64_MAX: nobody waits. */
int64_t polls_next(struct polls *p);

#endif

/* polls.h – waiting long polls: connections that are parked until there is news, or until their
 * time is over. */
#ifndef ENDPOINT_PANEL_API_POLLS_H
#define ENDPOINT_PANEL_API_POLLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct polls;
struct MHD_Connection;

/* Room for `most` polls at once. All functions may be called from any thread. */
struct polls *polls_open(size_t most);
void polls_close(struct polls *p);

/* How often all polls were woken. Ask before looking for news, and pass the answer to polls_park. */
int64_t polls_wakes(struct polls *p);

/* PARK_LATE: all were woken since `seen`, so look again: the news may have come after your look.
 * PARK_FULL: too many polls wait, or polls_end was called; answer at once. */
enum parked { PARKED, PARK_FULL, PARK_LATE };
enum parked polls_park(struct polls *p, struct MHD_Connection *connection, int64_t deadline_ms,
                       int64_t seen);

/* There is news: handle each poll again. */
void polls_wake(struct polls *p);
/* Wake only those whose time is over. */
void polls_expire(struct polls *p, int64_t now_ms);
/* Wake all, and park no more. */
void polls_end(struct polls *p);
bool polls_ended(struct polls *p);

/* When the first poll's time is over; INT64_MAX: nobody waits. */
int64_t polls_next(struct polls *p);

#endif

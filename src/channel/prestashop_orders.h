/* prestashop_orders.h – the shop's orders as a feed by time of change.
 *
 * The shop's times have seconds and are those of its own zone, without saying so. Its pages shift when an order changes.
 * So a round asks for all orders from a little before where the last one ended (its "low"), page after page, each page
 * asked by time again instead of by number; where a second holds more than a page, by id within it. When the clocks are
 * put back, a whole hour is asked for again. Orders that were given already are known by the cursor, as many as fit in
 * it; the rest is the ledger's business. An order whose second is not over yet waits for the next round.
 *
 * The feed only goes on behind orders that it saw. So a zone that is set wrong makes it read more, and lose nothing.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_ORDERS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_ORDERS_H

#include "channel/prestashop_http.h"

/* See channel.h, orders. */
enum status prestashop_orders(struct prestashop *p, const char *cursor, int limit, json_t **orders,
                              struct buf *next, int64_t *retry_after_ms, struct error *e);

/* Is the state one of those that orders are taken in; is it one of a cancelled order? */
bool prestashop_orders_taken(const json_t *settings, const char *state);
bool prestashop_orders_cancelled(const json_t *settings, const char *state);

#define PRESTASHOP_ORDERS_KNOWN 64

/* What a cursor says. Times are the shop's local ones, in seconds since 1970 as if they were UTC. */
struct prestashop_cursor {
    int64_t low;                    /* where the round began */
    int64_t from;                   /* orders changed after this are still to be read */
    int64_t asked;                  /* when the round began; 0: none is going on */
    int64_t walk_offset, walk_last; /* within the second behind `from`, by id; -1: not within one */
    struct {
        int64_t id, modified;
    } known[PRESTASHOP_ORDERS_KNOWN]; /* given already, the newest last */
    size_t count;
};

/* False: it is none ("" neither), and c is empty. */
bool prestashop_orders_read(const char *text, struct prestashop_cursor *c);
/* At most CHANNEL_CURSOR_MAX bytes: what does not fit is forgotten, the oldest first. */
void prestashop_orders_print(const struct prestashop_cursor *c, struct buf *text);

#endif

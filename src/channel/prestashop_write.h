/* prestashop_write.h – changes one object of the shop, in the dialect that the shop speaks.
 *
 * A PUT replaces the whole object: missing members are emptied, and a stock row without its shop is
 * lost. So the whole object is read, changed, and written back without the members that the shop
 * does not allow to be written. Version 8 and later know PATCH, which changes only the given
 * members; an older shop answers 405, which is remembered while the channel is open.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_WRITE_H
#define ENDPOINT_CHANNEL_PRESTASHOP_WRITE_H

#include "channel/prestashop_rows.h"

/* changes: {"quantity": "7"}. whole: the whole row as just read; NULL: it is read if needed. Errors
 * as with prestashop_http_call. The shop's answer to a write proves little: read the object back. */
enum status prestashop_write(struct prestashop *p, const struct prestashop_resource *r, int64_t id,
                             const json_t *whole, const json_t *changes, int64_t *retry_after_ms,
                             struct error *e);

/* A row with its changes in the form for writing back: without attributes (except a language's id)
 * and without the members of products that cannot be written. json_decref it. */
json_t *prestashop_write_whole(const struct prestashop_resource *r, const json_t *row,
                               const json_t *changes);

#endif

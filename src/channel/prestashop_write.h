/* prestashop_write.h – a change of one thing of the shop, in the dialect that it speaks.
 *
 * A PUT replaces the whole thing: what is not in it is emptied, and a row of stock without its shop is lost. So the whole
 * is read, changed, and put back as it was read, less what the shop does not let be written. Version 8 and later know
 * PATCH, which changes what is said only; an older one answers 405, which is remembered as long as the channel is open.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_WRITE_H
#define ENDPOINT_CHANNEL_PRESTASHOP_WRITE_H

#include "channel/prestashop_rows.h"

/* changes: {"quantity": "7"}. whole: the whole row as it was just read; NULL: it is read when it is needed. Errors as of
 * prestashop_http_call. The shop's answer to a write proves little: read it back. */
enum status prestashop_write(struct prestashop *p, const struct prestashop_resource *r, int64_t id,
                             const json_t *whole, const json_t *changes, int64_t *retry_after_ms,
                             struct error *e);

/* A row with changes as it is put back: without attributes (but a language's id) and without what products do not let be
 * written. json_decref it. */
json_t *prestashop_write_whole(const struct prestashop_resource *r, const json_t *row,
                               const json_t *changes);

#endif

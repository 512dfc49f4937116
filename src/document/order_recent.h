/* order_recent.h – which documents of orders are new in the ERP: so that looking for what became of orders costs
 * what the ERP made, and not what waits.
 *
 * The mapping gives documents whose id is above one, in the order of their ids ("recent"), and the
 * highest id that there is ("newest"). An id may be taken before and become visible after a higher one: a
 * caller starts each question some time behind what it has seen.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_RECENT_H
#define ENDPOINT_DOCUMENT_ORDER_RECENT_H

#include "document/writer.h"

#define ORDER_RECENT_MAX 2000 /* markers that one question gives */

/* The highest id of a document. STATUS_END: the mapping has no statement for it. */
enum status order_recent_newest(struct session *s, const struct mapping *m, int64_t *id,
                                struct error *e);

/* Markers in documents with an id above `after`, each column's; markers has room for ORDER_RECENT_MAX.
 * *last: the highest id that was read, or after. */
enum status order_recent(struct session *s, const struct mapping *m, int64_t after,
                         char (*markers)[ORDER_MARKER + 1], size_t *count, int64_t *last,
                         struct error *e);

#endif

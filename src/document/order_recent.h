/* order_recent.h – which documents of orders are new in the ERP: so that the cost of finding out
 * what became of orders depends on what the ERP made, not on what waits.
 *
 * The mapping gives documents whose id is above a given one, in the order of their ids ("recent"),
 * and the highest existing id ("newest"). An id may be taken before a higher one and become visible
 * after it: so a caller starts each query some time behind what it has seen.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_RECENT_H
#define ENDPOINT_DOCUMENT_ORDER_RECENT_H

#include "document/writer.h"

#define ORDER_RECENT_MAX 2000 /* markers from one query */

/* The highest id of a document. STATUS_END: the mapping has no statement for it. */
enum status order_recent_newest(struct session *s, const struct mapping *m, int64_t *id,
                                struct error *e);

/* The markers in documents with an id above `after`, from every column; markers has room for
 * ORDER_RECENT_MAX. *last: the highest id read, or `after`. */
enum status order_recent(struct session *s, const struct mapping *m, int64_t after,
                         char (*markers)[ORDER_MARKER + 1], size_t *count, int64_t *last,
                         struct error *e);

#endif

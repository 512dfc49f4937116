/* stamp.h – up to where an ERP has everything committed.
 */
#ifndef ENDPOINT_ERP_STAMP_H
#define ENDPOINT_ERP_STAMP_H

#include "mapping/mapping.h"

/* The server's safe stamp now: whatever is not committed yet will have this one or a later. "" when
 * it gives none (an empty database). */
enum status stamp_safe(struct session *s, const struct mapping *m, const char *stream,
                       char stamp[STAMP_TEXT], struct error *e);

#endif

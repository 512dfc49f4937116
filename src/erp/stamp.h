/* stamp.h – the stamp up to which an ERP has committed everything.
 */
#ifndef ENDPOINT_ERP_STAMP_H
#define ENDPOINT_ERP_STAMP_H

#include "mapping/mapping.h"

/* The server's safe stamp now: everything not yet committed will have this stamp or a later one.
 * "": none (an empty database). */
enum status stamp_safe(struct session *s, const struct mapping *m, const char *stream,
                       char stamp[STAMP_TEXT], struct error *e);

#endif

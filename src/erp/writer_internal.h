/* writer_internal.h – the writers that there are. */
#ifndef ENDPOINT_ERP_WRITER_INTERNAL_H
#define ENDPOINT_ERP_WRITER_INTERNAL_H

#include "erp/writer.h"

extern const struct writer_ops writer_epp, writer_command;

/* Does the mapping offer this writer? STATUS_INVALID with what to do when it does not. */
enum status writer_offered(const struct mapping *m, const char *name, struct error *e);

#endif

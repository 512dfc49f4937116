/* writer_internal.h – the writers that there are. */
#ifndef ENDPOINT_ERP_WRITER_INTERNAL_H
#define ENDPOINT_ERP_WRITER_INTERNAL_H

#include "erp/writer.h"

extern const struct writer_ops writer_epp;

#endif

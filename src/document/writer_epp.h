/* writer_epp.h – the writer "epp": a file in EDI++ for the ERP to import. */
#ifndef ENDPOINT_DOCUMENT_WRITER_EPP_H
#define ENDPOINT_DOCUMENT_WRITER_EPP_H

#include "document/writer.h"

extern const struct writer_ops writer_epp;

#endif

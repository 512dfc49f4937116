/* writer_sql.h – the writer "sql": rows that the mapping's INSERT statements write. */
#ifndef ENDPOINT_DOCUMENT_WRITER_SQL_H
#define ENDPOINT_DOCUMENT_WRITER_SQL_H

#include "document/writer.h"

extern const struct writer_ops writer_sql;

#endif

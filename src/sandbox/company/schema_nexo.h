/* schema_nexo.h – the tables of a company of Subiekt nexo. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SCHEMA_NEXO_H
#define ENDPOINT_SANDBOX_COMPANY_SCHEMA_NEXO_H

extern const char nexo_schema[], nexo_indexes[];

#endif

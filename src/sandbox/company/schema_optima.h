/* schema_optima.h – the tables of a company of Comarch ERP Optima. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SCHEMA_OPTIMA_H
#define ENDPOINT_SANDBOX_COMPANY_SCHEMA_OPTIMA_H

extern const char optima_schema[], optima_indexes[];
extern const char optima_config_schema[], optima_config_indexes[];

#endif

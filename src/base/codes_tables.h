/* codes_tables.h – the parts of the table of codes, for codes.c. */
#ifndef ENDPOINT_BASE_CODES_TABLES_H
#define ENDPOINT_BASE_CODES_TABLES_H

#include "base/codes.h"

struct code_table {
    const struct code *rows;
    size_t count;
};

extern const struct code_table codes_system, codes_server, codes_reading, codes_orders,
    codes_faults, codes_panel, codes_service, codes_shops, codes_checks, codes_events;

#endif

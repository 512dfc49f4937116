/* order_settings.h – what of the configuration says how orders become documents. */
#ifndef ENDPOINT_DOCUMENT_ORDER_SETTINGS_H
#define ENDPOINT_DOCUMENT_ORDER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

/* Settings of the group "orders", each under its own name; the texts are never NULL, and are borrowed. */
struct order_settings {
    const char *writer, *document_type, *issuer, *timezone, *exchange_rates;
    const char *epp_dir, *epp_version, *epp_sections;
    const char *command;
    int64_t command_timeout_ms;
    bool sql_unsupported_by_vendor;
    const char *erp_operator; /* erp.operator */
};

/* They live as long as the configuration. */
struct order_settings order_settings_of(const struct config *c);

#endif

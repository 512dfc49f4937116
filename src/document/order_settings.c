#include "document/order_settings.h"

struct order_settings order_settings_of(const struct config *c)
{
    return (struct order_settings){
        .writer = config_text(c, "orders.writer"),
        .document_type = config_text(c, "orders.document_type"),
        .issuer = config_text(c, "orders.issuer"),
        .timezone = config_text(c, "orders.timezone"),
        .exchange_rates = config_text(c, "orders.exchange_rates"),
        .epp_dir = config_text(c, "orders.epp_dir"),
        .epp_version = config_text(c, "orders.epp_version"),
        .epp_sections = config_text(c, "orders.epp_sections"),
        .command = config_text(c, "orders.command"),
        .command_timeout_ms = config_integer(c, "orders.command_timeout"),
        .sql_unsupported_by_vendor = config_flag(c, "orders.sql_unsupported_by_vendor"),
        .erp_operator = config_text(c, "erp.operator"),
    };
}

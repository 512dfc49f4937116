/* Codes why an order is rejected: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"order_buyer", CODE_ORDER, N_("The order does not name the buyer."),
     N_("It has neither a company nor a person's name."),
     N_("Have it completed in the shop; the new revision is used automatically.")},
    {"order_cancelled", CODE_ORDER, N_("The order was cancelled in the shop."),
     N_("The shop cancelled it before it was written here."),
     N_("Nothing to do; if it was written in the ERP by hand, cancel it there.")},
    {"order_contractor", CODE_ORDER, N_("The buyer's contractor cannot be used."),
     N_("It is blocked in the ERP, or its code is too long for a document."),
     N_("Unblock the contractor or shorten its code in the ERP, then: endpointctl order retry "
        "ID")},
    {"order_currency", CODE_ORDER, N_("The order's currency is not allowed."),
     N_("The plugin's option currencies does not list it, or the writer makes no documents in "
        "it."),
     N_("Add it to currencies in the plugin's scenario, or enter the order by hand, then: "
        "endpointctl order retry ID")},
    {"order_delivery", CODE_ORDER,
     N_("The delivery costs something, but the service for it is not set."),
     N_("The plugin's option delivery_sku, a service in the ERP, is not set."),
     N_("Set delivery_sku in the plugin's scenario, then: endpointctl order retry ID")},
    {"order_discount", CODE_ORDER, N_("A line's discount cannot be used."),
     N_("It is not from 0 to 100 per cent, or has too many digits."),
     N_("Have it corrected in the shop; the new revision is used automatically.")},
    {"order_form", CODE_ORDER, N_("The order is malformed."),
     N_("The shop's data is not an order as doc/panel-api.yaml describes it."),
     N_("Have the shop's connector corrected; the new revision is used automatically.")},
    {"order_id", CODE_ORDER, N_("An order has no usable id."),
     N_("Without an id it can be neither stored nor answered."),
     N_("Have the shop's connector corrected; look at the order in the shop.")},
    {"order_kind", CODE_ORDER, N_("A product of the order cannot be ordered."),
     N_("It is of a kind that the ERP's orders do not accept, such as packaging or a kit."),
     N_("Have another product chosen in the shop, or change its kind in the ERP, then: "
        "endpointctl order retry ID")},
    {"order_lines", CODE_ORDER, N_("The order has no lines, or too many."),
     N_("The shop sent none, or more than a document can have."),
     N_("Have it completed or split in the shop.")},
    {"order_member", CODE_ORDER, N_("A part of the order is missing or unusable."),
     N_("The shop sent it in an unexpected form or length; the message names it."),
     N_("Have it corrected in the shop or its connector; the new revision is used "
        "automatically.")},
    {"order_nip", CODE_ORDER, N_("The buyer's tax number (NIP) is wrong."),
     N_("It does not have ten digits, or the last one does not fit the others: a typing "
        "mistake."),
     N_("Ask the buyer and have it corrected in the shop; the new revision is used "
        "automatically.")},
    {"order_old", CODE_ORDER, N_("The order is too old."),
     N_("It was placed more than days_back days before it came, or before the plugin was set "
        "up (the plugin's options days_back and before_setup)."),
     N_("To write it anyway: endpointctl order retry ID")},
    {"order_price", CODE_ORDER, N_("A line's price or value cannot be used."),
     N_("It is below 0, has too many digits, or the value of the line is too large."),
     N_("Have it corrected in the shop; the new revision is used automatically.")},
    {"order_product", CODE_ORDER, N_("A product of the order is not in the ERP."),
     N_("No product has its SKU or barcode, or the line has neither."),
     N_("Add the product to the ERP or correct its code there or in the shop, then: "
        "endpointctl order retry ID")},
    {"order_product_ambiguous", CODE_ORDER, N_("A code of the order belongs to two products."),
     N_("The ERP has the same SKU or barcode twice."),
     N_("Remove it from one of the two products in the ERP, then: endpointctl order retry ID")},
    {"order_product_inactive", CODE_ORDER, N_("A product of the order is blocked in the ERP."),
     N_("Somebody set it inactive there."),
     N_("Unblock it in the ERP, or have another one chosen in the shop, then: endpointctl "
        "order retry ID")},
    {"order_quantity", CODE_ORDER, N_("A line's quantity cannot be used."),
     N_("It is not above 0, or has too many digits."),
     N_("Have it corrected in the shop; the new revision is used automatically.")},
    {"order_rate", CODE_ORDER, N_("There is no exchange rate for the order."),
     N_("It is in another currency, and neither the order, orders.exchange_rates nor the ERP "
        "has a rate for its date."),
     N_("Load the rates in the ERP, or set one in orders.exchange_rates, then: endpointctl "
        "order retry ID")},
    {"order_recipient", CODE_ORDER, N_("The recipient does not fit into the document."),
     N_("Name and address need more characters than the document's remarks can hold."),
     N_("Shorten the address in the shop, or enter the order by hand, then: endpointctl order "
        "retry ID")},
    {"order_total", CODE_ORDER, N_("The order's total does not agree with its lines."),
     N_("The shop's total differs from the sum of lines and delivery, or it is too large."),
     N_("Compare net and gross with the plugin's option prices; have the order corrected in "
        "the shop, then: endpointctl order retry ID")},
    {"order_unreadable", CODE_ORDER, N_("What came from the shop cannot be read as an order."),
     N_("The file is malformed, cut, or in another encoding; the message says where."),
     N_("Correct the file and put it into the directory again; it is a new revision.")},
    {"order_vat", CODE_ORDER, N_("A line's VAT rate is unknown."),
     N_("The shop's or the ERP's rate is not one of 23, 8, 5, 0, zw, np, oo, or the writer "
        "does not know how the ERP stores it."),
     N_("Correct the rate in the shop or of the product in the ERP, then: endpointctl order "
        "retry ID")},
};

const struct code_table codes_faults = {rows, COUNT_OF(rows)};

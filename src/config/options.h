/* options.h – a scenario's options: ONE table, as for settings.
 *
 * A plugin's "options" object holds them. The validator, `endpointctl plugin options`, the panel
 * and endpoint-plugins(7) all use the table; sync/rules.c and the order writers implement the
 * options.
 */
#ifndef ENDPOINT_CONFIG_OPTIONS_H
#define ENDPOINT_CONFIG_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/kind.h"

enum option_type {
    OPTION_FLAG,    /* true or false */
    OPTION_TEXT,    /* a text of 1 to 200 bytes */
    OPTION_TEXTS,   /* a list of texts */
    OPTION_MAP,     /* an object: text to text */
    OPTION_DECIMAL, /* an exact decimal as a text: "1.05" */
    OPTION_INTEGER, /* from min to max */
    OPTION_CHOICE,  /* one of the words */
    OPTION_FIELD,   /* {"name": …, "value": …}: a custom field and what it must hold */
    OPTION_TIME,    /* "6h", from 1 minute to 7 days */
    OPTION_URL,     /* "https://host…", at most 200 bytes */
    OPTION_SECRET,  /* a text of the sealed store, never of the scenario (config/channel_types.h) */
};

/* Kinds of plugins, as bits. */
enum {
    FOR_STOCK = 1 << KIND_STOCK,
    FOR_PRICES = 1 << KIND_PRICES,
    FOR_PRODUCTS = 1 << KIND_PRODUCTS,
    FOR_CUSTOMERS = 1 << KIND_CUSTOMERS,
    FOR_ORDERS = 1 << KIND_ORDERS,
    FOR_ORDER_STATES = 1 << KIND_ORDER_STATES,
    FOR_OUTWARD = FOR_STOCK | FOR_PRICES | FOR_PRODUCTS | FOR_CUSTOMERS | FOR_ORDER_STATES,
};

struct option_def {
    const char *name;
    unsigned kinds;
    enum option_type type;
    const char *fallback;       /* as people read it; "" none; NULL: it must be set */
    long min, max;              /* OPTION_INTEGER */
    const char *const *choices; /* OPTION_CHOICE, NULL-terminated */
    const char *lookup; /* the dictionary to pick from, the ERP's or the shop's; NULL: none */
    const char *help;
};

const struct option_def *option_at(size_t index); /* NULL after the last */

/* ---- one row, also of another table of the same kind (config/channel_types.h) ---- */

/* Is value one of o's? A secret has none. */
bool option_accepts(const struct option_def *o, json_t *value);
#define OPTION_EXPECTED 400
/* What a value is, for messages: "a text of 1 to 200 bytes". */
void option_expected(const struct option_def *o, char target[OPTION_EXPECTED]);
/* {"name","type","default","help","choices","lookup","required"} */
json_t *option_describe(const struct option_def *o);
/* An item of a list in mdoc. */
void option_print_mdoc(const struct option_def *o, struct buf *b);

/* ---- scenarios ---- */

/* STATUS_INVALID names the option, its value and what is expected; an option that this kind does
 * not have is refused, and the message suggests the nearest one. id: the plugin's, for the message. */
enum status options_validate(const char *id, const char *kind, const json_t *options,
                             struct error *e);

/* The options of a kind as JSON: [{"name","type","default","help","choices","lookup"}], for panels.
 */
json_t *options_describe(const char *kind);

/* The list in endpoint-plugins(7). */
void options_print_mdoc(struct buf *b);

#endif

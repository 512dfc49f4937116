/* endpointctl lookup: a list of values from the ERP. */
#include "ctl/cmd_lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/erp_open.h"
#include "ctl/options.h"
#include "mapping/lookup.h"

static int run_lookup(struct ctl *c)
{
    struct ctl_erp x;
    int code = EXIT_GOOD;
    struct error e = {0};
    json_t *rows = NULL;
    if (erp_open(c, NULL, &x, &code)) {
        if (lookup_rows(x.session, x.mapping, c->argv[0], &rows, &e) != STATUS_OK)
            code = ctl_failed(c, &e);
        else if (c->json)
            ctl_print_json(json_incref(rows));
        else
            ctl_print_table(rows);
    }
    json_decref(rows);
    erp_close(&x);
    return code;
}

const struct command cmd_lookup = {
    .name = "lookup",
    .usage = "lookup NAME",
    .line = N_("a list from the ERP: warehouses, price-levels …"),
    .options = {&options_values},
    .min = 1,
    .max = 1,
    .run = run_lookup,
};

/* endpointctl erp: mappings, and what a server shows of itself. */
#include "ctl/cmd_erp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "ctl/ctl.h"
#include "ctl/erp_check.h"
#include "ctl/erp_open.h"
#include "ctl/erp_server.h"
#include "ctl/options.h"
#include "erp/access.h"
#include "mapping/grants.h"
#include "mapping/lookup.h"
#include "mapping/mapping.h"
#include "store/journal.h"
#include "tds/session.h"

static int erp_list(struct ctl *c)
{
    struct error e = {0};
    json_t *list = NULL, *row;
    size_t i;
    if (mapping_list(c->paths.erp_dir, c->paths.config_dir, &list, &e) != STATUS_OK) {
        json_decref(list);
        return ctl_failed(c, &e);
    }
    if (c->json) {
        ctl_print_json(list);
        return EXIT_GOOD;
    }
    json_array_foreach (list, i, row)
        printf("%-16s %s\n", json_text(row, "name", ""),
               ctl_shown(CTL_TEXT, json_text(row, "title", json_text(row, "error", ""))));
    json_decref(list);
    return EXIT_GOOD;
}

static int erp_show(struct ctl *c, const char *name)
{
    struct mapping *m = NULL;
    int code = EXIT_GOOD;
    if (erp_mapping(c, NULL, name, &m, &code)) {
        json_t *o = mapping_to_json(m);
        if (!c->json) {
            json_write(stdout, o, JSON_INDENT(2));
            putchar('\n');
            json_decref(o);
        } else {
            ctl_print_json(o);
        }
    }
    mapping_free(m);
    return code;
}

/* The script with the rights that a login needs; the server is not asked. */
static int erp_grants_print(struct ctl *c)
{
    int code;
    struct mapping *m = NULL;
    struct buf script;
    struct config *config = ctl_config_load(c, &code);
    const char *login = c->argc > 1 ? c->argv[1] : config ? config_text(config, "erp.user") : "";
    if (config && erp_mapping(c, NULL, config_text(config, "erp.type"), &m, &code)) {
        buf_init(&script, 1 << 20);
        grants_script(m, text_equal(config_text(config, "orders.writer"), "sql"),
                      config_text(config, "erp.database"),
                      *login && !text_equal_nocase(login, "sa") ? login : "endpoint", &script);
        if (c->json)
            ctl_print_json(json_pack("{s:b,s:s}", "ok", 1, "script", buf_text(&script)));
        else
            fputs(buf_text(&script), stdout);
        buf_free(&script);
        code = EXIT_GOOD;
    }
    mapping_free(m);
    config_free(config);
    return code;
}

static int run_erp(struct ctl *c)
{
    const char *what = c->argv[0];
    if (strcmp(what, "list") == 0 && c->argc == 1)
        return erp_list(c);
    if (strcmp(what, "show") == 0 && c->argc == 2)
        return erp_show(c, c->argv[1]);
    if (strcmp(what, "check") == 0)
        return erp_check(c);
    if (strcmp(what, "preview") == 0 && c->argc == 2)
        return erp_preview(c);
    if (strcmp(what, "databases") == 0 && c->argc == 1)
        return erp_server_databases(c);
    if (text_equal(c->argv[0], "instances"))
        return erp_server_instances(c);
    if (text_equal(c->argv[0], "grants"))
        return erp_grants_print(c);
    if (strcmp(what, "certificate") == 0 && c->argc == 1)
        return erp_server_certificate(c);
    return ctl_usage(c, "endpointctl erp list | show NAME | check [FILE] | preview STREAM | "
                        "instances | databases | grants [LOGIN] | certificate");
}

const struct command cmd_erp = {
    .name = "erp",
    .usage = "erp list | show NAME | check [FILE] | preview STREAM |\n"
             "      instances | databases | grants [LOGIN] | certificate",
    .synopsis =
        "erp list\nerp show NAME\nerp check [FILE]\nerp preview STREAM [-n N]\nerp instances\nerp "
        "databases\nerp grants [LOGIN]\nerp certificate",
    .line = N_("ERP mappings, and what their servers show"),
    .words = "list show check preview instances databases grants certificate",
    .options = {&options_values, &options_limit},
    .min = 1,
    .max = 2,
    .run = run_erp,
};

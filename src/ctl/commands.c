#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "ctl/ctl.h"
#include "mapping/mapping.h"
#include "tds/session.h"
#include "mapping/lookup.h"
#include "mapping/grants.h"
#include "store/journal.h"
#include "erp/access.h"

/* ---- erp and lookup -------------------------------------------------------------------------------- */

/* The mapping, from a file instead of its usual places when there is one. False: said every fault. */
static bool load_mapping(struct ctl *c, const char *file, const char *name, struct mapping **m,
                         int *code)
{
    struct error e = {0};
    if (!file && !*name) {
        ctl_no_erp(c, &e);
        *code = ctl_failed(c, &e);
        return false;
    }
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    size_t count = 0;
    enum status status =
        file ? mapping_load_file(c->paths.erp_dir, file, m, faults, &count, &e)
             : mapping_load(c->paths.erp_dir, c->paths.config_dir, name, m, faults, &count, &e);
    if (status == STATUS_INVALID)
        ctl_faulty(c, &e, faults, count);
    else if (status != STATUS_OK)
        *code = ctl_failed(c, &e);
    free(faults);
    if (status == STATUS_INVALID)
        *code = EXIT_USAGE; /* the mapping is a part of the configuration */
    return status == STATUS_OK;
}

bool ctl_open_erp(struct ctl *c, const char *file, struct ctl_erp *x, int *code)
{
    struct error e = {0};
    *x = (struct ctl_erp){.config = ctl_config_with_values(c, NULL, code)};
    if (!x->config || !load_mapping(c, file, config_text(x->config, "erp.type"), &x->mapping, code))
        return false;
    text_format(x->dir, sizeof x->dir, "%s/private/ctl-%d", c->paths.state_dir, (int)getpid());
    const struct session_options o = access_options(x->config, x->dir);
    if (session_open(&o, &x->session, &e) == STATUS_OK)
        return true;
    *code = ctl_failed(c, &e);
    return false;
}

void ctl_close_erp(struct ctl_erp *x)
{
    session_close(x->session);
    mapping_free(x->mapping);
    config_free(x->config);
    if (x->dir[0])
        dir_remove(x->dir, NULL);
}

void ctl_print_table(const json_t *rows)
{
    size_t i;
    json_t *row, *value;
    const char *key;
    json_array_foreach (rows, i, row) {
        bool first = true;
        json_object_foreach (row, key, value) {
            fputs(first ? "" : "\t", stdout);
            ctl_print_text(json_is_string(value) ? json_string_value(value) : "-");
            first = false;
        }
        putchar('\n');
    }
}

int ctl_lookup(struct ctl *c)
{
    struct ctl_erp x;
    int code = EXIT_GOOD;
    struct error e = {0};
    json_t *rows = NULL;
    if (ctl_open_erp(c, NULL, &x, &code)) {
        if (lookup_rows(x.session, x.mapping, c->argv[0], &rows, &e) != STATUS_OK)
            code = ctl_failed(c, &e);
        else if (c->json)
            ctl_print_json(json_incref(rows));
        else
            ctl_print_table(rows);
    }
    json_decref(rows);
    ctl_close_erp(&x);
    return code;
}

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
               ctl_shown(json_text(row, "title", json_text(row, "error", ""))));
    json_decref(list);
    return EXIT_GOOD;
}

static int erp_show(struct ctl *c, const char *name)
{
    struct mapping *m = NULL;
    int code = EXIT_GOOD;
    if (load_mapping(c, NULL, name, &m, &code)) {
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

/* The script with the rights that a login needs; nothing is asked of the server. */
static int erp_grants_print(struct ctl *c)
{
    int code;
    struct mapping *m = NULL;
    struct buf script;
    struct config *config = ctl_config_load(c, &code);
    const char *login = c->argc > 1 ? c->argv[1] : config ? config_text(config, "erp.user") : "";
    if (config && load_mapping(c, NULL, config_text(config, "erp.type"), &m, &code)) {
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

int ctl_erp(struct ctl *c)
{
    const char *what = c->argv[0];
    if (strcmp(what, "list") == 0 && c->argc == 1)
        return erp_list(c);
    if (strcmp(what, "show") == 0 && c->argc == 2)
        return erp_show(c, c->argv[1]);
    if (strcmp(what, "check") == 0)
        return ctl_erp_check(c);
    if (strcmp(what, "preview") == 0 && c->argc == 2)
        return ctl_erp_preview(c);
    if (strcmp(what, "databases") == 0 && c->argc == 1)
        return ctl_erp_databases(c);
    if (text_equal(c->argv[0], "instances"))
        return ctl_erp_instances(c);
    if (text_equal(c->argv[0], "grants"))
        return erp_grants_print(c);
    if (strcmp(what, "certificate") == 0 && c->argc == 1)
        return ctl_erp_certificate(c);
    return ctl_usage(c, "endpointctl erp list | show NAME | check [FILE] | preview STREAM | "
                        "instances | databases | grants [LOGIN] | certificate");
}

int ctl_version(struct ctl *c)
{
    if (c->json)
        ctl_print_json(json_pack("{s:s}", "version", ENDPOINT_VERSION));
    else
        puts("endpointctl " ENDPOINT_VERSION);
    return EXIT_GOOD;
}

json_t *ctl_journal_entries(struct ctl *c, int limit, struct error *e)
{
    struct journal *j = NULL;
    json_t *entries = NULL;
    enum status status = journal_open_read(c->paths.state_dir, &j, e);
    if (status == STATUS_OK)
        status = journal_read(j, -1, limit, NULL, &entries, e);
    if (status != STATUS_OK && e && !e->remedy[0] && status != STATUS_NOT_FOUND)
        error_remedy(e, "Start endpointd: it moves a damaged journal aside and makes a new one.");
    journal_close(j);
    return entries;
}

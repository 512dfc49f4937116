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
#include "erp/erp.h"
#include "link/link.h"
#include "sync/journal.h"

/* ---- register ------------------------------------------------------------------------------------ */

static void http_from(const struct config *config, struct http_options *o)
{
    *o = (struct http_options){.connect_timeout_ms = 10000};
    text_copy(o->ca_file, sizeof o->ca_file, config_text(config, "panel.ca"));
    text_copy(o->proxy, sizeof o->proxy, config_text(config, "panel.proxy"));
    text_copy(o->user_agent, sizeof o->user_agent, "endpoint/" ENDPOINT_VERSION);
}

static int registered(struct ctl *c, struct identity *id)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, json_pack("{s:s}", "do", "reload"), &e);
    bool running = answer != NULL;
    json_decref(answer);
    if (c->json) {
        ctl_print_json(json_pack("{s:b,s:s,s:{s:s,s:s}}", "ok", 1, "endpoint_id", id->endpoint_id, "account", "id",
                                 id->account_id, "name", id->account_name));
    } else {
        printf("Registered: endpoint %s of %s\n", id->endpoint_id, id->account_name);
        if (!running)
            printf("endpointd is not running; start it to begin.\n");
    }
    identity_wipe(id);
    return EXIT_GOOD;
}

int ctl_register(struct ctl *c)
{
    int code;
    char token[256];
    struct error e = {0};
    struct identity id;
    struct http_options http;
    struct config *config = ctl_config_load(c, &code);
    if (!config)
        return code;
    const char *url = c->panel ? c->panel : config_text(config, "panel.url");
    if (!*url) {
        config_free(config);
        error_set(&e, STATUS_INVALID, "panel_none", "no panel is configured");
        error_remedy(&e, "Give its address: endpointctl register --panel https://…");
        return ctl_failed(c, &e);
    }
    bool have = identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK && id.endpoint_id[0];
    if (have && !c->again) {
        config_free(config);
        error_set(&e, STATUS_EXISTS, "registered", "this endpoint is registered already, as %s of %s", id.endpoint_id,
                  id.account_name);
        error_remedy(&e, "To register anew with a new token: endpointctl register --again");
        return ctl_failed(c, &e);
    }
    if (have) { /* --again: a new identity */
        char path[700];
        text_format(path, sizeof path, "%s/identity.json", c->paths.state_dir);
        unlink(path);
    }
    if (!ctl_read_secret(c->token_file, "Registration token", token, sizeof token)) {
        config_free(config);
        return EXIT_USAGE;
    }
    http_from(config, &http);
    enum status status = link_register(c->paths.state_dir, url, &http, token, c->name ? c->name :
                                       config_text(config, "endpoint.name"), config_text(config, "erp.type"), &id, &e);
    mem_wipe(token, sizeof token);
    if (status == STATUS_OK && c->panel && !config_is_set(config, "panel.url")) {
        struct config_change change = {"panel.url", c->panel};
        struct error save = {0};
        if (config_save(&c->paths, &change, 1, NULL, &save) != STATUS_OK)
            fprintf(stderr, "endpointctl: panel.url could not be saved: %s\n", save.text);
    }
    config_free(config);
    return status == STATUS_OK ? registered(c, &id) : ctl_failed(c, &e);
}

/* ---- test ---------------------------------------------------------------------------------------- */

static void on_done(const struct check *check, void *user)
{
    struct ctl *c = user;
    struct buf b;
    if (c->json)
        return;
    buf_init(&b, 65536);
    check_print(&b, check, ctl_colour(), ctl_width());
    fputs(buf_text(&b), stdout);
    fflush(stdout);
    buf_free(&b);
}

static void collect(json_t *list, const struct check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, check_to_json(&checks[i]));
}

static enum check_result test_erp(struct ctl *c, struct config *config, json_t *list)
{
    struct error e = {0};
    char dir[700];
    struct mapping *m = NULL;
    enum check_result worst = CHECK_FAIL;
    if (mapping_load(c->paths.erp_dir, c->paths.config_dir, config_text(config, "erp.type"), &m, NULL, NULL, &e) !=
        STATUS_OK) {
        struct check k = {.code = "erp.mapping", .title = "ERP: mapping"};
        k.result = check_failed(&k, &e);
        on_done(&k, c);
        collect(list, &k, 1);
        return worst;
    }
    text_format(dir, sizeof dir, "%s/private/ctl-%d", c->paths.state_dir, (int)getpid());
    struct erp_checks x = {.config = config, .private_dir = dir, .mapping = m};
    struct check *checks = mem_array(erp_check_count, sizeof *checks);
    worst = check_run(erp_check_list, erp_check_count, &x, checks, NULL, on_done, c);
    collect(list, checks, erp_check_count);
    session_close(x.session);
    dir_remove(dir, NULL);
    free(checks);
    mapping_free(m);
    return worst;
}

static enum check_result test_panel(struct ctl *c, struct config *config, json_t *list)
{
    struct link_checks x = {.state_dir = c->paths.state_dir, .panel_url = config_text(config, "panel.url")};
    struct identity id;
    http_from(config, &x.http);
    if (!*x.panel_url && identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK) {
        x.panel_url = id.panel_url;
        mem_wipe(id.seed, sizeof id.seed);
    }
    struct check *checks = mem_array(link_check_count, sizeof *checks);
    enum check_result worst = check_run(link_check_list, link_check_count, &x, checks, NULL, on_done, c);
    collect(list, checks, link_check_count);
    link_wipe(&x.link);
    identity_wipe(&x.id);
    free(checks);
    return worst;
}

int ctl_test(struct ctl *c)
{
    int code;
    struct config *config = ctl_config_load(c, &code);
    json_t *list = json_array();
    if (!config) {
        json_decref(list);
        return code;
    }
    bool bad = test_erp(c, config, list) == CHECK_FAIL;
    bad |= test_panel(c, config, list) == CHECK_FAIL;
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:O}", "ok", !bad, "checks", list));
    json_decref(list);
    config_free(config);
    return bad ? EXIT_RED : EXIT_GOOD;
}

/* ---- erp and lookup -------------------------------------------------------------------------------- */

/* A session and mapping for one command; false: said why. */
static bool open_erp(struct ctl *c, struct config **config, struct mapping **m, struct session **s, char dir[700],
                     int *code)
{
    struct error e = {0};
    *m = NULL;
    *s = NULL;
    *config = ctl_config_load(c, code);
    if (!*config)
        return false;
    text_format(dir, 700, "%s/private/ctl-%d", c->paths.state_dir, (int)getpid());
    if (mapping_load(c->paths.erp_dir, c->paths.config_dir, config_text(*config, "erp.type"), m, NULL, NULL, &e) !=
            STATUS_OK ||
        session_open(*config, dir, s, &e) != STATUS_OK) {
        *code = ctl_failed(c, &e);
        return false;
    }
    return true;
}

static void close_erp(struct config *config, struct mapping *m, struct session *s, const char *dir)
{
    session_close(s);
    mapping_free(m);
    config_free(config);
    dir_remove(dir, NULL);
}

static void print_table(const json_t *rows)
{
    size_t i;
    json_t *row, *value;
    const char *key;
    json_array_foreach (rows, i, row) {
        bool first = true;
        json_object_foreach (row, key, value) {
            printf("%s%s", first ? "" : "\t", json_is_string(value) ? json_string_value(value) : "-");
            first = false;
        }
        putchar('\n');
    }
}

int ctl_lookup(struct ctl *c)
{
    struct config *config;
    struct mapping *m;
    struct session *s;
    char dir[700] = "";
    int code = EXIT_GOOD;
    struct error e = {0};
    json_t *rows = NULL;
    if (open_erp(c, &config, &m, &s, dir, &code)) {
        if (erp_lookup(s, m, c->argv[0], &rows, &e) != STATUS_OK)
            code = ctl_failed(c, &e);
        else if (c->json)
            ctl_print_json(json_incref(rows));
        else
            print_table(rows);
    }
    json_decref(rows);
    close_erp(config, m, s, dir);
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
        printf("%-16s %s\n", json_text(row, "name", ""), json_text(row, "title", json_text(row, "error", "")));
    json_decref(list);
    return EXIT_GOOD;
}

static int print_mapping_faults(struct ctl *c, const char *name, struct mapping **m)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    size_t count = 0;
    struct error e = {0};
    enum status status = mapping_load(c->paths.erp_dir, c->paths.config_dir, name, m, faults, &count, &e);
    for (size_t i = 0; status == STATUS_INVALID && i < count; i++)
        fprintf(stderr, "%s:%d: %s: %s\n", faults[i].file, faults[i].line, faults[i].setting, faults[i].text);
    free(faults);
    return status == STATUS_OK ? EXIT_GOOD : ctl_failed(c, &e);
}

static int erp_show(struct ctl *c, const char *name)
{
    struct mapping *m = NULL;
    int code = print_mapping_faults(c, name, &m);
    if (code == EXIT_GOOD) {
        json_t *o = mapping_to_json(m);
        if (!c->json) {
            json_dumpf(o, stdout, JSON_INDENT(2));
            putchar('\n');
            json_decref(o);
        } else {
            ctl_print_json(o);
        }
    }
    mapping_free(m);
    return code;
}

static int erp_check(struct ctl *c)
{
    struct config *config = ctl_config_load(c, &(int){0});
    struct mapping *m = NULL;
    struct session *s = NULL;
    char dir[700] = "";
    struct error e = {0};
    json_t *report = NULL, *row;
    size_t i;
    if (!config)
        return EXIT_USAGE;
    int code = print_mapping_faults(c, config_text(config, "erp.type"), &m);
    if (code != EXIT_GOOD) {
        config_free(config);
        return code;
    }
    mapping_free(m);
    config_free(config);
    if (open_erp(c, &config, &m, &s, dir, &code)) {
        if (erp_check_mapping(s, m, &report, &e) != STATUS_OK)
            code = ctl_failed(c, &e);
        json_array_foreach (report, i, row) {
            bool ok = json_flag(row, "ok", false);
            if (!ok)
                code = EXIT_RED;
            if (c->json)
                continue;
            printf("%s %-24s %lld rows, %lld ms  (%s:%lld)\n", ok ? "[ OK ]" : "[FAIL]",
                   json_text(row, "statement", ""), (long long)json_number(row, "rows", 0),
                   (long long)json_number(row, "took_ms", 0), json_text(row, "file", ""),
                   (long long)json_number(row, "line", 0));
            const json_t *error = json_object_get(row, "error");
            if (json_is_object(error))
                printf("       %s\n       > %s\n", json_text(error, "text", ""), json_text(error, "remedy", ""));
        }
        if (c->json)
            ctl_print_json(json_incref(report));
    }
    json_decref(report);
    close_erp(config, m, s, dir);
    return code;
}

int ctl_erp(struct ctl *c)
{
    const char *what = c->argv[0];
    if (strcmp(what, "list") == 0 && c->argc == 1)
        return erp_list(c);
    if (strcmp(what, "show") == 0 && c->argc == 2)
        return erp_show(c, c->argv[1]);
    if (strcmp(what, "check") == 0 && c->argc == 1)
        return erp_check(c);
    fprintf(stderr, "usage: endpointctl erp list | show NAME | check\n");
    return EXIT_USAGE;
}

/* ---- config -------------------------------------------------------------------------------------- */

static int config_check(struct ctl *c)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *config = NULL;
    struct error e = {0};
    size_t count = 0;
    json_t *list = json_array();
    enum status status = config_load(&c->paths, &config, faults, &count, &e);
    for (size_t i = 0; i < count; i++) {
        const struct config_fault *f = &faults[i];
        json_array_append_new(list, json_pack("{s:s,s:i,s:s,s:s,s:b}", "file", f->file, "line", f->line, "setting",
                                              f->setting, "text", f->text, "warning", f->warning));
        if (!c->json)
            printf("%s:%d: %s%s%s%s\n", f->file, f->line, f->warning ? "warning: " : "", f->setting,
                   f->setting[0] ? ": " : "", f->text);
    }
    int code = status == STATUS_OK ? EXIT_GOOD : status == STATUS_INVALID ? EXIT_USAGE : EXIT_NOT_FOUND;
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:O}", "ok", status == STATUS_OK, "faults", list));
    else if (status == STATUS_OK)
        printf("%s is in order\n", c->paths.config_file);
    else if (status != STATUS_INVALID)
        code = ctl_failed(c, &e);
    json_decref(list);
    free(faults);
    config_free(config);
    return code;
}

static int config_list(struct ctl *c, const char *only)
{
    int code;
    struct error e = {0};
    json_t *all = NULL, *value;
    const char *key;
    struct config *config = ctl_config_load(c, &code);
    if (!config)
        return code;
    config_to_json(config, false, &all, &e);
    if (only && !json_object_get(all, only)) {
        error_set(&e, STATUS_NOT_FOUND, "config_unknown", "there is no setting %s", only);
        code = ctl_failed(c, &e);
    } else if (only) {
        puts(json_text(all, only, ""));
    } else if (c->json) {
        ctl_print_json(json_incref(all));
    } else {
        json_object_foreach (all, key, value)
            printf("%-24s %s%s\n", key, json_string_value(value), config_is_set(config, key) ? "" : "  (default)");
    }
    json_decref(all);
    config_free(config);
    return code;
}

static int config_set(struct ctl *c)
{
    struct error e = {0};
    char secret[512];
    struct config_change change = {c->argv[1], c->argc > 2 ? c->argv[2] : NULL};
    const struct setting *s = setting_find(c->argv[1]);
    if (s && s->type == SETTING_SECRET) {
        if (c->argc > 2) {
            fprintf(stderr, "endpointctl: a secret is not given as an argument, where others could see it; leave it "
                            "out and it is asked for\n");
            return EXIT_USAGE;
        }
        if (!ctl_read_secret(NULL, s->label, secret, sizeof secret))
            return EXIT_USAGE;
        change.value = secret;
    } else if (c->argc < 3) {
        fprintf(stderr, "usage: endpointctl config set SETTING VALUE\n");
        return EXIT_USAGE;
    }
    enum status status = config_save(&c->paths, &change, 1, NULL, &e);
    mem_wipe(secret, sizeof secret);
    if (status != STATUS_OK)
        return ctl_failed(c, &e);
    if (c->json)
        ctl_print_json(json_pack("{s:b}", "ok", 1));
    else
        printf("%s is set; `systemctl reload endpointd` (SIGHUP) lets it take effect\n", change.path);
    return EXIT_GOOD;
}

int ctl_config(struct ctl *c)
{
    const char *what = c->argv[0];
    if (strcmp(what, "check") == 0 && c->argc == 1)
        return config_check(c);
    if (strcmp(what, "list") == 0 && c->argc == 1)
        return config_list(c, NULL);
    if (strcmp(what, "get") == 0 && c->argc == 2)
        return config_list(c, c->argv[1]);
    if (strcmp(what, "set") == 0 && c->argc >= 2)
        return config_set(c);
    fprintf(stderr, "usage: endpointctl config check | list | get SETTING | set SETTING [VALUE]\n");
    return EXIT_USAGE;
}

int ctl_version(struct ctl *c)
{
    if (c->json)
        ctl_print_json(json_pack("{s:s}", "version", ENDPOINT_VERSION));
    else
        puts("endpointctl " ENDPOINT_VERSION);
    return EXIT_GOOD;
}

json_t *ctl_journal_entries(struct ctl *c, struct error *e)
{
    struct journal *j = NULL;
    json_t *entries = NULL;
    if (journal_open_read(c->paths.state_dir, &j, e) == STATUS_OK)
        journal_read(j, -1, (int)(c->lines ? c->lines : 30), NULL, &entries, e);
    journal_close(j);
    return entries;
}

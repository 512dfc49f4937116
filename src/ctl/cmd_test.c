/* `test`: check the settings against the servers, before or after they are saved. */
#include "ctl/cmd_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/directory.h"
#include "ctl/next.h"
#include "ctl/options.h"
#include "ctl/service_paths.h"
#include "ctl/shop.h"
#include "ctl/values.h"
#include "document/import_dir.h"
#include "erp/access.h"
#include "erp/checks.h"
#include "link/identity.h"
#include "link/link.h"
#include "link/link_http.h"
#include "mapping/lookup.h"
#include "mapping/mapping.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/host.h"
#include "tds/session.h"
#include "tds/trust.h"

#define CHECKS_MAX 32

void cmd_test_event(const char *event, const struct check *check)
{
    json_t *o = json_object();
    json_set_text(o, "event", event);
    json_object_set_new(o, "check", check_to_json(check));
    ctl_print_json(o);
    fflush(stdout);
}

static void on_started(const struct check *check, void *user)
{
    struct ctl *c = user;
    if (c->stream)
        cmd_test_event("started", check);
}

static void on_done(const struct check *check, void *user)
{
    struct ctl *c = user;
    struct buf b;
    if (c->stream)
        cmd_test_event("check", check);
    if (c->json)
        return;
    buf_init(&b, 65536);
    check_print(&b, check, ctl_colour(), ctl_width());
    fputs(buf_text(&b), stdout);
    fflush(stdout);
    buf_free(&b);
}

/* Which checks a word asks for. */
static const struct {
    const char *word;
    bool erp, panel, shops;
    const char *without; /* blank-separated codes */
    const char *paths;   /* groups of settings whose files the service must be able to use */
} choices[] = {
    {"all", true, true, true, "", "erp orders log"},
    {"connection", true, false, false, "erp.rights erp.writes erp.speed erp.operator orders.writer",
     "erp"},
    {"operator", true, false, false,
     "erp.rights erp.writes erp.speed erp.version erp.collation erp.clock erp.snapshot orders.writer",
     ""},
    {"rights", true, false, false,
     "erp.operator erp.version erp.collation erp.clock erp.snapshot orders.writer", ""},
    {"panel", false, true, false, "", ""},
    {"shops", false, false, true, "", ""}};

static bool left_out(const char *list, const char *code)
{
    size_t length = strlen(code);
    for (const char *at = strstr(list, code); at; at = strstr(at + 1, code))
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static enum check_result run(struct ctl *c, const struct check_def *defs, size_t count,
                             const char *without, void *context, json_t *list)
{
    struct check_def *chosen = mem_array(CHECKS_MAX, sizeof *chosen);
    struct check *checks = mem_array(CHECKS_MAX, sizeof *checks);
    size_t used = 0;
    for (size_t i = 0; i < count && used < CHECKS_MAX; i++)
        if (!left_out(without, defs[i].code))
            chosen[used++] = defs[i];
    enum check_result worst =
        check_run(chosen, used, context, clock_mono_ms, checks, on_started, on_done, c);
    for (size_t i = 0; i < used; i++)
        json_array_append_new(list, check_to_json(&checks[i]));
    free(checks);
    free(chosen);
    return worst;
}

static enum check_result test_erp(struct ctl *c, struct config *config, const char *without,
                                  json_t *list)
{
    struct error e = {0};
    char dir[700];
    struct mapping *m = NULL;
    if (!*config_text(config, "erp.type")) {
        struct check k = {.code = "erp.mapping", .title = "ERP: mapping"};
        next_no_erp(c, &e);
        k.result = check_failed(&k, &e);
        on_done(&k, c);
        json_array_append_new(list, check_to_json(&k));
        return CHECK_FAIL;
    }
    if (mapping_load(c->paths.erp_dir, c->paths.config_dir, config_text(config, "erp.type"), &m,
                     NULL, NULL, &e) != STATUS_OK) {
        struct check k = {.code = "erp.mapping", .title = "ERP: mapping"};
        k.result = check_failed(&k, &e);
        on_done(&k, c);
        json_array_append_new(list, check_to_json(&k));
        return CHECK_FAIL;
    }
    text_format(dir, sizeof dir, "%s/private/ctl-%d", c->paths.state_dir, (int)host_process());
    struct erp_checks x = {.config = config,
                           .private_dir = dir,
                           .mapping = m,
                           .erp_dir = c->paths.erp_dir,
                           .config_dir = c->paths.config_dir};
    struct import_owner us;
    if (directory_us(c, &us, NULL) == STATUS_OK)
        x.us = &us;
    enum check_result worst = run(c, checks_list, checks_count, without, &x, list);
    checks_end(&x);
    dir_remove(dir, NULL);
    mapping_free(m);
    return worst;
}

/* What root may read says nothing about what the service may. */
static enum check_result test_paths(struct ctl *c, const struct config *config, const char *groups,
                                    json_t *list)
{
    struct check check;
    if (!service_paths_check(c, config, groups, &check))
        return CHECK_SKIPPED;
    on_done(&check, c);
    json_array_append_new(list, check_to_json(&check));
    return check.result;
}

enum check_result cmd_test_panel(struct ctl *c, struct config *config, const char *without,
                                 json_t *list)
{
    struct link_checks x = {.state_dir = c->paths.state_dir,
                            .panel_url = config_text(config, "panel.url")};
    struct identity id;
    link_http_options(config, &x.http, NULL);
    if (!*x.panel_url && identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK) {
        x.panel_url = id.panel_url;
        mem_wipe(id.seed, sizeof id.seed);
    }
    enum check_result worst = run(c, link_check_list, link_check_count, without, &x, list);
    if (test_paths(c, config, "panel", list) == CHECK_FAIL)
        worst = CHECK_FAIL;
    link_wipe(&x.link);
    identity_wipe(&x.id);
    return worst;
}

struct shops {
    struct ctl *c;
    json_t *list;
};

static void on_shop(const struct check *check, void *user)
{
    struct shops *s = user;
    on_done(check, s->c);
    json_array_append_new(s->list, check_to_json(check));
}

/* Check the shop of every plugin that is on. */
static enum check_result test_shops(struct ctl *c, const struct config *config, json_t *list)
{
    enum check_result worst = CHECK_SKIPPED;
    struct shops s = {c, list};
    json_t *plugins = shop_plugins(c, config), *plugin;
    size_t i;
    json_array_foreach (plugins, i, plugin)
        if (json_flag(plugin, "enabled", true) &&
            shop_check(c, config, plugin, on_shop, &s) == CHECK_FAIL)
            worst = CHECK_FAIL;
    json_decref(plugins);
    return worst;
}

static bool registered(const struct ctl *c)
{
    struct identity id;
    bool has = identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK && id.endpoint_id[0];
    identity_wipe(&id);
    return has;
}

static int run_test(struct ctl *c)
{
    int code;
    size_t k = 0;
    while (c->argc && k < COUNT_OF(choices) && !text_equal(choices[k].word, c->argv[0]))
        k++;
    if (k == COUNT_OF(choices))
        return ctl_usage(c,
                         "endpointctl test [connection | operator | rights | panel | shops | all]");
    struct config *config = values_config(c, NULL, &code);
    json_t *list = json_array();
    if (!config) {
        json_decref(list);
        return code;
    }
    bool bad = choices[k].erp && test_erp(c, config, choices[k].without, list) == CHECK_FAIL;
    bad |= choices[k].panel && cmd_test_panel(c, config, choices[k].without, list) == CHECK_FAIL;
    bad |= choices[k].shops && test_shops(c, config, list) == CHECK_FAIL;
    bad |= *choices[k].paths && test_paths(c, config, choices[k].paths, list) == CHECK_FAIL;
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:O}", "ok", !bad, "checks", list));
    next_warn_whose(c);
    json_decref(list);
    bool begun = (!choices[k].erp || *config_text(config, "erp.type")) &&
                 (!choices[k].panel || *config_text(config, "panel.url") ||
                  !file_may_read(c->paths.state_dir) || registered(c));
    config_free(config);
    return !bad ? EXIT_GOOD : begun ? EXIT_RED : EXIT_SET_UP;
}

const struct command cmd_test = {
    .name = "test",
    .usage = "test [connection | operator | rights | panel | shops]",
    .line = N_("every check on the way to ERP and panel, or some"),
    .words = "connection operator rights panel shops all",
    .options = {&options_values},
    .max = 1,
    .run = run_test,
};

/* endpointctl register: get an identity from the panel. */
#include "ctl/cmd_register.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "config/config_save.h"
#include "config/settings.h"
#include "ctl/cmd_test.h"
#include "ctl/ctl.h"
#include "ctl/next.h"
#include "ctl/options.h"
#include "ctl/service_open.h"
#include "ctl/talk.h"
#include "ctl/values.h"
#include "ctl/words.h"
#include "link/identity.h"
#include "link/link.h"
#include "link/link_http.h"
#include "os/clock.h"

#define TOKEN_MAX 256

static int registered(struct ctl *c, struct identity *id)
{
    struct error e = {0};
    char grouped[ID_TEXT];
    bool running = talk_identity(c) || service_start_registered(c, &e);
    if (c->json) {
        ctl_print_json(json_pack("{s:b,s:b,s:s,s:{s:s,s:s}}", "ok", 1, "running", running,
                                 "endpoint_id", id->endpoint_id, "account", "id", id->account_id,
                                 "name", id->account_name));
    } else {
        printf(_("Registered: endpoint %s of %s\n"), id_grouped(grouped, id->endpoint_id),
               ctl_shown(CTL_TEXT, id->account_name));
        if (running)
            printf(_("endpointd is running.\n"));
        else if (e.status != STATUS_OK)
            printf(_("endpointd could not be started: %s\n"), ctl_shown(CTL_TEXT, e.text));
        else
            printf(_("endpointd is not running; start it to begin: endpointctl service start\n"));
    }
    identity_wipe(id);
    return EXIT_GOOD;
}

/* Find the token and the panel's address. */
static enum status find_token(struct ctl *c, const struct config *config, const json_t *values,
                              const char **url, char token[TOKEN_MAX], struct error *e)
{
    const char *typed = json_text(values, "token", NULL);
    *url = c->panel ? c->panel : config_text(config, "panel.url");
    if (!**url) {
        error_set(e, STATUS_INVALID, "panel_none", "no panel is configured");
        return error_remedy(e, "Give its address: endpointctl register --panel https://…");
    }
    if (!config_is_https(*url)) { /* before the token is asked for or sent */
        error_set(e, STATUS_INVALID, "http_plain", "%s is not encrypted", *url);
        return error_remedy(e, "Use an address that begins with https://.");
    }
    if (typed && *typed && text_copy(token, TOKEN_MAX, typed))
        return STATUS_OK;
    if (!typed &&
        ctl_read_secret(c->token_file, N_("Registration token"), token, TOKEN_MAX, e) == STATUS_OK)
        return STATUS_OK;
    if (c->token_file && e->status == STATUS_NOT_FOUND)
        return e->status;
    error_set(e, STATUS_INVALID, "token_none", "no registration token was given");
    return error_remedy(e, "Create one in the panel: Plugins, your plugin, Generate registration "
                           "token.");
}

/* --again makes a new identity beside the existing one. The old one is given up only when the panel
 * has accepted the new one. The new one is kept in any case, because perhaps only the panel's
 * answer was lost. */
static void identity_paths(const struct ctl *c, char now[700], char old[700], char next[700])
{
    text_format(now, 700, "%s/identity.json", c->paths.state_dir);
    text_format(old, 700, "%s/identity.json.old", c->paths.state_dir);
    text_format(next, 700, "%s/identity.json.new", c->paths.state_dir);
}

static void again_begin(const struct ctl *c)
{
    char now[700], old[700], next[700];
    identity_paths(c, now, old, next);
    if (file_rename(now, old))
        file_rename(next, now);
}

static void again_end(const struct ctl *c, bool taken)
{
    char now[700], old[700], next[700];
    identity_paths(c, now, old, next);
    if (!file_exists(old))
        return;
    if (taken) {
        file_remove(old);
    } else {
        file_rename(now, next);
        file_rename(old, now);
    }
}

/* Tell the person what --again means, while there is still time to say no. */
static void say_again(const struct ctl *c)
{
    struct identity id;
    bool have = identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK && id.endpoint_id[0];
    identity_wipe(&id);
    if (!have || c->json || c->stream)
        return;
    fprintf(stderr,
            _("Registering again: orders that still wait here, and orders that the panel delivers "
              "again, may already be in the ERP.\nThose that look like it will be in doubt until "
              "you settle them: endpointctl orders --state in-doubt\n"));
}

static enum status refuse_second(struct ctl *c, struct error *e)
{
    struct identity id;
    bool have = identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK && id.endpoint_id[0];
    if (have && !c->again) {
        error_set(e, STATUS_EXISTS, "registered",
                  "this endpoint is already registered, as %s of %s", id.endpoint_id,
                  id.account_name);
        return error_remedy(e, "To register again with a new token: endpointctl register "
                               "--again");
    }
    identity_wipe(&id);
    if (have)
        again_begin(c);
    return STATUS_OK;
}

/* Save the address that was typed and used to register. A file that says otherwise is not
 * overwritten silently. */
static void save_panel(struct ctl *c, const struct config *config, const json_t *values)
{
    static const char *const paths[] = {"panel.url",     "panel.ca",
                                        "panel.proxy",   "panel.proxy_user",
                                        "endpoint.name", "panel.proxy_password"};
    struct config_change changes[COUNT_OF(paths)];
    struct config *saved = NULL;
    struct error e = {0};
    size_t count = 0;
    config_load_anyway(&c->paths, &saved, NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const char *typed = json_text(values, paths[i], NULL);
        if (!values && i == 0 && c->panel && !config_is_set(config, "panel.url"))
            typed = c->panel;
        if (setting_find(paths[i])->type == SETTING_SECRET && typed && !*typed)
            continue; /* the sealed secret stays */
        if (typed && !text_equal(typed, config_text(saved, paths[i])))
            changes[count++] = (struct config_change){paths[i], *typed ? typed : NULL};
    }
    if (count && config_save(&c->paths, changes, count, NULL, &e) != STATUS_OK)
        fprintf(stderr, _("endpointctl: panel.url could not be saved: %s\n"),
                ctl_shown(CTL_TEXT, e.text));
    config_free(saved);
}

/* With --stream the token is reported as one more check. */
static void token_event(struct ctl *c, const struct error *e, int64_t took_ms)
{
    struct check k = {.code = "panel.token", .title = "Panel: token", .duration_ms = took_ms};
    if (!c->stream)
        return;
    if (e->status == STATUS_OK)
        k.result = check_answer(&k, CHECK_OK, "accepted");
    else
        k.result = check_failed(&k, e);
    cmd_test_event("check", &k);
}

static int run_register(struct ctl *c)
{
    int code;
    char token[TOKEN_MAX] = "";
    const char *url;
    struct error e = {0};
    struct identity id;
    struct http_options http;
    json_t *values = NULL, *list = json_array();
    if (!c->yes && next_beside_service(c, &e)) { /* it would be a second endpoint */
        error_set(
            &e, STATUS_DENIED, "rights",
            "Endpoint runs on this machine as a service; this would register another one, your own");
        error_remedy(&e, "For the service: sudo endpointctl register --again. For your own "
                         "endpoint: endpointctl register --yes");
        json_decref(list);
        return ctl_failed(c, &e);
    }
    struct config *config = values_config(c, &values, &code);
    if (!config) {
        json_decref(list);
        return code;
    }
    if (c->again)
        say_again(c);
    enum status status = find_token(c, config, values, &url, token, &e);
    bool way = status != STATUS_OK || !c->stream ||
               cmd_test_panel(c, config, "panel.identity", list) != CHECK_FAIL;
    if (status == STATUS_OK && !way) {
        status = error_set(&e, STATUS_UNREACHABLE, "panel_way",
                           "the panel cannot be reached; the token was not used");
    } else if (status == STATUS_OK && (status = refuse_second(c, &e)) == STATUS_OK) {
        int64_t began = clock_mono_ms();
        link_http_options(config, &http, NULL);
        const struct link_newcomer me = {.panel_url = url,
                                         .token = token,
                                         .name = c->name ? c->name
                                                         : config_text(config, "endpoint.name"),
                                         .erp = config_text(config, "erp.type")};
        status = link_register(c->paths.state_dir, &me, &http, &id, &e);
        again_end(c, status == STATUS_OK);
        token_event(c, &e, clock_mono_ms() - began);
    }
    mem_wipe(token, sizeof token);
    if (status == STATUS_OK)
        save_panel(c, config, values);
    json_decref(values);
    json_decref(list);
    config_free(config);
    return status == STATUS_OK ? registered(c, &id) : ctl_failed(c, &e);
}

static const struct args_option option_panel = {
    "panel", 0, "--panel URL", N_("the panel's address, https://…"), COMMAND_TEXT(panel)};
static const struct args_option option_token_file = {
    "token-file", 0, "--token-file FILE",
    N_("file with the registration token (-: standard "
       "input)"),
    COMMAND_TEXT(token_file)};
static const struct args_option option_name = {
    "name", 0, "--name NAME", N_("what this endpoint is called in the panel"), COMMAND_TEXT(name)};
static const struct args_option option_again = {
    "again", 0, "--again", N_("register again, although it is already registered"),
    COMMAND_FLAG(again)};

const struct command cmd_register = {
    .name = "register",
    .usage = "register [--panel URL] [--token-file F]",
    .line = N_("register with a token (asked for, or from stdin)"),
    .options = {&option_panel, &option_token_file, &option_name, &options_values, &option_again,
                &options_yes},
    .run = run_register,
};

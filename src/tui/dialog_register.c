/* The first dialog of an endpoint without an identity. */
#include "tui/dialog_register.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/app.h"
#include "tui/ask.h"
#include "tui/checks.h"
#include "tui/dialog.h"
#include "tui/settings.h"
#include "tui/view.h"

struct registration {
    struct view view;
    struct checks checks;
    char *why;
    bool show_checks; /* the next drawing must show them and the buttons */
};

static void add_fields(struct view *v)
{
    struct form *f = &v->form;
    const char *name = config_text(v->app->config, "endpoint.name");
    struct item *url = settings_add(v, "panel.url");
    form_help(url, _("The panel's address, as in your browser: panel.example.pl"));
    struct item *token = form_secret(f, "token", _("Token"), 34);
    form_help(token, _("The token is sent once and never stored."));
    token->revealed = form_on(f, "reveal");
    struct item *reveal = form_checkbox(f, "reveal", _("show"), false);
    reveal->beside = true;
    form_help(reveal, _("Show the token while you type."));
    token->revealed = form_on(f, "reveal");
    struct item *i = form_input(f, "endpoint.name", _("Name"), *name ? name : v->app->host, 34);
    form_help(i, _("This endpoint's name in the panel."));
    form_help(
        form_checkbox(f, "more",
                      _("The panel is behind a proxy, or has a certificate authority of its own"),
                      *config_text(v->app->config, "panel.ca") ||
                          *config_text(v->app->config, "panel.proxy")),
        _("Space shows the fields for it."));
    if (form_on(f, "more")) {
        settings_add(v, "panel.proxy");
        if (form_value(&v->form, "panel.proxy")[0]) {
            settings_add(v, "panel.proxy_user");
            settings_add(v, "panel.proxy_password");
        }
        settings_add(v, "panel.ca");
    }
}

static void add_buttons(struct view *v, bool asking)
{
    struct form *f = &v->form;
    struct item *go =
        asking ? form_button(f, "cancel", _("Cancel")) : form_button(f, "register", _("Register"));
    go->right = true;
    form_help(go, _("Test the connection to the panel, then register."));
    struct item *later = form_button(f, "later", _("Later"));
    later->right = later->beside = true;
    form_help(later, _("Set up the connection first; tab 3 brings you back here."));
    struct item *quit = form_button(f, "quit", _("Quit"));
    quit->right = quit->beside = true;
}

static void build(struct view *v)
{
    struct registration *r = (struct registration *)v;
    struct form *f = &v->form;
    f->validate = settings_validate;
    f->tidy = settings_tidy;
    f->user = v->app;
    if (r->why[0]) {
        form_text(f, STYLE_WARN, r->why);
        form_gap(f);
    }
    form_text(
        f, STYLE_NORMAL,
        _("A registration token joins this computer to your account. Generate it in the panel: "
          "Plugins, your plugin, Generate registration token."));
    form_gap(f);
    if (v->app->endpoint_id[0]) {
        form_text(f, STYLE_WARN,
                  _("This computer is registered already. Orders that wait here, or that the panel "
                    "delivers again, may be in the ERP already: such an order will be in doubt "
                    "until you settle it."));
        form_gap(f);
    }
    add_fields(v);
    form_gap(f);
    add_buttons(v, r->checks.stream != NULL);
    view_add_notice(v);
    checks_add(v, &r->checks);
    if (r->show_checks)
        form_show(f, "token");
    r->show_checks = false;
}

static void on_check(struct view *v, const json_t *line)
{
    struct registration *r = (struct registration *)v;
    checks_take(&r->checks, line);
    r->show_checks = true;
}

static void done(struct view *v, const json_t *answer)
{
    struct app *a = v->app;
    char text[400], grouped[ID_TEXT];
    settings_load(a);
    settings_load_identity(a);
    bool fresh = !*config_text(a->config, "erp.type");
    a->tab = fresh ? TAB_CONNECTION : TAB_SUMMARY;
    text_format(text, sizeof text, _("Registered as %s in the account \"%s\"."),
                id_grouped(grouped, view_clean(VIEW_TEXT, json_text(answer, "endpoint_id", ""))),
                json_text(json_object_get(answer, "account"), "name", ""));
    view_notice(a->tabs[a->tab], CHECK_OK, text,
                fresh ? _("Now the connection to the ERP.") : NULL);
    a->live.asked_ms = 0;
    a->revoked_told = false;
    view_close(v);
}

static void on_registered(struct view *v, const json_t *answer, const char *said)
{
    struct registration *r = (struct registration *)v;
    checks_stop(&r->checks, _("not answered"));
    if (json_flag(answer, "ok", false)) {
        done(v, answer);
        return;
    }
    const struct check *last = r->checks.count ? &r->checks.list[r->checks.count - 1] : NULL;
    bool told = last && text_equal(last->code, "panel.token");
    for (size_t i = 0; i < r->checks.count; i++)
        told |= r->checks.list[i].result == CHECK_FAIL;
    v->notice[0] = '\0';
    if (!told) /* else the red block has said it */
        view_notice_answer(v, answer, said);
    form_focus(&v->form, "token");
    r->show_checks = true;
}

static void begin(struct view *v)
{
    struct registration *r = (struct registration *)v;
    const struct question q = {v, &r->checks.stream, on_registered, on_check};
    enum { PROXY_PASSWORD = 0 };
    static const char *const paths[] = {
        "panel.proxy_password", "panel.url", "endpoint.name", "panel.proxy",
        "panel.proxy_user",     "panel.ca",  "token"};
    const char *again = v->app->endpoint_id[0] ? "--again" : NULL;
    json_t *values = json_object();
    v->notice[0] = '\0';
    r->checks.count = 0;
    bool good = form_check(&v->form);
    if (!form_value(&v->form, "panel.url")[0]) {
        form_fault(&v->form, "panel.url", _("This is needed."));
        good = good && form_focus(&v->form, "panel.url") && false;
    }
    if (good && !form_value(&v->form, "token")[0]) {
        form_fault(&v->form, "token", _("Paste the token from the panel."));
        good = form_focus(&v->form, "token") && false;
    }
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        if (form_find(&v->form, paths[i]) && /* an empty secret means the sealed one */
            (i != PROXY_PASSWORD || *form_value(&v->form, paths[i])))
            json_set_text(values, paths[i], form_value(&v->form, paths[i]));
    char *text = json_dumps(values, JSON_COMPACT);
    json_decref(values);
    if (good)
        ask_ctl(&q, text, (const char *[]){"register", "--values", "-", "--stream", again, NULL});
    mem_free_secret(text);
}

static void act(struct view *v, const char *id)
{
    struct registration *r = (struct registration *)v;
    if (text_equal(id, "register")) {
        begin(v);
    } else if (text_equal(id, "cancel")) {
        stream_close(r->checks.stream);
        r->checks.stream = NULL;
        checks_stop(&r->checks, _("cancelled"));
    } else if (text_equal(id, "later")) {
        view_close(v);
    } else if (text_equal(id, "quit")) {
        dialog_quit(v->app);
    }
}

static void release(struct view *v)
{
    struct registration *r = (struct registration *)v;
    stream_close(r->checks.stream);
    free(r->why);
}

static const struct view_ops ops = {
    .title = N_("Register this endpoint"),
    .build = build,
    .act = act,
    .help = N_("Joins this endpoint to an account in the panel. The connection to the panel is "
               "tested first, so that the token is not wasted. \"Later\" lets you set up the "
               "connection first.\nThe same without this screen: endpointctl register."),
    .free = release,
};

void dialog_register(struct app *a, const char *why)
{
    struct registration *r = mem_alloc(sizeof *r);
    r->why = mem_string(why ? why : "");
    view_open(&r->view, a, &ops);
    view_push(&r->view);
}

/* Tab 4: the endpoint's identity, the connection to the panel, limits, and rare actions. */
#include "tui/tab_advanced.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/settings.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/path.h"
#include "tui/app.h"
#include "tui/ask.h"
#include "tui/dialog.h"
#include "tui/dialog_register.h"
#include "tui/settings.h"
#include "tui/view.h"
#include "tui/words.h"

enum { FACT_COLUMNS = 18 };

struct advanced {
    struct view view;
    struct stream *renewing;
};

/* Settings that go on the line of the one before. */
static const char *const beside[] = {"panel.timeout", "limits.disk_free_mb",
                                     "limits.journal_entries", "worker.stop_timeout",
                                     "worker.restart_cap"};

static bool matters(const struct view *v, const struct setting *s)
{
    char path[64];
    const char *equals = s->when ? strchr(s->when, '=') : NULL;
    if (s->page != PAGE_ADVANCED)
        return false;
    if (s->when && !equals)
        return form_value(&v->form, s->when)[0] != '\0';
    if (!equals || !text_format(path, sizeof path, "%.*s", (int)(equals - s->when), s->when))
        return true;
    return text_equal(form_value(&v->form, path), equals + 1);
}

static void add_settings(struct view *v)
{
    const struct setting *s;
    for (size_t i = 0; (s = setting_at(i)) != NULL; i++) {
        if (!matters(v, s))
            continue;
        struct item *field = settings_add(v, s->path);
        for (size_t k = 0; k < COUNT_OF(beside); k++)
            field->beside |= text_equal(beside[k], s->path);
    }
}

static void add_account(struct view *v)
{
    const struct app *a = v->app;
    char at[CLOCK_TEXT], text[200], grouped[ID_TEXT];
    if (!a->endpoint_id[0]) {
        form_text(&v->form, STYLE_WARN,
                  _("This endpoint is not registered: it is not connected to an account."));
        form_button(&v->form, "register", _("Register..."));
        return;
    }
    form_text(&v->form, STYLE_NORMAL, _("This endpoint is connected to the account"));
    view_add_fact(v, _("Account id"), FACT_COLUMNS,
                  id_grouped(grouped, view_clean(VIEW_TEXT, a->account_id)));
    view_add_fact(v, _("Account"), FACT_COLUMNS, view_clean(VIEW_TEXT, a->account_name));
    clock_format(at, a->registered_ms);
    text_format(text, sizeof text, _("of the registration on %s, or renewed since"),
                words_dated(VIEW_SHORT, at));
    view_add_fact(v, _("Identity key"), FACT_COLUMNS, text);
    struct item *renew = form_button(&v->form, "renew", _("Renew"));
    renew->beside = renew->acts = true;
    form_help(
        renew,
        _("Make a new identity key and register it with the panel; the old one expires within "
          "a day."));
}

/* A site's own mappings: files in CONFIG/erp replace those shipped with the program. */
static void add_overrides(struct view *v)
{
    char path[700], names[600] = "";
    struct dir *dir =
        path_join(path, sizeof path, v->app->paths.config_dir, "erp", NULL) == STATUS_OK
            ? dir_open(path)
            : NULL;
    const char *entry;
    while (dir && (entry = dir_next(dir)) != NULL) {
        size_t used = strlen(names);
        if (text_ends(entry, ".conf"))
            text_format(names + used, sizeof names - used, "%s%s", used ? ", " : "", entry);
    }
    dir_close(dir);
    char text[1400];
    if (names[0])
        text_format(text, sizeof text, _("%s, from %s"), names, path);
    else
        text_copy(text, sizeof text, _("none here; those shipped with Endpoint are used"));
    view_add_fact(v, _("Mappings"), FACT_COLUMNS, view_clean(VIEW_TEXT, text));
}

static struct item *add_button(struct view *v, const char *id, const char *label, const char *help,
                               bool next)
{
    struct item *i = form_button(&v->form, id, label);
    i->beside = next;
    form_help(i, help);
    return i;
}

static void build(struct view *v)
{
    v->form.validate = settings_validate;
    v->form.tidy = settings_tidy;
    v->form.user = v->app;
    add_account(v);
    add_overrides(v);
    form_rule(&v->form);
    add_settings(v);
    form_rule(&v->form);
    view_add_notice(v);
    add_button(v, "bundle", _("Support bundle..."),
               _("What support needs, without secrets, in one file. Lists it first."), false);
    if (v->app->endpoint_id[0])
        add_button(v, "unregister", _("Unregister..."),
                   _("Forget the identity from the panel. Asks for the endpoint's id."), true);
    add_button(v, "save", _("Save"),
               _("Check everything, write endpoint.conf, and tell endpointd to use it."), false)
        ->right = true;
    add_button(v, "undo", _("Undo"), _("Back to the file's values."), true)->right = true;
    add_button(v, "close", _("Close"), _("Close the configurator; the endpoint keeps running."),
               true)
        ->right = true;
}

static void on_renewed(struct view *v, const json_t *answer, const char *said)
{
    if (json_flag(answer, "ok", false))
        view_notice(v, CHECK_OK, _("The key is renewed; the old one expires within a day."), NULL);
    else
        view_notice_answer(v, answer, said);
}

static void renew_chosen(struct app *a, void *user, const char *id)
{
    struct advanced *d = user;
    struct view *v = &d->view;
    const struct question renewal = {v, &d->renewing, on_renewed, NULL};
    (void)a;
    if (!text_equal(id, "yes"))
        return;
    view_notice(v, CHECK_WAIT, _("Asking the panel..."), NULL);
    ask_ctl(&renewal, NULL, (const char *[]){"key", "renew", "--json", NULL});
}

static void ask_renew(struct view *v)
{
    const struct dialog_button buttons[] = {{"back", _("Back")}, {"yes", _("Renew it")}};
    dialog_ask(
        v->app, _("Renew the identity key?"),
        _("This makes a new key and registers it with the panel; the old one expires within a "
          "day. Then older copies of the state directory can no longer be used."),
        buttons, COUNT_OF(buttons), renew_chosen, v);
}

static void act(struct view *v, const char *id)
{
    if (text_equal(id, "save")) {
        settings_save(v->app, v);
    } else if (text_equal(id, "undo")) {
        form_undo(&v->form);
        v->notice[0] = '\0';
    } else if (text_equal(id, "close")) {
        dialog_quit(v->app);
    } else if (text_equal(id, "register")) {
        dialog_register(v->app, NULL);
    } else if (text_equal(id, "bundle")) {
        tab_advanced_bundle(v->app);
    } else if (text_equal(id, "unregister")) {
        tab_advanced_unregister(v->app);
    } else if (text_equal(id, "renew")) {
        ask_renew(v);
    }
}

static void release(struct view *v)
{
    stream_close(((struct advanced *)v)->renewing);
}

static const struct view_ops ops = {
    .title = N_("Advanced"),
    .build = build,
    .act = act,
    .keys = N_("F2 ^S Save"),
    .help =
        N_("Whose endpoint this is, how it reaches the panel, what documents orders become, and "
           "limits.\nThe same without this screen: endpointctl config set, key renew, bundle, "
           "unregister."),
    .free = release,
};

struct view *tab_advanced(struct app *a)
{
    struct advanced *d = mem_alloc(sizeof *d);
    view_open(&d->view, a, &ops);
    return &d->view;
}

/* ---- support bundle ------------------------------------------------------------------------------------ */

struct bundle_view {
    struct view view;
    struct stream *listing, *writing;
    json_t *files;
    bool written;
};

static void build_bundle(struct view *v)
{
    struct bundle_view *b = (struct bundle_view *)v;
    size_t i;
    json_t *file;
    char where[700], at[CLOCK_TEXT];
    clock_format(at, clock_wall_ms());
    text_format(where, sizeof where, "/tmp/endpoint-%.10s.tar.zst", at);
    form_text(&v->form, STYLE_NORMAL,
              _("This is the bundle's content. Secrets are removed; look at it before you "
                "send it."));
    form_gap(&v->form);
    if (b->listing)
        form_text(&v->form, STYLE_WAIT, _("Collecting..."));
    json_array_foreach (b->files, i, file) {
        char text[300];
        text_format(text, sizeof text, _("%s bytes  %s"),
                    view_number(VIEW_SHORT, json_number(file, "size", 0)),
                    view_said(VIEW_TEXT, file, "what"));
        view_add_fact(v, view_clean(VIEW_TEXT, json_text(file, "name", "")), 22,
                      view_clean(VIEW_TEXT, text));
    }
    if (b->files)
        form_gap(&v->form);
    form_help(form_input(&v->form, "file", _("File"), where, 50),
              _("Where to write the bundle; the file must not exist yet."));
    view_add_notice(v);
    if (!b->written)
        add_button(v, "write", _("Write it"), "", false)->right = true;
    add_button(v, "back", _("Back"), "", !b->written)->right = true;
}

static void on_listed(struct view *v, const json_t *answer, const char *said)
{
    struct bundle_view *b = (struct bundle_view *)v;
    json_t *files = json_is_array(answer) ? (json_t *)answer : json_object_get(answer, "files");
    if (!json_is_array(files)) {
        view_notice_answer(v, answer, said);
        return;
    }
    b->files = json_incref(files);
}

static void on_written(struct view *v, const json_t *answer, const char *said)
{
    struct bundle_view *b = (struct bundle_view *)v;
    char text[800];
    if (!json_flag(answer, "ok", false)) {
        view_notice_answer(v, answer, said);
        return;
    }
    b->written = true;
    text_format(text, sizeof text, _("Written to %s"), form_value(&v->form, "file"));
    view_notice(v, CHECK_OK, text, NULL);
}

static void act_bundle(struct view *v, const char *id)
{
    struct bundle_view *b = (struct bundle_view *)v;
    const struct question q = {v, &b->writing, on_written, NULL};
    if (text_equal(id, "back")) {
        view_close(v);
    } else {
        view_notice(v, CHECK_WAIT, _("Collecting..."), NULL);
        ask_ctl(&q, NULL, (const char *[]){"bundle", form_value(&v->form, "file"), "--json", NULL});
    }
}

static void release_bundle(struct view *v)
{
    struct bundle_view *b = (struct bundle_view *)v;
    stream_close(b->listing);
    stream_close(b->writing);
    json_decref(b->files);
}

static const struct view_ops bundle_ops = {
    .title = N_("Support bundle"),
    .build = build_bundle,
    .act = act_bundle,
    .help = N_(
        "One file for support: state, checks, settings without secrets, the journal's end.\nThe same without this screen: "
        "endpointctl bundle."),
    .free = release_bundle,
};

void tab_advanced_bundle(struct app *a)
{
    struct bundle_view *b = mem_alloc(sizeof *b);
    const struct question q = {&b->view, &b->listing, on_listed, NULL};
    view_open(&b->view, a, &bundle_ops);
    if (view_push(&b->view))
        ask_ctl(&q, NULL, (const char *[]){"bundle", "--list", "--json", NULL});
}

/* ---- unregistering ------------------------------------------------------------------------------------- */

struct unregister_view {
    struct view view;
    struct stream *asking;
};

static void build_unregister(struct view *v)
{
    char grouped[ID_TEXT];
    form_text(&v->form, STYLE_WARN,
              _("This forgets the identity from the panel: the plugins stop, and you need a new "
                "token to come back. Queues and orders stay on the disk."));
    form_gap(&v->form);
    view_add_fact(v, _("Endpoint id"), FACT_COLUMNS,
                  id_grouped(grouped, view_clean(VIEW_TEXT, v->app->endpoint_id)));
    form_help(form_input(&v->form, "confirm", _("Type it here"), "", 40),
              _("Type the endpoint's id to confirm; its first eight characters are enough."));
    view_add_notice(v);
    add_button(v, "back", _("Back"), "", false)->right = true;
    add_button(v, "unregister", _("Unregister"), "", true)->right = true;
}

static void on_unregistered(struct view *v, const json_t *answer, const char *said)
{
    struct app *a = v->app;
    if (!json_flag(answer, "ok", false)) {
        view_notice_answer(v, answer, said);
        return;
    }
    settings_load_identity(a);
    a->live.asked_ms = 0;
    view_notice(a->tabs[a->tab], CHECK_OK, _("The identity is forgotten here."),
                _("Revoke the endpoint in the panel, too."));
    view_close(v);
}

static void act_unregister(struct view *v, const char *id)
{
    struct unregister_view *u = (struct unregister_view *)v;
    const struct question q = {v, &u->asking, on_unregistered, NULL};
    if (text_equal(id, "back")) {
        view_close(v);
    } else if (!id_meant(form_value(&v->form, "confirm"), v->app->endpoint_id)) {
        form_fault(&v->form, "confirm", _("This is not the endpoint's id."));
        form_focus(&v->form, "confirm");
    } else {
        ask_ctl(&q, NULL, (const char *[]){"unregister", v->app->endpoint_id, "--json", NULL});
    }
}

static void release_unregister(struct view *v)
{
    stream_close(((struct unregister_view *)v)->asking);
}

static const struct view_ops unregister_ops = {
    .title = N_("Unregister this endpoint"),
    .build = build_unregister,
    .act = act_unregister,
    .help = N_("The same without this screen: endpointctl unregister."),
    .free = release_unregister,
};

void tab_advanced_unregister(struct app *a)
{
    struct unregister_view *u = mem_alloc(sizeof *u);
    view_open(&u->view, a, &unregister_ops);
    view_push(&u->view);
}

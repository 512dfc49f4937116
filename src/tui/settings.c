/* The settings on the screens: fields from the table, values from the file, saving, and what to do
 * if somebody else saved first. */
#include "tui/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/setting_value.h"
#include "link/link.h"
#include "tui/app.h"
#include "tui/save_paths.h"
#include "link/identity.h"
#include "config/settings.h"
#include "config/config_save.h"
#include "tui/view.h"
#include "tui/words.h"
#include "tui/dialog.h"

static const int editing_tabs[] = {TAB_CONNECTION, TAB_ADVANCED};

void settings_load_identity(struct app *a)
{
    struct identity id = {0};
    if (identity_load(a->paths.state_dir, &id, NULL) != STATUS_OK)
        id.endpoint_id[0] = id.account_id[0] = id.account_name[0] = id.panel_url[0] = '\0';
    text_copy(a->endpoint_id, sizeof a->endpoint_id, id.endpoint_id);
    text_copy(a->account_id, sizeof a->account_id, id.account_id);
    text_copy(a->account_name, sizeof a->account_name, id.account_name);
    text_copy(a->panel_url, sizeof a->panel_url, id.panel_url);
    a->registered_ms = id.registered_ms;
    identity_wipe(&id);
}

const char *settings_shown(const struct setting *s, const char *value)
{
    bool none = s->type == SETTING_INTEGER && text_equal(s->fallback, "0");
    return none && text_equal(value, "0") ? "" : value;
}

/* The other direction: the value for the file. */
static const char *setting_typed(const struct setting *s, const char *value)
{
    bool none = s->type == SETTING_INTEGER && text_equal(s->fallback, "0");
    return none && !*value ? "0" : value;
}

/* Show the file's values on a form, but keep the fields that are being changed. */
static void refresh(struct app *a, struct form *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct item *item = f->items[i];
        const struct setting *s = setting_find(item->id);
        if (s && !form_item_changed(item))
            form_set(f, item->id,
                     s->type == SETTING_SECRET
                         ? ""
                         : settings_shown(s, config_text(a->config, s->path)));
    }
}

void settings_load(struct app *a)
{
    struct error e = {0};
    config_free(a->config);
    a->fault_count = 0;
    enum status status = config_load_anyway(&a->paths, &a->config, a->faults, &a->fault_count, &e);
    error_clear(&a->config_error);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND && status != STATUS_INVALID)
        a->config_error = e;
    a->stamp = *config_stamp(a->config);
    for (size_t t = 0; t < COUNT_OF(editing_tabs); t++)
        if (a->tabs[editing_tabs[t]])
            refresh(a, &a->tabs[editing_tabs[t]]->form);
    a->dirty = true;
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static bool digit(int32_t p)
{
    return p >= '0' && p <= '9';
}

static bool duration_letter(int32_t p)
{
    return digit(p) || (p >= 'a' && p <= 'z');
}

static bool hex_or_colon(int32_t p)
{
    return digit(p) || (p >= 'a' && p <= 'f') || (p >= 'A' && p <= 'F') || p == ':';
}

static bool no_blank(int32_t p)
{
    return p > ' ';
}

static bool anything(int32_t p)
{
    return p >= ' ';
}

static void set_filter(struct item *i, const struct setting *s)
{
    static const char *const without_blanks[] = {"erp.server", "panel.url", "panel.proxy",
                                                 "panel.proxy_user", "erp.tls_host"};
    i->filter = anything;
    if (s->type == SETTING_INTEGER)
        i->filter = digit;
    else if (s->type == SETTING_DURATION)
        i->filter = duration_letter;
    else if (text_equal(s->path, "erp.tls_pin"))
        i->filter = hex_or_colon;
    for (size_t k = 0; k < COUNT_OF(without_blanks); k++)
        if (text_equal(s->path, without_blanks[k]))
            i->filter = no_blank;
}

/* Choices in plain words; a value that is not here is shown as it is. */
static const struct {
    const char *path, *value, *label;
} choice_words[] = {
    {"erp.auth", "sql", N_("SQL login")},
    {"erp.auth", "ntlm", N_("Windows account, with its password")},
    {"erp.auth", "kerberos", N_("Windows account, with a ticket")},
    {"orders.writer", "off", N_("off: orders wait")},
    {"orders.writer", "epp", N_("EDI++ files")},
    {"orders.writer", "command", N_("a program")},
    {"orders.writer", "sql", N_("rows in the ERP's tables")},
    {"erp.encryption", "off", N_("off: nothing is encrypted")},
    {"erp.encryption", "login", N_("login only")},
    {"erp.encryption", "required", N_("required")},
    {"erp.tls_verify", "system", N_("system's authorities")},
    {"erp.tls_verify", "ca", N_("own authority (file)")},
    {"erp.tls_verify", "pin", N_("this certificate only")},
    {"erp.tls_verify", "none", N_("none: not verified")},
    {"log.level", "error", N_("errors only")},
    {"log.level", "warning", N_("warnings")},
    {"log.level", "info", N_("info")},
    {"log.level", "debug", N_("debug")},
};

const char *settings_choice_label(const struct setting *s, const char *value)
{
    for (size_t w = 0; w < COUNT_OF(choice_words); w++)
        if (text_equal(choice_words[w].path, s->path) && text_equal(choice_words[w].value, value))
            return _(choice_words[w].label);
    return value;
}

static void add_choices(struct item *i, const struct setting *s)
{
    for (size_t k = 0; s->choices[k]; k++) {
        form_option(i, s->choices[k], settings_choice_label(s, s->choices[k]));
    }
}

static int width_of(const struct setting *s)
{
    if (text_equal(s->path, "erp.server")) /* the port is placed beside it */
        return 26;
    switch (s->type) {
    case SETTING_INTEGER: return 10;
    case SETTING_DURATION: return 8;
    case SETTING_PATH: return 44;
    case SETTING_SECRET: return 28;
    default: return s->max >= 200 ? 44 : s->max > 90 && s->max < 100 ? 40 : 28;
    }
}

/* Add a number's unit, and what an empty field means. */
static void add_unit(struct item *i, const struct setting *s)
{
    static const struct {
        const char *path, *unit;
    } units[] = {{"erp.port", N_("empty: found by itself")},
                 {"limits.outbox_rows", N_("changes")},
                 {"limits.disk_free_mb", "MiB"},
                 {"limits.shrink_percent", "%"},
                 {"limits.journal_entries", N_("entries")},
                 {"limits.workers", N_("processes")},
                 {"limits.simulations", N_("at once")},
                 {"log.file_mb", "MiB"},
                 {"log.files", N_("files")}};
    for (size_t k = 0; k < COUNT_OF(units); k++)
        if (text_equal(units[k].path, s->path))
            form_note(i, _(units[k].unit));
}

struct item *settings_add(struct view *v, const char *path)
{
    const struct setting *s = setting_find(path);
    const struct config *c = v->app->config;
    struct item *i;
    if (s->type == SETTING_CHOICE || s->type == SETTING_BOOL) {
        i = form_choice(&v->form, path, _(s->label), config_text(c, path));
        if (s->choices) {
            add_choices(i, s);
        } else {
            form_option(i, "true", _("yes"));
            form_option(i, "false", _("no"));
        }
    } else if (s->type == SETTING_SECRET) {
        i = form_secret(&v->form, path, _(s->label), width_of(s));
        i->stored = config_is_set(c, path);
        form_note(i, i->value[0] || !i->stored ? _("will be sealed") : _("sealed, never shown"));
    } else {
        i = form_input(&v->form, path, _(s->label), settings_shown(s, config_text(c, path)),
                       width_of(s));
        set_filter(i, s);
        add_unit(i, s);
    }
    form_help(i, words_fields(VIEW_TEXT, _(s->help)));
    return i;
}

/* Rules between fields, the same as in the file's validation, but reported at the fields. */
static bool validate_together(const struct app *a, const struct item *item, char reason[400])
{
    const struct form *f = &a->tabs[TAB_CONNECTION]->form;
    const char *path = item->id, *value = item->value;
    size_t digits = 0;
    if (text_equal(path, "erp.tls_ca") && !*value &&
        text_equal(form_value(f, "erp.tls_verify"), "ca"))
        return text_copy(
                   reason, 400,
                   _("Name the PEM file of the authority, or choose another certificate check.")) &&
               false;
    if (text_equal(path, "erp.tls_pin")) {
        for (const char *p = value; *p; p++)
            digits += *p != ':';
        if (digits != 64 && text_equal(form_value(f, "erp.tls_verify"), "pin"))
            return text_copy(
                       reason, 400,
                       _("A fingerprint has 64 hex digits. Show... fetches it from the server.")) &&
                   false;
    }
    if (text_equal(path, "panel.url") && *value && !config_is_https(value))
        return text_copy(reason, 400, _("The panel's address must begin with https://")) && false;
    return true;
}

/* Nobody types "https://" into a browser either. Another scheme stays as typed, and is refused. */
void settings_tidy(void *app, struct item *item)
{
    char url[FORM_VALUE_MAX + 20];
    (void)app;
    if (!text_equal(item->id, "panel.url") || !item->value[0] || strstr(item->value, "://"))
        return;
    if (text_format(url, sizeof url, "https://%s", item->value))
        form_item_set(item, url);
}

bool settings_validate(void *app, const struct item *item, char reason[400])
{
    const struct app *a = app;
    const struct setting *s = setting_find(item->id);
    char expected[SETTING_EXPECTED];
    if (!s)
        return true;
    if (item->kind == ITEM_SECRET && !item->value[0])
        return true;
    if (s->required && !item->value[0]) {
        text_copy(reason, 400, _("This is needed."));
        return false;
    }
    const char *value = setting_typed(s, item->value);
    if ((*value || s->type == SETTING_INTEGER || s->type == SETTING_DURATION) &&
        !setting_accepts(s, value, expected)) {
        char words[SETTING_EXPECTED];
        said_words(words, sizeof words, expected);
        text_format(reason, 400, _("Expected: %s"), words);
        return false;
    }
    return validate_together(a, item, reason);
}

/* ---- saving -------------------------------------------------------------------------------------------- */

bool settings_unsaved(const struct app *a)
{
    for (size_t t = 0; t < COUNT_OF(editing_tabs); t++)
        if (form_changed(&a->tabs[editing_tabs[t]]->form))
            return true;
    return false;
}

json_t *settings_values(const struct app *a)
{
    json_t *values = json_object();
    for (size_t t = 0; t < COUNT_OF(editing_tabs); t++) {
        struct form *f = &a->tabs[editing_tabs[t]]->form;
        form_tidy(f);
        for (size_t k = 0; k < f->count; k++) {
            const struct item *i = f->items[k];
            const struct setting *s = setting_find(i->id);
            if (s && (i->kind != ITEM_SECRET || i->value[0]))
                json_set_text(values, i->id, setting_typed(s, i->value));
        }
    }
    return values;
}

size_t settings_changes(const struct app *a, struct config_change changes[APP_CHANGES])
{
    size_t count = 0;
    for (size_t t = 0; t < COUNT_OF(editing_tabs); t++) {
        const struct form *f = &a->tabs[editing_tabs[t]]->form;
        for (size_t k = 0; k < f->count && count < APP_CHANGES; k++) {
            const struct item *i = f->items[k];
            const struct setting *s = setting_find(i->id);
            if (!s || !form_item_changed(i))
                continue;
            const char *value = setting_typed(s, i->value);
            bool back = !config_is_set(a->config, s->path) && text_equal(value, s->fallback);
            if (!back)
                changes[count++] = (struct config_change){s->path, value};
        }
    }
    return count;
}

static void saved(struct app *a)
{
    for (size_t t = 0; t < COUNT_OF(editing_tabs); t++) {
        struct form *f = &a->tabs[editing_tabs[t]]->form;
        for (size_t k = 0; k < f->count; k++)
            if (setting_find(f->items[k]->id)) {
                char *value =
                    mem_string(f->items[k]->kind == ITEM_SECRET ? "" : f->items[k]->value);
                form_set(f, f->items[k]->id, value);
                free(value);
            }
    }
    settings_load(a);
}

struct reloading {
    struct app *app;
    int tab;
    bool restart;
    struct stream *stream;
};

static void on_reload(void *user, const json_t *answer)
{
    struct reloading *r = user;
    struct view *v = r->app->tabs[r->tab];
    if (!json_object_get(answer, "ok"))
        return;
    stream_close(r->stream);
    if (!json_flag(answer, "ok", false))
        view_notice_answer(v, answer, NULL);
    else if (r->restart)
        view_notice(v, CHECK_WARN, _("Saved. Some of it takes effect after a restart."),
                    _("Tab 2 restarts the service."));
    else
        view_notice(v, CHECK_OK, _("Saved; endpointd uses it now."), NULL);
    r->app->live.asked_ms = 0;
}

static void reload(struct app *a, bool restart)
{
    struct reloading *r = mem_alloc(sizeof *r);
    const struct stream_handlers handlers = {.line = on_reload, .user = r, .release = free};
    struct error e = {0};
    r->app = a;
    r->restart = restart;
    r->tab = a->tab;
    /* A person removed and saved it on the screen, so it is on purpose. */
    r->stream = view_ask(a, json_pack("{s:s,s:b}", "do", "reload", "accept", 1), &handlers, &e);
    if (r->stream)
        return;
    free(r);
    view_notice(a->tabs[a->tab], CHECK_OK,
                _("Saved. endpointd is not running; it will read it when it starts."), NULL);
}

/* Somebody else saved: show the file's present values beside those on the screen. */
static void conflict_chosen(struct app *a, void *user, const char *id)
{
    (void)user;
    if (text_equal(id, "mine")) {
        settings_load(a);
        settings_save(a, a->tabs[a->tab]);
    } else if (text_equal(id, "theirs")) {
        for (size_t t = 0; t < COUNT_OF(editing_tabs); t++)
            form_undo(&a->tabs[editing_tabs[t]]->form);
        settings_load(a);
        view_notice(a->tabs[a->tab], CHECK_OK,
                    _("The screen shows the file as it is now; your changes are dropped."), NULL);
    }
}

static const char *shown(char target[VIEW_TEXT_SIZE], const struct setting *s, const char *value)
{
    if (s->type == SETTING_SECRET)
        return *value ? "\u2022\u2022\u2022\u2022" : _("(empty)");
    return *value ? view_clean(target, value) : _("(empty)");
}

static void show_conflict(struct app *a)
{
    struct config *now = NULL;
    struct config_change mine[APP_CHANGES];
    struct buf b;
    const struct dialog_button buttons[] = {
        {"mine", _("Save mine too")}, {"theirs", _("Drop mine")}, {"back", _("Back")}};
    size_t count = settings_changes(a, mine);
    config_load_anyway(&a->paths, &now, NULL, NULL, NULL);
    buf_init(&b, 16384);
    buf_printf(&b, _("Somebody else has changed %s since it was read here."), a->paths.config_file);
    buf_printf(&b, "\n \n" MARK_STRONG "%s" MARK_END "\n", _("In the file now:"));
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        const char *before = config_text(a->config, s->path), *after = config_text(now, s->path);
        if (!text_equal(before, after))
            buf_printf(&b, "  %s: %s \u2192 %s\n", s->path, shown(VIEW_TEXT, s, before),
                       shown(VIEW_TEXT, s, after));
    }
    buf_printf(&b, " \n" MARK_STRONG "%s" MARK_END "\n", _("Yours, not saved yet:"));
    for (size_t i = 0; i < count; i++) {
        const struct setting *s = setting_find(mine[i].path);
        buf_printf(&b, "  %s: %s \u2192 %s\n", s->path,
                   shown(VIEW_TEXT, s, config_text(now, s->path)),
                   shown(VIEW_TEXT, s, mine[i].value));
    }
    dialog_ask(a, _("The file has changed in the meantime"), buf_text(&b), buttons,
               COUNT_OF(buttons), conflict_chosen, NULL);
    buf_free(&b);
    config_free(now);
}

static bool all_valid(struct app *a, struct view *v)
{
    for (size_t t = 0; t < COUNT_OF(editing_tabs); t++) {
        struct view *tab = a->tabs[editing_tabs[t]];
        if (!form_changed(&tab->form) && tab != v)
            continue;
        if (form_check(&tab->form))
            continue;
        a->tab = editing_tabs[t];
        view_notice(tab, CHECK_FAIL, _("Not saved: a field needs your attention."), NULL);
        return false;
    }
    return true;
}

void settings_save(struct app *a, struct view *v)
{
    struct config_change changes[APP_CHANGES];
    if (!all_valid(a, v))
        return;
    size_t count = settings_changes(a, changes);
    if (count == 0) {
        saved(a);
        view_notice(v, CHECK_OK, _("Nothing was changed."), NULL);
        return;
    }
    if (!save_paths_ask(v, changes, count))
        settings_save_now(a, v);
}

void settings_saved_reload(struct app *a)
{
    reload(a, a->saved_restart);
}

void settings_save_now(struct app *a, struct view *v)
{
    struct config_change changes[APP_CHANGES];
    struct error e = {0};
    bool restart = false;
    size_t count = settings_changes(a, changes);
    for (size_t i = 0; i < count; i++)
        restart |= setting_find(changes[i].path)->change == CHANGE_RESTART;
    enum status status = config_save(&a->paths, changes, count, &a->stamp, &e);
    if (status == STATUS_EXISTS) {
        show_conflict(a);
        return;
    }
    if (status != STATUS_OK) {
        view_notice_error(v, &e);
        return;
    }
    saved(a);
    view_notice(v, CHECK_WAIT, _("Saved; telling endpointd."), NULL);
    a->saved_restart = restart;
    if (!save_paths_open(v, changes, count))
        reload(a, restart);
}

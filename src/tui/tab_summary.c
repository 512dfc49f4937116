/* Tab 3: how it goes, live. */
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/app.h"

#define ROW "plugin:"

struct summary {
    struct view view;
    struct stream *running;
    bool placed; /* the focus was put on the first plugin */
};

enum { FACT_COLUMNS = 15 };

static void add_fact(struct view *v, const char *name, const char *text)
{
    view_add_fact(v, name, FACT_COLUMNS, text);
}

static const char *erp_title(const struct app *a, const char *type)
{
    size_t i;
    json_t *row;
    json_array_foreach (a->erps, i, row)
        if (text_equal(json_text(row, "name", ""), type))
            return json_text(row, "title", type);
    return type;
}

/* "14:02": finer would change with every breath of the line. */
static const char *minute(const char *rfc3339)
{
    static char text[32];
    text_copy(text, sizeof text, clock_short(rfc3339));
    if (strlen(text) == 8)
        text[5] = '\0';
    return text;
}

static void add_identity(struct view *v)
{
    const struct app *a = v->app;
    if (!a->endpoint_id[0]) {
        add_fact(v, _("Endpoint id"), _("not registered"));
        form_button(&v->form, "register", _("Register..."))->indent = FACT_COLUMNS;
        return;
    }
    add_fact(v, _("Endpoint id"), clean(a->endpoint_id));
    form_text(&v->form, STYLE_DIM, _("must be the one on the plugin's page in the panel"))->indent =
        FACT_COLUMNS;
}

static void add_erp(struct view *v)
{
    const struct app *a = v->app;
    const char *type = config_text(a->config, "erp.type");
    char text[700];
    if (!*type)
        text_copy(text, sizeof text, _("not chosen yet: tab 1"));
    else
        text_format(text, sizeof text, "%s \u00b7 %s \u00b7 %s%s%s", erp_title(a, type),
                    config_text(a->config, "erp.database"), config_text(a->config, "erp.server"),
                    config_integer(a->config, "erp.port") ? ":" : "",
                    config_integer(a->config, "erp.port") ? config_text(a->config, "erp.port")
                                                          : "");
    add_fact(v, _("ERP"), clean(text));
    const json_t *erp = json_object_get(a->live.status, "erp");
    const char *company = json_text(erp, "company", ""), *version = json_text(erp, "version", "");
    const char *away = json_text(erp, "away", "");
    if (*away) {
        struct check k = {.result = CHECK_FAIL, .duration_ms = -1};
        text_copy(k.title, sizeof k.title, _("ERP"));
        text_format(k.text, sizeof k.text, _("%s cannot get at it, see there"), clean(away));
        view_add_check(v, &k);
    }
    if (!*company && !*version)
        return;
    text_format(text, sizeof text, "%s%s%s%s%s", company,
                json_text(erp, "tax_id", NULL) ? ", NIP " : "", json_text(erp, "tax_id", ""),
                *company && *version ? " \u00b7 " : "", version);
    form_text(&v->form, STYLE_NORMAL, clean(text))->indent = FACT_COLUMNS;
}

static void add_fault(struct view *v, enum check_result result, const char *title,
                      const json_t *error)
{
    struct check k = {.result = result, .duration_ms = -1};
    text_copy(k.title, sizeof k.title, title);
    text_copy(k.text, sizeof k.text, json_text(error, "text", ""));
    text_copy(k.remedy, sizeof k.remedy, json_text(error, "remedy", ""));
    view_add_check(v, &k);
}

static void add_panel(struct view *v)
{
    const json_t *panel = json_object_get(v->app->live.status, "panel"),
                 *error = json_object_get(panel, "error");
    const char *url = json_text(panel, "url", v->app->panel_url),
               *last = json_text(panel, "last_ok", NULL);
    char text[500];
    if (last)
        text_format(text, sizeof text, _("%s \u00b7 answered %s"), url, minute(last));
    else
        text_copy(text, sizeof text, *url ? url : "-");
    add_fact(v, _("Panel"), clean(text));
    if (json_is_object(error))
        add_fault(v, CHECK_FAIL, _("Panel"), error);
}

static void add_daemon(struct view *v)
{
    const struct live *l = &v->app->live;
    size_t i;
    json_t *check;
    if (!l->status && l->known) {
        struct check k = {.result = CHECK_FAIL, .duration_ms = -1};
        text_copy(k.title, sizeof k.title, _("endpointd"));
        if (l->error.status == STATUS_BUSY || l->error.status == STATUS_REFUSED) {
            k.result = CHECK_WARN;
            text_copy(k.text, sizeof k.text, told(l->error.text));
        } else if (l->error.status == STATUS_DENIED) {
            text_copy(k.text, sizeof k.text, l->error.text);
            text_copy(k.remedy, sizeof k.remedy,
                      _("Start endpoint-tui with sudo, or as the user that endpointd runs as."));
        } else if (!v->app->endpoint_id[0]) {
            text_copy(k.text, sizeof k.text, _("not running: it starts once it is registered"));
            text_copy(k.remedy, sizeof k.remedy, _("Register... is above."));
        } else {
            text_copy(k.text, sizeof k.text, _("not running: nothing is kept in step"));
            text_copy(k.remedy, sizeof k.remedy, _("Tab 2 starts it."));
        }
        view_add_check(v, &k);
    }
    json_array_foreach (json_object_get(l->status, "checks"), i, check)
        if (!text_equal(json_text(check, "result", ""), "ok") &&
            !text_equal(json_text(check, "result", ""), "skipped"))
            view_add_check_json(v, check);
}

static void add_plugins(struct view *v)
{
    struct summary *s = (struct summary *)v;
    size_t i;
    json_t *plugin;
    const json_t *plugins = json_object_get(v->app->live.status, "plugins");
    json_array_foreach (plugins, i, plugin) {
        char id[120];
        struct buf b;
        buf_init(&b, 32768);
        plugin_lines(v->app, plugin, v->width - 2, &b);
        text_format(id, sizeof id, ROW "%s", json_text(plugin, "id", ""));
        form_help(form_row(&v->form, id, buf_text(&b)),
                  _("Enter: runs, journal, run now, simulate, orders."));
        buf_free(&b);
        if (!s->placed)
            s->placed = form_focus(&v->form, id);
    }
    if (v->app->live.status && json_array_size(plugins) == 0)
        form_text(&v->form, STYLE_WARN,
                  json_flag(v->app->live.status, "plugins_known", true)
                      ? _("No plugins yet: define them in the panel, or in endpoint.conf.")
                      : _("Which plugins there are is not known: the panel has not told it since "
                          "this start."));
}

static void build(struct view *v)
{
    add_identity(v);
    add_erp(v);
    add_panel(v);
    form_gap(&v->form);
    add_daemon(v);
    add_plugins(v);
    view_add_notice(v);
    form_gap(&v->form);
    struct item *close = form_button(&v->form, "close", _("Close"));
    close->right = true;
    form_help(close, _("Close the configurator; the endpoint goes on."));
}

/* The plugin that has the focus, or the only one. NULL: neither. */
static const char *chosen(const struct view *v)
{
    const struct item *i = form_focused(&v->form);
    const json_t *plugins = json_object_get(v->app->live.status, "plugins");
    if (i && text_starts(i->id, ROW))
        return i->id + strlen(ROW);
    return json_array_size(plugins) == 1 ? json_text(json_array_get(plugins, 0), "id", NULL) : NULL;
}

static void act(struct view *v, const char *id)
{
    if (text_equal(id, "close"))
        dialog_quit(v->app);
    else if (text_equal(id, "register"))
        dialog_register(v->app, NULL);
    else if (text_starts(id, ROW))
        dialog_plugin(v->app, id + strlen(ROW));
}

static bool key(struct view *v, int k)
{
    struct summary *s = (struct summary *)v;
    const char *plugin = chosen(v);
    char id[100];
    if (k == 'j' || k == 'o') {
        k == 'j' ? dialog_journal(v->app, plugin) : dialog_orders(v->app, NULL);
        return true;
    }
    if ((k != 'r' && k != 's') || !plugin)
        return false;
    text_copy(id, sizeof id, plugin);
    if (k == 'r')
        plugin_run(v, &s->running, id);
    else
        dialog_simulate(v->app, id);
    return true;
}

static void release(struct view *v)
{
    stream_close(((struct summary *)v)->running);
}

static const struct view_ops ops = {
    .title = N_("Summary"),
    .build = build,
    .act = act,
    .key = key,
    .keys = N_("r Run now  s Simulate  j Journal  o Orders"),
    .help = N_(
        "How it goes: who this endpoint is, and what every plugin does. It changes as things happen.\n"
        "The same without this screen: endpointctl status, plugins, sync, journal, orders."),
    .free = release,
};

struct view *tab_summary(struct app *a)
{
    struct summary *s = mem_alloc(sizeof *s);
    view_open(&s->view, a, &ops);
    return &s->view;
}

/* Tab 3: the state, live. */
#include "tui/tab_summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "tui/app.h"
#include "tui/view.h"
#include "tui/words.h"
#include "tui/dialog.h"
#include "tui/dialog_register.h"
#include "tui/dialog_plugin.h"
#include "tui/dialog_journal.h"
#include "tui/dialog_orders.h"

#define ROW "plugin:"

struct summary {
    struct view view;
    struct stream *running;
    bool placed;     /* the focus has been put on a plugin */
    char shown[100]; /* the plugin whose details are shown */
};

enum { FACT_COLUMNS = 15, FEW = 6 /* plugins that one sees at a glance */ };

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

/* "14:02": seconds would change too often. */
static const char *minute(char text[32], const char *rfc3339)
{
    text_copy(text, 32, view_clock(VIEW_SHORT, rfc3339));
    if (strlen(text) == 8)
        text[5] = '\0';
    return text;
}

static void add_identity(struct view *v)
{
    const struct app *a = v->app;
    char grouped[ID_TEXT];
    if (!a->endpoint_id[0]) {
        add_fact(v, _("Endpoint id"), _("not registered"));
        form_button(&v->form, "register", _("Register..."))->indent = FACT_COLUMNS;
        return;
    }
    add_fact(v, _("Endpoint id"), id_grouped(grouped, view_clean(VIEW_TEXT, a->endpoint_id)));
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
    add_fact(v, _("ERP"), view_clean(VIEW_TEXT, text));
    const json_t *erp = json_object_get(a->live.status, "erp");
    const char *company = json_text(erp, "company", ""), *version = json_text(erp, "version", "");
    const char *away = json_text(erp, "away", "");
    if (*away) {
        struct check k = {.result = CHECK_FAIL, .duration_ms = -1};
        text_copy(k.title, sizeof k.title, _("ERP"));
        text_format(k.text, sizeof k.text, _("%s cannot use it, see there"),
                    view_clean(VIEW_TEXT, away));
        view_add_check(v, &k);
    }
    if (!*company && !*version)
        return;
    text_format(text, sizeof text, "%s%s%s%s%s", company,
                json_text(erp, "tax_id", NULL) ? ", NIP " : "", json_text(erp, "tax_id", ""),
                *company && *version ? " \u00b7 " : "", version);
    form_text(&v->form, STYLE_NORMAL, view_clean(VIEW_TEXT, text))->indent = FACT_COLUMNS;
}

static void add_fault(struct view *v, enum check_result result, const char *title,
                      const json_t *error)
{
    struct check k = {.result = result, .duration_ms = -1};
    text_copy(k.title, sizeof k.title, title);
    struct error e;
    json_to_error(error, &e);
    text_copy(k.text, sizeof k.text, e.text);
    text_copy(k.remedy, sizeof k.remedy, e.remedy);
    view_add_check(v, &k);
}

static void add_panel(struct view *v)
{
    const json_t *panel = json_object_get(v->app->live.status, "panel"),
                 *error = json_object_get(panel, "error");
    const char *url = json_text(panel, "url", v->app->panel_url),
               *last = json_text(panel, "last_ok", NULL);
    char text[500], at[32];
    if (last)
        text_format(text, sizeof text, _("%s \u00b7 answered %s"), url, minute(at, last));
    else
        text_copy(text, sizeof text, *url ? url : "-");
    add_fact(v, _("Panel"), view_clean(VIEW_TEXT, text));
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
            text_copy(k.text, sizeof k.text, view_clean(VIEW_TEXT, l->error.text));
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

/* ---- the list of plugins ---- */

static int severity(const json_t *plugin)
{
    static const int of[] = {
        [CHECK_OK] = 3, [CHECK_FAIL] = 0, [CHECK_WARN] = 1, [CHECK_WAIT] = 2, [CHECK_SKIPPED] = 4};
    return of[judge_plugin(plugin)];
}

static int worst_first(const void *a, const void *b)
{
    return severity(*(json_t *const *)a) - severity(*(json_t *const *)b);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(json_text(*(json_t *const *)a, "name", ""),
                  json_text(*(json_t *const *)b, "name", ""));
}

static void add_filter(struct view *v)
{
    struct item *i = form_choice(&v->form, "show", _("Show"), "");
    form_option(i, "", _("all"));
    form_option(i, "bad", _("what is not green"));
    form_help(i, _("Which plugins are shown. Space or the arrows change it."));
    i = form_choice(&v->form, "sort", _("Sort"), "");
    i->beside = true;
    form_option(i, "", _("as set up"));
    form_option(i, "worst", _("worst first"));
    form_option(i, "name", _("by name"));
    form_help(i, _("How they are sorted. Space or the arrows change it."));
    i = form_input(&v->form, "search", _("Search"), "", 16);
    i->beside = true;
    form_help(i, _("A part of the plugin's name. / jumps here from the list."));
}

/* The plugins to show, sorted; mem_array. */
static json_t **choose(const struct view *v, const json_t *plugins, size_t *count)
{
    const char *sort = form_value(&v->form, "sort"), *wanted = form_value(&v->form, "search");
    bool bad = *form_value(&v->form, "show") != '\0';
    json_t **list = mem_array(json_array_size(plugins) + 1, sizeof(json_t *)), *plugin;
    size_t i;
    *count = 0;
    json_array_foreach (plugins, i, plugin)
        if ((!bad || severity(plugin) < 2) && (words_found(wanted, json_text(plugin, "name", "")) ||
                                               words_found(wanted, json_text(plugin, "id", ""))))
            list[(*count)++] = plugin;
    if (text_equal(sort, "worst"))
        qsort(list, *count, sizeof(json_t *), worst_first);
    else if (text_equal(sort, "name"))
        qsort(list, *count, sizeof(json_t *), by_name);
    return list;
}

static void add_row(struct view *v, const json_t *plugin)
{
    char id[120];
    struct buf b;
    buf_init(&b, 16384);
    dialog_plugin_row(v->app, plugin, v->width - 2, &b);
    text_format(id, sizeof id, ROW "%s", json_text(plugin, "id", ""));
    form_help(form_row(&v->form, id, buf_text(&b)),
              _("Enter: runs, journal, run now, simulate, orders."));
    buf_free(&b);
}

/* Details of the plugin with the focus: everything that does not fit in one line. */
static void add_details(struct view *v, json_t *const *list, size_t count)
{
    struct summary *s = (struct summary *)v;
    const json_t *shown = count ? list[0] : NULL;
    struct buf b;
    if (text_starts(v->form.focus, ROW))
        text_copy(s->shown, sizeof s->shown, v->form.focus + strlen(ROW));
    for (size_t i = 0; i < count; i++)
        if (text_equal(json_text(list[i], "id", ""), s->shown))
            shown = list[i];
    if (!shown)
        return;
    buf_init(&b, 32768);
    dialog_plugin_lines(v->app, shown, v->width, &b);
    form_rule(&v->form);
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
}

/* At first the focus is on the first of the worst. */
static void place(struct view *v, json_t *const *list, size_t count)
{
    struct summary *s = (struct summary *)v;
    const json_t *worst = count ? list[0] : NULL;
    char id[120];
    for (size_t i = 0; i < count; i++)
        if (severity(list[i]) < severity(worst) && severity(list[i]) < 2)
            worst = list[i];
    text_format(id, sizeof id, ROW "%s", json_text(worst, "id", ""));
    if (worst && !s->placed)
        s->placed = form_focus(&v->form, id);
}

static void add_plugins(struct view *v)
{
    const json_t *plugins = json_object_get(v->app->live.status, "plugins");
    size_t all = json_array_size(plugins), count;
    struct buf titles;
    if (all > FEW)
        add_filter(v);
    json_t **list = choose(v, plugins, &count);
    if (count) {
        buf_init(&titles, 1024);
        dialog_plugin_titles(v->width - 2, &titles);
        form_text(&v->form, STYLE_DIM, buf_text(&titles))->indent = 2;
        buf_free(&titles);
    }
    for (size_t i = 0; i < count; i++)
        add_row(v, list[i]);
    place(v, list, count);
    if (all && !count)
        form_text(&v->form, STYLE_DIM, _("None of them contains the text."));
    add_details(v, list, count);
    free(list);
    if (v->app->live.status && all == 0)
        form_text(&v->form, STYLE_WARN,
                  json_flag(v->app->live.status, "plugins_known", true)
                      ? _("No plugins yet: define them in the panel, or in endpoint.conf.")
                      : _("The plugins are unknown: the panel has not sent them since this "
                          "start."));
}

static void build(struct view *v)
{
    add_identity(v);
    add_erp(v);
    add_panel(v);
    add_daemon(v);
    add_plugins(v);
    view_add_notice(v);
    struct item *close = form_button(&v->form, "close", _("Close"));
    close->right = true;
    form_help(close, _("Close the configurator; the endpoint keeps running."));
}

/* The plugin with the focus, or the only one. NULL: neither. */
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
        dialog_plugin_run(v, &s->running, id);
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
    .help =
        N_("The state: who this endpoint is, and what every plugin does, live.\nThe same without "
           "this screen: endpointctl status, plugins, sync, journal, orders."),
    .free = release,
};

struct view *tab_summary(struct app *a)
{
    struct summary *s = mem_alloc(sizeof *s);
    view_open(&s->view, a, &ops);
    return &s->view;
}

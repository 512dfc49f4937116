/* The frame: title, tabs, help line, key bar; passing keys to views; asking the daemon. */
#include "tui/app.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "link/identity.h"
#include "link/link.h"
#include "mapping/mapping.h"
#include "os/host.h"
#include "tui/dialog.h"
#include "tui/dialog_beside.h"
#include "tui/dialog_register.h"
#include "tui/form_draw.h"
#include "tui/settings.h"
#include "tui/tab_advanced.h"
#include "tui/tab_connection.h"
#include "tui/tab_service.h"
#include "tui/tab_summary.h"
#include "tui/view.h"

enum { LEAST_ROWS = 16, LEAST_COLUMNS = 56, HEAD_ROWS = 3, FOOT_ROWS = 3, MARGIN = 1 };

static const char *const tab_titles[TABS] = {N_("Connection"), N_("Service user"), N_("Summary"),
                                             N_("Advanced")};

/* Without an identity the program opens on the registration, and says so if there was an identity
 * before. */
void app_register_first(struct app *a)
{
    char path[700], why[900] = "";
    struct error e = {0};
    struct identity id;
    enum status status = identity_load(a->paths.state_dir, &id, &e);
    identity_wipe(&id);
    a->tab = TAB_CONNECTION;
    text_format(path, sizeof path, "%s/config-cache.json", a->paths.state_dir);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        view_notice_error(a->tabs[TAB_CONNECTION], &e);
        return;
    }
    if (file_exists(path))
        text_format(
            why, sizeof why,
            _("This endpoint was registered before, but its identity is gone from %s. Restore "
              "identity.json from a backup, or register again; the queued changes stay."),
            a->paths.state_dir);
    dialog_register(a, why);
}

void app_open(struct app *a, const struct paths *paths, const char *ctl, bool ascii)
{
    char self[PATH_MAX] = "";
    struct error e = {0};
    *a = (struct app){.ascii = ascii, .dirty = true, .status_every_ms = 1000};
    a->paths = *paths;
    char *slash = host_program(self, sizeof self) ? strrchr(self, '/') : NULL;
    if (slash)
        slash[1] = '\0';
    if (ctl)
        text_copy(a->ctl, sizeof a->ctl, ctl);
    else if (!slash || !text_format(a->ctl, sizeof a->ctl, "%sendpointctl", self))
        text_copy(a->ctl, sizeof a->ctl, "endpointctl");
    host_name(a->host, sizeof a->host);
    a->streams = stream_all_open();
    a->faults = mem_array(CONFIG_FAULTS, sizeof *a->faults);
    settings_load(a);
    settings_load_identity(a);
    if (mapping_list(a->paths.erp_dir, a->paths.config_dir, &a->erps, &e) != STATUS_OK && !a->erps)
        a->erps = json_array();
    a->tabs[TAB_CONNECTION] = tab_connection(a);
    a->tabs[TAB_SERVICE] = tab_service(a);
    a->tabs[TAB_SUMMARY] = tab_summary(a);
    a->tabs[TAB_ADVANCED] = tab_advanced(a);
    if (dialog_beside(a))
        a->tab = a->endpoint_id[0] ? TAB_SUMMARY : TAB_CONNECTION;
    else if (!a->endpoint_id[0])
        app_register_first(a);
    else if (text_equal(config_text(a->config, "erp.type"), ""))
        a->tab = TAB_CONNECTION;
    else
        a->tab = TAB_SUMMARY;
}

void app_close(struct app *a)
{
    stream_close(a->paths_asking);
    while (a->depth > 0)
        view_close(a->dialogs[a->depth - 1]);
    for (int i = 0; i < TABS; i++)
        if (a->tabs[i])
            view_close(a->tabs[i]);
    stream_all_close(a->streams);
    json_decref(a->live.status);
    json_decref(a->erps);
    config_free(a->config);
    free(a->faults);
}

struct view *app_view(const struct app *a)
{
    return a->depth > 0 ? a->dialogs[a->depth - 1] : a->tabs[a->tab];
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

static void build(struct view *v, int width)
{
    v->width = width;
    form_begin(&v->form);
    v->ops->build(v);
    form_end(&v->form);
}

static void add_light(struct buf *b, enum check_result result, const char *word)
{
    static const char *const marks[] = {[CHECK_OK] = MARK_OK,
                                        [CHECK_FAIL] = MARK_FAIL,
                                        [CHECK_WARN] = MARK_WARN,
                                        [CHECK_WAIT] = MARK_WAIT,
                                        [CHECK_SKIPPED] = MARK_SKIPPED};
    buf_printf(b, "   %s\u25a0" MARK_END " %s", marks[result], word);
}

/* The state in green or red words, at the title's right side. */
static void add_lights(const struct app *a, struct buf *b)
{
    const json_t *s = a->live.status;
    if (!a->endpoint_id[0]) {
        buf_add_text(b, _("not registered"));
        return;
    }
    if (!s) {
        bool busy = a->live.error.status == STATUS_BUSY;
        add_light(b,
                  busy            ? CHECK_WARN
                  : a->live.known ? CHECK_FAIL
                                  : CHECK_WAIT,
                  busy            ? _("busy")
                  : a->live.known ? _("not running")
                                  : _("asking"));
        return;
    }
    static const char *const panel_words[] = {[CHECK_OK] = N_("panel OK"),
                                              [CHECK_FAIL] = N_("panel FAIL"),
                                              [CHECK_WARN] = N_("panel .."),
                                              [CHECK_WAIT] = N_("panel .."),
                                              [CHECK_SKIPPED] = N_("panel ..")};
    static const char *const erp_words[] = {[CHECK_OK] = N_("ERP OK"),
                                            [CHECK_FAIL] = N_("ERP FAIL"),
                                            [CHECK_WARN] = N_("ERP .."),
                                            [CHECK_WAIT] = N_("ERP .."),
                                            [CHECK_SKIPPED] = N_("ERP ..")};
    enum check_result panel = judge_panel(s), erp = judge_erp(s);
    add_light(b, CHECK_OK, _("running"));
    add_light(b, panel, _(panel_words[panel]));
    if (json_array_size(json_object_get(s, "plugins")))
        add_light(b, erp, _(erp_words[erp]));
}

static void draw_title(const struct app *a, struct canvas *c)
{
    struct buf b;
    char title[200];
    const char *name = config_text(a->config, "endpoint.name");
    buf_init(&b, 1024);
    add_lights(a, &b);
    int lights = canvas_columns(buf_text(&b)), room = c->columns - 2 * MARGIN;
    text_format(title, sizeof title, "Endpoint " ENDPOINT_VERSION " \u00b7 %s",
                view_clean(VIEW_TEXT, *name ? name : a->host));
    canvas_text(c, 0, MARGIN, room - lights - 1, STYLE_TITLE, title);
    canvas_text(c, 0, c->columns - MARGIN - lights, lights, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
}

static void tab_text(const struct app *a, int tab, char text[80])
{
    const struct form *f = &a->tabs[tab]->form;
    const char *mark = form_faulty(f) ? "!" : form_changed(f) && tab != TAB_SUMMARY ? "*" : "";
    text_format(text, 80, tab == a->tab ? "[%d %s%s]" : " %d %s%s ", tab + 1, _(tab_titles[tab]),
                mark);
}

static void draw_tabs(const struct app *a, struct canvas *c)
{
    char texts[TABS][80];
    int column = MARGIN, whole = 0, others = 0;
    for (int i = 0; i < TABS; i++) {
        tab_text(a, i, texts[i]);
        whole += canvas_columns(texts[i]) + 1;
        others += i == a->tab ? 0 : canvas_columns(texts[i]);
    }
    int room = c->columns - 2 * MARGIN, gap = whole <= room + 1 ? 1 : 0;
    int over = whole - TABS - room; /* columns that the others must give up */
    for (int i = 0; i < TABS; i++) {
        bool active = i == a->tab;
        int columns = canvas_columns(texts[i]);
        if (!active && over > 0 && others > 0) {
            int less = (over * columns + others - 1) / others;
            others -= columns;
            over -= less;
            columns -= less;
        }
        column +=
            canvas_text(c, 1, column, columns, active ? STYLE_TAB_ACTIVE : STYLE_TAB, texts[i]) +
            gap;
    }
}

static void draw_head(const struct app *a, struct canvas *c)
{
    draw_title(a, c);
    if (a->depth > 0)
        canvas_text(c, 1, MARGIN, c->columns - 2 * MARGIN, STYLE_TAB_ACTIVE,
                    _(app_view(a)->ops->title));
    else
        draw_tabs(a, c);
    canvas_fill(c, 2, MARGIN, c->columns - 2 * MARGIN, STYLE_RULE, 0x2500);
}

/* The first sentence of a help text. */
static void first_sentence(const char *help, char *target, size_t size)
{
    text_copy(target, size, help);
    char *end = strstr(target, ". ");
    if (end)
        end[1] = '\0';
}

/* Draw entries of the key bar until one does not fit; the last ones are always there. */
static void draw_bar(const struct app *a, struct canvas *c)
{
    const struct view *v = app_view(a);
    const char *own = v->ops->keys ? _(v->ops->keys) : "";
    bool tabs = a->depth == 0;
    const char *last = tabs ? _("F10 q Close") : _("Esc q Back");
    char text[400];
    text_format(text, sizeof text, "%s%s%s%s%s", _("F1 ? Help"), *own ? "  " : "", own,
                tabs ? "  " : "", tabs ? _("1-4 Tab") : "");
    int room = c->columns - 2 * MARGIN - canvas_columns(last) - 2;
    while (canvas_columns(text) > room) {
        char *cut = strrchr(text, ' ');
        while (cut && cut > text && cut[-1] != ' ')
            *cut = '\0', cut = strrchr(text, ' ');
        if (!cut || cut == text)
            break;
        cut[-1] = '\0';
    }
    int row = c->rows - 1, used = canvas_text(c, row, MARGIN, room, STYLE_BAR, text);
    canvas_text(c, row, MARGIN + used + (used ? 2 : 0), c->columns, STYLE_BAR, last);
}

static void draw_foot(const struct app *a, struct canvas *c)
{
    const struct item *i = form_focused(&app_view(a)->form);
    char help[600] = "";
    if (i && i->help[0])
        first_sentence(i->help, help, sizeof help);
    canvas_fill(c, c->rows - 3, MARGIN, c->columns - 2 * MARGIN, STYLE_RULE, 0x2500);
    canvas_text(c, c->rows - 2, MARGIN, c->columns - 2 * MARGIN,
                a->hint[0] ? STYLE_DIM : STYLE_HELP, a->hint[0] ? a->hint : help);
    draw_bar(a, c);
}

static void draw_too_small(struct canvas *c)
{
    char text[200];
    size_t length;
    const char *next, *at = text;
    text_format(text, sizeof text,
                _("This window has %d columns and %d lines. endpoint-tui needs %d by %d."),
                c->columns, c->rows, LEAST_COLUMNS, LEAST_ROWS);
    for (int row = 0; row < c->rows && canvas_wrap(at, c->columns, &length, &next); row++) {
        char *line = mem_string_n(at, length);
        canvas_text(c, row, 0, c->columns, STYLE_NORMAL, line);
        free(line);
        at = next;
    }
}

void app_draw(struct app *a, struct canvas *c)
{
    struct view *v = app_view(a);
    canvas_clear(c);
    a->dirty = false;
    if (c->rows < LEAST_ROWS || c->columns < LEAST_COLUMNS) {
        draw_too_small(c);
        return;
    }
    int width = c->columns - 2 * MARGIN;
    for (int i = 0; i < TABS; i++)
        if (a->tabs[i] != v && (a->tabs[i]->form.count == 0 || i == a->tab))
            build(a->tabs[i], width - 2);
    build(v, width - 2);
    draw_head(a, c);
    draw_foot(a, c);
    a->body_row = HEAD_ROWS;
    a->body_rows = c->rows - HEAD_ROWS - FOOT_ROWS;
    form_draw(&v->form, c, HEAD_ROWS, MARGIN, a->body_rows, width);
    if (!form_focused(&v->form)) {
        c->cursor_row = 1;
        c->cursor_column = MARGIN;
    }
}

/* ---- keys ---------------------------------------------------------------------------------------------- */

static void show_tab(struct app *a, int tab)
{
    if (a->depth > 0 || tab == a->tab)
        return;
    a->tab = tab;
    a->dirty = true;
    a->live.asked_ms = 0;
    if (a->tabs[tab]->ops->tick)
        a->tabs[tab]->ops->tick(a->tabs[tab], 0);
}

static bool tab_key(struct app *a, int key, bool typing)
{
    if (key >= K_F + 6 && key <= K_F + 9) {
        show_tab(a, key - K_F - 6);
        return true;
    }
    if (key >= (K_ALT | '1') && key <= (K_ALT | '4')) {
        show_tab(a, (key & ~K_ALT) - '1');
        return true;
    }
    if (!typing && a->depth == 0 && key >= '1' && key <= '4') {
        show_tab(a, key - '1');
        return true;
    }
    return false;
}

static void back(struct app *a)
{
    if (a->depth > 0)
        view_close(app_view(a));
    else
        dialog_quit(a);
}

static bool frame_key(struct app *a, int key, bool typing)
{
    struct view *v = app_view(a);
    if (tab_key(a, key, typing))
        return true;
    switch (key) {
    case K_F + 1: dialog_help(a, v); return true;
    case K_F + 2:
    case K_CTRL('S'):
        if (a->depth == 0)
            settings_save(a, v);
        return true;
    case K_F + 10:
    case K_ESC:
    case K_CTRL('C'): back(a); return true;
    case '?':
        if (!typing)
            dialog_help(a, v);
        return !typing;
    case '/': return !typing && form_focus(&v->form, "search");
    case 'q':
    case 'Q':
        if (!typing)
            back(a);
        return !typing;
    default: return false;
    }
}

static void act_on(struct app *a, struct view *v, enum form_result result)
{
    char id[64];
    struct item *i = form_focused(&v->form);
    if (result != FORM_IGNORED)
        a->dirty = true;
    if (!i)
        return;
    text_copy(id, sizeof id, i->id);
    if (result == FORM_CHANGED && v->ops->changed)
        v->ops->changed(v, id);
    if (result == FORM_ACTIVATED && i->kind == ITEM_CHOICE)
        dialog_choice(v, i);
    else if (result == FORM_ACTIVATED && v->ops->act)
        v->ops->act(v, id);
}

void app_key(struct app *a, int key)
{
    struct view *v = app_view(a);
    bool typing = form_item_takes_text(form_focused(&v->form));
    bool letter = key > K_SPACE && key < K_UP && key != K_BACKSPACE;
    a->dirty = true;
    a->hint[0] = '\0';
    if (key == K_CTRL('L')) {
        a->repaint = true;
        return;
    }
    if ((!typing || !letter) && v->ops->key && v->ops->key(v, key))
        return;
    if (frame_key(a, key, typing))
        return;
    act_on(a, v, form_key(&v->form, key));
}

void app_click(struct app *a, int row, int column)
{
    struct view *v = app_view(a);
    if (row >= a->body_row && row < a->body_row + a->body_rows)
        act_on(a, v, form_click(&v->form, row - a->body_row + v->form.scroll, column - MARGIN));
}

/* ---- the daemon ---------------------------------------------------------------------------------------- */

static void gone(struct app *a)
{
    a->dirty |= a->live.status != NULL || !a->live.known;
    json_decref(a->live.status);
    a->live.status = NULL;
    a->live.known = true;
}

static void refused(struct app *a, const json_t *answer)
{
    const json_t *error = json_object_get(answer, "error");
    struct live *l = &a->live;
    bool busy = text_equal(json_text(error, "code", ""), "clients");
    gone(a);
    json_to_error(error, &l->error);
    l->error.status = busy ? STATUS_BUSY : STATUS_REFUSED;
    stream_close(l->asking);
    l->asking = NULL;
    a->dirty = true;
}

static void on_status(void *user, const json_t *answer)
{
    struct app *a = user;
    struct live *l = &a->live;
    if (!json_object_get(answer, "ok"))
        return;
    if (!json_flag(answer, "ok", false)) { /* "too busy to tell its state" is not its state */
        refused(a, answer);
        return;
    }
    if (!l->status || !json_equal(l->status, answer))
        a->dirty = true;
    json_decref(l->status);
    l->status = json_incref((json_t *)answer);
    l->known = true;
    error_clear(&l->error);
    stream_close(l->asking);
    l->asking = NULL;
    if (!text_equal(json_text(json_object_get(answer, "endpoint"), "id", ""), a->endpoint_id)) {
        settings_load_identity(a);
        a->dirty = true;
    }
    const json_t *error = json_object_get(json_object_get(answer, "panel"), "error");
    if (text_equal(json_text(error, "code", ""), "endpoint_revoked") && !a->revoked_told &&
        a->depth == 0) {
        a->revoked_told = true;
        dialog_register(
            a, _("The panel has revoked this endpoint: it sends nothing any more. If that was a "
                 "mistake, register it again with a new token."));
    }
}

static void on_status_ended(void *user, int code, const char *said)
{
    struct app *a = user;
    (void)code;
    (void)said;
    a->live.asking = NULL;
    gone(a);
}

void app_ask_status(struct app *a)
{
    static const char *const words[] = {"status"};
    struct live *l = &a->live;
    const struct stream_handlers handlers = {
        .line = on_status, .ended = on_status_ended, .user = a};
    if (l->asking)
        return;
    l->asking = view_ask(a, json_pack("{s:s}", "do", words[0]), &handlers, &l->error);
    if (!l->asking)
        gone(a);
}

void app_tick(struct app *a, int64_t now_ms)
{
    struct view *v = app_view(a);
    int every = a->tab == TAB_SUMMARY ? a->status_every_ms : a->status_every_ms * 3;
    if (a->live.asked_ms == 0 || now_ms - a->live.asked_ms >= every) {
        a->live.asked_ms = now_ms;
        app_ask_status(a);
    }
    if (v->ops->tick)
        v->ops->tick(v, now_ms);
}

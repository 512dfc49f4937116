/* The dialogs that know nothing about endpoints: text, question, list, help. */
#include "tui/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/app.h"
#include "tui/settings.h"
#include "tui/view.h"
#include "tui/words.h"

#define BUTTONS 6
#define FEW     12 /* rows that one sees at a glance */

struct dialog {
    struct view view;
    struct view_ops ops;
    char *title, *text;
    struct {
        char id[32];
        char *label;
    } buttons[BUTTONS];
    size_t button_count;
    json_t *rows;
    void (*chosen)(struct app *a, void *user, const char *id);
    void *user;
};

static void build(struct view *v)
{
    struct dialog *d = (struct dialog *)v;
    struct form *f = &v->form;
    size_t i;
    json_t *row;
    if (d->text[0]) {
        form_text(f, STYLE_NORMAL, d->text);
        form_gap(f);
    }
    if (json_array_size(d->rows) > FEW)
        form_help(form_input(f, "search", _("Search"), "", 30),
                  _("A part of the text to search for. / jumps here from the list."));
    json_array_foreach (d->rows, i, row)
        if (words_found(form_value(f, "search"), json_text(row, "text", "")))
            form_row(f, json_text(row, "id", ""),
                     view_clean(VIEW_TEXT, json_text(row, "text", "")));
    if (json_array_size(d->rows) > FEW && !f->focus[0]) /* not on the search: rows are picked */
        form_focus(f, json_text(json_array_get(d->rows, 0), "id", ""));
    if (d->rows)
        form_gap(f);
    for (i = 0; i < d->button_count; i++) {
        struct item *b = form_button(f, d->buttons[i].id, d->buttons[i].label);
        b->beside = i > 0;
        b->acts = !text_equal(b->id, "back");
    }
}

static void answer(struct view *v, const char *id)
{
    struct dialog *d = (struct dialog *)v;
    struct app *a = v->app;
    void (*chosen)(struct app *, void *, const char *) = d->chosen;
    void *user = d->user;
    char copy[64];
    text_copy(copy, sizeof copy, id);
    d->chosen = NULL;
    view_close(v);
    if (chosen)
        chosen(a, user, id ? copy : NULL);
}

static void act(struct view *v, const char *id)
{
    answer(v, text_equal(id, "back") ? NULL : id);
}

static void release(struct view *v)
{
    struct dialog *d = (struct dialog *)v;
    if (d->chosen) /* closed together with the view below: nothing was chosen */
        d->chosen(v->app, d->user, NULL);
    free(d->title);
    free(d->text);
    for (size_t i = 0; i < d->button_count; i++)
        free(d->buttons[i].label);
    json_decref(d->rows);
}

static bool key(struct view *v, int key)
{
    if (key != K_ESC && key != 'q' && key != K_F + 10)
        return false;
    answer(v, NULL);
    return true;
}

static struct dialog *make(struct app *a, const char *title, const char *text)
{
    struct dialog *d = mem_alloc(sizeof *d);
    d->title = mem_string(title);
    d->text = mem_string(text ? text : "");
    d->ops = (struct view_ops){
        .title = d->title, .build = build, .act = act, .key = key, .free = release};
    view_open(&d->view, a, &d->ops);
    return d;
}

static void add_button(struct dialog *d, const char *id, const char *label)
{
    if (d->button_count == BUTTONS)
        return;
    text_copy(d->buttons[d->button_count].id, sizeof d->buttons[0].id, id);
    d->buttons[d->button_count++].label = mem_string(label);
}

void dialog_text(struct app *a, const char *title, const char *text)
{
    struct dialog *d = make(a, title, text);
    d->view.form.rest = true;
    add_button(d, "back", _("Back"));
    view_push(&d->view);
}

void dialog_ask(struct app *a, const char *title, const char *text,
                const struct dialog_button *buttons, size_t count,
                void (*chosen)(struct app *a, void *user, const char *id), void *user)
{
    struct dialog *d = make(a, title, text);
    for (size_t i = 0; i < count; i++)
        add_button(d, buttons[i].id, buttons[i].label);
    d->chosen = chosen;
    d->user = user;
    view_push(&d->view);
}

void dialog_list(struct app *a, const char *title, const char *text, json_t *rows,
                 void (*chosen)(struct app *a, void *user, const char *id), void *user)
{
    struct dialog *d = make(a, title, text);
    d->rows = rows;
    add_button(d, "back", _("Back"));
    d->chosen = chosen;
    d->user = user;
    view_push(&d->view);
}

void dialog_help(struct app *a, const struct view *v)
{
    const struct item *i = form_focused(&v->form);
    struct buf b;
    buf_init(&b, 16384);
    if (i && i->help[0])
        buf_printf(&b, MARK_STRONG "%s" MARK_END "\n%s\n \n", i->label, i->help);
    if (v->ops->help)
        buf_printf(&b, "%s\n \n", _(v->ops->help));
    buf_add_text(&b, _("Keys\n"
                       "Tab, Shift-Tab, arrows   move      Enter   press, open a list\n"
                       "Space   tick, next choice          Left, Right   other choice\n"
                       "1-4, Alt-1-4, F6-F9   tabs         Esc, q, F10   back, close\n"
                       "F2, Ctrl-S   save                  F5, t   test\n"
                       "Ctrl-L   paint the screen anew     Ctrl-U   empty a field\n"
                       "Letters work where no text is being typed."));
    dialog_text(a, _("Help"), buf_text(&b));
    buf_free(&b);
}

/* ---- a choice as a list -------------------------------------------------------------------------------- */

struct picking {
    struct view *view;
    char id[64];
};

static void picked(struct app *a, void *user, const char *id)
{
    struct picking *p = user;
    (void)a;
    if (id && form_find(&p->view->form, p->id)) {
        form_type(&p->view->form, p->id, id);
        if (p->view->ops->changed)
            p->view->ops->changed(p->view, p->id);
    }
    free(p);
}

void dialog_choice(struct view *v, struct item *item)
{
    struct picking *p = mem_alloc(sizeof *p);
    json_t *rows = json_array();
    p->view = v;
    text_copy(p->id, sizeof p->id, item->id);
    for (size_t i = 0; i < item->choice_count; i++)
        if (*item->choices[i])
            json_array_append_new(rows, json_pack("{s:s,s:s}", "id", item->choices[i], "text",
                                                  item->choice_labels[i]));
    char value[64];
    text_copy(value, sizeof value,
              *item->value ? item->value : json_text(json_array_get(rows, 0), "id", ""));
    dialog_list(v->app, item->label, item->help, rows, picked, p);
    struct view *top = app_view(v->app);
    text_copy(top->form.focus, sizeof top->form.focus, value);
}

/* ---- leaving ------------------------------------------------------------------------------------------- */

static void quit_chosen(struct app *a, void *user, const char *id)
{
    (void)user;
    if (!id || text_equal(id, "stay"))
        return;
    if (text_equal(id, "save")) {
        if (settings_unsaved(a))
            settings_save(a, a->tabs[a->tab]);
        if (settings_unsaved(a))
            return;                                      /* the notice, or the fault, says why */
        if (form_changed(&a->tabs[TAB_SERVICE]->form)) { /* it takes time, and may fail */
            a->tab = TAB_SERVICE;
            view_notice(a->tabs[TAB_SERVICE], CHECK_WARN, _("The service user is not saved yet."),
                        _("F2 saves it."));
            return;
        }
    }
    a->quit = true;
}

void dialog_quit(struct app *a)
{
    const struct dialog_button buttons[] = {
        {"save", _("Save")}, {"discard", _("Discard")}, {"stay", _("Stay")}};
    if (!settings_unsaved(a) && !form_changed(&a->tabs[TAB_SERVICE]->form)) {
        a->quit = true;
        return;
    }
    dialog_ask(a, _("Unsaved changes"), _("Settings were changed and not saved."), buttons,
               COUNT_OF(buttons), quit_chosen, NULL);
}

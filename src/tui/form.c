/* Items, focus and editing. Layout and drawing are in form_draw.c. */
#include "tui/form.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static void clear_choices(struct item *i)
{
    for (size_t k = 0; k < i->choice_count; k++) {
        free(i->choices[k]);
        free(i->choice_labels[k]);
    }
    i->choice_count = 0;
}

static void free_item(struct item *i)
{
    clear_choices(i);
    free(i->label);
    free(i->text);
    free(i->help);
    mem_free_secret(i->value);
    mem_free_secret(i->original);
    free(i->fault);
    free(i);
}

void form_free(struct form *f)
{
    for (size_t i = 0; i < f->count; i++)
        free_item(f->items[i]);
    free(f->items);
    f->items = NULL;
    f->count = f->room = 0;
}

/* ---- building ------------------------------------------------------------------------------------- */

void form_begin(struct form *f)
{
    f->before = f->items;
    f->before_count = f->count;
    f->items = NULL;
    f->count = f->room = 0;
    for (size_t i = 0; i < f->before_count; i++)
        f->before[i]->kept = false;
}

static bool focusable(const struct item *i)
{
    return i->kind > ITEM_RULE && !i->disabled;
}

void form_end(struct form *f)
{
    size_t old = f->before_count;
    for (size_t i = 0; i < f->before_count; i++) {
        if (text_equal(f->before[i]->id, f->focus) && f->focus[0])
            old = i;
        if (!f->before[i]->kept)
            free_item(f->before[i]);
    }
    free(f->before);
    f->before = NULL;
    f->before_count = 0;
    if (form_focused(f))
        return;
    /* The focused item is gone: the item at its place, or after it, takes the focus. */
    struct item *take = NULL;
    for (size_t i = 0; i < f->count; i++)
        if (focusable(f->items[i]) && (!take || i <= old || (take->acts && !f->items[i]->acts)))
            take = f->items[i];
    f->focus[0] = '\0';
    f->follow = !f->rest;
    if (take)
        text_copy(f->focus, sizeof f->focus, take->id);
}

static void set_text(char **where, const char *text)
{
    if (*where && text && strcmp(*where, text) == 0)
        return;
    free(*where);
    *where = mem_string(text);
}

/* Keep the item of this id from the last build, or make it. */
static struct item *add(struct form *f, enum item_kind kind, const char *id, const char *label)
{
    struct item *found = NULL;
    for (size_t i = 0; i < f->before_count && id && !found; i++) {
        struct item *b = f->before[i];
        if (!b->kept && b->kind == kind && text_equal(b->id, id))
            found = b;
    }
    if (found) {
        found->kept = true;
    } else {
        found = mem_alloc(sizeof *found);
        found->kind = kind;
        text_copy(found->id, sizeof found->id, id);
    }
    clear_choices(found);
    set_text(&found->label, label ? label : "");
    set_text(&found->text, "");
    set_text(&found->help, "");
    found->indent = found->width = 0;
    found->beside = found->right = found->disabled = found->stored = found->acts = false;
    found->filter = NULL;
    if (f->count == f->room) {
        f->room = f->room ? f->room * 2 : 32;
        f->items = mem_resize(f->items, f->room, sizeof(struct item *));
    }
    f->items[f->count++] = found;
    return found;
}

struct item *form_text(struct form *f, enum style style, const char *text)
{
    struct item *i = add(f, ITEM_TEXT, NULL, NULL);
    i->width = (int)style;
    set_text(&i->text, text);
    return i;
}

struct item *form_textf(struct form *f, enum style style, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return form_text(f, style, text);
}

void form_gap(struct form *f)
{
    form_text(f, STYLE_NORMAL, "\n");
}

void form_rule(struct form *f)
{
    add(f, ITEM_RULE, NULL, NULL);
}

static void initial_value(struct item *i, const char *value)
{
    if (i->value)
        return;
    i->value = mem_string(value ? value : "");
    i->original = mem_string(i->value);
    i->cursor = strlen(i->value);
}

struct item *form_input(struct form *f, const char *id, const char *label, const char *initial,
                        int width)
{
    struct item *i = add(f, ITEM_INPUT, id, label);
    i->width = width;
    initial_value(i, initial);
    return i;
}

struct item *form_secret(struct form *f, const char *id, const char *label, int width)
{
    struct item *i = add(f, ITEM_SECRET, id, label);
    i->width = width;
    initial_value(i, "");
    return i;
}

struct item *form_choice(struct form *f, const char *id, const char *label, const char *initial)
{
    struct item *i = add(f, ITEM_CHOICE, id, label);
    initial_value(i, initial);
    return i;
}

void form_option(struct item *i, const char *value, const char *label)
{
    if (i->choice_count == FORM_CHOICES)
        return;
    i->choices[i->choice_count] = mem_string(value);
    i->choice_labels[i->choice_count++] = mem_string(label);
}

struct item *form_checkbox(struct form *f, const char *id, const char *label, bool initial)
{
    struct item *i = add(f, ITEM_CHECKBOX, id, label);
    initial_value(i, initial ? "1" : "");
    return i;
}

struct item *form_radio(struct form *f, const char *id, const char *label, bool initial)
{
    struct item *i = add(f, ITEM_RADIO, id, label);
    initial_value(i, initial ? "1" : "");
    return i;
}

struct item *form_button(struct form *f, const char *id, const char *label)
{
    return add(f, ITEM_BUTTON, id, label);
}

struct item *form_row(struct form *f, const char *id, const char *text)
{
    struct item *i = add(f, ITEM_ROW, id, NULL);
    set_text(&i->text, text);
    return i;
}

void form_note(struct item *i, const char *text)
{
    set_text(&i->text, text);
}

void form_help(struct item *i, const char *text)
{
    set_text(&i->help, text);
}

/* ---- reading and setting
 * --------------------------------------------------------------------------- */

struct item *form_find(const struct form *f, const char *id)
{
    for (size_t i = 0; i < f->count; i++)
        if (id[0] && strcmp(f->items[i]->id, id) == 0)
            return f->items[i];
    return NULL;
}

const char *form_value(const struct form *f, const char *id)
{
    const struct item *i = form_find(f, id);
    return i && i->value ? i->value : "";
}

bool form_on(const struct form *f, const char *id)
{
    return *form_value(f, id) != '\0';
}

static void set_value(struct item *i, const char *value)
{
    if (i->value == value)
        return;
    char *made = mem_string(value);
    mem_free_secret(i->value);
    i->value = made;
    i->cursor = strlen(made);
    i->scroll = 0;
    free(i->fault);
    i->fault = NULL;
}

static void set_original(struct item *i, const char *value)
{
    char *made = mem_string(value);
    mem_free_secret(i->original);
    i->original = made;
}

void form_set(struct form *f, const char *id, const char *value)
{
    struct item *i = form_find(f, id);
    if (!i)
        return;
    set_value(i, value);
    set_original(i, value);
}

void form_type(struct form *f, const char *id, const char *value)
{
    struct item *i = form_find(f, id);
    if (i)
        set_value(i, value);
}

void form_item_set(struct item *i, const char *value)
{
    set_value(i, value);
}

void form_tidy(struct form *f)
{
    for (size_t i = 0; i < f->count && f->tidy; i++)
        if (f->items[i]->value)
            f->tidy(f->user, f->items[i]);
}

bool form_item_changed(const struct item *i)
{
    return i->value && strcmp(i->value, i->original) != 0;
}

bool form_changed(const struct form *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (form_item_changed(f->items[i]))
            return true;
    return false;
}

void form_undo(struct form *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i]->value)
            set_value(f->items[i], f->items[i]->original);
}

void form_fault(struct form *f, const char *id, const char *reason)
{
    struct item *i = form_find(f, id);
    if (!i)
        return;
    free(i->fault);
    i->fault = reason ? mem_string(reason) : NULL;
}

bool form_faulty(const struct form *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i]->fault)
            return true;
    return false;
}

static bool check_item(struct form *f, struct item *i)
{
    char reason[400] = "";
    if (!i->value || i->disabled)
        return true;
    if (f->tidy)
        f->tidy(f->user, i);
    if (!f->validate)
        return true;
    bool good = f->validate(f->user, i, reason);
    free(i->fault);
    i->fault = good ? NULL : mem_string(reason);
    return good;
}

bool form_check(struct form *f)
{
    struct item *first = NULL;
    for (size_t i = 0; i < f->count; i++)
        if (!check_item(f, f->items[i]) && !first)
            first = f->items[i];
    if (first)
        form_focus(f, first->id);
    return first == NULL;
}

struct item *form_focused(const struct form *f)
{
    struct item *i = form_find(f, f->focus);
    return i && focusable(i) ? i : NULL;
}

bool form_item_takes_text(const struct item *i)
{
    return i && (i->kind == ITEM_INPUT || i->kind == ITEM_SECRET);
}

static void focus_on(struct form *f, struct item *to)
{
    struct item *from = form_focused(f);
    f->follow = true;
    if (from == to)
        return;
    if (from)
        check_item(f, from);
    text_copy(f->focus, sizeof f->focus, to->id);
}

bool form_focus(struct form *f, const char *id)
{
    struct item *i = form_find(f, id);
    if (!i || !focusable(i))
        return false;
    text_copy(f->focus, sizeof f->focus, i->id);
    f->follow = true;
    return true;
}

void form_show(struct form *f, const char *id)
{
    text_copy(f->top, sizeof f->top, id);
}

void form_reveal(struct form *f, const char *id)
{
    text_copy(f->seen, sizeof f->seen, id);
}

/* ---- moving ---------------------------------------------------------------------------------------- */

static struct item *neighbour(const struct form *f, int step)
{
    size_t at = 0;
    if (f->count == 0)
        return NULL;
    while (at < f->count && strcmp(f->items[at]->id, f->focus) != 0)
        at++;
    if (at == f->count)
        at = 0;
    for (size_t tried = 0; tried < f->count; tried++) {
        at = (at + f->count + (size_t)(step > 0 ? 1 : -1)) % f->count;
        if (focusable(f->items[at]))
            return f->items[at];
    }
    return NULL;
}

/* The nearest item on a line above or below. */
static struct item *vertical(const struct form *f, int step)
{
    const struct item *from = form_focused(f);
    struct item *best = NULL;
    for (size_t k = 0; k < f->count && from; k++) {
        struct item *i = f->items[k];
        int away = step > 0 ? i->row - from->row : from->row - i->row;
        if (!focusable(i) || away <= 0)
            continue;
        int best_away = best ? (step > 0 ? best->row - from->row : from->row - best->row) : 0;
        if (!best || away < best_away ||
            (away == best_away && abs(i->field_column - from->field_column) <
                                      abs(best->field_column - from->field_column)))
            best = i;
    }
    return best;
}

static enum form_result move_to(struct form *f, struct item *to)
{
    if (!to)
        return FORM_IGNORED;
    focus_on(f, to);
    return FORM_MOVED;
}

static enum form_result move_vertically(struct form *f, int step)
{
    struct item *to = vertical(f, step);
    if (to)
        return move_to(f, to);
    /* Nothing to focus in that direction: scroll the text. */
    f->scroll += step;
    return FORM_MOVED;
}

/* ---- editing --------------------------------------------------------------------------------------- */

static size_t left_of(const char *text, size_t at)
{
    while (at > 0 && ((unsigned char)text[--at] & 0xc0) == 0x80)
        ;
    return at;
}

static size_t right_of(const char *text, size_t at)
{
    if (text[at])
        at++;
    while (((unsigned char)text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static void replace(struct item *i, size_t from, size_t to, const char *with, size_t length)
{
    size_t old = strlen(i->value);
    char *made = mem_alloc(old + length + 1);
    memcpy(made, i->value, from);
    memcpy(made + from, with, length);
    memcpy(made + from + length, i->value + to, old - to + 1);
    mem_free_secret(i->value);
    i->value = made;
    i->cursor = from + length;
    free(i->fault);
    i->fault = NULL;
}

static enum form_result erase(struct item *i, size_t from, size_t to)
{
    if (from == to)
        return FORM_MOVED;
    replace(i, from, to, "", 0);
    return FORM_CHANGED;
}

static enum form_result type_point(struct item *i, int key)
{
    char bytes[4];
    if (i->filter && !i->filter(key))
        return FORM_MOVED;
    size_t length = text_encode(bytes, (uint32_t)key);
    if (strlen(i->value) + length > FORM_VALUE_MAX)
        return FORM_MOVED;
    replace(i, i->cursor, i->cursor, bytes, length);
    return FORM_CHANGED;
}

static size_t word_start(const struct item *i)
{
    size_t at = i->cursor;
    while (at > 0 && i->value[at - 1] == ' ')
        at--;
    while (at > 0 && i->value[at - 1] != ' ')
        at = left_of(i->value, at);
    return at;
}

static enum form_result edit(struct item *i, int key)
{
    size_t end = strlen(i->value);
    switch (key) {
    case K_LEFT: i->cursor = left_of(i->value, i->cursor); return FORM_MOVED;
    case K_RIGHT: i->cursor = right_of(i->value, i->cursor); return FORM_MOVED;
    case K_HOME:
    case K_CTRL('A'): i->cursor = 0; return FORM_MOVED;
    case K_END:
    case K_CTRL('E'): i->cursor = end; return FORM_MOVED;
    case K_BACKSPACE:
    case K_CTRL('H'): return erase(i, left_of(i->value, i->cursor), i->cursor);
    case K_DELETE: return erase(i, i->cursor, right_of(i->value, i->cursor));
    case K_CTRL('U'): return erase(i, 0, i->cursor);
    case K_CTRL('K'): return erase(i, i->cursor, end);
    case K_CTRL('W'): return erase(i, word_start(i), i->cursor);
    default: break;
    }
    if (key >= K_SPACE && key < K_UP && key != K_BACKSPACE && !(key >= 0x80 && key < 0xa0))
        return type_point(i, key);
    return FORM_IGNORED;
}

static enum form_result turn(struct item *i, int step)
{
    size_t at = 0;
    if (i->choice_count == 0)
        return FORM_MOVED;
    while (at < i->choice_count && strcmp(i->choices[at], i->value) != 0)
        at++;
    if (at == i->choice_count)
        at = step > 0 ? i->choice_count - 1 : 0;
    at = (at + i->choice_count + (size_t)(step > 0 ? 1 : -1)) % i->choice_count;
    set_value(i, i->choices[at]);
    return FORM_CHANGED;
}

static enum form_result choose_radio(struct form *f, struct item *i)
{
    const char *end = strrchr(i->id, '=');
    size_t length = end ? (size_t)(end - i->id) : 0;
    for (size_t k = 0; k < f->count; k++) {
        struct item *other = f->items[k];
        if (other->kind == ITEM_RADIO && strncmp(other->id, i->id, length + 1) == 0)
            set_value(other, other == i ? "1" : "");
    }
    return FORM_CHANGED;
}

static enum form_result press(struct form *f, struct item *i, int key)
{
    switch (i->kind) {
    case ITEM_CHECKBOX: set_value(i, *i->value ? "" : "1"); return FORM_CHANGED;
    case ITEM_RADIO: return choose_radio(f, i);
    case ITEM_CHOICE: return key == K_SPACE ? turn(i, 1) : FORM_ACTIVATED;
    case ITEM_BUTTON:
    case ITEM_ROW: return FORM_ACTIVATED;
    default: return move_to(f, neighbour(f, 1));
    }
}

static enum form_result sideways(struct form *f, struct item *i, int step)
{
    if (i->kind == ITEM_CHOICE)
        return turn(i, step);
    if (i->kind == ITEM_BUTTON)
        return move_to(f, neighbour(f, step));
    return FORM_IGNORED;
}

enum form_result form_key(struct form *f, int key)
{
    struct item *i = form_focused(f);
    if (form_item_takes_text(i)) {
        enum form_result r = edit(i, key);
        if (r != FORM_IGNORED)
            return r;
    }
    switch (key) {
    case K_TAB: return move_to(f, neighbour(f, 1));
    case K_BACK_TAB: return move_to(f, neighbour(f, -1));
    case K_DOWN: return move_vertically(f, 1);
    case K_UP: return move_vertically(f, -1);
    case K_PAGE_DOWN: f->scroll += 8; return FORM_MOVED;
    case K_PAGE_UP: f->scroll -= 8; return FORM_MOVED;
    default: break;
    }
    if (!i)
        return FORM_IGNORED;
    switch (key) {
    case K_LEFT: return sideways(f, i, -1);
    case K_RIGHT: return sideways(f, i, 1);
    case K_ENTER:
    case K_CTRL('J'): return press(f, i, K_ENTER);
    case K_SPACE: return press(f, i, K_SPACE);
    default: return FORM_IGNORED;
    }
}

enum form_result form_click(struct form *f, int row, int column)
{
    for (size_t k = 0; k < f->count; k++) {
        struct item *i = f->items[k];
        if (!focusable(i) || row < i->row || row >= i->row + i->rows || column < i->column ||
            column >= i->column + i->columns)
            continue;
        focus_on(f, i);
        return form_item_takes_text(i) ? FORM_MOVED : press(f, i, K_SPACE);
    }
    return FORM_IGNORED;
}

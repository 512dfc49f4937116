/* Places a form's items and draws them. */
#include "tui/form_draw.h"

#include "tui/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum {
    LEAD = 2 /* "> " before fields and rows */,
    GAP = 2,
    FIELD_LEAST = 8,
    BELOW = 4 /* lines of a notice */
};

/* The line being filled. */
struct place {
    int width, row, column; /* column: where the next item can begin */
    int extra;              /* lines below it for notes and reasons */
    int hang; /* column of the field before: its button goes below it if there is no room beside */
};

static bool has_field(const struct item *i)
{
    return i->kind == ITEM_INPUT || i->kind == ITEM_SECRET || i->kind == ITEM_CHOICE;
}

static void new_line(struct place *p)
{
    if (p->column == 0 && p->extra == 0)
        return;
    p->row += 1 + p->extra;
    p->column = p->extra = 0;
}

static int choice_columns(const struct item *i)
{
    int widest = 4;
    for (size_t k = 0; k < i->choice_count; k++) {
        int columns = canvas_columns(i->choice_labels[k]);
        widest = columns > widest ? columns : widest;
    }
    return widest + 4;
}

/* Columns of the item's own box: field, button, mark. */
static int box_columns(const struct item *i)
{
    switch (i->kind) {
    case ITEM_INPUT:
    case ITEM_SECRET: return i->width;
    case ITEM_CHOICE: return choice_columns(i);
    case ITEM_CHECKBOX:
    case ITEM_RADIO: return 4 + canvas_columns(i->label);
    case ITEM_BUTTON: return 4 + canvas_columns(i->label);
    default: return 0;
    }
}

static void place_text(struct place *p, struct item *i)
{
    int columns = canvas_columns(i->text);
    if (i->beside && p->column + GAP + columns <= p->width && !strchr(i->text, '\n')) {
        i->row = p->row;
        i->column = p->column + (p->column ? GAP : 0);
        i->columns = columns;
        i->rows = 1;
        p->column = i->column + columns;
        return;
    }
    new_line(p);
    i->row = p->row;
    i->column = i->indent;
    i->columns = p->width - i->indent;
    i->rows = canvas_lines(i->text, i->columns);
    p->row += i->rows;
}

static void place_row(struct place *p, struct item *i)
{
    new_line(p);
    i->row = p->row;
    i->column = i->field_column = i->indent;
    i->columns = p->width - i->indent;
    i->rows = canvas_lines(i->text, i->columns - LEAD);
    if (i->rows < 1)
        i->rows = 1;
    p->row += i->rows;
}

static void add_below(struct place *p, struct item *i, const char *text)
{
    int columns = p->width - i->field_column;
    p->extra += canvas_lines(text, columns > FIELD_LEAST ? columns : p->width);
}

static void place_field(struct form *f, struct place *p, struct item *i)
{
    int label = has_field(i) ? canvas_columns(i->label) + (i->label[0] ? 2 : 0) : 0;
    int box = box_columns(i), gap = p->column ? GAP : 0;
    if (!i->beside || p->column + gap + LEAD + label + box > p->width) {
        new_line(p);
        gap = 0;
        if (has_field(i) && (!i->beside || label < f->label_columns))
            label = f->label_columns;
    }
    i->row = p->row;
    i->rows = 1;
    i->column = p->column + gap + (gap ? 0 : i->indent);
    i->field_column = i->column + LEAD + label;
    if (i->field_column + box > p->width)
        box = p->width - i->field_column;
    if (box < FIELD_LEAST)
        box = FIELD_LEAST;
    i->columns = i->field_column + box - i->column;
    p->column = i->field_column + box;
    p->hang = i->field_column;
    if (has_field(i) && i->text[0]) {
        int note = canvas_columns(i->text);
        if (p->column + GAP + note <= p->width)
            p->column += GAP + note;
        else
            add_below(p, i, i->text);
    }
    if (i->fault)
        add_below(p, i, i->fault);
}

/* Buttons at the right edge: consecutive ones are placed together. */
static size_t place_right(struct form *f, struct place *p, size_t first)
{
    int total = 0;
    size_t end = first;
    while (end < f->count && f->items[end]->right && (end == first || f->items[end]->beside)) {
        total += box_columns(f->items[end]) + (end == first ? 0 : GAP);
        end++;
    }
    if (!f->items[first]->beside || p->column + GAP + total > p->width)
        new_line(p);
    int column = p->width > total ? p->width - total : 0;
    for (size_t k = first; k < end; k++) {
        struct item *i = f->items[k];
        int box = box_columns(i);
        if (column > 0 && column + box > p->width) {
            p->column = column;
            new_line(p);
            column = 0;
        }
        i->row = p->row;
        i->rows = 1;
        i->column = i->field_column = column;
        i->columns = box;
        column += box + GAP;
        p->column = column;
    }
    return end;
}

static void place_button(struct place *p, struct item *i)
{
    int box = box_columns(i), gap = p->column ? GAP : 0;
    if (!i->beside)
        p->hang = i->indent;
    if (!i->beside || p->column + gap + box > p->width) {
        new_line(p);
        gap = p->hang + box <= p->width ? p->hang : i->indent;
    }
    i->row = p->row;
    i->rows = 1;
    i->column = i->field_column = p->column + gap;
    i->columns = box;
    p->column = i->column + box;
}

static void layout(struct form *f, int width)
{
    struct place p = {.width = width};
    f->label_columns = 0;
    for (size_t k = 0; k < f->count; k++) {
        const struct item *i = f->items[k];
        int columns = canvas_columns(i->label) + 2;
        if (has_field(i) && !i->beside && columns > f->label_columns)
            f->label_columns = columns;
    }
    if (f->label_columns > width * 2 / 5)
        f->label_columns = width * 2 / 5;
    for (size_t k = 0; k < f->count; k++) {
        struct item *i = f->items[k];
        if (i->right && i->kind == ITEM_BUTTON) {
            k = place_right(f, &p, k) - 1;
        } else if (i->kind == ITEM_TEXT) {
            place_text(&p, i);
        } else if (i->kind == ITEM_ROW) {
            place_row(&p, i);
        } else if (i->kind == ITEM_RULE) {
            new_line(&p);
            i->row = p.row++;
            i->rows = 1;
        } else if (i->kind == ITEM_BUTTON) {
            place_button(&p, i);
        } else {
            place_field(f, &p, i);
        }
    }
    new_line(&p);
    f->lines = p.row;
}

/* ---- drawing -------------------------------------------------------------------------------------- */

/* The visible window of the form. */
struct window {
    struct canvas *canvas;
    int row, column, rows, columns, scroll;
};

static int line_of(const struct window *w, int row)
{
    int line = row - w->scroll;
    return line >= 0 && line < w->rows ? w->row + line : -1;
}

static int draw_text(const struct window *w, int row, int column, int width, enum style style,
                     const char *text)
{
    int line = line_of(w, row);
    return line < 0 ? 0 : canvas_text(w->canvas, line, w->column + column, width, style, text);
}

static int draw_wrapped(const struct window *w, int row, int column, int width, enum style style,
                        const char *text)
{
    size_t length;
    const char *next;
    int lines = 0;
    char mark[3] = "";
    while (canvas_wrap(text, width, &length, &next)) {
        /* A mark stays in effect on the next line. */
        char *piece = mem_format("%s%.*s", mark, (int)length, text);
        draw_text(w, row + lines++, column, width, style, piece);
        for (const char *at = text; at < next; at++)
            if (*at == '\001' && at[1])
                text_copy(mark, sizeof mark, (char[]){at[0], at[1], '\0'});
        free(piece);
        text = next;
    }
    return lines;
}

static void cursor_at(const struct window *w, int row, int column)
{
    int line = line_of(w, row);
    if (line < 0)
        return;
    w->canvas->cursor_row = line;
    w->canvas->cursor_column = w->column + column;
}

/* For a secret, as many bullets as it has characters. */
static char *shown_value(const struct item *i)
{
    struct buf b;
    if (i->kind != ITEM_SECRET || i->revealed) {
        buf_init(&b, FORM_VALUE_MAX * 3);
        canvas_clean(&b, i->value, FORM_VALUE_MAX);
        return buf_take(&b);
    }
    buf_init(&b, FORM_VALUE_MAX * 4);
    size_t points = text_points(i->value, strlen(i->value));
    if (points == 0 && i->stored)
        points = 8;
    while (points-- > 0)
        buf_add_text(&b, "\u2022");
    return buf_take(&b);
}

/* Columns before the cursor. A secret has one column for each character. */
static int cursor_columns(const struct item *i)
{
    char *left = mem_string_n(i->value, i->cursor);
    int columns = i->kind == ITEM_SECRET && !i->revealed ? (int)text_points(left, i->cursor)
                                                         : canvas_columns(left);
    mem_free_secret(left);
    return columns;
}

static void draw_input(const struct window *w, struct item *i, bool focused)
{
    int box = i->column + i->columns - i->field_column, at = cursor_columns(i), shift = 0;
    int line = line_of(w, i->row);
    enum style style = i->fault ? STYLE_FIELD_ERROR : STYLE_FIELD;
    char *text = shown_value(i);
    const char *from = text;
    if (focused && at >= box)
        shift = at - box + 1;
    for (int skipped = 0; skipped < shift && *from; skipped++) {
        size_t used;
        text_decode(from, strlen(from), &used);
        from += used;
    }
    if (line >= 0) {
        canvas_fill(w->canvas, line, w->column + i->field_column, box, style, '_');
        struct buf cut; /* without the ellipsis: the cursor may be at the end */
        buf_init(&cut, FORM_VALUE_MAX * 4);
        for (int columns = 0; *from && columns < box; columns++) {
            size_t used;
            text_decode(from, strlen(from), &used);
            buf_add(&cut, from, used);
            from += used;
        }
        canvas_text(w->canvas, line, w->column + i->field_column, box, style, buf_text(&cut));
        buf_free(&cut);
        if (focused)
            canvas_restyle(w->canvas, line, w->column + i->field_column, box,
                           i->fault ? STYLE_FIELD_ERROR : STYLE_FOCUS);
    }
    if (focused)
        cursor_at(w, i->row, i->field_column + at - shift);
    mem_free_secret(text);
}

static void draw_choice(const struct window *w, const struct item *i, bool focused)
{
    const char *label = i->value;
    int box = i->column + i->columns - i->field_column;
    for (size_t k = 0; k < i->choice_count; k++)
        if (strcmp(i->choices[k], i->value) == 0)
            label = i->choice_labels[k];
    char *text = mem_format("\u2039 %s \u203a", label);
    enum style style = i->fault ? STYLE_FIELD_ERROR : focused ? STYLE_FOCUS : STYLE_FIELD;
    draw_text(w, i->row, i->field_column, box, style, text);
    free(text);
    if (focused)
        cursor_at(w, i->row, i->field_column + 2);
}

static void draw_switch(const struct window *w, const struct item *i, bool focused)
{
    const char *mark = i->kind == ITEM_CHECKBOX ? (*i->value ? "[x] " : "[ ] ")
                       : *i->value              ? "(\u2022) "
                                                : "( ) ";
    char *text = mem_format("%s%s", mark, i->label);
    enum style style = i->disabled ? STYLE_DIM : focused ? STYLE_FOCUS : STYLE_NORMAL;
    draw_text(w, i->row, i->column + LEAD, w->columns - i->column - LEAD, style, text);
    free(text);
    if (focused)
        cursor_at(w, i->row, i->column + LEAD + 1);
}

static void draw_below(const struct window *w, const struct item *i)
{
    int row = i->row + 1, column = i->field_column, width = w->columns - column;
    int used = i->column + i->columns;
    if (width <= FIELD_LEAST) {
        column = 0;
        width = w->columns;
    }
    if (has_field(i) && i->text[0]) {
        if (used + GAP + canvas_columns(i->text) <= w->columns)
            draw_text(w, i->row, used + GAP, w->columns, STYLE_DIM, i->text);
        else
            row += draw_wrapped(w, row, column, width, STYLE_DIM, i->text);
    }
    if (i->fault)
        draw_wrapped(w, row, column, width, STYLE_REASON, i->fault);
}

static void draw_button(const struct window *w, const struct item *i, bool focused)
{
    char *text = mem_format(focused ? "> %s <" : "< %s >", i->label);
    draw_text(w, i->row, i->column, i->columns,
              i->disabled ? STYLE_DIM
              : focused   ? STYLE_FOCUS
                          : STYLE_BUTTON,
              text);
    free(text);
    if (focused)
        cursor_at(w, i->row, i->column + 2);
}

/* The focus is shown on the row's name if there is one: so little is redrawn when it moves. */
static void focus_row(const struct window *w, const struct item *i, int line)
{
    const struct cell *cells = &w->canvas->cells[line * w->canvas->columns + w->column];
    int from = i->column + LEAD, end = i->column + i->columns;
    bool named = false;
    for (int k = from; k < end; k++)
        named |= cells[k].style == STYLE_STRONG;
    for (int k = from; k < end; k++)
        if (named ? cells[k].style == STYLE_STRONG
                  : cells[k].style == STYLE_NORMAL && cells[k].point != ' ')
            canvas_restyle(w->canvas, line, w->column + k, 1, STYLE_FOCUS);
}

static void draw_row(const struct window *w, const struct item *i, bool focused)
{
    draw_wrapped(w, i->row, i->column + LEAD, i->columns - LEAD, STYLE_NORMAL, i->text);
    int line = line_of(w, i->row);
    if (!focused)
        return;
    if (line >= 0)
        focus_row(w, i, line);
    cursor_at(w, i->row, i->column + LEAD);
}

static void draw_item(struct form *f, const struct window *w, struct item *i)
{
    bool focused = i == form_focused(f);
    int line = line_of(w, i->row);
    switch (i->kind) {
    case ITEM_TEXT:
        draw_wrapped(w, i->row, i->column, i->columns, (enum style)i->width, i->text);
        return;
    case ITEM_RULE:
        if (line >= 0)
            canvas_fill(w->canvas, line, w->column, w->columns, STYLE_RULE, 0x2500);
        return;
    case ITEM_ROW: draw_row(w, i, focused); break;
    case ITEM_BUTTON: draw_button(w, i, focused); return;
    case ITEM_CHECKBOX:
    case ITEM_RADIO: draw_switch(w, i, focused); break;
    default:
        draw_text(w, i->row, i->column + LEAD, i->field_column - i->column - LEAD - 1, STYLE_NORMAL,
                  i->label);
        if (i->kind == ITEM_CHOICE)
            draw_choice(w, i, focused);
        else
            draw_input(w, i, focused);
        break;
    }
    if (focused)
        draw_text(w, i->row, i->column, 1, STYLE_STRONG, ">");
    draw_below(w, i);
}

/* Lines of an item including its note and reason. */
static int whole_rows(const struct item *i, int width)
{
    int columns = width - i->field_column;
    return i->rows +
           (i->fault ? canvas_lines(i->fault, columns > FIELD_LEAST ? columns : width) : 0);
}

/* Is there no focusable item before it? */
static bool is_first(const struct form *f, const struct item *i)
{
    for (size_t k = 0; k < f->count && f->items[k] != i; k++)
        if (f->items[k]->kind > ITEM_RULE && !f->items[k]->disabled)
            return false;
    return true;
}

/* Keep the item that a person looks at visible. */
static void keep_seen(struct form *f, int rows)
{
    const struct item *top = f->top[0] ? form_find(f, f->top) : NULL;
    if (top && f->lines > rows)
        f->scroll = top->row;
    const struct item *seen = f->seen[0] ? form_find(f, f->seen) : NULL;
    if (seen && seen->row + BELOW > f->scroll + rows)
        f->scroll = seen->row + BELOW - rows;
    if (seen && seen->row < f->scroll)
        f->scroll = seen->row;
}

static void follow(struct form *f, const struct item *i, int rows, int columns)
{
    int end = i->row + whole_rows(i, columns);
    if (end > f->scroll + rows)
        f->scroll = end - rows;
    if (i->row < f->scroll)
        f->scroll = i->row;
    if (end <= rows && is_first(f, i))
        f->scroll = 0;
}

static void scroll(struct form *f, int rows, int columns)
{
    const struct item *i = form_focused(f);
    keep_seen(f, rows);
    if (f->follow && i)
        follow(f, i, rows, columns);
    f->top[0] = f->seen[0] = '\0';
    f->follow = false;
    if (f->scroll > f->lines - rows)
        f->scroll = f->lines - rows;
    if (f->scroll < 0)
        f->scroll = 0;
}

void form_draw(struct form *f, struct canvas *c, int row, int column, int rows, int columns)
{
    int width = columns - 2; /* the last is for the arrows */
    layout(f, width);
    scroll(f, rows, width);
    struct window w = {c, row, column, rows, width, f->scroll};
    c->cursor_row = row;
    c->cursor_column = column;
    for (size_t k = 0; k < f->count; k++)
        draw_item(f, &w, f->items[k]);
    if (f->scroll > 0)
        canvas_text(c, row, column + columns - 1, 1, STYLE_KEY, "\u25b2");
    if (f->scroll + rows < f->lines)
        canvas_text(c, row + rows - 1, column + columns - 1, 1, STYLE_KEY, "\u25bc");
}

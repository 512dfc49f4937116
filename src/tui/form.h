/* form.h – the content of a screen and what its keys do: fields, choices, buttons, rows, text;
 * focus, editing, validation, layout. It knows nothing about terminals.
 *
 * A screen builds its form anew before each drawing: form_begin, then its items from top to bottom,
 * then form_end. An item whose id was there before keeps its value, cursor and fault; an item that
 * is not named again disappears. So a screen is one function from its data to items, and nothing is
 * stored twice.
 */
#ifndef ENDPOINT_TUI_FORM_H
#define ENDPOINT_TUI_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/canvas.h"

/* Keys: characters are their code points; the rest is below. */
enum form_keys {
    K_NONE = 0,
    K_TAB = 9,
    K_ENTER = 13,
    K_ESC = 27,
    K_SPACE = 32,
    K_BACKSPACE = 127,
    K_UP = 0x200000,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PAGE_UP,
    K_PAGE_DOWN,
    K_DELETE,
    K_BACK_TAB,
    K_RESIZE,
    K_MOUSE,
    K_F = 0x200100,   /* K_F + 1 is F1 */
    K_ALT = 0x400000, /* | a character */
};
#define K_CTRL(letter) ((letter)&0x1f)

enum item_kind {
    ITEM_TEXT,
    ITEM_RULE,
    ITEM_INPUT,
    ITEM_SECRET,
    ITEM_CHOICE,
    ITEM_CHECKBOX,
    ITEM_RADIO,
    ITEM_BUTTON,
    ITEM_ROW, /* lines that are chosen as one */
};

#define FORM_CHOICES   48
#define FORM_VALUE_MAX 1000

struct item {
    enum item_kind kind;
    char id[64];
    char *label; /* before a field; on a button, checkbox, radio */
    char *text;  /* TEXT, ROW: lines, with marks; fields: a note behind */
    char *help;  /* a line for the focused field */
    int indent, width;
    bool beside; /* on the line of the item before, if it fits */
    bool right;  /* at the right edge */
    bool disabled;
    bool acts; /* pressing it acts at once: the focus must not begin on it */
    /* fields */
    char *value, *original; /* as typed; CHECKBOX, RADIO: "1" or "" */
    size_t cursor, scroll;  /* bytes; first byte shown */
    bool revealed;          /* a secret that is shown */
    bool stored;            /* a secret is set already, but not shown */
    char *choices[FORM_CHOICES], *choice_labels[FORM_CHOICES];
    size_t choice_count;
    char *fault;                   /* the reason, shown under the field */
    bool (*filter)(int32_t point); /* may this character be typed? */
    /* where it is: lines from the form's top, columns from its left */
    int row, column, rows, columns, field_column;
    bool kept; /* added since form_begin */
};

struct form {
    struct item **items;
    size_t count, room;
    struct item **before; /* while being built */
    size_t before_count;
    char focus[64];
    int scroll, lines, label_columns;
    bool follow; /* scroll to the focus at the next drawing */
    bool rest;   /* but not to a focus that nobody moved: for texts read from the top */
    char top[64],
        seen[64]; /* for the next drawing: an item to put on top, one to make visible; "": none */
    /* Is the item's value right? If not, fill reason. Called when the focus leaves a field. */
    bool (*validate)(void *user, const struct item *item, char reason[400]);
    void *user;
    /* Complete a value as its author meant it, before it is validated or read (item_set). May be
     * NULL. */
    void (*tidy)(void *user, struct item *item);
};

enum form_result {
    FORM_IGNORED,   /* the key has no meaning here */
    FORM_MOVED,     /* focus, cursor or scrolling */
    FORM_CHANGED,   /* a value was changed; form->focus says whose */
    FORM_ACTIVATED, /* a button or row was pressed, Enter on a choice; form->focus says which */
};

void form_free(struct form *f);

/* ---- building ---- */
void form_begin(struct form *f);
void form_end(struct form *f);
/* The text is wrapped to the width; it may contain several lines. */
struct item *form_text(struct form *f, enum style style, const char *text);
struct item *form_textf(struct form *f, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void form_gap(struct form *f);
void form_rule(struct form *f);
struct item *form_input(struct form *f, const char *id, const char *label, const char *initial,
                        int width);
struct item *form_secret(struct form *f, const char *id, const char *label, int width);
/* Choices are added with form_option; the item's value is that of the chosen one. */
struct item *form_choice(struct form *f, const char *id, const char *label, const char *initial);
void form_option(struct item *item, const char *value, const char *label);
struct item *form_checkbox(struct form *f, const char *id, const char *label, bool initial);
/* Radios whose ids are the same before the last "=" belong together: "user=system". */
struct item *form_radio(struct form *f, const char *id, const char *label, bool initial);
struct item *form_button(struct form *f, const char *id, const char *label);
struct item *form_row(struct form *f, const char *id, const char *text);
void form_note(struct item *item, const char *text);
void form_help(struct item *item, const char *text);

/* ---- reading and setting ---- */
struct item *form_find(const struct form *f, const char *id); /* NULL when it is not there */
const char *form_value(const struct form *f, const char *id); /* "" when it is not there */
bool form_on(const struct form *f, const char *id);           /* checkbox, radio */
/* Set value and original: the shown value is the stored one. */
void form_set(struct form *f, const char *id, const char *value);
/* Set the value only, as if it had been typed. */
void form_type(struct form *f, const char *id, const char *value);
bool form_changed(const struct form *f);
bool form_item_changed(const struct item *item);
void form_item_set(struct item *item, const char *value); /* as if it had been typed */
/* Call tidy for every field, before values are read. */
void form_tidy(struct form *f);
void form_undo(struct form *f);
void form_fault(struct form *f, const char *id, const char *reason); /* NULL: none */
bool form_faulty(const struct form *f);
/* Validate every field; the focus goes to the first fault. True when there is none. */
bool form_check(struct form *f);
bool form_focus(struct form *f, const char *id);
/* At the next drawing scroll so that this item is on top, if there is enough below it. */
void form_show(struct form *f, const char *id);
/* At the next drawing scroll as far as needed to show this item and what is below it. */
void form_reveal(struct form *f, const char *id);
struct item *form_focused(const struct form *f); /* NULL: nothing can have the focus */
bool form_item_takes_text(const struct item *item);

/* ---- using ---- */
enum form_result form_key(struct form *f, int key);
/* A click at a place of the canvas; as form_key. */
enum form_result form_click(struct form *f, int row, int column);

#endif

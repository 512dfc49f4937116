/* canvas.h – a screen in memory: cells with a character and a meaning. It knows nothing about
 * terminals.
 *
 * Everything is drawn here; term.c shows it on the terminal, tests read it as text. Text is UTF-8
 * and may contain marks: MARK(x) switches to a style until the next mark. Text from outside goes
 * through canvas_clean first, which removes control characters and so also marks.
 */
#ifndef ENDPOINT_TUI_CANVAS_H
#define ENDPOINT_TUI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "check/check.h"

/* Meanings; schemes (scheme.c) give them colours. The letter is the style's mark in texts. */
#define STYLE_LIST(X)                        \
    X(STYLE_NORMAL, "A", "normal")           \
    X(STYLE_OK, "B", "status.ok")            \
    X(STYLE_FAIL, "C", "status.fail")        \
    X(STYLE_WARN, "D", "status.warn")        \
    X(STYLE_WAIT, "E", "status.wait")        \
    X(STYLE_SKIPPED, "F", "status.skipped")  \
    X(STYLE_DIM, "G", "dim")                 \
    X(STYLE_STRONG, "H", "strong")           \
    X(STYLE_FOCUS, "I", "focus")             \
    X(STYLE_FIELD, "J", "field")             \
    X(STYLE_FIELD_ERROR, "K", "field.error") \
    X(STYLE_REASON, "L", "field.reason")     \
    X(STYLE_BUTTON, "M", "button")           \
    X(STYLE_TITLE, "N", "title")             \
    X(STYLE_TAB, "O", "tab")                 \
    X(STYLE_TAB_ACTIVE, "P", "tab.active")   \
    X(STYLE_RULE, "Q", "rule")               \
    X(STYLE_HELP, "R", "help")               \
    X(STYLE_KEY, "S", "key")                 \
    X(STYLE_BAR, "T", "bar")

enum style {
#define STYLE_ENUM(name, letter, word) name,
    STYLE_LIST(STYLE_ENUM)
#undef STYLE_ENUM
        STYLE_COUNT
};

/* Marks in string literals: MARK_OK "fine" MARK_END. */
#define MARK_END     "\001A"
#define MARK_OK      "\001B"
#define MARK_FAIL    "\001C"
#define MARK_WARN    "\001D"
#define MARK_WAIT    "\001E"
#define MARK_SKIPPED "\001F"
#define MARK_DIM     "\001G"
#define MARK_STRONG  "\001H"
#define MARK_KEY     "\001S"
#define MARK_BAR     "\001T"

struct cell {
    uint32_t point; /* 0: covered by the wide character on the left */
    uint8_t style;
};

struct canvas {
    int rows, columns;
    struct cell *cells;
    int cursor_row, cursor_column; /* where the focus is */
    bool ascii;                    /* only ASCII: lines as -|+, letters without accents */
};

void canvas_open(struct canvas *c, int rows, int columns, bool ascii);
void canvas_close(struct canvas *c);
void canvas_clear(struct canvas *c);

/* Draw text on one line from (row, column), in at most width columns; text that does not fit is cut
 * and ends in "…". Returns the columns used. Nothing is drawn outside the canvas. */
int canvas_text(struct canvas *c, int row, int column, int width, enum style style,
                const char *text);
void canvas_fill(struct canvas *c, int row, int column, int width, enum style style,
                 uint32_t point);
/* Change the style of cells that are drawn already. */
void canvas_restyle(struct canvas *c, int row, int column, int width, enum style style);

/* The line as UTF-8 without blanks at its end, for tests. */
void canvas_line(const struct canvas *c, int row, struct buf *b);

/* Columns that a text takes, without its marks. */
int canvas_columns(const char *text);

/* The bytes of text that fit on one line of width columns, cut at a blank if possible; *next is
 * where the next line begins. "\n" ends a line. False: text is empty. */
bool canvas_wrap(const char *text, int width, size_t *length, const char **next);
/* Lines that the wrapped text takes. */
int canvas_lines(const char *text, int width);

/* Append text from outside, made harmless: no control, bidirectional or zero-width characters,
 * malformed UTF-8 repaired, at most maximum bytes. */
void canvas_clean(struct buf *b, const char *text, size_t maximum);

/* Append a result's block with its word and marks, "■ FAIL " (in ASCII "[FAIL] "): always
 * canvas_block_columns() wide. */
void canvas_block_add(struct buf *b, enum check_result result, bool ascii);
int canvas_block_columns(void);
/* The translated word alone. */
const char *canvas_block_word(enum check_result result);

/* A letter without its accent, a line as -|+, "?" for anything without an equivalent. */
char canvas_ascii(uint32_t point);

#endif

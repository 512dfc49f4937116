#include "tui/term.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/console.h"
#include "os/fd.h"
#include "tui/form.h"

#define ESCAPE_MS    40
#define K_NOBODYS    (K_F - 1) /* a key that has no meaning here */
#define SEQUENCE_MAX 32

static struct {
    SCREEN *screen;
    bool open, console;
    struct paint paints[STYLE_COUNT];
    bool colours;
    int mouse_row, mouse_column;
    char farewell[128]; /* what ends the full screen mode */
    char note[200];     /* which known terminal replaces an unknown one */
} term;

/* ---- a crash gives the terminal back ----------------------------------------------------------- */

static const char *capability(const char *name)
{
    const char *value = tigetstr(name);
    return value && value != (const char *)-1 ? value : NULL;
}

/* A capability without its padding, "$<2>". */
static void add_farewell(const char *text)
{
    size_t used = strlen(term.farewell);
    while (text && *text && used + 1 < sizeof term.farewell) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end)
            text = end + 1;
        else
            term.farewell[used++] = *text++;
    }
    term.farewell[used] = '\0';
}

static void prepare_for_crash(void)
{
    static const char *const ends[] = {"sgr0", "rmkx", "rmcup", "cnorm"};
    term.farewell[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        add_farewell(capability(ends[i]));
    console_guard(term.farewell);
}

/* ---- opening ------------------------------------------------------------------------------------ */

static void open_colours(enum scheme scheme)
{
    term.colours = scheme != SCHEME_MONOCHROME && has_colors() && start_color() == OK &&
                   COLORS >= 8 && COLOR_PAIRS > STYLE_COUNT;
    bool own = term.colours && use_default_colors() == OK;
    for (int i = 0; i < STYLE_COUNT; i++) {
        struct paint p = scheme_paint(term.colours ? scheme : SCHEME_MONOCHROME, (enum style)i);
        if (!own && term.colours) {
            p.foreground = p.foreground < 0 ? COLOR_WHITE : p.foreground;
            p.background = p.background < 0 ? COLOR_BLACK : p.background;
        }
        if (term.colours)
            init_pair((short)(i + 1), p.foreground, p.background);
        term.paints[i] = p;
    }
}

/* Today's terminals understand at least what xterm does, but a server's terminfo may not know their
 * names. Such a terminal is treated as the first of these that terminfo knows. */
static void open_screen(const char *name)
{
    static const char *const likenesses[] = {"xterm-256color", "xterm", "vt100"};
    term.screen = newterm(NULL, stdout, stdin);
    for (size_t i = 0; i < COUNT_OF(likenesses) && !term.screen && !text_empty(name); i++) {
        term.screen = newterm(likenesses[i], stdout, stdin);
        if (term.screen)
            text_format(term.note, sizeof term.note, _("\"%.40s\" is not known here; %s is used."),
                        name, likenesses[i]);
    }
}

/* Refuse a terminal that we cannot draw on: its name is unknown, or it can only print lines. */
static enum status refuse(const char *name, struct error *e)
{
    bool poor = term.screen != NULL;
    if (poor)
        endwin();
    if (text_empty(name)) {
        error_set(e, STATUS_INVALID, "terminal_poor", "%s",
                  _("TERM is not set: the kind of terminal is unknown"));
        return error_remedy(e, "%s",
                            _("Set it, for example TERM=xterm-256color endpoint-tui; or use "
                              "endpointctl."));
    }
    error_set(e, STATUS_INVALID, "terminal_poor",
              "the terminal \"%s\" cannot move its cursor, so screens are not possible", name);
    return error_remedy(
        e, "%s",
        _("endpointctl does the same line by line: endpointctl --help. If this is a terminal "
          "with a screen, set TERM=xterm-256color."));
}

const char *term_note(void)
{
    return term.note;
}

enum status term_open(enum scheme scheme, bool mouse, struct error *e)
{
    const char *name = getenv("TERM");
    if (!fd_is_terminal(FD_INPUT) || !fd_is_terminal(FD_OUTPUT)) {
        error_set(e, STATUS_INVALID, "terminal_none", "%s", _("endpoint-tui needs a terminal"));
        return error_remedy(e, "%s", _("For scripts there is endpointctl."));
    }
    console_keep();
    if (!getenv("ESCDELAY"))
        set_escdelay(ESCAPE_MS);
    open_screen(name);
    if (!term.screen || !capability("cup"))
        return refuse(name, e);
    term.open = true;
    term.console = text_starts(name, "linux");
    raw(); /* Ctrl-S is ours, not the terminal's */
    noecho();
    nonl();
    nodelay(stdscr, TRUE);
    keypad(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    open_colours(scheme);
    if (mouse)
        mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED, NULL);
    prepare_for_crash();
    return STATUS_OK;
}

void term_close(void)
{
    if (!term.open)
        return;
    term.open = false;
    console_unguard();
    endwin();
    delscreen(term.screen);
}

void term_size(int *rows, int *columns)
{
    *rows = LINES;
    *columns = COLS;
}

void term_suspend(void)
{
    def_prog_mode();
    endwin();
    console_suspend();
    reset_prog_mode();
    refresh();
}

/* ---- keys ----------------------------------------------------------------------------------------- */

static int from_curses(int code)
{
    static const struct {
        int from, to;
    } keys[] = {{KEY_UP, K_UP},
                {KEY_DOWN, K_DOWN},
                {KEY_LEFT, K_LEFT},
                {KEY_RIGHT, K_RIGHT},
                {KEY_HOME, K_HOME},
                {KEY_END, K_END},
                {KEY_PPAGE, K_PAGE_UP},
                {KEY_NPAGE, K_PAGE_DOWN},
                {KEY_DC, K_DELETE},
                {KEY_BTAB, K_BACK_TAB},
                {KEY_BACKSPACE, K_BACKSPACE},
                {KEY_ENTER, K_ENTER},
                {KEY_RESIZE, K_RESIZE},
                {KEY_FIND, K_HOME},
                {KEY_SELECT, K_END},
                {KEY_A1, K_HOME},
                {KEY_C1, K_END},
                {KEY_A3, K_PAGE_UP},
                {KEY_C3, K_PAGE_DOWN}};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (keys[i].from == code)
            return keys[i].to;
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return K_F + code - KEY_F0;
    return K_NOBODYS;
}

static int mouse_key(void)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return K_NONE;
    term.mouse_row = event.y;
    term.mouse_column = event.x;
    return K_MOUSE;
}

/* Read the rest of a character after its first byte. Keys are read as UTF-8 in any locale. */
static int whole_character(int first)
{
    char bytes[4] = {(char)first};
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1, used;
    if (first < 0x80)
        return first;
    for (size_t i = 1; i < wanted; i++) {
        int next = getch();
        if (next == ERR || next > 0xff)
            return K_NOBODYS;
        bytes[i] = (char)next;
    }
    int32_t point = text_decode(bytes, wanted, &used);
    return point >= 0 && used == wanted ? (int)point : K_NOBODYS;
}

/* The function keys as terminals number them: "\033[15~". */
static int from_number(int number)
{
    static const int functions[] = {11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24};
    static const int others[][2] = {{1, K_HOME},      {3, K_DELETE}, {4, K_END}, {5, K_PAGE_UP},
                                    {6, K_PAGE_DOWN}, {7, K_HOME},   {8, K_END}};
    for (size_t i = 0; i < COUNT_OF(functions); i++)
        if (functions[i] == number)
            return K_F + 1 + (int)i;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (others[i][0] == number)
            return others[i][1];
    return K_NOBODYS;
}

static int from_letter(int letter)
{
    static const int keys[][2] = {
        {'A', K_UP},    {'B', K_DOWN},     {'C', K_RIGHT}, {'D', K_LEFT},  {'H', K_HOME},
        {'F', K_END},   {'Z', K_BACK_TAB}, {'P', K_F + 1}, {'Q', K_F + 2}, {'R', K_F + 3},
        {'S', K_F + 4}, {'t', K_F + 5},    {'u', K_F + 6}, {'v', K_F + 7}, {'l', K_F + 8},
        {'w', K_F + 9}, {'x', K_F + 10},   {'M', K_ENTER}};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (keys[i][0] == letter)
            return keys[i][1];
    return K_NOBODYS;
}

/* A sequence that terminfo does not know: terminals and TERM often disagree (PuTTY, old ssh
 * clients). An unknown sequence is dropped completely, so that its bytes are not taken for keys. */
static int sequence(int opening)
{
    int number = 0, next = getch();
    if (opening == '[' && next == '[') { /* the Linux console's F1 to F5 */
        next = getch();
        return next >= 'A' && next <= 'E' ? K_F + 1 + next - 'A' : K_NOBODYS;
    }
    for (int count = 0; count < SEQUENCE_MAX && next != ERR && next < 0x40; count++) {
        if (next == ';') { /* modifiers: the key without them */
            while (next != ERR && next < 0x40 && count++ < SEQUENCE_MAX)
                next = getch();
            break;
        }
        if (next >= '0' && next <= '9' && number < 1000)
            number = number * 10 + next - '0';
        next = getch();
    }
    if (next == ERR)
        return K_NOBODYS;
    return next == '~' ? from_number(number) : from_letter(next);
}

int term_key(void)
{
    int code = getch();
    if (code == ERR)
        return K_NONE;
    if (code == KEY_MOUSE)
        return mouse_key();
    if (code > 0xff)
        return from_curses(code);
    if (code != K_ESC)
        return code == '\n'   ? K_ENTER
               : code == '\b' ? K_BACKSPACE
               : code == 0    ? K_SPACE
                              : whole_character(code);
    int next = getch();
    if (next == ERR)
        return K_ESC;
    if (next == '[' || next == 'O')
        return sequence(next);
    if (next > 0xff || next < K_SPACE) { /* two keys that came at once */
        ungetch(next);
        return K_ESC;
    }
    return K_ALT | whole_character(next);
}

void term_mouse(int *row, int *column)
{
    *row = term.mouse_row;
    *column = term.mouse_column;
}

/* ---- showing -------------------------------------------------------------------------------------- */

/* The Linux console's fonts have 256 or 512 characters: replacements for those that they lack. */
static uint32_t for_console(uint32_t point)
{
    switch (point) {
    case 0x2039: return '<';
    case 0x203a: return '>';
    case 0x2026: return '.';
    case 0x2192: return '>';
    case 0x2581:
    case 0x2582: return '_';
    case 0x2583:
    case 0x2585: return 0x2584;
    case 0x2586:
    case 0x2587: return 0x2588;
    default: return point >= 0x2589 && point <= 0x258f ? 0x258c : point;
    }
}

static attr_t attributes(const struct paint *p)
{
    return (p->attributes & PAINT_BOLD ? A_BOLD : 0) |
           (p->attributes & PAINT_REVERSE ? A_REVERSE : 0) |
           (p->attributes & PAINT_UNDERLINE ? A_UNDERLINE : 0) |
           (p->attributes & PAINT_DIM ? A_DIM : 0);
}

void term_show(const struct canvas *c, bool whole)
{
    for (int row = 0; row < c->rows; row++) {
        for (int column = 0; column < c->columns; column++) {
            const struct cell *cell = &c->cells[row * c->columns + column];
            wchar_t text[2] = {(wchar_t)(term.console ? for_console(cell->point) : cell->point),
                               L'\0'};
            cchar_t made;
            if (cell->point == 0)
                continue;
            setcchar(&made, text, attributes(&term.paints[cell->style]),
                     term.colours ? (short)(cell->style + 1) : (short)0, NULL);
            mvadd_wch(row, column, &made);
        }
    }
    move(c->cursor_row, c->cursor_column);
    if (whole)
        redrawwin(stdscr);
    refresh();
}

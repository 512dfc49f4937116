#include "tui/canvas.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#define MARK      '\001'
#define MARK_SIZE 2

void canvas_open(struct canvas *c, int rows, int columns, bool ascii)
{
    *c = (struct canvas){.rows = rows, .columns = columns, .ascii = ascii};
    c->cells = mem_array((size_t)rows * (size_t)columns, sizeof *c->cells);
    canvas_clear(c);
}

void canvas_close(struct canvas *c)
{
    free(c->cells);
    c->cells = NULL;
}

void canvas_clear(struct canvas *c)
{
    for (int i = 0; i < c->rows * c->columns; i++)
        c->cells[i] = (struct cell){' ', STYLE_NORMAL};
    c->cursor_row = c->cursor_column = 0;
}

/* Columns of a code point: 0 if it combines or must not be shown, 2 if it is wide (the blocks of
 * Unicode's EastAsianWidth W and F that can appear in names). */
static int point_columns(uint32_t p)
{
    static const uint32_t none[][2] = {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x2028, 0x202e},
                                       {0x2060, 0x206f}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}};
    static const uint32_t wide[][2] = {{0x1100, 0x115f},  {0x2e80, 0x303e}, {0x3041, 0xa4cf},
                                       {0xac00, 0xd7a3},  {0xf900, 0xfaff}, {0xfe30, 0xfe6f},
                                       {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1faff},
                                       {0x20000, 0x3fffd}};
    for (size_t i = 0; i < COUNT_OF(none); i++)
        if (p >= none[i][0] && p <= none[i][1])
            return 0;
    for (size_t i = 0; i < COUNT_OF(wide); i++)
        if (p >= wide[i][0] && p <= wide[i][1])
            return 2;
    return 1;
}

char canvas_ascii(uint32_t p)
{
    static const struct {
        uint16_t point;
        char likeness;
    } table[] = {{0x00a0, ' '}, {0x00b7, '.'}, {0x00d3, 'O'},  {0x00f3, 'o'},  {0x0104, 'A'},
                 {0x0105, 'a'}, {0x0106, 'C'}, {0x0107, 'c'},  {0x0118, 'E'},  {0x0119, 'e'},
                 {0x0141, 'L'}, {0x0142, 'l'}, {0x0143, 'N'},  {0x0144, 'n'},  {0x015a, 'S'},
                 {0x015b, 's'}, {0x0179, 'Z'}, {0x017a, 'z'},  {0x017b, 'Z'},  {0x017c, 'z'},
                 {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'},
                 {0x201d, '"'}, {0x201e, '"'}, {0x2022, '*'},  {0x2026, '.'},  {0x2039, '<'},
                 {0x203a, '>'}, {0x2190, '<'}, {0x2191, '^'},  {0x2192, '>'},  {0x2193, 'v'},
                 {0x2500, '-'}, {0x2502, '|'}, {0x25a0, '#'},  {0x25b2, '^'},  {0x25bc, 'v'},
                 {0x25cf, '*'}, {0x2581, '.'}, {0x2582, ':'},  {0x2583, '-'},  {0x2584, '='},
                 {0x2585, '+'}, {0x2586, '*'}, {0x2587, '%'},  {0x2588, '#'},  {0x258c, '#'}};
    if (p < 0x80)
        return (char)p;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (table[i].point == p)
            return table[i].likeness;
    return '?';
}

static void put(struct canvas *c, int row, int column, uint32_t point, enum style style)
{
    if (row < 0 || row >= c->rows || column < 0 || column >= c->columns)
        return;
    if (c->ascii && point)
        point = (uint32_t)canvas_ascii(point);
    c->cells[row * c->columns + column] = (struct cell){point, (uint8_t)style};
}

/* The next character of a text: marks change *style, characters without columns are skipped. False
 * at the end. */
static bool next_point(const char **text, enum style *style, uint32_t *point, int *columns)
{
    while (**text) {
        if (**text == MARK) {
            char letter = (*text)[1];
            if (letter >= 'A' && letter < 'A' + STYLE_COUNT)
                *style = (enum style)(letter - 'A');
            *text += letter ? MARK_SIZE : 1;
            continue;
        }
        size_t used;
        int32_t p = text_decode(*text, strlen(*text), &used);
        *text += used;
        *point = p < 0x20 || p == 0x7f ? '?' : (uint32_t)p;
        *columns = point_columns(*point);
        if (*columns > 0)
            return true;
    }
    return false;
}

int canvas_columns(const char *text)
{
    enum style style = STYLE_NORMAL;
    uint32_t point;
    int columns, all = 0;
    while (next_point(&text, &style, &point, &columns))
        all += columns;
    return all;
}

int canvas_text(struct canvas *c, int row, int column, int width, enum style style,
                const char *text)
{
    enum style base = style, now = style;
    uint32_t point;
    int columns, used = 0;
    bool cut = canvas_columns(text) > width;
    if (width <= 0)
        return 0;
    while (next_point(&text, &now, &point, &columns)) {
        if (now == STYLE_NORMAL)
            now = base;
        if (used + columns > width - (cut ? 1 : 0))
            break;
        put(c, row, column + used, point, now);
        if (columns == 2)
            put(c, row, column + used + 1, c->ascii ? '?' : 0, now);
        used += columns;
    }
    if (cut) {
        put(c, row, column + used, 0x2026, now);
        used++;
    }
    return used;
}

void canvas_fill(struct canvas *c, int row, int column, int width, enum style style, uint32_t point)
{
    for (int i = 0; i < width; i++)
        put(c, row, column + i, point, style);
}

void canvas_restyle(struct canvas *c, int row, int column, int width, enum style style)
{
    for (int i = column; i < column + width; i++)
        if (row >= 0 && row < c->rows && i >= 0 && i < c->columns)
            c->cells[row * c->columns + i].style = (uint8_t)style;
}

void canvas_line(const struct canvas *c, int row, struct buf *b)
{
    int end = c->columns;
    const struct cell *cells = c->cells + row * c->columns;
    while (end > 0 && cells[end - 1].point == ' ')
        end--;
    for (int i = 0; i < end; i++) {
        char bytes[4];
        if (cells[i].point)
            buf_add(b, bytes, text_encode(bytes, cells[i].point));
    }
}

bool canvas_wrap(const char *text, int width, size_t *length, const char **next)
{
    const char *at = text, *blank = NULL, *dash = NULL; /* dash: behind one */
    enum style style = STYLE_NORMAL;
    int used = 0;
    if (!*text)
        return false;
    while (*at && *at != '\n') {
        const char *before = at;
        if (*at == ' ')
            blank = at;
        if (*at == MARK) {
            at += at[1] ? MARK_SIZE : 1;
            continue;
        }
        uint32_t point;
        int columns;
        if (!next_point(&at, &style, &point, &columns))
            break;
        if (used + columns > width && used > 0) {
            const char *end = blank && blank > text ? blank : dash ? dash : before;
            *length = (size_t)(end - text);
            *next = end + strspn(end, " ");
            return true;
        }
        used += columns;
        if (point == '-' && used > width / 2) /* an id in groups */
            dash = at;
    }
    *length = (size_t)(at - text);
    *next = *at == '\n' ? at + 1 : at;
    return true;
}

int canvas_lines(const char *text, int width)
{
    int lines = 0;
    size_t length;
    while (canvas_wrap(text, width, &length, &text))
        lines++;
    return lines;
}

void canvas_clean(struct buf *b, const char *text, size_t maximum)
{
    size_t left = text ? strlen(text) : 0;
    if (left > maximum)
        left = maximum;
    while (left > 0) {
        size_t used;
        char bytes[4];
        int32_t p = text_decode(text, left, &used);
        text += used;
        left -= used;
        if (p == '\n' || p == '\t')
            p = ' ';
        bool control = p >= 0 && (p < 0x20 || (p >= 0x7f && p < 0xa0));
        if (p < 0)
            p = 0xfffd;
        if (!control && point_columns((uint32_t)p) > 0)
            buf_add(b, bytes, text_encode(bytes, (uint32_t)p));
    }
}

/* ---- blocks --------------------------------------------------------------------------------------- */

static const struct {
    const char *word, *mark;
} blocks[] = {[CHECK_OK] = {N_("OK"), MARK_OK},
              [CHECK_FAIL] = {N_("FAIL"), MARK_FAIL},
              [CHECK_WARN] = {N_("WARN"), MARK_WARN},
              [CHECK_WAIT] = {"..", MARK_WAIT},
              [CHECK_SKIPPED] = {"--", MARK_SKIPPED}};

const char *canvas_block_word(enum check_result result)
{
    return _(blocks[result].word);
}

int canvas_block_columns(void)
{
    int widest = 0;
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        int columns = canvas_columns(_(blocks[i].word));
        widest = columns > widest ? columns : widest;
    }
    return widest + 3;
}

void canvas_block_add(struct buf *b, enum check_result result, bool ascii)
{
    const char *word = canvas_block_word(result);
    int room = canvas_block_columns() - 3, columns = canvas_columns(word);
    int left = (room - columns) / 2;
    if (ascii)
        buf_printf(b, "%s[%*s%s%*s]" MARK_END " ", blocks[result].mark, left, "", word,
                   room - columns - left, "");
    else
        buf_printf(b, "%s\u25a0 %s" MARK_END "%*s", blocks[result].mark, word, room - columns + 1,
                   "");
}

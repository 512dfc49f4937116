#include "base/visible.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Room for the longest piece (<U+10FFFF>), "…", a quote and the end. */
#define TAIL 24

static const struct {
    uint32_t point;
    const char *name;
} names[] = {{0x20, "SP"},    {0x09, "TAB"},    {0x0A, "LF"},     {0x0D, "CR"},     {0xA0, "NBSP"},
             {0xAD, "SHY"},   {0x200B, "ZWSP"}, {0x200C, "ZWNJ"}, {0x200D, "ZWJ"},  {0x200E, "LRM"},
             {0x200F, "RLM"}, {0x2060, "WJ"},   {0xFEFF, "BOM"},  {0x202F, "NNBSP"}};

/* Blanks of other widths, direction marks, fillers: anything that a reader does not see, or takes
 * for a blank. */
static bool unseen(uint32_t point)
{
    static const uint32_t ranges[][2] = {
        {0x00, 0x1F},     {0x7F, 0xA0},     {0xAD, 0xAD},     {0x34F, 0x34F},    {0x61C, 0x61C},
        {0x115F, 0x1160}, {0x1680, 0x1680}, {0x17B4, 0x17B5}, {0x180B, 0x180F},  {0x2000, 0x200F},
        {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000}, {0x3164, 0x3164},  {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
    for (size_t i = 0; i < COUNT_OF(ranges); i++)
        if (point >= ranges[i][0] && point <= ranges[i][1])
            return true;
    return false;
}

/* A blank that is easily overlooked: at an end, or beside another. */
static bool odd_blank(const char *text, size_t at, size_t length)
{
    return text[at] == ' ' &&
           (at == 0 || at + 1 == length || text[at - 1] == ' ' || text[at + 1] == ' ');
}

/* point: of the character at `at`; below 0: not a character. */
static bool odd_at(const char *text, size_t at, size_t length, int32_t point)
{
    return point < 0 || unseen((uint32_t)point) || odd_blank(text, at, length);
}

static size_t add_name(char *target, uint32_t point)
{
    text_format(target, TAIL, "<U+%04X>", (unsigned)point);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].point == point)
            text_format(target, TAIL, "<%s>", names[i].name);
    return strlen(target);
}

static bool is_odd(const char *text, size_t length)
{
    for (size_t i = 0, used = 1; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        used = point < 0 ? 1 : used;
        if (odd_at(text, i, length, point))
            return true;
    }
    return false;
}

static const char *show(char target[VISIBLE_SIZE], const char *text, bool quotes)
{
    size_t length = strlen(text), made = 0;
    bool quoted = quotes && is_odd(text, length);
    if (quoted)
        target[made++] = '"';
    for (size_t i = 0, used = 1; i < length; i += used) {
        if (made + TAIL > VISIBLE_SIZE) {
            made += text_encode(target + made, 0x2026);
            break;
        }
        int32_t point = text_decode(text + i, length - i, &used);
        used = point < 0 ? 1 : used;
        if (odd_at(text, i, length, point))
            made += add_name(target + made, point < 0 ? 0xFFFD : (uint32_t)point);
        else
            made += text_encode(target + made, (uint32_t)point);
    }
    if (quoted)
        target[made++] = '"';
    target[made] = '\0';
    return target;
}

const char *visible_text(char target[VISIBLE_SIZE], const char *text)
{
    return show(target, text, true);
}

const char *visible_bare(char target[VISIBLE_SIZE], const char *text)
{
    return show(target, text, false);
}

#include "tui/scheme.h"

#include "base/memory.h"
#include "base/text.h"

enum { OWN = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

#define B PAINT_BOLD
#define R PAINT_REVERSE
#define U PAINT_UNDERLINE
#define D PAINT_DIM

/* Colour never carries a meaning alone: results have words, the focus has a sign and the cursor, a
 * fault has its reason. So monochrome loses nothing. Dark blue is never put on black. */
/* clang-format off */
static const struct paint paints[STYLE_COUNT][SCHEMES] = {
    /* style              default              light                high contrast        monochrome */
    [STYLE_NORMAL] =      {{OWN, OWN, 0},      {OWN, OWN, 0},       {WHITE, BLACK, B},   {OWN, OWN, 0}},
    [STYLE_OK] =          {{GREEN, OWN, B},    {GREEN, OWN, 0},     {GREEN, BLACK, B},   {OWN, OWN, 0}},
    [STYLE_FAIL] =        {{RED, OWN, B},      {RED, OWN, B},       {WHITE, RED, B},     {OWN, OWN, R}},
    [STYLE_WARN] =        {{YELLOW, OWN, B},   {MAGENTA, OWN, 0},   {YELLOW, BLACK, B},  {OWN, OWN, B}},
    [STYLE_WAIT] =        {{CYAN, OWN, 0},     {BLUE, OWN, 0},      {CYAN, BLACK, B},    {OWN, OWN, 0}},
    [STYLE_SKIPPED] =     {{OWN, OWN, D},      {OWN, OWN, D},       {WHITE, BLACK, 0},   {OWN, OWN, 0}},
    [STYLE_DIM] =         {{OWN, OWN, D},      {OWN, OWN, D},       {WHITE, BLACK, 0},   {OWN, OWN, 0}},
    [STYLE_STRONG] =      {{OWN, OWN, B},      {OWN, OWN, B},       {WHITE, BLACK, B},   {OWN, OWN, B}},
    [STYLE_FOCUS] =       {{OWN, OWN, R},      {OWN, OWN, R},       {BLACK, YELLOW, 0},  {OWN, OWN, R}},
    [STYLE_FIELD] =       {{CYAN, OWN, 0},     {BLUE, OWN, 0},      {CYAN, BLACK, B},    {OWN, OWN, 0}},
    [STYLE_FIELD_ERROR] = {{RED, OWN, B | U},  {RED, OWN, B | U},   {WHITE, RED, B | U}, {OWN, OWN, B | U}},
    [STYLE_REASON] =      {{RED, OWN, B},      {RED, OWN, 0},       {WHITE, RED, B},     {OWN, OWN, B}},
    [STYLE_BUTTON] =      {{OWN, OWN, 0},      {OWN, OWN, 0},       {WHITE, BLACK, B},   {OWN, OWN, 0}},
    [STYLE_TITLE] =       {{OWN, OWN, B},      {OWN, OWN, B},       {WHITE, BLACK, B},   {OWN, OWN, B}},
    [STYLE_TAB] =         {{OWN, OWN, 0},      {OWN, OWN, 0},       {WHITE, BLACK, 0},   {OWN, OWN, 0}},
    [STYLE_TAB_ACTIVE] =  {{CYAN, OWN, B},     {BLUE, OWN, B},      {BLACK, WHITE, 0},   {OWN, OWN, B}},
    [STYLE_RULE] =        {{OWN, OWN, D},      {OWN, OWN, D},       {WHITE, BLACK, 0},   {OWN, OWN, 0}},
    [STYLE_HELP] =        {{OWN, OWN, 0},      {OWN, OWN, 0},       {WHITE, BLACK, 0},   {OWN, OWN, 0}},
    [STYLE_KEY] =         {{CYAN, OWN, B},     {BLUE, OWN, B},      {YELLOW, BLACK, B},  {OWN, OWN, B}},
    [STYLE_BAR] =         {{OWN, OWN, 0},      {OWN, OWN, 0},       {WHITE, BLACK, 0},   {OWN, OWN, 0}},
};
/* clang-format on */

bool scheme_find(const char *name, enum scheme *scheme)
{
    static const char *const names[SCHEMES] = {"default", "light", "high-contrast", "monochrome"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(name, names[i])) {
            *scheme = (enum scheme)i;
            return true;
        }
    return false;
}

struct paint scheme_paint(enum scheme scheme, enum style style)
{
    return paints[style][scheme];
}

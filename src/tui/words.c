/* Words of the screens: names of fields in texts from elsewhere, days and times in lists,
 * searching. */
#include "tui/words.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/settings.h"
#include "os/clock.h"
#include "tui/app.h"
#include "tui/settings.h"

static bool of_path(char c)
{
    return islower((unsigned char)c) || c == '_' || c == '.' || isdigit((unsigned char)c);
}

/* The setting whose path is at the beginning of text; *length: bytes of the path. */
static const struct setting *setting_here(const char *text, size_t *length)
{
    char path[64];
    size_t end = 0;
    while (of_path(text[end]))
        end++;
    while (end > 0 && text[end - 1] == '.') /* a sentence's end */
        end--;
    if (end == 0 || !text_format(path, sizeof path, "%.*s", (int)end, text))
        return NULL;
    *length = end;
    const struct setting *s = setting_find(path);
    return s && s->page != PAGE_NONE ? s : NULL;
}

static void add_name(struct buf *b, const struct setting *s)
{
    buf_printf(b, _("\"%s\" (tab %d)"), _(s->label), s->page == PAGE_CONNECTION ? 1 : 4);
}

/* Append the choice after a path, ' = "value"' or then ' or "value"', in the field's own words.
 * Returns the bytes taken. */
static size_t add_value(struct buf *b, const struct setting *s, const char *text, bool first)
{
    char between[32], value[64];
    text_format(between, sizeof between, "%s\"", first ? " = " : _(" or "));
    if (s->type != SETTING_CHOICE || !text_starts(text, between))
        return 0;
    const char *from = text + strlen(between), *end = strchr(from, '"');
    if (!end || !text_format(value, sizeof value, "%.*s", (int)(end - from), from))
        return 0;
    buf_printf(b, "%s%s", first ? ": " : _(" or "), settings_choice_label(s, value));
    return (size_t)(end + 1 - text);
}

/* Commands that the screens carry out themselves, longer ones first. argument: the word after it
 * belongs to it. */
static const struct {
    const char *command, *place;
    bool argument;
} places[] = {
    {"endpointctl order retry", N_("Retry (r in the list of orders)"), true},
    {"endpointctl service start", N_("tab 2, Start"), false},
    {"endpointctl service restart", N_("tab 2, Restart"), false},
    {"endpointctl service stop", N_("tab 2, Stop"), false},
    {"endpointctl test connection", N_("tab 1, Test connection"), false},
    {"endpointctl test panel", N_("tab 1, the test \"panel\""), false},
    {"endpointctl test", N_("tab 1, Test all"), false},
    {"endpointctl erp databases", N_("tab 1, the list beside \"Database\""), false},
    {"endpointctl lookup operators", N_("tab 1, the list beside \"Operator\""), false},
};

/* The word at the beginning of text, without a sentence's end. */
static size_t word_length(const char *text)
{
    size_t length = strcspn(text, " ,;)\n");
    while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ':'))
        length--;
    return length;
}

/* Append, for a command at the beginning of text, the place on the screens that does the same.
 * Returns the bytes taken. */
static size_t add_place(struct buf *b, const char *text)
{
    static const char set[] = "endpointctl config set ";
    size_t length;
    if (text_starts(text, set)) {
        const struct setting *s = setting_here(text + sizeof set - 1, &length);
        if (!s || (text[sizeof set - 1 + length] == ' ' &&
                   !text_starts(text + sizeof set - 1 + length, " (")))
            return 0; /* a value follows: it is typed as it is */
        add_name(b, s);
        return sizeof set - 1 + length;
    }
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        length = strlen(places[i].command);
        if (!text_starts(text, places[i].command) || isalnum((unsigned char)text[length]) ||
            text[length] == '-')
            continue;
        if (places[i].argument && text[length] == ' ')
            length += 1 + word_length(text + length + 1);
        if (text_starts(text + length, " --")) /* with options it is no longer the same */
            return 0;
        buf_add_text(b, _(places[i].place));
        return length;
    }
    return 0;
}

const char *words_fields(char target[VIEW_TEXT_SIZE], const char *text)
{
    struct buf b;
    size_t length = 0;
    bool command = false; /* within `…`: a command is typed as it is */
    buf_init(&b, (size_t)VIEW_TEXT_SIZE * 3);
    for (const char *at = text; *at;) {
        const struct setting *s = NULL;
        bool begins = at == text || !(of_path(at[-1]) || isalnum((unsigned char)at[-1]));
        if (*at == '`')
            command = !command;
        if (begins && !command && islower((unsigned char)*at) &&
            !(at - text >= 11 && strncmp(at - 11, "config set ", 11) == 0))
            s = setting_here(at, &length);
        bool root = at - text >= 5 && strncmp(at - 5, "sudo ", 5) == 0;
        size_t taken = s || command || root ? 0 : add_place(&b, at);
        at += taken;
        if (!s && !taken)
            buf_add_byte(&b, *at++);
        if (!s)
            continue;
        add_name(&b, s);
        at += length;
        length = add_value(&b, s, at, true);
        at += length;
        at += length ? add_value(&b, s, at, false) : 0;
    }
    text_copy(target, VIEW_TEXT_SIZE, buf_text(&b));
    buf_free(&b);
    return target;
}

/* ---- days and times ------------------------------------------------------------------------------- */

/* A part of the local time "2026-03-02 08:14:02". */
static const char *at_local(char target[VIEW_SHORT_SIZE], const char *rfc3339, int from, int length)
{
    char whole[32];
    int64_t ms;
    struct tm then;
    if (!rfc3339 || !clock_parse(rfc3339, &ms))
        return "-";
    time_t at = (time_t)(ms / 1000);
    localtime_r(&at, &then);
    if (strftime(whole, sizeof whole, "%Y-%m-%d %H:%M:%S", &then) == 0)
        return "-";
    text_format(target, VIEW_SHORT_SIZE, "%.*s", length, whole + from);
    return target;
}

const char *words_day(char target[VIEW_SHORT_SIZE], const char *rfc3339)
{
    return at_local(target, rfc3339, 0, 10);
}

const char *words_time(char target[VIEW_SHORT_SIZE], const char *rfc3339)
{
    return at_local(target, rfc3339, 11, 8);
}

const char *words_dated(char target[VIEW_SHORT_SIZE], const char *rfc3339)
{
    return at_local(target, rfc3339, 0, 16);
}

bool words_past(const char *rfc3339)
{
    int64_t ms;
    return rfc3339 && clock_parse(rfc3339, &ms) && ms <= clock_wall_ms();
}

void words_add_day(struct view *v, const char *rfc3339, char last[CLOCK_TEXT])
{
    const char *day = words_day(VIEW_SHORT, rfc3339);
    if (text_equal(day, last))
        return;
    text_copy(last, CLOCK_TEXT, day);
    form_text(&v->form, STYLE_DIM, day);
}

/* ---- searching ------------------------------------------------------------------------------------ */

/* A letter without accent and case, as people type in a hurry. */
static int32_t folded(const char **at)
{
    size_t used;
    int32_t point = text_decode(*at, strlen(*at), &used);
    *at += used;
    if (point >= 0x80) {
        char plain = canvas_ascii((uint32_t)point);
        if (isalpha((unsigned char)plain))
            point = plain;
    }
    return point < 0x80 ? tolower(point) : point;
}

static bool begins_with(const char *text, const char *wanted)
{
    while (*wanted)
        if (!*text || folded(&text) != folded(&wanted))
            return false;
    return true;
}

bool words_found(const char *wanted, const char *text)
{
    if (!*wanted)
        return true;
    for (; text && *text; text++)
        if (((unsigned char)*text & 0xc0) != 0x80 && begins_with(text, wanted))
            return true;
    return false;
}

void words_cut(struct buf *b, const char *text, int columns)
{
    bool cut = canvas_columns(text) > columns;
    int left = cut ? columns - 1 : columns;
    while (*text) {
        size_t used;
        text_decode(text, strlen(text), &used);
        char one[8] = "";
        memcpy(one, text, used < sizeof one ? used : sizeof one - 1);
        left -= canvas_columns(one);
        if (left < 0)
            break;
        buf_add_text(b, one);
        text += used;
    }
    if (cut && columns > 0)
        buf_add_text(b, "\u2026");
}

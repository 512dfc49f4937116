#include "config/setting_value.h"

#include <string.h>

#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "config/settings.h"

static void expect_duration(const struct setting *s, char expected[SETTING_EXPECTED])
{
    char min[32], max[32];
    text_from_duration(min, sizeof min, s->min);
    text_from_duration(max, sizeof max, s->max);
    said_format(expected, SETTING_EXPECTED, "a time like \"30s\" or \"5min\", from %s to %s", min,
                max);
}

static void expect_choice(const struct setting *s, char expected[SETTING_EXPECTED])
{
    struct buf list;
    buf_init(&list, SETTING_EXPECTED);
    for (size_t i = 0; s->choices[i]; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", s->choices[i]);
    said_format(expected, SETTING_EXPECTED, "one of %s", buf_text(&list));
    buf_free(&list);
}

/* C0, DEL, and C1 in UTF-8. */
static bool has_control(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0))
            return true;
    return false;
}

static bool accepts_text(const struct setting *s, const char *text, char expected[SETTING_EXPECTED])
{
    size_t length = strlen(text);
    if (has_control(text)) {
        text_copy(expected, SETTING_EXPECTED,
                  N_("a text without control characters (in the file \\n and \\t are control "
                     "characters: write a backslash twice)"));
        return false;
    }
    if (s->type == SETTING_NAME) {
        said_format(expected, SETTING_EXPECTED, "a name of at most %lld characters",
                    (long long)s->max);
        return text_is_utf8(text, length) && text_units(text, length) <= (size_t)s->max;
    }
    said_format(expected, SETTING_EXPECTED, "a text of at most %lld bytes in UTF-8",
                (long long)s->max);
    return length <= (size_t)s->max && text_is_utf8(text, length);
}

bool setting_accepts(const struct setting *s, const char *text, char expected[SETTING_EXPECTED])
{
    char unused[SETTING_EXPECTED];
    int64_t number;
    if (!expected)
        expected = unused;
    expected[0] = '\0';
    switch (s->type) {
    case SETTING_INTEGER:
        said_format(expected, SETTING_EXPECTED, "a whole number from %lld to %lld",
                    (long long)s->min, (long long)s->max);
        return text_to_i64(text, &number) && number >= s->min && number <= s->max;
    case SETTING_DURATION:
        expect_duration(s, expected);
        return text_to_duration(text, &number) && number >= s->min && number <= s->max;
    case SETTING_BOOL:
        text_copy(expected, SETTING_EXPECTED, N_("true or false"));
        return text_equal(text, "true") || text_equal(text, "false");
    case SETTING_CHOICE:
        expect_choice(s, expected);
        for (size_t i = 0; s->choices[i]; i++)
            if (strcmp(s->choices[i], text) == 0)
                return true;
        return false;
    case SETTING_NAME:
    case SETTING_TEXT:
    case SETTING_PATH:
    case SETTING_SECRET: return accepts_text(s, text, expected);
    }
    return false;
}

const char *setting_nearest(const char *path)
{
    const char *best = NULL;
    size_t least = 4;
    for (size_t i = 0; setting_at(i); i++) {
        size_t d = text_distance(path, setting_at(i)->path);
        if (d < least) {
            least = d;
            best = setting_at(i)->path;
        }
    }
    return best;
}

#include "config/config_print.h"

#include "config/config.h"

#include <string.h>

#include "base/said.h"
#include "base/text.h"
#include "config/internal.h"
#include "config/setting_value.h"
#include "config/settings.h"

static void add_wrapped(struct buf *b, const char *prefix, const char *text, size_t width)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > width) {
            buf_add_byte(b, '\n');
            column = 0;
        }
        if (column) {
            buf_add_byte(b, ' ');
            column++;
        } else {
            buf_add_text(b, prefix);
            column = strlen(prefix);
        }
        buf_add(b, text, length);
        column += length;
        text += length;
        text += strspn(text, " ");
    }
    buf_add_byte(b, '\n');
}

static bool same_group(const char *a, const char *b)
{
    size_t length = strcspn(a, ".");
    return length == strcspn(b, ".") && memcmp(a, b, length) == 0;
}

static void add_value(struct buf *b, const struct setting *s)
{
    if (s->type == SETTING_INTEGER || s->type == SETTING_BOOL)
        buf_add_text(b, s->fallback);
    else
        buf_printf(b, "\"%s\"", s->fallback);
}

void config_print_example(struct buf *b)
{
    buf_add_text(b,
                 "# Endpoint's configuration; endpoint.conf(5) explains it.\n"
                 "#\n"
                 "# Lines that begin with # show the defaults: take the # away to change one.\n"
                 "# `endpointctl config check` finds mistakes, `endpointctl config set` changes a\n"
                 "# setting in place and keeps these comments.\n");
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        const char *name = strchr(s->path, '.') + 1;
        if (i == 0 || !same_group(s->path, setting_at(i - 1)->path))
            buf_printf(b, "\n%.*s : {\n", (int)strcspn(s->path, "."), s->path);
        else
            buf_add_byte(b, '\n');
        add_wrapped(b, "    # ", s->help, 96);
        buf_printf(b, "    #%s = ", name);
        add_value(b, s);
        buf_add_text(b, ";\n");
        if (!setting_at(i + 1) || !same_group(s->path, setting_at(i + 1)->path))
            buf_add_text(b, "};\n");
    }
    buf_add_text(b, "\n# Plugins are usually defined in the panel. They may also stand here:\n"
                    "#plugins = (\n"
                    "#    { id = \"stock\"; kind = \"stock\"; name = \"Stock levels\";\n"
                    "#      channel = { type = \"panel\"; };\n"
                    "#      schedule = { every = \"60s\"; hours = ( \"07:00-19:00\" ); };\n"
                    "#      options = { warehouses = ( \"MAG\" ); }; }\n"
                    "#);\n");
}

/* A backslash begins an escape in a manual page; \\e prints one. */
static void add_manual(struct buf *b, const char *text)
{
    struct buf escaped;
    buf_init(&escaped, 16384);
    for (; *text; text++) {
        buf_add_byte(&escaped, *text);
        if (*text == '\\')
            buf_add_byte(&escaped, 'e');
    }
    add_wrapped(b, "", buf_text(&escaped), 90);
    buf_free(&escaped);
}

static const char *mdoc_section(const char *path)
{
    static const char *const titles[][2] = {
        {"erp.", "The ERP and its SQL Server"},
        {"orders.", "Orders on their way into the ERP"},
        {"panel.", "The panel"},
        {"endpoint.", "This endpoint"},
        {"log.", "The log"},
        {"metrics.", "Numbers for Prometheus"},
        {"limits.", "Limits"},
        {"worker.", "The plugins' processes"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (text_starts(path, titles[i][0]))
            return titles[i][1];
    return "Other settings";
}

void config_print_mdoc(struct buf *b)
{
    static const char *const types[] = {"text",          "text",   "secret",   "whole number",
                                        "true or false", "choice", "duration", "path"};
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        char expected[SETTING_EXPECTED];
        setting_accepts(s, "", expected);
        if (i == 0 || !same_group(s->path, setting_at(i - 1)->path))
            buf_printf(b, "%s.Ss %s\n.Bl -tag -width Ds\n", i ? ".El\n" : "",
                       mdoc_section(s->path));
        buf_printf(b, ".It Ic %s Pq %s\n", s->path, types[s->type]);
        add_manual(b, s->help);
        if (s->type == SETTING_INTEGER || s->type == SETTING_DURATION ||
            s->type == SETTING_CHOICE) {
            char sentence[360], words[SETTING_EXPECTED];
            said_words(words, sizeof words, expected);
            text_format(sentence, sizeof sentence, "It is %s.", words);
            add_wrapped(b, "", sentence, 90);
        }
        if (*s->fallback)
            buf_printf(b, "Default: %s.\n", s->fallback);
        else if (s->required)
            buf_add_text(b, "Required.\n");
    }
    buf_add_text(b, ".El\n.\\\" End of the settings.\n");
}

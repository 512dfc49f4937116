/* endpointctl explain: what a code means, why it appears, and what to do. */
#include "ctl/cmd_explain.h"

#include <stdio.h>
#include <string.h>

#include "base/codes.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"

static json_t *to_json(const struct code *c)
{
    json_t *o = json_object();
    json_set_text(o, "code", c->code);
    json_set_text(o, "kind", code_kind_word(c->kind));
    json_set_text(o, "text", i18n_text(c->text));
    json_set_text(o, "cause", i18n_text(c->cause));
    json_set_text(o, "remedy", i18n_text(c->remedy));
    return o;
}

/* Wrap a text into lines; the first line continues the text that is already printed. */
static void print_wrapped(const char *first, const char *text)
{
    struct buf b;
    buf_init(&b, 16384);
    buf_add_text(&b, first);
    size_t indent = text_points(first, b.length), column = indent, width = (size_t)ctl_width();
    while (*text) {
        size_t length = strcspn(text, " "), points = text_points(text, length);
        if (column > indent && column + 1 + points > width) {
            buf_printf(&b, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            buf_add_byte(&b, ' ');
            column++;
        }
        buf_add(&b, text, length);
        column += points;
        text += length + strspn(text + length, " ");
    }
    puts(buf_text(&b));
    buf_free(&b);
}

static int explain_all(const struct ctl *c)
{
    const struct code *code;
    json_t *list = c->json ? json_array() : NULL;
    for (size_t i = 0; (code = codes_at(i)); i++) {
        if (list)
            json_array_append_new(list, to_json(code));
        else
            printf("%-24s %s\n", code->code, i18n_text(code->text));
    }
    if (list)
        ctl_print_json(list);
    return EXIT_GOOD;
}

static int explain_unknown(const struct ctl *c, const char *word)
{
    struct error e = {0};
    const struct code *near = codes_nearest(word);
    error_set(&e, STATUS_INVALID, "code_unknown", "there is no code \"%.60s\"%-s%s%s", word,
              near ? N_("; did you mean ") : "", near ? near->code : "", near ? "?" : "");
    error_remedy(&e, "endpointctl explain lists them all.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

static int run_explain(struct ctl *c)
{
    if (c->argc == 0)
        return explain_all(c);
    const struct code *code = codes_find(c->argv[0]);
    if (!code)
        return explain_unknown(c, c->argv[0]);
    if (c->json) {
        ctl_print_json(to_json(code));
        return EXIT_GOOD;
    }
    printf("%s\n", code->code);
    print_wrapped("       ", i18n_text(code->text));
    print_wrapped("       ", i18n_text(code->cause));
    print_wrapped("       > ", i18n_text(code->remedy));
    return EXIT_GOOD;
}

const struct command cmd_explain = {
    .name = "explain",
    .usage = "explain [CODE]",
    .line = N_("what a code means, why it occurs and what to do"),
    .max = 1,
    .run = run_explain,
};

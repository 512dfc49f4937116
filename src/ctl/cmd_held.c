/* endpointctl held: rows that could not be taken or sent, with the reason and the remedy; and a
 * person's request to try them again. */
#include "ctl/cmd_held.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "store/held.h"
#include "ctl/words.h"
#include "ctl/talk.h"

#define SHOWN 100 /* rows, unless -n says otherwise */

static void print_row(const json_t *row)
{
    char since[40], at[40];
    const char *column = json_text(row, "column", "");
    ctl_relative(since, json_text(row, "since", NULL));
    ctl_sign(CHECK_WARN);
    printf("%s  ", ctl_shown(CTL_TEXT, json_text(row, "plugin", "")));
    ctl_print_text(json_text(row, "key", ""));
    if (*column)
        printf(_("  column %s"), ctl_shown(CTL_TEXT, column));
    printf(_("  %s, since %s (%s)\n       "), words_state(CTL_TEXT, json_text(row, "reason", "")),
           ctl_when(at, json_text(row, "since", NULL)), since);
    words_print(row, "text");
    putchar('\n');
    if (*json_text(row, "remedy", "")) {
        fputs("       > ", stdout);
        words_print(row, "remedy");
        putchar('\n');
    }
}

static void print_list(const json_t *answer)
{
    const json_t *list = json_object_get(answer, "held"), *row;
    size_t i;
    long long count = (long long)json_number(answer, "count", 0);
    json_array_foreach (list, i, row)
        print_row(row);
    if (count == 0)
        puts(_("No row is held back."));
    else if ((long long)json_array_size(list) < count)
        printf(_("%zu of %lld rows; -n N shows more\n"), json_array_size(list), count);
}

/* Ask the daemon, which may read the ledgers; without it, read their files. */
static int list_held(struct ctl *c, const char *plugin)
{
    struct error e = {0};
    int limit = (int)(c->lines ? c->lines : SHOWN), code = EXIT_GOOD;
    json_t *request = json_pack("{s:s,s:i}", "do", "held", "limit", limit);
    if (plugin)
        json_set_text(request, "plugin", plugin);
    json_t *answer = talk_ask(c, request, &e);
    if (!answer && !text_equal(e.code, "daemon_away"))
        code = ctl_failed(c, &e);
    else if (!answer &&
             held_list_all(c->paths.state_dir, plugin, (size_t)limit, &answer, &e) != STATUS_OK)
        code = ctl_failed(c, &e);
    else if (json_object_get(answer, "error"))
        code = ctl_answer_error(c, answer);
    else if (c->json)
        ctl_print_json(json_incref(answer));
    else
        print_list(answer);
    json_decref(answer);
    return code;
}

static int retry_held(struct ctl *c, const char *plugin, const char *key)
{
    struct error e = {0};
    json_t *request = json_pack("{s:s,s:s}", "do", "held-retry", "plugin", plugin);
    if (key)
        json_set_text(request, "key", key);
    json_t *answer = talk_ask(c, request, &e);
    if (!answer)
        return ctl_failed(c, &e);
    int code = EXIT_GOOD;
    if (!json_flag(answer, "ok", false))
        code = ctl_answer_error(c, answer);
    else if (c->json)
        ctl_print_json(json_incref(answer));
    else
        printf(_("%lld tried again now; endpointctl held %s shows what is held afterwards\n"),
               (long long)json_number(answer, "count", 0), ctl_shown(CTL_TEXT, plugin));
    json_decref(answer);
    return code;
}

static int run_held(struct ctl *c)
{
    const char *first = c->argc ? c->argv[0] : NULL;
    if (c->argc <= 1 && !text_equal(first, "retry"))
        return list_held(c, first);
    if (text_equal(first, "retry") && c->argc >= 2)
        return retry_held(c, c->argv[1], c->argc > 2 ? c->argv[2] : NULL);
    return ctl_usage(c, "endpointctl held [PLUGIN] [-n N] | held retry PLUGIN [KEY]");
}

const struct command cmd_held = {
    .name = "held",
    .usage = "held [PLUGIN] | retry PLUGIN [KEY]",
    .line = N_("rows that are held back, why, and what to do"),
    .options = {&options_limit},
    .max = 3,
    .run = run_held,
};

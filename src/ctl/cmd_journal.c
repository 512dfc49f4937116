/* `journal`: what happened. */
#include "ctl/cmd_journal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "ctl/talk.h"
#include "ctl/words.h"
#include "os/clock.h"
#include "store/journal.h"

#define SHOWN 30
#define MOST  10000

/* Which entries are shown, and how. */
struct showing {
    struct ctl *c;
    int64_t since_ms; /* 0: all */
    size_t count, shown;
};

static void print_entry(struct showing *w, json_t *entry)
{
    const char *level = json_text(entry, "level", "info");
    char at[40];
    int64_t ms = 0;
    w->count++;
    if (w->since_ms && clock_parse(json_text(entry, "at", ""), &ms) && ms < w->since_ms)
        return;
    w->shown++;
    if (w->c->json) {
        ctl_print_json(json_incref(entry));
        return;
    }
    printf("%s ", ctl_when(at, json_text(entry, "at", NULL)));
    ctl_sign(text_equal(level, "error")     ? CHECK_FAIL
             : text_equal(level, "warning") ? CHECK_WARN
                                            : CHECK_OK);
    printf("%-10s ", ctl_shown(CTL_TEXT, json_text(entry, "plugin", "-")));
    words_print(entry, "text");
    putchar('\n');
}

/* The first moment of the day that is so many days before today. */
static int64_t midnight(int64_t now_ms, int days)
{
    time_t at = (time_t)(now_ms / 1000);
    struct tm day;
    localtime_r(&at, &day);
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_mday -= days;
    day.tm_isdst = -1;
    return (int64_t)mktime(&day) * 1000;
}

/* A local date, time, or both, as a person types it. */
static bool parse_local(const char *text, int64_t now_ms, int64_t *ms)
{
    static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
                                        "%H:%M:%S", "%H:%M"};
    time_t at = (time_t)(now_ms / 1000);
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct tm day;
        localtime_r(&at, &day);
        day.tm_hour = day.tm_min = day.tm_sec = 0;
        const char *end = strptime(text, forms[i], &day);
        day.tm_isdst = -1;
        time_t parsed = end && !*end ? mktime(&day) : (time_t)-1;
        if (parsed == (time_t)-1)
            continue;
        *ms = (int64_t)parsed * 1000;
        return true;
    }
    return false;
}

static bool parse_since(const char *text, int64_t now_ms, int64_t *ms)
{
    int64_t ago;
    if (text_equal(text, "today") || text_equal(text, "yesterday"))
        *ms = midnight(now_ms, text_equal(text, "yesterday"));
    else if (text_to_duration(text, &ago))
        *ms = now_ms - ago;
    else
        return clock_parse(text, ms) || parse_local(text, now_ms, ms);
    return true;
}

/* There are more entries than the limit. */
static void say_more(const struct showing *w, long limit)
{
    if (w->since_ms && !w->c->json && !w->c->follow && (long)w->count >= limit &&
        w->shown == w->count)
        fprintf(stderr, _("These are the newest %ld; there may be older ones since then: -n N\n"),
                limit);
    if (w->since_ms && !w->c->json && !w->c->follow && w->shown == 0)
        puts(_("Nothing happened since then."));
}

/* The file has the entries, too. */
static int from_file(struct showing *w, long limit, const struct error *away)
{
    struct error e = {0};
    size_t i;
    json_t *entry, *entries = cmd_journal_entries(w->c, (int)limit, &e);
    json_array_foreach (entries, i, entry)
        print_entry(w, entry);
    json_decref(entries);
    if (e.status != STATUS_OK) /* no journal: the reason why nobody writes one matters */
        return ctl_failed(w->c, e.status == STATUS_NOT_FOUND ? away : &e);
    say_more(w, limit);
    return EXIT_GOOD;
}

static int from_daemon(struct showing *w, struct talk *t, long limit)
{
    struct error e = {0};
    size_t i;
    json_t *entry, *answer;
    int code = EXIT_GOOD;
    bool answered = false;
    talk_send(t, json_pack("{s:s,s:i,s:b}", "do", "journal", "limit", (int)limit, "follow",
                           w->c->follow));
    while ((answer = talk_read(t)) != NULL) {
        answered = true;
        json_array_foreach (json_object_get(answer, "entries"), i, entry)
            print_entry(w, entry);
        if (json_object_get(answer, "entry"))
            print_entry(w, json_object_get(answer, "entry"));
        fflush(stdout);
        if (json_is_false(json_object_get(answer, "ok")))
            code = ctl_answer_error(w->c, answer);
        json_decref(answer);
        if (!w->c->follow || code == EXIT_BUSY)
            break;
    }
    if (!answered) {
        error_set(&e, STATUS_UNREACHABLE, "daemon_away",
                  "endpointd gave no answer, or ended during the request");
        return ctl_failed(w->c, &e);
    }
    say_more(w, limit);
    return code;
}

json_t *cmd_journal_entries(struct ctl *c, int limit, struct error *e)
{
    struct journal *j = NULL;
    json_t *entries = NULL;
    enum status status = journal_open_read(c->paths.state_dir, &j, e);
    if (status == STATUS_OK)
        status = journal_read(j, -1, limit, NULL, &entries, e);
    if (status != STATUS_OK && e && !e->remedy[0] && status != STATUS_NOT_FOUND)
        error_remedy(e, "Start endpointd: it moves a damaged journal aside and creates a new "
                        "one.");
    journal_close(j);
    return entries;
}

static int run_journal(struct ctl *c)
{
    struct error e = {0};
    struct showing w = {.c = c};
    if (c->since && !parse_since(c->since, clock_wall_ms(), &w.since_ms)) {
        error_set(&e, STATUS_INVALID, "usage", "\"%.40s\" is not a time", c->since);
        error_remedy(&e,
                     "Such as 30min, 2h, 3d, today, yesterday, 14:30, 2026-11-29 or \"2026-11-29 "
                     "14:30\".");
        ctl_failed(c, &e);
        return EXIT_USAGE;
    }
    long limit = c->lines ? c->lines : c->since ? MOST : SHOWN;
    struct talk *t = talk_open(c, &e);
    /* Files in our own places are not those of somebody else's service. */
    if (!t && (c->follow || text_equal(e.code, "rights")))
        return ctl_failed(c, &e);
    int code = t ? from_daemon(&w, t, limit) : from_file(&w, limit, &e);
    talk_close(t);
    return code;
}

static const struct args_option option_follow = {"follow", 'f', "-f, --follow",
                                                 N_("keep showing what happens, until Ctrl-C"),
                                                 COMMAND_FLAG(follow)};
static const struct args_option option_since = {
    "since", 0, "--since TIME",
    N_("not older: 2h, 3d, today, yesterday, 14:30, 2026-11-29 [14:30]"), COMMAND_TEXT(since)};

const struct command cmd_journal = {
    .name = "journal",
    .usage = "journal [-f] [-n N] [--since TIME]",
    .line = N_("what happened"),
    .options = {&options_limit, &option_follow, &option_since},
    .run = run_journal,
};

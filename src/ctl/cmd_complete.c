/* `complete`: words that can follow those typed so far, for the shells' completions
 * (etc/completion). Each line is a word, a tab, and an explanation; ":file" and ":dir" mean that
 * the shell completes names of files. The command asks nothing, changes nothing, and prints nothing
 * when it does not know. */
#include "ctl/cmd_complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codes.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/paths.h"
#include "config/settings.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "ctl/talk.h"
#include "mapping/mapping.h"
#include "model/kind.h"
#include "os/account.h"
#include "ctl/words.h"

#define WORDS_MAX 64
#define ACCOUNTS  200

struct typed {
    struct ctl *c;
    const struct command *command; /* NULL: not typed yet */
    const char *words[WORDS_MAX];  /* after the command, without options */
    size_t count;
    const char *option, *current; /* the option whose value is being typed; NULL: none */
};

static void offer(const char *word, const char *what)
{
    if (*word && !strpbrk(word, " \t\n\"'\\$`"))
        printf("%s\t%s\n", word, *what ? ctl_shown(CTL_TEXT, i18n_text(what)) : "");
}

/* A name from elsewhere: the shell puts it on its line unchanged. */
static void offer_name(const char *word, const char *what)
{
    if (text_bare(word))
        offer(word, what);
}

static void offer_list(const char *list)
{
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        printf("%.*s\t\n", (int)length, at);
        at += length;
    }
}

/* ---- names that only the endpoint knows
 * ------------------------------------------------------------------ */

static void offer_plugins(struct ctl *c)
{
    json_t *answer = talk_ask(c, json_pack("{s:s}", "do", "plugins"), NULL), *plugin;
    size_t i;
    json_array_foreach (json_object_get(answer, "plugins"), i, plugin)
        offer_name(json_text(plugin, "id", ""), json_text(plugin, "kind", ""));
    json_decref(answer);
}

static void offer_orders(struct ctl *c, const char *state)
{
    json_t *request = json_pack("{s:s,s:i}", "do", "orders", "limit", 100), *order;
    size_t i;
    if (state)
        json_set_text(request, "state", state);
    json_t *answer = talk_ask(c, request, NULL);
    json_array_foreach (json_object_get(answer, "orders"), i, order)
        offer_name(json_text(order, "id", ""), *json_text(order, "reason", "")
                                                   ? words_said(CTL_TEXT, order, "reason")
                                                   : json_text(order, "state", ""));
    json_decref(answer);
}

static void offer_erps(struct ctl *c)
{
    json_t *list = NULL, *row;
    size_t i;
    mapping_list(c->paths.erp_dir, c->paths.config_dir, &list, NULL);
    json_array_foreach (list, i, row)
        offer_name(json_text(row, "name", ""), json_text(row, "title", ""));
    json_decref(list);
}

static void offer_lookups(struct ctl *c)
{
    struct mapping *m = NULL;
    struct config *config = NULL;
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    size_t count = 0;
    if (config_load_anyway(&c->paths, &config, faults, &count, NULL) == STATUS_OK || config)
        mapping_load(c->paths.erp_dir, c->paths.config_dir, config_text(config, "erp.type"), &m,
                     NULL, NULL, NULL);
    for (size_t i = 0; m && mapping_lookup_at(m, i); i++)
        offer_name(mapping_lookup_at(m, i), "");
    if (!m)
        offer_list("warehouses price-levels vat-rates payment-forms custom-fields operators "
                   "document-types databases");
    mapping_free(m);
    config_free(config);
    free(faults);
}

static bool offer_account(void *user, const char *name, const char *about, int64_t id)
{
    int *count = user;
    if (id >= 1000 && id < 60000) {
        offer_name(name, about);
        ++*count;
    }
    return *count < ACCOUNTS;
}

static void offer_accounts(void)
{
    int count = 0;
    account_each(offer_account, &count);
}

/* ---- settings ----------------------------------------------------------------------------------------- */

static void offer_settings(void)
{
    for (size_t i = 0; setting_at(i); i++)
        offer(setting_at(i)->path, setting_at(i)->label);
}

static void offer_values(struct ctl *c, const char *path)
{
    const struct setting *s = setting_find(path);
    if (!s)
        return;
    for (size_t i = 0; s->choices && s->choices[i]; i++)
        offer(s->choices[i], s->label);
    if (s->type == SETTING_BOOL)
        offer_list("true false");
    else if (s->type == SETTING_PATH)
        puts(":file\t");
    else if (text_equal(path, "erp.type"))
        offer_erps(c);
    else if (*s->fallback && !s->choices && s->type != SETTING_SECRET)
        offer(s->fallback, "default");
}

/* ---- by place --------------------------------------------------------------------------------------------- */

static bool first_is(const struct typed *t, const char *word)
{
    return t->count > 0 && text_equal(t->words[0], word);
}

static void of_config(const struct typed *t)
{
    bool set = first_is(t, "set");
    if (t->count == 1 && (set || first_is(t, "get")))
        offer_settings();
    else if (first_is(t, "unset"))
        offer_settings();
    else if (t->count == 2 && set)
        offer_values(t->c, t->words[1]);
}

static void of_order(const struct typed *t)
{
    if (first_is(t, "retry"))
        offer_orders(t->c, "rejected");
    else if (t->count == 1 && (first_is(t, "show") || first_is(t, "resolve")))
        offer_orders(t->c, first_is(t, "show") ? NULL : "in-doubt");
}

static void of_erp(const struct typed *t)
{
    if (t->count != 1)
        return;
    if (first_is(t, "show"))
        offer_erps(t->c);
    else if (first_is(t, "preview"))
        offer_list("products stock prices customers order-states");
    else if (first_is(t, "check"))
        puts(":file\t");
}

static void offer_paths(void)
{
    char word[80];
    for (size_t i = 0; setting_at(i); i++)
        if (setting_at(i)->type == SETTING_PATH) {
            text_format(word, sizeof word, "%s=", setting_at(i)->path);
            offer(word, setting_at(i)->label);
        }
}

static void of_service(const struct typed *t)
{
    if (first_is(t, "paths"))
        offer_paths();
    if (t->count != 1)
        return;
    if (first_is(t, "user")) {
        offer_list("own system");
        offer_accounts();
    } else if (first_is(t, "mode")) {
        offer_list("service application");
    } else if (first_is(t, "autostart")) {
        offer_list("on off boot login");
    }
}

static void of_plugin(const struct typed *t)
{
    if (t->count == 1 && first_is(t, "options"))
        for (size_t i = 0; kind_at(i); i++)
            offer(kind_at(i)->name, "");
    else if (t->count == 1)
        puts(":file\t");
}

static void of_sync(const struct typed *t)
{
    if (t->count == 0)
        offer_plugins(t->c);
}

static void of_held(const struct typed *t)
{
    if (t->count == 0)
        offer("retry", _("send once more what is held"));
    if (t->count == 0 || (t->count == 1 && first_is(t, "retry")))
        offer_plugins(t->c);
}

static void of_channel(const struct typed *t)
{
    if (t->count == 1 && !first_is(t, "list"))
        offer_plugins(t->c);
}

static void of_lookup(const struct typed *t)
{
    if (t->count == 0)
        offer_lookups(t->c);
}

static void of_bundle(const struct typed *t)
{
    if (t->count == 0)
        puts(":file\t");
}

static void offer_commands(void)
{
    for (size_t i = 0; options_command_at(i); i++)
        if (options_command_at(i)->line)
            offer(options_command_at(i)->name, i18n_text(options_command_at(i)->line));
}

static void of_explain(const struct typed *t)
{
    for (size_t i = 0; t->count == 0 && codes_at(i); i++)
        offer(codes_at(i)->code, codes_at(i)->text);
}

static void of_help(const struct typed *t)
{
    if (t->count == 0)
        offer_commands();
}

static const struct {
    const char *command;
    void (*offer)(const struct typed *t);
} places[] = {{"config", of_config},   {"order", of_order},     {"erp", of_erp},
              {"service", of_service}, {"plugin", of_plugin},   {"sync", of_sync},
              {"channel", of_channel}, {"held", of_held},       {"lookup", of_lookup},
              {"bundle", of_bundle},   {"explain", of_explain}, {"help", of_help}};

static void offer_words(const struct typed *t)
{
    if (!t->command) {
        offer_commands();
        return;
    }
    if (t->count == 0 && t->command->words) {
        offer_list(t->command->words);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (text_equal(places[i].command, t->command->name))
            places[i].offer(t);
}

/* ---- options ------------------------------------------------------------------------------------------------ */

static void offer_option(const struct args_option *option)
{
    char word[64];
    text_format(word, sizeof word, "--%s", option->name);
    offer(word, option->line);
}

static void offer_options(const struct typed *t)
{
    for (size_t i = 0; options_general_at(i); i++)
        offer_option(options_general_at(i));
    for (size_t i = 0; t->command && t->command->options[i]; i++)
        offer_option(t->command->options[i]);
}

static void offer_option_value(const struct typed *t)
{
    static const struct {
        const char *option, *words;
    } fixed[] = {{"state", "waiting sending handed-over done rejected in-doubt"},
                 {"lang", "en pl"},
                 {"since", "1h 1d 7d today yesterday"},
                 {"panel", "https://"},
                 {"config", ":file"},
                 {"token-file", ":file"},
                 {"password-file", ":file"},
                 {"values", ":file"},
                 {"state-dir", ":dir"},
                 {"runtime-dir", ":dir"}};
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        if (text_equal(fixed[i].option, t->option))
            offer_list(fixed[i].words);
    if (text_equal(t->option, "plugin"))
        offer_plugins(t->c);
    if (text_equal(t->option, "for"))
        offer_accounts();
}

/* The option's name if it takes a value, in the same word or in the next; NULL: it takes none. */
static const char *takes_value(const char *word)
{
    if (text_equal(word, "-n"))
        return "limit";
    const struct args_option *option = text_starts(word, "--") ? options_find(word + 2) : NULL;
    return option && option->takes != ARGS_NOTHING ? option->name : NULL;
}

/* Options that say where to look. */
static void take_place(struct ctl *c, const char *option, const char *value)
{
    if (text_equal(option, "config"))
        c->config_option = value;
    else if (text_equal(option, "state-dir"))
        c->state_option = value;
    else if (text_equal(option, "runtime-dir"))
        c->runtime_option = value;
}

static void read_words(struct typed *t)
{
    struct ctl *c = t->c;
    for (int i = 0; i + 1 < c->argc; i++) {
        const char *word = c->argv[i], *option = takes_value(word);
        if (option && i + 2 == c->argc) {
            t->option = option;
        } else if (option) {
            take_place(c, option, c->argv[++i]);
        } else if (*word != '-' && !t->command) {
            t->command = options_command(word);
            if (!t->command)
                t->command = options_command("version"); /* nothing follows an unknown command */
        } else if (*word != '-' && t->count < WORDS_MAX) {
            t->words[t->count++] = word;
        }
    }
    t->current = c->argc ? c->argv[c->argc - 1] : "";
}

static int run_complete(struct ctl *c)
{
    struct typed t = {.c = c};
    read_words(&t);
    if (paths_choose(&c->paths, c->config_option, c->state_option, c->runtime_option, NULL) !=
        STATUS_OK)
        return EXIT_GOOD;
    if (t.option)
        offer_option_value(&t);
    else if (*t.current == '-')
        offer_options(&t);
    else
        offer_words(&t);
    return EXIT_GOOD;
}

const struct command cmd_complete = {
    .name = "complete",
    .usage = "complete -- WORD...",
    .max = 1000,
    .run = run_complete,
};

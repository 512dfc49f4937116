/* channel: the shops' side of plugins: which types there are, a plugin's settings and secrets, its checks and lists. */
#include "ctl/cmd_channel.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/channel_types.h"
#include "config/sealed.h"
#include "ctl/shop.h"
#include "ctl/talk.h"
#include "ctl/words.h"

static void print_texts(const char *before, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach (list, i, item)
        printf("%s%s", i ? ", " : before, json_string_value(item));
}

static void print_setting(const json_t *s)
{
    const char *fallback = json_text(s, "default", ""), *lookup = json_text(s, "lookup", NULL);
    printf("  %s  (%s", json_text(s, "name", ""), json_text(s, "type", ""));
    print_texts(": ", json_object_get(s, "choices"));
    if (json_flag(s, "required", false))
        fputs(_("; must be set"), stdout);
    else if (*fallback)
        printf(_("; default %s"), fallback);
    if (lookup)
        printf(_("; pick: endpointctl channel lookup PLUGIN %s"), lookup);
    printf(")\n      %s\n", ctl_shown(CTL_TEXT, _(json_text(s, "help", ""))));
}

static int list_types(struct ctl *c)
{
    json_t *all = channel_types_describe(), *type, *setting;
    size_t i, k;
    if (c->json) {
        ctl_print_json(all);
        return EXIT_GOOD;
    }
    json_array_foreach (all, i, type) {
        printf("%s  %s", json_text(type, "name", ""),
               ctl_shown(CTL_TEXT, _(json_text(type, "label", ""))));
        print_texts(": ", json_object_get(type, "kinds"));
        putchar('\n');
        json_array_foreach (json_object_get(type, "settings"), k, setting)
            print_setting(setting);
    }
    json_decref(all);
    return EXIT_GOOD;
}

/* The settings of the plugin's channel; for a secret only whether it is set. */
static int show(struct ctl *c, const json_t *plugin)
{
    const json_t *channel = json_object_get(plugin, "channel");
    const struct channel_type *t = channel_type_find(json_text(channel, "type", ""));
    const struct option_def *o;
    struct error e = {0};
    json_t *secrets = NULL, *shown = json_deep_copy(channel);
    if (channel_type_secrets(c->paths.state_dir, plugin, &secrets, &e) != STATUS_OK) {
        json_decref(shown);
        return ctl_failed(c, &e);
    }
    for (size_t i = 0; t && (o = channel_type_setting(t, i)) != NULL; i++)
        if (o->type == OPTION_SECRET)
            json_set_text(shown, o->name,
                          json_object_get(secrets, o->name) ? _("(sealed)") : _("(not set)"));
    json_decref(secrets);
    if (c->json) {
        ctl_print_json(shown);
        return EXIT_GOOD;
    }
    const char *name;
    json_t *value;
    json_object_foreach (shown, name, value) {
        char *text =
            json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        printf("%s  ", ctl_shown(CTL_TEXT, name));
        ctl_print_text(text ? text : json_string_value(value));
        putchar('\n');
        free(text);
    }
    json_decref(shown);
    return EXIT_GOOD;
}

static enum status find_secret(const json_t *plugin, const char *name, const struct option_def **o,
                               struct error *e)
{
    const char *type = json_text(json_object_get(plugin, "channel"), "type", "");
    const struct channel_type *t = channel_type_find(type);
    *o = t ? channel_type_find_setting(t, name) : NULL;
    if (*o && (*o)->type == OPTION_SECRET)
        return STATUS_OK;
    error_set(e, STATUS_NOT_FOUND, "channel_setting",
              "a channel of type %s has no secret \"%.60s\"", type, name);
    return error_remedy(e, *o ? N_("It is not a secret: set it in the panel, or in "
                                   "endpoint.conf.")
                              : N_("`endpointctl channel list` shows its settings."));
}

/* Running workers still have the old one: a reload restarts them. */
static void tell_daemon(struct ctl *c)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, json_pack("{s:s}", "do", "reload"), &e);
    if (!c->json && !answer && !text_equal(e.code, "daemon_away"))
        fputs(_("It takes effect after: endpointctl reload\n"), stdout);
    json_decref(answer);
}

static int set(struct ctl *c, const json_t *plugin, const char *name)
{
    struct error e = {0};
    char value[CHANNEL_TYPE_SECRET + 2], sealed[200], prompt[200];
    const struct option_def *o;
    enum status status = find_secret(plugin, name, &o, &e);
    channel_type_sealed_name(sealed, sizeof sealed, json_text(plugin, "id", ""), name);
    text_format(prompt, sizeof prompt, _("%s of %s: "), name, json_text(plugin, "id", ""));
    if (status == STATUS_OK)
        status = ctl_read_secret(NULL, prompt, value, sizeof value, &e);
    if (status == STATUS_OK && !*value)
        status = sealed_remove(c->paths.state_dir, sealed, &e);
    else if (status == STATUS_OK)
        status = sealed_put(c->paths.state_dir, sealed, value, &e);
    bool gone = status == STATUS_OK && !*value;
    mem_wipe(value, sizeof value);
    if (status != STATUS_OK)
        return ctl_failed(c, &e);
    if (c->json)
        ctl_print_json(json_pack("{s:b}", "ok", 1));
    else
        puts(gone ? _("It is not set any more.") : _("It is sealed."));
    tell_daemon(c);
    return EXIT_GOOD;
}

static void on_check(const struct check *check, void *user)
{
    json_t *list = user;
    json_array_append_new(list, check_to_json(check));
}

static int test(struct ctl *c, const struct config *config, const json_t *plugin)
{
    json_t *list = json_array(), *item;
    size_t i;
    enum check_result worst = shop_check(c, config, plugin, on_check, list);
    if (c->json) {
        ctl_print_json(json_pack("{s:b,s:o}", "ok", worst != CHECK_FAIL, "checks", list));
        return worst == CHECK_FAIL ? EXIT_RED : EXIT_GOOD;
    }
    json_array_foreach (list, i, item) {
        struct check check;
        struct buf b;
        buf_init(&b, 65536);
        check_from_json(&check, item);
        check_print(&b, &check, ctl_colour(), ctl_width());
        fputs(buf_text(&b), stdout);
        buf_free(&b);
    }
    if (json_array_size(list) == 0)
        puts(_("The panel is tested with: endpointctl test panel"));
    json_decref(list);
    return worst == CHECK_FAIL ? EXIT_RED : EXIT_GOOD;
}

static int lookup(struct ctl *c, const struct config *config, const json_t *plugin,
                  const char *list)
{
    struct shop s;
    struct error e = {0};
    json_t *rows = NULL;
    int64_t retry = -1;
    int code = EXIT_GOOD;
    enum status status = shop_open(&s, c, config, plugin, &e);
    if (status == STATUS_OK && !s.ops->lookup)
        status = error_set(&e, STATUS_NOT_FOUND, "channel_no_list",
                           "a channel of type %s has no list \"%.60s\"", s.ops->type, list);
    if (status == STATUS_OK)
        status = s.ops->lookup(s.channel, list, &rows, &retry, &e);
    if (status != STATUS_OK)
        code = ctl_failed(c, &e);
    else if (c->json)
        ctl_print_json(json_incref(rows));
    else
        ctl_print_table(rows);
    json_decref(rows);
    shop_close(&s);
    return code;
}

static int with_plugin(struct ctl *c, const struct config *config)
{
    struct error e = {0};
    const char *word = c->argv[0];
    json_t *plugins = shop_plugins(c, config);
    const json_t *plugin = shop_plugin(plugins, c->argv[1], &e);
    int code = plugin ? EXIT_GOOD : ctl_failed(c, &e);
    if (plugin && text_equal(word, "show"))
        code = show(c, plugin);
    else if (plugin && text_equal(word, "set"))
        code = set(c, plugin, c->argv[2]);
    else if (plugin && text_equal(word, "test"))
        code = test(c, config, plugin);
    else if (plugin)
        code = lookup(c, config, plugin, c->argv[2]);
    json_decref(plugins);
    return code;
}

static int run_channel(struct ctl *c)
{
    static const struct {
        const char *word;
        int words;
    } ways[] = {{"list", 1}, {"show", 2}, {"set", 3}, {"test", 2}, {"lookup", 3}};
    size_t k = 0;
    int code;
    while (k < COUNT_OF(ways) && !text_equal(ways[k].word, c->argv[0]))
        k++;
    if (k == COUNT_OF(ways) || c->argc != ways[k].words)
        return ctl_usage(c, "endpointctl channel list | channel show PLUGIN | channel set PLUGIN "
                            "NAME | channel test PLUGIN | channel lookup PLUGIN LIST");
    if (k == 0)
        return list_types(c);
    struct config *config = ctl_config_load(c, &code);
    if (!config)
        return code;
    code = with_plugin(c, config);
    config_free(config);
    return code;
}

const struct command cmd_channel = {
    .name = "channel",
    .usage = "channel list | show PLUGIN | set PLUGIN NAME | test PLUGIN | lookup PLUGIN LIST",
    .line = N_("the shop's side of a plugin: settings, secrets, checks, lists"),
    .words = "list show set test lookup",
    .min = 1,
    .max = 3,
    .run = run_channel,
};

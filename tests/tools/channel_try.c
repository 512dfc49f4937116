/* channel_try: one channel without the rest of the house, for those who write one, and for its tests against a double.
 *
 *   channel_try --type woocommerce --kind stock --state DIR [--settings JSON] [--options JSON] [--ca FILE]
 *               [--secrets FILE | --secrets-fd N] [--mark TEXT] [--id PLUGIN]
 *
 * Secrets are a JSON object name → text; a file of them must be its owner's only. Settings are checked as the daemon
 * checks them. On stdin a line of JSON for each call, on stdout lines of JSON: what the call told, then its status.
 *
 *   {"do":"check"}                          {"check":{…}}…
 *   {"do":"lookup","list":"warehouses"}     {"rows":[…]}
 *   {"do":"catalogue","page":""}            {"item":{…}}…, "next" with the status; "all": true walks every page
 *   {"do":"express","record":{…}}           "value"
 *   {"do":"send","records":[{"key","op","data":{…},"item"}]}   {"answer":{index,result,value,item,again_ms,error}}…
 *   {"do":"orders","cursor":"","limit":100} {"orders":[…]}, "next"
 *   {"do":"outcome","order":ID,"outcome":{…}}
 *   {"do":"outcomes","outcomes":[{…}]}      {"answer":{index,ok,error}}…
 *   {"do":"account"}                        "account", "clock_offset"
 *
 * Each call ends with {"done":"send","status":"ok","error":{…}|absent,"retry_after_ms":N,"ms":N, …}. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/opening.h"
#include "config/plugin.h"
#include "model/kind.h"
#include "os/clock.h"

struct
try {
    const struct channel_ops *ops;
    struct channel *channel;
    const char *stream;
    json_t *done; /* of the call at hand */
    int64_t retry;
    struct error e;
};

static void print(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    puts(text ? text : "{}");
    fflush(stdout);
    free(text);
    json_decref(object);
}

static void on_check(const struct check *check, void *user)
{
    (void)user;
    print(json_pack("{s:o}", "check", check_to_json(check)));
}

static enum status do_check(struct try *t, const json_t *with)
{
    (void)with;
    if (!t->ops->check)
        return STATUS_END;
    json_set_text(t->done, "worst", check_word(t->ops->check(t->channel, on_check, NULL)));
    return STATUS_OK;
}

static enum status do_lookup(struct try *t, const json_t *with)
{
    json_t *rows = NULL;
    if (!t->ops->lookup)
        return STATUS_END;
    enum status status =
        t->ops->lookup(t->channel, json_text(with, "list", ""), &rows, &t->retry, &t->e);
    if (status == STATUS_OK)
        json_object_set(t->done, "rows", rows);
    json_decref(rows);
    return status;
}

static void on_item(void *user, const struct channel_item *i)
{
    json_t *item = json_object();
    (void)user;
    json_set_text(item, "id", i->id);
    json_set_text(item, "sku", i->sku);
    json_set_text(item, "ean", i->ean);
    json_set_text(item, "name", i->name);
    json_set_text(item, "value", i->value);
    json_set_text(item, "obstacle", i->obstacle);
    print(json_pack("{s:o}", "item", item));
}

static enum status do_catalogue(struct try *t, const json_t *with)
{
    struct buf page, next;
    int pages = 0;
    bool all = json_flag(with, "all", false);
    if (!t->ops->catalogue)
        return STATUS_END;
    buf_init(&page, 4096);
    buf_init(&next, 4096);
    buf_add_text(&page, json_text(with, "page", ""));
    enum status status;
    do {
        buf_reset(&next);
        status =
            t->ops->catalogue(t->channel, buf_text(&page), on_item, t, &next, &t->retry, &t->e);
        buf_reset(&page);
        buf_add_text(&page, buf_text(&next));
        pages++;
    } while (status == STATUS_OK && all && page.length);
    json_set_text(t->done, "next", buf_text(&next));
    json_set_number(t->done, "pages", pages);
    buf_free(&page);
    buf_free(&next);
    return status;
}

/* Its texts live as long as `with`; data is the caller's to free. */
static struct channel_record take_record(const struct try *t, const json_t *r, size_t index,
                                         char **data)
{
    const json_t *value = json_object_get(r, "data");
    *data = json_is_object(value) ? json_dumps(value, JSON_COMPACT) : mem_string("");
    return (struct channel_record){.number = index + 1,
                                   .stream = json_text(r, "stream", t->stream),
                                   .op = json_text(r, "op", "upsert"),
                                   .key = json_text(r, "key", ""),
                                   .data = *data,
                                   .length = strlen(*data),
                                   .item = json_text(r, "item", NULL)};
}

static enum status do_express(struct try *t, const json_t *with)
{
    char *data;
    struct buf value;
    if (!t->ops->express)
        return STATUS_END;
    struct channel_record r = take_record(t, json_object_get(with, "record"), 0, &data);
    buf_init(&value, CHANNEL_VALUE);
    enum status status = t->ops->express(t->channel, &r, &value, &t->e);
    if (status == STATUS_OK)
        json_set_text(t->done, "value", buf_text(&value));
    buf_free(&value);
    free(data);
    return status;
}

static void on_answer(void *user, size_t index, enum channel_result result, const char *value,
                      const char *item, int64_t again_ms, const struct error *why)
{
    static const char *const words[] = {
        [CHANNEL_UNTRIED] = "untried",     [CHANNEL_SENT] = "sent",
        [CHANNEL_SAME] = "same",           [CHANNEL_UNKNOWN] = "unknown",
        [CHANNEL_AMBIGUOUS] = "ambiguous", [CHANNEL_REFUSED] = "refused",
        [CHANNEL_LATER] = "later"};
    json_t *answer = json_object();
    (void)user;
    json_set_number(answer, "index", (int64_t)index);
    json_set_text(answer, "result", words[result]);
    json_set_text(answer, "value", value);
    json_set_text(answer, "item", item);
    json_set_number(answer, "again_ms", again_ms);
    if (why)
        json_object_set_new(answer, "error", json_from_error(why));
    print(json_pack("{s:o}", "answer", answer));
}

static enum status do_send(struct try *t, const json_t *with)
{
    const json_t *list = json_object_get(with, "records"), *r;
    size_t count = json_array_size(list), i;
    struct channel_record *records = mem_array(count + 1, sizeof *records);
    char **texts = mem_array(count + 1, sizeof *texts);
    struct buf mark;
    buf_init(&mark, CHANNEL_MARK_MAX);
    json_array_foreach (list, i, r)
        records[i] = take_record(t, r, i, &texts[i]);
    enum status status =
        t->ops->send(t->channel, records, count, on_answer, t, &mark, &t->retry, &t->e);
    json_set_text(t->done, "mark", mark.length ? buf_text(&mark) : NULL);
    for (i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
    free(records);
    buf_free(&mark);
    return status;
}

static enum status do_orders(struct try *t, const json_t *with)
{
    struct buf next;
    json_t *orders = NULL;
    if (!t->ops->orders)
        return STATUS_END;
    buf_init(&next, CHANNEL_CURSOR_MAX);
    enum status status =
        t->ops->orders(t->channel, json_text(with, "cursor", ""),
                       (int)json_number(with, "limit", 100), &orders, &next, &t->retry, &t->e);
    if (orders)
        json_object_set(t->done, "orders", orders);
    json_set_text(t->done, "next", buf_text(&next));
    json_decref(orders);
    buf_free(&next);
    return status;
}

static enum status do_outcome(struct try *t, const json_t *with)
{
    return t->ops->outcome ? t->ops->outcome(t->channel, json_text(with, "order", ""),
                                             json_object_get(with, "outcome"), &t->retry, &t->e)
                           : STATUS_END;
}

static enum status do_outcomes(struct try *t, const json_t *with)
{
    const json_t *list = json_object_get(with, "outcomes");
    size_t count = json_array_size(list);
    if (!t->ops->outcomes)
        return STATUS_END;
    struct error *answers = mem_array(count + 1, sizeof *answers);
    enum status status = t->ops->outcomes(t->channel, list, answers, &t->retry, &t->e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        bool good = answers[i].status == STATUS_OK;
        print(json_pack("{s:{s:I,s:b,s:o}}", "answer", "index", (json_int_t)i, "ok", good, "error",
                        good ? json_null() : json_from_error(&answers[i])));
    }
    free(answers);
    return status;
}

static enum status do_account(struct try *t, const json_t *with)
{
    (void)with;
    if (t->ops->account)
        json_set_text(t->done, "account", t->ops->account(t->channel));
    if (t->ops->clock_offset)
        json_set_number(t->done, "clock_offset", t->ops->clock_offset(t->channel));
    return STATUS_OK;
}

static void answer(struct try *t, const char *line)
{
    static const struct {
        const char *word;
        enum status (*run)(struct try *, const json_t *);
    } calls[] = {{"check", do_check},     {"lookup", do_lookup},     {"catalogue", do_catalogue},
                 {"express", do_express}, {"send", do_send},         {"orders", do_orders},
                 {"outcome", do_outcome}, {"outcomes", do_outcomes}, {"account", do_account}};
    json_t *with = json_parse(line, strlen(line), NULL);
    const char *word = json_text(with, "do", "");
    int64_t began = clock_mono_ms();
    enum status status = STATUS_INVALID;
    t->done = json_object();
    t->retry = -1;
    error_clear(&t->e);
    json_set_text(t->done, "done", word);
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        if (text_equal(calls[i].word, word))
            status = calls[i].run(t, with);
    json_set_text(t->done, "status", error_status_word(status));
    if (status != STATUS_OK && t->e.status != STATUS_OK)
        json_object_set_new(t->done, "error", json_from_error(&t->e));
    json_set_number(t->done, "retry_after_ms", t->retry);
    json_set_number(t->done, "ms", clock_mono_ms() - began);
    print(t->done);
    json_decref(with);
}

/* Secrets from a descriptor; NULL: they cannot be read. */
static json_t *read_secrets(int fd)
{
    struct buf b;
    char chunk[4096];
    ssize_t n;
    buf_init(&b, 65536);
    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(&b, chunk, (size_t)n);
    json_t *secrets = json_parse(buf_text(&b), b.length, NULL);
    mem_wipe(chunk, sizeof chunk);
    mem_wipe(b.data, b.length);
    buf_free(&b);
    close(fd);
    return secrets;
}

static int fail(const char *what)
{
    fprintf(stderr, "channel_try: %s\n", what);
    return 2;
}

static json_t *option_json(const char *text, const char *type)
{
    json_t *object = json_parse(text, strlen(text), NULL);
    if (object && type)
        json_set_text(object, "type", type);
    return object;
}

/* "--name" → its value; NULL: not given. */
static const char *option(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i += 2)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return NULL;
}

static int open_secrets(int argc, char **argv)
{
    const char *file = option(argc, argv, "--secrets"),
               *number = option(argc, argv, "--secrets-fd");
    struct stat st;
    if (number)
        return atoi(number);
    int fd = file ? open(file, O_RDONLY | O_CLOEXEC) : open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (file && fd >= 0 && (fstat(fd, &st) != 0 || (st.st_mode & 077))) {
        close(fd);
        return -1;
    }
    return fd;
}

int main(int argc, char **argv)
{
    const char *type = option(argc, argv, "--type"), *kind = option(argc, argv, "--kind"),
               *id = option(argc, argv, "--id"), *state = option(argc, argv, "--state"),
               *settings = option(argc, argv, "--settings"),
               *options = option(argc, argv, "--options"), *ca = option(argc, argv, "--ca"),
               *mark = option(argc, argv, "--mark");
    char *line = NULL;
    size_t size = 0;
    if (!type || !kind || !state)
        return fail("--type, --kind and --state are needed");
    int fd = open_secrets(argc, argv);
    if (fd < 0)
        return fail("the file of secrets cannot be read, or others can read it (chmod 600)");
    json_t *secrets = read_secrets(fd), *channel = option_json(settings ? settings : "{}", type);
    if (channel && ca)
        json_set_text(channel, "ca", ca);
    json_t *plugin = json_pack(
        "{s:s,s:s,s:o,s:o,s:{s:b}}", "id", id ? id : "try", "kind", kind, "channel", channel,
        "options", option_json(options ? options : "{}", NULL), "schedule", "manual", 1);
    struct try t = {.stream = kind_stream(kind) ? kind_stream(kind) : ""};
    if (!plugin)
        return fail("--settings or --options is no JSON object");
    struct opening o = {.plugin = plugin,
                        .secrets = secrets,
                        .state_dir = state,
                        .panel_url = "",
                        .mark = mark ? mark : "",
                        .http = {.connect_timeout_ms = 10000, .user_agent = "channel_try"}};
    enum status status = plugin_validate(plugin, &t.e);
    if (status == STATUS_OK)
        status = opening_find(plugin, &t.ops, &t.e);
    if (status == STATUS_OK)
        status = opening_open(&o, t.ops, &t.channel, &t.e);
    print(json_pack("{s:s,s:s,s:o*}", "done", "open", "status", error_status_word(status), "error",
                    status == STATUS_OK ? NULL : json_from_error(&t.e)));
    while (status == STATUS_OK && getline(&line, &size, stdin) > 0)
        answer(&t, line);
    free(line);
    if (t.channel)
        t.ops->close(t.channel);
    json_decref(plugin);
    json_decref(secrets);
    return status == STATUS_OK ? 0 : 1;
}

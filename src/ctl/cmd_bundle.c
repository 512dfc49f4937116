/* endpointctl bundle: everything that a helper needs to see, in one file, with no secrets in it. */
#include "ctl/cmd_bundle.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/tar.h"
#include "base/text.h"
#include "base/version.h"
#include "base/zip.h"
#include "ctl/redact.h"
#include "ctl/service.h"
#include "ctl/service_host.h"
#include "ctl/words.h"
#include "link/identity.h"
#include "link/link.h"
#include "link/link_cache.h"
#include "os/account.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/host.h"
#include "store/db.h"
#include "store/orders.h"
#include "store/orders_count.h"

#define PART_MAX   (8 << 20)
#define BUNDLE_MAX (96 << 20)
#define TAIL_MAX   (1 << 20)
#define ENTRIES    "2000"

struct bundle {
    struct ctl *c;
    struct service_host host;
    struct config *config;
    struct redact *redact;
    struct buf tar;
    json_t *list; /* [{name, size, what}] */
    int64_t now_ms;
    char folder[64]; /* everything is unpacked into this folder */
    struct error error;
};

/* Everything goes through here, and so is redacted. */
static void add(struct bundle *b, const char *name, const char *what, const char *text,
                size_t length)
{
    struct buf clean;
    buf_init(&clean, 2 * PART_MAX);
    redact_text(b->redact, text, length, &clean);
    if (b->error.status == STATUS_OK)
        tar_add(&b->tar, b->folder, name, buf_text(&clean), clean.length, b->now_ms / 1000,
                &b->error);
    json_t *row = json_object();
    json_set_text(row, "name", name);
    json_set_number(row, "size", (int64_t)clean.length);
    said_set(row, "what", what);
    json_array_append_new(b->list, row);
    buf_free(&clean);
}

static void add_json(struct bundle *b, const char *name, const char *what, json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(1) | JSON_ENCODE_ANY);
    if (text)
        add(b, name, what, text, strlen(text));
    free(text);
    json_decref(value);
}

/* ---- answers of our own commands
 * ---------------------------------------------------------------------- */

static const struct {
    const char *name, *what;
    const char *words[5];
} commands[] = {
    {"status.json", N_("the daemon's state and its plugins'"), {"status", "--json"}},
    {"checks.json", N_("every check, run just now"), {"test", "--json"}},
    {"settings.json", N_("settings in force, secrets as ***"), {"config", "list", "--json"}},
    {"config-check.txt", N_("faults of the configuration file"), {"config", "check"}},
    {"service.json", N_("how the daemon runs, and as which user"), {"service", "status", "--json"}},
    {"mappings.json", N_("the existing ERP mappings"), {"erp", "list", "--json"}},
    {"journal.jsonl",
     N_("what happened: the last 2000 entries"),
     {"journal", "--json", "-n", ENTRIES}},
    {"metrics.txt", N_("numbers for Prometheus"), {"metrics"}},
};

static void run_commands(struct bundle *b)
{
    const struct paths *p = &b->c->paths;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const char *argv[16] = {"/proc/self/exe", "--config",      p->config_file, "--state-dir",
                                p->state_dir,     "--runtime-dir", p->runtime_dir};
        size_t n = 7;
        for (size_t w = 0; w < COUNT_OF(commands[i].words) && commands[i].words[w]; w++)
            argv[n++] = commands[i].words[w];
        struct buf out;
        buf_init(&out, PART_MAX);
        int code = b->host.run(argv, &out);
        if (code != 0)
            buf_printf(&out, "\n(exit code %d)\n", code);
        add(b, commands[i].name, commands[i].what, buf_text(&out), out.length);
        buf_free(&out);
    }
}

/* ---- the rest
 * ------------------------------------------------------------------------------------------ */

static void add_about(struct bundle *b)
{
    struct host_system u;
    struct buf os;
    char at[CLOCK_TEXT];
    json_t *o = json_object();
    clock_format(at, b->now_ms);
    json_set_text(o, "made", at);
    json_set_text(o, "endpoint", ENDPOINT_VERSION);
    json_set_text(o, "sqlite", db_library());
    json_set_text(o, "curl", curl_version());
    json_set_text(o, "openssl", OpenSSL_version(OPENSSL_VERSION));
    json_set_text(o, "jansson", jansson_version_str());
    json_set_number(o, "uid", account_own_id());
    json_set_number(o, "state_free_bytes", file_free_bytes(b->c->paths.state_dir));
    if (host_system(&u)) {
        json_set_text(o, "kernel", u.release);
        json_set_text(o, "machine", u.machine);
    }
    buf_init(&os, 65536);
    if (file_read("/etc/os-release", &os, NULL, NULL) == STATUS_OK)
        json_set_text(o, "os_release", buf_text(&os));
    buf_free(&os);
    add_json(b, "about.json", N_("versions and the machine"), o);
}

/* Plugins as the panel and the file define them. A channel's own settings are its sign-in data. */
static void add_plugins(struct bundle *b)
{
    json_t *cached = NULL, *o = json_object();
    if (link_cache_load(b->c->paths.state_dir, &cached, NULL) == STATUS_OK)
        json_object_set_new(o, "panel", json_deep_copy(json_object_get(cached, "plugins")));
    if (b->config)
        json_object_set_new(o, "file", json_deep_copy(config_plugins(b->config)));
    json_decref(cached);
    redact_members(o);
    add_json(b, "plugins.json", N_("plugins and scenarios, without the channels' credentials"), o);
}

static json_t *ledger_counts(struct bundle *b, const char *plugin)
{
    struct ledger *l = NULL;
    struct orders *orders = NULL;
    struct ledger_state s;
    struct orders_counts counts;
    struct error e = {0};
    json_t *o = json_object();
    if (ledger_open_read(b->c->paths.state_dir, plugin, &l, &e) != STATUS_OK ||
        ledger_state(l, &s, &e) != STATUS_OK) {
        json_object_set_new(o, "error", json_from_error(&e));
    } else {
        json_set_number(o, "snapshot_rows", (int64_t)s.snapshot_rows);
        json_set_number(o, "queued", (int64_t)s.queued);
        json_set_number(o, "oldest_ms", s.oldest_ms);
        json_set_number(o, "next_seq", (int64_t)s.next_seq);
        json_set_number(o, "acked", (int64_t)s.acked);
        if (orders_open(l, &orders, NULL) == STATUS_OK &&
            orders_count(orders, b->now_ms - 86400000, &counts, NULL) == STATUS_OK)
            json_object_set_new(o, "orders", orders_counts_json(&counts));
        orders_close(orders);
    }
    ledger_close(l);
    return o;
}

static void add_ledgers(struct bundle *b)
{
    char path[600], id[256];
    const char *entry;
    json_t *o = json_object();
    text_format(path, sizeof path, "%s/ledgers", b->c->paths.state_dir);
    struct dir *dir = dir_open(path);
    while (dir && (entry = dir_next(dir)) != NULL) {
        if (!text_ends(entry, ".db") || !text_copy(id, sizeof id, entry))
            continue;
        id[strlen(id) - 3] = '\0';
        json_object_set_new(o, id, ledger_counts(b, id));
    }
    dir_close(dir);
    add_json(b, "ledgers.json",
             N_("how many rows each ledger knows and queues, and orders by state"), o);
}

static void list_directory(struct buf *out, const char *path, int depth)
{
    const char *entry;
    /* In the form of ls and stat(1). */
    static const unsigned kinds[] = {[FILE_REGULAR] = 0100000,
                                     [FILE_DIRECTORY] = 040000,
                                     [FILE_LINK] = 0120000,
                                     [FILE_SOCKET] = 0140000,
                                     [FILE_OTHER] = 0};
    struct file_look l;
    char name[1200];
    struct dir *dir = dir_open(path);
    while (dir && (entry = dir_next(dir)) != NULL) {
        if (entry[0] == '.' || !text_format(name, sizeof name, "%s/%s", path, entry) ||
            !file_look_itself(name, &l))
            continue;
        buf_printf(out, "%06o %5ld %5ld %12lld  %s\n", kinds[l.kind] | l.mode, (long)l.user,
                   (long)l.group, (long long)l.size, name);
        if (l.kind == FILE_DIRECTORY && depth < 3)
            list_directory(out, name, depth + 1);
    }
    dir_close(dir);
}

static void add_files(struct bundle *b)
{
    struct buf out;
    buf_init(&out, PART_MAX);
    list_directory(&out, b->c->paths.config_dir, 0);
    list_directory(&out, b->c->paths.state_dir, 0);
    add(b, "files.txt", N_("names, owners and sizes of the endpoint's files, not their content"),
        buf_text(&out), out.length);
    buf_free(&out);
}

/* The site's own mapping files, complete: SQL and names of columns. */
static void add_overrides(struct bundle *b)
{
    char path[600], file[900], name[120];
    const char *entry;
    struct buf text;
    text_format(path, sizeof path, "%s/erp", b->c->paths.config_dir);
    struct dir *dir = dir_open(path);
    while (dir && (entry = dir_next(dir)) != NULL) {
        if (!text_ends(entry, ".conf") || !text_format(name, 99, "overrides/%s", entry) ||
            !text_format(file, sizeof file, "%s/%s", path, entry))
            continue;
        buf_init(&text, PART_MAX);
        if (file_read(file, &text, NULL, NULL) == STATUS_OK)
            add(b, name, N_("a mapping of this site's own"), buf_text(&text), text.length);
        buf_free(&text);
    }
    dir_close(dir);
}

static void add_logs(struct bundle *b)
{
    const char *argv[] = {"journalctl", "-q",    "--no-pager", "-o",         "short-iso",
                          "-n",         ENTRIES, "-u",         SERVICE_UNIT, NULL};
    const char *file = b->config ? config_text(b->config, "log.file") : "";
    struct buf out;
    buf_init(&out, PART_MAX);
    if (file_exists("/run/systemd/system") && b->host.run(argv, &out) >= 0)
        add(b, "system-journal.txt", N_("the service's last 2000 lines in systemd's journal"),
            buf_text(&out), out.length);
    buf_reset(&out);
    if (*file && file_read_end(file, TAIL_MAX, &out))
        add(b, "log.txt", N_("the end of the log file"), buf_text(&out), out.length);
    buf_free(&out);
}

static void collect(struct bundle *b)
{
    add_about(b);
    run_commands(b);
    add_plugins(b);
    add_ledgers(b);
    add_files(b);
    add_overrides(b);
    add_logs(b);
    tar_end(&b->tar);
}

/* ---- the file
 * -------------------------------------------------------------------------------------------- */

static void print_list(const struct bundle *b)
{
    size_t i;
    json_t *row;
    json_array_foreach (b->list, i, row)
        printf("%10lld  %-24s %s\n", (long long)json_number(row, "size", 0),
               json_text(row, "name", ""), words_said(CTL_TEXT, row, "what"));
}

/* endpoint-bundle-20261125-201500: the folder's name, and the file's without its ending. */
static void choose_name(struct bundle *b)
{
    char at[CLOCK_TEXT], digits[24];
    size_t n = 0;
    clock_format(at, b->now_ms);
    for (const char *p = at; *p && n < 14; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    text_format(b->folder, sizeof b->folder, "endpoint-bundle-%.8s-%.6s", digits, digits + 8);
}

static int write_bundle(struct bundle *b)
{
    char name[600];
    struct buf packed;
    struct error *e = &b->error;
    if (b->c->argc)
        text_copy(name, sizeof name, b->c->argv[0]);
    else
        text_format(name, sizeof name, "%s.tar.zst", b->folder);
    buf_init(&packed, BUNDLE_MAX);
    if (e->status == STATUS_OK)
        zip_pack(&packed, b->tar.data, b->tar.length, e);
    if (e->status == STATUS_OK)
        file_create(name, packed.data, packed.length, 0600, e);
    int64_t size = (int64_t)packed.length;
    buf_free(&packed);
    if (e->status != STATUS_OK)
        return ctl_failed(b->c, e);
    if (b->c->json) {
        ctl_print_json(json_pack("{s:b,s:s,s:I,s:O}", "ok", 1, "file", name, "size",
                                 (json_int_t)size, "files", b->list));
    } else {
        print_list(b);
        printf(
            _("\n%s is written (%lld KiB; tar --zstd -xf unpacks it into %s). It holds no secrets; "
              "look into it before you send it.\n"),
            name, (long long)(size + 1023) / 1024, b->folder);
    }
    return EXIT_GOOD;
}

static int run_bundle(struct ctl *c)
{
    struct bundle b = {.c = c, .now_ms = clock_wall_ms(), .list = json_array()};
    int code = EXIT_GOOD;
    service_host_init(&b.host);
    choose_name(&b);
    buf_init(&b.tar, BUNDLE_MAX);
    if (config_load(&c->paths, &b.config, NULL, NULL, NULL) == STATUS_INVALID)
        b.config = NULL; /* config-check.txt lists its faults */
    b.redact = redact_open(&c->paths, b.config);
    collect(&b);
    if (!c->list)
        code = write_bundle(&b);
    else if (c->json)
        ctl_print_json(json_pack("{s:b,s:O}", "ok", 1, "files", b.list));
    else
        print_list(&b);
    redact_close(b.redact);
    config_free(b.config);
    json_decref(b.list);
    buf_free(&b.tar);
    return code;
}

static const struct args_option option_list = {
    "list", 0, "--list", N_("only list what would be in it"), COMMAND_FLAG(list)};

const struct command cmd_bundle = {
    .name = "bundle",
    .usage = "bundle [FILE] [--list]",
    .line = N_("what support needs, without secrets, in one file"),
    .options = {&option_list},
    .max = 1,
    .run = run_bundle,
};

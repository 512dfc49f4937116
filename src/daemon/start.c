#include "daemon/start.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "config/good.h"
#include "config/paths.h"
#include "daemon/chronicle.h"
#include "daemon/health.h"
#include "daemon/intake.h"
#include "daemon/reload.h"
#include "erp/checks_database.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/host.h"
#include "os/lock.h"
#include "os/log.h"
#include "os/path.h"

static const char help[] =
    "Usage: endpointd [options]\n"
    "Runs the plugins that keep a shop in step with the ERP. Stays in the foreground; systemd or a\n"
    "shell puts it into the background.\n\n"
    "  --config FILE        default /etc/endpoint/endpoint.conf, or the user's\n"
    "  --state-dir DIR      default /var/lib/endpoint, or the user's\n"
    "  --runtime-dir DIR    default /run/endpoint, or the user's\n"
    "  --worker FILE        the plugins' program (default: the one installed, or built, with this one)\n"
    "  --check              check the configuration, print every fault, end\n"
    "  --help, --version\n\n"
    "Signals: SIGTERM ends (finishing batches), SIGHUP reads the configuration again.\n"
    "Exit codes: 0 ended as asked, 1 failure, 2 wrong usage or configuration.\n";

/* Beside our own program (a build tree), else where it is installed. */
static void find_worker(struct daemon *d)
{
    char self[900];
    if (host_program(self, sizeof self)) {
        char *slash = strrchr(self, '/');
        if (slash) {
            *slash = '\0';
            text_format(d->worker, sizeof d->worker, "%s/endpoint-worker", self);
            if (file_may_run(d->worker))
                return;
        }
    }
    text_copy(d->worker, sizeof d->worker, ENDPOINT_LIBEXECDIR "/endpoint-worker");
}

static int check_only(struct daemon *d)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *c = NULL;
    struct error e = {0};
    size_t count = 0;
    enum status status = config_load(&d->paths, &c, faults, &count, &e);
    for (size_t i = 0; i < count; i++)
        printf("%s:%d: %s%s%s: %s\n", faults[i].file, faults[i].line,
               faults[i].warning ? "warning: " : "", faults[i].setting,
               faults[i].setting[0] ? "" : "file", faults[i].text);
    if (status == STATUS_NOT_FOUND)
        printf("%s\n", e.text);
    free(faults);
    config_free(c);
    if (status == STATUS_OK)
        printf("%s is in order\n", d->paths.config_file);
    return status == STATUS_OK ? 0 : 2;
}

int start_options(struct daemon *d, int argc, char **argv)
{
    static const struct option table[] = {
        {"config", 1, NULL, 'c'},      {"state-dir", 1, NULL, 's'},
        {"runtime-dir", 1, NULL, 'r'}, {"worker", 1, NULL, 'w'},
        {"check", 0, NULL, 'k'},       {"help", 0, NULL, 'h'},
        {"version", 0, NULL, 'v'},     {0}};
    const char *config = NULL, *state = NULL, *runtime = NULL;
    struct error e = {0};
    bool check = false;
    int option;
    find_worker(d);
    while ((option = args_next(argc, argv, "h", table, &e)) != -1) {
        switch (option) {
        case 'c': config = optarg; break;
        case 's': state = optarg; break;
        case 'r': runtime = optarg; break;
        case 'w': text_copy(d->worker, sizeof d->worker, optarg); break;
        case 'k': check = true; break;
        case 'h': fputs(help, stdout); return 0;
        case 'v': puts("endpointd " ENDPOINT_VERSION); return 0;
        default: return args_complain("endpointd", &e);
        }
    }
    if (optind < argc)
        return args_unexpected("endpointd", argv[optind]);
    if (paths_choose(&d->paths, config, state, runtime, &e) != STATUS_OK) {
        log_problem(LOG_ERROR, "endpointd", &e);
        return 2;
    }
    return check ? check_only(d) : -1;
}

static void say_lock(struct daemon *d, const struct error *e)
{
    health_fail(d, "endpoint.lock", "Lock files", e);
}

/* Only one endpoint per ERP database on this machine's state directory. */
static enum status lock_erp(struct daemon *d, struct error *e)
{
    char path[PATH_MAX], what[600], hex[2 * CRYPTO_HASH + 1];
    uint8_t hash[CRYPTO_HASH];
    enum status status;
    if (!config_is_set(d->config, "erp.database"))
        return STATUS_OK;
    text_format(what, sizeof what, "%s,%s/%s", config_text(d->config, "erp.server"),
                config_text(d->config, "erp.port"), config_text(d->config, "erp.database"));
    crypto_sha256(what, strlen(what), hash);
    crypto_hex(hex, hash, 8);
    if (!text_format(path, sizeof path, "%s/erp-%s.lock", d->paths.state_dir, hex))
        return error_set(e, STATUS_INVALID, "path_long", "the state directory's path is too long");
    status = lock_file(path, &d->erp_lock_fd, e);
    if (status == STATUS_OK || status == STATUS_BUSY)
        return status;
    say_lock(d, e); /* the state directory is ours alone, and the file is in it */
    return STATUS_OK;
}

/* Only one endpointd works on a state directory. The lock on the directory itself needs neither a
 * file nor room; older versions lock the file. */
static enum status lock_state(struct daemon *d, struct error *e)
{
    char path[PATH_MAX];
    enum status status = lock_dir(d->paths.state_dir, &d->dir_lock_fd, e);
    if (status == STATUS_OK)
        status = path_join(path, sizeof path, d->paths.state_dir, "endpointd.lock", e);
    if (status == STATUS_OK) {
        status = lock_file(path, &d->lock_fd, e);
        if (status != STATUS_OK && status != STATUS_BUSY) {
            say_lock(d, e);
            status = STATUS_OK;
        }
    }
    if (status == STATUS_BUSY)
        error_remedy(e, "Another endpointd works on this state directory; there can be only one.");
    return status;
}

/* The configuration; if the file lost settings that endpointd worked with before, or cannot be read
 * at all, the last good one, and the check says so. */
static enum status load_config(struct daemon *d, struct error *e)
{
    struct check *c = &d->config_check;
    struct config *good = NULL;
    struct error lost = {0};
    text_copy(c->code, sizeof c->code, "endpoint.config");
    text_copy(c->title, sizeof c->title, "Configuration");
    enum status status = config_load(&d->paths, &d->config, NULL, NULL, &lost);
    c->result = check_answer(c, CHECK_OK, "%s is in order", d->paths.config_file);
    if (good_load(&d->paths, &good, NULL) == STATUS_OK &&
        (status != STATUS_OK ||
         (status = reload_refuse_lost(d, good, d->config, &lost)) != STATUS_OK)) {
        config_free(d->config);
        d->config = good;
        c->result = check_failed(c, &lost);
        log_problem(LOG_ERROR, "the last good configuration is used", &lost);
        return STATUS_OK;
    }
    config_free(good);
    if (status != STATUS_OK && e)
        *e = lost;
    return status;
}

enum status start_open(struct daemon *d, struct error *e)
{
    enum status status = load_config(d, e);
    if (status != STATUS_OK)
        return status;
    daemon_log_settings(d->config);
    reload_settings_taken(d);
    status = dir_ensure(d->paths.state_dir, 0700, e);
    health_open(d);
    if (status == STATUS_OK)
        status = lock_state(d, e);
    if (status == STATUS_OK)
        status = lock_erp(d, e);
    if (status == STATUS_OK) {
        chronicle_open(d);
        intake_open(d);
        if (d->config_check.result == CHECK_OK)
            reload_keep_settings(d);
    }
    return status;
}

void start_close(struct daemon *d)
{
    chronicle_close(d);
    health_close(d);
    config_free(d->config);
    json_decref(d->settings);
    intake_close(d);
    json_decref(d->checks_about);
    fd_close(&d->erp_lock_fd);
    fd_close(&d->lock_fd);
    fd_close(&d->dir_lock_fd);
}

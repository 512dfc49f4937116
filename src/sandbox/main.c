/* endpoint-sandbox: a demo ERP that speaks TDS. */
#include <stdio.h>

#include "base/text.h"
#include "base/version.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/log.h"
#include "os/private.h"
#include "os/stop.h"
#include "sandbox/company/import.h"
#include "sandbox/options.h"
#include "sandbox/serve.h"
#include "sandbox/sql/engine_data.h"
#include "sandbox/sql/script.h"

static void progress(uint64_t done, uint64_t of, void *user)
{
    (void)user;
    if (fd_is_terminal(FD_ERRORS))
        fprintf(stderr, "\rmaking the company: %llu of %llu products", (unsigned long long)done,
                (unsigned long long)of);
    if (fd_is_terminal(FD_ERRORS) && done == of)
        fputc('\n', stderr);
}

/* Open the company as the options say. */
static enum status open_company(const struct sandbox_options *o, struct engine **engine,
                                struct error *e)
{
    if (o->imports && !file_exists(o->data))
        return error_set(e, STATUS_NOT_FOUND, "data_missing", "there is no company in %s", o->data);
    const struct engine_filling filling = {.rows = o->rows, .seed = o->seed, .progress = progress};
    enum status status = engine_open(o->data, o->erp, &filling, engine, e);
    if (status != STATUS_OK)
        return status;
    engine_set_clock(*engine, o->clock_ahead);
    if (o->read_only)
        engine_set_read_only(*engine);
    if (o->snapshot)
        engine_allow_snapshot(*engine);
    for (size_t i = 0; i < o->deny_count && status == STATUS_OK; i++)
        status = engine_deny(*engine, o->deny[i], e);
    return status;
}

static enum status import_all(const struct sandbox_options *o, struct engine *engine,
                              struct error *e)
{
    enum status status = STATUS_OK;
    for (char **file = o->imports; *file && status == STATUS_OK; file++)
        status = import_by_hand(engine, *file, o->import_dir, o->keep_imported, e);
    return status;
}

static enum status run(const struct sandbox_options *o, struct engine *engine, struct error *e)
{
    if (o->imports)
        return import_all(o, engine, e);
    if (o->print_schema)
        return script_print(engine, FD_OUTPUT, e);
    return serve(o, engine, stop_flag(), e);
}

int main(int argc, char **argv)
{
    struct sandbox_options o;
    struct error e = {0};
    struct engine *engine = NULL;
    private_process();
    int code = options_read(argc, argv, &o);
    if (code >= 0)
        return code;
    log_open("endpoint-sandbox", LOG_INFO);
    stop_listen();
    stop_never_for_writes();
    enum status status = open_company(&o, &engine, &e);
    if (status == STATUS_OK)
        status = run(&o, engine, &e);
    engine_close(engine);
    if (status != STATUS_OK)
        log_problem(LOG_ERROR, "endpoint-sandbox", &e);
    return status == STATUS_OK ? 0 : text_equal(e.code, "erp_unknown") ? 2 : 1;
}

/* The directories that orders were written into, whatever the settings are now: to judge what was
 * begun there, and to move away files of finished orders. */
#include "worker/orders_files.h"

#include "base/clock.h"
#include "base/text.h"
#include "document/done_files.h"
#include "os/log.h"
#include "sync/order_away.h"
#include "worker/orders_loop.h"
#include "worker/orders_simulate.h"

#define FILES_AGAIN INT64_C(60000)    /* after a file that could not be moved */
#define TIDY_EVERY  INT64_C(21600000) /* done/ is looked through this often */
#define TIDY_MAX    5000

/* Open the writer that began orders. It may only look, and remove its own files; another endpoint's
 * directory is left alone. */
static enum status open_begun(void *user, int code, const char *place,
                              const struct writer_ops **ops, struct writer **writer,
                              struct error *e)
{
    struct orders_loop *l = user;
    struct import_owner us;
    *writer = NULL;
    *ops = writer_of_code(code);
    if (!*ops)
        return error_set(e, STATUS_INVALID, "orders_writer",
                         "this version does not know the writer that began it");
    if ((*ops)->makes_files && *place) {
        enum status status = orders_us(l->w, &us, e);
        if (status == STATUS_OK)
            status = import_dir_check(place, &us, e);
        if (status != STATUS_OK)
            return status;
    }
    const struct order_settings settings = order_settings_of(l->w->config);
    return (*ops)->reopen(&settings, l->w->mapping, l->erp.session, place, writer, e);
}

static enum status open_files(struct orders_loop *l, const char *place, struct error *e)
{
    struct import_owner us;
    bool remove = text_equal(config_text(l->w->config, "orders.epp_done"), "remove");
    enum status status = orders_us(l->w, &us, e);
    if (status == STATUS_OK)
        status = import_dir_check(place, &us, e);
    return status == STATUS_OK ? done_files_open(place, remove, &l->files, e) : status;
}

static void close_files(struct orders_loop *l)
{
    done_files_close(l->files);
    l->files = NULL;
}

static enum status flush_files(void *user, struct error *e)
{
    struct orders_loop *l = user;
    return l->files ? done_files_flush(l->files, e) : STATUS_OK;
}

static enum status put_file(void *user, const char *place, const char *marker, struct error *e)
{
    struct orders_loop *l = user;
    enum status status = STATUS_OK;
    if (!*place)
        place = config_text(l->w->config, "orders.epp_dir");
    if (!*place) /* it was never written into a directory that is known */
        return STATUS_OK;
    if (l->files && !text_equal(done_files_place(l->files), place)) {
        status = flush_files(l, e);
        close_files(l);
    }
    if (status == STATUS_OK && !l->files)
        status = open_files(l, place, e);
    return status == STATUS_OK ? done_files_put(l->files, marker, e) : status;
}

void orders_files_init(struct orders_loop *l)
{
    l->flow.begun = (struct order_begun){open_begun, l};
    l->flow.files = (struct order_files){put_file, flush_files, l};
}

static void tidy_done(struct orders_loop *l)
{
    const char *place = config_text(l->w->config, "orders.epp_dir");
    int count = 0;
    struct error e = {0};
    int64_t now = clock_mono(l->w->clock);
    if (now < l->done_tidy_at || !*place)
        return;
    enum status status =
        done_files_tidy(place, clock_wall(l->w->clock),
                        config_integer(l->w->config, "orders.epp_done_keep"), TIDY_MAX, &count, &e);
    l->done_tidy_at = now + (status == STATUS_OK && count == TIDY_MAX ? FILES_AGAIN : TIDY_EVERY);
    if (status != STATUS_OK)
        log_problem(LOG_WARNING, l->w->id, &e);
    else if (count)
        log_info("%s: %d old files of orders that are done were deleted", l->w->id, count);
}

enum status orders_files_put_away(struct orders_loop *l, struct error *e)
{
    if (clock_mono(l->w->clock) < l->files_at)
        return STATUS_OK;
    enum status status = order_flow_put_away(&l->flow, e);
    close_files(l);
    l->files_at = l->flow.left ? clock_mono(l->w->clock) + FILES_AGAIN : 0;
    tidy_done(l);
    return status;
}

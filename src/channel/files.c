/* The channel `file`. For whole files all rows are stored (store/whole.h), because the flow sends
 * only changes. The file is written when the queue is empty, not once for each batch. */
#include "channel/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/files_layout.h"
#include "channel/files_orders.h"
#include "channel/files_place.h"
#include "model/kind.h"
#include "os/clock.h"
#include "store/whole.h"

#define PIECE (256 << 10) /* bytes written at once */

struct channel {
    struct files_layout layout;
    struct files_place place;
    struct files_orders orders;
    bool changes; /* a file has changes only */
    struct whole *
        whole; /* else the rows, opened by the first sending: who only tests the channel leaves them alone */
    bool lost; /* the ledger knows another version of the rows: all must be sent again */
    struct channel_place opened; /* what it points to lives as long as the channel */
};

/* ---- opening -------------------------------------------------------------------------------------- */

/* Are these the rows that the ledger knows? If not, begin again with none. */
static enum status know_rows(struct channel *c, const char *mark, struct error *e)
{
    if (text_equal(mark, whole_life(c->whole)))
        return STATUS_OK;
    c->lost = mark[0] != '\0';
    return whole_renew(c->whole, e);
}

static enum status open_rows(struct channel *c, struct error *e)
{
    const struct channel_place *place = &c->opened;
    if (c->changes || c->whole)
        return STATUS_OK;
    enum status status = whole_open(place->state_dir, place->plugin_id, &c->whole, e);
    return status == STATUS_OK ? know_rows(c, place->mark, e) : status;
}

static enum status open_outward(struct channel *c, const struct channel_place *place,
                                const char *stream, struct error *e)
{
    c->changes = text_equal(json_text(place->settings, "content", "whole"), "changes");
    enum status status =
        files_layout_read(&c->layout, place->settings, stream_find(stream), c->changes, e);
    return status == STATUS_OK ? files_place_read(&c->place, place, stream,
                                                  files_layout_suffix(&c->layout), c->changes, e)
                               : status;
}

static void close_files(struct channel *c)
{
    if (!c)
        return;
    whole_close(c->whole);
    files_orders_close(&c->orders);
    files_place_wipe(&c->place);
    free(c);
}

static enum status open_files(const struct channel_place *place, struct channel **out,
                              struct error *e)
{
    struct channel *c = mem_alloc(sizeof *c);
    const char *stream = kind_stream(place->kind);
    c->opened = *place;
    *out = NULL;
    enum status status =
        stream ? open_outward(c, place, stream, e) : files_orders_open(&c->orders, place, e);
    if (status != STATUS_OK) {
        close_files(c);
        return status;
    }
    *out = c;
    return STATUS_OK;
}

/* ---- writing a file ------------------------------------------------------------------------------- */

struct writing {
    struct channel *c;
    struct part *part;
    struct buf text;
    char name[300];
};

static enum status flush(struct writing *w, size_t from, struct error *e)
{
    if (w->text.length < from)
        return STATUS_OK;
    if (w->text.failed)
        return error_set(e, STATUS_FULL, "record_long", "a record is too long for a file");
    enum status status = part_write(w->part, w->text.data, w->text.length, e);
    buf_reset(&w->text);
    if (w->c->opened.cancel && *w->c->opened.cancel)
        return error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    return status;
}

static enum status write_row(struct writing *w, const char *op, const char *key, const char *data,
                             size_t length, struct error *e)
{
    json_t *record = length ? json_parse(data, length, e) : json_object();
    if (!record)
        return STATUS_INVALID;
    files_layout_row(&w->c->layout, op, key, record, &w->text);
    json_decref(record);
    return flush(w, PIECE, e);
}

static enum status begin_file(struct writing *w, struct channel *c, struct error *e)
{
    *w = (struct writing){.c = c};
    buf_init(&w->text, 16 << 20);
    enum status status =
        files_place_begin(&c->place, clock_wall_ms(), &w->part, w->name, sizeof w->name, e);
    if (status == STATUS_OK)
        files_layout_begin(&c->layout, &w->text);
    return status;
}

/* End the file from begin_file, which may have failed since. */
static enum status end_file(struct writing *w, enum status status, struct error *e)
{
    if (status == STATUS_OK) {
        files_layout_end(&w->c->layout, &w->text);
        status = flush(w, 1, e);
    }
    buf_free(&w->text);
    if (status == STATUS_OK)
        return files_place_finish(&w->c->place, w->part, w->name, e);
    part_drop(w->part);
    return status;
}

/* ---- sending -------------------------------------------------------------------------------------- */

static enum status send_changes(struct channel *c, const struct channel_record *records,
                                size_t count, struct error *e)
{
    struct writing w;
    enum status status = begin_file(&w, c, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status =
            write_row(&w, records[i].op, records[i].key, records[i].data, records[i].length, e);
    return end_file(&w, status, e);
}

static enum status keep_rows(struct channel *c, const struct channel_record *records, size_t count,
                             struct error *e)
{
    enum status status = whole_begin(c->whole, e);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = text_equal(records[i].op, "delete")
                     ? whole_delete(c->whole, records[i].key, e)
                     : whole_put(c->whole, records[i].key, records[i].data, records[i].length, e);
    if (status == STATUS_OK)
        status = whole_commit(c->whole, e);
    if (status != STATUS_OK)
        whole_rollback(c->whole);
    return status;
}

static enum status say_lost(struct channel *c, struct error *e)
{
    c->lost = false;
    return error_set(
        e, STATUS_EXISTS, "files_lost",
        "the rows of the file were lost or belong to another ledger; everything is sent again");
}

static enum status send_files(struct channel *c, const struct channel_record *records, size_t count,
                              channel_answer *answer, void *user, struct buf *mark,
                              int64_t *retry_after_ms, struct error *e)
{
    *retry_after_ms = -1;
    enum status status = open_rows(c, e);
    if (status != STATUS_OK)
        return status;
    if (!c->changes)
        buf_add_text(mark, whole_life(c->whole));
    if (c->lost)
        return say_lost(c, e);
    status = c->changes ? send_changes(c, records, count, e) : keep_rows(c, records, count, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        answer(user, i, CHANNEL_SENT, NULL, NULL, 0, NULL);
    return status;
}

static enum status each_row(void *user, const char *key, const char *data, struct error *e)
{
    return write_row(user, "upsert", key, data, strlen(data), e);
}

static enum status finish_files(struct channel *c, bool complete, struct buf *mark, struct error *e)
{
    struct writing w;
    enum status status = open_rows(c, e);
    if (status != STATUS_OK)
        return status;
    if (c->changes)
        return STATUS_OK;
    buf_add_text(mark, whole_life(c->whole));
    if (c->lost)
        return say_lost(c, e);
    if (!complete || !whole_is_dirty(c->whole))
        return STATUS_OK;
    status = begin_file(&w, c, e);
    if (status == STATUS_OK)
        status = whole_each(c->whole, each_row, &w, e);
    status = end_file(&w, status, e);
    return status == STATUS_OK ? whole_written(c->whole, e) : status;
}

/* ---- checks --------------------------------------------------------------------------------------- */

static enum check_result check_files(struct channel *c, void (*tell)(const struct check *, void *),
                                     void *user)
{
    int64_t began = clock_mono_ms();
    struct check check = {.code = "channel.files", .title = N_("Place of the files")};
    check.result = kind_stream(c->opened.kind) ? files_place_try(&c->place, &check)
                                               : files_orders_try(&c->orders, &check);
    check.duration_ms = clock_mono_ms() - began;
    tell(&check, user);
    return check.result;
}

/* ---- orders --------------------------------------------------------------------------------------- */

static const char *account_files(const struct channel *c)
{
    return c->orders.account;
}

/* Files use our own clock. */
static int64_t clock_offset_files(const struct channel *c)
{
    (void)c;
    return 0;
}

static enum status orders_files(struct channel *c, const char *cursor, int limit, json_t **orders,
                                struct buf *next, int64_t *retry_after_ms, struct error *e)
{
    *retry_after_ms = -1;
    return files_orders_fetch(&c->orders, cursor, limit, clock_wall_ms(), orders, next, e);
}

static enum status outcome_files(struct channel *c, const char *order_id, const json_t *outcome,
                                 int64_t *retry_after_ms, struct error *e)
{
    *retry_after_ms = -1;
    return files_orders_outcome(&c->orders, order_id, outcome, e);
}

const struct channel_ops files_ops = {.type = "file",
                                      .open = open_files,
                                      .close = close_files,
                                      .check = check_files,
                                      .send = send_files,
                                      .finish = finish_files,
                                      .account = account_files,
                                      .clock_offset = clock_offset_files,
                                      .orders = orders_files,
                                      .outcome = outcome_files};

#include "order_world.h"

#include <dirent.h>
#include <fcntl.h>

#include "base/said.h"
#include "os/dir.h"
#include "store/orders_read.h"
#include "sync/order_away.h"
#include "sync/order_look.h"
#include "sync/order_tell.h"
#include "sync/order_write.h"
#include "unit.h"

const char *path(const struct world *w, const char *format, ...)
{
    static char texts[4][400];
    static int next;
    char *text = texts[next++ % 4];
    va_list args;
    int n = snprintf(text, sizeof texts[0], "%s/", w->dir);
    va_start(args, format);
    vsnprintf(text + n, sizeof texts[0] - (size_t)n, format, args);
    va_end(args);
    return text;
}

static bool exists(const char *name)
{
    return access(name, F_OK) == 0;
}

void touch(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
}

/* ---- the ERP: a file per document ------------------------------------------------------------- */

int documents(const struct world *w, const char *marker)
{
    int n = 0;
    while (exists(path(w, "erp/%s.%d", marker, n)))
        n++;
    return n;
}

static enum status find(void *user, const char (*markers)[ORDER_MARKER + 1], size_t count,
                        struct order_found *found, size_t *found_count, struct error *e)
{
    struct world *w = user;
    *found_count = 0;
    w->finds++;
    if (w->erp_down)
        return error_set(e, STATUS_UNREACHABLE, "erp", "the ERP is away");
    for (size_t i = 0; i < count; i++) {
        int n = documents(w, markers[i]);
        if (!n)
            continue;
        struct order_found *x = &found[(*found_count)++];
        memset(x, 0, sizeof *x);
        text_copy(x->marker, sizeof x->marker, markers[i]);
        text_format(x->document, sizeof x->document, "ZK %.6s", markers[i]);
        x->count = n;
    }
    return STATUS_OK;
}

static enum status prepare(void *user, const struct order *o, const char *marker,
                           struct order_document **d, json_t *faults, struct error *e)
{
    struct world *w = user;
    if (w->erp_down)
        return error_set(e, STATUS_UNREACHABLE, "erp", "the ERP is away");
    if (w->erp_refuses && text_equal(o->lines[0].sku, "ZLE"))
        return error_set(e, STATUS_REFUSED, "erp_refused", "the server has no memory left");
    if (text_equal(o->lines[0].sku, "ZA-DUZO"))
        return error_set(e, STATUS_FULL, "erp_rows", "more rows than one order may have");
    if (text_equal(o->lines[0].sku, "NIE-MA")) {
        order_fault(faults, "sku_unknown", "1", "no product NIE-MA");
        return STATUS_REFUSED;
    }
    *d = mem_alloc(sizeof **d);
    text_copy((*d)->marker, sizeof(*d)->marker, marker);
    buf_init(&(*d)->text, 100);
    (*d)->notes = json_array();
    (*d)->fields = json_object();
    return STATUS_OK;
}

void make_document(struct world *w, const char *marker)
{
    touch(path(w, "erp/%s.%d", marker, documents(w, marker)));
    assert_between(w->made_count, 0, COUNT_OF(w->made) - 1);
    text_copy(w->made[w->made_count++], sizeof w->made[0], marker);
}

static enum status newest(void *user, int64_t *id, struct error *e)
{
    struct world *w = user;
    w->asked++;
    if (w->erp_down)
        return error_set(e, STATUS_UNREACHABLE, "erp", "the ERP is away");
    *id = w->made_count;
    return w->news ? STATUS_OK : STATUS_END;
}

/* At most ten a question. */
static enum status recent(void *user, int64_t after, char (*markers)[ORDER_MARKER + 1],
                          size_t *count, int64_t *last, struct error *e)
{
    struct world *w = user;
    w->asked++;
    if (w->erp_down)
        return error_set(e, STATUS_UNREACHABLE, "erp", "the ERP is away");
    *count = 0;
    for (*last = after; *last < w->made_count && *count < 10; ++*last)
        text_copy(markers[(*count)++], sizeof markers[0], w->made[*last]);
    return STATUS_OK;
}

static bool next_file(DIR *dir, char marker[ORDER_MARKER + 1])
{
    struct dirent *item;
    while ((item = readdir(dir)) != NULL) {
        if (item->d_name[0] == '.' || !text_ends(item->d_name, ".epp"))
            continue;
        snprintf(marker, ORDER_MARKER + 1, "%.*s", (int)strlen(item->d_name) - 4, item->d_name);
        return true;
    }
    return false;
}

int lying(const struct world *w)
{
    char marker[ORDER_MARKER + 1];
    int n = 0;
    DIR *dir = opendir(path(w, "out"));
    while (next_file(dir, marker))
        n++;
    closedir(dir);
    return n;
}

void import_all(struct world *w)
{
    char marker[ORDER_MARKER + 1];
    DIR *dir = opendir(path(w, "out"));
    while (next_file(dir, marker)) {
        if (!w->keeps || documents(w, marker) == 0)
            make_document(w, marker);
        if (!w->keeps)
            unlink(path(w, "out/%s.epp", marker));
    }
    closedir(dir);
}

/* ---- files of orders that are done ------------------------------------------------------------- */

static enum status put_file(void *user, const char *place, const char *marker, struct error *e)
{
    struct world *w = user;
    assert_true(text_equal(place, "out") || !*place); /* "": a ledger that does not know it */
    w->puts++;
    if (w->put_fails)
        return error_set(e, STATUS_DENIED, "done_files", "it cannot be moved");
    assert_true(rename(path(w, "out/%s.epp", marker), path(w, "done/%s.epp", marker)) == 0 ||
                !exists(path(w, "out/%s.epp", marker)));
    return STATUS_OK;
}

static enum status flush_files(void *user, struct error *e)
{
    struct world *w = user;
    return w->flush_fails ? error_set(e, STATUS_IO, "done_files", "the disk failed") : STATUS_OK;
}

/* ---- the writer ------------------------------------------------------------------------------- */

static struct world *writer_world; /* writer_ops have no user */

static bool w_there(struct writer *x, const char *marker)
{
    (void)x;
    return exists(path(writer_world, "out/%s.epp", marker));
}

static enum status w_stage(struct writer *x, const struct order_document *d, struct error *e)
{
    struct world *w = writer_world;
    (void)x;
    if (w->stage)
        return error_set(e, STATUS_FULL, "full", "the directory is full");
    touch(path(w, "out/.%s.tmp", d->marker));
    return STATUS_OK;
}

static enum status w_flush(struct writer *x, struct error *e)
{
    (void)x;
    return writer_world->flush ? error_set(e, STATUS_IO, "flush", "the disk failed") : STATUS_OK;
}

static enum status w_settle(struct writer *x, struct error *e)
{
    (void)x;
    return writer_world->settle ? error_set(e, STATUS_IO, "settle", "the disk failed") : STATUS_OK;
}

static enum written w_write(struct writer *x, const struct order_document *d,
                            struct writer_outcome *out)
{
    struct world *w = writer_world;
    (void)x;
    w->writes++;
    if (w->written != WRITTEN_HANDED_OVER) {
        error_set(&out->error, STATUS_IO, "writer", "the writer says so");
        text_copy(out->document, sizeof out->document, "ZK 9");
        return w->written;
    }
    /* The flow must have asked first: a document that is there is never made again. */
    assert_int_equal(documents(w, d->marker), 0);
    if (exists(path(w, "out/%s.epp", d->marker)))
        unlink(path(w, "out/.%s.tmp", d->marker));
    else
        assert_int_equal(
            rename(path(w, "out/.%s.tmp", d->marker), path(w, "out/%s.epp", d->marker)), 0);
    return WRITTEN_HANDED_OVER;
}

static enum written w_recover(struct writer *x, const char *marker, bool staged,
                              struct writer_outcome *out)
{
    struct world *w = writer_world;
    (void)x;
    (void)out;
    if (exists(path(w, "out/%s.epp", marker)))
        return WRITTEN_HANDED_OVER;
    return staged && !exists(path(w, "out/.%s.tmp", marker)) ? WRITTEN_HANDED_OVER : WRITTEN_NOT;
}

static void w_unstage(struct writer *x, const char *marker)
{
    (void)x;
    unlink(path(writer_world, "out/.%s.tmp", marker));
}

static const char *w_place(const struct writer *x)
{
    (void)x;
    return "out";
}

static void w_close(struct writer *x)
{
    (void)x;
}

static const struct writer_ops writer = {.name = "test",
                                         .code = 2,
                                         .makes_files = true,
                                         .close = w_close,
                                         .place = w_place,
                                         .there = w_there,
                                         .stage = w_stage,
                                         .flush = w_flush,
                                         .write = w_write,
                                         .settle = w_settle,
                                         .recover = w_recover,
                                         .unstage = w_unstage};

/* The writer that began an order, when it is not the one that is set. */
static enum status open_begun(void *user, int code, const char *place,
                              const struct writer_ops **ops, struct writer **x, struct error *e)
{
    struct world *w = user;
    assert_int_equal(code, 2);
    assert_string_equal(place, "out");
    if (w->begun_away)
        return error_set(e, STATUS_IO, "epp_dir", "its directory is away");
    *ops = &writer;
    *x = (struct writer *)w;
    return STATUS_OK;
}

/* ---- the shop --------------------------------------------------------------------------------- */

static enum status s_orders(struct channel *c, const char *cursor, int limit, json_t **orders,
                            struct buf *next, int64_t *retry_after_ms, struct error *e)
{
    struct world *w = (struct world *)c;
    int64_t from = 0;
    *retry_after_ms = -1;
    if (w->shop_down)
        return error_set(e, STATUS_UNREACHABLE, "shop", "the shop is away");
    text_to_i64(cursor, &from);
    *orders = json_array();
    for (; (size_t)from < json_array_size(w->shop) && json_array_size(*orders) < (size_t)limit;
         from++)
        json_array_append(*orders, json_array_get(w->shop, (size_t)from));
    buf_printf(next, "%lld", (long long)from);
    return STATUS_OK;
}

static enum status s_outcome(struct channel *c, const char *id, const json_t *outcome,
                             int64_t *retry_after_ms, struct error *e)
{
    struct world *w = (struct world *)c;
    *retry_after_ms = -1;
    if (w->shop_down)
        return error_set(e, STATUS_UNREACHABLE, "shop", "the shop is away");
    w->told_requests++;
    if (w->outcome_refused || text_equal(id, w->disliked))
        return error_set(e, STATUS_REFUSED, "no", "the shop does not like it");
    assert_int_equal(json_dump_file(outcome, path(w, "told-%s", id), 0), 0);
    return STATUS_OK;
}

static enum status s_outcomes(struct channel *c, const json_t *outcomes, struct error *answers,
                              int64_t *retry_after_ms, struct error *e)
{
    struct world *w = (struct world *)c;
    size_t count = json_array_size(outcomes);
    *retry_after_ms = -1;
    if (w->no_batches)
        return STATUS_END;
    if (w->shop_down)
        return error_set(e, STATUS_UNREACHABLE, "shop", "the shop is away");
    assert_between(count, 1, CHANNEL_OUTCOMES);
    for (size_t i = 0; i < count; i++) {
        const json_t *o = json_array_get(outcomes, i);
        error_clear(&answers[i]);
        s_outcome(c, json_text(o, "order", "?"), o, retry_after_ms, &answers[i]);
        w->told_requests--;
    }
    w->told_requests++;
    return STATUS_OK;
}

static int64_t s_clock_offset(const struct channel *c)
{
    return ((const struct world *)c)->ahead_ms;
}

static const struct channel_ops shop = {.type = "panel",
                                        .orders = s_orders,
                                        .outcome = s_outcome,
                                        .outcomes = s_outcomes,
                                        .clock_offset = s_clock_offset};

const char *told(struct world *w, const char *id, const char *member)
{
    static char text[1200];
    json_t *o = json_load_file(path(w, "told-%s", id), 0, NULL);
    text_copy(text, sizeof text, json_text(o, member, ""));
    json_decref(o);
    return text;
}

json_t *order(const char *id, int64_t revision, const char *sku)
{
    json_t *o = json_pack("{s:s,s:s,s:I,s:s,s:s,s:s,s:s,s:{s:s},s:[{s:s,s:s,s:s,s:s,s:s}]}", "id",
                          id, "number", id, "revision", (json_int_t)revision, "placed_at",
                          "2026-09-20T10:00:00Z", "currency", "PLN", "total_gross", "1.00", "paid",
                          "0", "buyer", "name", "Jan", "lines", "id", "1", "sku", sku, "quantity",
                          "1", "price_gross", "1.00", "vat_rate", "23");
    assert_non_null(o);
    return o;
}

void place(struct world *w, json_t *o)
{
    json_array_append_new(w->shop, o);
}

/* ---- the flow --------------------------------------------------------------------------------- */

static int64_t now(void *user)
{
    return ((struct world *)user)->now;
}

static void point(void *user, const char *name)
{
    struct world *w = user;
    if (w->import_at && text_equal(name, w->import_at))
        import_all(w);
    if (w->die_at && --w->die_at == 0)
        _exit(CRASHED);
}

static void journal(void *user, const char *level, const char *code, const struct order_entry *o,
                    const char *text)
{
    struct world *w = user;
    size_t used = strlen(w->journal);
    char words[4096]; /* a text travels as it was made: base/said.h */
    (void)o;
    said_words(words, sizeof words, text);
    snprintf(w->journal + used, sizeof w->journal - used, "%s %s %s\n", level, code, words);
}

void open_ledger(struct world *w)
{
    assert_int_equal(ledger_open(w->dir, "orders", &w->l, &w->e), STATUS_OK);
    assert_int_equal(orders_open(w->l, &w->o, &w->e), STATUS_OK);
    w->f = (struct order_flow){.ledger = w->l,
                               .orders = w->o,
                               .scope = "panel/konto",
                               .channel_type = "panel",
                               .account = "konto",
                               .document_type = "ZK",
                               .erp = &w->erp,
                               .begun = {open_begun, w},
                               .files = {put_file, flush_files, w},
                               .writer_ops = &writer,
                               .writer = (struct writer *)w,
                               .wait_ms = 3600000,
                               .now = now,
                               .journal = journal,
                               .point = point,
                               .user = w,
                               .unsettled = true};
}

void close_ledger(struct world *w)
{
    orders_close(w->o);
    ledger_close(w->l);
}

int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    unit_directory(w->dir, sizeof w->dir);
    mkdir(path(w, "erp"), 0700);
    mkdir(path(w, "out"), 0700);
    mkdir(path(w, "done"), 0700);
    w->shop = json_array();
    w->now = NOW;
    w->written = WRITTEN_HANDED_OVER;
    w->erp = (struct order_erp){find, prepare, newest, recent, w, NULL};
    writer_world = w;
    open_ledger(w);
    *state = w;
    return 0;
}

int tear_down(void **state)
{
    struct world *w = *state;
    close_ledger(w);
    json_decref(w->shop);
    dir_remove(w->dir, NULL);
    free(w);
    return 0;
}

enum status pass(struct world *w)
{
    struct channel *c = (struct channel *)w;
    int64_t retry, after = 0;
    enum status status, first;
    w->now += 1000;
    first = order_flow_fetch(&w->f, &shop, c, &retry, &w->e);
    do
        status = order_flow_write(&w->f, &after, &w->e);
    while (status == STATUS_OK);
    if (first == STATUS_OK && status != STATUS_END)
        first = status;
    status = order_flow_look(&w->f, &w->e);
    if (first == STATUS_OK)
        first = status;
    status = order_flow_put_away(&w->f, &w->e);
    if (first == STATUS_OK)
        first = status;
    status = order_flow_tell(&w->f, &shop, c, &retry, &w->e);
    return first == STATUS_OK ? status : first;
}

struct order_entry entry(struct world *w, const char *id)
{
    struct order_entry n;
    assert_int_equal(orders_get(w->o, id, &n, &w->e), STATUS_OK);
    return n;
}

void assert_state(struct world *w, const char *id, enum order_state state)
{
    assert_string_equal(order_state_word(entry(w, id).state), order_state_word(state));
}

bool handed_over(struct world *w, const char *id)
{
    return exists(path(w, "out/%s.epp", entry(w, id).marker));
}

/* sync/order_flow against a shop, an ERP and a writer that fail when told to, and against its own
 * death at every point. All three live in files, as the real ones outlive a crash of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "sync/order_flow.h"
#include "unit.h"

#define NOW INT64_C(1790000000000)

#define CRASHED 9

struct world {
    char dir[64];
    struct ledger *l;
    struct orders *o;
    struct order_flow f;
    struct order_erp erp;
    json_t *shop;          /* orders, in order; the cursor is how many were given */
    int64_t now, ahead_ms; /* of the shop's clock before ours */
    /* what fails */
    bool erp_down, erp_refuses, shop_down, stage, flush, settle, outcome_refused;
    enum written written;  /* what write says; WRITTEN_HANDED_OVER: does it */
    int die_at;            /* the point at which to die; 0: none */
    const char *import_at; /* the point at which the operator imports */
    bool no_batches;       /* the shop takes outcomes one by one only */
    int finds, told_requests;
    const char *disliked; /* the order whose outcome is refused, in a batch too */
    char journal[262144];
    struct error e;
};

static const char *path(const struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *path(const struct world *w, const char *format, ...)
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

static void touch(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
}

/* ---- the ERP: a file per document ------------------------------------------------------------- */

static int documents(const struct world *w, const char *marker)
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

/* The operator imports all that was handed over. */
static void import_all(struct world *w)
{
    struct dirent *item;
    DIR *dir = opendir(path(w, "out"));
    while ((item = readdir(dir)) != NULL) {
        char marker[ORDER_MARKER + 1];
        if (item->d_name[0] == '.' || !text_ends(item->d_name, ".epp"))
            continue;
        snprintf(marker, sizeof marker, "%.*s", (int)strlen(item->d_name) - 4, item->d_name);
        touch(path(w, "erp/%s.%d", marker, documents(w, marker)));
        unlink(path(w, "out/%s", item->d_name));
    }
    closedir(dir);
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

static const struct writer_ops writer = {.name = "test",
                                         .makes_files = true,
                                         .there = w_there,
                                         .stage = w_stage,
                                         .flush = w_flush,
                                         .write = w_write,
                                         .settle = w_settle,
                                         .recover = w_recover,
                                         .unstage = w_unstage};

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
    assert_in_range(count, 1, CHANNEL_OUTCOMES);
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

/* What the shop was told last of an order: its member, or "". */
static const char *told(struct world *w, const char *id, const char *member)
{
    static char text[1200];
    json_t *o = json_load_file(path(w, "told-%s", id), 0, NULL);
    text_copy(text, sizeof text, json_text(o, member, ""));
    json_decref(o);
    return text;
}

static json_t *order(const char *id, int64_t revision, const char *sku)
{
    json_t *o = json_pack("{s:s,s:s,s:I,s:s,s:s,s:s,s:s,s:{s:s},s:[{s:s,s:s,s:s,s:s,s:s}]}", "id",
                          id, "number", id, "revision", (json_int_t)revision, "placed_at",
                          "2026-09-20T10:00:00Z", "currency", "PLN", "total_gross", "1.00", "paid",
                          "0", "buyer", "name", "Jan", "lines", "id", "1", "sku", sku, "quantity",
                          "1", "price_gross", "1.00", "vat_rate", "23");
    assert_non_null(o);
    return o;
}

static void place(struct world *w, json_t *o)
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
    (void)o;
    snprintf(w->journal + used, sizeof w->journal - used, "%s %s %s\n", level, code, text);
}

static void open_ledger(struct world *w)
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
                               .writer_ops = &writer,
                               .writer = (struct writer *)w,
                               .wait_ms = 3600000,
                               .now = now,
                               .journal = journal,
                               .point = point,
                               .user = w,
                               .unsettled = true};
}

static void close_ledger(struct world *w)
{
    orders_close(w->o);
    ledger_close(w->l);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    unit_directory(w->dir, sizeof w->dir);
    mkdir(path(w, "erp"), 0700);
    mkdir(path(w, "out"), 0700);
    w->shop = json_array();
    w->now = NOW;
    w->written = WRITTEN_HANDED_OVER;
    w->erp = (struct order_erp){find, prepare, w};
    writer_world = w;
    open_ledger(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    close_ledger(w);
    json_decref(w->shop);
    dir_remove(w->dir, NULL);
    free(w);
    return 0;
}

/* All steps once; the first failure. */
static enum status pass(struct world *w)
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
    status = order_flow_tell(&w->f, &shop, c, &retry, &w->e);
    return first == STATUS_OK ? status : first;
}

static struct order_entry entry(struct world *w, const char *id)
{
    struct order_entry n;
    assert_int_equal(orders_get(w->o, id, &n, &w->e), STATUS_OK);
    return n;
}

static void assert_state(struct world *w, const char *id, enum order_state state)
{
    assert_string_equal(order_state_word(entry(w, id).state), order_state_word(state));
}

static bool handed_over(struct world *w, const char *id)
{
    return exists(path(w, "out/%s.epp", entry(w, id).marker));
}

/* ---- tests ------------------------------------------------------------------------------------ */

static void an_order_becomes_one_document(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_string_equal(told(w, "a", "state"), "waiting");
    assert_non_null(strstr(told(w, "a", "reason"), "waits for its import"));
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_string_equal(told(w, "a", "state"), "done");
    assert_string_equal(told(w, "a", "document"), entry(w, "a").document);
    assert_string_equal(told(w, "a", "correlation"), entry(w, "a").correlation);
}

static void a_faulty_order_is_rejected_and_mended_by_a_revision(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "NIE-MA"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_REJECTED);
    assert_non_null(strstr(told(w, "a", "reason"), "NIE-MA"));
    place(w, order("a", 2, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    json_t *garbage = json_pack("{s:s,s:i}", "id", "b", "revision", 1);
    place(w, garbage);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "b", ORDER_REJECTED);
    place(w, json_pack("[i]", 7)); /* nobody can be answered: said in the journal, and gone past */
    place(w, order("c", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_non_null(strstr(w->journal, "order_no_id"));
    assert_state(w, "c", ORDER_HANDED_OVER);
}

/* An answer of the server that is none is no judgement, and stands in nobody's way. */
static void what_cannot_be_checked_waits_and_lets_others_pass(void **state)
{
    struct world *w = *state;
    w->erp_refuses = true;
    place(w, order("a", 1, "ZLE"));
    place(w, order("b", 1, "ZA-DUZO"));
    place(w, order("c", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.unchecked, 1);
    assert_string_equal(w->f.unchecked_why.code, "erp_refused");
    assert_state(w, "a", ORDER_WAITING);
    assert_string_equal(told(w, "a", "state"), "waiting");
    assert_non_null(strstr(told(w, "a", "reason"), "no memory left"));
    assert_state(w, "b", ORDER_REJECTED); /* it would be so for ever */
    assert_non_null(strstr(told(w, "b", "reason"), "more rows"));
    assert_state(w, "c", ORDER_HANDED_OVER);
    for (int i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "m%d", i);
        place(w, order(id, 1, "ZLE"));
    }
    assert_int_equal(pass(w), STATUS_REFUSED); /* so many are the ERP's trouble */
    assert_int_equal(w->f.side, ORDER_SIDE_ERP);
    w->erp_refuses = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_state(w, "m19", ORDER_HANDED_OVER);
}

static void a_cancelled_one_that_was_written_is_for_a_person(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    char out[400];
    text_copy(out, sizeof out, path(w, "out/%s.epp", entry(w, "b").marker));
    assert_int_equal(rename(out, path(w, "kept")), 0);
    import_all(w); /* a's only */
    assert_int_equal(rename(path(w, "kept"), out), 0);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL); /* forgotten, and cancelled in the shop meanwhile */
    open_ledger(w);
    json_t *item;
    size_t i;
    json_array_foreach (w->shop, i, item) {
        json_object_set_new(item, "revision", json_integer(2));
        json_object_set_new(item, "cancelled", json_true());
    }
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_state(w, "b", ORDER_HANDED_OVER);
    for (const char *id = "a"; id; id = *id == 'a' ? "b" : NULL) {
        assert_non_null(strstr(told(w, id, "reason"), "cancelled in the shop"));
        assert_non_null(strstr(told(w, id, "remedy"), "in the ERP by hand"));
    }
}

static void what_cannot_be_staged_waits(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->stage = true;
    assert_int_equal(pass(w), STATUS_FULL);
    assert_int_equal(w->f.side, ORDER_SIDE_WRITER);
    assert_state(w, "a", ORDER_WAITING);
    assert_string_equal(told(w, "a", "reason"), "the directory is full");
    w->stage = false;
    w->flush = true;
    assert_int_equal(pass(w), STATUS_IO);
    assert_state(w, "a", ORDER_WAITING);
    w->flush = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

static void what_may_not_be_on_the_disk_is_asked_for(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->settle = true;
    assert_int_equal(pass(w), STATUS_IO);
    assert_state(w, "a", ORDER_SENDING);
    assert_true(w->f.unsettled);
    w->settle = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

static void doubt_is_settled_by_a_person_or_by_the_erp(void **state)
{
    struct world *w = *state;
    struct order_entry n;
    const char *ids[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        place(w, order(ids[i], 1, "A-1"));
    w->written = WRITTEN_UNKNOWN;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_IN_DOUBT);
    assert_string_equal(told(w, "a", "state"), "in-doubt");
    w->written = WRITTEN_HANDED_OVER;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_IN_DOUBT); /* never by itself */
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_REFUSED);
    assert_int_equal(order_flow_resolve(&w->f, "a", "ZK 7/2026", &n, &w->e), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "a", "ZK 7/2026", &n, &w->e), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "a", NULL, &n, &w->e), STATUS_REFUSED);
    assert_int_equal(order_flow_resolve(&w->f, "b", NULL, &n, &w->e), STATUS_OK);
    assert_int_equal(order_flow_resolve(&w->f, "x", NULL, &n, &w->e), STATUS_NOT_FOUND);
    touch(path(w, "erp/%s.0", entry(w, "c").marker));
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "document"), "ZK 7/2026");
    assert_state(w, "b", ORDER_HANDED_OVER);
    assert_state(w, "c", ORDER_DONE);
    /* The one that was settled by hand turns up after all: a person has to know. */
    touch(path(w, "erp/%s.0", entry(w, "a").marker));
    assert_int_equal(order_flow_watch(&w->f, &w->e), STATUS_OK);
    assert_non_null(strstr(entry(w, "a").reason, "as well"));
    assert_non_null(strstr(w->journal, "error order_twice"));
}

static void the_erps_refusal_is_told(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->written = WRITTEN_REJECTED;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_REJECTED);
    assert_string_equal(told(w, "a", "reason"), "the writer says so");
    struct order_entry n;
    w->written = WRITTEN_HANDED_OVER;
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_OK);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_REFUSED);
}

static void late_changes_are_for_a_person(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    place(w, order("a", 2, "NIE-MA"));
    json_t *gone = order("b", 2, "A-1");
    json_set_flag(gone, "cancelled", true);
    place(w, gone);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_non_null(strstr(told(w, "a", "reason"), "revision 2 came after"));
    assert_non_null(strstr(told(w, "b", "reason"), "cancelled in the shop after"));
    assert_non_null(strstr(w->journal, "warning order_cancelled_late"));
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_non_null(strstr(told(w, "b", "remedy"), entry(w, "b").document));
    json_t *early = order("c", 1, "A-1");
    json_set_flag(early, "cancelled", true);
    place(w, early);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "c", ORDER_REJECTED);
    assert_false(handed_over(w, "c"));
    assert_string_equal(told(w, "c", "reason"), "cancelled in the shop");
}

static void nothing_moves_while_the_erp_or_the_shop_is_away(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    w->erp_down = true;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_int_equal(w->f.side, ORDER_SIDE_ERP);
    assert_state(w, "a", ORDER_WAITING);
    w->erp_down = false;
    w->shop_down = true;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_state(w, "a", ORDER_HANDED_OVER); /* the shop is not needed for that */
    assert_string_equal(told(w, "a", "state"), "");
    w->shop_down = false;
    w->outcome_refused = true;
    assert_int_equal(pass(w), STATUS_OK);
    assert_non_null(strstr(w->journal, "error outcome_refused"));
    w->outcome_refused = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "state"), ""); /* not at once */
    w->now += 2 * 3600000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "state"), "waiting");
}

static void an_import_that_does_not_come_or_comes_twice_is_said(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    w->now += 3601000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->f.overdue, 1);
    assert_non_null(strstr(told(w, "a", "remedy"), "Import the file"));
    assert_non_null(strstr(w->journal, "warning order_overdue"));
    w->journal[0] = '\0';
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(w->journal, ""); /* once */
    touch(path(w, "erp/%s.0", entry(w, "a").marker));
    touch(path(w, "erp/%s.1", entry(w, "a").marker));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_non_null(strstr(told(w, "a", "reason"), "2 documents"));
    assert_int_equal(w->f.overdue, 0);
    touch(path(w, "erp/%s.2", entry(w, "a").marker));
    assert_int_equal(order_flow_watch(&w->f, &w->e), STATUS_OK);
    assert_non_null(strstr(entry(w, "a").reason, "3 documents"));
}

static void old_orders_are_not_ours(void **state)
{
    struct world *w = *state;
    struct order_entry n;
    w->f.ages = (struct order_ages){.placed_from_ms = NOW, .too_early = "it is too old"};
    place(w, order("a", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_REJECTED);
    assert_string_equal(told(w, "a", "reason"), "it is too old");
    assert_int_equal(order_flow_retry(&w->f, "a", &n, &w->e), STATUS_OK); /* a person says: it is */
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

/* How old an order is counts when it comes, by the shop's clock, not when its turn comes at last. */
static void waiting_here_makes_no_order_too_old(void **state)
{
    struct world *w = *state;
    const int64_t day = 86400000; /* the orders are 28 hours old by our clock */
    const struct order_ages two_days = {.age_ms = 2 * day, .too_old = "it was too old"};
    place(w, order("a", 1, "A-1"));
    w->f.ages = two_days;
    w->f.writer = NULL; /* switched off */
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_WAITING);
    w->ahead_ms = day;
    place(w, order("b", 1, "A-1")); /* our clock is a day behind: it is too old */
    assert_int_equal(pass(w), STATUS_OK);
    close_ledger(w);
    open_ledger(w);
    w->f.ages = two_days;
    w->now += 30 * day;
    w->ahead_ms = 0;
    place(w, order("c", 1, "A-1"));
    place(w, order("a", 2, "A-1")); /* mended meanwhile: it is still the one that came in time */
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
    assert_state(w, "b", ORDER_REJECTED);
    assert_string_equal(told(w, "b", "reason"), "it was too old");
    assert_state(w, "c", ORDER_REJECTED);
}

/* What an older version had waiting: the time of its receipt is the best that is known. */
static void a_ledger_without_arrivals_is_taken_over(void **state)
{
    struct world *w = *state;
    sqlite3 *db;
    place(w, order("a", 1, "A-1"));
    w->f.writer = NULL;
    assert_int_equal(pass(w), STATUS_OK);
    int64_t received = entry(w, "a").received_ms;
    assert_int_equal(orders_arrived(w->o, &(struct order_entry){.num = 1}), received);
    close_ledger(w);
    assert_int_equal(sqlite3_open(path(w, "ledgers/orders.db"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "ALTER TABLE orders DROP COLUMN arrived_ms; PRAGMA user_version=5", NULL,
                     NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(ledger_open_read(w->dir, "orders", &w->l, &w->e), STATUS_OK);
    assert_int_equal(orders_open(w->l, &w->o, &w->e), STATUS_OK);
    struct order_entry n = entry(w, "a");
    assert_int_equal(orders_arrived(w->o, &n), received); /* read before it is taken over */
    close_ledger(w);
    open_ledger(w);
    assert_int_equal(orders_arrived(w->o, &n), received);
    w->f.ages = (struct order_ages){.age_ms = 2 * 86400000, .too_old = "it was too old"};
    w->now += INT64_C(30) * 86400000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_HANDED_OVER);
}

static void a_thousand_are_looked_for_in_two_questions(void **state)
{
    struct world *w = *state;
    char id[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "n%d", i);
        place(w, order(id, 1, "A-1"));
    }
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    w->finds = 0;
    assert_int_equal(order_flow_look(&w->f, &w->e), STATUS_OK);
    assert_int_equal(w->finds, 1000 / ORDER_FLOW_LOOK);
    assert_state(w, "n999", ORDER_DONE);
}

/* Many are told in few requests; one that the shop dislikes is that one's trouble. */
static void the_shop_is_told_many_at_once(void **state)
{
    struct world *w = *state;
    char id[16];
    for (int i = 0; i < 1200; i++) {
        snprintf(id, sizeof id, "n%d", i);
        place(w, order(id, 1, "A-1"));
    }
    w->disliked = "n7";
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->told_requests, 3);
    assert_string_equal(told(w, "n6", "state"), "waiting");
    assert_string_equal(told(w, "n7", "state"), "");
    assert_string_equal(told(w, "n1199", "order"), "n1199");
    assert_non_null(strstr(w->journal, "order n7: the shop refused its outcome"));
    w->disliked = NULL;
    w->told_requests = 0;
    w->now += 2 * 3600000;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "n7", "state"), "waiting");
}

/* Long reasons: a request stays short all the same. */
static void a_batch_has_a_bound_in_bytes(void **state)
{
    struct world *w = *state;
    char id[16], remedy[ORDER_REMEDY];
    static char reason[ORDER_REASON];
    memset(reason, 'x', sizeof reason - 1);
    memset(remedy, 'y', sizeof remedy - 1);
    remedy[sizeof remedy - 1] = '\0';
    w->erp_down = true;
    for (int i = 0; i < 500; i++) {
        snprintf(id, sizeof id, "n%d", i);
        place(w, order(id, 1, "A-1"));
    }
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_int_equal(ledger_begin(w->l, &w->e), STATUS_OK);
    assert_int_equal(orders_block(w->o, reason, remedy, w->now, &w->e), STATUS_OK);
    assert_int_equal(ledger_commit(w->l, &w->e), STATUS_OK);
    w->told_requests = 0;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    assert_in_range(w->told_requests, 2, 4);
    assert_string_equal(told(w, "n499", "reason"), reason);
}

static void a_shop_that_takes_no_batches_is_told_one_by_one(void **state)
{
    struct world *w = *state;
    w->no_batches = true;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "NIE-MA"));
    w->disliked = "a";
    assert_int_equal(pass(w), STATUS_OK);
    assert_int_equal(w->told_requests, 2);
    assert_string_equal(told(w, "a", "state"), "");
    assert_string_equal(told(w, "b", "state"), "rejected");
    assert_string_equal(told(w, "b", "order"), ""); /* the call's path says it */
    w->shop_down = true;
    w->disliked = NULL;
    w->now += 2 * 3600000;
    assert_int_equal(pass(w), STATUS_UNREACHABLE);
    w->shop_down = false;
    assert_int_equal(pass(w), STATUS_OK);
    assert_string_equal(told(w, "a", "state"), "waiting");
}

/* An older copy of the ledger comes back: the ERP knows better. */
static void an_older_ledger_writes_nothing_twice(void **state)
{
    struct world *w = *state;
    place(w, order("a", 1, "A-1"));
    place(w, order("b", 1, "A-1"));
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL); /* the oldest copy of all */
    open_ledger(w);
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL);
    open_ledger(w);
    place(w, order("c", 1, "A-1"));
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "a", ORDER_DONE);
    assert_int_equal(documents(w, entry(w, "a").marker), 1);
    assert_state(w, "c", ORDER_HANDED_OVER);
    close_ledger(w);
    dir_remove(path(w, "ledgers"), NULL); /* and once more, while a file waits */
    open_ledger(w);
    assert_int_equal(pass(w), STATUS_OK);
    assert_state(w, "c", ORDER_HANDED_OVER);
    const char *const points[] = {"asked-there", "found", "sending", "staged"};
    for (size_t i = 0; i < COUNT_OF(points); i++) { /* and once more, while it is being imported */
        char id[8];
        snprintf(id, sizeof id, "p%zu", i);
        place(w, order(id, 1, "A-1"));
        assert_int_equal(pass(w), STATUS_OK);
        close_ledger(w);
        dir_remove(path(w, "ledgers"), NULL);
        open_ledger(w);
        place(w, order(points[i], 1, "A-1")); /* something else that has to be written */
        w->import_at = points[i];
        assert_int_equal(pass(w), STATUS_OK);
        w->import_at = NULL;
        import_all(w);
        assert_int_equal(pass(w), STATUS_OK);
        assert_state(w, id, ORDER_DONE);
        assert_int_equal(documents(w, entry(w, id).marker), 1);
    }
}

static unsigned dice(unsigned sides)
{
    static uint32_t seed = 20261126;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

/* Die at every point, in every order; then all is as if nothing had happened. */
static void death_at_any_point_makes_no_second_document(void **state)
{
    struct world *w = *state;
    int died = 0;
    close_ledger(w);
    for (int round = 0; round < 150; round++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", round);
        place(w, order(id, 1, dice(9) ? "A-1" : "NIE-MA"));
        fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            open_ledger(w);
            w->die_at = 1 + (int)dice(14);
            pass(w);
            _exit(0);
        }
        int code = 0;
        assert_int_equal(waitpid(child, &code, 0), child);
        assert_true(WIFEXITED(code) && (WEXITSTATUS(code) == CRASHED || WEXITSTATUS(code) == 0));
        died += WEXITSTATUS(code) == CRASHED;
        dice(14); /* the child threw its own */
        if (dice(3) == 0)
            import_all(w);
        w->now += 1000;
    }
    assert_true(died > 75);
    open_ledger(w);
    assert_int_equal(pass(w), STATUS_OK);
    import_all(w);
    assert_int_equal(pass(w), STATUS_OK);
    for (size_t i = 0; i < json_array_size(w->shop); i++) {
        const json_t *o = json_array_get(w->shop, i);
        const char *id = json_text(o, "id", "");
        bool bad = text_equal(json_text(json_array_get(json_object_get(o, "lines"), 0), "sku", ""),
                              "NIE-MA");
        assert_state(w, id, bad ? ORDER_REJECTED : ORDER_DONE);
        assert_string_equal(told(w, id, "state"), bad ? "rejected" : "done");
        assert_int_equal(documents(w, entry(w, id).marker), bad ? 0 : 1);
    }
    assert_int_equal(rmdir(path(w, "out")), 0); /* nothing is left lying about */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_order_becomes_one_document),
        TEST(a_faulty_order_is_rejected_and_mended_by_a_revision),
        TEST(what_cannot_be_checked_waits_and_lets_others_pass),
        TEST(a_cancelled_one_that_was_written_is_for_a_person),
        TEST(what_cannot_be_staged_waits),
        TEST(what_may_not_be_on_the_disk_is_asked_for),
        TEST(doubt_is_settled_by_a_person_or_by_the_erp),
        TEST(the_erps_refusal_is_told),
        TEST(late_changes_are_for_a_person),
        TEST(nothing_moves_while_the_erp_or_the_shop_is_away),
        TEST(an_import_that_does_not_come_or_comes_twice_is_said),
        TEST(old_orders_are_not_ours),
        TEST(waiting_here_makes_no_order_too_old),
        TEST(a_ledger_without_arrivals_is_taken_over),
        TEST(a_thousand_are_looked_for_in_two_questions),
        TEST(the_shop_is_told_many_at_once),
        TEST(a_batch_has_a_bound_in_bytes),
        TEST(a_shop_that_takes_no_batches_is_told_one_by_one),
        TEST(an_older_ledger_writes_nothing_twice),
        TEST(death_at_any_point_makes_no_second_document),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
